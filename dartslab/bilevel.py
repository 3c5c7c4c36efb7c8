"""The bilevel problem of DARTS, as two pure functions and a rule for one weight step, for any network.

    min over alpha of  L_val(w*(alpha), alpha)     with     w*(alpha) = argmin over w of  L_train(w, alpha)

(Liu et al. 2019, DARTS, eq. 3 and 4.) w and alpha are dictionaries of tensors; so are their gradients.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

Tensors = Mapping[str, Tensor]
Loss = Callable[[Tensors, Tensors, Any], Tensor]  # (w, alpha, batch) -> scalar
InnerStep = Callable[[Tensors, Tensors], dict[str, Tensor]]  # (w, gradient of L_train) -> w'
Average = Callable[[Tensors], dict[str, Tensor]]


@dataclass(frozen=True)
class VirtualStep:
    """One step of SGD on copies of the weights; the weights themselves do not change.

    w' = w - xi (mu m + gradient + lambda w)

    m and lambda w do not depend on alpha: they move w', not the mixed derivative. Gradient clipping of the real step
    is left out, as in the published code.

    Args:
        xi: the current learning rate of w.
        momentum: mu.
        weight_decay: lambda.
        buffer: m, the optimiser's momentum buffers before the step; empty before the first step.
    """

    xi: float
    momentum: float = 0.0
    weight_decay: float = 0.0
    buffer: Tensors = field(default_factory=dict)

    def __call__(self, w: Tensors, gradient: Tensors) -> dict[str, Tensor]:
        """Weights and the gradient of L_train, {name: tensor} each -> w'; the inputs stay as they are."""
        w_prime = {}
        for name, value in w.items():
            direction = gradient[name] + self.weight_decay * value
            if name in self.buffer:
                direction = direction + self.momentum * self.buffer[name]
            w_prime[name] = value - self.xi * direction
        return w_prime


def own_gradients(gradients: Tensors) -> dict[str, Tensor]:
    """The mean over one process: the gradients themselves."""
    return dict(gradients)


@dataclass(frozen=True)
class Bilevel:
    """A bilevel problem, as `architect` takes it.

    Args:
        train_loss: L_train(w, alpha, batch) -> scalar, a pure function.
        val_loss: L_val(w, alpha, batch) -> scalar, a pure function.
        inner_step: (w, gradient of L_train) -> w', differentiable; usually a `VirtualStep`.
        average: gradients of a share of the batch -> their mean over all processes; see `distributed`.
    """

    train_loss: Loss
    val_loss: Loss
    inner_step: InnerStep
    average: Average = own_gradients


def hessian_product(
    loss: Loss, w: Tensors, alpha: Tensors, batch: Any, average: Average = own_gradients
) -> Callable[[Tensor], Tensor]:
    """The function v -> H v, where H = d^2_alpha loss(w, alpha, batch), the second derivative in alpha alone.

    H v = d_alpha (v . d_alpha loss)        (Pearlmutter 1994)

    The loss and its gradient are computed here, once; a product is one more pass backward through both. H is symmetric,
    and never built. Vectors are flat, [n]: the tables of alpha one after the other, as `Arch.parameters` lists them.

    Args:
        loss: for example `Bilevel.val_loss`.
        w, alpha: where; they stay as they are.
        batch: of pictures.
        average: as in `Bilevel`.
    Returns:
        v [n] -> H v [n], of the type and on the device of v.
    """
    fixed = {name: tensor.detach() for name, tensor in w.items()}
    leaves = {name: tensor.detach().requires_grad_() for name, tensor in alpha.items()}
    given = list(leaves.values())
    with torch.enable_grad():
        gradient = torch.autograd.grad(loss(fixed, leaves, batch), given, create_graph=True, materialize_grads=True)
        flat = torch.cat([part.flatten() for part in gradient])

    def product(v: Tensor) -> Tensor:
        if not flat.requires_grad:  # the loss is linear in alpha
            return torch.zeros_like(v)
        found = torch.autograd.grad(flat, given, v.to(flat), retain_graph=True, materialize_grads=True)
        mean = average(dict(zip(leaves, found, strict=True)))
        return torch.cat([mean[name].flatten() for name in leaves]).to(v)

    return product


TOY_START = (2.0, -2.0)  # (a, w)


def toy_problem(inner_step: InnerStep) -> Bilevel:
    """The paper's example, in which w and alpha are one number each; batches are ignored.

    L_val = a w - 2 a + 1,   L_train = w^2 - 2 a w + a^2      (Liu et al. 2019, DARTS, figure 2)

    w*(a) = a, so the true optimum is (a, w) = (1, 1). One unrolled step of size xi leads to a = w = 2 / (1 + 2 xi).
    """

    def val_loss(w: Tensors, alpha: Tensors, batch: Any = None) -> Tensor:
        return alpha["a"] * w["w"] - 2 * alpha["a"] + 1

    def train_loss(w: Tensors, alpha: Tensors, batch: Any = None) -> Tensor:
        return w["w"] ** 2 - 2 * alpha["a"] * w["w"] + alpha["a"] ** 2

    return Bilevel(train_loss, val_loss, inner_step)


def toy_start(dtype: torch.dtype = torch.float64) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The toy's starting point: w = {"w": -2}, alpha = {"a": 2}."""
    a, w = TOY_START
    return {"w": torch.tensor(w, dtype=dtype)}, {"a": torch.tensor(a, dtype=dtype)}
