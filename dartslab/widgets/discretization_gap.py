"""DiscretizationGap: what the supernet loses when its mixture is made discrete, stage by stage."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from ..draw.figures import alpha_heatmap
from ..draw.style import QUIET, TEXT
from ..space import SearchSpace
from .kit.choices import Dropdown
from .kit.stills import TONES, kept_entries, lines, png, stack
from .kit.view import View
from .models.gap import check_columns, gap_columns
from .models.moments import cell_tables

if TYPE_CHECKING:
    from ..run.search_state import SearchState


class DiscretizationGap(View):
    """Sharpen the mixture, or drop operations one by one, and see the supernet's accuracy at every stage.

        DiscretizationGap(state)
        DiscretizationGap(state, derived_accuracy=0.84)

    The supernet is not trained between the stages. Its accuracy is not the result of a search: the derived cell is
    trained from scratch, and `derived_accuracy` shows that result.

    Args:
        search: a `SearchState` that has run for some steps, or the columns of `gap.gap_columns`.
        pictures: of the validation half that are classified at each stage.
        derived_accuracy: of the derived cell trained from scratch, 0 to 1, if it is known.
    Raises:
        UserError: neither a search nor columns, or no picture.
    """

    MODULES = ("discretization_gap.js",)

    def __init__(
        self,
        search: "SearchState | dict[str, Any]",
        pictures: int = 256,
        derived_accuracy: float | None = None,
    ) -> None:
        measured: Any = search
        if hasattr(search, "arch"):
            measured = gap_columns(measured, pictures, derived_accuracy)
        self.columns = check_columns(measured)
        self.space = SearchSpace(**self.columns["space"])
        path = Dropdown(
            options=[("sharpen: the temperature falls", "sharpen"), ("drop: the weakest operation first", "drop")],
            description="way",
        )
        self._stage = ipywidgets.IntSlider(0, 0, len(self.columns["paths"]["sharpen"]) - 1, description="stage")
        path.observe(self._new_path, "value")
        super().__init__({"path": path, "stage": self._stage}, [[path, self._stage]])
        self.ready()

    def _new_path(self, change: Any) -> None:
        last = len(self.columns["paths"][change["new"]]) - 1
        self._stage.value = min(self._stage.value, last)
        self._stage.max = last

    @property
    def fingerprint(self) -> str:
        """Eight digits that identify these columns."""
        return sha256(json.dumps(self.columns, sort_keys=True).encode()).hexdigest()[:8]

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Accuracies of the chosen way, and the tables of the chosen stage."""
        found = self.columns["paths"][settings["path"]]
        number = min(settings["stage"], len(found) - 1)
        stage = found[number]
        x = list(range(len(found)))
        curve = {"name": "supernet", "x": x, "y": [100 * s["accuracy"] for s in found], "tone": 0, "mark": "circle"}
        curves = [curve | {"dash": None}]
        derived = self.columns["derived_accuracy"]
        if derived is not None:
            curves.append(
                {"name": "trained from scratch", "x": [x[0], x[-1]], "y": [100 * derived] * 2}
                | {"tone": 1, "dash": "6 3", "mark": None}
            )
        cells = cell_tables(self.space, {kind: np.array(table) for kind, table in stage["weights"].items()})
        for cell in cells:  # Every stage marks what the last stage keeps, so ties of rounded weights do not matter.
            cell["kept"] = np.argwhere(np.array(found[-1]["weights"][cell["kind"]]) > 0).tolist()
        loss = {"name": "supernet", "x": x, "y": [s["loss"] for s in found], "tone": 0, "dash": None, "mark": "circle"}
        return {
            "path": settings["path"],
            "stage": number,
            "names": [s["name"] for s in found],
            "accuracy": curves,
            "loss": [loss],
            "cells": cells,
            "words": self._words(found, number),
        }

    def describe(self, frame: dict[str, Any]) -> str:
        """The stage and what it costs."""
        return frame["words"]

    def _words(self, found: list[dict[str, Any]], number: int) -> str:
        stage, first = found[number], found[0]
        points = 100 * (stage["accuracy"] - first["accuracy"])
        derived = self.columns["derived_accuracy"]
        known = "" if derived is None else f"; the derived cell, trained from scratch, reached {100 * derived:.1f} %"
        right = f"the supernet classifies {100 * stage['accuracy']:.1f} %"
        return (
            f"stage {number} of {len(found) - 1}, {stage['name']}: {right} "
            f"of {self.columns['pictures']} validation pictures, {points:+.1f} percentage points from the mixture's "
            f"{100 * first['accuracy']:.1f} %; mean entropy {stage['entropy']:.2f} nats, {stage['left']} operations "
            f"have a weight{known}"
        )

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """Accuracy over the stages, and the tables of this one."""
        figure = Figure(figsize=(9, 2.8), layout="constrained", facecolor="white")
        panel = figure.subplots()
        lines(panel, frame["accuracy"])
        panel.axvline(frame["stage"], color=QUIET, linestyle=":")
        panel.set_xticks(range(len(frame["names"])), frame["names"], rotation=30, ha="right", fontsize=8)
        panel.set_ylabel("accuracy (%)", fontsize=8)
        panel.plot([frame["stage"]], [frame["accuracy"][0]["y"][frame["stage"]]], "o", color=TONES[0], markersize=9)
        panel.set_title(f"{frame['path']}: {frame['names'][frame['stage']]}", fontsize=10, loc="left", color=TEXT)
        weights = {cell["kind"]: np.array(cell["weights"]) for cell in frame["cells"]}
        kept = {cell["kind"]: kept_entries(cell) for cell in frame["cells"]}
        return stack([png(figure), png(alpha_heatmap(self.space, weights, kept=kept))])
