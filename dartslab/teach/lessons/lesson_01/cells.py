"""Cells for 01.valid_cell by what is right or wrong with them, so that a mistake shows in all cells of one kind.

A connection is (node, predecessor, operation). States 0 and 1 are the inputs of a cell, nodes are 2, 3, ...
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...items import Arguments, Maker
from .answers import Triple

S, C = "skip_connect", "sep_conv_3x3"
CELLS: dict[str, list[tuple[list[Triple], int]]] = {
    "one node": [([(2, 0, S), (2, 1, C)], 1), ([(2, 0, C), (2, 1, S)], 1)],
    "several nodes": [
        ([(2, 0, S), (2, 1, C), (3, 1, S), (3, 2, C)], 2),
        ([(2, 0, C), (2, 1, S), (3, 0, S), (3, 2, C), (4, 0, C), (4, 3, S)], 3),
    ],
    "falling predecessors": [
        ([(2, 1, S), (2, 0, C)], 1),
        ([(2, 1, C), (2, 0, S), (3, 2, S), (3, 0, C)], 2),
    ],
    "shuffled": [
        ([(3, 1, S), (2, 0, C), (3, 2, C), (2, 1, S)], 2),
        ([(2, 0, S), (3, 0, C), (2, 1, C), (3, 2, S)], 2),
    ],
    "equal operations": [
        ([(2, 0, S), (2, 1, S)], 1),
        ([(2, 0, C), (2, 1, C), (3, 1, S), (3, 2, S)], 2),
    ],
    "a node unread": [
        ([(2, 0, S), (2, 1, C), (3, 0, C), (3, 2, S), (4, 1, S), (4, 0, C)], 3),
        ([(2, 0, S), (2, 1, C), (3, 1, C), (3, 2, S), (4, 2, S), (4, 0, C)], 3),
    ],
    "only the inputs read": [
        ([(2, 0, S), (2, 1, C), (3, 0, C), (3, 1, S)], 2),
        ([(2, 0, S), (2, 1, C), (3, 0, C), (3, 1, S), (4, 0, S), (4, 1, C)], 3),
    ],
    # from here on a derivation cannot produce them
    "wrong in its only node": [
        ([(2, 1, C), (2, 1, S)], 1),
        ([(2, 0, C), (2, 1, "none")], 1),
    ],
    "wrong in the first node": [
        ([(2, 0, C), (2, 0, S), (3, 0, S), (3, 1, C), (4, 0, S), (4, 2, C)], 3),
        ([(2, 0, C), (2, 1, "none"), (3, 0, C), (3, 2, S), (4, 3, C), (4, 2, S)], 3),
    ],
    "wrong in the middle": [
        ([(2, 0, C), (2, 1, S), (3, 2, S), (3, 2, C), (4, 0, S), (4, 2, C)], 3),
        ([(2, 0, C), (2, 1, S), (3, 0, C), (3, 2, "none"), (4, 3, C), (4, 2, S)], 3),
    ],
    "wrong in the last node": [
        ([(2, 0, C), (2, 1, S), (3, 0, S), (3, 1, C), (4, 3, S), (4, 3, C)], 3),
        ([(2, 0, C), (2, 1, S), (3, 0, C), (3, 2, S), (4, 3, "none"), (4, 2, S)], 3),
    ],
    "a node reads itself": [
        ([(2, 2, S), (2, 1, C)], 1),
        ([(2, 0, S), (2, 1, C), (3, 3, S), (3, 1, C)], 2),
    ],
    "a node reads a later one": [
        ([(2, 3, S), (2, 1, C), (3, 0, S), (3, 2, C)], 2),
        ([(2, 0, S), (2, 1, C), (3, 4, S), (3, 1, C), (4, 0, C), (4, 2, S)], 3),
    ],
    "one state twice": [
        ([(2, 1, S), (2, 1, C)], 1),
        ([(2, 0, S), (2, 1, C), (3, 2, S), (3, 2, C)], 2),
    ],
    "none": [
        ([(2, 0, "none"), (2, 1, C)], 1),
        ([(2, 0, S), (2, 1, C), (3, 1, S), (3, 2, "none")], 2),
    ],
    "one connection": [
        ([(2, 0, S)], 1),
        ([(2, 0, S), (2, 1, C), (3, 2, S)], 2),
    ],
    "three connections": [
        ([(2, 0, S), (2, 1, C), (3, 0, S), (3, 1, C), (3, 2, "max_pool_3x3")], 2),
        ([(2, 0, S), (2, 1, C), (3, 0, S), (3, 2, C), (4, 3, C), (4, 1, S), (4, 2, "max_pool_3x3")], 3),
    ],
    "three connections from two states": [
        ([(2, 0, S), (2, 1, C), (2, 1, S)], 1),
        ([(2, 0, S), (2, 1, C), (3, 0, S), (3, 2, C), (3, 2, S)], 2),
    ],
    "one and three": [
        ([(2, 0, S), (3, 0, S), (3, 1, C), (3, 2, "max_pool_3x3")], 2),
        ([(2, 0, S), (2, 1, C), (3, 2, C), (4, 0, S), (4, 1, C), (4, 3, "max_pool_3x3")], 3),
    ],
    "a node without connections": [
        ([(3, 0, S), (3, 1, C)], 2),
        ([(2, 0, S), (2, 1, C)], 2),
        ([(2, 0, S), (2, 1, C), (4, 3, C), (4, 2, S)], 3),
    ],
    "a stray connection": [
        ([(2, 0, S), (2, 1, C), (7, 0, S)], 1),
        ([(2, 0, S), (2, 1, C), (3, 0, S), (3, 2, C), (4, 0, S)], 2),
    ],
    "a node too many": [
        ([(2, 0, S), (2, 1, C), (3, 0, S), (3, 1, C)], 1),
        ([(2, 0, S), (2, 1, C), (3, 0, S), (3, 2, C), (4, 0, S), (4, 3, C)], 2),
    ],
    "another node in place of one": [
        ([(2, 0, S), (2, 1, C), (4, 0, S), (4, 1, C)], 2),
        ([(3, 0, S), (3, 1, C)], 1),
    ],
}
KINDS_IN_ORDER = [kind for kind, cells in CELLS.items() for _ in cells]


def _maker(cell: list[Triple], nodes: int) -> Maker:
    def make() -> Arguments:
        return list(cell), nodes

    return make


MAKERS: tuple[Maker, ...] = tuple(_maker(*cell) for cells in CELLS.values() for cell in cells)


def is_wrong_in(*kinds: str, right_in: tuple[str, ...] = ()) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Of (wanted, got) in all cases: whether an answer is wrong in all cells of some kinds and right in others.

    Args:
        kinds: keys of CELLS.
        right_in: others; elsewhere it does not matter.
    """
    assert {*kinds, *right_in} <= set(CELLS), {*kinds, *right_in} - set(CELLS)

    def shows(pairs: list[tuple[Any, Any]]) -> bool:
        if not all(isinstance(got, (bool, np.bool_)) for _, got in pairs):
            return False
        wrong = [(kind, bool(wanted) != bool(got)) for kind, (wanted, got) in zip(KINDS_IN_ORDER, pairs, strict=False)]
        return all(is_wrong == (kind in kinds) for kind, is_wrong in wrong if kind in kinds or kind in right_in)

    return shows
