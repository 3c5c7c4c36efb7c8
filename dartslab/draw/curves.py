"""What changes over the steps of a run, as curves: mixing weights, losses, accuracies. No pyplot, as in `figures`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..derive import kept_entries, top_k_mask
from ..genotype import Genotype
from ..space import INPUTS, SearchSpace
from .style import COLORS, FIGURE_FONT, QUIET, STYLES, TEST, TEXT, TRAIN, VALIDATION, plain_axes, title_of
from .words import measurements, mixing_history

POINTS = 300  # drawn per curve of alpha


def alpha_curves(
    space: SearchSpace, alpha: Any, kind: str, genotype: Genotype | None = None, weights: Any = None
) -> Figure:
    """How the mixing weights of every edge moved: one panel per edge, rows by node, columns by where the edge starts.

    Args:
        space: names panels and lines.
        alpha: the history of raw alpha, [T, E, O].
        kind: the kind of cell it belongs to; in the title.
        genotype: what is derived at the end; what `top_k` keeps where None.
        weights: the history of the mixing weights, [T, E, O], as a record keeps them; the softmax of alpha where None.
    Raises:
        UserError: a kind the space lacks, a shape that does not fit the space, no step, or values not finite.
    """
    history = mixing_history(space, alpha, kind, weights)
    rule = "kept by top-2" if genotype is None else "kept"
    kept = top_k_mask(space, history[-1]) if genotype is None else kept_entries(space, genotype.cells[kind])
    shown = np.unique(np.linspace(0, len(history) - 1, min(POINTS, len(history))).round().astype(int))
    columns, title = max(space.nodes + 1, 3), title_of(kind, space.tied)
    figure = Figure(figsize=(2.1 * columns, 1.5 * space.nodes + 1), layout="constrained", facecolor="white")
    figure.suptitle(f"mixing weights of the {title} (✓ {rule})", fontsize=11, color=TEXT, family=FIGURE_FONT)
    panels = figure.subplots(space.nodes, columns, sharex=True, sharey=True, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    for row, edge in enumerate(space.edges):
        panel = panels[edge.target - INPUTS, edge.source]
        panel.set_axis_on()
        plain_axes(panel)
        for column, operation in enumerate(space.operations):
            panel.plot(
                shown + 1, history[shown, row, column], marker="." if len(shown) == 1 else "", **_line(operation)
            )
        winner = "".join(f"  ✓ {space.operations[column]}" for column in np.flatnonzero(kept[row]))
        panel.set_title(f"{edge.name}{winner}", fontsize=8, color=TEXT, family=FIGURE_FONT)
        if edge.target == space.nodes + 1:
            panel.set_xlabel("step", fontsize=8)
    panels[0, 0].set_ylim(0, 1.05 * float(history.max()))
    panels[0, columns - 1].legend(
        handles=[Line2D([], [], **_line(operation)) for operation in space.operations],
        labels=list(space.operations),
        loc="center",
        fontsize=8,
        frameon=False,
        handlelength=3,
        labelcolor=TEXT,
    )
    return figure


def _line(operation: str) -> dict[str, Any]:
    style = STYLES[operation]
    width = 2.6 if style == "bold" else 1.5
    return {"color": COLORS[operation], "linestyle": "solid" if style == "bold" else style, "linewidth": width}


def loss_curves(columns: Mapping[str, Any]) -> Figure:
    """Loss and accuracy over the steps of a run, from a record's columns.

    Training is measured on one batch per step: every value faintly, their running mean strongly. Validation has
    markers, the test set, measured once, a horizontal line.

    Args:
        columns: "step" and some of "train_loss", "train_accuracy", "val_loss", ..., "test_accuracy"; see
            `measurements`.
    Raises:
        UserError: no step, nothing measured, a column of another length, an accuracy outside 0 to 1.
    """
    found = measurements(columns)
    figure = Figure(figsize=(9, 3.4), layout="constrained", facecolor="white")
    handles: dict[str, Any] = {}
    for panel, what in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        plain_axes(panel)
        panel.set_title(what, fontsize=10, loc="left", color=TEXT)
        panel.set_xlabel("step", fontsize=9)
        panel.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        panel.set_ylabel("nats" if what == "loss" else "%", fontsize=9)
        scale = 1 if what == "loss" else 100
        if f"train_{what}" in found:
            steps, values = found[f"train_{what}"]
            window = max(1, len(values) // 30)
            if window > 1:
                (handles["training, each step"],) = panel.plot(steps, scale * values, color=TRAIN, alpha=0.25, lw=0.8)
            label = f"training{', running mean' * (window > 1)}"
            mark = "." if len(values) < 20 else ""
            (handles[label],) = panel.plot(
                steps, scale * running_mean(values, window), color=TRAIN, lw=1.8, marker=mark
            )
        if f"val_{what}" in found:
            steps, values = found[f"val_{what}"]
            look: dict[str, Any] = {"marker": "o", "markersize": 4.5, "markevery": max(1, len(values) // 30)}
            (handles["validation"],) = panel.plot(steps, scale * values, "--", color=VALIDATION, lw=1.4, **look)
        if f"test_{what}" in found:
            value = scale * found[f"test_{what}"][1][-1]
            handles["test"] = panel.axhline(value, color=TEST, linestyle=":", linewidth=2)
            text = f"test {value:.3f} nats" if what == "loss" else f"test {value:.1f} %"
            panel.set_title(text, fontsize=9, loc="right", color=TEXT)
        if not any(name.endswith(what) for name in found):
            panel.set(xticks=[], yticks=[], xlabel="", ylabel="")
            panel.text(0.5, 0.5, "not measured", transform=panel.transAxes, ha="center", color=QUIET)
    figure.legend(
        handles=list(handles.values()),
        labels=list(handles),
        loc="outside lower center",
        ncols=len(handles),
        frameon=False,
        fontsize=9,
        labelcolor=TEXT,
    )
    return figure


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Centred mean over `window` values, over those that exist at the ends; same length."""
    kernel = np.ones(window)
    return np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")
