"""The charts of Collapse as a static picture."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ..draw.style import PASSIVE, QUIET, TEXT, plain_axes
from .kit.stills import TONES
from .models.collapse import RecordedSearch, head_of

DASHED = (0, (5, 3))
CHARTS: dict[str, dict[str, Any]] = {  # title: the curves in it with their lines
    "skips among the kept edges": {"skips": "solid"},
    "lambda_max of the Hessian in alpha": {"lambda_max": "solid"},
    "accuracy in %: — pictures of w, ╌ of alpha": {"train": "solid", "val": DASHED},
}
TENTHS = ("train", "val")  # curves in tenths of a percent
CHOSEN, THIN, WIDE = 1.2, 0.7, 2.6  # points


def draw_collapse(
    frame: Mapping[str, Any],
    searches: Mapping[str, Mapping[int, RecordedSearch]],
    variants: Mapping[str, Mapping[str, Any]],
    control: str,
) -> Figure:
    """What is kept, lambda_max and both accuracies over the steps.

    Args:
        frame: of `Collapse`.
        searches: {variant: {seed: search}}.
        variants: what is shown of each variant: label, means, notes.
        control: the variant in which nothing is changed; it is grey and has squares.
    """
    figure = Figure(figsize=(10, 3.6), layout="constrained", facecolor="white")
    groups = [(control, PASSIVE, "s"), (frame["variant"], TONES[0], "o")][: 1 + (frame["variant"] != control)]
    for panel, (title, curves) in zip(figure.subplots(1, 3), CHARTS.items(), strict=True):
        plain_axes(panel)
        for name, color, mark in groups:
            chosen = frame["seed"] if name == frame["variant"] else None
            for curve, dash in curves.items():
                draw_seeds(panel, searches[name], curve, chosen, {"color": color, "linestyle": dash})
                x, y = scaled(variants[name]["means"][curve], curve)
                label = None if dash == DASHED else variants[name]["label"]
                panel.plot(
                    x, y, color=color, linestyle=dash, lw=WIDE, marker=mark, markevery=[-1] if x else None, label=label
                )
            if set(curves) & set(variants[name]["notes"]):
                told = f"{variants[name]['label']}: not measured"
                panel.text(0.97, 0.03, told, fontsize=7, ha="right", transform=panel.transAxes)
        panel.axvline(frame["step"], color=TEXT, lw=0.8, ls=":")
        panel.set_title(title, fontsize=8, loc="left", color=TEXT)
        panel.set_xlabel("step", fontsize=8, color=QUIET)
        panel.set_xlim(0, None)
    figure.axes[0].set_ylim(-0.03, 1.03)
    figure.axes[0].legend(fontsize=7, frameon=False, labelcolor=TEXT)
    ends = variants[frame["variant"]]["notes"]["ends"]
    told = fill(frame["result"] + (f" {ends}." if ends else ""), 130)
    figure.suptitle(f"{head_of(frame)}\n{told}", fontsize=8, color=TEXT)
    return figure


def draw_seeds(
    panel: Any, searches: Mapping[int, RecordedSearch], curve: str, chosen: int | None, look: Mapping[str, Any]
) -> None:
    """A thin line for each seed, the chosen one in full strength; a cross where a method stopped a search early."""
    for seed, one in searches.items():
        x, y = scaled(one.curves()[curve], curve)
        panel.plot(x, y, lw=CHOSEN if seed == chosen else THIN, alpha=1.0 if seed == chosen else 0.45, **look)
        if one.stopped and x:
            panel.plot(x[-1], y[-1], "x", color=look["color"], markersize=5)


def scaled(line: list[list[float]], curve: str) -> tuple[list[float], Any]:
    """Steps and numbers of a curve, accuracies in percent."""
    x, y = line
    return x, np.array(y) / (10 if curve in TENTHS else 1)
