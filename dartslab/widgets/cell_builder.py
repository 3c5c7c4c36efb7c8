"""CellBuilder: build a cell by choosing an operation for each edge; the result is a `Genotype` that can be trained."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import ipywidgets
import traitlets

from ..base.messages import UserError, is_number, require
from ..derive import random_genotype
from ..draw.cells import draw_genotype
from ..draw.picture import to_png
from ..draw.style import title_of
from ..genotype import Cell, Connection, Genotype
from ..space import NONE, PUBLISHED_OPERATIONS, SearchSpace, tuple_of_names
from .kit.choices import Dropdown, ToggleButtons
from .kit.stills import DPI, png, stack
from .kit.view import View
from .models.built_cells import (
    LETTERS,
    builder_frame,
    cells_of,
    check_cells,
    describe_builder,
    genotype_of,
    letters_of,
    network_size,
    no_cells,
    published_cells,
    put,
)
from .models.staircase import stairs, stairs_figure

# Beyond these the network whose size is shown takes minutes to count, or its numbers have no room.
MOST = {"channels": 10_000, "layers": 100, "image_size": 10_000, "classes": 1_000_000, "input_channels": 1_000}
NOT_PUBLISHED = ""  # the entry of the list of published cells while other cells are shown


class Cells(traitlets.HasTraits):
    """The cells as a control of the view: no widget of their own, their value is drawn.

    Args:
        space: nodes and operations.
        value: {kind: letters}, see `built_cells`.
    Raises:
        UserError: a value that does not describe cells of the space, now or later.
    """

    value = traitlets.Dict()
    description = "cells"

    def __init__(self, space: SearchSpace, value: Mapping[str, str]) -> None:
        self.space = space
        super().__init__(value=dict(value))

    @traitlets.validate("value")
    def _check(self, proposal: Mapping[str, Any]) -> Any:
        check_cells(self.space, proposal["value"])
        return proposal["value"]


class CellBuilder(View):
    """Build a genotype by clicking edges and operations.

        CellBuilder()
        CellBuilder(genotype="DARTS_V2")
        CellBuilder(nodes=2, operations=("skip_connect", "sep_conv_3x3"))
        CellBuilder(tied=True)

    `builder.value` is the genotype; its connections are listed by edge, and every node is concatenated.

    Args:
        nodes: in a cell, 1 to 7.
        operations: to choose from; `none` is ignored, since an empty edge stands for it.
        genotype: to begin with, or the name of a published one.
        channels, layers, image_size, classes, input_channels: of the network whose size is shown.
        tied: build one cell that is both the normal and the reduction cell, as from a tied genotype.
    Raises:
        UserError: an unknown operation or name, nodes out of range, a genotype that the builder cannot hold (at most
            one operation on an edge, all nodes concatenated; one cell where tied), a size below 1 or above `MOST`.
    """

    MODULES = ("cell_stairs.js", "cell_builder.js")

    def __init__(
        self,
        nodes: int = 4,
        operations: Sequence[str] = PUBLISHED_OPERATIONS,
        genotype: Genotype | str | None = None,
        channels: int = 16,
        layers: int = 8,
        image_size: int = 32,
        classes: int = 10,
        input_channels: int = 3,
        tied: bool = False,
    ) -> None:
        tied = tied or (isinstance(genotype, Genotype) and genotype.tied)
        names = tuple(name for name in tuple_of_names("operations", operations) if name != NONE)
        self.space = SearchSpace.with_reduction(nodes, names, tied)
        self.size = {"channels": channels, "layers": layers, "image_size": image_size, "classes": classes}
        self.size["input_channels"] = input_channels
        for name, number in self.size.items():
            require(
                is_number(number, 1, MOST[name], whole=True),
                f"{name} is {number!r}; a whole number of at least 1 and at most {MOST[name]:,} is needed, for example "
                f"{name}=16.",
            )
            self.size[name] = int(number)
        begin = no_cells(self.space) if genotype is None else cells_of(self.space, genotype)
        self._published, note = published_cells(self.space)
        self._seed = 0
        edges = self.space.edges
        kind = ToggleButtons(
            options=[(title_of(kind, tied), kind) for kind in self.space.kinds],
            description="show",
        )
        drawing = ToggleButtons(options=["staircase", "graph"], description="as")
        edge = Dropdown(options=[(edge.name, row) for row, edge in enumerate(edges)], description="edge")
        self.operation = Dropdown(
            options=[("nothing", NONE), *((name, name) for name in self.space.operations)], description="operation"
        )
        advice = "choose a published cell" if self._published else "no published cell fits"
        drawn = "draw the cell at random" if tied else "draw both cells at random"
        self.start = Dropdown(
            options=[(advice, NOT_PUBLISHED), *((name, name) for name in self._published)], description="from"
        )
        self.clear = ipywidgets.Button(description="clear", tooltip="take all operations off the cell that is shown")
        self.random = ipywidgets.Button(description="random", tooltip=drawn)
        settings = {"kind": kind, "edge": edge, "drawing": drawing, "cells": Cells(self.space, begin)}
        rows = [[kind, drawing, self.start, self.clear, self.random]]
        data = {"stairs": stairs(self.space), "choices": list(self.space.operations), "none": NONE, "note": note}
        super().__init__(settings, rows, data, more=[edge, self.operation])
        self.operation.observe(self._choose, "value")
        self.start.observe(self._load, "value")
        self.clear.on_click(self._clear)
        self.random.on_click(self._draw_lots)
        self.ready()
        self._defaults["cells"] = no_cells(
            self.space
        )  # so that a state holds the cells, whatever the builder began with

    @property
    def cells(self) -> dict[str, str]:
        """The cells in letters, see `built_cells`."""
        return self.controls["cells"].value

    @cells.setter
    def cells(self, value: Mapping[str, str]) -> None:
        self.controls["cells"].value = dict(value)

    @property
    def value(self) -> Genotype:
        """The genotype as it is now.

        Raises:
            UserError: a cell is not valid; says which and why.
        """
        return genotype_of(self.space, self.cells)

    @property
    def genotype(self) -> Genotype:
        """The same as `value`."""
        return self.value

    def redraw(self) -> None:
        """Draw, and let the two lists that are no settings say what there is."""
        super().redraw()
        self.operation.value = self.canvas.frame["operations"][self.settings["kind"]][self.settings["edge"]]
        self.start.value = next((name for name, cells in self._published.items() if cells == self.cells), NOT_PUBLISHED)

    def read_state(self, text: str) -> dict[str, Any]:
        """As for every view; also checks the cells, with a sentence of their own."""
        values = super().read_state(text)
        if "cells" in values:
            check_cells(self.space, values["cells"])
        return values

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """See `built_cells.builder_frame`; and drawing: "staircase", or "graph", which shows both cells once valid."""
        frame = builder_frame(self.space, settings["cells"], settings["kind"], settings["edge"], self.size)
        return frame | {"drawing": settings["drawing"]}

    def describe(self, frame: Mapping[str, Any]) -> str:
        """See `built_cells.describe_builder`."""
        return describe_builder(self.space, frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """Both cells as they are drawn, below them the graph of the genotype where there is one."""
        operations = frame["operations"]
        cells = {kind: "".join(map(LETTERS.__getitem__, names)) for kind, names in operations.items()}
        named = {title_of(kind, self.space.tied): names for kind, names in operations.items()}
        pictures = [png(stairs_figure(self.space, named))]
        with suppress(UserError):  # not valid, or no Graphviz
            pictures.append(to_png(draw_genotype(genotype_of(self.space, cells)), DPI))
        return stack(pictures)

    def _choose(self, change: Any) -> None:
        settings = self.settings
        self.cells = put(self.space, self.cells, settings["kind"], settings["edge"], change["new"])

    def _load(self, change: Any) -> None:
        if change["new"] != NOT_PUBLISHED:
            self.cells = self._published[change["new"]]

    def _clear(self, button: Any) -> None:
        kind = self.settings["kind"]
        self.cells = {**self.cells, kind: no_cells(self.space)[kind]}

    def _draw_lots(self, button: Any) -> None:
        drawn = random_genotype(self.space, self._seed)
        self._seed += 1
        self.cells = {kind: letters_of(self.space, cell, "the draw") for kind, cell in drawn.cells.items()}

    def _ipython_display_(self) -> None:
        """As for every view; torch, which counts the network of the first valid cell, takes seconds to load and begins
        now, while a person still looks."""
        super()._ipython_display_()
        cell = Cell((Connection(2, 0, "skip_connect"),), (2,))
        count = partial(network_size, Genotype(cell, cell), **self.size)
        threading.Thread(target=count, name="dartslab-load", daemon=True).start()
