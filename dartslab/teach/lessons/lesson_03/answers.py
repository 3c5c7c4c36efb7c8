"""The losses that lesson 03 asks about: the toy, and curved ones on which every mistake shows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import grad

Loss = Callable[[Tensor, Tensor], Tensor]  # (w, alpha) -> scalar


def toy_train(w: Tensor, a: Tensor) -> Tensor:
    """L_train of the toy."""
    return w**2 - 2 * a * w + a**2


def toy_val(w: Tensor, a: Tensor) -> Tensor:
    """L_val of the toy."""
    return a * w - 2 * a + 1


def number(value: float) -> Tensor:
    """A scalar in float64."""
    return torch.tensor(value, dtype=torch.float64)


def curved(rng: np.random.Generator) -> tuple[Loss, Loss, Tensor, Tensor, float]:
    """Two losses in which every term matters and nothing is quadratic; w [n], alpha [m]."""
    n, m = (int(size) for size in rng.permutation((1, 2, 3))[:2])
    mix, tilt = torch.tensor(rng.normal(size=(n, m))), torch.tensor(rng.normal(size=(n, m)))

    def train_loss(w: Tensor, alpha: Tensor) -> Tensor:
        return ((w - mix @ torch.tanh(alpha)) ** 2).sum() + (torch.sin(w) * (tilt @ alpha)).sum()

    def val_loss(w: Tensor, alpha: Tensor) -> Tensor:
        return (w**3).sum() / 3 + (w * (mix @ torch.sin(alpha))).sum() + (alpha**2).sum()

    w, alpha = (torch.tensor(rng.normal(size=size)) for size in (n, m))
    return val_loss, train_loss, w, alpha, float(rng.uniform(0.1, 0.4))


def random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    """The arguments of a virtual step."""
    return curved(rng)[1:]


def toy_d_alpha(w: Tensor, a: Tensor) -> Tensor:
    """d_a L_train of the toy."""
    return 2 * a - 2 * w


def random_difference(rng: np.random.Generator) -> tuple[Any, ...]:
    """The arguments of a finite difference, with a radius so large that every mistake shows."""
    _, train_loss, w, alpha, xi = curved(rng)
    v = torch.tensor(rng.normal(size=tuple(w.shape)))
    return grad(train_loss, argnums=1), w, alpha, v, xi, float(rng.uniform(0.2, 0.6))
