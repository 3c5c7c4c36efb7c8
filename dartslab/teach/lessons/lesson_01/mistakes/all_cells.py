"""Known wrong answers to `01.all_cells`. What shows in the list itself comes first, however it was made."""

from collections.abc import Callable
from itertools import combinations, combinations_with_replacement, permutations, product
from typing import Any

import numpy as np

from ....items import Twin
from ..answers import Triple, all_cells
from ..cases import list_cells, list_nodes_apart, without_none

Cells = list[tuple[Triple, ...]]


def _sorted_cells(got: Any) -> Cells:
    """Cells as tuples of (node, predecessor, operation), each sorted.

    Raises:
        TypeError, ValueError: it is no list of cells.
    """
    return [tuple(sorted((int(n), int(s), str(name)) for n, s, name in cell)) for cell in got]


def _in_all(holds: Callable[[Cells, Cells], bool]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether holds(wanted cells, got cells) in every case, and some list is not empty."""
    return lambda pairs: (
        any(len(got) > 0 for _, got in pairs)
        and all(holds(_sorted_cells(wanted), _sorted_cells(got)) for wanted, got in pairs)
    )


def _in_some(holds: Callable[[Cells, Cells], bool]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether holds(wanted cells, got cells) in two cases at least."""
    return lambda pairs: sum(holds(_sorted_cells(wanted), _sorted_cells(got)) for wanted, got in pairs) >= 2


def _with_names(choose: Callable[[list[str]], Any]) -> Callable[..., list[list[Triple]]]:
    """`all_cells` with other choices of the two operations of a node."""
    return lambda nodes, operations: list_cells(nodes, operations, both=choose)


def _with_pairs(choose: Callable[[int], Any]) -> Callable[..., list[list[Triple]]]:
    """`all_cells` with other choices of the two predecessors of a node."""
    return lambda nodes, operations: list_cells(nodes, operations, pairs=choose)


def _equal_operations(cell: tuple[Triple, ...]) -> list[bool]:
    """For every node whether its first two connections hold the same operation."""
    names: dict[int, list[str]] = {}
    for node, _, name in cell:
        names.setdefault(node, []).append(name)
    return [len(set(two)) == 1 for two in names.values()]


def _first(got: Any, depth: int) -> Any:
    """The first part of the first part of ..., so many levels down."""
    for _ in range(depth):
        got = got[0]
    return got


ALL_CELLS = (
    Twin(
        "the number",
        lambda nodes, operations: len(all_cells(nodes, operations)),
        "You return how many cells there are: which cells are they?",
        shows=lambda pairs: all(isinstance(got, (int, float, np.number)) for _, got in pairs),
    ),
    Twin(
        "an empty list",
        lambda nodes, operations: [],
        "Your list is empty: where is a cell added to it, and what does your loop extend in its first turn?",
        shows=lambda pairs: all(len(got) == 0 for _, got in pairs),
    ),
    Twin(
        "a single cell",
        lambda nodes, operations: all_cells(nodes, operations)[0],
        "You return one cell: a list of all of them is asked for, so where is each added to it?",
        shows=lambda pairs: all(isinstance(_first(got, 2), (int, np.integer)) for _, got in pairs),
    ),
    Twin(
        "a list for every node",
        lambda nodes, operations: [
            [cell[2 * k : 2 * k + 2] for k in range(nodes)] for cell in all_cells(nodes, operations)
        ],
        "Your cell is a list of nodes, each with a list of its own: a cell is one flat list of connections, so how "
        "do you join them?",
        shows=lambda pairs: all(isinstance(_first(got, 3), (list, tuple)) for _, got in pairs),
    ),
    Twin(
        "no operations",
        lambda nodes, operations: [[c[:2] for c in cell] for cell in all_cells(nodes, operations)],
        "Your connections have two parts: which third part says what is computed on them?",
        shows=lambda pairs: all(len(_first(got, 2)) == 2 for _, got in pairs),
    ),
    Twin(
        "operation first",
        lambda nodes, operations: [[(c, a, b) for a, b, c in cell] for cell in all_cells(nodes, operations)],
        "Your connections begin with the operation: in which order are node, predecessor and operation asked for?",
        shows=lambda pairs: all(isinstance(_first(got, 3), str) for _, got in pairs),
    ),
    Twin(
        "the same list again and again",
        lambda nodes, operations: all_cells(nodes, operations)[-1:] * len(all_cells(nodes, operations)),
        "All your cells are the same: do you go on changing one list after you have added it, where a copy is needed?",
        shows=lambda pairs: (
            any(len(got) > 1 for _, got in pairs)
            and all(len(got) == len(wanted) and len(set(_sorted_cells(got))) == 1 for wanted, got in pairs)
        ),
    ),
    Twin(
        "nodes counted from 0",
        lambda nodes, operations: [[(n - 2, s, name) for n, s, name in c] for c in all_cells(nodes, operations)],
        "Your first node is state 0: which states come before the first node?",
        shows=_in_all(lambda wanted, got: any(c[:2] == (0, 0) for cell in got for c in cell)),
    ),
    Twin(
        "nodes counted from 1",
        lambda nodes, operations: [[(n - 1, s, name) for n, s, name in c] for c in all_cells(nodes, operations)],
        "Your first node is state 1: how many inputs come before the first node?",
        shows=_in_all(lambda wanted, got: min(node for cell in got for node, _, _ in cell) == 1),
    ),
    Twin(
        "none kept",
        lambda nodes, operations: list_cells(nodes, operations, both=lambda _: product(operations, repeat=2)),
        "Some of your cells hold `none`: may a derived cell?",
        shows=_in_some(lambda wanted, got: any(name == "none" for cell in got for _, _, name in cell)),
    ),
    Twin(
        "one state read twice",
        _with_pairs(lambda node: combinations_with_replacement(range(node), 2)),
        "Some of your nodes read one state twice: can the two edges that a node keeps begin at the same state?",
        shows=_in_some(lambda wanted, got: any(len({c[:2] for c in cell}) < len(cell) for cell in got)),
    ),
    Twin(
        "nodes on their own",
        list_nodes_apart,
        "Your cells have one node each: how do you combine the choice of one node with that of the next?",
        shows=_in_all(lambda wanted, got: len(got) > 0 and all(len({c[0] for c in cell}) == 1 for cell in got)),
    ),
    Twin(
        "cells with too few nodes",
        lambda nodes, operations: all_cells(nodes - 1, operations),
        "Your cells lack their last node: with which number does `range` end, and which number has the last node?",
        shows=_in_all(lambda wanted, got: all(len(cell) == len(wanted[0]) - 2 for cell in got)),
    ),
    Twin(
        "cells with too many nodes",
        lambda nodes, operations: all_cells(nodes + 1, operations),
        "Your cells have a node too many: with which number does `range` end, and which number has the last node?",
        shows=_in_all(lambda wanted, got: all(len(cell) == len(wanted[0]) + 2 for cell in got)),
    ),
    Twin(
        "incomplete cells among them",
        lambda nodes, operations: [cell for count in range(1, nodes + 1) for cell in all_cells(count, operations)],
        "Some of your cells lack nodes: do you keep the unfinished cells in the list when you extend them?",
        shows=_in_some(lambda wanted, got: len({len(cell) for cell in got}) > 1),
    ),
    Twin(
        "always two nodes",
        lambda nodes, operations: all_cells(2, operations),
        "Your cells always have two nodes: how can a loop, or `product`, run over as many nodes as `nodes` says?",
        shows=_in_all(lambda wanted, got: all(len(cell) == 4 for cell in got)),
    ),
    Twin(
        "one connection for each node",
        lambda nodes, operations: [
            [(node, source, name) for node, (source, name) in enumerate(choice, start=2)]
            for choice in product(*(product(range(node), without_none(operations)) for node in range(2, 2 + nodes)))
        ],
        "Your nodes have one connection each: how many edges does a derivation keep into each node?",
        shows=_in_all(lambda wanted, got: all(2 * len(cell) == len(wanted[0]) for cell in got)),
    ),
    Twin(
        "every edge kept",
        lambda nodes, operations: [
            [(*edge, name) for edge, name in zip(edges, names, strict=True)]
            for edges in [[(n, s) for n in range(2, 2 + nodes) for s in range(n)]]
            for names in product(without_none(operations), repeat=len(edges))
        ],
        "Your nodes keep all their edges: how many edges does a derivation keep into each node?",
        shows=lambda pairs: (
            all(len(c) > len(_first(wanted, 1)) for wanted, got in pairs if len(_first(wanted, 1)) > 2 for c in got)
            and all(len(cell) == 2 for wanted, got in pairs if len(_first(wanted, 1)) == 2 for cell in got)
        ),
    ),
    Twin(
        "cells more than once",
        _with_pairs(lambda node: permutations(range(node), 2)),
        "You list some cells several times: does a node that reads 0 and 1 differ from one that reads 1 and 0, and "
        "is each choice made once?",
        shows=_in_some(lambda wanted, got: set(got) <= set(wanted) and len(set(got)) < len(got)),
    ),
    Twin(
        "never the same operation",
        _with_names(lambda kept: combinations(kept, 2)),
        "In your cells the two edges of a node never hold the same operation: may they not?",
        shows=_in_all(
            lambda wanted, got: all(got) and not any(same for cell in got for same in _equal_operations(cell))
        ),
    ),
    Twin(
        "one operation for both edges",
        _with_names(lambda kept: [(name, name) for name in kept]),
        "In your cells both edges of a node always hold the same operation: do they have to?",
        shows=lambda pairs: (
            any(len(got) > 1 for _, got in pairs)
            and all(cell and all(_equal_operations(cell)) for _, got in pairs for cell in _sorted_cells(got))
        ),
    ),
    Twin(
        "operations without order",
        _with_names(lambda kept: combinations_with_replacement(kept, 2)),
        "Some cells are missing: is a skip from 0 and a convolution from 1 the same as the other way round?",
    ),
    Twin(
        "only the inputs are read",
        _with_pairs(lambda node: [(0, 1)]),
        "In your cells every node reads the two inputs: what else may the second node read?",
    ),
    Twin(
        "the two states before",
        _with_pairs(lambda node: [(node - 2, node - 1)]),
        "In your cells every node reads the two states just before it: what else may it read?",
    ),
    Twin(
        "neighbouring predecessors",
        _with_pairs(lambda node: [(k, k + 1) for k in range(node - 1)]),
        "Your nodes read two neighbouring states: may the second node not read 0 and 2?",
    ),
    Twin(
        "always three states",
        _with_pairs(lambda node: combinations(range(min(node, 3)), 2)),
        "Your third node reads only 0, 1 and 2: how many states come before it?",
    ),
    Twin(
        "two operations for the whole cell",
        lambda nodes, operations: [
            [
                (node, source, name)
                for node, pair in enumerate(wiring, start=2)
                for source, name in zip(pair, names, strict=True)
            ]
            for wiring in product(*(combinations(range(node), 2) for node in range(2, 2 + nodes)))
            for names in product(without_none(operations), repeat=2)
        ],
        "All nodes of a cell of yours hold the same two operations: does every node choose for itself?",
    ),
    Twin(
        "predecessor first",
        lambda nodes, operations: [[(b, a, c) for a, b, c in cell] for cell in all_cells(nodes, operations)],
        "Your connections begin with the predecessor: in which order are node, predecessor and operation asked for?",
    ),
    Twin(
        "the last cells only",
        lambda nodes, operations: all_cells(nodes, operations)[-1:],
        "You give the last cell only: is your list made anew in the loop?",
    ),
    Twin(
        "the first cell only",
        lambda nodes, operations: all_cells(nodes, operations)[:1],
        "You give the first cell only: does the function return before the loops are done?",
    ),
)
