"""Lesson 09 asks for what `dartslab/truth` computes: what it takes for right is what the library says."""

from itertools import combinations
from math import sqrt
from statistics import fmean

import numpy as np
import pytest

from dartslab.base.statistics import compare_means, t_quantile
from dartslab.teach.lessons.lesson_09.answers import (
    best_of,
    kendall_tau,
    paired_interval,
    random_search,
    shrink,
    unseen,
    verdict,
)
from dartslab.truth import estimates
from dartslab.truth.rank import search_at_random
from dartslab.truth.table import load_table

TABLE = load_table("lesson")
TEST, VALIDATION, SHIPPED = (
    np.stack(list(TABLE.of_first_seeds(column).values())) for column in ("test_loss", "validation_loss", "shipped_loss")
)


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_the_best_of_n_is_the_mean_over_all_draws(n: int) -> None:
    losses = TEST[:8, 0].tolist()
    assert best_of(losses, n) == pytest.approx(fmean(min(drawn) for drawn in combinations(losses, n)))


def test_the_best_of_all_is_the_best_and_of_one_the_mean() -> None:
    losses = TEST[:, 0].tolist()
    assert best_of(losses, 1) == pytest.approx(fmean(losses))
    assert best_of(losses, len(losses)) == pytest.approx(min(losses))


def test_tau_is_that_of_the_library() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = rng.integers(0, 6, (2, 12)).astype(float)
        assert kendall_tau(first.tolist(), second.tolist()) == pytest.approx(estimates.kendall_tau(first, second))


def test_cells_are_shrunken_as_the_library_shrinks_those_with_as_many_trainings() -> None:
    found = estimates.estimate(TABLE)
    plain = found.counts == TEST.shape[1]
    assert plain.any()
    assert shrink(TEST)[plain] == pytest.approx(found.shrunken[plain])


def test_random_search_keeps_what_the_library_keeps_on_average() -> None:
    found, rng = estimates.estimate(TABLE), np.random.default_rng(0)
    drawn = np.stack([rng.permutation(len(TEST))[:5] for _ in range(4000)])
    kept = random_search(VALIDATION[:, 0], found.shrunken, drawn)
    library = search_at_random(TABLE, 5)
    error = kept.std() / sqrt(len(kept))
    assert abs(kept.mean() - library.mean) < 0.1 * found.between + 4 * error  # the library draws seeds as well


def test_the_unseen_pictures_and_the_others_make_the_whole() -> None:
    rest = unseen(0.6, 0.5, 10_000, 4_000)
    assert 0.4 * 0.5 + 0.6 * rest == pytest.approx(0.6)


def test_pairs_of_seeds_that_share_nothing_are_as_wide_as_two_groups() -> None:
    """On average, over many lists: pairing gains only what a pair has in common."""
    rng, paired, apart = np.random.default_rng(0), [], []
    for _ in range(300):
        first, second = rng.normal(size=(2, 12))
        low, high = paired_interval(first.tolist(), second.tolist(), t_quantile(11))
        paired.append((high - low) / 2)
        limit = compare_means(first, second).limit
        assert limit is not None
        apart.append(limit)
    assert fmean(paired) == pytest.approx(fmean(apart), rel=0.1)


@pytest.mark.parametrize(
    ("shift", "wrong", "least", "most"),
    [(0.0, ("better", "worse"), 0.03, 0.07), (-3.0, ("worse",), 0, 0.005), (3.0, ("better",), 0, 0.005)],
)
def test_the_sentence_is_wrong_in_five_of_a_hundred_studies(
    shift: float, wrong: tuple[str, ...], least: float, most: float
) -> None:
    rng, said = np.random.default_rng(1), []
    for _ in range(2000):
        differences = shift + rng.normal(size=3)
        said.append(verdict(paired_interval(differences.tolist(), [0.0] * 3, t_quantile(2))))
    assert least <= sum(word in wrong for word in said) / len(said) <= most
