"""Right answers to the exercises of lesson 08. Shapes: E edges, O operations, N numbers in the output of an edge."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor


def auxiliary_skip(alpha: Tensor, skip: int, epoch: int, epochs: int) -> Tensor:
    """Mixing weights [E, O] of DARTS-: softmax of alpha [E, O], plus b in the column `skip`; epochs count from 0."""
    extra = torch.zeros(alpha.shape[1], dtype=alpha.dtype)
    extra[skip] = 1 - epoch / epochs  # b: the same for every edge, and not learned
    return torch.softmax(alpha, dim=1) + extra


def partial(x: Tensor, mixed: Callable[[Tensor], Tensor], k: int) -> Tensor:
    """An edge of PC-DARTS: x [B, C, H, W] -> [B, C, H, W]; `mixed` takes and gives C/k channels."""
    first, rest = x[:, : x.shape[1] // k], x[:, x.shape[1] // k :]
    joined = torch.cat([mixed(first), rest], dim=1)
    return joined.unflatten(1, (k, -1)).transpose(1, 2).flatten(1, 2)  # k groups become C/k groups


def push_apart(alpha: Tensor) -> Tensor:
    """The gradient, in alpha [E, O], of -10 times the mean of (s - 1/2)^2 over all entries of s = sigmoid(alpha)."""
    s = torch.sigmoid(alpha)
    return -10 * 2 * (s - 0.5) * s * (1 - s) / alpha.numel()


def beta_penalty(alpha: Mapping[str, Tensor], progress: float) -> Tensor:
    """25 progress times the mean of log sum_o exp(alpha[e, o]) over the edges of all kinds; alpha {kind: [E, O]}."""
    return 25 * progress * torch.cat(list(alpha.values())).logsumexp(dim=1).mean()


def choose_by_removal(
    accuracy: Callable[[Tensor], float], weights: Tensor, edge: int, operations: tuple[str, ...]
) -> str:
    """The operation of an edge, other than `none`, whose removal costs most; accuracy(table) of a table [E, O]."""
    left = {}
    for column, name in enumerate(operations):
        if name != "none":
            table = weights.clone()
            table[edge, column] = 0  # the others keep their weights
            left[name] = float(accuracy(table))
    return min(left, key=left.__getitem__)


def sampled_gradient(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
    """The gradient of GDAS in alpha [O] of one edge, for one draw of gumbel [O]; outputs [O, N], g = dL/d(edge) [N]."""
    noisy = torch.log_softmax(alpha, dim=0) + gumbel
    p, chosen = torch.softmax(noisy / tau, dim=0), int(noisy.argmax())
    row = -p[chosen] * p  # row `chosen` of diag(p) - p p^T
    row[chosen] += p[chosen]
    return (g * outputs[chosen]).sum() * row / tau


def expectation(p: Tensor, estimates: Tensor) -> Tensor:
    """The mean of an estimator over all draws: p [O], estimates [O, O], row i where i is drawn -> [O]."""
    return p @ estimates


def reinmax(alpha: Tensor, drawn: int, gradient: Tensor) -> Tensor:
    """The estimate of ReinMax in alpha [O]; gradient [O] is that of the loss where `drawn` has weight 1."""

    def times_jacobian(q: torch.Tensor) -> torch.Tensor:
        return q * (gradient - (q * gradient).sum())  # (diag(q) - q q^T) gradient

    p = torch.softmax(alpha, dim=0)
    one_hot = torch.nn.functional.one_hot(torch.tensor(drawn), len(alpha)).to(p)
    return 2 * times_jacobian((p + one_hot) / 2) - times_jacobian(p) / 2
