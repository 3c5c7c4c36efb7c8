"""Right answers to the exercises of lesson 09.

Shapes: C cells, S trainings of each cell, R repetitions of a random search, n cells or searches.
"""

from collections.abc import Sequence
from math import comb, sqrt

import numpy as np


def best_of(losses: Sequence[float], n: int) -> float:
    """The mean of the smallest of n losses over all ways to draw n of the C losses without repetition."""
    count = len(losses)
    ways = [comb(count - 1 - place, n - 1) for place in range(count)]  # the others come from those that are larger
    return sum(way * loss for way, loss in zip(ways, sorted(losses), strict=True)) / comb(count, n)


def kendall_tau(first: Sequence[float], second: Sequence[float]) -> float:
    """(pairs in the same order - pairs in the opposite order) / sqrt(a b); a, b: pairs not tied in first, in second."""
    above, a, b = 0, 0, 0
    for i in range(len(first)):
        for j in range(i):
            x, y = np.sign(first[i] - first[j]), np.sign(second[i] - second[j])
            above, a, b = above + x * y, a + abs(x), b + abs(y)
    return float(above / sqrt(a * b))


def shrink(values: np.ndarray) -> np.ndarray:
    """The estimates (09.3) of the true values of the cells from S trainings of each: [C, S] -> [C]."""
    trainings, means = values.shape[1], values.mean(axis=1)
    within = values.var(axis=1, ddof=1).mean()
    between = max(0.0, means.var(ddof=1) - within / trainings)
    return means.mean() + between / (between + within / trainings) * (means - means.mean())


def random_search(validation: np.ndarray, test: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The test loss of what each random search chooses: losses [C] and the numbers of drawn cells [R, n] -> [R]."""
    best = validation[drawn].argmin(axis=1)  # a place in the row
    return test[drawn[np.arange(len(drawn)), best]]


def unseen(whole: float, seen: float, count: int, used: int) -> float:
    """The mean loss of the other count - used pictures; `whole`: of all of them, `seen`: of those that were used."""
    return (count * whole - used * seen) / (count - used)


def paired_interval(first: Sequence[float], second: Sequence[float], t: float) -> tuple[float, float]:
    """Both ends of (09.4), for the mean of first - second; entries with the same place belong to the same seed."""
    differences = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    half = t * differences.std(ddof=1) / sqrt(len(differences))
    return float(differences.mean() - half), float(differences.mean() + half)


def verdict(interval: tuple[float, float] | None) -> str:
    """What the interval of a difference of losses, first - second, allows to say of the first search."""
    if interval is None:
        return "one search has no interval"
    low, high = interval
    return "better" if high < 0 else "worse" if low > 0 else "cannot be told apart"
