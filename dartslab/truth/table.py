"""The table of a space, with a row for each training of each cell. Loads no torch.

The file is CSV, packed with gzip. Its first line begins with # and says in JSON what the table is about. pandas reads
the other lines, too: `pd.read_csv(path, comment="#")`.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from ..base.files import write_atomically
from ..base.messages import UserError, require, short
from .plans import TablePlan, plan_of

FORMAT, VERSION = "dartslab-truth", 1
COLUMNS: dict[str, tuple[type, str]] = {
    "cell": (int, "number of the cell"),
    "normal": (str, "the normal cell: node <- operation(predecessor), ..."),
    "reduce": (str, "the reduction cell; empty where it is tied to the normal one"),
    "seed": (int, "of weights and batches"),
    "train_loss": (float, "mean over the last epoch, in nats"),
    "validation_loss": (float, "on pictures that no training and no search saw, in nats"),
    "validation_accuracy": (float, "on them, 0 to 1"),
    "test_loss": (float, "on all test pictures, in nats"),
    "test_accuracy": (float, "on them, 0 to 1"),
    "shipped_loss": (float, "on the test pictures that the package holds, in nats"),
    "shipped_accuracy": (float, "on them, 0 to 1"),
    "parameters": (int, "weights of the network"),
    "multiply_adds": (int, "of the network, for one picture"),
    "seconds": (float, "processor seconds of the training"),
    "processor": (str, "on which the row was made"),
    "versions": (str, "of the software that made it"),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class TruthTable:
    """The trainings of a space's cells.

    Args:
        plan: the space, the training, and how often each cell is to be trained.
        columns: {name: one value for each training}, sorted by cell and then by seed; see `COLUMNS`.
        pictures: how many pictures each part has, and their digests.
    """

    plan: TablePlan
    columns: dict[str, np.ndarray]
    pictures: dict[str, Any]

    @classmethod
    def from_rows(cls, plan: TablePlan, rows: Iterable[Row], pictures: Mapping[str, Any]) -> "TruthTable":
        """A table of rows in any order."""
        ordered = sorted(rows, key=lambda row: (row["cell"], row["seed"]))
        columns: dict[str, np.ndarray] = {
            name: np.array([row[name] for row in ordered], dtype=kind) for name, (kind, _) in COLUMNS.items()
        }
        return cls(plan, columns, dict(pictures))

    def of_each_cell(self, column: str) -> dict[int, np.ndarray]:
        """{number of a cell: its values in a column, sorted by seed}, for all cells that were trained."""
        cells, starts = np.unique(self.columns["cell"], return_index=True)
        parts = np.split(self.columns[column], starts[1:]) if len(cells) else []
        return dict(zip(cells.tolist(), parts, strict=True))

    def of_first_seeds(self, column: str) -> dict[int, np.ndarray]:
        """As `of_each_cell`, but only with the first seeds of the plan, and only for cells that have all of them."""
        wanted, seeds = np.arange(self.plan.first_seeds), self.of_each_cell("seed")
        values = self.of_each_cell(column)
        return {
            cell: values[cell][: len(wanted)]
            for cell, own in seeds.items()
            if np.array_equal(own[: len(wanted)], wanted)
        }

    def rows(self) -> list[Row]:
        """The table as one dictionary for each training."""
        values = [column.tolist() for column in self.columns.values()]
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*values, strict=True)]

    def __len__(self) -> int:
        return len(self.columns["cell"])

    @property
    def training_order(self) -> list[int]:
        """The numbers of all cells in the order in which they are trained: random, but always the same.

        So the cells that are done are a random sample of the space.
        """
        return np.random.default_rng(0).permutation(len(self.plan.cells)).tolist()

    @property
    def waiting(self) -> list[tuple[int, int]]:
        """(cell, seed) of the trainings that the present round of the plan still lacks, in the order of training.

        Empty if the table is complete.
        """
        places = zip(self.columns["cell"].tolist(), self.columns["seed"].tolist(), strict=True)
        loss = dict(zip(places, self.columns["validation_loss"].tolist(), strict=True))
        chosen = self.training_order
        before = 0
        for count, seeds in self.plan.rounds:
            if count:
                means = {cell: np.mean([loss[cell, seed] for seed in range(before)]) for cell in chosen}
                chosen = sorted(chosen, key=means.__getitem__)[:count]
            missing = [(cell, seed) for cell in chosen for seed in range(seeds) if (cell, seed) not in loss]
            if missing:
                return missing
            before = seeds
        return []

    @property
    def is_complete(self) -> bool:
        """Whether every training of the plan has been made."""
        return not self.waiting

    @property
    def state(self) -> str:
        """How much of the table is done, in words."""
        cells = len(self.plan.cells)
        done = sum(count >= self.plan.first_seeds for count in np.bincount(self.columns["cell"], minlength=cells))
        words = f"{done:,} of {cells:,} cells with {self.plan.first_seeds} seeds or more, {len(self):,} trainings"
        return f"complete: {words}" if self.is_complete else f"not complete: {words}"

    def header(self) -> dict[str, Any]:
        """What the first line of the file says."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": self.plan.name,
            "state": self.state,
            "rows": len(self),
            "space": asdict(self.plan.search.space),
            "train": asdict(self.plan.train),
            "plan": self.plan.rounds,
            "pictures": self.pictures,
            "columns": {name: meaning for name, (_, meaning) in COLUMNS.items()},
        }

    def write(self, path: Path) -> None:
        """Write the file in one move: a reader sees the old file or the new one. Equal tables give equal bytes."""
        text = io.StringIO()
        text.write(f"# {json.dumps(self.header())}\n")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows():
            writer.writerow(f"{value:.9g}" if isinstance(value, float) else value for value in row.values())
        packed = gzip.compress(text.getvalue().encode(), mtime=0)
        write_atomically(path, lambda file: file.write(packed))

    @classmethod
    def read(cls, path: Path) -> "TruthTable":
        """Read what `write` wrote.

        Raises:
            UserError: no such file; a file that is cut off or is no table; a table of another space, training or list
                of cells.
        """
        try:
            head, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
            header = json.loads(head.removeprefix("#"))
            rows = list(csv.DictReader(lines))
            name, count = header["name"], header["rows"]
        except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
            raise UserError(
                f"{path} is no whole table of trained cells ({short(error)}); it may be cut off: install dartslab "
                "again, or make it again."
            ) from error
        require(
            len(rows) == count and all(set(row) == set(COLUMNS) and None not in row.values() for row in rows),
            f"{path} is cut off: it has {len(rows)} rows and says {count}, each of {len(COLUMNS)} columns; install "
            "dartslab again, or make the table again.",
        )
        plan = plan_of(name)
        empty = cls.from_rows(plan, [], {}).header()
        for part in ("space", "train"):  # settings that are newer than the table are not compared
            changed = _changes(header[part], empty[part])
            require(not changed, f"{path} was made with other settings of {part} ({changed}); make the table again.")
        typed = [{key: COLUMNS[key][0](value) for key, value in row.items()} for row in rows]
        for row in typed:  # each number must still name the same cell
            texts = tuple(filter(None, (row["normal"], row["reduce"])))
            require(
                plan.numbers.get(texts) == row["cell"],
                f"{path} calls {' and '.join(texts)} cell {row['cell']}, which is another cell in this dartslab; make "
                "the table again.",
            )
        return cls.from_rows(plan, typed, header["pictures"])


def _changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    now = json.loads(json.dumps(now))
    return ", ".join(f"{key} {value} for {now.get(key)}" for key, value in then.items() if value != now.get(key))


@cache
def load_table(name: str) -> TruthTable:
    """A table that ships with the package.

    Args:
        name: one of `PLANS`.
    Raises:
        UserError: no such table.
    """
    plan_of(name)
    with as_file(files(__package__) / f"{name}.csv.gz") as path:
        return TruthTable.read(path)
