"""The dots of TruthExplorer as a static picture."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from ..draw.style import COLORS, PASSIVE, QUIET, TEXT, plain_axes
from .kit.stills import MARKS, TONES

SHAPES = ("square", "diamond", "triangle", "circle")  # of the groups, as in truth_chart.js
HUNDREDTHS, TEN_THOUSANDTHS = 100, 10_000
WIDE = 9  # points from one sign to the next at the same cell


def draw_explorer(frame: Mapping[str, Any], data: Mapping[str, Any]) -> Figure:
    """All cells with their bars, the found ones with their seeds, the chosen one with its trainings.

    Args:
        frame: of `TruthExplorer`.
        data: of `explore`, with groups and marks.
    """
    figure = Figure(figsize=(10, 4.4), layout="constrained", facecolor="white")
    panel = figure.add_subplot()
    plain_axes(panel)
    scale = HUNDREDTHS if frame["measure"].endswith("accuracy") else TEN_THOUSANDTHS
    x, y, low, high = frame["x"], *([value / scale for value in frame[name]] for name in ("y", "low", "high"))
    if frame["bars"]:
        panel.vlines(x, low, high, color=PASSIVE, lw=0.6, alpha=0.5)
    colors = [COLORS[frame["operation"]] if lit == "1" else "white" for lit in frame["lit"]] or PASSIVE
    panel.scatter(x, y, s=14, c=colors, edgecolors=PASSIVE, linewidths=0.6, zorder=3)
    for mark in data["marks"]:
        tone = TONES[data["groups"].index(mark["group"]) % len(TONES)]
        panel.plot([x[one] for one in mark["trail"]], [y[one] for one in mark["trail"]], lw=0.9, color=tone)
    named = set()
    for sign in data["signs"]:
        group, place = sign["group"], sign["place"]
        shift = ScaledTranslation(WIDE * sign["aside"] / 72, 0, figure.dpi_scale_trans)
        look: dict[str, Any] = {"color": TONES[group % len(TONES)], "zorder": 4}
        label = None if group in named else f"found by {data['groups'][group]}, with its seed"
        named.add(group)
        panel.scatter([x[place]], [y[place]], s=42, marker=MARKS[SHAPES[group % len(SHAPES)]], label=label,
                      transform=panel.transData + shift, **look)  # fmt: skip
        at, away = (x[place], y[place]), (WIDE * sign["aside"] - 3, 6)
        panel.annotate(", ".join(map(str, sign["seeds"])), at, away, textcoords="offset points", fontsize=8, **look)
    trainings = data["measures"][frame["measure"]]["trainings"][frame["chosen"]["place"]]
    draw_chosen(panel, frame, [value / scale for value in trainings], x, y)
    columns = data["measures"][frame["measure"]]
    right = panel.get_xlim()[1]
    panel.errorbar([right], [columns["average"] / scale], yerr=[columns["within"] / scale], color=TONES[1], capsize=4,
                   label="standard deviation between the seeds of a cell")  # fmt: skip
    figure.legend(loc="outside lower center", ncols=3, fontsize=7, frameon=False, labelcolor=TEXT)
    panel.set_xlabel(frame["against"], fontsize=8, color=QUIET)
    unit = "%" if frame["measure"].endswith("accuracy") else "nats"
    panel.set_ylabel(f"{frame['measure']} in {unit}, {frame['way']}", fontsize=8, color=QUIET)
    told = " ".join(filter(None, (frame["best_words"], frame["brush"], frame["state"])))
    figure.suptitle(fill(told, 150), fontsize=8, color=TEXT)
    return figure


def draw_chosen(panel: Any, frame: Mapping[str, Any], trainings: list[float], x: list[float], y: list[float]) -> None:
    """A ring around the chosen cell, and a dash for each of its trainings."""
    place = frame["chosen"]["place"]
    panel.plot([x[place]] * len(trainings), trainings, "_", color=TEXT, markersize=9, zorder=5)
    panel.plot([x[place]] * 2, [min(trainings), max(trainings)], color=TEXT, lw=1.2, zorder=5)
    label = f"cell {frame['chosen']['number']}, chosen, with its {len(trainings)} trainings"
    look: dict[str, Any] = {"facecolors": "none", "edgecolors": TEXT, "linewidths": 1.4}
    panel.scatter([x[place]], [y[place]], s=90, zorder=6, label=label, **look)
