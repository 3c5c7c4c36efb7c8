"""What the exercises of lesson 03 are tried on: the toy, curved losses on which every mistake shows, mixing weights."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import grad

from ...items import Maker
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


def table(*rows: object) -> Tensor:
    """Numbers, or rows of them, in float64."""
    return torch.tensor(rows, dtype=torch.float64)


def with_old_gradient(w: Tensor) -> Tensor:
    """The same tensor, in whose .grad an earlier call has left something."""
    w.grad = torch.ones_like(w)
    return w


def bent_train(w: Tensor, a: Tensor) -> Tensor:
    """A training loss in which w and alpha, of one shape, play different parts."""
    return (w**3 / 3 + w * a**2 + torch.sin(a) * w**2).sum()


def bent_val(w: Tensor, a: Tensor) -> Tensor:
    """A validation loss to go with it."""
    return (w**2 * a + torch.cos(a) * w).sum()


def bent_d_alpha(w: Tensor, a: Tensor) -> Tensor:
    """d_a of `bent_train`."""
    return 2 * w * a + torch.cos(a) * w**2


def matrix_train(w: Tensor, a: Tensor) -> Tensor:
    """A training loss with weights [2, 2] and three alphas."""
    return (w.sin() * w.T).sum() * a.sum() + (w[0] ** 3).sum() * a[0] - (w[:, 1] ** 2).sum() * a[1] * a[2]


def matrix_val(w: Tensor, a: Tensor) -> Tensor:
    """A validation loss to go with it."""
    return (w**3).sum() / 3 + (w[0] * a[:2]).sum() - w[1, 0] * a[2] ** 2


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


# the cases: the smallest first

STEPS: tuple[Maker, ...] = (
    lambda: (toy_train, number(-2.0), number(2.0), 0.25),
    lambda: (toy_train, number(0.5), number(-1.0), 1.0),
    lambda: (bent_train, number(0.7), number(-1.2), 0.5),
    lambda: (toy_train, with_old_gradient(number(1.0)), number(3.0), 0.1),
    lambda: (bent_train, table(0.5, -1.5), table(1.0, 0.3), 0.3),
    lambda: (matrix_train, table((0.5, -1.0), (2.0, 0.3)), table(1.0, -0.5, 0.2), 0.2),
)
HYPERGRADIENTS: tuple[Maker, ...] = (
    lambda: (toy_val, toy_train, number(-2.0), number(2.0), 0.25),
    lambda: (bent_val, bent_train, number(0.7), number(-1.2), 0.5),
    lambda: (bent_val, bent_train, table(0.5, -1.5), table(1.0, 0.3), 0.3),
    lambda: (matrix_val, matrix_train, table((0.5, -1.0), (2.0, 0.3)), table(1.0, -0.5, 0.2), 0.2),
)
LENGTHS: tuple[Maker, ...] = (lambda: (0.25,), lambda: (0.0,), lambda: (0.5,), lambda: (1.0,))
DIFFERENCES: tuple[Maker, ...] = (
    lambda: (toy_d_alpha, number(-2.0), number(2.0), number(2.0), 0.5, 0.01),
    lambda: (bent_d_alpha, number(0.7), number(-1.2), number(-1.5), 0.25, 0.3),
    lambda: (bent_d_alpha, table(0.5, -1.5), table(1.0, 0.3), table(3.0, 4.0), 0.3, 0.5),
    lambda: (
        grad(matrix_train, argnums=1),
        table((0.5, -1.0), (2.0, 0.3)),
        table(1.0, -0.5, 0.2),
        table((1.0, -2.0), (0.5, 1.5)),
        0.2,
        0.4,
    ),
)


def random_length(rng: np.random.Generator) -> tuple[float]:
    """The length of a virtual step."""
    return (float(rng.uniform(0.05, 1.5)),)


# mixing weights to be read

EDGE = ("keep", "blur", "shift")
EDGES: tuple[Maker, ...] = (
    lambda: (table((0.7, 0.2, 0.1), (0.3, 0.5, 0.2)), EDGE, 3.0),
    lambda: (table((0.25, 0.5, 0.25), (0.125, 0.375, 0.5)), EDGE, 2.0),  # exactly twice the second
    lambda: (table((0.4, 0.4, 0.2), (0.1, 0.8, 0.1)), EDGE, 2.0),  # two share the lead
    lambda: (table((0.05, 0.05, 0.9), (0.2, 0.2, 0.6), (0.5, 0.3, 0.2)), EDGE, 1.5),
    lambda: (table((0.125, 0.625, 0.125, 0.125)), (*EDGE, "turn"), 4.0),  # 5 times the second, 1.7 times all others
)


def random_edges(rng: np.random.Generator) -> tuple[Tensor, tuple[str, ...], float]:
    """Mixing weights [E, O], of which some edges are decided; names of the operations; how many times the second."""
    edges, count = int(rng.integers(3, 6)), int(rng.integers(3, 6))
    names = tuple(str(name) for name in rng.permutation(("keep", "blur", "shift", "mirror", "turn"))[:count])
    weights = torch.softmax(torch.tensor(rng.normal(scale=1.6, size=(edges, count))), 1)
    return weights, names, float(rng.uniform(1.3, 4.0))
