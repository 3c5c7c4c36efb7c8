"""Which cells contain an operation, and how they compare with those that do not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..genotype import Genotype
from ..space import Edge


@dataclass(frozen=True)
class Split:
    """Two groups of cells and the mean of each. An operation in the first group need not be the cause of a difference.

    Args:
        inside, outside: how many cells are in the group and not in it.
        mean_inside, mean_outside: their means; None for no cell.
    """

    inside: int
    outside: int
    mean_inside: float | None
    mean_outside: float | None


def cells_containing(cells: Sequence[Genotype], operation: str, kind: str = "", edge: Edge | None = None) -> np.ndarray:
    """Whether each cell has an operation.

    Args:
        cells: n of them.
        operation: its name.
        kind: of the cell in which it is looked for; in all kinds where empty.
        edge: on which it is looked for; on all edges where None.
    Returns:
        bool [n].
    """

    def has(genotype: Genotype) -> bool:
        return any(
            c.operation == operation and (edge is None or Edge(c.node, c.predecessor) == edge)
            for name, cell in genotype.cells.items()
            if kind in ("", name)
            for c in cell.connections
        )

    return np.array([has(genotype) for genotype in cells], dtype=bool)


def split_cells(values: np.ndarray, inside: np.ndarray) -> Split:
    """Count the cells of a group and the others, and average a value over both.

    Args:
        values: of each cell, [n].
        inside: whether each cell is in the group, bool [n].
    """
    means = [float(values[part].mean()) if part.any() else None for part in (inside, ~inside)]
    return Split(int(inside.sum()), int((~inside).sum()), *means)
