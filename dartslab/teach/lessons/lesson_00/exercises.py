"""Exercises of lesson 00: a first search."""

import numpy as np

from ....space import PUBLISHED_OPERATIONS
from ...items import Exercise, Twin


def strongest(alpha: np.ndarray, operations: tuple[str, ...]) -> str:
    """The name of the strongest operation other than `none`; alpha is [O]."""
    order = np.argsort(-alpha)  # strongest first; the softmax keeps this order, so alpha will do
    return next(operations[k] for k in order if operations[k] != "none")


def in_standard_errors(a: np.ndarray, b: np.ndarray) -> float:
    """The difference of the means of a [n] and b [m], divided by its standard error."""
    standard_error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))  # variances of means add up
    return float((a.mean() - b.mean()) / standard_error)


def _random_edge(rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    operations = tuple(rng.permutation(PUBLISHED_OPERATIONS).tolist())  # `none` is not always the first
    return rng.normal(size=len(operations)), operations


def _random_runs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n, m = (int(count) for count in rng.integers(2, 6, size=2))
    return rng.uniform(0.6, 0.8, size=n), rng.uniform(0.6, 0.8, size=m)


def _error(a: np.ndarray, b: np.ndarray, ddof: int = 1) -> float:
    return float(np.sqrt(a.var(ddof=ddof) / len(a) + b.var(ddof=ddof) / len(b)))


EXERCISES = (
    Exercise(
        name="00.share",
        title="The first mixing weight",
        minutes=1,
        points=1,
        difficulty=1,
        reference=1 / 8,
        twins=(
            Twin(
                "alpha itself",
                0.0,
                "You give alpha itself: what does the softmax make of equal numbers?",
            ),
            Twin(
                "every operation in full",
                1.0,
                "With this weight every operation counts in full: what must the mixing weights of one edge add up to?",
            ),
            Twin(
                "over edges instead of operations",
                0.2,
                "You divide among the edges: do the edges of a cell compete, or the operations on one edge?",
            ),
            Twin(
                "over the whole table",
                0.025,
                "You divide among all entries of the table: how many operations compete on one edge?",
            ),
        ),
        hints=(
            "Equal entries of alpha get equal shares, that is, equal mixing weights.",
            "The mixing weights of one edge add up to 1.",
            "Count the operations on one edge: each of them gets an equal part of the 1.",
        ),
        harder="Which alpha must one operation have, with the others at 0, so that its mixing weight is one half?",
    ),
    Exercise(
        name="00.strongest",
        title="Derive one edge",
        minutes=3,
        points=1,
        difficulty=1,
        reference=strongest,
        fixed=(
            lambda: (np.array([0.5, 2.0, 1.0]), ("none", "skip_connect", "sep_conv_3x3")),
            lambda: (np.array([3.0, 1.0, 2.0]), ("none", "skip_connect", "sep_conv_3x3")),
        ),
        random=_random_edge,
        twins=(
            Twin(
                "none can win",
                lambda alpha, operations: operations[int(np.argmax(alpha))],
                "Sometimes you keep `none`: may an edge of the derived cell hold nothing at all?",
            ),
            Twin(
                "the weakest",
                lambda alpha, operations: strongest(-alpha, operations),
                "You keep the operation with the smallest mixing weight: in which direction do you sort?",
            ),
            Twin(
                "the index instead of the name",
                lambda alpha, operations: operations.index(strongest(alpha, operations)),
                "You return a position: what is the operation at this position called?",
            ),
            Twin(
                "none left out by its position",
                lambda alpha, operations: operations[1 + int(np.argmax(alpha[1:]))],
                "You leave out the first operation: is it `none` in every list of operations?",
            ),
            Twin(
                "an index into the list without none",
                lambda alpha, operations: operations[
                    int(np.argmax([a for a, name in zip(alpha, operations, strict=True) if name != "none"]))
                ],
                "Once `none` is left out, later operations move up by one: which list does your index point into?",
            ),
        ),
        hints=(
            "The softmax does not change the order: the largest number in alpha has the largest mixing weight.",
            "Go through the operations from the strongest to the weakest, and stop at the first that may be kept.",
            "`np.argsort` of the negative numbers gives the positions, strongest first; look up each name and skip "
            '"none".',
        ),
        harder="Return the two strongest operations and the margin between their mixing weights.",
    ),
    Exercise(
        name="00.in_standard_errors",
        title="A difference in standard errors",
        minutes=6,
        points=2,
        difficulty=2,
        reference=in_standard_errors,
        fixed=(
            lambda: (np.array([0.70, 0.74]), np.array([0.60, 0.62])),
            lambda: (np.array([0.60, 0.62]), np.array([0.70, 0.74])),
            lambda: (np.array([0.70, 0.74, 0.73]), np.array([0.71, 0.76])),
        ),
        random=_random_runs,
        twins=(
            Twin(
                "standard deviation instead of standard error",
                lambda a, b: (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) + b.var(ddof=1)),
                "You divide by the spread of single runs: does a mean of several runs scatter as much as one run?",
            ),
            Twin(
                "population variance",
                lambda a, b: (a.mean() - b.mean()) / _error(a, b, ddof=0),
                "Your spreads are a little too small: the mean was estimated from the same runs, so what must the "
                "sum of squares be divided by?",
            ),
            Twin(
                "standard errors added up",
                lambda a, b: (
                    (a.mean() - b.mean()) / (a.std(ddof=1) / np.sqrt(len(a)) + b.std(ddof=1) / np.sqrt(len(b)))
                ),
                "You add two standard errors: which quantity adds up when two means are independent?",
            ),
            Twin(
                "the best of each",
                lambda a, b: (a.max() - b.max()) / _error(a, b),
                "You compare the best runs: what happens to the best result if you simply make more runs?",
            ),
            Twin(
                "without a sign",
                lambda a, b: abs(a.mean() - b.mean()) / _error(a, b),
                "You drop the sign: how would a reader see which of the two cells was better?",
            ),
            Twin(
                "square root left out",
                lambda a, b: (a.mean() - b.mean()) / _error(a, b) ** 2,
                "You divide by a variance: what is its unit, if accuracies are in per cent?",
            ),
        ),
        hints=(
            "A mean of n runs scatters less than one run: its variance is that of one run, divided by n.",
            "The variance of a difference of independent means is the sum of their variances.",
            "Estimate each variance with n - 1 in the denominator (`ddof=1`), divide by n, add, take the root.",
        ),
        harder="How many runs of each cell would make a difference of one percentage point visible at this spread?",
    ),
)
