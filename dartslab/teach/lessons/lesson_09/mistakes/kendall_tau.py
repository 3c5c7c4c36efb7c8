"""Known wrong answers to `09.kendall_tau`. Shapes: C values in each list."""

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from math import sqrt
from typing import Any

import numpy as np

from ....items import Twin

Values = Sequence[float]
Signs = list[tuple[float, float]]


def over_pairs(result: Callable[[Signs], float], pairs: Any = lambda found: combinations(found, 2)) -> Any:
    """A number from the signs of both differences, one (x, y) for each pair of cells.

    Args:
        result: signs -> number.
        pairs: the cells -> the pairs that are looked at.
    """

    def answer(first: Values, second: Values) -> float:
        signs = [
            (float(np.sign(a[0] - b[0])), float(np.sign(a[1] - b[1])))
            for a, b in pairs(list(zip(first, second, strict=True)))
        ]
        return float(result(signs))

    return answer


def agree(signs: Signs) -> float:
    """Pairs in the same order minus pairs in the opposite order."""
    return sum(x * y for x, y in signs)


def untied(signs: Signs) -> float:
    """sqrt(a b) of the exercise."""
    return sqrt(sum(abs(x) for x, _ in signs) * sum(abs(y) for _, y in signs))


def tau(signs: Signs) -> float:
    """The right answer."""
    return agree(signs) / untied(signs)


def same(signs: Signs) -> int:
    """How many pairs have the same order."""
    return sum(x * y > 0 for x, y in signs)


def opposite(signs: Signs) -> int:
    """How many pairs have the opposite order."""
    return sum(x * y < 0 for x, y in signs)


@np.errstate(divide="ignore", invalid="ignore")
def without_abs(signs: Signs) -> float:
    """The signs themselves below the line; nan where their product is negative."""
    first, second = (np.float64(sum(side)) for side in zip(*signs, strict=True))
    return float(agree(signs) / np.sqrt(first * second))


def places(values: Values) -> np.ndarray:
    """The places 0, 1, ... of the values in their order."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def mean_ranks(values: Values) -> np.ndarray:
    """Ranks, of which tied values share the mean."""
    found = np.asarray(values)
    return np.array([(found < one).sum() + ((found == one).sum() - 1) / 2 for one in found])


def correlation(change: Callable[[Values], Any]) -> Any:
    """Pearson's correlation of both lists, changed."""
    return lambda first, second: float(np.corrcoef(change(first), change(second))[0, 1])


def of_places(first: Values, second: Values) -> float:
    """The right answer for places without ties."""
    return over_pairs(tau)(places(first).tolist(), places(second).tolist())


TWINS = (
    Twin(
        "all pairs below the line",
        over_pairs(lambda signs: agree(signs) / len(signs)),
        "You divide by all pairs: which pairs do a and b leave out?",
    ),
    Twin(
        "tied pairs left out below the line",
        over_pairs(lambda signs: agree(signs) / (same(signs) + opposite(signs))),
        "You divide by the pairs that have an order in both lists: which two numbers does (09.2) multiply?",
    ),
    Twin(
        "ties count as the opposite order",
        over_pairs(lambda signs: (2 * same(signs) - len(signs)) / len(signs)),
        "You count a tie as the opposite order: what is the sign of a difference that is 0?",
    ),
    Twin(
        "ties count as the same order",
        over_pairs(lambda signs: (len(signs) - 2 * opposite(signs)) / len(signs)),
        "You count a tie as the same order: what is the sign of a difference that is 0?",
    ),
    Twin(
        "ties broken by the place in the list",
        of_places,
        "You order tied values by their place in the list: does a cell become better by being listed first?",
    ),
    Twin(
        "sign turned",
        over_pairs(lambda signs: -tau(signs)),
        "Two lists in the same order give -1: which pairs do you subtract from which?",
    ),
    Twin(
        "each pair twice",
        over_pairs(lambda signs: 2 * agree(signs) / untied(signs)),
        "Your numbers go up to 2: do you count each pair twice above the line, and once below it?",
    ),
    Twin(
        "half of it",
        over_pairs(lambda signs: agree(signs) / untied(signs) / 2),
        "Your numbers go up to one half: do you count each pair once above the line, and twice below it?",
    ),
    Twin(
        "not divided",
        over_pairs(agree),
        "You give a number of pairs: what is the most that it can be?",
    ),
    Twin(
        "no root",
        over_pairs(lambda signs: agree(signs) / untied(signs) ** 2),
        "You divide by the product of two numbers of pairs: what is missing around it?",
    ),
    Twin(
        "signs added below the line",
        over_pairs(without_abs),
        "You add signs below the line, where +1 and -1 cancel: how often does a pair that is not tied count?",
    ),
    Twin(
        "share of pairs",
        over_pairs(lambda signs: same(signs) / len(signs)),
        "You give the share of pairs in the same order: what does it give for two unrelated lists, and what should it?",
    ),
    Twin(
        "only the opposite pairs",
        over_pairs(opposite),
        "You count the pairs in the opposite order: what about the others?",
    ),
    Twin(
        "neighbours only",
        over_pairs(lambda signs: tau(signs) if untied(signs) else 0.0, pairwise),
        "You compare each cell with the next one of the list: which pairs are left out?",
    ),
    Twin(
        "Pearson's correlation",
        correlation(np.asarray),
        "You compute with the values themselves: does tau change if one list is squared?",
    ),
    Twin(
        "Spearman's correlation",
        correlation(mean_ranks),
        "You correlate ranks, which is Spearman's rho: what does tau count?",
    ),
    Twin(
        "Spearman's correlation without ties",
        correlation(places),
        "You correlate places: what does tau count, and which places do tied cells have?",
    ),
    Twin(
        "argsort once",
        correlation(lambda values: np.argsort(values, kind="stable")),
        "You correlate the results of argsort: does it give the rank of each cell, or the cell of each rank?",
    ),
)
