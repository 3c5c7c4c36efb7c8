"""Exercises of lesson 05: a live search. Shapes: O operations, T rows of a record."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....derive import softmax
from ....space import PUBLISHED_OPERATIONS
from ...items import Exercise, Twin
from . import answers as step_05


def margin(alpha: np.ndarray, operations: tuple[str, ...]) -> float:
    """Largest minus second largest mixing weight of an edge, `none` left aside; alpha is [O]."""
    raised = np.exp(alpha - alpha.max())
    weights = raised / raised.sum()  # `none` takes part here
    second, first = sorted(weight for weight, name in zip(weights, operations, strict=True) if name != "none")[-2:]
    return float(first - second)


def _gap(values: Any) -> float:
    return float(np.sort(values)[-1] - np.sort(values)[-2])


def _not_none(operations: tuple[str, ...]) -> np.ndarray:
    return np.array([name != "none" for name in operations])


def _largest_minus(alpha: np.ndarray, operations: tuple[str, ...], what: Callable[[np.ndarray], float]) -> float:
    weights = softmax(alpha)
    return float(weights[_not_none(operations)].max() - what(weights))


def _random_edge(rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    operations = tuple(rng.permutation(PUBLISHED_OPERATIONS).tolist())
    return rng.normal(size=len(operations)), operations


def last_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """The last step at which the derived cell differs from the one before; the first step if it never does."""
    changed = np.flatnonzero(np.diff(genotypes)) + 1  # row k + 1 differs from row k
    return int(steps[changed[-1]]) if len(changed) else int(steps[0])


def _first_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    changed = np.flatnonzero(np.diff(genotypes)) + 1
    return int(steps[changed[0]]) if len(changed) else int(steps[0])


def _one_step_early(steps: np.ndarray, genotypes: np.ndarray) -> int:
    changed = np.flatnonzero(np.diff(genotypes))
    return int(steps[changed[-1]]) if len(changed) else int(steps[0])


def _the_row(steps: np.ndarray, genotypes: np.ndarray) -> int:
    changed = np.flatnonzero(np.diff(genotypes)) + 1
    return int(changed[-1]) if len(changed) else 0


def _never_seen_before(steps: np.ndarray, genotypes: np.ndarray) -> int:
    _, first = np.unique(genotypes, return_index=True)
    return int(steps[first.max()])


def _first_of_the_last_cell(steps: np.ndarray, genotypes: np.ndarray) -> int:
    return int(steps[np.flatnonzero(genotypes == genotypes[-1])[0]])


def _random_record(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    rows = int(rng.integers(2, 12))
    return int(rng.integers(1, 50)) + np.arange(rows), rng.integers(0, 3, size=rows)


EXERCISES = (
    Exercise(
        name="05.margin",
        title="How far from turning round",
        minutes=5,
        points=2,
        difficulty=2,
        reference=margin,
        fixed=(
            lambda: (np.array([0.0, 1.0, 0.5]), ("none", "skip_connect", "sep_conv_3x3")),
            lambda: (np.array([2.0, 0.3, 1.0, -0.5]), ("none", "skip_connect", "sep_conv_3x3", "max_pool_3x3")),
        ),
        random=_random_edge,
        twins=(
            Twin(
                "of raw alpha",
                lambda alpha, operations: _gap(alpha[_not_none(operations)]),
                "You subtract alphas: would your margin of an edge stay comparable with another edge's, whose weights "
                "are made by another denominator?",
            ),
            Twin(
                "none takes a place",
                lambda alpha, operations: _gap(softmax(alpha)),
                "`none` is among your two best: can it ever be what the edge keeps?",
            ),
            Twin(
                "none left out of the softmax",
                lambda alpha, operations: _gap(softmax(alpha[_not_none(operations)])),
                "Your weights are a little too large: does `none` take no share while the search runs?",
            ),
            Twin(
                "down to the smallest",
                lambda alpha, operations: _largest_minus(
                    alpha, operations, lambda weights: weights[_not_none(operations)].min()
                ),
                "You subtract the smallest weight: which operation is the first that could take over?",
            ),
            Twin(
                "down to none",
                lambda alpha, operations: _largest_minus(
                    alpha, operations, lambda weights: weights[~_not_none(operations)].max()
                ),
                "You subtract the weight of `none`: is it the rival of what the edge keeps?",
            ),
        ),
        hints=(
            "The softmax comes first, over all operations of the edge; only then may `none` be laid aside.",
            "Of the weights that remain you need the two largest ones.",
            "Sort the remaining weights; the last two in ascending order are those whose difference is wanted.",
        ),
        harder="Return the name of the runner-up as well, and the smallest change of its alpha that would make it win.",
    ),
    *step_05.EXERCISES,
    Exercise(
        name="05.last_change",
        title="When did the search make up its mind?",
        minutes=5,
        points=2,
        difficulty=2,
        reference=last_change,
        fixed=(
            lambda: (np.array([4, 5]), np.array([0, 1])),
            lambda: (np.arange(1, 7), np.array([0, 0, 1, 1, 2, 2])),
            lambda: (np.arange(1, 7), np.array([0, 1, 0, 0, 0, 0])),  # going back is a change too
            lambda: (np.arange(11, 17), np.zeros(6, dtype=int)),
        ),
        random=_random_record,
        twins=(
            Twin(
                "one step early",
                _one_step_early,
                "You name the last step of the old cell: at which step is the new one there for the first time?",
            ),
            Twin(
                "the first change",
                _first_change,
                "You name the first change: did the search never reconsider after it?",
            ),
            Twin(
                "the row instead of the step",
                _the_row,
                "You return a row of the record: which step is this row, when the record does not begin at 0?",
            ),
            Twin(
                "only cells never seen before",
                _never_seen_before,
                "You look for the last new cell: is going back to an earlier cell no change?",
            ),
            Twin(
                "the first time of the last cell",
                _first_of_the_last_cell,
                "You find where the last cell was wanted for the first time: was it wanted ever since?",
            ),
        ),
        hints=(
            "Compare every row with the row before it, and ask where the two differ.",
            "A change between two rows belongs to the later of them; take the last one, and think of runs without any.",
            "`np.diff` is not 0 where something changed, and its entry k compares rows k and k + 1.",
        ),
        harder="Return the share of the run that lay behind the last change, and compare it between your runs.",
    ),
)
