"""What the exercises of lesson 01 are made of: random cells, a comparison of lists of cells, wrong answers.

A connection is (node, predecessor, operation). States 0 and 1 are the inputs of a cell, nodes are 2, 3, ...
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np

from ....space import KINDS, PUBLISHED_OPERATIONS
from .answers import Triple

SMALL = "skip_connect", "sep_conv_3x3"


def without_none(operations: Sequence[str]) -> list[str]:
    """What an edge may keep."""
    return [name for name in operations if name != "none"]


def _count(cells: Iterable[Any]) -> Counter[tuple[Triple, ...]]:
    """Cells without the order of their connections and without an order among them."""
    return Counter(tuple(sorted((int(n), int(s), str(name)) for n, s, name in cell)) for cell in cells)


def same_cells(expected: Any, got: Any) -> str | None:
    """None where both list the same cells equally often, in whatever order; else a phrase after "the result"."""
    wanted = _count(expected)
    try:
        found = _count(got)
    except (TypeError, ValueError):
        return "is not a list of cells, each a list of (node, predecessor, operation)"
    if found == wanted:
        return None
    many, right = sum(found.values()), sum(wanted.values())
    if many != right:
        return f"holds {many} cells where {right} are expected"
    twice = max(found.values(), default=0) > 1
    return "holds some cell more than once" if twice else "holds the right number of cells, but not the right ones"


def random_cell(rng: np.random.Generator) -> tuple[list[Triple], int]:
    """A cell that a derivation can produce, its connections in a random order; or with one thing wrong."""
    nodes = int(rng.integers(1, 5))
    cell: list[Triple] = []
    for node in range(2, 2 + nodes):
        names = rng.choice(PUBLISHED_OPERATIONS[1:], size=2)
        cell += [(node, int(source), str(name)) for source, name in zip(rng.permutation(node), names, strict=False)]
    cell = [cell[k] for k in rng.permutation(len(cell))]
    node, source, name = cell[0]
    spoil = int(rng.integers(0, 8))  # from 4 on nothing is wrong
    if spoil == 0:
        cell[0] = node, node + int(rng.integers(0, 2)), name
    elif spoil == 1:
        cell[0] = node, next(s for n, s, _ in cell[1:] if n == node), name
    elif spoil == 2:
        cell[0] = node, source, "none"
    elif spoil == 3:
        del cell[0]
    return cell, nodes


def random_space(rng: np.random.Generator) -> tuple[int, tuple[str, ...]]:
    """Nodes and operations; `none` stands anywhere, or is not among them."""
    names = [str(name) for name in rng.permutation(PUBLISHED_OPERATIONS)[: int(rng.integers(2, 9))]]
    return int(rng.integers(1, 5)), tuple(names)


def random_search(rng: np.random.Generator) -> tuple[int, tuple[str, ...], tuple[str, ...], int]:
    """Nodes, operations, kinds, layers."""
    return *random_space(rng), KINDS[: int(rng.integers(1, 3))], int(rng.integers(3, 21))


def check_loosely(
    connections: Sequence[Triple],
    nodes: int,
    acyclic: bool = True,
    distinct: bool = True,
    operate: bool = True,
    fewest: int = 2,
    most: int = 2,
    read: bool = False,
) -> bool:
    """`valid_cell` with a rule left out (acyclic, distinct, operate), loosened (fewest, most) or invented (read)."""
    for node in range(2, 2 + nodes):
        kept = [(source, operation) for target, source, operation in connections if target == node]
        sources = {source for source, _ in kept}
        if not fewest <= len(kept) <= most or (distinct and len(sources) != len(kept)):
            return False
        if acyclic and not all(0 <= source < node for source in sources):
            return False
        if operate and any(operation == "none" for _, operation in kept):
            return False
    if read and not set(range(2, 1 + nodes)) <= {source for _, source, _ in connections}:
        return False
    return most > 2 or len(connections) == 2 * nodes


def list_cells(nodes: int, operations: Sequence[str], pairs: Any = None, both: Any = None) -> list[list[Triple]]:
    """`all_cells` with other pairs of predecessors (of a node) or of operations (of those that may be kept)."""
    cells: list[list[Triple]] = [[]]
    for node in range(2, 2 + nodes):
        chosen = combinations(range(node), 2) if pairs is None else pairs(node)
        kept = without_none(operations)
        named = list(product(kept, repeat=2)) if both is None else list(both(kept))
        ways = [[(node, a, p), (node, b, q)] for a, b in chosen for p, q in named]
        cells = [cell + way for cell in cells for way in ways]
    return cells


def list_nodes_apart(nodes: int, operations: Sequence[str]) -> list[list[Triple]]:
    """`all_cells` with the ways of the nodes one after the other, none combined with another."""
    kept = without_none(operations)
    return [
        [(node, a, p), (node, b, q)]
        for node in range(2, 2 + nodes)
        for a, b in combinations(range(node), 2)
        for p, q in product(kept, repeat=2)
    ]
