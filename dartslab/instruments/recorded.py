"""What a recorded search still tells: instruments computed from its record, and what is missing for the others.

Cost: no pass. No torch.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..genotype import Genotype
from ..space import SearchSpace
from .instrument import Instrument, Snapshot
from .table import INSTRUMENTS

PREFIX = "instrument."  # of the columns in which a record keeps what was measured


class Recorded(Protocol):
    """What is asked of a record; `run.Record` has it."""

    config: dict[str, Any]
    columns: dict[str, Any]

    @property
    def space(self) -> SearchSpace:
        """The space the search ran in."""

    def __len__(self) -> int: ...

    def weights(self, row: int) -> Mapping[str, np.ndarray]:
        """The mixing weights at a row, {kind: [E, O]}."""

    def genotype(self, row: int) -> Genotype:
        """What would have been derived at a row."""


class Found(NamedTuple):
    """What a record gives.

    Args:
        columns: {name, or "name.part": float [T], one number for each step; NaN where there is none}.
        missing: {name: why it is not there, and what to do}, for the other instruments.
    """

    columns: dict[str, np.ndarray]
    missing: dict[str, str]


def instruments_of(record: Recorded) -> Found:
    """What was measured while the search ran, and what can be computed from its record afterwards.

    Args:
        record: of a search.
    Raises:
        UserError: the record of a training.
    """
    space, steps = record.space, len(record)
    measured = {name.removeprefix(PREFIX): values for name, values in record.columns.items() if name.startswith(PREFIX)}
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in measured.items()}
    done = {name.partition(".")[0] for name in columns}
    left = [instrument for instrument in INSTRUMENTS.values() if instrument.name not in done]
    for row in range(steps):
        seen = Snapshot(space, record.weights(row), record.genotype(row))
        for instrument in left:
            for name, value in ({} if instrument.missing else instrument.measure(seen)).items():
                columns.setdefault(name, np.full(steps, np.nan))[row] = value
    known = {name.partition(".")[0] for name in columns}
    asked, due = record.config.get("instruments", ()), was_measured(record)
    reasons = {one.name: _why_missing(one, one.name in asked, due) for one in left if one.name not in known}
    return Found(columns, {name: f"{name} {reason}" for name, reason in reasons.items() if reason})


def _why_missing(instrument: Instrument, asked: bool, measured: bool) -> str:
    """Why a record has no column of an instrument, and what to do; "" where it may have one as soon as it has steps.

    Args:
        instrument: any.
        asked: whether the configuration names it.
        measured: see `was_measured`.
    """
    if instrument.undefined and (not instrument.missing or (asked and measured)):
        return f"is not defined: {instrument.undefined}."
    if instrument.missing and asked:
        return (
            "was not measured: the record ends before its first measurement; go on with the search, or search again "
            "with a smaller measure_every."
        )
    if instrument.missing:
        return f"was not measured: {instrument.missing}; search again with instruments=({instrument.name!r},)."
    return ""


def was_measured(record: Recorded) -> bool:
    """Whether the instruments that a record's configuration names were due in one of its steps.

    They are due every `measure_every` steps, or at the end of each epoch, and after the last step, which is validated.
    """
    if not len(record):
        return False
    every, epochs = record.config.get("measure_every", 0), np.asarray(record.columns["epoch"])
    regular = len(record) >= every if every else epochs[-1] > epochs[0]
    return bool(regular or np.isfinite(record.columns["val_loss"][-1]))
