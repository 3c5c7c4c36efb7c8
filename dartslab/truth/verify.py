"""Train cells of a table again, and say which rows are reproduced."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..base.messages import require
from ..data.datasets import load_data
from ..experiment.backends import sweep
from .estimates import estimate
from .make import make_row, read_pictures, train_cell
from .plans import plan_of
from .table import COLUMNS, Row, TruthTable

MACHINE = ("processor", "versions")
COMPARED = [name for name in COLUMNS if name not in ("cell", "normal", "reduce", "seed", "seconds", *MACHINE)]
TIMES = 4.0  # a loss from another processor may differ by so many standard deviations between seeds


@dataclass(frozen=True)
class Verified:
    """A row of the table, made again.

    Args:
        cell, seed: of the row.
        differences: {column: (in the table, now)} for every column that differs in the nine digits that are kept.
        same_machine: whether the row was made on this kind of processor with these versions; then all must be equal.
        close: whether its loss differs by less than four standard deviations between seeds of a cell.
    """

    cell: int
    seed: int
    differences: dict[str, tuple[str, str]]
    same_machine: bool
    close: bool

    @property
    def is_reproduced(self) -> bool:
        """Whether it is equal on the same kind of machine, or close on another."""
        return not self.differences if self.same_machine else self.close


def draw_rows(table: TruthTable, cells: int, seed: int) -> list[Row]:
    """Rows to make again: one random training of each of `cells` random cells.

    Raises:
        UserError: more cells are asked for than the table has, or none.
    """
    rows = table.rows()
    trained = sorted({row["cell"] for row in rows})
    require(1 <= cells <= len(trained), f"{cells} cells are to be trained again; allowed are 1 to {len(trained)}.")
    generator = np.random.default_rng(seed)
    chosen = generator.choice(trained, cells, replace=False)
    drawn = []
    for cell in chosen.tolist():
        own = [row for row in rows if row["cell"] == cell]
        drawn.append(own[int(generator.integers(len(own)))])
    return drawn


def verify_row(table_name: str, row: Row, root: str | None) -> Row:
    """Make a row again.

    Args:
        table_name: name of its table.
        row: as it is in the table.
        root: folder of the original Fashion-MNIST. With None, only the test pictures in the package are used: there is
            no validation, and the other half of the test pictures is left out.
    """
    plan, place = plan_of(table_name), (row["cell"], row["seed"])
    if root is not None:
        return make_row(plan, *place, read_pictures(table_name, root))
    return train_cell(plan, *place, load_data("fashion-mini", image_size=plan.train.image_size))[0]


def compare_rows(table: TruthTable, stored: Row, now: Row) -> Verified:
    """Compare a row of the table with the same row made now; `now` may lack the columns that need other pictures."""
    texts = {name: tuple(_kept(row[name]) for row in (stored, now)) for name in COMPARED if name in now}
    within = estimate(table, "shipped_loss").within
    return Verified(
        stored["cell"],
        stored["seed"],
        {name: (before, after) for name, (before, after) in texts.items() if before != after},
        all(stored[name] == now[name] for name in MACHINE),
        abs(stored["shipped_loss"] - now["shipped_loss"]) < TIMES * within,
    )


def _kept(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def verify(
    table: TruthTable, cells: int, seed: int, root: str | None, jobs: int = 2, say: Callable[[str], None] = print
) -> list[Verified]:
    """Train random cells of a table again.

    Args:
        table: complete or not.
        cells: how many cells are trained again.
        seed: decides which cells and which of their trainings.
        root: see `verify_row`.
        jobs: how many trainings run at a time.
        say: is called with a line about each training.
    """
    rows = draw_rows(table, cells, seed)
    calls = [partial(verify_row, table.plan.name, row, root) for row in rows]
    found = []
    for number, now in sweep(calls, jobs):
        one = compare_rows(table, rows[number], now)
        found.append(one)
        what = "equal" if not one.differences else "close" if one.close else "FAR"
        say(f"cell {one.cell}, seed {one.seed}: {what}; loss {rows[number]['shipped_loss']:.6f} in the table, "
            f"{now['shipped_loss']:.6f} now")  # fmt: skip
    return found
