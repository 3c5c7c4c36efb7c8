"""A recorded search that can be shown at any step, as JSON-able columns."""

from pathlib import Path
from typing import Any

import numpy as np

from ...base.messages import require
from ...run.record import NUMBERS, Record
from .measured import instrument_curves, last_numbers
from .moments import changed_cells, changes, curves, moment
from .search_history import SearchHistory, Since, edges_since, verdict

NEEDED = ("data", "hypergradient", "seed", "nodes", "operations", "temperature")  # of a configuration
LOOKED_AT = 1000  # rows of a record, at most, in which changes of an edge are looked for


def check_whole(record: Record) -> None:
    """Raise `UserError` unless the record of a search has all that is shown of it, one entry for each step."""
    damage = "the record is damaged, replay another one."
    lacking = [name for name in NEEDED if name not in record.config]
    require(not lacking, f"the configuration in the record lacks {', '.join(lacking)}; {damage}")
    for name in ("genotype", *NUMBERS):
        column = np.asarray(record.columns.get(name, np.zeros(len(record))))
        require(
            column.shape == (len(record),) and column.dtype.kind in "iuf",
            f"column {name!r} of the record does not hold one number for each of its {len(record)} steps; {damage}",
        )
    steps, temperatures = np.asarray(record.columns["step"]), np.asarray(record.columns.get("temperature", 1.0))
    require(
        bool(np.isfinite(steps).all() and (np.diff(steps) > 0).all()),
        f"the steps in the record do not count up; {damage}",
    )
    require(not (temperatures <= 0).any(), f"the record holds a temperature of 0 or less; {damage}")
    known = np.isin(record.columns.get("genotype", -1), range(len(record.genotypes)))
    require(bool(known.all()), f"the record does not hold the genotype of every step; {damage}")


class Track:
    """One recorded search, ready to be shown at any step; pure columns.

    Args:
        record: of a search, or the folder of one.
        title: stands above it.
        length: steps of the whole search, of which these may be the first; those of the record where None.
    Attributes:
        notice: what is wrong with a part of the record, or "".
        rows: how many rows can be shown.
        mark: begins the names of its bookmarks, where several searches are shown together.
    Raises:
        UserError: no record, one of training, an empty or a damaged one, one without a finite step.
    """

    def __init__(self, record: Record | str | Path, title: str = "", length: int | None = None) -> None:
        record = Record.load(record) if isinstance(record, str | Path) else record
        require(
            isinstance(record, Record),
            f"a {type(record).__name__} cannot be replayed; pass a Record, the folder of a run, or a panel's `record`.",
        )
        require(record.kind == "search", "this is a record of training; Replay shows searches, draw it instead.")
        require(len(record) > 0, "the record is empty, so there is nothing to replay; run at least one step.")
        check_whole(record)
        self.record, self.space = record, record.space
        self._numbers = {name: values for name, values in record.columns.items() if values.ndim == 1}
        self.title = title or f"{record.config['data']}, {record.config['hypergradient']}, seed {record.config['seed']}"
        shape = (len(record), len(self.space.edges), len(self.space.operations))
        finite = np.ones(len(record), dtype=bool)
        for kind in self.space.kinds:
            table = np.asarray(record.alpha(kind))
            require(
                table.shape == shape,
                f"alpha of kind {kind!r} has shape {table.shape} in the record, its configuration says {shape}; the "
                "record is damaged, replay another one.",
            )
            finite &= np.isfinite(table).all(axis=(1, 2))
        self.rows = len(record) if finite.all() else int(finite.argmin())
        self.steps = np.asarray(record.columns["step"])
        self.length = max(length or 0, int(self.steps[-1]))
        require(self.rows > 0, "alpha is not finite (NaN) from the first step on; replay another record.")
        self.notice, self.mark = "", ""
        if self.rows < len(record):
            self.notice = (
                f"{self.title}: alpha is not finite (NaN) at step {self.steps[self.rows]}; shown are the "
                f"{self.rows} rows before it."
            )
        self.bookmarks = changes(record.columns["genotype"][: self.rows])
        self.past = SearchHistory(self.space)
        self._since: list[tuple[int, Since]] = []
        for row in self.spread_rows(LOOKED_AT):
            self.past.add(int(self.steps[row]), record.weights(row), record.genotype(row))
            self._since.append((row, self.past.since))

    def row(self, step: int) -> int:
        """The row whose step is nearest."""
        return int(np.abs(self.steps[: self.rows] - step).argmin())

    def whole(self) -> dict[str, Any]:
        """What is drawn over all steps."""
        ends = [int(self.steps[0]), int(self.steps[self.rows - 1])]
        return {
            "ends": ends,
            "steps": self.length,
            "curves": self.curves(self.rows - 1),
            "instruments": instrument_curves(self._numbers, self.rows),
            **self.past.shown(self.length),
        }

    def curves(self, row: int) -> dict[str, Any]:
        """Losses and accuracies up to a row."""
        return curves(self._numbers, row + 1)

    def frame(self, row: int) -> dict[str, Any]:
        """What is shown at a row."""
        weights, length = self.record.weights(row), self.length
        since = next(since for seen, since in reversed(self._since) if seen <= row)
        said = verdict(self.space, since, int(self.steps[0]), int(self.steps[row]), length, weights)
        shown = moment(self.title, self.space, weights, self._numbers, row, length, self.record.genotype(row))
        measured = last_numbers(self._numbers, row + 1)
        return shown | {"verdict": said, "since": edges_since(self.space, since), "measured": measured}

    def bookmark_names(self) -> list[tuple[str, int]]:
        """(what changed, step) for each bookmark."""
        named = []
        for row in self.bookmarks:
            what = "first step" if row == 0 else changed_cells(self.record.genotype(row - 1), self.record.genotype(row))
            named.append((f"{self.mark}step {self.steps[row]}: {what}", int(self.steps[row])))
        return named

    def spread_rows(self, count: int) -> list[int]:
        """About so many rows, evenly spread, with every bookmark that fits in."""
        rows = np.linspace(0, self.rows - 1, min(count, self.rows)).round().astype(int).tolist()
        return sorted({*rows, *self.bookmarks[:count]})
