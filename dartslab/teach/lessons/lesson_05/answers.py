"""Right answers to the exercises of lesson 05. Shapes: N pictures, O operations, T rows of a record."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]  # (w, alpha, batch) -> scalar
Half = Callable[[int], Tensor]  # step -> batch
Pair = tuple[Tensor, Tensor]


def margin(alpha: np.ndarray, operations: tuple[str, ...]) -> float:
    """Largest minus second largest mixing weight of an edge, `none` left aside; alpha is [O]."""
    raised = np.exp(alpha - alpha.max())
    weights = raised / raised.sum()  # `none` takes part here
    second, first = sorted(weight for weight, name in zip(weights, operations, strict=True) if name != "none")[-2:]
    return float(first - second)


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pictures that w learns from and those that alpha learns from, as two arrays of indices; labels is [N]."""
    for_w, for_alpha = [], []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        for_w.append(members[: len(members) // 2])
        for_alpha.append(members[len(members) // 2 :])
    return np.concatenate(for_w), np.concatenate(for_alpha)


def alternation(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """w and alpha after one step of the search, both moved by plain gradient descent with `rate`.

    loss(w, alpha, batch) is a scalar; train(step) and val(step) give the batches of a step.
    """
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    (d_alpha,) = torch.autograd.grad(loss(w, alpha, val(step)), alpha)
    alpha = (alpha - rate * d_alpha).detach()  # alpha first, on the validation half
    (d_w,) = torch.autograd.grad(loss(w, alpha, train(step)), w)  # at the new alpha, on the training half
    return (w - rate * d_w).detach(), alpha


def last_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """The last step at which the derived cell differs from the one before; the first step if it never does."""
    changed = np.flatnonzero(np.diff(genotypes)) + 1  # row k + 1 differs from row k
    return int(steps[changed[-1]]) if len(changed) else int(steps[0])
