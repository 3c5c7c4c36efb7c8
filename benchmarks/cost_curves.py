"""How the cost of a search step grows: with nodes, convolutions, channels, cells and batch.

    python benchmarks/cost_curves.py --save       measure, keep, draw figures/cost_curves.png
    python benchmarks/cost_curves.py --draw       draw what was measured

One quantity varies, the others stay at the lesson's size: 3 nodes, 4 convolutions and 4 other operations on every edge,
4 channels, 3 cells, batch 64, 16x16. A curve's exponent p is the slope of log cost against log size, by least squares:
cost ~ size^p. Costs are processor time, which other work on the machine disturbs least, and bytes kept by the weight
pass. Each cell has processes of its own; a point is the median. The ratios are reference over fused, at the largest
size of each curve.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import tyro
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dartslab.draw.picture import save_figure
from measure import RESULTS, ROOT, Options, Result, median, run, spread
from subject import Subject

CONVOLUTIONS = ("sep_conv_3x3", "dil_conv_3x3", "sep_conv_5x5", "dil_conv_5x5")
OTHERS = ("none", "max_pool_3x3", "avg_pool_3x3", "skip_connect")
CURVES: dict[str, tuple[int, ...]] = {
    "nodes": (1, 2, 3, 4, 5, 6),
    "convolutions": (1, 2, 3, 4),
    "channels": (2, 4, 8, 16, 32),
    "cells": (3, 6, 9, 12),
    "batch": (16, 32, 64, 128),
}
CELLS = {"reference": ("o", "--"), "fused": ("s", "-")}  # marker and line


@dataclass(frozen=True)
class Curves(Options):
    """Measure or draw curves.

    Args:
        draw: draw only.
        points: of each curve, the first so many.
    """

    draw: bool = False
    points: int = 9


def changes(quantity: str, size: int) -> dict[str, Any]:
    """The fields of a configuration for one point of a curve."""
    if quantity == "convolutions":
        return {"operations": OTHERS + CONVOLUTIONS[:size]}
    return {{"cells": "layers", "batch": "batch_size"}.get(quantity, quantity): size}


def measure(cell: str, points: int) -> Result:
    """All curves of a cell: for each quantity sizes, seconds and bytes."""
    curves: Result = {}
    for quantity, sizes in CURVES.items():
        curve = curves[quantity] = {"size": sizes[:points], "seconds": [], "bytes": []}
        for size in curve["size"]:
            subject = Subject("lesson", cell=cell, **changes(quantity, size))
            subject.step()
            begun = time.process_time()
            subject.step()
            curve["seconds"].append(time.process_time() - begun)
            curve["bytes"].append(subject.kept_bytes(of_alpha=False))
    return curves


def report(found: dict[str, list[Any]]) -> Result:
    """The curves; their exponents and the ratios of the cells as a table."""
    cells = {cell: median(each) for cell, each in found.items()}
    curves = {quantity: {cell: cells[cell][quantity] for cell in CELLS} for quantity in CURVES}
    rows = {key: [summary(quantity, curves[quantity], key) for quantity in curves] for key in ("seconds", "bytes")}
    return {
        **{f"{row['']}_ratio": row["ratio, largest"] for row in rows["seconds"]},
        "n": len(found["fused"]),
        "spread": {cell: spread(each) for cell, each in found.items()},
        "tables": {"Seconds": rows["seconds"], "Bytes kept for backward": rows["bytes"]},
        "curves": curves,
    }


def summary(quantity: str, curve: dict[str, Any], key: str) -> Result:
    """One row: how both cells' cost grows, and how many times less the fused cell costs at both ends."""
    exponents = {f"{cell}, exponent": exponent(curve[cell]["size"], curve[cell][key]) for cell in CELLS}
    smallest, largest = (curve["reference"][key][end] / curve["fused"][key][end] for end in (0, -1))
    return {"": quantity, **exponents, "ratio, smallest": smallest, "ratio, largest": largest}


def exponent(sizes: list[int], costs: list[float]) -> float:
    """The slope of log cost against log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def draw(result: dict[str, Any]) -> Figure:
    """Two rows of panels, seconds and MiB, both axes logarithmic."""
    figure = Figure(figsize=(3 * len(CURVES), 5.6), layout="constrained", facecolor="white")
    machine = result["machine"]
    figure.suptitle(
        f"one first-order search step around the lessons' size; {machine['processor']} ({machine['vector']}), "
        f"{result['threads']} thread, torch {result['versions']['torch']}, "
        f"{result['date']}, n = {result['n']}",
        fontsize=10,
    )
    panels: Any = figure.subplots(2, len(CURVES), sharey="row", squeeze=False)
    for column, (quantity, cells) in enumerate(result["curves"].items()):
        for row, (key, scale) in enumerate((("seconds", 1.0), ("bytes", 2.0**-20))):
            panel: Axes = panels[row, column]
            for cell, curve in cells.items():
                marker, line = CELLS[cell]
                costs = [cost * scale for cost in curve[key]]
                slope = exponent(curve["size"], costs)
                panel.plot(curve["size"], costs, marker=marker, linestyle=line, label=f"{cell}: ^{slope:.2f}")
            panel.set_xscale("log", base=2)
            panel.set_yscale("log")
            panel.set_xticks(curve["size"], [str(size) for size in curve["size"]])
            panel.minorticks_off()
            panel.legend(fontsize=8, frameon=False)
            panel.grid(alpha=0.3)
            panel.set_xlabel(quantity if row else "")
        panels[0, 0].set_ylabel("processor seconds a step")
        panels[1, 0].set_ylabel("MiB kept, weight pass")
    return figure


if __name__ == "__main__":
    options = tyro.cli(Curves, description=__doc__)
    if not options.draw:
        run(options, dict.fromkeys(CELLS, options.repeats), lambda cell: measure(cell, options.points), report)
    if options.draw or (options.save and not options.only):
        newest = json.loads((RESULTS / "cost_curves.json").read_text(encoding="utf-8"))
        save_figure(draw(newest), ROOT / "figures" / "cost_curves.png")
