"""What the exercises of lesson 03 are made of: the toy, curved losses on which every mistake shows, mistakes."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import grad

from .answers import Loss, virtual_step


def toy_train(w: Tensor, a: Tensor) -> Tensor:
    """L_train of the toy."""
    return w**2 - 2 * a * w + a**2


def toy_val(w: Tensor, a: Tensor) -> Tensor:
    """L_val of the toy."""
    return a * w - 2 * a + 1


def toy_d_alpha(w: Tensor, a: Tensor) -> Tensor:
    """d_a L_train of the toy."""
    return 2 * a - 2 * w


def number(value: float) -> Tensor:
    """A scalar in float64."""
    return torch.tensor(value, dtype=torch.float64)


def curved_losses(rng: np.random.Generator) -> tuple[Loss, Loss, Tensor, Tensor, float]:
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
    return curved_losses(rng)[1:]


def random_difference(rng: np.random.Generator) -> tuple[Any, ...]:
    """The arguments of a finite difference, with a radius so large that every mistake shows."""
    _, train_loss, w, alpha, xi = curved_losses(rng)
    v = torch.tensor(rng.normal(size=tuple(w.shape)))
    return grad(train_loss, argnums=1), w, alpha, v, xi, float(rng.uniform(0.2, 0.6))


def val_gradient(val_loss: Loss, w: Tensor, alpha: Tensor) -> Tensor:
    """The gradient of the validation loss by w: the direction of the product."""
    return grad(val_loss)(w, alpha)


def mixed_product(train_loss: Loss, w: Tensor, alpha: Tensor, v: Tensor) -> Tensor:
    """The mixed second derivative of the training loss times v."""
    return grad(lambda arch: (grad(train_loss)(w, arch) * v).sum())(alpha)


def whole_hypergradient(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    """The whole hypergradient."""
    return grad(lambda arch: val_loss(virtual_step(train_loss, w, arch, xi), arch))(alpha)


def _pair(d: Any, w: Tensor, alpha: Tensor, eps: Any, v: Tensor) -> tuple[Tensor, Tensor]:
    return d(w + eps * v, alpha), d(w - eps * v, alpha)


def difference_times_eps(d: Any, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    """Wrong: Python divides by 2 and multiplies by eps."""
    eps = radius / v.norm()
    plus, minus = _pair(d, w, alpha, eps, v)
    return -xi * (plus - minus) / 2.0 * eps


def difference_without_norm(d: Any, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    """Wrong: eps is the radius, however long v is."""
    plus, minus = _pair(d, w, alpha, radius, v)
    return -xi * (plus - minus) / (2 * radius)


def one_sided_difference(d: Any, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    """Wrong: w + eps v against w, an error of first order in the radius."""
    eps = radius / v.norm()
    return -xi * (d(w + eps * v, alpha) - d(w, alpha)) / eps
