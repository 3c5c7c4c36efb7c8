"""What a table says of its space: found again where it was put into a made-up one."""

from functools import cache
from itertools import product

import numpy as np
import pytest

from dartslab.space import Edge
from dartslab.truth.describe import correlations, describe_table, means_of_operations, tau_between_seeds
from dartslab.truth.plans import PLANS
from dartslab.truth.table import TruthTable
from made_rows import made_row

LESSON = PLANS["lesson"]


@cache
def table() -> TruthTable:
    """Every sep_conv_3x3 is worth .03 in loss and 3 points, one on edge 1 -> 2 of the reduction cell twice as much."""
    generator = np.random.default_rng(0)
    rows = []
    for number, cell in enumerate(LESSON.cells):
        kept = [c.operation == "sep_conv_3x3" for part in cell.cells.values() for c in part.connections]
        gain = 0.03 * (sum(kept) + kept[3])
        for seed in range(3):
            noise = 0.002 * generator.standard_normal()
            values = dict.fromkeys(("test_loss", "validation_loss", "train_loss"), 0.8 - gain + noise)
            row = made_row(LESSON, number, seed, **values, test_accuracy=0.7 + gain - noise)
            rows.append(row | {"parameters": 1000 + 100 * sum(kept), "multiply_adds": 5000 - number})
    return TruthTable.from_rows(LESSON, rows, {})


def test_what_an_operation_is_worth_on_an_edge() -> None:
    found = {(one.kind, one.edge, one.operation): one for one in means_of_operations(table())}
    assert len(found) == 2 * 2 * 5 and all(one.cells == 125 for one in found.values())
    for (kind, edge, operation), one in found.items():
        twice = 2 if (kind, edge) == ("reduce", Edge(2, 1)) else 1
        share = 4 / 5 if operation == "sep_conv_3x3" else -1 / 5  # minus the mean over its five operations
        assert one.points == pytest.approx(3 * twice * share, abs=0.1)
        assert one.loss == pytest.approx(-0.03 * twice * share, abs=0.001)
    assert means_of_operations(table())[0].operation == "sep_conv_3x3"  # of each edge the best first


def test_sizes_are_compared_with_the_order_of_the_cells() -> None:
    found = {row["by"]: row for row in correlations(table())}
    assert found["parameters"]["r"] > 0.9 and found["parameters"]["tau"] > 0.7
    assert abs(found["multiply-adds"]["tau"]) < abs(found["parameters"]["tau"])
    assert found["validation loss, mean of a cell"]["tau"] > 0.95


def test_seeds_are_compared_in_pairs() -> None:
    assert len(tau_between_seeds(table())) == 3
    assert all(0.5 < tau < 1 for tau in tau_between_seeds(table()))


def test_the_lines_name_the_best_cell_and_say_how_much_is_done() -> None:
    lines = describe_table(table())
    assert lines[0] == "table lesson, not complete: 625 of 625 cells with 3 seeds or more, 1,875 trainings"
    best = next(line for line in lines if line.startswith("  rank    1"))
    assert "2 <- sep_conv_3x3(0), 2 <- sep_conv_3x3(1); reduce: 2 <- sep_conv_3x3(0), 2 <- sep_conv_3x3(1)" in best
    assert any(line.startswith("  rank  625") for line in lines)
    assert sum("→" in line for line in lines) == 20


def test_a_table_of_few_cells_names_each_once() -> None:
    rows = [made_row(LESSON, cell, seed) for cell, seed in product(range(4), range(3))]
    lines = describe_table(TruthTable.from_rows(LESSON, rows, {}))
    assert sum(line.startswith("  rank") for line in lines) == 4
