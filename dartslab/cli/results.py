"""Commands that read what a run left: draw, table, export."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from tyro.conf import Positional

from ..base.messages import require
from ..experiment.config import HEAD
from ..run.record import GENOTYPE, Record
from ..run.sources import read_genotype
from ..space import NOISE


def find_stage(name: str, kind: Literal["search", "train"], stream: TextIO | None = None) -> str:
    """Of an experiment's folder the stage that is meant, which is printed; every other name as it is.

    Args:
        name: of a folder, or anything else that names a genotype.
        kind: "search" for the search that found the chosen cell, "train" for the first training of that cell.
        stream: where it is printed; standard output where None.
    Raises:
        UserError: the experiment has not come so far.
    """
    if not os.path.isfile(os.path.join(name, HEAD)):
        return name
    from ..experiment.chosen import find_chosen

    stage = find_chosen(name, kind)
    what = "which found its chosen cell" if kind == "search" else "the first training of its chosen cell"
    print(f"{name} holds an experiment; taken is {stage}, {what}", file=stream)
    return str(stage)


@dataclass(frozen=True)
class Export:
    """Write a trained network as files that are used without dartslab's training or search code.

    network.pt2 needs torch alone: torch.export.load("network.pt2").module()(pictures). network.safetensors is what
    dartslab.run.export.load_network reads. Both take uint8 pictures [B, C, H, W] of the size of the training, and give
    logits [B, classes].
    """

    run_folder: Positional[Path]
    """The folder of a training run, finished or not; or that of `reproduce`: the first training of its chosen cell."""
    out: Path
    """Folder for the two files."""

    def run(self) -> None:
        """Write the files, and print their names and how long the network was trained."""
        from ..run.export import PROGRAM, WEIGHTS, export

        trained = export(find_stage(str(self.run_folder), "train"), self.out)
        done = trained.step == trained.steps
        print(f"the network after {trained.step}{'' if done else f' of {trained.steps}'} steps")
        if not done:
            print("the run is not finished, and its network was not tested")
        shape = ", ".join(map(str, trained.classifier.description.picture))
        print(f"it takes uint8 pictures [B, {shape}]")
        cells = trained.classifier.description.genotype.cells.values()
        if any(connection.operation == NOISE for cell in cells for connection in cell.connections):
            print(f"its cells hold the operation {NOISE}, so its logits differ from call to call")
        print(self.out / PROGRAM)
        print(self.out / WEIGHTS)


@dataclass(frozen=True)
class Draw:
    """Draw what a run found: the cells, the heatmap of the mixing weights, the curves."""

    run_folder: Positional[str]
    """A run folder, the folder of `reproduce`, a file or text with a genotype, or a published cell such as DARTS_V2."""
    out: Path | None = None
    """Folder for the pictures. Without it, the run folder; for a file or a published cell, the current folder."""
    format: Literal["svg", "png"] = "png"
    """Format of the pictures."""

    def run(self) -> None:
        """Write the pictures and print their names."""
        from ..draw.cells import draw_genotype
        from ..draw.curves import loss_curves
        from ..draw.dot import render
        from ..draw.figures import alpha_heatmap
        from ..draw.picture import make_folder, save_figure

        source = find_stage(self.run_folder, "search")
        folder = self.out or (Path(self.run_folder) if os.path.isdir(self.run_folder) else Path())
        make_folder(folder)
        record = Record.load(source) if os.path.isdir(source) else None
        written = []
        if record is None or os.path.isfile(Path(source) / GENOTYPE):
            written.append(render(draw_genotype(read_genotype(source)), folder / f"genotype.{self.format}"))
        if record is not None and len(record):
            figures = {"curves": loss_curves(record.columns)}
            if record.kind == "search":
                figures["alpha"] = alpha_heatmap(record.space, record.weights(), genotype=record.genotype())
            for name, figure in figures.items():
                written.append(folder / f"{name}.{self.format}")
                save_figure(figure, written[-1])
        require(bool(written), f"{self.run_folder} holds no step yet, so there is nothing to draw; run it first.")
        for path in written:
            print(path)


@dataclass(frozen=True)
class Table:
    """Write what a run recorded as CSV: one line per step, one column per number."""

    run_folder: Positional[Path]
    """The folder of a search or a training, finished or not; or that of `reproduce`: the search of its chosen cell."""
    out: Path | None = None
    """The file; without it the table is printed."""

    def run(self) -> None:
        """Print the table, or write it and print the file's name."""
        from ..base.files import write_atomically
        from ..run.table import to_csv

        text = to_csv(Record.load(find_stage(str(self.run_folder), "search", sys.stderr)))
        if self.out is None:
            print(text, end="")
            return
        write_atomically(self.out, lambda file: file.write(text.encode()))
        print(self.out)
