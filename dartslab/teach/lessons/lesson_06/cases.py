"""What the exercises of lesson 06 are made of: cases and comparisons.

Shapes: E edges, S edges into one node, O operations.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....space import PUBLISHED_OPERATIONS
from ...values import difference, wrong_type
from .answers import Names

Maker = Callable[[], Any]
SHORT = ("none", "conv", "pool")


def alpha_of(*rows: Sequence[float]) -> Tensor:
    """An alpha whose mixing weights are these rows."""
    return torch.tensor(rows, dtype=torch.float64).log()


def reported_node() -> Tensor:
    """The node of khanrc/pt.darts#38: best entries 5, 11 and 15."""
    alpha = torch.tensor([[1.0] * 8, [10.0] * 8, [10.0] * 8], dtype=torch.float64)
    alpha[0, 4], alpha[1, 3], alpha[2, 1] = 5, 11, 15
    return alpha


def random_node(rng: np.random.Generator) -> tuple[Tensor, Names]:
    """Alpha and the names of its columns."""
    edges, names = (
        int(rng.integers(1, 6)),
        [str(name) for name in rng.permutation(PUBLISHED_OPERATIONS)[: rng.integers(3, 7)]],
    )
    if "none" not in names:
        names[-1] = "none"
    offsets = rng.normal(scale=3, size=(edges, 1))  # changes no mixing weight
    alpha = torch.tensor(offsets + rng.normal(scale=1.5, size=(edges, len(names))))
    return alpha, tuple(names)


def random_top_k(rng: np.random.Generator) -> tuple[Tensor, Names, int]:
    """A node, and how many of its edges stay."""
    alpha, names = random_node(rng)
    return alpha, names, int(rng.integers(1, len(alpha) + 1))


def random_pairs(rng: np.random.Generator) -> tuple[list[tuple[str, int]]]:
    """A flat list of one to six nodes."""
    sources = [int(s) for node in range(2, 2 + rng.integers(1, 7)) for s in rng.permutation(node)[:2]]
    return ([(str(rng.choice(PUBLISHED_OPERATIONS[1:])), source) for source in sources],)


def mark_kept(weights: Sequence[Sequence[float]], *kept: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Weights, and True at what is kept."""
    table = torch.tensor(weights, dtype=torch.float64)
    marks = torch.zeros(table.shape, dtype=torch.bool)
    for row, column in kept:
        marks[row, column] = True
    return table, marks


def random_table(rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Weights with some of the rows kept."""
    edges, operations = int(rng.integers(1, 6)), int(rng.integers(3, 7))
    table = torch.softmax(torch.tensor(rng.normal(size=(edges, operations))), 1)
    rows = rng.permutation(edges)[: rng.integers(1, edges + 1)]
    return mark_kept(table.tolist(), *((int(row), int(rng.integers(1, operations))) for row in rows))


LATER_NODES = [("conv", 4), ("skip", 0), ("pool", 5), ("conv", 1)]
ALPHAS: tuple[Maker, ...] = (
    lambda: (alpha_of((0.4, 0.5, 0.1), (0.3, 0.35, 0.35)), SHORT),  # quark0/darts#45
    lambda: (alpha_of((0.2, 0.7, 0.1), (0.1, 0.1, 0.8)), ("conv", "none", "pool")),
    lambda: (alpha_of((0.2, 0.7, 0.1), (0.3, 0.1, 0.6), (0.5, 0.2, 0.3)), ("conv", "pool", "none")),
    lambda: (reported_node(), PUBLISHED_OPERATIONS),
    lambda: (alpha_of((0.2, 0.7, 0.1), (0.1, 0.1, 0.8)) + torch.tensor([[900.0], [-900.0]]), SHORT),  # exp overflows
)
NODES: tuple[Maker, ...] = (
    lambda: (alpha_of((0.4, 0.5, 0.1), (0.3, 0.35, 0.35)), SHORT, 1),  # quark0/darts#45
    lambda: (alpha_of((0.9, 0.06, 0.04), (0.2, 0.35, 0.45), (0.1, 0.5, 0.4)), SHORT, 2),
    lambda: (alpha_of((0.1, 0.46, 0.44), (0.4, 0.35, 0.25), (0.8, 0.05, 0.15)), SHORT, 2),
    lambda: (reported_node(), PUBLISHED_OPERATIONS, 2),
    lambda: (alpha_of((0.1, 0.2, 0.7), (0.3, 0.6, 0.1), (0.2, 0.5, 0.3)), ("pool", "conv", "none"), 2),
    lambda: (alpha_of((0.2, 0.7, 0.1), (0.1, 0.1, 0.8)), ("conv", "none", "pool"), 2),
)
LISTS: tuple[Maker, ...] = (
    lambda: ([("conv", 0), ("pool", 1)],),
    lambda: ([("conv", 1), ("skip", 0), ("pool", 2), ("conv", 0), ("skip", 3), ("pool", 1)],),
    lambda: ([("conv", 1), ("conv", 0), ("pool", 1), ("conv", 2), ("skip", 3), ("pool", 2), *LATER_NODES],),
)
TABLES: tuple[Maker, ...] = (
    lambda: mark_kept(((0.5, 0.2, 0.3), (0.1, 0.7, 0.2)), (1, 1)),
    lambda: mark_kept(((0.5, 0.2, 0.3), (0.1, 0.7, 0.2), (0.3, 0.3, 0.4)), (0, 2), (1, 1)),
    lambda: mark_kept(((0.1, 0.2, 0.7), (0.6, 0.1, 0.3), (0.2, 0.5, 0.3), (0.3, 0.3, 0.4)), (0, 1), (1, 2)),
)


def same_tables(expected: Any, got: Any) -> str | None:
    """None where both tables hold the same numbers; True is no number here."""
    found = difference(expected, got)
    are_marks = any(str(getattr(table, "dtype", "")).endswith("bool") for table in got) if found is None else False
    return "holds True and False where numbers are expected" if are_marks else found


def same_entries(expected: Any, got: Any) -> str | None:
    """None where both hold the same entries, in whatever order."""
    if not isinstance(got, (list, tuple, set, frozenset)):
        return wrong_type(expected, got)
    if len(got) != len(expected):
        return f"has {len(got)} entries where {len(expected)} are expected"
    if is_tensor_in(got) != is_tensor_in(expected):
        return "holds tensors where whole numbers are expected"
    wanted, found = (
        sorted(tuple(p if isinstance(p, str) else float(p) for p in entry) for entry in side)
        for side in (expected, got)
    )
    return None if found == wanted else "holds other entries"


def is_tensor_in(entries: Any) -> bool:
    """Whether some part of an entry is a tensor, which equals no number as a key or in a set."""
    return any(isinstance(part, Tensor) for entry in entries if isinstance(entry, (list, tuple)) for part in entry)
