"""The same drawing for a dark page: lightness is turned round, hue stays. Data that are drawn as colours stay too."""

import colorsys
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from .style import COLORS, DARK_COLORS

DARKEST, RANGE = 0.067, 0.9  # lightness of white, turned round: #111111, JupyterLab's dark ground; of black: #F7F7F7
KNOWN = {COLORS[name].lower(): color.lower() for name, color in DARK_COLORS.items()}
COLOR = re.compile(r'(\w*color=)"?(#[0-9A-Fa-f]{6}|white|black)"?')  # an attribute of Graphviz


def darkened(color: str) -> str:
    """A colour for a dark ground: that of an operation as views have it, any other with its lightness turned round.

    From lightness L in 0 to 1, as `colorsys` has it, it becomes 0.067 + 0.9 (1 - L); hue and saturation stay.
    """
    known = matplotlib.colors.to_hex(color)
    if known in KNOWN:
        return KNOWN[known]
    hue, lightness, saturation = colorsys.rgb_to_hls(*matplotlib.colors.to_rgb(color))
    return matplotlib.colors.to_hex(colorsys.hls_to_rgb(hue, DARKEST + RANGE * (1 - lightness), saturation))


def dark_graph(graph: Any) -> Any:
    """A copy of a graph of `dartslab.draw.cells` for a dark ground."""
    copy = graph.copy()
    for attributes in (copy.graph_attr, copy.node_attr, copy.edge_attr):
        attributes.update({name: darkened(value) for name, value in attributes.items() if name.endswith("color")})
    copy.body = [COLOR.sub(lambda found: f'{found[1]}"{darkened(found[2])}"', line) for line in copy.body]
    return copy


@contextmanager
def dark_figure(figure: Figure) -> Iterator[Figure]:
    """The figure in colours for a dark ground, as long as the context lasts. It must have been drawn before.

    Pictures, heatmaps and all that is drawn upon them keep their colours.
    """
    undo: list[tuple[Callable[[Any], Any], Any]] = []
    layout = figure.get_layout_engine()
    figure.set_layout_engine("none")  # everything is in its place
    on_data = {id(artist) for axes in figure.axes if axes.images for artist in (*axes.texts, *axes.patches)}
    try:
        for artist in figure.findobj():
            if id(artist) not in on_data:
                _turn(artist, undo)
        yield figure
    finally:
        for set_color, before in reversed(undo):
            set_color(before)
        figure.set_layout_engine(layout)


def _turn(artist: Any, undo: list[tuple[Callable[[Any], Any], Any]]) -> None:
    """Give an artist colours for a dark ground, and note how to take them back."""
    names: tuple[str, ...] = ()
    if isinstance(artist, Line2D):
        names = ("color", "markerfacecolor", "markeredgecolor")
    elif isinstance(artist, Text):
        names = ("color",)
        for part in (artist.get_bbox_patch(), getattr(artist, "arrow_patch", None)):
            if part is not None:
                _turn(part, undo)
    elif isinstance(artist, Patch) or (isinstance(artist, Collection) and artist.get_array() is None):
        names = ("facecolor", "edgecolor")
    colors = [getattr(artist, f"get_{name}")() for name in names]  # all of them first: markers may follow their line
    for name, before in zip(names, colors, strict=True):
        set_color = getattr(artist, f"set_{name}")
        undo.append((set_color, before))
        set_color(_turned(before))


def _turned(color: Any) -> Any:
    """`darkened` for what matplotlib takes as a colour, with its transparency; also for many of them."""
    if isinstance(color, str) and color == "none":
        return color
    if isinstance(color, str) or matplotlib.colors.is_color_like(color):
        *_, alpha = matplotlib.colors.to_rgba(color)
        return (*matplotlib.colors.to_rgb(darkened(matplotlib.colors.to_hex(color))), alpha)
    return [_turned(one) for one in color]
