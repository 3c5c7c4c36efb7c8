"""Known wrong answers to `11.read_off`."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from ....items import Twin
from ...lesson_06.answers import Names, top_k
from ...lesson_06.mistakes import edge_strength as rules
from ...lesson_06.mistakes.top_k import keep_by, largest_entries
from ..answers import Edges, read_off

Kept = list[tuple[int, int, str]]


def with_rule(keep: Callable[..., list[tuple[int, str]]]) -> Callable[..., Kept]:
    """The right reading with another `top_k`."""

    def answer(alpha: Tensor, operations: Names, edges: Edges, k: int) -> Kept:
        found = []
        for node in sorted({target for _, target in edges}):
            rows = [e for e, (_, target) in enumerate(edges) if target == node]
            found += [(edges[rows[r]][0], node, name) for r, name in keep(alpha[rows], operations, k)]
        return found

    return answer


def with_entries(entry: Callable[[int, list[int], int, str, Edges], Any]) -> Callable[..., list[Any]]:
    """The right edges, written otherwise: entry(r, rows of the node, node, name, edges)."""

    def answer(alpha: Tensor, operations: Names, edges: Edges, k: int) -> list[Any]:
        found = []
        for node in sorted({target for _, target in edges}):
            rows = [e for e, (_, target) in enumerate(edges) if target == node]
            found += [entry(r, rows, node, name, edges) for r, name in top_k(alpha[rows], operations, k)]
        return found

    return answer


def of_the_cell(alpha: Tensor, operations: Names, edges: Edges, k: int) -> Kept:
    """Wrong: the k strongest edges of the whole cell."""
    return [(*edges[e], name) for e, name in top_k(alpha, operations, k)]


def by_source(alpha: Tensor, operations: Names, edges: Edges, k: int) -> Kept:
    """Wrong: k edges out of each state."""
    found = []
    for state in sorted({source for source, _ in edges}):
        rows = [e for e, (source, _) in enumerate(edges) if source == state]
        found += [(*edges[rows[r]], name) for r, name in top_k(alpha[rows], operations, k)]
    return found


def first_rows(alpha: Tensor, operations: Names, edges: Edges, k: int) -> Kept:
    """Wrong: every node reads the first rows of alpha."""
    found = []
    for node in sorted({target for _, target in edges}):
        rows = [e for e, (_, target) in enumerate(edges) if target == node]
        found += [(edges[rows[r]][0], node, name) for r, name in top_k(alpha[: len(rows)], operations, k)]
    return found


def sorted_rows(alpha: Tensor, operations: Names, edges: Edges, k: int) -> Kept:
    """Wrong: the rows of a node are believed to stand one after the other, nodes in order."""
    found, first = [], 0
    for node in sorted({target for _, target in edges}):
        count = sum(target == node for _, target in edges)
        kept = top_k(alpha[first : first + count], operations, k)
        found += [(edges[first + r][0], node, name) for r, name in kept]
        first += count
    return found


def weakest(alpha: Tensor, operations: Names, k: int) -> list[tuple[int, str]]:
    """The k weakest edges into a node."""
    return top_k(alpha, operations, len(alpha))[::-1][:k]


def first_k(alpha: Tensor, operations: Names, k: int) -> list[tuple[int, str]]:
    """The first k edges into a node."""
    return sorted(top_k(alpha, operations, len(alpha)))[:k]


def nested(alpha: Tensor, operations: Names, edges: Edges, k: int) -> list[Kept]:
    """Wrong: a list for each node."""
    kept = read_off(alpha, operations, edges, k)
    return [[entry for entry in kept if entry[1] == node] for node in sorted({target for _, target in edges})]


def with_numbers(alpha: Tensor, operations: Names, edges: Edges, k: int) -> list[tuple[int, int, int]]:
    """Wrong: columns instead of names."""
    return [(s, node, operations.index(name)) for s, node, name in read_off(alpha, operations, edges, k)]


def nodes_from(first: int) -> Callable[..., Kept]:
    """Wrong: nodes are counted from another number than their state."""
    return lambda alpha, operations, edges, k: [
        (s, node - 2 + first, name) for s, node, name in read_off(alpha, operations, edges, k)
    ]


def is_nested(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether there is a list, or a dictionary, for each node, with all that is wanted in it."""

    def parts(got: Any) -> list[Any]:
        lists = got.values() if isinstance(got, dict) else got
        return sorted(tuple(entry) for part in lists for entry in part)

    return all(parts(got) == sorted(wanted) for wanted, got in pairs)


