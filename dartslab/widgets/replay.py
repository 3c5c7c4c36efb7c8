"""Replay: scrub through recorded runs, one or two side by side, with bookmarks where the derived cell changes."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np

from ..run.record import Record
from .kit.choices import Dropdown
from .kit.stills import moment_png, stack
from .kit.view import RUN_MODULES, RUN_STYLES, View
from .models.measured import UNDECIDED
from .models.moments import describe_moment
from .models.track import Track

EXPORTED = 300  # moments of a run that an exported page holds
CHANGING = ("weights", "kept", "entropy", "margin")  # what is not the same of a cell at every step


class Replay(View):
    """Scrub through a recorded search; a second one can stand beside it.

        Replay(Record.load("runs/a"))
        Replay("runs/a", "runs/b")
        Replay(panel.record)

    Where instruments measured something, a list chooses what the lowest curve shows. The state is the step, this choice
    and a fingerprint of the records, so it opens only on the same ones.

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
        self.bookmarks = Dropdown(
            options=[("choose a change", 0), *sorted(named, key=lambda pair: pair[1])],
            description="go to",
        )
        self.bookmarks.observe(self._go, "value")
        step.observe(self._name_step, "value")
        whole = [track.whole() for track in self.tracks]
        curve = curve_choice([name for run in whole for name in run["instruments"]])
        controls = {"step": step} | ({"curve": curve} if len(curve.options) > 1 else {})
        super().__init__(controls, [[step, self.bookmarks, *list(controls.values())[1:]]], {"whole": whole})
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
        runs = [track.frame(track.row(step)) for track in self.tracks]
        return {"step": step, "curve": settings.get("curve", UNDECIDED), "notices": notices, "runs": runs}

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


def curve_choice(names: Iterable[str]) -> ipywidgets.Dropdown:
    """The list of curves: how undecided the edges are, and what instruments of these names measured."""
    named = [(name.replace("_", " "), name) for name in dict.fromkeys((UNDECIDED, *names))]
    return Dropdown(options=named, value=UNDECIDED, description="curve")
