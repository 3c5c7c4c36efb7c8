"""Numbers as figures: mixing weights, pictures, spreads. Plain arrays in, matplotlib Figures out.

No `pyplot`, so nothing is global and nothing pops up; nothing from torch. Every figure has its `describe_` function.
Colour never stands alone: numbers, ticks, outlines, markers or line styles say the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from ..base.messages import require
from ..genotype import Genotype
from ..space import SearchSpace
from .style import FIGURE_FONT, TEXT, TRAIN, plain_axes, title_of
from .words import class_names, groups_of, mean_and_deviation, tables

TABLE = (14, 10)  # the largest table whose every cell shows its number


def alpha_heatmap(
    space: SearchSpace,
    weights: Mapping[str, Any],
    title: str | None = None,
    kept: Mapping[str, Any] | None = None,
    genotype: Genotype | None = None,
) -> Figure:
    """Mixing weights as a table for every kind of cell; what is kept is outlined and ticked.

    Args:
        space: names rows and columns.
        weights: {kind: [E, O]}, as a relaxation gives them.
        title: above the figure.
        kept: {kind: bool [E, O]}, what to mark where the tables were rounded.
        genotype: what a method derives from the weights; where both are None, what `top_k` derives is marked.
    Raises:
        UserError: no table, a kind the space lacks, a table that does not fit the space, is negative or not finite.
    """
    panels = tables(space, weights, genotype)
    rule = "kept by top-2" if kept is None and genotype is None else "kept"
    edges, operations = len(space.edges), len(space.operations)
    size = (len(panels) * (max(0.54 * operations, 2.2) + 0.9) + 0.9, 0.27 * edges + (1.9 if title else 1.6))
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    if title:
        figure.suptitle(title, fontsize=11, color=TEXT)
    # One scale for all tables, so that a colour means the same at every step of a search. A root, since weights that
    # are all alike are small: 1/8 is at 0.35 of the scale.
    colors, scale = matplotlib.colormaps["cividis"], PowerNorm(0.5, 0, 1, clip=True)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (kind, (table, derived_now)) in zip(axes, panels.items(), strict=True):
        marked = derived_now if kept is None else kept[kind]
        image = panel.imshow(table, cmap=colors, norm=scale, aspect="auto")
        panel.set_title(f"{title_of(kind, space.tied)} (✓ {rule})", fontsize=10, color=TEXT, family=FIGURE_FONT)
        panel.set_xticks(range(operations), space.operations, rotation=40, ha="right", rotation_mode="anchor")
        panel.set_yticks(range(edges), [edge.name for edge in space.edges])
        panel.tick_params(length=0, labelsize=8, labelcolor=TEXT)
        panel.spines[:].set_visible(False)
        for row in range(1, edges):
            if space.edges[row].target != space.edges[row - 1].target:
                panel.axhline(row - 0.5, color="white", linewidth=4)
        numbers = edges <= TABLE[0] and operations <= TABLE[1]
        for row, column in np.ndindex(table.shape):
            text = "✓ " * bool(marked[row, column]) + f"{table[row, column]:.2f}" * numbers
            ink = readable_ink(colors(float(scale(table[row, column]))))
            panel.text(column, row, text.strip(), ha="center", va="center", fontsize=7.5, color=ink, family=FIGURE_FONT)
            if marked[row, column]:
                outline = Rectangle((column - 0.46, row - 0.42), 0.92, 0.84, fill=False, edgecolor="black", zorder=3)
                outline.set(linewidth=1.4, path_effects=[withStroke(linewidth=3.4, foreground="white")])
                panel.add_patch(outline)
    bar = figure.colorbar(image, ax=list(axes), pad=0.01, aspect=30)
    bar.set_label("mixing weight", fontsize=8, color=TEXT)
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_visible(False)
    return figure


def readable_ink(color: Any) -> str:
    """Black or white, whichever stands out more from a background (r, g, b, ...) in 0 to 1: at least 4.5 to 1."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3])
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"


def image_grid(images: Any, labels: Sequence[int], classes: Sequence[str], columns: int = 10) -> Figure:
    """Pictures of a data set with the names of their classes.

    Args:
        images: uint8 [N, C, H, W] with C = 1 (grey) or 3 (colour); N from 1 to 200.
        labels: [N] indices into `classes`.
        classes: the names.
        columns: pictures in a row.
    Raises:
        UserError: another shape or dtype, too many pictures, a label without a class.
    """
    pictures = np.asarray(images)
    require(
        pictures.dtype == np.uint8 and pictures.ndim == 4 and pictures.shape[1] in (1, 3),
        f"images are {pictures.dtype} {pictures.shape}; uint8 [N, C, H, W] with C = 1 or 3 is needed. Pass the data "
        "set's images before normalisation.",
    )
    require(1 <= len(pictures) <= 200, f"{len(pictures)} images; 1 to 200 can be drawn, pass for example images[:30].")
    require(columns >= 1, f"columns must be at least 1, got {columns}; 10 is usual.")
    names = class_names(labels, classes)
    require(
        len(names) == len(pictures),
        f"{len(pictures)} images came with {len(names)} labels; pass one label per image.",
    )
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    figure = Figure(figsize=(0.95 * columns, 1.12 * rows), layout="constrained", facecolor="white")
    panels = figure.subplots(rows, columns, squeeze=False).flat
    for panel in panels:
        panel.set_axis_off()
    for panel, picture, name in zip(figure.axes, pictures, names, strict=False):
        grey = len(picture) == 1
        panel.imshow(
            picture[0] if grey else picture.transpose(1, 2, 0), cmap="gray" if grey else None, vmin=0, vmax=255
        )
        panel.set_title(name, fontsize=7.5, pad=2, color=TEXT)
    return figure


def accuracy_dots(groups: Mapping[str, Any]) -> Figure:
    """Accuracies of several groups, for example a found cell and random ones: a dot per seed, mean and deviation.

    Args:
        groups: {name: accuracies of its seeds, each 0 to 1}, drawn from top to bottom.
    Raises:
        UserError: no group, an empty one, an accuracy outside 0 to 1.
    """
    checked = groups_of(groups)
    figure = Figure(figsize=(7.5, 0.62 * len(checked) + 0.9), layout="constrained", facecolor="white")
    panel = figure.subplots()
    plain_axes(panel)
    for row, values in enumerate(checked.values()):
        percent = 100 * values
        heights = row + np.linspace(-0.14, 0.14, len(values)) if len(values) > 1 else [row]
        if len(values) > 1:
            mean, deviation = percent.mean(), percent.std(ddof=1)
            panel.plot([mean - deviation, mean + deviation], [row, row], color="#BFD7E6", lw=12, solid_capstyle="butt")
        panel.plot([percent.mean()] * 2, [row - 0.3, row + 0.3], color=TEXT, linewidth=2)
        panel.plot(percent, heights, "o", color=TRAIN, markersize=6, markeredgecolor="white")
    panel.set_yticks(range(len(checked)), [f"{name}\n{mean_and_deviation(values)}" for name, values in checked.items()])
    panel.set_ylim(len(checked) - 0.45, -0.55)
    panel.set_xlabel("accuracy (%): a dot per seed, | mean, bar ± standard deviation", fontsize=9, color=TEXT)
    return figure
