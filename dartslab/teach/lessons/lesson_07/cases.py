"""What the exercises of lesson 07 are tried on.

Shapes: E edges, O operations, N numbers in the output of an operation.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....genotype import Pairs
from ....space import PUBLISHED_OPERATIONS
from ...items import Maker
from ...values import difference

Loss = Callable[[Tensor], Tensor]
Product = Callable[[Tensor], Tensor]


def table(*rows: object) -> Tensor:
    """Numbers, or rows of them, in float64."""
    return torch.tensor(rows, dtype=torch.float64)


# cells

SKIP, CONV, POOL = "skip_connect", "sep_conv_3x3", "max_pool_3x3"


def random_pairs(rng: np.random.Generator) -> tuple[Pairs]:
    """Two cells of as many nodes, in which a skip connection is as frequent as all else."""
    nodes = int(rng.integers(2, 6))

    def kept() -> list[tuple[str, int]]:
        sources = [int(s) for node in range(2, 2 + nodes) for s in rng.permutation(node)[:2]]
        names = rng.choice([SKIP, SKIP, SKIP, *PUBLISHED_OPERATIONS[1:]], len(sources))
        return [(str(name), source) for name, source in zip(names, sources, strict=True)]

    concat = list(range(2, 2 + nodes))
    return (Pairs(kept(), concat, kept(), concat),)


CELLS: tuple[Maker, ...] = (
    lambda: (Pairs([(SKIP, 0), (CONV, 1)], [2], [(POOL, 0), (CONV, 1)], [2]),),
    lambda: (
        Pairs(
            [(SKIP, 0), (CONV, 1), (SKIP, 0), (POOL, 2)],
            [2, 3],
            [(SKIP, 1), (SKIP, 0), (SKIP, 2), (SKIP, 1)],
            [2, 3],
        ),
    ),
    lambda: (
        Pairs(
            [(SKIP, 0), (CONV, 1), (SKIP, 0), ("dil_conv_3x3", 1), (SKIP, 0), (CONV, 2)],
            [2, 3, 4],
            [(POOL, 0), (POOL, 1), (POOL, 0), (SKIP, 2), (CONV, 3), (POOL, 1)],
            [4],
        ),
    ),
)


# one edge


def random_edge(rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """What the operations of an edge give, the gradient with respect to their mixture, mixing weights."""
    count, size = int(rng.integers(2, 6)), int(rng.integers(2, 7))
    outputs, g = torch.tensor(rng.normal(size=(count, size))), torch.tensor(rng.normal(size=size))
    return outputs, g, torch.softmax(torch.tensor(rng.normal(size=count)), 0)


EDGES: tuple[Maker, ...] = (
    lambda: (table((1.0,), (3.0,)), table(2.0), table(0.25, 0.75)),
    lambda: (table((1.0, -1.0), (0.5, 2.0)), table(-1.0, 3.0), table(0.6, 0.4)),
    lambda: (
        table((1.0, 0.0, 2.0, -1.0), (0.5, -2.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.0)),
        table(0.5, -1.0, 0.2, 2.0),
        table(0.2, 0.5, 0.3),
    ),
)


# names of parameters


def names_of(operations: Sequence[str], places: Sequence[tuple[int, int, int]], rest: str) -> list[str]:
    """Names of parameters in the order of a supernet: what is before the cells, (cell, edge, candidate), what is after.

    Args:
        operations: of an edge; those without weights have no parameter.
        places: where.
        rest: which weight of a candidate.
    """
    found = ["stem.0.weight", "cells.0.preprocess.last.1.weight", "cells.1.preprocess.before_last.2.weight"]
    for cell, edge, candidate in places:
        name = operations[candidate]
        if "conv" in name:
            found.append(f"cells.{cell}.mixed.{edge}.candidates.{candidate}.{rest}.weight")
        elif name == SKIP and cell == 1:  # at stride 2 a skip connection has weights
            found.append(f"cells.{cell}.mixed.{edge}.candidates.{candidate}.even.weight")
    return [*found, "classifier.weight"]


def random_names(rng: np.random.Generator) -> tuple[list[str], tuple[str, ...]]:
    """The names of some parameters of a supernet, and the operations of an edge in an order by chance."""
    operations = tuple(str(name) for name in rng.permutation(PUBLISHED_OPERATIONS)[:6])
    places = [(c, e, k) for c in range(3) for e in range(5) for k in range(6) if rng.random() < 0.3]
    return names_of(operations, places, str(rng.integers(1, 7))), operations


NAMES: tuple[Maker, ...] = (
    lambda: (
        [
            "stem.0.weight",
            "cells.0.mixed.0.candidates.1.2.weight",
            "cells.1.mixed.1.candidates.0.even.weight",
            "classifier.bias",
        ],
        (SKIP, CONV),
    ),
    lambda: (
        [
            "stem.1.bias",
            "cells.0.preprocess.last.1.weight",
            "cells.0.mixed.0.candidates.2.1.weight",
            "cells.0.mixed.2.candidates.0.1.weight",
            "cells.1.mixed.0.candidates.1.odd.weight",
            "cells.2.mixed.1.candidates.2.5.weight",
        ],
        ("dil_conv_3x3", SKIP, CONV),
    ),
    lambda: (
        [
            "cells.1.preprocess.before_last.2.weight",
            "cells.1.mixed.3.candidates.3.1.weight",
            "cells.1.mixed.1.candidates.3.5.weight",
            "cells.1.mixed.3.candidates.1.even.weight",
            "cells.1.mixed.0.candidates.1.odd.weight",
            "cells.3.mixed.3.candidates.2.2.weight",
            "classifier.weight",
        ],
        ("none", SKIP, "dil_conv_5x5", "sep_conv_5x5"),
    ),
)


def same_names(expected: Any, got: Any) -> str | None:
    """None where both hold the same names, in whatever order."""
    if not all(isinstance(names, (list, tuple, set, frozenset)) for names in (expected, got)):
        return difference(expected, got)
    if len(got) != len(expected):
        return f"has {len(got)} names where {len(expected)} are expected"
    return None if sorted(map(str, got)) == sorted(map(str, expected)) else "holds other names"


# losses


def bowl(a: Tensor) -> Tensor:
    """A saddle of two numbers: H is the same everywhere."""
    return 1.5 * a[0] ** 2 + 2 * a[0] * a[1] - a[1] ** 2 + a[0]


def bent(a: Tensor) -> Tensor:
    """A loss of a vector whose H depends on the place."""
    return (a**3).sum() / 3 + a[0] * torch.sin(a[-1]) + a.sum()


def mixed(a: Tensor) -> Tensor:
    """The cross-entropy of softmax rows, as alpha enters a supernet: a table [E, O]."""
    p = torch.softmax(a, 1)
    return -torch.log(p[:, 0]).sum() + (p[:, -1] * p[:, 1]).sum() + (a[0] * a[-1] * 0.3).sum()


def random_loss(rng: np.random.Generator) -> tuple[Loss, Tensor, Tensor]:
    """A curved loss of a vector or a table, a place, and a direction."""
    shape = (int(rng.integers(2, 5)),) if rng.random() < 0.5 else (int(rng.integers(1, 4)), int(rng.integers(2, 4)))
    size = int(np.prod(shape))
    mix, tilt = torch.tensor(rng.normal(size=(size, size))), torch.tensor(rng.normal(size=size))

    def loss(alpha: Tensor) -> Tensor:
        a = alpha.reshape(-1)
        return torch.sin(mix @ a).sum() + (a**3).sum() / 3 + torch.logsumexp(a * tilt, 0)

    alpha, v = (torch.tensor(rng.normal(size=shape)) for _ in range(2))
    return loss, alpha, v


def along_itself() -> tuple[Loss, Tensor, Tensor]:
    """The direction is alpha itself, one and the same tensor."""
    alpha = table(0.8, -0.5, 1.2)
    return bent, alpha, alpha


def with_old_gradient() -> tuple[Loss, Tensor, Tensor]:
    """An earlier call has left something in the .grad of alpha."""
    alpha = table(0.4, 0.9)
    alpha.grad = table(10.0, 20.0)
    return bent, alpha, table(1.0, -2.0)


LOSSES: tuple[Maker, ...] = (
    lambda: (bowl, table(1.0, -2.0), table(0.5, 3.0)),
    lambda: (bent, table(0.7, -1.2, 0.4), table(1.0, 0.5, -2.0)),
    along_itself,
    with_old_gradient,
    lambda: (mixed, table((0.5, -1.0, 0.2), (2.0, 0.3, -0.4)), table((1.0, -2.0, 0.5), (0.5, 1.5, -1.0))),
)


# matrices of which only the product is known


def product_with(matrix: Tensor) -> Product:
    """v -> H v."""

    def product(v: Tensor) -> Tensor:
        return matrix.to(v.dtype) @ v

    return product


def random_matrix(rng: np.random.Generator) -> tuple[Product, Tensor, int]:
    """A symmetric matrix whose eigenvalue of the largest magnitude is often below 0; a start; a number of steps."""
    size = int(rng.integers(2, 6))
    directions, _ = np.linalg.qr(rng.normal(size=(size, size)))
    values = rng.uniform(-3, 3, size)
    values[0] = rng.choice([-4.0, -4.0, 4.0])
    matrix = torch.tensor(directions @ np.diag(values) @ directions.T)
    return product_with(matrix), torch.tensor(rng.normal(size=size)), int(rng.integers(2, 6))


MATRICES: tuple[Maker, ...] = (
    lambda: (product_with(table((2.0, 1.0), (1.0, -3.0))), table(3.0, 4.0), 2),
    lambda: (product_with(table((-5.0, 0.0, 1.0), (0.0, 3.0, 0.0), (1.0, 0.0, 1.0))), table(1.0, 1.0, 1.0), 4),
    lambda: (product_with(table((4.0, 1.0), (1.0, 1.0))), table(0.0, 2.0), 3),
    lambda: (product_with(table((-0.2, 0.1), (0.1, 0.1))), table(1.0, 2.0), 5),
)


# measured eigenvalues


def random_series(rng: np.random.Generator) -> tuple[list[float]]:
    """Eigenvalues of 8 to 25 measurements, of which some rise, early or late, and some scatter around 0."""
    count = int(rng.integers(8, 26))
    turn, slope = rng.uniform(2, 20), rng.choice([0.0, 0.1, 0.3])
    base = np.full(count, rng.choice([1.0, 0.4]))
    base = base + slope * np.maximum(0, np.arange(count) - turn)
    return ([round(float(value), 3) for value in base * rng.uniform(0.75, 1.25, count)],)


FLAT = [1.0, 1.1, 0.9, 1.0, 1.0, 0.9, 1.1, 1.0, 1.0, 0.9, 1.0, 1.1, 1.0]
SERIES: tuple[Maker, ...] = (
    lambda: (FLAT[:12],),
    lambda: ([1.0] * 7 + [2.0] * 5,),
    lambda: ([10.0] * 7 + [13.75] * 6,),  # a ratio of exactly 1.3, which is not above it
    lambda: ([*[0.2] * 4, *[2.0] * 12],),  # it grows in the first fifth
    lambda: ([*FLAT, 9.0, *FLAT],),  # one high value, then none
    lambda: ([-1.0] * 8 + [-3.0] * 8,),  # a ratio of numbers below 0
    lambda: ([4.0] * 6 + [1.0] * 4 + [4.0, 4.0, 1.0, 1.0, 1.0, 5.0, 9.0, 16.0, 25.0],),
    lambda: ([1.0] * 10 + [1.0, 1.4],),  # only just grown when the search ends
    lambda: ([*[1.0] * 5, 10.0, *[1.0] * 6, 2.0, 4.0],),  # grown by the last means that are not known, even of zeros
    lambda: ([0.5, 0.6, 0.5, 0.7, 0.6, 0.8, 0.8, 0.9, 1.1, 1.2, 1.2, 1.5, 1.7, 2.1, 2.4],),
    lambda: ([-0.5] * 7 + [0.2, 0.4, 0.6, 0.9, 1.2, 1.3, 1.3, 1.4, 1.4, 1.4, 2.0, 3.0, 4.0],),
    lambda: ([1.0] * 10 + [2.0, 2.0],),  # a stop at the last measurement, for which the rule has waited
    lambda: ([1.0] * 8,),
)
