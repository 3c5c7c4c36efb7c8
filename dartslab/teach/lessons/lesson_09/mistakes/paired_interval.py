"""Known wrong answers to `09.paired_interval`. Shapes: n seeds in each list."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np

from ....items import Twin

Values = Sequence[float]


def interval(half: Callable[[np.ndarray, float], float], turned: bool = False) -> Any:
    """Both ends around the mean difference.

    Args:
        half: (differences, t) -> half of the width.
        turned: other - mine instead of mine - other.
    """

    def answer(mine: Values, other: Values, t: float) -> tuple[float, float]:
        differences = (np.asarray(other) - np.asarray(mine)) * (1 if turned else -1)
        width = float(half(differences, t))
        return float(differences.mean() - width), float(differences.mean() + width)

    return answer


def right(differences: np.ndarray, t: float) -> float:
    """Half of the width."""
    return t * float(differences.std(ddof=1)) / sqrt(len(differences))


def unpaired(mine: Values, other: Values, t: float) -> tuple[float, float]:
    """As if the two lists had nothing in common."""
    a, b = np.asarray(mine), np.asarray(other)
    half = t * sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return float(a.mean() - b.mean() - half), float(a.mean() - b.mean() + half)


def middle(mine: Values, other: Values, t: float) -> tuple[float, float]:
    """Around the median."""
    differences = np.asarray(mine) - np.asarray(other)
    return float(np.median(differences) - right(differences, t)), float(np.median(differences) + right(differences, t))


def center_and_half(mine: Values, other: Values, t: float) -> tuple[float, float]:
    """The mean difference and half of the width."""
    differences = np.asarray(mine) - np.asarray(other)
    return float(differences.mean()), right(differences, t)


def extremes(mine: Values, other: Values, t: float) -> tuple[float, float]:
    """The smallest and the largest difference."""
    differences = np.asarray(mine) - np.asarray(other)
    return float(differences.min()), float(differences.max())


def turned_ends(mine: Values, other: Values, t: float) -> tuple[float, float]:
    """The upper end first."""
    low, high = interval(right)(mine, other, t)
    return high, low


def of_mine(mine: Values, other: Values, t: float) -> tuple[float, float]:
    """The interval of the first list alone."""
    return interval(right)(mine, [0.0] * len(mine), t)


TWINS = (
    Twin(
        "not paired",
        unpaired,
        "Your width comes from both lists by themselves: what do two losses of one seed have in common?",
    ),
    Twin(
        "other - mine",
        interval(right, turned=True),
        "Your difference has the other sign: what is below 0 if mine has the smaller loss?",
    ),
    Twin(
        "population standard deviation",
        interval(lambda d, t: t * d.std() / sqrt(len(d))),
        "Your standard deviation divides by n: which ddof belongs to a few values of many?",
    ),
    Twin(
        "sqrt(n) left out",
        interval(lambda d, t: t * d.std(ddof=1)),
        "Your interval is for a single difference: how much less does a mean of n vary?",
    ),
    Twin(
        "divided by n",
        interval(lambda d, t: t * d.std(ddof=1) / len(d)),
        "You divide the standard deviation by n: by what does a mean of n vary less?",
    ),
    Twin(
        "divided by sqrt(n - 1)",
        interval(lambda d, t: t * d.std(ddof=1) / sqrt(len(d) - 1)),
        "You subtract 1 twice: is it in the standard deviation already?",
    ),
    Twin(
        "variance",
        interval(lambda d, t: t * d.var(ddof=1) / sqrt(len(d))),
        "You use a variance: which unit has the width then?",
    ),
    Twin(
        "1.96",
        interval(lambda d, t: 1.96 * d.std(ddof=1) / sqrt(len(d))),
        "You use 1.96, for a known spread: from how many values do you know yours, and what is t for?",
    ),
    Twin(
        "two standard errors",
        interval(lambda d, t: 2 * d.std(ddof=1) / sqrt(len(d))),
        "You use two standard errors: is that enough with so few values, and what is t for?",
    ),
    Twin(
        "one standard error",
        interval(lambda d, t: d.std(ddof=1) / sqrt(len(d))),
        "Your interval is one standard error to each side: what is t for?",
    ),
    Twin(
        "half as wide",
        interval(lambda d, t: right(d, t) / 2),
        "Your interval is half as wide: is t standard errors the whole width, or the way to one side?",
    ),
    Twin(
        "mean and half-width",
        center_and_half,
        "You give the mean and half of the width: where are the two ends?",
    ),
    Twin(
        "upper end first",
        turned_ends,
        "You give the upper end first: which one comes first in (09.4)?",
    ),
    Twin(
        "smallest and largest",
        extremes,
        "You give the smallest and the largest difference: does this get narrower with more seeds?",
    ),
    Twin(
        "median",
        middle,
        "Your interval lies around the median: which number does (09.4) put in the middle?",
    ),
    Twin(
        "one list only",
        of_mine,
        "Your interval is that of the first list: with what is it compared?",
    ),
)
