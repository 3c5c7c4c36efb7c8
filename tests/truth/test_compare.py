"""A method compared with random search: on a table whose truth is known."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from dartslab.truth import compare
from dartslab.truth.compare import BETTER, UNDECIDED, WORSE, as_regrets, compare_groups, compare_searches
from dartslab.truth.found import Found
from dartslab.truth.plans import PLANS
from dartslab.truth.rank import search_at_random
from dartslab.truth.table import TruthTable
from made_rows import made_row
from sentences import refusal

LESSON = PLANS["lesson"]
TRAINING = 4.0  # seconds


@cache
def table(noise: float = 0.002) -> TruthTable:
    """Cell 0 is the best, cell 624 the worst; steps of .001 in loss and of .1 points."""
    generator = np.random.default_rng(0)
    rows = []
    for cell, seed in product(range(625), range(3)):
        drawn = 0.5 + 0.001 * cell + noise * generator.standard_normal(2)
        values = {"test_loss": drawn[0], "test_accuracy": 1 - drawn[0], "validation_loss": drawn[1]}
        rows.append(made_row(LESSON, cell, seed, **values))
    return TruthTable.from_rows(LESSON, rows, {})


def found(cells: list[int | None], seconds: float = 8.0) -> list[Found]:
    return [
        Found("darts", "first_order", seed, cell, ("2<-x(0) 2<-y(1)",), seconds, TRAINING, 300, 200)
        for seed, cell in enumerate(cells)
    ]


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ([3, 10, 30, 8, 20], "better than random search at n = 5 (it trains 2 cells at the cost"),
        ([600, 580, 610, 590, 611], "worse than random search at n = 5 (it trains 2 cells at the cost"),
        ([3, 610, 300, 100, 250], "cannot be told apart from random search at n = 5 (it trains 2 cells at the cost"),
        ([3, 3, 3, 3, 3], "better than random search at n = 5 (it trains 2 cells at the cost"),
        (
            [3],
            "cannot be compared with random search (it trains 2 cells at the cost of a search) by a single",
        ),
    ],
)
def test_the_sentence_is_the_one_that_the_searches_allow(cells: list[int | None], verdict: str) -> None:
    comparison = compare_searches(table(), found(cells))
    assert comparison.verdict.startswith(verdict)
    assert comparison.regret == pytest.approx(0.001 * np.mean(cells), abs=0.004)
    assert comparison.points == pytest.approx(0.1 * np.mean(cells), abs=0.4)
    assert comparison.better_than == pytest.approx(100 - np.mean(cells) / 6.24, abs=1.5)
    assert (comparison.passes, comparison.seconds) == (500, 8.0)


def test_all_searches_are_compared_by_method_and_hypergradient() -> None:
    exact = [replace(one, hypergradient="exact") for one in found([5, 6])]
    rows = compare_groups(table(), [*found([300, 310, 320]), *exact])
    assert [(one.hypergradient, one.searches) for one in rows] == [("exact", 2), ("first_order", 3)]  # the better first


def test_what_costs_more_is_compared_with_more_random_cells() -> None:
    cheap, dear = (compare_searches(table(), found([60, 70, 80], seconds)) for seconds in (1.0, 160.0))
    assert (cheap.random.cells, dear.random.cells) == (1, 40)
    assert cheap.verdict.startswith("better") and dear.verdict.startswith("worse")


def test_the_picture_shows_the_numbers_of_the_comparison() -> None:
    comparison = compare_searches(table(), found([60, 70, 80]))
    row = as_regrets(comparison)
    assert np.mean(row["regrets"]) - row["random"] == pytest.approx(comparison.minus_random)
    assert row["high"] - row["low"] == pytest.approx(comparison.random.high - comparison.random.low)
    assert (row["name"], row["limit"]) == ("darts", comparison.limit)
    assert as_regrets(replace(comparison, hypergradient="exact"))["name"] == "darts, exact"


def test_a_search_that_always_finds_the_same_is_as_unsure_as_the_table() -> None:
    sure, unsure = (compare_searches(table(noise), found([300] * 5)) for noise in (0.002, 0.1))
    assert sure.spread == unsure.spread == 0
    assert sure.limit is not None and unsure.limit is not None and 0 < sure.limit < unsure.limit / 5


@pytest.mark.parametrize(
    ("ratio", "alone", "among_24"),
    [
        (-0.9, UNDECIDED, UNDECIDED),
        (-1.1, BETTER, UNDECIDED),
        (-2.5, BETTER, UNDECIDED),
        (-2.6, BETTER, BETTER),
        (1.1, WORSE, UNDECIDED),
        (2.6, WORSE, WORSE),
    ],
)
def test_among_many_methods_one_that_is_just_better_is_not_called_so(ratio: float, alone: str, among_24: str) -> None:
    """Five searches, 4 degrees of freedom: t is 2.78 for one method and 7.10 for each of 24, 2.56 times as much."""
    comparison = compare_searches(table(), found([0, 1, 2, 3, 4]))
    assert comparison.limit is not None
    shifted = replace(comparison, minus_random=ratio * comparison.limit)
    assert (shifted.beside_random(), shifted.beside_random(24)) == (alone, among_24)


def test_an_interval_holds_the_truth_as_often_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches of a made-up method that finds any of the best 300 cells: 95 of 100 times five of them say where."""
    generator, inside = np.random.default_rng(3), 0
    random = search_at_random(table(), 1)
    monkeypatch.setattr(compare, "search_at_random", lambda *_: random)  # not what is asked here, and slow
    for _ in range(200):
        comparison = compare_searches(table(), found(generator.integers(0, 300, 5).tolist()))
        assert comparison.limit is not None
        inside += abs(comparison.regret - 0.1495) < comparison.limit
    assert 180 <= inside <= 199


def test_a_bootstrap_of_five_values_would_hold_it_in_83_of_100_cases() -> None:
    generator = np.random.default_rng(0)
    values = generator.standard_normal((2000, 5))
    drawn = values[np.arange(2000)[:, None, None], generator.integers(0, 5, (2000, 400, 5))].mean(axis=2)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    assert ((low < 0) & (high > 0)).mean() == pytest.approx(0.83, abs=0.02)


def test_a_cell_that_is_not_trained_yet_is_counted_and_left_out() -> None:
    rows = [row for row in table().rows() if row["cell"] not in (20, 30)]
    half = TruthTable.from_rows(LESSON, rows, {})
    comparison = compare_searches(half, found([10, 20, 30, 40]))
    assert (comparison.searches, comparison.cells, comparison.untrained, comparison.outside) == (4, (10, 40), 2, 0)
    assert "2 of 4 cells are not trained yet" in str(comparison) and "at n = 2" in comparison.verdict


def test_a_cell_outside_of_the_space_is_counted_and_left_out() -> None:
    comparison = compare_searches(table(), found([10, None, 20]))
    assert (comparison.searches, comparison.cells, comparison.outside) == (3, (10, 20), 1)
    assert "at n = 2" in comparison.verdict


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([], "there is no search to compare"),
        (
            [None, None],
            "none of the 2 cells that darts found can be compared: the space lacks 2, and 0 are",
        ),
        ([None, 999], "the space lacks 1, and 1 are not trained yet; make more searches with --seeds, or more of the"),
    ],
)
def test_nothing_to_compare_is_refused(cells: list[int | None], said: str) -> None:
    assert said in refusal(compare_searches, table(), found(cells))
