"""What a table says about true values: found again where they are known, because they were made up."""

from functools import cache
from itertools import product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab.truth.estimates import estimate, kendall_tau
from dartslab.truth.plans import PLANS
from dartslab.truth.table import TruthTable
from made_rows import made_row
from sentences import refusal

LESSON = PLANS["lesson"]
MEAN, BETWEEN, WITHIN = 0.7, 0.06, 0.03
CELLS, BEST = 625, 40


@cache
def made(within: float = WITHIN) -> tuple[np.ndarray, TruthTable]:
    """True values of all cells, and a table with three trainings of each, nine of the best."""
    generator = np.random.default_rng(1)
    true = MEAN + BETWEEN * generator.standard_normal(CELLS)
    values = true[:, None] + within * generator.standard_normal((CELLS, 9))
    best = set(np.argsort(values[:, :3].mean(axis=1))[:BEST].tolist())
    places = [(cell, seed) for cell, seed in product(range(CELLS), range(9)) if seed < 3 or cell in best]
    rows = [
        made_row(LESSON, cell, seed, test_loss=values[cell, seed], test_accuracy=1 - values[cell, seed])
        for cell, seed in places
    ]
    return true, TruthTable.from_rows(LESSON, rows, {})


def test_spreads_between_cells_and_between_trainings_are_told_apart() -> None:
    found = estimate(made()[1])
    assert found.between == pytest.approx(BETWEEN, rel=0.1)
    assert found.within == pytest.approx(WITHIN, rel=0.06)
    assert found.mean == pytest.approx(MEAN, abs=3 * BETWEEN / sqrt(CELLS))
    assert sorted(set(found.counts.tolist())) == [3, 9]


def test_the_best_raw_means_are_lucky_and_the_shrunken_ones_are_not() -> None:
    true, table = made(within=BETWEEN)
    found = estimate(TruthTable.from_rows(LESSON, [row for row in table.rows() if row["seed"] < 3], {}))
    best = np.argsort(found.raw)[:BEST]
    raw, shrunken = (float((values[best] - true[best]).mean()) for values in (found.raw, found.shrunken))
    assert raw < -0.02  # losses that are too good
    assert abs(shrunken) < abs(raw) / 2
    assert np.mean((found.shrunken - true) ** 2) < np.mean((found.raw - true) ** 2)


def test_true_values_lie_as_often_in_their_intervals_as_these_say() -> None:
    true, table = made()
    found = estimate(table)
    inside = np.abs(found.shrunken - true) < 1.96 * found.errors
    assert 0.92 < inside.mean() < 0.98
    low, high = np.quantile(found.draws(), [0.025, 0.975], axis=0)
    assert 0.92 < ((low < true) & (true < high)).mean() < 0.98


def test_it_is_surer_of_cells_that_were_trained_more_often() -> None:
    found = estimate(made()[1])
    assert found.errors[found.counts == 9].max() < found.errors[found.counts == 3].min()


def test_expected_tau_is_what_is_found() -> None:
    true, table = made()
    found = estimate(table)
    columns = table.columns
    of_seed = [columns["test_loss"][columns["seed"] == seed][:CELLS] for seed in range(3)]
    assert kendall_tau(np.mean(of_seed, axis=0), true) == pytest.approx(found.expected_tau(3), abs=0.03)
    assert kendall_tau(of_seed[0], true) == pytest.approx(found.expected_tau(1), abs=0.03)
    assert kendall_tau(of_seed[0], of_seed[1]) == pytest.approx(found.tau_of_seeds, abs=0.03)
    assert found.tau_of_seeds < found.expected_tau(1) < found.expected_tau(3) < 1


def test_of_an_accuracy_more_is_better() -> None:
    loss, accuracy = (estimate(made()[1], column) for column in ("test_loss", "test_accuracy"))
    assert loss.order.tolist() == accuracy.order.tolist()


def test_cells_without_all_first_seeds_are_left_out() -> None:
    table = made()[1]
    rows = [row for row in table.rows() if (row["cell"], row["seed"]) not in {(3, 1), (9, 2)}]
    found = estimate(TruthTable.from_rows(LESSON, rows, {}))
    assert set(range(CELLS)) - set(found.cells.tolist()) == {3, 9}
    assert "cell 3 is not among the 623 cells" in refusal(found.place, 3)


def test_cells_that_do_not_differ_are_all_the_mean() -> None:
    noise = np.random.default_rng(0).standard_normal((20, 3))
    noise -= noise.mean(axis=1, keepdims=True)
    rows = [made_row(LESSON, cell, seed, test_loss=noise[cell, seed]) for cell, seed in product(range(20), range(3))]
    found = estimate(TruthTable.from_rows(LESSON, rows, {}))
    assert found.between == 0 and np.allclose(found.shrunken, found.mean) and np.all(found.errors == 0)
    assert found.tau_of_seeds == 0


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ([(1, 0), (1, 1), (1, 2)], "test_loss", "the table has 1 cell with 3 trainings; two"),
        ([], "test_loss", "the table has 0 cells"),
        ([], "seconds", "measured column"),
        ([], "test_los", "test_loss"),
    ],
)
def test_too_little_or_another_column_is_refused(cells: list[tuple[int, int]], column: str, said: str) -> None:
    table = TruthTable.from_rows(LESSON, [made_row(LESSON, *place) for place in cells], {})
    assert said in refusal(estimate, table, column)


@pytest.mark.parametrize(
    ("first", "second", "tau"),
    [
        ([1, 2, 3], [1, 2, 3], 1),
        ([1, 2, 3], [3, 2, 1], -1),
        ([1, 2, 3, 4], [1, 3, 2, 4], 4 / 6),
        ([1, 1, 2], [1, 2, 3], 2 / sqrt(2 * 3)),
    ],
)
def test_kendalls_tau(first: list[float], second: list[float], tau: float) -> None:
    assert kendall_tau(np.array(first), np.array(second)) == pytest.approx(tau)


def test_tau_of_equal_values_is_not_defined() -> None:
    assert np.isnan(kendall_tau(np.ones(3), np.arange(3)))


@given(st.lists(st.integers(0, 5), min_size=2, max_size=9), st.integers(0, 99))
def test_tau_is_that_of_scipy(first: list[int], seed: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    second = np.random.default_rng(seed).integers(0, 5, len(first))
    found, wanted = kendall_tau(np.array(first), second), stats.kendalltau(first, second).statistic
    assert found == pytest.approx(wanted, nan_ok=True)
