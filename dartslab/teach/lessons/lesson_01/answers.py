"""Right answers to the exercises of lesson 01. States 0 and 1 are the inputs of a cell, nodes are 2, 3, ..."""

from collections.abc import Sequence
from itertools import combinations, product

Triple = tuple[int, int, str]  # (node, predecessor, operation)


def edges(nodes: int) -> list[tuple[int, int]]:
    """All edges (target, source) of a cell, by target, then by source."""
    return [(target, source) for target in range(2, 2 + nodes) for source in range(target)]


def valid_cell(connections: Sequence[Triple], nodes: int) -> bool:
    """Whether a derivation can produce this cell; connections are (node, predecessor, operation)."""
    for node in range(2, 2 + nodes):
        kept = [(source, operation) for target, source, operation in connections if target == node]
        sources = {source for source, _ in kept}  # a set: one state read twice is there once
        if len(kept) != 2 or len(sources) != 2 or not all(0 <= source < node for source in sources):
            return False
        if any(operation == "none" for _, operation in kept):
            return False
    return len(connections) == 2 * nodes  # nothing ends anywhere else


def count_cells(nodes: int, operations: Sequence[str]) -> int:
    """How many different cells of one kind a derivation can produce."""
    choices = len([name for name in operations if name != "none"])
    count = 1
    for k in range(1, nodes + 1):
        count *= k * (k + 1) // 2 * choices**2  # which two of k + 1 states, then an operation for each
    return count


def all_cells(nodes: int, operations: Sequence[str]) -> list[list[Triple]]:
    """Every cell a derivation can produce, each once."""
    kept = [name for name in operations if name != "none"]
    cells: list[list] = [[]]
    for node in range(2, 2 + nodes):
        pairs, both = combinations(range(node), 2), list(product(kept, repeat=2))
        ways = [[(node, a, p), (node, b, q)] for a, b in pairs for p, q in both]
        cells = [cell + way for cell in cells for way in ways]  # every cell so far goes on in every way
    return cells


def alpha_count(nodes: int, operations: Sequence[str], kinds: Sequence[str], layers: int) -> int:
    """Numbers in alpha: a table [edges, operations] for each kind of cell, however many cells there are."""
    return len(kinds) * nodes * (nodes + 3) // 2 * len(operations)
