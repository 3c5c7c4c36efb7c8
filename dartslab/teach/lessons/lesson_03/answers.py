"""Right answers to the exercises of lesson 03: a virtual step, its hypergradient, and a reading of mixing weights.

All losses here are functions of two tensors, (w, alpha) -> scalar; `architect` takes dictionaries and a batch as well.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import grad

Loss = Callable[[Tensor, Tensor], Tensor]  # (w, alpha) -> scalar


def virtual_step(train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    """The weights after one imagined step of gradient descent on the training loss; w stays as it is."""
    return w - xi * grad(train_loss)(w, alpha)


def direct_term(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    """d_alpha L_val(w', alpha): how alpha acts on the validation loss while w' is held still."""
    w_prime = virtual_step(train_loss, w, alpha, xi)  # a number: from here on it does not depend on alpha
    return grad(val_loss, argnums=1)(w_prime, alpha)


def implicit_term(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    """-xi [d^2_{alpha, w} L_train(w, alpha)] v: how alpha acts on the validation loss by moving w'."""
    v = grad(val_loss)(virtual_step(train_loss, w, alpha, xi), alpha)

    def slope_along_v(arch: torch.Tensor) -> torch.Tensor:
        return (grad(train_loss)(w, arch) * v).sum()  # first a number, then its derivative: never a matrix

    return -xi * grad(slope_along_v)(alpha)


def fixed_point(xi: float) -> float:
    """Where a = w comes to rest: the hypergradient (1 - 2 xi) w + 4 xi a - 2 is zero there."""
    return 2 / (1 + 2 * xi)


def finite_difference(
    d_alpha_train: Callable[[Tensor, Tensor], Tensor], w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float
) -> Tensor:
    """The implicit term from two gradients with respect to alpha, one on either side of w."""
    eps = radius / v.norm()
    plus, minus = d_alpha_train(w + eps * v, alpha), d_alpha_train(w - eps * v, alpha)
    return -xi * (plus - minus) / (2 * eps)  # the brackets matter


def recognise(weights: Tensor, names: tuple[str, ...], times: float) -> list[str | None]:
    """For each row of mixing weights [E, O] the name of the largest, p1, or None if p1 < times * p2, the second."""
    found: list[str | None] = []
    for row in weights.tolist():
        second, first = sorted(row)[-2:]  # two entries, also where they are equal
        found.append(names[row.index(first)] if first >= times * second else None)
    return found
