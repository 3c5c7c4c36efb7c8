"""Exercises of lesson 05: a live search."""

import numpy as np

from ..exercise import Exercise, Twin


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


def _random(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    rows = int(rng.integers(2, 12))
    return int(rng.integers(1, 50)) + np.arange(rows), rng.integers(0, 3, size=rows)


EXERCISES = (
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
        random=_random,
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
        harder="Return the share of the run that lay behind the last change, and compare it between the two searches.",
    ),
)
