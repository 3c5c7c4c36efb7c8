"""What the exercises of lesson 10 are tried on: searches, test accuracies, random cells."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...items import Arguments

# Searches whose validation and test accuracies have another order: [S], [S, R].
CHOICE = np.array([0.71, 0.74, 0.69])
TESTS = np.array([[0.70, 0.74, 0.75], [0.72, 0.70, 0.71], [0.66, 0.77, 0.64]])

PARAMETERS = np.array([52_000, 61_000, 61_150, 70_500, 78_000, 90_000])
ACCURACIES = np.array([0.62, 0.67, 0.64, 0.71, 0.70, 0.745])


def random_search(rng: np.random.Generator) -> Arguments:
    """Pictures (an even number), batch size, epochs, seconds of a step and of a look."""
    batch = int(rng.integers(8, 97))
    return (
        2 * int(rng.integers(10 * batch, 60 * batch)),
        batch,
        int(rng.integers(2, 60)),
        float(rng.uniform(0.05, 0.9)),
        float(rng.uniform(0.01, 0.3)),
    )


def random_result(rng: np.random.Generator) -> Arguments:
    """Validation accuracies of S searches [S], and R test accuracies of the cell of each [S, R]."""
    searches, runs = int(rng.integers(2, 6)), int(rng.integers(2, 6))
    return rng.uniform(0.6, 0.8, searches), rng.uniform(0.6, 0.8, (searches, runs))


def random_cells(rng: np.random.Generator) -> Arguments:
    """Parameters of the found cell; parameters [N] and accuracies [N] of random cells; a fraction."""
    count = int(rng.integers(4, 12))
    found = int(rng.integers(40_000, 90_000))
    return found, rng.integers(20_000, 120_000, count), rng.uniform(0.6, 0.8, count), float(rng.uniform(0.2, 0.5))


def with_either_spread(answer: Callable[..., Any], choice: np.ndarray, tests: np.ndarray) -> Any:
    """What an answer gives. A spread whose squares are divided by R becomes the one in which R - 1 divides them.

    Both are called standard deviation, so both are right, and a mistake is known with either.
    """
    found = answer(choice, tests)
    if not isinstance(found, (list, tuple)):
        return found
    either = list(_spreads(choice, tests))
    for _ in range(2):  # with R = 2 a standard error with R - 1 is a deviation with R
        found = (*found[:1], *(next((b for a, b in either if _is_near(part, a)), part) for part in found[1:]))
    return found


def _spreads(choice: np.ndarray, tests: np.ndarray) -> Iterator[tuple[float, float]]:
    """Deviations, variances and standard errors of all that can be taken together, divided by n, and by n - 1.

    With x_1 to x_n and their mean m the variances are sum (x_i - m)^2 / n and sum (x_i - m)^2 / (n - 1).
    """
    for numbers in (*tests, *tests.T, tests.ravel(), choice, tests.mean(axis=1)):
        n = len(numbers)
        if n > 1:
            of_n, of_less = (np.array([numbers.std(ddof=d), numbers.var(ddof=d)]) for d in (0, 1))
            for a, b in zip((*of_n, of_n[0] / n**0.5), (*of_less, of_less[0] / n**0.5), strict=True):
                yield from ((a, b), (100 * a, 100 * b))  # also in per cent


def _is_near(part: Any, number: float) -> bool:
    """Whether a part of an answer is a number, and this one."""
    return getattr(part, "ndim", 0) == 0 and not isinstance(part, (str, bool)) and abs(float(part) - number) < 1e-9
