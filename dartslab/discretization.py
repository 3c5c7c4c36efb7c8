"""Discretizations: what makes a genotype. Plain arrays in, a `Genotype` out; nothing from torch."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .genotype import Cell, Connection, Genotype
from .messages import require
from .space import INPUTS, NONE, SearchSpace


def edge_strengths(space: SearchSpace, weights: Any) -> np.ndarray:
    """How strongly an edge asks to be kept: its largest mixing weight over the operations other than `none`.

    `none` takes its share in the softmax and is not renormalised away; it can only not win.

    Args:
        space: names the columns.
        weights: mixing weights of one kind, [E, O] (not alpha: comparing raw alpha between edges is a known mistake,
            since a constant added to one row changes it).
    Returns:
        float64 [E].
    """
    return np.asarray(weights, dtype=np.float64)[:, _choices(space)].max(axis=1)


def _choices(space: SearchSpace) -> list[int]:
    return [column for column, name in enumerate(space.operations) if name != NONE]


def top_k(space: SearchSpace, weights: Mapping[str, Any], k: int = 2) -> Genotype:
    """The published derivation: per node the k strongest edges, each with its best operation other than `none`.

    Ties go to the lower index; connections are listed by strength. (Liu et al. 2019, DARTS, section 2.4; with
    quark0/darts' reading that `none` competes in the softmax and is never chosen.)

    Args:
        space: edges and operations.
        weights: mixing weights {kind: [E, O]}, arrays or CPU tensors without gradient.
        k: predecessors kept per node, distinct by construction; 2 is published.
    Returns:
        A genotype whose concatenated nodes are all nodes.
    Raises:
        UserError: a table whose shape does not fit the space, or that is not finite.
    """
    require(k >= 1, f"k is {k}; at least 1 predecessor per node is needed, published is 2.")
    choices = np.array(_choices(space))
    cells = {}
    for kind in space.kinds:
        require(kind in weights, f"mixing weights of kind {kind!r} are missing; got {sorted(weights)}, add them.")
        table = np.asarray(weights[kind], dtype=np.float64)
        expected = (len(space.edges), len(space.operations))
        require(
            table.shape == expected,
            f"mixing weights of kind {kind!r} have shape {table.shape}, this space needs {expected}; use the space "
            "the search ran in.",
        )
        require(
            bool(np.isfinite(table).all()),
            f"mixing weights of kind {kind!r} are not finite; derive from an earlier step of the search.",
        )
        strengths = edge_strengths(space, table)
        connections = []
        for node in range(INPUTS, INPUTS + space.nodes):
            strongest = sorted(space.rows(node), key=lambda row: -strengths[row])[:k]  # stable: ties keep their order
            for row in strongest:
                best = choices[table[row, choices].argmax()]
                connections.append(Connection(node, space.edges[row].source, space.operations[best]))
        cells[kind] = Cell(tuple(connections), tuple(range(INPUTS, INPUTS + space.nodes)), kind)
    return Genotype(**cells)


def random_genotype(space: SearchSpace, seed: int, k: int = 2) -> Genotype:
    """A cell drawn uniformly from those `top_k` can produce: the baseline every search must be compared with."""
    generator = np.random.default_rng(seed)
    shape = (len(space.edges), len(space.operations))
    return top_k(space, {kind: generator.random(shape) for kind in space.kinds}, k)