def with_k(pick: Callable[[int], int]) -> Callable[..., Kept]:
    """The right reading with another k."""
    return lambda alpha, operations, edges, k: read_off(alpha, operations, edges, pick(k))


TWINS = (
    Twin(
        "k edges of the whole cell",
        of_the_cell,
        "You keep the strongest edges of the whole cell: among which edges does a node choose?",
    ),
    Twin(
        "edges out of a state",
        by_source,
        "You keep edges by the state they leave: at which of its two ends does an edge compete?",
    ),
    Twin(
        "first rows for every node",
        first_rows,
        "Every node reads the first rows of alpha: which rows belong to the second node?",
    ),
    Twin(
        "row of the node as state",
        with_entries(lambda r, rows, node, name, edges: (r, node, name)),
        "You give the place of an edge among those of its node: from which state does it come?",
    ),
    Twin(
        "row of alpha as state",
        with_entries(lambda r, rows, node, name, edges: (rows[r], node, name)),
        "You give the row of alpha: from which state does the edge of that row come?",
    ),
    Twin(
        "node first",
        with_entries(lambda r, rows, node, name, edges: (node, edges[rows[r]][0], name)),
        "You name the node before the state: in which direction does the arrow point?",
    ),
    Twin(
        "node left out",
        with_entries(lambda r, rows, node, name, edges: (edges[rows[r]][0], name)),
        "Your entries do not say into which node an edge leads: what are the three parts?",
    ),
    Twin(
        "operation left out",
        with_entries(lambda r, rows, node, name, edges: (edges[rows[r]][0], node)),
        "Your entries do not say which operation stays: what are the three parts?",
    ),
    Twin(
        "row of the node in the whole list",
        with_entries(lambda r, rows, node, name, edges: (edges[r][0], node, name)),
        "You look up a place among a node's edges in the list of all edges: which row of alpha is it?",
    ),
    Twin(
        "edges in order of nodes",
        sorted_rows,
        "Your rows of a node stand one after the other: in which order may edges come?",
    ),
    Twin(
        "nodes counted from 0",
        nodes_from(0),
        "Your nodes are counted from 0: which number does the edge have?",
    ),
    Twin(
        "nodes counted from 1",
        nodes_from(1),
        "Your nodes are counted from 1: which number does the edge have?",
    ),
    Twin(
        "operation as a number",
        with_numbers,
        "You give the column of an operation: which name stands there?",
    ),
    Twin(
        "a list for each node",
        nested,
        "Your entries are in a list of their own for each node: which form is asked for?",
        shows=is_nested,
    ),
    Twin(
        "the first edges",
        with_rule(first_k),
        "You keep the first edges of a node: which of them are the strongest?",
    ),
    Twin(
        "the weakest edges",
        with_rule(weakest),
        "You keep the weakest edges: in which direction do you sort?",
    ),
    Twin(
        "none taken out before the softmax",
        with_rule(keep_by(rules.without_none)),
        "You take none out before the softmax: over which operations does it run?",
    ),
    Twin(
        "two operations of one edge",
        with_rule(largest_entries),
        "Two of your entries lie on one edge: does a node keep edges or operations?",
    ),
    Twin(
        "raw alpha",
        with_rule(keep_by(rules.largest_alpha)),
        "You rank edges by alpha itself: what makes rows comparable?",
    ),
    Twin(
        "none may win",
        with_rule(keep_by(rules.none_may_win, lambda operations: range(len(operations)))),
        "Some of your edges keep none: what would such an edge carry?",
    ),
    Twin("always two", with_k(lambda k: 2), "You always keep two edges of a node: what is k for?"),
    Twin("all edges", with_k(lambda k: 99), "You keep every edge: how many of them does a node keep?"),
    Twin(
        "one too few",
        with_k(lambda k: k - 1),
        "Each node keeps one edge less than asked for: where does your slice end?",
    ),
    Twin(
        "one node only",
        lambda *given: [entry for entry in read_off(*given) if entry[1] == 2],
        "Only the first node is there: is `return` inside the loop?",
    ),
)
