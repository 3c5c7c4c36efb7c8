"""All cells of a space in one line, numbered from 1: which cell is number n, and which number has a cell.

Counted is what the published derivation can produce: every node reads 2 distinct predecessors, each through an
operation other than `none`, and all nodes are concatenated. Plain integers, nothing from torch.

With M operations other than `none`, node j (j >= 2) has C(j, 2) M^2 ways: pairs of predecessors in lexicographic order,
within a pair the operation of the lower predecessor, then that of the higher. The number of a cell is 1 + the number
that these choices write as digits, node 2 first (a mixed radix, since each node has its own base).
"""

from itertools import combinations

from ...base.messages import counted, require
from ...genotype import Cell, Connection
from ...space import INPUTS, NONE, SearchSpace

PREDECESSORS = 2  # that a counted node reads


def not_counted(space: SearchSpace, cell: Cell) -> str:
    """Why a cell is not among the counted ones, in words; "" if it is."""
    if len(cell.nodes) != space.nodes:
        return f"it has {counted(len(cell.nodes), 'node')}, the counted cells have {space.nodes}"
    if set(cell.concat) != set(cell.nodes):
        return f"it concatenates {list(cell.concat)}, the counted cells all their nodes"
    for node in cell.nodes:
        connections = cell.into(node)
        if len(connections) != PREDECESSORS:
            many = counted(len(connections), "connection")
            return f"node {node} has {many}, a node of the counted cells has {PREDECESSORS}"
        if len({connection.predecessor for connection in connections}) < PREDECESSORS:
            return f"node {node} reads state {connections[0].predecessor} twice, the counted cells never do"
        for connection in connections:
            if connection.operation not in _choices(space):
                return f"node {node} uses {connection.operation}, which the space does not offer"
    return ""


def cell_number(space: SearchSpace, cell: Cell) -> int | None:
    """Where a cell stands among the `space.count_cells()` cells of one kind.

    Args:
        space: nodes and operations.
        cell: the order of its connections does not matter.
    Returns:
        1 to `space.count_cells()`; None if the cell is not counted, see `not_counted`.
    """
    if not_counted(space, cell):
        return None
    choices = _choices(space)
    rank = 0
    for node in cell.nodes:
        (_, low, first), (_, high, second) = sorted(cell.into(node))
        pairs = list(combinations(range(node), PREDECESSORS))
        for digit, base in (
            (pairs.index((low, high)), len(pairs)),
            (choices.index(first), len(choices)),
            (choices.index(second), len(choices)),
        ):
            rank = rank * base + digit
    return rank + 1


def cell_from_number(space: SearchSpace, number: int, name: str = "cell") -> Cell:
    """The cell with a number: `cell_number(space, cell_from_number(space, n)) == n`.

    Args:
        space: nodes and operations.
        number: 1 to `space.count_cells()`.
        name: of the cell, "normal" or "reduce".
    Raises:
        UserError: there is no cell with this number.
    """
    count = space.count_cells()
    require(
        isinstance(number, int) and 1 <= number <= count,
        f"there is no cell with the number {number!r}; this space has {count:,} cells of a kind, pass 1 to {count}.",
    )
    choices = _choices(space)
    nodes = range(INPUTS, INPUTS + space.nodes)
    rank = number - 1
    connections: list[Connection] = []
    for node in reversed(nodes):
        pairs = list(combinations(range(node), PREDECESSORS))
        rank, second = divmod(rank, len(choices))
        rank, first = divmod(rank, len(choices))
        rank, pair = divmod(rank, len(pairs))
        low, high = pairs[pair]
        connections[:0] = Connection(node, low, choices[first]), Connection(node, high, choices[second])
    return Cell(tuple(connections), tuple(nodes), name)


def _choices(space: SearchSpace) -> list[str]:
    return [name for name in space.operations if name != NONE]
