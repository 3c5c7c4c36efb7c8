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
        turned: second - first instead of first - second.
    """

    def answer(first: Values, second: Values, t: float) -> tuple[float, float]:
        differences = (np.asarray(second) - np.asarray(first)) * (1 if turned else -1)
        width = float(half(differences, t))
        return float(differences.mean() - width), float(differences.mean() + width)

    return answer


def right(differences: np.ndarray, t: float) -> float:
    """Half of the width."""
    return t * float(differences.std(ddof=1)) / sqrt(len(differences))


def unpaired(first: Values, second: Values, t: float) -> tuple[float, float]:
    """As if the two lists had nothing in common."""
    a, b = np.asarray(first), np.asarray(second)
    half = t * sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return float(a.mean() - b.mean() - half), float(a.mean() - b.mean() + half)


def middle(first: Values, second: Values, t: float) -> tuple[float, float]:
    """Around the median."""
    differences = np.asarray(first) - np.asarray(second)
    return float(np.median(differences) - right(differences, t)), float(np.median(differences) + right(differences, t))


def center_and_half(first: Values, second: Values, t: float) -> tuple[float, float]:
    """The mean difference and half of the width."""
    differences = np.asarray(first) - np.asarray(second)
    return float(differences.mean()), right(differences, t)


def extremes(first: Values, second: Values, t: float) -> tuple[float, float]:
    """The smallest and the largest difference."""
    differences = np.asarray(first) - np.asarray(second)
    return float(differences.min()), float(differences.max())


def turned_ends(first: Values, second: Values, t: float) -> tuple[float, float]:
    """The upper end first."""
    low, high = interval(right)(first, second, t)
    return high, low


def of_first(first: Values, second: Values, t: float) -> tuple[float, float]:
    """The interval of the first list alone."""
    return interval(right)(first, [0.0] * len(first), t)


TWINS = (
    Twin(
        "not paired",
        unpaired,
        "Your width comes from both lists by themselves: what do two losses of one seed have in common?",
    ),
    Twin(
        "second - first",
        interval(right, turned=True),
        "Your difference has the other sign: which sign has it if the first search has the smaller loss?",
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
        "You divide the standard deviation by n: by which factor does a mean of n vary less?",
    ),
    Twin(
        "divided by sqrt(n - 1)",
        interval(lambda d, t: t * d.std(ddof=1) / sqrt(len(d) - 1)),
        "You subtract 1 twice: is it in the standard deviation already?",
    ),
    Twin(
        "variance",
        interval(lambda d, t: t * d.var(ddof=1) / sqrt(len(d))),
        "You use a variance: in which unit is the width then?",
    ),
    Twin(
        "1.96",
        interval(lambda d, t: 1.96 * d.std(ddof=1) / sqrt(len(d))),
        "You use 1.96, which holds for a known spread: what is t for?",
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
        of_first,
        "Your interval is that of the first list: with what is it compared?",
    ),
)
