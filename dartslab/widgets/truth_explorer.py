"""TruthExplorer: every cell of a small space, trained and drawn as a dot; where those stand that searches found."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..genotype import Genotype
from ..run.record import Record
from ..truth.estimates import estimate
from ..truth.rank import number_of
from ..truth.table import TruthTable, load_table
from .kit.choices import Dropdown
from .kit.played import PlayedView
from .kit.stills import png, stack
from .models.staircase import stairs_figure
from .models.truth_explorer import MEASURES, SIZES, edges_of, explore, ways_of
from .models.truth_found import marks_of, signs_of
from .models.truth_frame import ALL, RANK, describe_explorer, explorer_frame
from .truth_picture import draw_explorer

if TYPE_CHECKING:
    from ..truth.found import Found
    from .cell_builder import CellBuilder


class TruthExplorer(PlayedView):
    """All cells of a table of trained cells as dots, the cells that searches found among them, and one cell drawn.

        TruthExplorer()
        TruthExplorer(found=find_cells("lesson", "darts", range(5), Path("searches")))
        TruthExplorer(found=[Record.load("runs/a")])

    A dot shows the estimate of a cell's true value, the mean of its trainings, or one training, so that one sees how
    much of an order is the luck of a seed. Every number is of `dartslab.truth`. `explorer.genotype` is the chosen cell.

    Args:
        table: the name of a table that ships with the package, the path of a file, or a table.
        found: what searches found, as from `find_cells`, or records of searches; both are marked by method and seed.
        cell: the chosen one, a genotype or the number of a cell; the best one by estimated test loss where None.
    Raises:
        UserError: no such table, a file that is cut off or of another space, a table in which too little is trained, a
            found cell that is not in the table, or a chosen cell that is not in it or not trained yet.
    """

    MODULES = ("kit/run_graph.js", "cell_stairs.js", "truth_model.js", "truth_chart.js", "truth_explorer.js")
    STYLES = ("truth_explorer.css",)

    def __init__(
        self,
        table: str | Path | TruthTable = "lesson",
        found: "Sequence[Found | Record]" = (),
        cell: Genotype | int | None = None,
    ) -> None:
        self.table = open_table(table)
        data = explore(self.table)
        places = {number: place for place, number in enumerate(data["cells"])}
        groups, marks = marks_of(self.table, places, found)
        self._explored = data | {"groups": groups, "marks": marks, "signs": signs_of(groups, marks)}
        best_first = sorted(data["cells"], key=lambda number: data["ranks"][places[number]])
        settings = {
            "measure": Dropdown(options=MEASURES, description="show"),
            "way": Dropdown(options=ways_of(self.table), description="as"),
            "against": Dropdown(options=[*SIZES, RANK], description="against"),
            "operation": Dropdown(options=[ALL, *data["cuts"]], description="light up"),
            "edge": Dropdown(options=list(edges_of(self.table)), description="on"),
            "cell": Dropdown(options=best_first, description="cell, best first"),
            "bars": ipywidgets.Checkbox(True, description="a bar for every cell"),
        }
        first = {} if cell is None else {"cell": chosen_number(self.table, cell)}
        super().__init__(settings, self._explored, first)

    @property
    def fingerprint(self) -> str:
        """Eight digits that identify the table and what was found."""
        columns = self.table.columns
        text = f"{self.table.plan.name} {self._explored['cells']} {self._explored['marks']}"
        return sha256(text.encode() + columns["test_loss"].tobytes()).hexdigest()[:8]

    @property
    def genotype(self) -> Genotype:
        """The chosen cell."""
        return self.table.plan.cells[self.settings["cell"]]

    def builder(self) -> "CellBuilder":
        """The chosen cell in a `CellBuilder`, with the operations and the network of this table."""
        from ..data.datasets import load_data
        from .cell_builder import CellBuilder

        train, space = self.table.plan.train, self.table.plan.search.space
        data = load_data(train.data, image_size=train.image_size)
        return CellBuilder(
            space.nodes,
            space.operations,
            self.genotype,
            channels=train.channels,
            layers=train.layers,
            image_size=train.image_size,
            classes=len(data.classes),
            input_channels=data.channels,
        )

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """See `truth_frame.explorer_frame`."""
        return explorer_frame(self._explored, settings)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """See `truth_frame.describe_explorer`."""
        return describe_explorer(frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The dots with the noise between seeds, below them the chosen cell."""
        space, chosen = self._explored["space"], frame["chosen"]
        named = {space["titles"][kind]: names for kind, names in chosen["operations"].items()}
        cells = stairs_figure(self.table.plan.search.space, named)
        return stack([png(draw_explorer(frame, self._explored)), png(cells)])


def open_table(table: str | Path | TruthTable) -> TruthTable:
    """A table by its name, from a file, or as it is.

    Raises:
        UserError: no table of this name, or a file that holds no whole table.
    """
    if isinstance(table, TruthTable):
        return table
    return TruthTable.read(table) if isinstance(table, Path) else load_table(table)


def chosen_number(table: TruthTable, cell: Genotype | int) -> int:
    """The number of a cell that is trained.

    Raises:
        UserError: a genotype that is not in the table, or a cell that is not trained often enough yet.
    """
    number = number_of(table, cell)
    estimate(table).place(number)
    return number
