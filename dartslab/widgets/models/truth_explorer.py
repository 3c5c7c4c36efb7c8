"""All cells of a truth table as whole numbers that a page can draw. Pure, no torch.

Losses and accuracies are whole numbers of ten thousandths, so that a page and Python round them in the same way.
What is shown of them is in `truth_frame.py`.
"""

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from ...base.statistics import LEVEL
from ...draw.style import title_of
from ...space import NONE
from ...truth.containing import cells_containing, split_cells
from ...truth.describe import values_of_cells
from ...truth.estimates import Estimates, estimate
from ...truth.rank import rank_cells
from ...truth.table import TruthTable
from .staircase import stairs
from .truth_frame import ANYWHERE, ESTIMATE, MEAN, values_shown

SCALE = 10_000
CODE = """from dartslab.widgets import TruthExplorer
TruthExplorer("{name}", cell=NUMBER).builder()"""
MEASURES = ("test loss", "test accuracy", "validation loss", "validation accuracy")
SIZES = ("parameters", "multiply-adds")
WITHIN_95 = NormalDist().inv_cdf((1 + LEVEL) / 2)  # standard deviations on both sides that hold 95 %


def ways_of(table: TruthTable) -> list[str]:
    """What a dot can show of a cell: the estimate, the mean of its trainings, or one training."""
    return [ESTIMATE, MEAN, *(f"seed {seed}" for seed in range(table.plan.first_seeds))]


def edges_of(table: TruthTable) -> dict[str, tuple[str, Any]]:
    """{name: (kind, edge)} of every edge on which an operation can be looked for; the first stands for all of them."""
    space = table.plan.search.space
    named = {
        f"{edge.name} of the {title_of(kind, space.tied)}": (kind, edge) for kind in space.kinds for edge in space.edges
    }
    return {ANYWHERE: ("", None)} | named


def explore(table: TruthTable) -> dict[str, Any]:
    """All that a page needs of a table, for the n cells that have the first seeds of its plan.

    Args:
        table: complete or not.
    Returns:
        Lists have an entry for each cell, in the order of their numbers, unless said otherwise.
        name, state (in words), complete, of (how many cells the space has), least (trainings that a cell needs to be
        drawn), left (how many trained cells have fewer);
        cells (their numbers), counts (trainings), ranks, better_than (in %), intervals (of the rank), sizes;
        measures: {name: what `measured` gives};
        space: what is drawn of every cell; code: that builds cell NUMBER;
        cuts: {operation: {edge: whether each cell has it, as text of 0 and 1}};
        means: {operation: {edge: {measure: {way: means with and without it}}}}.
    Raises:
        UserError: fewer than two cells have two trainings.
    """
    space, numbers = table.plan.search.space, estimate(table).cells
    ranks = rank_cells(table)
    cells = [table.plan.cells[number] for number in numbers.tolist()]
    operations, edges = [space.operations[column] for column in space.choices], edges_of(table)
    inside = {
        name: {edge: cells_containing(cells, name, *place) for edge, place in edges.items()} for name in operations
    }
    measures = {name: measured(table, estimate(table, name.replace(" ", "_"))) for name in MEASURES}
    shown = {
        kind: [
            [held.get((edge.target, edge.source), NONE) for edge in space.edges]
            for held in ({(c.node, c.predecessor): c.operation for c in cell.cells[kind].connections} for cell in cells)
        ]
        for kind in space.kinds
    }
    known = {kind: list(dict.fromkeys(map(tuple, rows))) for kind, rows in shown.items()}
    lines = {
        kind: {tuple(row): cell.cells[kind].to_line() for row, cell in zip(rows, cells, strict=True)}
        for kind, rows in shown.items()
    }
    return {
        "name": table.plan.name,
        "state": table.state,
        "complete": table.is_complete,
        "of": len(table.plan.cells),
        "least": table.plan.first_seeds,
        "left": len(np.unique(table.columns["cell"])) - len(numbers),
        "cells": numbers.tolist(),
        "counts": [one.trainings for one in ranks],
        "ranks": [one.rank for one in ranks],
        "intervals": [[one.low, one.high] for one in ranks],
        "better_than": [one.percent for one in ranks],
        "sizes": {
            name: values_of_cells(table, name.replace("-", "_"), numbers.tolist()).round().astype(int).tolist()
            for name in SIZES
        },
        "measures": measures,
        "space": {
            "stairs": stairs(space),
            "none": NONE,
            "tied": space.tied,
            "nodes": space.nodes,
            "titles": {kind: title_of(kind, space.tied) for kind in space.kinds},
            "lines": {kind: [lines[kind][row] for row in rows] for kind, rows in known.items()},
            "operations": {kind: [list(row) for row in rows] for kind, rows in known.items()},
            "which": {kind: [known[kind].index(tuple(row)) for row in rows] for kind, rows in shown.items()},
            "edges": {name: [kind, edge and space.edges.index(edge)] for name, (kind, edge) in edges.items()},
        },
        "code": CODE.format(name=table.plan.name),
        "cuts": {
            name: {edge: "".join(map(str, rows.astype(int))) for edge, rows in each.items()}
            for name, each in inside.items()
        },
        "means": {
            name: {edge: _means(table, measures, rows) for edge, rows in each.items()} for name, each in inside.items()
        },
    }


def _means(table: TruthTable, measures: Mapping[str, Any], inside: np.ndarray) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for measure, columns in measures.items():
        found[measure] = {}
        for way in ways_of(table):
            split = split_cells(np.array(values_shown(columns, way)), inside)
            found[measure][way] = [
                None if mean is None else round(mean) for mean in (split.mean_inside, split.mean_outside)
            ]
    return found


def measured(table: TruthTable, found: Estimates) -> dict[str, Any]:
    """One column of a table in ten thousandths.

    Args:
        table: complete or not.
        found: its estimates in this column.
    Returns:
        estimate, low, high (between them the true value lies with a probability of 95 %), mean, spread (standard
        deviation between the trainings of the cell) and trainings (a list), for each cell; within and between, the
        standard deviations of `Estimates`, and average, the mean of all cells; best: {way: place of the best cell}.
    """
    values = table.of_each_cell(found.column)
    trainings = [values[cell] for cell in found.cells.tolist()]
    whole = [_whole(one) for one in trainings]
    reach = WITHIN_95 * found.errors
    columns = {
        "estimate": _whole(found.shrunken),
        "low": _whole(found.shrunken - reach),
        "high": _whole(found.shrunken + reach),
        "mean": _whole(found.raw),
        "spread": _whole(np.array([one.std(ddof=1) for one in trainings])),
        "trainings": whole,
    }
    shown = {ESTIMATE: found.shrunken, MEAN: found.raw}
    shown |= {f"seed {seed}": np.array([one[seed] for one in trainings]) for seed in range(table.plan.first_seeds)}
    best = {way: int(np.argmin(found.sign * numbers)) for way, numbers in shown.items()}
    scalars = {"within": found.within, "between": found.between, "average": found.mean}
    return columns | {name: round(SCALE * value) for name, value in scalars.items()} | {"best": best}


def _whole(values: np.ndarray) -> list[int]:
    numbers: list[int] = np.rint(SCALE * values).astype(int).tolist()
    return numbers
