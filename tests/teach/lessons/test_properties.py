"""Properties by which a known mistake is recognised, whoever wrote it."""

from typing import Any

import numpy as np
import pytest

from dartslab.teach.lessons.properties import Pairs, breaks_in, is_rounded, matches

FIXED = (lambda: (0.0,), lambda: (2.0,))


def double(x: float) -> float:
    return 2 * x


def triple(x: float) -> float:
    return 3 * x


@pytest.mark.parametrize(
    ("got", "found"),
    [
        ([0.0, 4.0], True),
        ([0.0, 6.0], True),  # one of several answers
        ([0.0, 2.0], False),  # right
        ([0.0, 5.0], False),  # another mistake
        ([1.0, 4.0], False),  # in one case only
    ],
)
def test_one_of_several_answers_in_all_cases(got: list[float], found: bool) -> None:
    assert matches(FIXED, None, double, triple)(list(zip([0.0, 2.0], got, strict=True))) is found


def test_cases_may_be_left_out() -> None:
    pairs: Pairs = [(1.0, 7.0), (0.5, 0.5)]
    assert not matches(FIXED, None, lambda x: 1 / x)(pairs)
    away_from_zero = matches(FIXED, None, lambda x: 1 / x, where=lambda x: x != 0)
    assert not away_from_zero(pairs)  # right where it is looked at
    assert away_from_zero([(1.0, 7.0), (0.7, 0.5)])


def test_random_cases_come_after_the_fixed_ones() -> None:
    def random(rng: np.random.Generator) -> tuple[float]:
        return (float(rng.normal()),)

    arguments = [0.0, 2.0, *(float(np.random.default_rng(seed).normal()) for seed in range(8))]
    assert matches(FIXED, random, double)([(x, 2 * x) for x in arguments])


@pytest.mark.parametrize(
    ("got", "found"),
    [([0.12, 0.88], True), ([0.119, 0.881], True), ([0.1192, 0.8808], False), ([0.13, 0.87], False), ("no", False)],
)
def test_rounded_numbers(got: Any, found: bool) -> None:
    assert is_rounded([([0.1192, 0.8808], got)]) is found


def test_numbers_that_are_right_or_nan() -> None:
    right, table, nan = ([0.5, 0.5], [0.5, 0.5]), [[0.5, 0.5], [0.1, 0.9]], float("nan")
    in_a_row = ([0.2, 0.8], [nan, nan])
    in_a_table = (table, [[nan, nan], [0.1, 0.9]])
    assert breaks_in([right, in_a_row, in_a_table], 1)
    assert breaks_in([right, in_a_table], 2) and not breaks_in([right, in_a_table], 1)
    assert not breaks_in([right], 1)
    assert not breaks_in([right, (table, [[nan, nan], [0.2, 0.8]])], 2)  # and wrong elsewhere
