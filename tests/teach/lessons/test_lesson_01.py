"""Lesson 01: wrong answers as learners write them, and the known mistake that each is taken for."""

from itertools import combinations, product
from math import comb, prod
from typing import Any

import pytest

from dartslab.teach.examine import examine
from dartslab.teach.lessons.lesson_01.answers import all_cells, valid_cell
from dartslab.teach.lessons.lesson_01.cells import CELLS
from dartslab.teach.registry import EXERCISES

Cell = list[tuple[int, int, str]]


@pytest.mark.parametrize("kind", CELLS)
def test_the_cells_of_a_kind_are_all_derived_or_all_not(kind: str) -> None:
    derived = list(CELLS).index(kind) < list(CELLS).index("wrong in its only node")
    assert [valid_cell(*cell) for cell in CELLS[kind]] == [derived] * len(CELLS[kind])


def two_at_least(connections: Cell, nodes: int) -> bool:
    if any(name == "none" or not 0 <= s < n < nodes + 2 for n, s, name in connections):
        return False
    return all(len({s for n, s, _ in connections if n == node}) >= 2 for node in range(2, nodes + 2))


def of_the_nodes_that_occur(connections: Cell, nodes: int) -> bool:
    read: dict[int, list[int]] = {}
    for n, s, name in connections:
        if name == "none" or not 0 <= s < n:
            return False
        read.setdefault(n, []).append(s)
    return all(len(sources) == 2 == len(set(sources)) for sources in read.values())


def only_the_first(connections: Cell, nodes: int) -> bool:
    for node in range(2, nodes + 2):
        own = [(s, name) for n, s, name in connections if n == node]
        if len({s for s, _ in own}) == 2 and all(s < node and name != "none" for s, name in own):
            return True
    return False


def nodes_from_zero(connections: Cell, nodes: int) -> bool:
    return all(len([c for c in connections if c[0] == node]) == 2 for node in range(nodes))


def written_for_two_nodes(nodes: int, operations: tuple[str, ...]) -> list[Cell]:
    kept = [name for name in operations if name != "none"]
    ways = product(combinations(range(3), 2), product(kept, repeat=4))
    return [[(2, 0, p), (2, 1, q), (3, a, r), (3, b, s)] for (a, b), (p, q, r, s) in ways]


def right_for_one_and_two_nodes(nodes: int, operations: tuple[str, ...]) -> list[Cell]:
    return all_cells(1, operations) if nodes == 1 else written_for_two_nodes(nodes, operations)


def unfinished_cells_kept(nodes: int, operations: tuple[str, ...]) -> list[Cell]:
    kept = [name for name in operations if name != "none"]
    cells: list[Cell] = [[]]
    for node in range(2, nodes + 2):
        for cell in list(cells):
            for (a, b), (p, q) in product(combinations(range(node), 2), product(kept, kept)):
                cells.append([*cell, (node, a, p), (node, b, q)])
    return cells


def begun_with_no_cell(nodes: int, operations: tuple[str, ...]) -> list[Cell]:
    cells: list[Cell] = []
    for node in range(2, nodes + 2):
        cells = [[*cell, (node, 0, name)] for cell in cells for name in operations]
    return cells


def twice_each(nodes: int, operations: tuple[str, ...]) -> list[Cell]:
    return all_cells(nodes, operations) * 2


def grown_from_call_to_call(nodes: int, found: list[tuple[int, int]] = []) -> Any:  # noqa: B006
    found += [(target, source) for target in range(2, nodes + 2) for source in range(target)]
    return found


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("01.edges", grown_from_call_to_call, "more than once"),
        ("01.edges", lambda nodes: [], "is empty"),
        ("01.edges", lambda nodes: nodes * (nodes + 3) // 2, "how many edges"),
        ("01.valid_cell", two_at_least, "three connections"),
        ("01.valid_cell", of_the_nodes_that_occur, "no connection at all"),
        ("01.valid_cell", only_the_first, "one of its nodes is good"),
        ("01.valid_cell", nodes_from_zero, "refuse every cell"),
        ("01.count_cells", lambda nodes, operations: 1_037_664_180, "the same number"),
        ("01.count_cells", lambda nodes, operations: prod(comb(k + 1, 2) for k in range(nodes)), "always get 0"),
        ("01.all_cells", written_for_two_nodes, "always have two nodes"),
        ("01.all_cells", unfinished_cells_kept, "unfinished cells"),
        ("01.all_cells", begun_with_no_cell, "is empty"),
        ("01.all_cells", twice_each, "several times"),
        ("01.alpha_count", lambda nodes, operations, kinds, layers: [len(kinds), nodes], "several numbers"),
        ("01.alpha_count", lambda nodes, operations, kinds, layers: operations * nodes, "Python repeats it"),
    ],
)
def test_a_mistake_is_named_however_it_is_written(name: str, answer: Any, words: str) -> None:
    (sentence,) = examine(EXERCISES[name], answer)
    assert words in sentence


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        *((name, lambda *arguments: print(arguments)) for name in EXERCISES.of_lesson("01")),
        ("01.edges", lambda nodes: [(2, 0), (2, 1), (3, 2)][: nodes + 1]),
        ("01.valid_cell", lambda connections, nodes: len(connections) == 2),
        ("01.count_cells", lambda nodes, operations: nodes + len(operations)),
        ("01.all_cells", right_for_one_and_two_nodes),
        ("01.all_cells", lambda nodes, operations: all_cells(nodes, operations)[::2]),
        ("01.alpha_count", lambda nodes, operations, kinds, layers: nodes + layers),
    ],
)
def test_another_mistake_is_refused_and_gets_no_name(name: str, answer: Any) -> None:
    lines = examine(EXERCISES[name], answer)
    assert lines and lines[0] not in {twin.sentence for twin in EXERCISES[name].twins}
