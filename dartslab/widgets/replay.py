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
from .kit.view import View
from .models.moments import changed_cells, changes, describe_moment, graph_svg, moment

NEEDED = ("data", "hypergradient", "seed", "nodes", "operations", "temperature")  # of a configuration
EXPORTED = 300  # moments of a run that an exported page holds


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
        self.notice = ""
        if self.rows < len(record):
            self.notice = (
                f"{self.title}: alpha is not finite (NaN) at step {self.steps[self.rows]}; shown are the "
                f"{self.rows} rows before it."
            )
        self.bookmarks = changes(record.columns["genotype"][: self.rows])

    def row(self, step: int) -> int:
        """The row whose step is nearest."""
        return int(np.abs(self.steps[: self.rows] - step).argmin())

    def frame(self, row: int) -> dict[str, Any]:
        """What is shown at a row."""
        columns = {name: values for name, values in self.record.columns.items() if values.ndim == 1}
        weights, genotype = self.record.weights(row), self.record.genotype(row)
        last = int(self.steps[-1])
        return moment(self.title, self.space, weights, columns, row, last, graph_svg(genotype), genotype)

    def bookmark_names(self) -> list[tuple[str, int]]:
        """(what changed, step) for each bookmark."""
        named = []
        for row in self.bookmarks:
            what = "first step" if row == 0 else changed_cells(self.record.genotype(row - 1), self.record.genotype(row))
            named.append((f"step {self.steps[row]}: {what}", int(self.steps[row])))
        return named

    def exported_rows(self) -> list[int]:
        """Rows of an exported page: evenly spread, with every bookmark that fits in."""
        rows = np.linspace(0, self.rows - 1, min(EXPORTED, self.rows)).round().astype(int).tolist()
        return sorted({*rows, *self.bookmarks[:EXPORTED]})


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

    MODULES = ("kit/run.js", "replay.js")
    EXPORTS = True
    PLAYS = "step"

    def __init__(self, record: Record | str | Path, other: Record | str | Path | None = None) -> None:
        self.tracks = [Track(record)] if other is None else [Track(record), Track(other)]
        if len(self.tracks) == 2 and self.tracks[0].title == self.tracks[1].title:
            for track, mark in zip(self.tracks, "AB", strict=True):
                track.title = f"{mark}: {track.title}"
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
        super().__init__({"step": step}, [[step], [self.bookmarks]])
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
        return stack([moment_png(run) for run in frame["runs"]])

    def page_data(self) -> dict[str, Any]:
        """Every moment that the page can show, made beforehand; graphs once."""
        graphs: list[str] = []
        moments = []
        for track in self.tracks:
            rows = track.exported_rows()
            frames = []
            for row in rows:
                frame = track.frame(row)
                frame["words"] = describe_moment(frame)
                if frame["graph"] not in graphs:
                    graphs.append(frame["graph"])
                frame["graph"] = graphs.index(frame["graph"])
                frames.append(frame)
            moments.append({"steps": [int(track.steps[row]) for row in rows], "frames": frames})
        notices = [track.notice for track in self.tracks if track.notice]
        return {"graphs": graphs, "moments": moments, "notices": notices, "bookmarks": list(self.bookmarks.options[1:])}

    def _name_step(self, change: Any) -> None:
        """Let the list of changes name the step that is shown, or none."""
        known = {step for _, step in self.bookmarks.options}
        self.bookmarks.value = change["new"] if change["new"] in known else 0

    def _go(self, change: Any) -> None:
        if change["new"]:
            self.controls["step"].value = change["new"]
