"""NetworkMap: the whole network, which opens into a cell, and the cell into an edge."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon

from ..base.messages import require
from ..draw.style import COLORS, KIND_NAMES, PASSIVE, QUIET, TEXT
from ..run.config import SearchConfig
from ..space import INPUTS, SearchSpace
from .kit.choices import Dropdown, ToggleButtons
from .kit.played import PlayedView
from .kit.stills import TONES, png
from .models.network_map import LEVELS, edge_name, map_data, map_frame, map_words


class NetworkMap(PlayedView):
    """Where is what in the supernet: the network, one of its cells, one edge of the cell with its operations.

        NetworkMap()
        NetworkMap(SearchConfig.lesson(), level="cell")
        NetworkMap(state.config, state.weights())

    A click, Enter or an arrow down opens what is chosen, Escape goes back; arrows to the sides choose. Sizes are those
    of `Supernet`. The operations of an edge stand there with their mixing weights.

    Args:
        config: of a search, or a space for a network of published size; the published search where None.
        weights: mixing weights {kind: [E, O]}; all alike where None, as at the start of a search.
        picture: [C, H, W] of the pictures; those of `config.data` where None.
        classes: number of classes; that of `config.data` where None.
        level: "network", "cell" or "edge": what is open at first.
        cell: which is chosen at first, counted from 0; one in the middle where None.
        edge: which is chosen at first, for example "2 → 3"; one between two nodes where None.
    Raises:
        UserError: a level, cell or edge that is not there, weights that do not fit, a network that cannot be drawn,
            pictures that are not known before they are read.
    """

    MODULES = ("network_map_model.js", "network_map_drawing.js", "network_map.js")
    STYLES = ("network_map.css",)

    def __init__(
        self,
        config: SearchConfig | SearchSpace | None = None,
        weights: Mapping[str, Any] | None = None,
        picture: tuple[int, int, int] | None = None,
        classes: int | None = None,
        level: str = "network",
        cell: int | None = None,
        edge: str | None = None,
    ) -> None:
        searched = config if isinstance(config, SearchConfig) else SearchConfig.published()
        space = config if isinstance(config, SearchSpace) else searched.space
        require(
            config is None or isinstance(config, SearchConfig | SearchSpace),
            f"a map is made from a SearchConfig or a SearchSpace, got {type(config).__name__}; pass state.config.",
        )
        if picture is None or classes is None:
            usual = pictures_of(searched)
            picture, classes = usual[0] if picture is None else picture, usual[1] if classes is None else classes
        data = map_data(space, searched.layers, searched.channels, picture, classes, weights)
        names = [edge_name(ends) for ends in data["edges"]]
        settings = {
            "level": ToggleButtons(options=LEVELS, value="network", description="open"),
            "cell": ipywidgets.IntSlider(len(data["cells"]) // 2, 0, len(data["cells"]) - 1, description="cell"),
            "edge": Dropdown(options=names, value="2 → 3" if "2 → 3" in names else names[0], description="edge"),
        }
        first = {"level": level, "cell": cell, "edge": edge}
        super().__init__(settings, data, {name: value for name, value in first.items() if value is not None})

    @property
    def fingerprint(self) -> str:
        """Of the network, since another one has other cells and edges."""
        return sha256(json.dumps(self.canvas.data).encode()).hexdigest()[:8]

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What is chosen, with all sizes; see `map_frame`."""
        return map_frame(settings, self.canvas.data)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """What the open level shows, in sentences."""
        return map_words(frame, self.canvas.data)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The network, and below it the cell and the edge as far as they are open."""
        return png(draw_map(frame, self.canvas.data))


def pictures_of(config: SearchConfig) -> tuple[tuple[int, int, int], int]:
    """[C, H, W] of the pictures that a search sees, and the number of their classes; no picture is read.

    Raises:
        UserError: pictures that are not known before they are read.
    """
    from ..data.stand_in import SIZES

    name = "fashion-mnist" if config.data == "fashion-mini" else config.data  # a piece of it
    require(
        name in SIZES,
        f"the size of the pictures of {config.data!r} is not known before they are read; pass for example "
        "picture=(3, 32, 32) and classes=10.",
    )
    _, _, channels, side, classes = SIZES[name]
    side = config.image_size or side
    return (channels, side, side), classes


def draw_map(frame: Mapping[str, Any], data: Mapping[str, Any]) -> Figure:
    """A frame of `map_frame` as a static picture.

    Args:
        frame: what is chosen.
        data: of `map_data`.
    """
    level = LEVELS.index(frame["level"])
    figure = Figure(figsize=(9, (2.2, 4.4, 4.4)[level]), layout="constrained", facecolor="white")
    rows: list[Any] = [["network", "network"], ["cell", "edge" if level == 2 else "cell"]][: 1 + (level > 0)]
    panels = figure.subplot_mosaic(rows, height_ratios=(1, 1.4)[: len(rows)], width_ratios=(1.1, 1))
    draw_cells(panels["network"], frame, data)
    if level > 0:
        draw_edges(panels["cell"], frame, data)
    if level > 1:
        draw_operations(panels["edge"], frame, data)
    return figure


def draw_cells(panel: Any, frame: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """The stem and all cells, as high as their pictures, with what the chosen one reads."""
    before = [data["stem"], *(cell["output"] for cell in data["cells"])]
    panel.text(-1, 0, "stem", ha="center", va="center", fontsize=9, color=TEXT)
    for number, cell in enumerate(data["cells"]):
        left, right = (0.5 * size[1] / data["picture"][1] for size in (before[number], cell["output"]))
        chosen = number == frame["cell"]
        corners = [(number - 0.3, -left), (number - 0.3, left), (number + 0.3, right), (number + 0.3, -right)]
        look: dict[str, Any] = {
            "facecolor": "#E3EEF6" if data["tables"][cell["kind"]] == data["tables"][frame["kind"]] else "white",
            "linewidth": 2 if chosen else 1,
        }
        panel.add_patch(Polygon(corners, edgecolor=TONES[0] if chosen else TEXT, **look))
        panel.text(number, 0, str(number), ha="center", va="center", fontsize=9, color=TEXT)
        if cell["output"] != before[number]:
            channels, high, wide = cell["output"]
            panel.text(number, -0.72, f"{channels}\n{high}×{wide}", ha="center", va="top", fontsize=8, color=QUIET)
        older, newer = cell["reads"]
        _line(panel, (newer + 0.3, 0), (number - 0.3, 0), 0, chosen)
        top = 0.5 * before[older + 1][1] / data["picture"][1] if older >= 0 else 0.15
        _line(panel, (older, top), (number - 0.2, left), -0.4, chosen)
    panel.set_title(f"{len(data['cells'])} cells; cell {frame['cell']} is chosen", fontsize=10, loc="left", color=TEXT)
    panel.set(xlim=(-1.6, len(data["cells"]) - 0.3), ylim=(-1.3, 0.9))
    panel.set_axis_off()


def draw_edges(panel: Any, frame: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """The states of the chosen cell and all its edges."""
    at = [(0, 0.5), (0, -0.5), *((1 + node, 0) for node in range(data["nodes"]))]
    for row, (source, target) in enumerate(data["edges"]):
        bend = (-0.25, 0.25)[source] if source < INPUTS else (0, -0.4, 0.4)[min(2, target - source - 1)]
        _line(panel, at[source], at[target], bend, row == frame["row"], 8)
    for state, (x, y) in enumerate(at):
        box = {"boxstyle": "round" if state < INPUTS else "circle", "facecolor": "white", "edgecolor": TEXT}
        panel.text(x, y, str(state), ha="center", va="center", fontsize=9, color=TEXT, bbox=box)
    kind = KIND_NAMES[frame["kind"]]
    panel.set_title(f"cell {frame['cell']}, {kind}: {len(data['edges'])} edges", fontsize=10, loc="left", color=TEXT)
    panel.set(xlim=(-0.4, data["nodes"] + 0.4), ylim=(-1.2, 1.2))
    panel.set_axis_off()


def draw_operations(panel: Any, frame: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """The operations of the chosen edge, a bar for each mixing weight."""
    names = data["operations"]
    panel.barh(range(len(names)), frame["weights"], color=[COLORS.get(name, PASSIVE) for name in names])
    for o, weight in enumerate(frame["weights"]):
        panel.text(weight + 0.02, o, f"{weight:.3f}", va="center", fontsize=8, color=TEXT)
    panel.set_yticks(np.arange(len(names)), names, fontsize=8)
    panel.set(xlim=(0, 1.1), xticks=[])
    panel.invert_yaxis()
    panel.spines[["top", "right", "bottom"]].set_visible(False)
    panel.set_title(f"edge {edge_name(frame['edge'])}: mixing weights", fontsize=10, loc="left", color=TEXT)


def _line(
    panel: Any, start: tuple[float, float], end: tuple[float, float], bend: float, chosen: bool, gap: float = 0
) -> None:
    look: dict[str, Any] = {"color": TONES[0] if chosen else PASSIVE, "linewidth": 2 if chosen else 0.9}
    look |= {"connectionstyle": f"arc3,rad={bend}", "arrowstyle": "-", "shrinkA": gap, "shrinkB": gap}
    panel.add_patch(FancyArrowPatch(start, end, zorder=2 + chosen, **look))
