"""Known wrong answers to `09.best_of`. Shapes: C losses."""

from collections.abc import Callable, Iterable, Sequence
from math import comb
from statistics import fmean
from typing import Any

import numpy as np

from ....items import Twin
from ...properties import Pairs, is_rounded

Losses = Sequence[float]


def weighed(weight: Callable[[int, int, int], float], order: Callable[[Losses], Iterable[float]] = sorted) -> Any:
    """A sum of the losses, each with a weight.

    Args:
        weight: (C, n, place from 0) -> weight of the loss at this place.
        order: in which the places are counted.
    """

    def answer(losses: Losses, n: int) -> float:
        return sum(weight(len(losses), n, place) * loss for place, loss in enumerate(order(losses)))

    return answer


def right(count: int, n: int, place: int) -> float:
    """How often the loss at this place is the best of n."""
    return comb(count - 1 - place, n - 1) / comb(count, n)


def falling(losses: Losses) -> list[float]:
    """The largest first."""
    return sorted(losses, reverse=True)


def quantile(losses: Losses, n: int) -> float:
    """The loss below which one of n + 1 parts of the cells lies."""
    place = (len(losses) - 1) / (n + 1)
    low = int(place)
    found = sorted(losses)
    return found[low] + (place - low) * (found[min(low + 1, len(found) - 1)] - found[low])


def drawn(losses: Losses, n: int) -> float:
    """The mean over 4,000 draws."""
    generator = np.random.default_rng(0)
    return fmean(min(generator.choice(losses, n, replace=False)) for _ in range(4000))


def looks_drawn(pairs: Pairs) -> bool:
    """Whether all numbers are nearly right, and those with something to draw are not right."""
    try:
        off = [abs(float(got) - float(wanted)) for wanted, got in pairs]
    except (TypeError, ValueError):
        return False
    return max(off) < 0.03 and sum(one > 1e-7 for one in off) > len(off) // 2 and not is_rounded(pairs)


TWINS = (
    Twin(
        "the best of all",
        lambda losses, n: min(losses),
        "You give the smallest of all losses: is this cell always among the n that are drawn?",
    ),
    Twin(
        "the mean of all",
        lambda losses, n: fmean(losses),
        "You give the mean of all losses, which is right for n = 1: what does choosing the best change?",
    ),
    Twin(
        "the largest",
        weighed(right, falling),
        "You give the worst of n: is a large loss good?",
    ),
    Twin(
        "the first n",
        lambda losses, n: min(losses[:n]),
        "You look at one draw, the first n of the list: what is the mean over all draws?",
    ),
    Twin(
        "the best n",
        lambda losses, n: fmean(sorted(losses)[:n]),
        "You give the mean of the n best cells: how many cells does a random search keep?",
    ),
    Twin(
        "the n-th best",
        lambda losses, n: sorted(losses)[n - 1],
        "You give the n-th best loss: is n a rank or a number of draws?",
    ),
    Twin(
        "not sorted",
        weighed(right, list),
        "Your weights belong to ranks: in which order are the losses that you weigh?",
    ),
    Twin(
        "with repetition",
        weighed(lambda count, n, place: ((count - place) / count) ** n - ((count - place - 1) / count) ** n),
        "In your draws a cell may come twice: can a search learn anything from the same cell again?",
    ),
    Twin(
        "place counted from 0",
        weighed(lambda count, n, place: comb(count - place, n - 1) / comb(count, n)),
        "The best cell itself is among those from which you take the others: how many are worse than it?",
    ),
    Twin(
        "n others",
        weighed(lambda count, n, place: comb(count - 1 - place, n) / comb(count, n)),
        "You choose n cells besides the best one: how many are still to be drawn?",
    ),
    Twin(
        "one place too far",
        weighed(lambda count, n, place: comb(max(0, count - 2 - place), n - 1) / comb(count, n)),
        "Your weights do not add up to 1: how many cells are worse than the best one?",
    ),
    Twin(
        "not divided",
        weighed(lambda count, n, place: comb(count - 1 - place, n - 1)),
        "You give a sum over all draws: how many draws are there?",
    ),
    Twin(
        "divided by permutations",
        weighed(lambda count, n, place: right(count, n, place) * comb(count, n) / count**n),
        "You divide by C^n, the ordered draws with repetition: how many sets of n different cells are there?",
    ),
    Twin(
        "the chance of being drawn",
        weighed(lambda count, n, place: n / count),
        "You weigh every loss by its chance to be drawn: is each drawn cell the best of its draw?",
    ),
    Twin(
        "a quantile",
        quantile,
        "You give a quantile: near, but is it a mean over all draws?",
    ),
    Twin(
        "draws by chance",
        drawn,
        "Your numbers look like means over random draws: can all draws be counted instead?",
        shows=looks_drawn,
    ),
)
