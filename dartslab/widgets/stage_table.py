"""ExperimentPanel's frame in words and as a picture."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from ..graph import TEXT
from .stills import lines, moment_png, png, stack

STATES = ("waiting", "begun", "running", "done")


def in_words(frame: Mapping[str, Any]) -> str:
    """The table in words."""
    counted = [f"{sum(row['state'] == state for row in frame['rows'])} {state}" for state in STATES]
    told = [
        f"{row['name']} {row['state']}"
        + (f" at step {row['step']} of {row['steps'] or 'unknown'}" if row["state"] in ("begun", "running") else "")
        + (f", {row['result']}" if row["result"] else "")
        for row in frame["rows"]
        if row["state"] != "waiting"
    ]
    return ". ".join([f"{frame['status']}, {frame['note']}", f"stages: {', '.join(counted)}", *told])


def table_png(frame: Mapping[str, Any]) -> bytes:
    """The table as a picture, with the shown run below."""
    rows = [
        [row["name"], row["state"], f"{row['step']} of {row['steps'] or '?'}", row["result"]] for row in frame["rows"]
    ]
    figure = Figure(figsize=(9, 0.27 * len(rows) + 0.9), layout="constrained", facecolor="white")
    panel = figure.subplots()
    panel.set_axis_off()
    panel.set_title(f"{frame['status']} · {frame['note']}", fontsize=10, loc="left", color=TEXT)
    table = panel.table(rows, colLabels=["stage", "state", "steps", "result"], loc="upper left", cellLoc="left")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    pictures = [png(figure)]
    run = frame["run"]
    if run and "cells" in run:
        pictures.append(moment_png(run))
    elif run:
        figure = Figure(figsize=(9, 2.6), layout="constrained", facecolor="white")
        for axes, what in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
            lines(axes, run["curves"][what])
            axes.set_title(f"{run['title']}: {what}", fontsize=10, loc="left", color=TEXT)
            axes.set_xlabel("step", fontsize=8)
        pictures.append(png(figure))
    return stack(pictures)
