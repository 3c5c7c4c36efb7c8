"""What a recorded search still tells: instruments computed from its record, and what is missing for the others.

Cost: no pass. No torch.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..genotype import Genotype
from ..space import SearchSpace
from .instrument import Snapshot
from .table import INSTRUMENTS

PREFIX = "instrument."  # of the columns in which a record keeps what was measured


class Recorded(Protocol):
    """What is asked of a record; `run.Record` has it."""

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
    missing = {
        one.name: f"{one.name} was not measured: {one.missing}; search again with instruments=({one.name!r},)."
        for one in left
        if one.missing
    }
    known = {name.partition(".")[0] for name in columns}
    missing |= {
        one.name: f"{one.name} is not defined: {one.undefined}."
        for one in left
        if one.undefined and one.name not in known
    }
    return Found(columns, missing)
