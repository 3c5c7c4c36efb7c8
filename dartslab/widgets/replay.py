"""Replay: scrub through recorded runs, one or two side by side, with bookmarks where the derived cell changes."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np

from ..base.messages import require
from ..run.record import NUMBERS, Record
from .kit.stills import moment_png, stack
from .kit.view import RUN_MODULES, RUN_STYLES, View
from .models.moments import changed_cells, changes, curves, describe_moment, moment
from .models.search_history import SearchHistory, Since, edges_since, verdict

NEEDED = ("data", "hypergradient", "seed", "nodes", "operations", "temperature")  # of a configuration
EXPORTED = 300  # moments of a run that an exported page holds
CHANGING = ("weights", "kept", "entropy", "margin")  # what is not the same of a cell at every step
LOOKED_AT = 1000  # rows of a run that are looked at for changes of an edge


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
    steps, heat = np.asarray(record.columns["step"]), np.asarray(record.columns.get("temperature", 1.0))
    require(
        bool(np.isfinite(steps).all() and (np.diff(steps) > 0).all()),
        f"the steps in the record do not count up; {damage}",
    )
    require(not (heat <= 0).any(), f"the record holds a temperature of 0 or less; {damage}")
    known = np.isin(record.columns.get("genotype", -1), range(len(record.genotypes)))
    require(bool(known.all()), f"the record does not hold the genotype of every step; {damage}")


class Track:
    """One recorded search, ready to be shown at any step; pure columns.

    Args:
        record: of a search, or the folder of one.
        title: stands above it.
    Attributes:
        notice: what is wrong with a part of the record, or "".
        rows: how many rows can be shown.
    Raises:
        UserError: no record, one of training, an empty or a damaged one, one without a finite step.
    """

    def __init__(self, record: Record | str | Path, title: str = "") -> None:
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
        last = int(self.steps[-1])
        ends = [int(self.steps[0]), int(self.steps[self.rows - 1])]
        return {"ends": ends, "steps": last, "curves": self.curves(self.rows - 1), **self.past.shown(last)}

    def curves(self, row: int) -> dict[str, Any]:
        """Losses and accuracies up to a row."""
        return curves(self._numbers, row + 1)

    def frame(self, row: int) -> dict[str, Any]:
        """What is shown at a row."""
        weights, last = self.record.weights(row), int(self.steps[-1])
        since = next(since for seen, since in reversed(self._since) if seen <= row)
        said = verdict(self.space, since, int(self.steps[0]), int(self.steps[row]), last, weights)
        shown = moment(self.title, self.space, weights, self._numbers, row, last, self.record.genotype(row))
        return shown | {"verdict": said, "since": edges_since(self.space, since)}

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


class Replay(View):
    """Scrub through a recorded search; a second one can stand beside it.

        Replay(Record.load("runs/a"))
        Replay("runs/a", "runs/b")
        Replay(panel.record)

    Its state is the step and a fingerprint of the records, so it opens only on the same ones.

    Args:
        record: a `Record` of a search, or its folder.
        other: a second one.
    Raises:
        UserError: no record of a search, an empty one, one of another version, one without a finite step.
    """

    MODULES = (*RUN_MODULES, "replay.js")
    STYLES = RUN_STYLES
    EXPORTS = True
    PLAYS = "step"

    def __init__(self, record: Record | str | Path, other: Record | str | Path | None = None) -> None:
        self.tracks = [Track(record)] if other is None else [Track(record), Track(other)]
        if len(self.tracks) == 2:
            for track, mark in zip(self.tracks, "AB", strict=True):
                track.title, track.mark = f"{mark}: {track.title}", f"{mark}, "
        last = max(int(track.steps[track.rows - 1]) for track in self.tracks)
        first = min(int(track.steps[0]) for track in self.tracks)
        step = ipywidgets.IntSlider(last, first, last, description="step")
        named = [pair for track in self.tracks for pair in track.bookmark_names()]
        self.bookmarks = ipywidgets.Dropdown(
            options=[("choose a change", 0), *sorted(named, key=lambda pair: pair[1])],
            description="go to",
        )
        self.bookmarks.observe(self._go, "value")
        step.observe(self._name_step, "value")
        whole = [track.whole() for track in self.tracks]
        super().__init__({"step": step}, [[step, self.bookmarks]], {"whole": whole})
        self.ready()

    @property
    def fingerprint(self) -> str:
        """Eight digits that identify these records."""
        digest = sha256()
        for track in self.tracks:
            digest.update(track.steps.tobytes())
            for kind in track.space.kinds:
                digest.update(np.ascontiguousarray(track.record.alpha(kind)).tobytes())
        return digest.hexdigest()[:8]

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """All records at one step."""
        step = settings["step"]
        notices = [track.notice for track in self.tracks if track.notice]
        return {"step": step, "notices": notices, "runs": [track.frame(track.row(step)) for track in self.tracks]}

    def describe(self, frame: Mapping[str, Any]) -> str:
        """Each run in words."""
        return ". ".join([*frame["notices"], *map(describe_moment, frame["runs"])])

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The runs one below the other."""
        rows = [track.row(run["step"]) for track, run in zip(self.tracks, frame["runs"], strict=True)]
        pasts = [track.curves(row) for track, row in zip(self.tracks, rows, strict=True)]
        return stack([moment_png(run | {"curves": past}) for run, past in zip(frame["runs"], pasts, strict=True)])

    def page_data(self) -> dict[str, Any]:
        """Every moment that the page can show, made beforehand."""
        moments = []
        for track in self.tracks:
            rows = track.spread_rows(EXPORTED)
            frames = [track.frame(row) for row in rows]
            cells = [{name: cell[name] for name in cell.keys() - CHANGING} for cell in frames[0]["cells"]]
            for frame in frames:
                frame["words"] = describe_moment(frame)
                frame["cells"] = [{name: cell[name] for name in CHANGING} for cell in frame["cells"]]
            moments.append({"steps": [int(track.steps[row]) for row in rows], "cells": cells, "frames": frames})
        notices = [track.notice for track in self.tracks if track.notice]
        whole = super().page_data()
        return {**whole, "moments": moments, "notices": notices, "bookmarks": list(self.bookmarks.options[1:])}

    def _name_step(self, change: Any) -> None:
        """Let the list of changes name the step that is shown, or none."""
        known = {step for _, step in self.bookmarks.options}
        self.bookmarks.value = change["new"] if change["new"] in known else 0

    def _go(self, change: Any) -> None:
        if change["new"]:
            self.controls["step"].value = change["new"]
