"""Derivations: from mixing weights to a genotype. Plain arrays in, a `Genotype` out; loads no torch."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .base.messages import UserError, require, short
from .genotype import Cell, Connection, Genotype
from .space import INPUTS, Edge, SearchSpace


def edge_strengths(space: SearchSpace, weights: Any) -> np.ndarray:
    """The strength of an edge: its largest mixing weight over the operations other than `none`.

    `none` keeps its mixing weight, so the others sum to less than 1; but it can never be chosen.

    Args:
        space: names the columns.
        weights: mixing weights of one kind, [E, O] (not alpha: comparing raw alpha between edges is a known mistake,
            since a constant added to one row changes it).
    Returns:
        float64 [E].
    """
    return np.asarray(weights, dtype=np.float64)[:, space.choices].max(axis=1)


def read_table(kind: str, table: Any, what: str = "mixing weights") -> np.ndarray:
    """Mixing weights, or alpha, of one kind as float64: from an array, nested lists, or a tensor on any device.

    Args:
        kind: normal or reduce.
        table: numbers, [E, O].
        what: what they are, for the message.
    Raises:
        UserError: no numbers, or rows of different length.
    """
    if hasattr(table, "detach"):  # a tensor, which may want a gradient, be on a GPU, or of a type that numpy lacks
        table = table.detach().cpu().double().numpy()
    try:
        return np.asarray(table, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise UserError(
            f"{what} of kind {kind!r} are {short(repr(table))}; a table of numbers [E, O] is needed, pass what the "
            "search computes."
        ) from error


def fitting_table(
    space: SearchSpace, kind: str, table: Any, what: str = "mixing weights", when: str = ""
) -> np.ndarray:
    """As `read_table`, where the table has to fit a space.

    Args:
        space: edges and operations.
        kind, table, what: as in `read_table`.
        when: in which step, for the message: " after step 3".
    Raises:
        UserError: no numbers, another shape than [E, O], or a number that is not finite.
    """
    found = read_table(kind, table, what)
    expected = (len(space.edges), len(space.operations))
    require(
        found.shape == expected,
        f"{what} of kind {kind!r} have shape {found.shape}{when}, this space needs {expected}; use the space the "
        "search ran in.",
    )
    require(
        bool(np.isfinite(found).all()),
        f"{what} of kind {kind!r} are not finite{when}; use an earlier step of the search.",
    )
    return found


def top_k(space: SearchSpace, weights: Mapping[str, Any], k: int = 2) -> Genotype:
    """The published derivation: per node the k strongest edges, each with its best operation other than `none`.

    Ties go to the lower index; connections are listed by strength. (Liu et al. 2019, DARTS, section 2.4; as in
    quark0/darts, `none` competes in the softmax and is never chosen.)

    Args:
        space: edges and operations.
        weights: mixing weights {kind: [E, O]}, arrays or tensors.
        k: predecessors kept per node, always distinct; the paper uses 2.
    Returns:
        A genotype whose concatenated nodes are all nodes; in a tied space one cell for both kinds.
    Raises:
        UserError: no table of numbers, one whose shape does not fit the space, or that is not finite.
    """
    require(k >= 1, f"k, the predecessors kept per node, must be at least 1, got {k}; the paper uses 2.")
    choices = np.array(space.choices)
    cells = {}
    for kind in space.kinds:
        require(kind in weights, f"mixing weights of kind {kind!r} are missing; got {sorted(weights)}; add them.")
        table = fitting_table(space, kind, weights[kind])
        strengths = edge_strengths(space, table)
        connections = []
        for node in range(INPUTS, INPUTS + space.nodes):
            strongest = sorted(space.rows(node), key=lambda row: -strengths[row])[:k]  # stable: ties keep their order
            for row in strongest:
                best = choices[table[row, choices].argmax()]
                connections.append(Connection(node, space.edges[row].source, space.operations[best]))
        cells[kind] = Cell(tuple(connections), tuple(range(INPUTS, INPUTS + space.nodes)), kind)
    return Genotype(**cells, tied=space.tied)


def strong_edges(space: SearchSpace, weights: Mapping[str, Any], threshold: float, k: int = 2) -> Genotype:
    """As `top_k`, but only edges whose strength reaches a threshold are kept, so a node may get fewer than k.

    A node without input leaves the concatenation, and edges that come from it are not kept. If no edge of a cell
    reaches the threshold, the strongest that leaves an input stays. (Chu et al. 2020, FairDARTS.)

    Args:
        space, weights, k: as in `top_k`.
        threshold: the smallest mixing weight that an edge is kept for.
    Raises:
        UserError: as `top_k`.
    """
    choices = np.array(space.choices)
    cells = {}
    for kind in space.kinds:
        table = fitting_table(space, kind, weights[kind])
        strengths = edge_strengths(space, table)
        kept: list[int] = []
        for node in range(INPUTS, INPUTS + space.nodes):
            fed = {*range(INPUTS), *(space.edges[row].target for row in kept)}
            able = [row for row in space.rows(node) if strengths[row] >= threshold and space.edges[row].source in fed]
            kept += sorted(able, key=lambda row: -strengths[row])[:k]
        if not kept:
            kept = [max(edges_from_inputs(space), key=lambda row: strengths[row])]
        connections = [Connection(*space.edges[r], space.operations[choices[table[r, choices].argmax()]]) for r in kept]
        cells[kind] = Cell(tuple(connections), tuple(sorted({c.node for c in connections})), kind)
    return Genotype(**cells, tied=space.tied)


def edges_from_inputs(space: SearchSpace) -> list[int]:
    """The rows of the edges that leave one of the two inputs of a cell."""
    return [row for row, edge in enumerate(space.edges) if edge.source < INPUTS]


def random_genotype(space: SearchSpace, seed: int, k: int = 2) -> Genotype:
    """A cell drawn uniformly from those that `top_k` can give: the baseline for every search."""
    generator = np.random.default_rng(seed)
    shape = (len(space.edges), len(space.operations))
    return top_k(space, {kind: generator.random(shape) for kind in space.kinds}, k)


def softmax(alpha: Any, temperature: float = 1.0, mask: Any = None) -> np.ndarray:
    """`relaxation.softmax` for arrays, as records and pictures use it: one table in float64, without torch.

    exp(alpha / T) / sum_o exp(alpha_o / T)   (Liu et al. 2019, DARTS, eq. 2)

    Args:
        alpha: [..., O].
        temperature: T > 0.
        mask: bool [..., O], False where an operation is switched off; at least one True in each row.
    Returns:
        float64 [..., O], rows sum to 1.
    """
    scaled = np.asarray(alpha, dtype=np.float64) / temperature
    if mask is not None:
        scaled = np.where(mask, scaled, -np.inf)
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def entropy(weights: Any) -> np.ndarray:
    """- sum_o p_o log p_o in nats, weights [..., O] -> [...]: 0 for one operation, log O where all are the same."""
    table = np.asarray(weights, dtype=np.float64)
    return np.maximum(0.0 - (table * np.log(np.where(table > 0, table, 1.0))).sum(axis=-1), 0.0)


def top_k_mask(space: SearchSpace, weights: Any, k: int = 2) -> np.ndarray:
    """The entries of a table of mixing weights that `top_k` keeps.

    Args:
        space: edges and operations.
        weights: mixing weights of one kind, [E, O].
        k: predecessors kept per node.
    Returns:
        bool [E, O], one True in each kept row.
    Raises:
        UserError: a table that does not fit the space, is not finite, or has negative entries.
    """
    table = np.asarray(weights, dtype=np.float64)
    cell = top_k(replace(space, kinds=("normal",)), {"normal": table}, k).normal
    require(
        bool((table >= 0).all()),
        f"mixing weights must be 0 or more, got {table.min():.3g}; pass the mixing weights that the "
        "relaxation computes from alpha, not alpha.",
    )
    return kept_entries(space, cell)


def kept_entries(space: SearchSpace, cell: Cell) -> np.ndarray:
    """Which operation on which edge a cell keeps.

    Args:
        space: the space the cell was derived in.
        cell: one cell of a genotype.
    Returns:
        bool [E, O].
    Raises:
        UserError: a connection that the space lacks.
    """
    lacking = lacking_in(space, cell)
    require(not lacking, f"the genotype keeps {lacking}, which this space lacks; use the space the search ran in.")
    kept = np.zeros((len(space.edges), len(space.operations)), dtype=bool)
    for node, predecessor, operation in cell.connections:
        kept[space.edges.index(Edge(node, predecessor)), space.operations.index(operation)] = True
    return kept


def lacking_in(space: SearchSpace, cell: Cell) -> str:
    """The first connection of a cell that a space lacks, in words: "noise on edge 0 to 2"; "" where it has all."""
    for node, predecessor, operation in cell.connections:
        if Edge(node, predecessor) not in space.edges or operation not in space.operations:
            return f"{operation} on edge {predecessor} to {node}"
    return ""


def rows_sum_to_one(weights: Any) -> bool:
    """Whether mixing weights [..., O] sum to 1 on every edge, as a softmax does; only then is an entropy defined."""
    return bool(np.allclose(np.asarray(weights, dtype=np.float64).sum(axis=-1), 1, atol=1e-4))
