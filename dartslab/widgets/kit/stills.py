"""Frames as PNG, for viewers that run no JavaScript."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from ...base.messages import UserError
from ...draw.cells import draw_genotype
from ...draw.figures import alpha_heatmap
from ...draw.picture import figure_bytes, to_png
from ...draw.style import TEXT, plain_axes
from ...genotype import Cell, Connection, Genotype
from ...space import SearchSpace

DPI = 80
TONES = (  # the colours of view.css by number, light theme
    "#0072B2",
    "#C44E00",
    "#00795A",
    "#A2487A",
    "#8A6100",
)
MARKS = {"square": "s", "diamond": "D", "triangle": "^", "circle": "o"}


def png(figure: Figure) -> bytes:
    """A figure at the size of a notebook's column."""
    return figure_bytes(figure, "png", DPI)


def stack(pictures: Sequence[bytes], gap: int = 8) -> bytes:
    """Pictures one below the other on white."""
    opened = [Image.open(BytesIO(data)).convert("RGB") for data in pictures]
    width = max(picture.width for picture in opened)
    height = sum(picture.height for picture in opened) + gap * (len(opened) - 1)
    whole = Image.new("RGB", (width, height), "white")
    top = 0
    for picture in opened:
        whole.paste(picture, (0, top))
        top += picture.height + gap
    file = BytesIO()
    whole.save(file, "PNG", optimize=True)
    return file.getvalue()


def lines(panel: Any, shown: Sequence[Mapping[str, Any]]) -> None:
    """Lines as `view.js` draws them: colour, dashes and marks."""
    plain_axes(panel)
    for line in shown:
        dash = (0, tuple(float(n) for n in line["dash"].split())) if line.get("dash") else "solid"
        mark = MARKS[line["mark"]] if line.get("mark") else ("o" if len(line["x"]) == 1 else "")
        look = {"color": TONES[line["tone"]], "linestyle": dash, "marker": mark, "markersize": 4, "linewidth": 1.6}
        panel.plot(line["x"], line["y"], label=line["name"], **look)
    if shown:
        panel.legend(fontsize=8, frameon=False, labelcolor=TEXT)


def moment_png(shown: Mapping[str, Any]) -> bytes:
    """A moment of a run (see `moments.moment`): heatmaps, curves, and the derived cells where Graphviz is there."""
    cells = {cell["kind"]: cell for cell in shown["cells"]}
    first = shown["cells"][0]
    space = SearchSpace(max(first["nodes"]) - 1, tuple(first["operations"]), tuple(cells), first["tied"])
    title = f"{shown['title']}, step {shown['step']} of {shown['steps']}"
    weights = {kind: np.array(cell["weights"]) for kind, cell in cells.items()}
    kept = {kind: kept_entries(cell) for kind, cell in cells.items()}
    pictures = [png(alpha_heatmap(space, weights, title, kept))]
    if any(shown["curves"].values()):
        figure = Figure(figsize=(9, 2.6), layout="constrained", facecolor="white")
        for panel, (what, unit) in zip(figure.subplots(1, 2), (("loss", "nats"), ("accuracy", "%")), strict=True):
            lines(panel, shown["curves"][what])
            panel.set_title(what, fontsize=10, loc="left", color=TEXT)
            panel.set_xlabel("step", fontsize=8)
            panel.set_ylabel(unit, fontsize=8)
            panel.set_xlim(0, max(shown["steps"], 1))
        pictures.append(png(figure))
    with suppress(UserError):  # no Graphviz; the heatmap marks the same entries
        pictures.append(to_png(draw_genotype(kept_genotype(space, cells), steady=True), DPI))
    return stack(pictures)


def kept_entries(cell: Mapping[str, Any]) -> np.ndarray:
    """The marked entries of a table (see `runs.cell_tables`) as bool [E, O]."""
    kept = np.zeros(np.shape(cell["weights"]), dtype=bool)
    kept[tuple(np.array(cell["kept"]).T)] = True
    return kept


def kept_genotype(space: SearchSpace, cells: Mapping[str, Mapping[str, Any]]) -> Genotype:
    """The genotype that the marked entries of the tables stand for."""
    nodes = tuple(range(2, 2 + space.nodes))
    made = {}
    for kind, cell in cells.items():
        connections = [
            Connection(space.edges[row].target, space.edges[row].source, space.operations[column])
            for row, column in cell["kept"]
        ]
        made[kind] = Cell(tuple(connections), nodes, kind)
    return Genotype(**made, tied=space.tied)
