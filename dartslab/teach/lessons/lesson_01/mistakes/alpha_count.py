"""Known wrong answers to `01.alpha_count`."""

from collections.abc import Sequence
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np

from ....items import Twin
from ..answers import edges
from ..cases import without_none


def _entries(nodes: int, operations: Sequence[str]) -> int:
    """Numbers in one table."""
    return len(edges(nodes)) * len(operations)


def _is_a_number_for_all(pairs: list[tuple[Any, Any]]) -> bool:
    return len({int(got) for _, got in pairs}) == 1


class _Counting:
    """Adds the right number to a count that is never set back."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, nodes: int, operations: Sequence[str], kinds: Sequence[str], layers: int) -> int:
        self.count += len(kinds) * _entries(nodes, operations)
        return self.count


def _counts_on(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether every result is the one before plus what is wanted."""
    return len(pairs) > 1 and all(after - before == wanted for (_, before), (wanted, after) in pairwise(pairs))


ALPHA_COUNT = (
    Twin(
        "counted on from call to call",
        _Counting(),
        "Your number grows from call to call: does the count begin at 0 inside the function?",
        shows=_counts_on,
    ),
    Twin(
        "the shape",
        lambda nodes, operations, kinds, layers: (len(kinds), len(edges(nodes)), len(operations)),
        "You return several numbers: how many entries does a table with so many rows and columns hold?",
        shows=lambda pairs: all(np.ndim(got) == 1 and len(got) <= 4 for _, got in pairs),
    ),
    Twin(
        "names instead of their number",
        lambda nodes, operations, kinds, layers: len(edges(nodes)) * tuple(operations) * len(kinds),
        "You multiply the list of names, and Python repeats it: how many names are in it?",
        shows=lambda pairs: all(isinstance(got, (list, tuple, str)) for _, got in pairs),
    ),
    Twin(
        "the published number",
        lambda nodes, operations, kinds, layers: 224,
        "You give the same number for every space: which of the arguments does it depend on?",
        shows=_is_a_number_for_all,
    ),
    Twin(
        "a table for every cell",
        lambda nodes, operations, kinds, layers: layers * _entries(nodes, operations),
        "Your alpha grows with the number of cells: does every cell have a table of its own, or every kind?",
    ),
    Twin(
        "kinds and cells",
        lambda nodes, operations, kinds, layers: layers * len(kinds) * _entries(nodes, operations),
        "You multiply by the kinds and by the cells: which cells read the same table?",
    ),
    Twin(
        "one table for all",
        lambda nodes, operations, kinds, layers: _entries(nodes, operations),
        "You have one table for everything: must a normal and a reduction cell be the same?",
    ),
    Twin(
        "always two kinds",
        lambda nodes, operations, kinds, layers: 2 * _entries(nodes, operations),
        "You always count two tables: are there two kinds in every supernet, or does an argument say how many?",
    ),
    Twin(
        "none left out",
        lambda nodes, operations, kinds, layers: len(kinds) * _entries(nodes, without_none(operations)),
        "You give `none` no column: it is never kept, but does it compete during the search?",
    ),
    Twin(
        "one operation less",
        lambda nodes, operations, kinds, layers: len(kinds) * len(edges(nodes)) * (len(operations) - 1),
        "You take one operation off: is `none` in every list, and does it have no column?",
    ),
    Twin(
        "always eight operations",
        lambda nodes, operations, kinds, layers: len(kinds) * len(edges(nodes)) * 8,
        "You always count eight operations: do you use the argument `operations`?",
    ),
    Twin(
        "always fourteen edges",
        lambda nodes, operations, kinds, layers: len(kinds) * 14 * len(operations),
        "You always count 14 edges: how many has a cell with another number of nodes?",
    ),
    Twin(
        "the kept edges only",
        lambda nodes, operations, kinds, layers: len(kinds) * 2 * nodes * len(operations),
        "You have two rows per node: two edges are kept in the end, but how many are there during the search?",
    ),
    Twin(
        "a row for every node",
        lambda nodes, operations, kinds, layers: len(kinds) * nodes * len(operations),
        "You have a row for every node: is a choice made for every node, or for every edge into it?",
    ),
    Twin(
        "a row for every state",
        lambda nodes, operations, kinds, layers: len(kinds) * (nodes + 2) * len(operations),
        "You have a row for every state: is a choice made for every state, or for every edge?",
    ),
    Twin(
        "one input",
        lambda nodes, operations, kinds, layers: len(kinds) * comb(nodes + 1, 2) * len(operations),
        "Your k-th node reads k states: how many inputs come before the first node?",
    ),
    Twin(
        "no inputs",
        lambda nodes, operations, kinds, layers: len(kinds) * comb(nodes, 2) * len(operations),
        "You count edges between nodes only: which states does the first node read?",
    ),
    Twin(
        "an edge between the inputs",
        lambda nodes, operations, kinds, layers: len(kinds) * comb(nodes + 2, 2) * len(operations),
        "You count all pairs of states: is there an edge between the two inputs?",
    ),
    Twin(
        "edges not halved",
        lambda nodes, operations, kinds, layers: len(kinds) * nodes * (nodes + 3) * len(operations),
        "You count every edge twice: how many edges has a cell with one node?",
    ),
    Twin(
        "edges of the last node only",
        lambda nodes, operations, kinds, layers: len(kinds) * (nodes + 1) * len(operations),
        "You count the edges into the last node only: how many end in the nodes before it?",
    ),
    Twin(
        "as many edges into every node",
        lambda nodes, operations, kinds, layers: len(kinds) * nodes * (nodes + 1) * len(operations),
        "Every node of yours reads as many states as the last one: how many does the first read?",
    ),
    Twin(
        "ways to keep two edges",
        lambda nodes, operations, kinds, layers: len(kinds) * comb(nodes + 2, 3) * len(operations),
        "You add up the ways to keep two edges: how many edges are there before any is dropped?",
    ),
    Twin(
        "one node too few",
        lambda nodes, operations, kinds, layers: len(kinds) * _entries(nodes - 1, operations),
        "You leave out the edges into the last node: with which number does `range` end?",
    ),
    Twin(
        "one node too many",
        lambda nodes, operations, kinds, layers: len(kinds) * _entries(nodes + 1, operations),
        "You count the edges of one node too many: how many edges has a cell with one node?",
    ),
    Twin(
        "the published table",
        lambda nodes, operations, kinds, layers: 14 * 8 * len(kinds),
        "Your tables always have the published size: what depends on `nodes`, and what on `operations`?",
    ),
    Twin(
        "a row for every cell",
        lambda nodes, operations, kinds, layers: len(kinds) * layers * len(operations),
        "You have a row for every cell of the stack: is a choice made for a cell, or for each of its edges?",
    ),
    Twin(
        "the edges alone",
        lambda nodes, operations, kinds, layers: len(kinds) * len(edges(nodes)),
        "You count the rows: how many numbers stand in each row?",
    ),
    Twin(
        "one row for each kind",
        lambda nodes, operations, kinds, layers: len(kinds) * len(operations),
        "You have one row for each kind: do all edges of a cell share their numbers?",
    ),
    Twin(
        "edges and operations added",
        lambda nodes, operations, kinds, layers: len(kinds) * (len(edges(nodes)) + len(operations)),
        "You add rows and columns: how many entries does a table with so many rows and columns hold?",
    ),
    Twin(
        "kinds added",
        lambda nodes, operations, kinds, layers: len(kinds) + _entries(nodes, operations),
        "You add the number of kinds: how many tables are there, and how large is each?",
    ),
    Twin(
        "ways to choose",
        lambda nodes, operations, kinds, layers: len(operations) ** len(edges(nodes)),
        "You count ways to fill the edges: how many numbers does a table with a row for each edge hold?",
    ),
)
