"""Describe the space of a table: how much cells and seeds differ, which operations good cells have, and their sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ..space import Edge
from .containing import cells_containing
from .estimates import Estimates, estimate, kendall_tau
from .table import TruthTable

SIZES = ("parameters", "multiply_adds")


@dataclass(frozen=True)
class OperationMean:
    """The cells that have one operation on one edge, compared with all cells. The operation need not be the cause.

    Args:
        kind: normal or reduce.
        edge: the edge in the cell of this kind.
        operation: the operation on this edge.
        cells: how many cells have the operation there.
        points: their mean test accuracy minus that of all cells, in percentage points.
        loss: their mean test loss minus that of all cells, in nats.
    """

    kind: str
    edge: Edge
    operation: str
    cells: int
    points: float
    loss: float


def means_of_operations(table: TruthTable) -> list[OperationMean]:
    """A mean for every operation on every edge, over the estimates of the cells; sorted by edge, best first."""
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    found = []
    space = table.plan.search.space
    cells = [table.plan.cells[number] for number in loss.cells.tolist()]
    for kind in space.kinds:
        for edge in space.edges:
            rows = []
            for operation in (space.operations[column] for column in space.choices):
                here = cells_containing(cells, operation, kind, edge)
                if here.any():
                    points = 100 * float(accuracy.shrunken[here].mean() - accuracy.shrunken.mean())
                    worse = float(loss.shrunken[here].mean() - loss.shrunken.mean())
                    rows.append(OperationMean(kind, edge, operation, int(here.sum()), points, worse))
            found += sorted(rows, key=lambda row: row.loss)
    return found


def values_of_cells(table: TruthTable, column: str, cells: Sequence[int]) -> np.ndarray:
    """The mean of a column over the trainings of each cell, [n]."""
    values = table.of_each_cell(column)
    return np.array([values[cell].mean() for cell in cells])


def correlations(table: TruthTable) -> list[dict[str, Any]]:
    """How well other numbers order the cells by estimated test loss.

    Returns:
        A row for each number: "by", its name; "tau", Kendall's tau, 1 for the same order; and "r", the correlation with
        the estimated test accuracy. Sizes are on a logarithmic scale. A value is nan where all numbers are equal.
    """
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    cells = loss.cells.tolist()
    validation = estimate(table, "validation_loss")
    varied = np.ptp(accuracy.shrunken) > 0
    numbers = {
        "validation loss, mean of a cell": -validation.shrunken,
        **{name.replace("_", "-"): np.log(values_of_cells(table, name, cells)) for name in SIZES},
        "train loss of the last epoch": -values_of_cells(table, "train_loss", cells),
    }
    return [
        {
            "by": name,
            "tau": kendall_tau(values, -loss.shrunken),
            "r": float(np.corrcoef(values, accuracy.shrunken)[0, 1]) if np.ptp(values) and varied else float("nan"),
        }
        for name, values in numbers.items()
    ]


def tau_between_seeds(table: TruthTable, column: str = "test_loss") -> list[float]:
    """Kendall's tau between the trainings with one seed and those with another, for each pair of first seeds."""
    values = np.stack(list(table.of_first_seeds(column).values()), axis=1)  # [seeds, n]
    return [kendall_tau(one, other) for one, other in combinations(values, 2)]


def describe_table(table: TruthTable, most: int = 3) -> list[str]:
    """The lines that `dartslab truth show` prints.

    Args:
        table: complete or not.
        most: how many of the best cells are named, and how many of the worst.
    """
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    trainings = table.plan.first_seeds
    lines = [
        f"table {table.plan.name}, {table.state}",
        f"test loss: {_spreads(loss, 1, 'nats')}",
        f"test accuracy: {_spreads(accuracy, 100, '%')}",
        f"Kendall's tau between two seeds {np.mean(tau_between_seeds(table)):.2f}; expected between {trainings} "
        f"trainings and the true order {loss.expected_tau(trainings):.2f}",
        "",
        "best and worst cells by estimated test loss, with their estimated test accuracy:",
    ]
    order = loss.order.tolist()
    ends = order if len(order) <= 2 * most else [*order[:most], *order[-most:]]
    for place in ends:
        cell = table.plan.cells[int(loss.cells[place])]
        lines.append(
            f"  rank {order.index(place) + 1:>4}  {100 * accuracy.shrunken[place]:.1f} %  {'; '.join(cell.to_lines())}"
        )
    lines += ["", "mean test accuracy of the cells with an operation on an edge, minus that of all cells, in points:"]
    for one in means_of_operations(table):
        points = round(one.points, 1) + 0.0  # not -0.0
        lines.append(f"  {one.kind:<6}  {one.edge.name}  {one.operation:<13}  {points:+5.1f}  ({one.cells} cells)")
    lines += ["", "how well other numbers order the cells by test loss, Kendall's tau:"]
    lines += [
        f"  {row['by']:<31}  tau {row['tau']:+.2f}, r with test accuracy {row['r']:+.2f}" for row in correlations(table)
    ]
    return lines


def _spreads(found: Estimates, scale: float, unit: str) -> str:
    digits = 3 if scale == 1 else 1
    mean, between, within = (f"{scale * value:.{digits}f}" for value in (found.mean, found.between, found.within))
    ratio = f"{found.between / found.within:.1f}" if found.within else "not defined"
    return (
        f"mean {mean} {unit}; standard deviation between cells {between}, between seeds of a cell {within}, "
        f"ratio {ratio}"
    )
