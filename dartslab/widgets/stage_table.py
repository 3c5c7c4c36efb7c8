"""An experiment's folder at one moment, as JSON-able columns and in words: what ExperimentPanel shows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ..experiment import Experiment
from ..graph import TEXT
from ..lock import holder
from ..record import CONFIG, Record
from ..stages import Stage, stages
from .runs import curves, graph_svg, left, moment
from .stills import lines, moment_png, png, stack

STATES = ("waiting", "begun", "running", "done")


def stage_rows(experiment: Experiment, out: Path, steps: Mapping[str, int], records: Mapping[str, Record]) -> list[Any]:
    """One row for each stage: name, state (one of `STATES`), step, steps (None: not known yet), result in words.

    Args:
        experiment: what was asked for.
        out: its folder.
        steps: {name of a stage: all its steps}, as far as known.
        records: of the stages that have one.
    """
    rows = []
    for stage in stages(experiment):
        result, record = stage.result(out), records.get(stage.name)
        state = "waiting" if record is None else "running" if holder(out / stage.name) else "begun"
        rows.append(
            {
                "name": stage.name,
                "state": "done" if result is not None else state,
                "step": len(record) if record else 0,
                "steps": result["steps"] if result else steps.get(stage.name),
                "result": outcome(stage, result),
            }
        )
    return rows


def outcome(stage: Stage, result: Mapping[str, Any] | None) -> str:
    """What a finished stage measured, and on what; empty for one that is not finished."""
    if result is None:
        return ""
    # What is called test in a choice is the half of the training set that alpha learned from.
    where = "test set" if stage.kind == "evaluation" else "validation half"
    return f"{100 * result['accuracy']:.1f} % on the {where}"


def read_records(experiment: Experiment, out: Path, known: dict[str, tuple[int, Record]]) -> dict[str, Record]:
    """The records of all stages that have one; those that did not change since are taken from `known`."""
    found = {}
    for stage in stages(experiment):
        path = out / stage.name / CONFIG  # written last
        if not path.is_file():
            continue
        written = path.stat().st_mtime_ns
        if known.get(stage.name, (None,))[0] != written:
            known[stage.name] = (written, Record.load(path.parent))
        found[stage.name] = known[stage.name][1]
    return found


def shown_run(name: str, record: Record, steps: int | None) -> dict[str, Any] | None:
    """A run as it stands: a search as in SearchPanel, a training as its curves; None before its first step."""
    rows = len(record)
    if not rows:
        return None
    columns, whole = record.columns, steps or int(record.columns["step"][-1])
    if record.kind == "search":
        numbers = {key: values for key, values in columns.items() if values.ndim == 1}
        graph = graph_svg(record.genotype())
        return moment(name, record.space, record.weights(), numbers, rows - 1, whole, graph)
    return {"title": name, "step": int(columns["step"][-1]), "steps": whole, "curves": curves(columns, rows)}


def time_left(record: Record | None, steps: int | None) -> str:
    """What the stage that runs will still take, by what its steps took so far; empty where that is not known."""
    if record is None or not len(record) or steps is None:
        return ""
    per_step = float(record.columns["seconds"][-1]) / len(record)
    return left(per_step * max(0, steps - len(record)))


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
