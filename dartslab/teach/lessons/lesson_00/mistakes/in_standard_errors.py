"""Known wrong answers to `00.in_standard_errors`."""

import math
from collections.abc import Callable

import numpy as np

from ....items import Twin
from .. import cases

Runs = np.ndarray
Error = Callable[[Runs, Runs], float]


def _variance(runs: Runs, ddof: int = 1) -> float:
    """The variance of the mean of some runs."""
    return float(runs.var(ddof=ddof)) / len(runs)


def _error(a: Runs, b: Runs) -> float:
    return math.sqrt(_variance(a) + _variance(b))


def _over(error: Error) -> Callable[[Runs, Runs], float]:
    """`in_standard_errors` with another number to divide by."""
    return lambda a, b: float((a.mean() - b.mean()) / error(a, b))


def _pooled(a: Runs, b: Runs) -> float:
    """The variance of one run, estimated from both groups together, each about its own mean."""
    squares = a.var() * len(a) + b.var() * len(b)
    return float(squares / (len(a) + len(b) - 2))


IN_STANDARD_ERRORS = (
    Twin(
        "rounded",
        lambda a, b: round(float(_over(_error)(a, b)), 1),
        "You round or cut the result: is 1.9 the same as 2 where the rule asks for more than 2?",
        shows=cases.is_rounded,
    ),
    Twin(
        "standard deviation instead of standard error",
        _over(lambda a, b: math.sqrt(a.var(ddof=1) + b.var(ddof=1))),
        "You divide by the spread of single runs: does a mean of several runs scatter as much as one run?",
    ),
    Twin(
        "population variance",
        _over(lambda a, b: math.sqrt(_variance(a, 0) + _variance(b, 0))),
        "Your spreads are a little too small: the mean was estimated from the same runs, so what must the "
        "sum of squares be divided by?",
    ),
    Twin(
        "n - 1 twice",
        _over(lambda a, b: math.sqrt(a.var(ddof=1) / (len(a) - 1) + b.var(ddof=1) / (len(b) - 1))),
        "You use n - 1 in both places: it estimates the variance of one run; what does equation 00.3 divide that by?",
    ),
    Twin(
        "standard errors added up",
        _over(lambda a, b: math.sqrt(_variance(a)) + math.sqrt(_variance(b))),
        "You add two standard errors: which quantity adds up when two means are independent?",
    ),
    Twin(
        "variances subtracted",
        _over(lambda a, b: math.sqrt(abs(_variance(a) - _variance(b)))),
        "You subtract the variances: is a difference of two uncertain numbers more certain than each of them?",
    ),
    Twin(
        "standard deviation where the variance belongs",
        _over(lambda a, b: math.sqrt(a.std(ddof=1) / len(a) + b.std(ddof=1) / len(b))),
        "Under the root you have standard deviations: which letter of equation 00.3 is squared?",
    ),
    Twin(
        "standard deviation divided by n",
        _over(lambda a, b: math.hypot(a.std(ddof=1) / len(a), b.std(ddof=1) / len(b))),
        "You divide standard deviations by n: is it the variance of a mean that shrinks like 1/n, or its root?",
    ),
    Twin(
        "one n for both",
        _over(lambda a, b: math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))),
        "You divide both variances by the number of runs in a: has b as many?",
    ),
    Twin(
        "the n of b for both",
        _over(lambda a, b: math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(b))),
        "You divide both variances by the number of runs in b: has a as many?",
    ),
    Twin(
        "the n of the other",
        _over(lambda a, b: math.sqrt(a.var(ddof=1) / len(b) + b.var(ddof=1) / len(a))),
        "You divide each variance by the number of runs of the other cell: which n belongs to which variance?",
    ),
    Twin(
        "n written in",
        _over(lambda a, b: math.sqrt(a.var(ddof=1) / 3 + b.var(ddof=1) / 3)),
        "You divide by 3: is that how many runs there are in every case?",
    ),
    Twin(
        "all runs counted for each",
        _over(lambda a, b: math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / (len(a) + len(b)))),
        "You divide by the number of all runs together: how many runs stand behind each of the two means?",
    ),
    Twin(
        "the size of an effect",
        _over(lambda a, b: math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)),
        "You divide by the usual spread of one run: does a mean of several runs scatter as much?",
    ),
    Twin(
        "multiplied by n",
        _over(lambda a, b: math.sqrt(a.var(ddof=1) * len(a) + b.var(ddof=1) * len(b))),
        "Your means scatter more, the more runs there are: does the variance of a mean grow with n?",
    ),
    Twin(
        "variances squared",
        _over(lambda a, b: math.sqrt(a.var(ddof=1) ** 2 / len(a) + b.var(ddof=1) ** 2 / len(b))),
        "You square the variances: is a variance not a square already?",
    ),
    Twin(
        "one mean of all runs",
        _over(lambda a, b: math.sqrt(_variance(np.concatenate([a, b])))),
        "You divide by the standard error of all runs together: whose means are compared?",
    ),
    Twin(
        "half the sum of the variances",
        _over(lambda a, b: math.sqrt((_variance(a) + _variance(b)) / 2)),
        "You halve the sum of the variances: is it their mean that the difference of two means has, or their sum?",
    ),
    Twin(
        "only the spread of a",
        _over(lambda a, b: math.sqrt(_variance(a))),
        "You use the spread of a alone: is the mean of b known exactly?",
    ),
    Twin(
        "only the spread of b",
        _over(lambda a, b: math.sqrt(_variance(b))),
        "You use the spread of b alone: is the mean of a known exactly?",
    ),
    Twin(
        "variance of all runs together",
        _over(lambda a, b: math.sqrt(np.concatenate([a, b]).var(ddof=1) * (1 / len(a) + 1 / len(b)))),
        "You take one variance of all runs together: does it not contain the very difference that you measure?",
    ),
    Twin(
        "one variance for both cells",
        _over(lambda a, b: math.sqrt(_pooled(a, b) * (1 / len(a) + 1 / len(b)))),
        "You assume one common variance for both cells: does equation 00.3, or has each its own?",
    ),
    Twin(
        "run by run",
        lambda a, b: float((d := a - b).mean() / (d.std(ddof=1) / math.sqrt(len(d)))),
        "You subtract run by run: does the first run of a belong to the first of b, and are they always equally many?",
    ),
    Twin(
        "square root left out",
        _over(lambda a, b: _variance(a) + _variance(b)),
        "You divide by a variance: what is its unit, if accuracies are in per cent?",
    ),
    Twin(
        "not divided",
        _over(lambda a, b: 1.0),
        "You return the difference itself: in which unit is it to be counted?",
    ),
    Twin(
        "the standard error alone",
        _error,
        "You return the standard error: what is to be divided by it?",
    ),
    Twin(
        "multiplied",
        _over(lambda a, b: 1 / _error(a, b)),
        "You multiply by the standard error: how do you count a length in metres?",
    ),
    Twin(
        "brackets missing",
        lambda a, b: float(a.mean() - b.mean() / _error(a, b)),
        "Only the mean of b is divided: what does Python compute first, the minus or the division?",
    ),
    Twin(
        "medians",
        lambda a, b: float((np.median(a) - np.median(b)) / _error(a, b)),
        "You compare the medians: whose standard error is it that you divide by?",
    ),
    Twin(
        "sums",
        lambda a, b: float((a.sum() - b.sum()) / _error(a, b)),
        "You compare sums: what happens to your number if one cell has more runs than the other?",
    ),
    Twin(
        "the best of each",
        lambda a, b: (a.max() - b.max()) / _error(a, b),
        "You compare the best runs: what happens to the best result if you simply make more runs?",
    ),
    Twin(
        "the other way round",
        lambda a, b: float((b.mean() - a.mean()) / _error(a, b)),
        "The sign is the wrong way round: if a is better than b, is a minus b positive or negative?",
    ),
    Twin(
        "without a sign",
        lambda a, b: abs(a.mean() - b.mean()) / _error(a, b),
        "You drop the sign: how would a reader see which of the two cells was better?",
    ),
    Twin(
        "squared",
        lambda a, b: _over(_error)(a, b) ** 2,
        "You return the square: where did the sign go, and what is compared with 2?",
    ),
)
