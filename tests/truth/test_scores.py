"""Cells of a table scored by rankings, and the cost of a training."""

from dataclasses import replace
from itertools import product

import pytest

from dartslab.truth import plans
from dartslab.truth.plans import PLANS
from dartslab.truth.scores import compare_ranking, compare_scores
from dartslab.truth.table import TruthTable
from made_rows import made_row
from sentences import refusal

LESSON = PLANS["lesson"]


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
    monkeypatch.setitem(plans.PLANS, "lesson", short)
    first = TruthTable.from_rows(short, [], {}).training_order[:3]
    table = TruthTable.from_rows(short, [made_row(short, *place) for place in product(first, range(3))], {})
    found = compare_ranking(table, "random-shared", range(2))
    assert found.cells == 3 and len(set(found.tau)) <= 2 and found.seconds > 0


def test_an_unknown_ranking_is_refused() -> None:
    assert "parameters" in refusal(compare_ranking, by_convolutions([0, 1]), "parameter", range(1))


def test_scores_are_compared_by_the_order_of_cells() -> None:
    cells = list(range(0, 625, 5))
    rows = [made_row(LESSON, cell, seed, test_loss=0.5 + 0.001 * cell) for cell, seed in product(range(625), range(3))]
    table = TruthTable.from_rows(LESSON, rows, {})
    right, wrong = [-float(cell) for cell in cells], [float(cell) for cell in cells]
    comparison = compare_scores(table, "parameters", [right, wrong], cells, 1.0)
    assert comparison.tau == (1, -1)
    assert comparison.better_than == pytest.approx(50, abs=1)  # the best of all, and nearly the worst
    assert comparison.ceiling == pytest.approx(1)
