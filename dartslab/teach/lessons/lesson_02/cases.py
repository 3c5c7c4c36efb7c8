"""What the exercises of lesson 02 are tried on: tables, edges and nodes. Shapes: E edges, O operations."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from .answers import Operation


def table(*rows: object) -> Tensor:
    """Numbers, or rows of them, in float64."""
    return torch.tensor(rows, dtype=torch.float64)


def random_table(rng: np.random.Generator) -> tuple[Tensor, float]:
    """Arguments of `softmax`: alpha [O] or [E, O], and a temperature."""
    shape = tuple(int(n) for n in rng.integers(2, 5, size=int(rng.integers(1, 3))))  # [O] or [E, O]
    return torch.tensor(rng.normal(size=shape)), float(rng.uniform(0.3, 3.0))


def weigh(x: Tensor, ops: Sequence[Operation], weights: Tensor) -> Tensor:
    """The sum of the operations' outputs times the given weights [O]."""
    return torch.stack([weight * op(x) for weight, op in zip(weights, ops, strict=True)]).sum(0)


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


def add_edges(inputs: Sequence[Tensor], ops: Sequence[Sequence[Operation]], weights: Tensor) -> Tensor:
    """A node whose edges weight their operations with the rows of weights [E, O]."""
    return torch.stack([weigh(*edge) for edge in zip(inputs, ops, weights, strict=True)]).sum(0)


def random_weights(rng: np.random.Generator) -> tuple[Tensor]:
    """Mixing weights [O] or [E, O]."""
    shape = tuple(int(n) for n in rng.integers(2, 5, size=int(rng.integers(0, 2))))  # [O] or [E, O]
    return (torch.tensor(rng.dirichlet(np.ones(int(rng.integers(2, 6))), size=shape)),)


def random_gradient(rng: np.random.Generator) -> tuple[Tensor, float, Tensor]:
    """Arguments of `softmax_gradient`: alpha [O], a temperature, g [O]."""
    alpha, g = torch.tensor(rng.normal(size=(2, int(rng.integers(2, 6)))))
    return alpha, float(rng.uniform(0.3, 3.0)), g
