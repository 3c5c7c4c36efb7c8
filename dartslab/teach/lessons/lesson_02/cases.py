"""What the exercises of lesson 02 are tried on: tables, edges and nodes. Shapes: E edges, O operations."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...items import Maker
from .answers import Operation


def table(*rows: object) -> Tensor:
    """Numbers, or rows of them, in float64."""
    return torch.tensor(rows, dtype=torch.float64)


# mixing weights

TABLES: tuple[Maker, ...] = (
    lambda: (table(1.0, 3.0), 1.0),
    lambda: (table(1.0, 3.0), 2.0),
    lambda: (table((1.0, 2.0, 3.0), (0.5, 0.5, 4.0)), 1.0),
    lambda: (table(1000.0, 1001.0), 1.0),
    lambda: (table(-1.0, 1.0, 1.0), 0.5),
    lambda: (table((2.0, -1.0, 0.5)), 0.7),
    lambda: (table((0.0, 1.0), (-2.0, 3.0), (4.0, 4.0)), 3.0),
    lambda: (table((1000.0, 1001.0), (0.0, 1.0)), 1.0),  # rows of very different size
)
WEIGHTS: tuple[Maker, ...] = (
    lambda: (table(0.5, 0.5),),
    lambda: (table(1.0, 0.0),),
    lambda: (table((0.2, 0.3, 0.5), (0.1, 0.1, 0.8)),),
    lambda: (table(0.5, 0.0, 0.5),),
    lambda: (table((0.0, 1.0), (0.5, 0.5), (0.75, 0.25)),),
    lambda: (table((0.1, 0.2, 0.3, 0.4)),),
)


def random_table(rng: np.random.Generator) -> tuple[Tensor, float]:
    """Arguments of `softmax`: alpha [O] or [E, O], and a temperature."""
    shape = tuple(int(n) for n in rng.integers(2, 5, size=int(rng.integers(1, 3))))  # [O] or [E, O]
    return torch.tensor(rng.normal(size=shape)), float(rng.uniform(0.3, 3.0))


def random_weights(rng: np.random.Generator) -> tuple[Tensor]:
    """Mixing weights [O] or [E, O]."""
    shape = tuple(int(n) for n in rng.integers(2, 5, size=int(rng.integers(0, 2))))  # [O] or [E, O]
    return (torch.tensor(rng.dirichlet(np.ones(int(rng.integers(2, 6))), size=shape)),)


def are_positive(weights: Tensor) -> bool:
    """Whether no mixing weight is 0."""
    return bool((weights > 0).all())


# the gradient of alpha


def with_old_gradient(alpha: Tensor) -> Tensor:
    """The same tensor, in whose .grad an earlier call has left something."""
    alpha.grad = torch.ones_like(alpha)
    return alpha


SLOPES: tuple[Maker, ...] = (
    lambda: (table(0.0, 0.0), 1.0, table(1.0, 0.0)),
    lambda: (table(1.0, 0.0, -1.0), 2.0, table(0.0, 3.0, 1.0)),
    lambda: (with_old_gradient(table(0.5, -0.5)), 0.5, table(2.0, -1.0)),
    lambda: (table(1000.0, 1001.0), 1.0, table(1.0, -2.0)),
)


def random_gradient(rng: np.random.Generator) -> tuple[Tensor, float, Tensor]:
    """Arguments of `softmax_gradient`: alpha [O], a temperature, g [O]."""
    alpha, g = torch.tensor(rng.normal(size=(2, int(rng.integers(2, 6)))))
    return alpha, float(rng.uniform(0.3, 3.0)), g


# operations, edges and nodes


def zero(x: Tensor) -> Tensor:
    """Nothing at all."""
    return 0 * x


def same(x: Tensor) -> Tensor:
    """The input itself."""
    return x


def double(x: Tensor) -> Tensor:
    """Twice the input."""
    return 2 * x


def square(x: Tensor) -> Tensor:
    """The squared input."""
    return x * x


def thin(x: Tensor) -> Tensor:
    """Every second number, as at stride 2."""
    return x[..., ::2]


def thin_square(x: Tensor) -> Tensor:
    """The square of every second number."""
    return x[..., 1::2] ** 2


EDGES: tuple[Maker, ...] = (
    lambda: (table(1.0, 2.0), [zero, same], table(0.0, 1.0)),
    lambda: (table(1.0, -1.0), [same, double, square], table(0.5, -1.0, 2.0)),
    lambda: (table(1.0, -2.0, 3.0, 4.0), [thin, thin_square], table(-0.5, 1.0)),  # half as large as x
    lambda: (table((1.0, 2.0, 3.0), (-1.0, 0.5, 0.0)), [square, same, double], table(1.0, -1.0, 0.5)),
)
NODES: tuple[Maker, ...] = (
    lambda: ([table(1.0), table(3.0)], [[zero, same], [same, double]], table((0.0, 1.0), (2.0, 0.0))),
    lambda: ([table(2.0), table(-1.0)], [[same, square, double]] * 2, table((0, 1, 0.5), (2, 0, -1.0))),
    lambda: ([table(2.0, -1.0)], [[square, same, double]], table((1.0, -0.5, 0.0))),
)


def random_edge(rng: np.random.Generator) -> tuple[Tensor, list[Operation], Tensor]:
    """Arguments of `mixed_op` for two to four operations."""
    known: tuple[Operation, ...] = (zero, same, double, square)
    count = int(rng.integers(2, 5))
    ops = [known[k] for k in rng.permutation(4)[:count]]
    return torch.tensor(rng.normal(size=(2, 3))), ops, torch.tensor(rng.normal(size=count))


def random_node(rng: np.random.Generator) -> tuple[list[Tensor], list[list[Operation]], Tensor]:
    """Arguments of `mixed_node` for two or three edges."""
    known: tuple[Operation, ...] = (zero, same, double, square)
    edges, count = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    inputs = [torch.tensor(rng.normal(size=(2, 3))) for _ in range(edges)]
    ops = [[known[k] for k in rng.permutation(4)[:count]] for _ in range(edges)]
    return inputs, ops, torch.tensor(rng.normal(size=(edges, count)))


def weigh(x: Tensor, ops: Sequence[Operation], weights: Tensor) -> Tensor:
    """The sum of the operations' outputs times the given weights [O]."""
    return torch.stack([weight * op(x) for weight, op in zip(weights, ops, strict=True)]).sum(0)


def add_edges(inputs: Sequence[Tensor], ops: Sequence[Sequence[Operation]], weights: Tensor) -> Tensor:
    """A node whose edges weight their operations with the rows of weights [E, O]."""
    return torch.stack([weigh(*edge) for edge in zip(inputs, ops, weights, strict=True)]).sum(0)
