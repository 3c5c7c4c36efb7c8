"""Known wrong answers to `01.edges`."""

from itertools import combinations
from typing import Any

import numpy as np

from ....items import Twin
from ..answers import edges


def _grouped(nodes: int) -> list[list[tuple[int, int]]]:
    return [[(target, source) for source in range(target)] for target in range(2, 2 + nodes)]


def _holds_texts(pairs: list[tuple[Any, Any]]) -> bool:
    return all(isinstance(part, str) for _, got in pairs for edge in got for part in np.atleast_1d(edge).tolist())


def _repeats(pairs: list[tuple[Any, Any]]) -> bool:
    found = [[tuple(edge) for edge in np.asarray(got).tolist()] for _, got in pairs]
    return sum(len(set(one)) < len(one) for one in found) >= 2


EDGES = (
    Twin(
        "the number",
        lambda nodes: len(edges(nodes)),
        "You return how many edges there are: which edges are they?",
        shows=lambda pairs: all(isinstance(got, (int, float, np.number)) for _, got in pairs),
    ),
    Twin(
        "an empty list",
        lambda nodes: [],
        "Your list is empty: where is an edge added to it, and do your loops run at all?",
        shows=lambda pairs: all(len(got) == 0 for _, got in pairs),
    ),
    Twin(
        "texts",
        lambda nodes: [f"{target} <- {source}" for target, source in edges(nodes)],
        "Your edges hold texts: what would a pair of two whole numbers look like?",
        shows=_holds_texts,
    ),
    Twin(
        "grouped by node",
        _grouped,
        "You have a list for every node: alpha is one table with a row for each edge, so how do you join the lists?",
        shows=lambda pairs: all(isinstance(got[0][0], (list, tuple)) for _, got in pairs),
    ),
    Twin(
        "predecessors without their nodes",
        lambda nodes: [source for _, source in edges(nodes)],
        "You list single numbers: an edge has two ends, so which pair belongs to each of them?",
        shows=lambda pairs: all(np.ndim(got) == 1 for _, got in pairs),
    ),
    Twin(
        "some edge several times",
        lambda nodes: [edge for edge in edges(nodes) for _ in range(2)],
        "You list an edge more than once: does your list begin empty in every call, and is every edge added once?",
        shows=_repeats,
    ),
    Twin(
        "the inputs are joined",
        lambda nodes: [(target, source) for target in range(1, 2 + nodes) for source in range(target)],
        "You have an edge into state 1: do the inputs of a cell read anything inside the cell?",
    ),
    Twin(
        "the inputs are not read",
        lambda nodes: [(target, source) for target in range(2, 2 + nodes) for source in range(2, target)],
        "Your nodes read only other nodes: which states does the first node read?",
    ),
    Twin(
        "only the inputs are read",
        lambda nodes: [(target, source) for target in range(2, 2 + nodes) for source in range(2)],
        "Your nodes read only the two inputs: may a node read the nodes before it, too?",
    ),
    Twin(
        "the two states before",
        lambda nodes: [(target, source) for target in range(2, 2 + nodes) for source in (target - 2, target - 1)],
        "Your nodes read the two states just before them: two edges are kept after the search, but how many "
        "are there during it?",
    ),
    Twin(
        "a chain",
        lambda nodes: [(target, target - 1) for target in range(2, 2 + nodes)],
        "Your nodes read only the state just before them: which other states come earlier?",
    ),
    Twin(
        "state 0 left out",
        lambda nodes: [(target, source) for target in range(2, 2 + nodes) for source in range(1, target)],
        "No edge of yours begins at state 0: with which number does counting begin here?",
    ),
    Twin(
        "the state before left out",
        lambda nodes: [(target, source) for target in range(2, 2 + nodes) for source in range(target - 1)],
        "Your nodes do not read the state just before them: with which number does `range` end?",
    ),
    Twin(
        "a node reads itself",
        lambda nodes: [(target, source) for target in range(2, 2 + nodes) for source in range(target + 1)],
        "Your nodes read themselves: with which number does `range` end, and which states come before a node?",
    ),
    Twin(
        "later states too",
        lambda nodes: [(t, s) for t in range(2, 2 + nodes) for s in range(2 + nodes) if s != t],
        "Your nodes read later states as well: in which order would the nodes be computed?",
    ),
    Twin(
        "one node too few",
        lambda nodes: edges(nodes - 1),
        "You leave out the last node: the first is state 2, so which number has the last, and with which does "
        "`range` end?",
    ),
    Twin(
        "the inputs counted as nodes",
        lambda nodes: edges(max(0, nodes - 2)),
        "You have two nodes too few: are the two inputs among the `nodes`, or do they come before them?",
    ),
    Twin(
        "one node too many",
        lambda nodes: edges(nodes + 1),
        "You have one node too many: the first is state 2, so which number has the last?",
    ),
    Twin(
        "nodes counted from 0",
        lambda nodes: [(target - 2, source) for target, source in edges(nodes)],
        "Your first node is state 0: which states come before the first node?",
    ),
    Twin(
        "nodes counted from 1",
        lambda nodes: [(target - 1, source) for target, source in edges(nodes)],
        "Your first node is state 1: how many inputs come before the first node?",
    ),
    Twin(
        "as if without inputs",
        lambda nodes: [(target, source) for target in range(nodes) for source in range(target)],
        "You count the states from 0 to `nodes` - 1: which numbers do the inputs have, and which the nodes?",
    ),
    Twin(
        "as if with one input",
        lambda nodes: [(target, source) for target in range(1, 1 + nodes) for source in range(target)],
        "Your first node is state 1 and reads one state: how many inputs has the cell?",
    ),
    Twin(
        "always four nodes",
        lambda nodes: edges(4),
        "You always list the edges of four nodes: do you use the argument `nodes`?",
    ),
    Twin(
        "the first node only",
        lambda nodes: edges(1),
        "You list the edges into the first node only: does the function return before the loop is done?",
    ),
    Twin(
        "the last node only",
        lambda nodes: [(nodes + 1, source) for source in range(nodes + 1)],
        "You list the edges into the last node only: does every turn of the loop make a new list?",
    ),
    Twin(
        "source before target",
        lambda nodes: [(source, target) for target, source in edges(nodes)],
        "These are the right edges, reversed: which of the two numbers comes first?",
    ),
    Twin(
        "source first, and sorted by it",
        lambda nodes: sorted((source, target) for target, source in edges(nodes)),
        "Your pairs begin with the source and are sorted by it: which of the two numbers comes first, and sorts the "
        "rows of alpha?",
    ),
    Twin(
        "all pairs of states",
        lambda nodes: list(combinations(range(2 + nodes), 2)),
        "You list all pairs of states, the smaller one first: do the inputs read each other, and which end of an edge "
        "comes first?",
    ),
    Twin(
        "sorted by source",
        lambda nodes: sorted(edges(nodes), key=lambda edge: (edge[1], edge[0])),
        "These are the right edges in another order: by which of the two numbers are the rows of alpha sorted first?",
    ),
    Twin(
        "sources falling",
        lambda nodes: sorted(edges(nodes), key=lambda edge: (edge[0], -edge[1])),
        "These are the right edges, but the sources of a node fall: in which direction do the rows of alpha go?",
    ),
    Twin(
        "from the last node to the first",
        lambda nodes: edges(nodes)[::-1],
        "These are the right edges from the last to the first: at which node do the rows of alpha begin?",
    ),
)
