"""Cells of a table scored by rankings, and the cost of a training."""

from dataclasses import replace
from itertools import product

import pytest

from dartslab.truth import spaces
from dartslab.truth.scores import compare_ranking, seconds_of_training
from dartslab.truth.spaces import TRUTHS
from dartslab.truth.table import TruthTable
from made_rows import made_row
from sentences import refusal

LESSON = TRUTHS["lesson"]


def by_convolutions(cells: list[int]) -> TruthTable:
    """A table in which more convolutions give a smaller loss."""
    rows = []
    for cell, seed in product(cells, range(3)):
        parts = LESSON.cells[cell].cells.values()
        wide = sum(c.operation == "sep_conv_3x3" for part in parts for c in part.connections)
        rows.append(made_row(LESSON, cell, seed, test_loss=0.7 - 0.05 * wide + 0.001 * seed))
    return TruthTable.from_rows(LESSON, rows, {})


def test_parameters_order_cells_as_their_convolutions_do() -> None:
    found = compare_ranking(by_convolutions(list(range(0, 625, 25))), "parameters", range(2))
    assert found.cells == 25 and len(found.tau) == 2 and found.tau[0] == found.tau[1] > 0.5


def test_a_ranking_that_asks_a_supernet_gets_one_for_each_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(LESSON, sizes={"epochs": 1, "alpha_waits": 0, "steps": 2, "image_size": 8, "portion": 0.98})
    monkeypatch.setitem(spaces.TRUTHS, "lesson", short)
    first = TruthTable.from_rows(short, [], {}).order[:3]
    table = TruthTable.from_rows(short, [made_row(short, *place) for place in product(first, range(3))], {})
    found = compare_ranking(table, "random-shared", range(2))
    assert found.cells == 3 and len(set(found.tau)) <= 2 and found.seconds > 0


def test_an_unknown_ranking_is_refused() -> None:
    assert "parameters" in refusal(compare_ranking, by_convolutions([0, 1]), "parameter", range(1))


def test_the_cost_of_a_training_is_taken_from_its_first_steps() -> None:
    assert seconds_of_training(LESSON, steps=2) > 0
