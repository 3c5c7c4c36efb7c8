"""Rows of a table that nobody trained, for tests of what is read from one."""

from collections.abc import Iterable

import numpy as np

from dartslab.truth.cells import write_genotype
from dartslab.truth.plans import TablePlan
from dartslab.truth.table import COLUMNS, Row


def made_row(plan: TablePlan, cell: int, seed: int, **values: float) -> Row:
    """A row of which only the names are right; its numbers follow from cell and seed."""
    normal, *reduce = write_genotype(plan.cells[cell])
    drawn = np.random.default_rng((cell, seed)).uniform(0.5, 0.9, len(COLUMNS))
    whole = {int: 1000, float: 1, str: 1}  # 0.5 to 0.9, or 500 to 900
    row = {name: kind(whole[kind] * value) for (name, (kind, _)), value in zip(COLUMNS.items(), drawn, strict=True)}
    texts = {"normal": normal, "reduce": "".join(reduce), "processor": "none", "versions": "none"}
    return row | texts | {"cell": cell, "seed": seed} | values


def made_rows(plan: TablePlan, places: Iterable[tuple[int, int]]) -> list[Row]:
    """A row for each (cell, seed)."""
    return [made_row(plan, cell, seed) for cell, seed in places]
