"""Two groups of runs: how often equal ones are called different, and what a spread of zero says."""

import numpy as np
import pytest

from dartslab.base.statistics import compare_means, t_quantile

# Student's t, two-sided 95 and 99 %, from the tables of any textbook
TABLE = {1: (12.706, 63.657), 2: (4.303, 9.925), 3: (3.182, 5.841), 5: (2.571, 4.032), 10: (2.228, 3.169)}
TABLE |= {30: (2.042, 2.750), 120: (1.980, 2.617), 10**6: (1.960, 2.576)}


@pytest.mark.parametrize("freedom", TABLE)
def test_quantiles_are_those_of_the_tables(freedom: int) -> None:
    for level, expected in zip((0.95, 0.99), TABLE[freedom], strict=True):
        assert t_quantile(freedom, level) == pytest.approx(expected, abs=6e-4)


def test_a_quantile_falls_with_the_degrees_of_freedom_also_between_whole_numbers() -> None:
    values = [t_quantile(freedom) for freedom in np.linspace(1, 8, 50)]
    assert values == sorted(values, reverse=True)


def test_the_formula_of_welch() -> None:
    found = compare_means([3.0, 5.0], [1.0, 1.5, 2.0, 3.5])  # variances 2 and 7 / 6, so s^2 = 1 + 7 / 24
    freedom = (31 / 24) ** 2 / (1 / 1 + (7 / 24) ** 2 / 3)
    assert (found.points, found.error) == (2.0, pytest.approx((31 / 24) ** 0.5))
    assert found.limit == pytest.approx(t_quantile(freedom) * (31 / 24) ** 0.5)
    assert found.verdict == "chance"
    assert compare_means([40.0, 50.0], [-20.0, -30.0]).verdict == "different"


@pytest.mark.parametrize(
    ("sizes", "spread"), [((2, 2), 1.0), ((3, 3), 1.0), ((2, 5), 1.0), ((4, 4), 3.0), ((10, 10), 1.0)], ids=str
)
def test_equal_groups_are_called_different_in_no_more_than_about_one_of_twenty_comparisons(
    sizes: tuple[int, int], spread: float
) -> None:
    """With two standard errors as the limit, it were 17 % of the pairs of 2 + 2 runs and 11 % of 3 + 3."""
    generator, wrong, tries = np.random.default_rng(0), 0, 2000
    for _ in range(tries):
        first, second = generator.normal(size=sizes[0]), spread * generator.normal(size=sizes[1])
        wrong += compare_means(first, second).verdict == "different"
    assert 0.01 * tries < wrong < 0.07 * tries


def test_real_differences_are_found() -> None:
    generator = np.random.default_rng(0)
    groups = [(generator.normal(size=5), 4 + generator.normal(size=5)) for _ in range(200)]
    found = [compare_means(*pair) for pair in groups]
    assert sum(one.verdict == "different" for one in found) > 190 and all(one.points < 0 for one in found)


@pytest.mark.parametrize("group", [[0.7], [0.7, 0.7], [0.1 + 0.2, 0.3], [0.0, 0.0, 0.0]], ids=str)
def test_where_no_spread_is_known_nothing_is_said(group: list[float]) -> None:
    for pair in ((group, [0.1, 0.2]), ([0.1, 0.2], group), (group, group)):
        found = compare_means(*pair)
        assert (found.verdict, found.error, found.limit) == ("unknown", None, None)
