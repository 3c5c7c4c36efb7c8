"""Known wrong answers to `05.last_change`. Shapes: T rows of a record."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ....items import Twin
from ..answers import last_change
from ..cases import RECORDS, arguments_of_all, random_record

Array = np.ndarray


def rows_of_changes(genotypes: Array) -> Array:
    """The rows that differ from the one before."""
    return np.flatnonzero(np.diff(genotypes)) + 1


def at_row(choose: Callable[[Array], Any], changes: Callable[[Array], Array] = rows_of_changes) -> Any:
    """An answer that finds other changes, or chooses another row of them; the first step where there is none."""

    def answer(steps: Array, genotypes: Array) -> int:
        rows = changes(genotypes)
        return int(steps[choose(rows)]) if len(rows) else int(steps[0])

    return answer


def or_else(value: Callable[[Array], Any]) -> Any:
    """An answer that gives something else where nothing ever changes."""
    return lambda steps, genotypes: last_change(steps, genotypes) if np.ptp(genotypes) else value(steps)


def fail(steps: Array) -> int:
    """Wrong: the last of no changes."""
    return int(steps[np.zeros(0, dtype=int)[-1]])


def first_time_of_last(genotypes: Array) -> Array:
    """The first row of the last genotype, as one change."""
    return np.flatnonzero(genotypes == genotypes[-1])[:1]


@cache
def _has_no_change() -> list[bool]:
    """For each case, whether nothing ever changes in it."""
    return [not np.ptp(genotypes) for _, genotypes in arguments_of_all(RECORDS, random_record)]


def _differs_where_nothing_changes(pairs: list[tuple[Any, Any]]) -> bool:
    flat = _has_no_change()
    return len(flat) == len(pairs) and all(
        (got != wanted) == nothing for nothing, (wanted, got) in zip(flat, pairs, strict=True)
    )


TWINS = (
    Twin(
        "one step early",
        at_row(lambda rows: rows[-1] - 1),
        "You name the last step of the old cell: at which step is the new one there for the first time?",
    ),
    Twin(
        "the last change but one",
        at_row(lambda rows: rows[max(0, len(rows) - 2)]),
        "You name the last change but one: did the cell not change once more?",
    ),
    Twin(
        "the first change",
        at_row(lambda rows: rows[0]),
        "You name the first change: did the cell never change after it?",
    ),
    Twin(
        "the first change, one step early",
        at_row(lambda rows: rows[0] - 1),
        "You name the step before the first change: which change is asked for, and to which of two steps does it "
        "belong?",
    ),
    Twin(
        "the row instead of the step",
        lambda steps, genotypes: max(rows_of_changes(genotypes), default=0),
        "You return a row of the record: to which step does it belong if the record does not begin at step 0?",
    ),
    Twin(
        "the row before instead of the step",
        lambda steps, genotypes: max(np.flatnonzero(np.diff(genotypes)), default=0),
        "You return a place in the list of differences: which row of the record is that, and which step stands in it?",
    ),
    Twin(
        "rows counted from 1",
        lambda steps, genotypes: 1 + max(rows_of_changes(genotypes), default=0),
        "You count rows from 1 and take that for the step: where does it stand if the record begins later?",
    ),
    Twin(
        "only cells never seen before",
        lambda steps, genotypes: int(steps[np.unique(genotypes, return_index=True)[1].max()]),
        "You look for the last new cell: is going back to an earlier cell no change?",
    ),
    Twin(
        "the first time of the last cell",
        at_row(lambda rows: rows[0], first_time_of_last),
        "You find where the last cell appears for the first time: has it stayed ever since?",
    ),
    Twin(
        "only rising numbers",
        at_row(lambda rows: rows[-1], lambda genotypes: np.flatnonzero(np.diff(genotypes) > 0) + 1),
        "You only look for numbers that rise: are they sizes, or names of cells?",
    ),
    Twin(
        "only falling numbers",
        at_row(lambda rows: rows[-1], lambda genotypes: np.flatnonzero(np.diff(genotypes) < 0) + 1),
        "You only look for numbers that fall: are they sizes, or names of cells?",
    ),
    Twin(
        "the largest jump",
        at_row(lambda rows: rows[0], lambda genotypes: np.array([np.abs(np.diff(genotypes)).argmax() + 1])),
        "You look for the largest jump of the numbers: are they sizes, or names of cells?",
    ),
    Twin(
        "compared with the first cell",
        at_row(lambda rows: rows[-1], lambda genotypes: np.flatnonzero(genotypes != genotypes[0])),
        "Somewhere you compare a cell with the first of the record, as `np.roll` does at its end: with which must it "
        "be compared?",
    ),
    Twin(
        "last row not looked at",
        at_row(lambda rows: rows[-1], lambda genotypes: rows_of_changes(genotypes[:-1])),
        "A change in the very last row escapes you: where does your loop or slice end?",
    ),
    Twin(
        "first change not looked at",
        at_row(lambda rows: rows[-1], lambda genotypes: rows_of_changes(genotypes[1:]) + 1),
        "A change between the first two rows escapes you: with which row does your loop or slice begin?",
    ),
    Twin(
        "number of changes",
        lambda steps, genotypes: len(rows_of_changes(genotypes)),
        "You count the changes: at which step was the last of them?",
    ),
    Twin(
        "steps since then",
        lambda steps, genotypes: int(steps[-1]) - last_change(steps, genotypes),
        "You return for how long the cell has stayed the same: at which step did that begin?",
    ),
    Twin(
        "the cell instead of the step",
        lambda steps, genotypes: int(genotypes[-1]),
        "You return the number of a cell: at which step did it come?",
    ),
    Twin(
        "the last step",
        lambda steps, genotypes: int(steps[-1]),
        "You return the last step of the run: did the cell change there?",
    ),
    Twin(
        "all changes",
        lambda steps, genotypes: steps[rows_of_changes(genotypes)],
        "You return the steps of all changes: which of them is asked for?",
    ),
    Twin(
        "something else where nothing changes",
        or_else(lambda steps: int(steps[-1])),
        "You are right wherever the cell changes: what should the answer be where it never does?",
        shows=_differs_where_nothing_changes,
    ),
    Twin(
        "fails where nothing changes",
        or_else(fail),
        "There is no last entry in a list without entries: what should the answer be where the cell never changes?",
    ),
    Twin(
        "max of nothing",
        or_else(lambda steps: max([])),
        "There is no largest entry in a list without entries: what should the answer be where the cell never changes?",
    ),
)
