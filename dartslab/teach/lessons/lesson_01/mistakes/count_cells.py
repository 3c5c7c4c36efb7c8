"""Known wrong answers to `01.count_cells`. The k-th node chooses two of k + 1 states: comb(k + 1, 2) pairs."""

from collections.abc import Callable, Sequence
from math import comb, prod
from typing import Any

from ....items import Twin
from ..answers import count_cells, edges
from ..cases import without_none

Count = Callable[[int, Sequence[str]], int]


def _product(factor: Callable[[int, int], int]) -> Count:
    """A product over the nodes of factor(k, operations that may be kept)."""
    return lambda nodes, operations: prod(factor(k, len(without_none(operations))) for k in range(1, nodes + 1))


def _is_a_number_for_all(pairs: list[tuple[Any, Any]]) -> bool:
    return len({int(got) for _, got in pairs}) == 1 and int(pairs[0][1]) > 1


COUNT_CELLS = (
    Twin(
        "always zero",
        _product(lambda k, m: comb(k, 2) * m**2),
        "You always get 0: one factor is 0, so in how many ways does your first node choose two states, and from how "
        "many?",
        shows=lambda pairs: all(got == 0 for _, got in pairs),
    ),
    Twin(
        "the published number",
        lambda nodes, operations: 1_037_664_180,
        "You give the same number for every space: what depends on `nodes`, and what on `operations`?",
        shows=_is_a_number_for_all,
    ),
    Twin(
        "none counted",
        lambda nodes, operations: prod(comb(k + 1, 2) * len(operations) ** 2 for k in range(1, nodes + 1)),
        "Your cells may hold `none`: is it ever what an edge keeps?",
    ),
    Twin(
        "always one operation less",
        lambda nodes, operations: prod(comb(k + 1, 2) * (len(operations) - 1) ** 2 for k in range(1, nodes + 1)),
        "You always take one operation off: is `none` in every list of operations?",
    ),
    Twin(
        "always seven operations",
        _product(lambda k, m: comb(k + 1, 2) * 7**2),
        "You always count the seven published operations: do you use the argument `operations`?",
    ),
    Twin(
        "always four nodes",
        lambda nodes, operations: count_cells(4, operations),
        "You always count four nodes: do you use the argument `nodes`?",
    ),
    Twin(
        "every edge kept",
        lambda nodes, operations: len(without_none(operations)) ** len(edges(nodes)),
        "You give every edge of the cell an operation: how many edges into a node are left after a derivation?",
    ),
    Twin(
        "every edge kept, none among the operations",
        lambda nodes, operations: len(operations) ** len(edges(nodes)),
        "You count every way to fill the whole supernet cell: which edges, and which operations, are left after a "
        "derivation?",
    ),
    Twin(
        "ordered predecessors",
        _product(lambda k, m: (k + 1) * k * m**2),
        "You count each pair of predecessors twice: is (0, 1) a different choice from (1, 0)?",
    ),
    Twin(
        "one state too many",
        _product(lambda k, m: comb(k + 2, 2) * m**2),
        "Your first node has three pairs of predecessors: which states come before it, and may it read one of them "
        "twice?",
    ),
    Twin(
        "any two predecessors",
        _product(lambda k, m: (k + 1) ** 2 * m**2),
        "You let each of the two edges begin at any earlier state: may both begin at the same, and does their order "
        "matter?",
    ),
    Twin(
        "edges instead of pairs of edges",
        _product(lambda k, m: (k + 1) * m**2),
        "You multiply by the number of states before a node: in how many ways can it choose two of them?",
    ),
    Twin(
        "one edge for each node",
        _product(lambda k, m: (k + 1) * m),
        "Your nodes choose one state and one operation: how many edges does a node keep?",
    ),
    Twin(
        "one operation for both edges",
        _product(lambda k, m: comb(k + 1, 2) * m),
        "You choose one operation per node: do its two edges have to hold the same?",
    ),
    Twin(
        "two times the operations",
        _product(lambda k, m: comb(k + 1, 2) * 2 * m),
        "You double the number of operations: with m choices on each of two edges, how many ways are there together?",
    ),
    Twin(
        "exclusive or",
        _product(lambda k, m: comb(k + 1, 2) * (m ^ 2)),
        "You write `^`, which is an exclusive or in Python: how is a power written?",
    ),
    Twin(
        "two different operations",
        _product(lambda k, m: comb(k + 1, 2) * m * (m - 1)),
        "The two edges of your nodes never hold the same operation: may they not?",
    ),
    Twin(
        "two different operations without order",
        _product(lambda k, m: comb(k + 1, 2) * comb(m, 2)),
        "You choose two of the operations as a pair: may both edges hold the same, and does it matter which edge "
        "holds which?",
    ),
    Twin(
        "operations without order",
        _product(lambda k, m: comb(k + 1, 2) * comb(m + 1, 2)),
        "You do not ask which edge holds which operation: is a skip from 0 and a convolution from 1 the same as the "
        "other way round?",
    ),
    Twin(
        "wiring forgotten",
        _product(lambda k, m: m**2),
        "You count the operations only: in how many ways can a node choose the two states that it reads?",
    ),
    Twin(
        "operations forgotten",
        _product(lambda k, m: comb(k + 1, 2)),
        "You count the wirings only: in how many ways can the kept edges be filled?",
    ),
    Twin(
        "operations of one node only",
        lambda nodes, operations: (
            prod(comb(k + 1, 2) for k in range(1, nodes + 1)) * len(without_none(operations)) ** 2
        ),
        "You count the operations of two edges in the whole cell: how many edges does the cell keep?",
    ),
    Twin(
        "pairs added up",
        lambda nodes, operations: (
            sum(comb(k + 1, 2) for k in range(1, nodes + 1)) * len(without_none(operations)) ** (2 * nodes)
        ),
        "You add up the pairs of predecessors: does the choice of one node limit those of the others?",
    ),
    Twin(
        "added instead of multiplied",
        lambda nodes, operations: sum(comb(k + 1, 2) * len(without_none(operations)) ** 2 for k in range(1, nodes + 1)),
        "You add up the choices of the nodes: does the choice of one node limit those of the others?",
    ),
    Twin(
        "wiring and operations added",
        _product(lambda k, m: comb(k + 1, 2) + m**2),
        "You add the pairs of states to the operations of a node: are they chosen together, or one of the two?",
    ),
    Twin(
        "operations on all edges",
        _product(lambda k, m: comb(k + 1, 2) * m ** (k + 1)),
        "You give an operation to every edge into a node: how many of these edges are kept?",
    ),
    Twin(
        "pairs squared too",
        _product(lambda k, m: (comb(k + 1, 2) * m) ** 2),
        "You square the pairs of states as well: a node chooses one pair, and how many operations?",
    ),
    Twin(
        "a product in place of a power",
        lambda nodes, operations: (
            prod(comb(k + 1, 2) for k in range(1, nodes + 1)) * len(without_none(operations)) ** 2 * nodes
        ),
        "You multiply by the number of nodes: does the factor of the operations come once for every node, or is it "
        "added?",
    ),
    Twin(
        "the entries of alpha",
        lambda nodes, operations: len(edges(nodes)) * len(operations),
        "You count the entries of the table alpha: in how many ways can a cell be derived from it?",
    ),
    Twin(
        "the same pairs for every node",
        lambda nodes, operations: (comb(nodes + 1, 2) * len(without_none(operations)) ** 2) ** nodes,
        "Every node of yours chooses from as many states as the last: how many come before the first?",
    ),
    Twin(
        "any two inputs each",
        lambda nodes, operations: comb(len(edges(nodes)), 2 * nodes) * len(without_none(operations)) ** (2 * nodes),
        "You choose 2N of all edges: does every node then get two of its own?",
    ),
    Twin(
        "two edges of the whole cell",
        lambda nodes, operations: comb(len(edges(nodes)), 2) * len(without_none(operations)) ** 2,
        "You choose two edges in the whole cell: how many does every node keep?",
    ),
    Twin(
        "one node too few",
        lambda nodes, operations: count_cells(nodes - 1, operations),
        "You leave out the last node: with which number does `range` end?",
    ),
    Twin(
        "one node too many",
        lambda nodes, operations: count_cells(nodes + 1, operations),
        "You count one node too many: at which k does the product end?",
    ),
    Twin(
        "the last node only",
        lambda nodes, operations: comb(nodes + 1, 2) * len(without_none(operations)) ** 2,
        "You count the choices of the last node only: does your loop forget the product so far?",
    ),
    Twin(
        "both kinds",
        lambda nodes, operations: count_cells(nodes, operations) ** 2,
        "You square the number: that counts pairs of a normal and a reduction cell, but how many of one kind are "
        "there?",
    ),
)
