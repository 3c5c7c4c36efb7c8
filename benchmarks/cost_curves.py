"""How the cost of a search step grows: seconds and bytes kept against nodes, convolutions, channels, cells and batch.

    python benchmarks/cost_curves.py              measure, write benchmarks/results/cost_curves.json, draw
    python benchmarks/cost_curves.py --draw       draw figures/cost_curves.png from what was measured

One quantity varies, the others stay at the lessons' size (3 nodes, 4 convolutions and 4 other operations on every edge,
4 channels, 3 cells, batch 64, 16x16). A curve's exponent p is the slope of log cost against log size, by least squares:
cost ~ size^p. Both cells take turns at every point; a point is the median of n steps, in processor time, which other
work on the machine disturbs least.
"""

import json
import math
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dartslab.draw.picture import save_figure
from search_step import Benchmark, Subject, about, timed

ROOT = Path(__file__).resolve().parent.parent
RESULT, FIGURE = ROOT / "benchmarks" / "results" / "cost_curves.json", ROOT / "figures" / "cost_curves.png"
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
class Options:
    """What to do.

    Args:
        draw: draw only.
        repeats: timed steps at every point.
        threads: of torch.
    """

    draw: bool = False
    repeats: int = 3
    threads: int = 1


def changes(quantity: str, size: int) -> dict[str, Any]:
    """The fields of a configuration for one point of a curve."""
    if quantity == "convolutions":
        return {"operations": OTHERS + CONVOLUTIONS[:size]}
    return {{"cells": "layers", "batch": "batch_size"}.get(quantity, quantity): size}


def measure(options: Options) -> dict[str, Any]:
    """All curves: for each quantity and cell the seconds and the bytes kept by the weight pass."""
    head = about(Benchmark(preset="lesson", threads=options.threads))
    curves: dict[str, Any] = {}
    for quantity, sizes in CURVES.items():
        for size in sizes:
            subjects = {cell: Subject("lesson", cell=cell, **changes(quantity, size)) for cell in CELLS}
            seconds = timed(
                {cell: subject.step for cell, subject in subjects.items()}, options.repeats, time.process_time
            )
            for cell, subject in subjects.items():
                curve = curves.setdefault(quantity, {}).setdefault(cell, {"size": [], "seconds": [], "bytes": []})
                curve["size"].append(size)
                curve["seconds"].append(statistics.median(seconds[cell]))
                curve["bytes"].append(subject.kept(of_alpha=False))
            print(
                quantity, size, {cell: round(statistics.median(each), 3) for cell, each in seconds.items()}, flush=True
            )
    return {**head, "repeats": options.repeats, "curves": curves}


def exponent(sizes: list[int], costs: list[float]) -> float:
    """The slope of log cost against log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def draw(result: dict[str, Any]) -> Figure:
    """Two rows of panels, seconds and MiB, both axes logarithmic."""
    figure = Figure(figsize=(3 * len(CURVES), 5.6), layout="constrained", facecolor="white")
    machine = result["machine"]
    figure.suptitle(
        f"one first-order search step around the lessons' size; {machine['processor']} ({machine['vector']}), "
        f"{machine['threads']} thread, torch {result.get('versions', machine)['torch']}, "
        f"{result['date']}, n = {result['repeats']}",
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


def table(result: dict[str, Any]) -> str:
    """The exponents, and how many times faster and smaller the fused cell is at the smallest and the largest size."""
    lines = [f"{'':<14}{'seconds ~':>22}{'bytes ~':>22}{'times faster':>18}{'times smaller':>18}"]
    for quantity, cells in result["curves"].items():
        slopes = [[exponent(c["size"], c[key]) for c in cells.values()] for key in ("seconds", "bytes")]
        ratios = [
            [math.prod((cells["reference"][key][at], 1 / cells["fused"][key][at])) for at in (0, -1)]
            for key in ("seconds", "bytes")
        ]
        texts = [f"^{a:.2f}, fused ^{b:.2f}" for a, b in slopes] + [f"{a:.1f} to {b:.1f}" for a, b in ratios]
        lines.append(f"{quantity:<14}{texts[0]:>22}{texts[1]:>22}{texts[2]:>18}{texts[3]:>18}")
    return "\n".join(lines)


if __name__ == "__main__":
    options: Annotated[Options, tyro.conf.arg(name="")] = tyro.cli(Options, description=__doc__)
    if not options.draw:
        RESULT.write_text(json.dumps(measure(options), indent=1) + "\n")
    found = json.loads(RESULT.read_text())
    save_figure(draw(found), FIGURE)
    print(table(found))
