"""Rows made again: which come back, on this kind of machine and on another."""

from dataclasses import replace

import pytest
import torch

from dartslab.data.datasets import load_data
from dartslab.truth import verify as module
from dartslab.truth.plans import PLANS
from dartslab.truth.table import Row, TruthTable
from dartslab.truth.verify import compare_rows, draw_rows, verify, verify_row
from made_rows import made_rows
from sentences import refusal

LESSON = PLANS["lesson"]
HERE = {"processor": "this", "versions": "these"}


def table(**values: object) -> TruthTable:
    rows = made_rows(LESSON, [(cell, seed) for cell in range(8) for seed in range(3)])
    return TruthTable.from_rows(LESSON, [row | values for row in rows], {})


def test_rows_are_drawn_by_a_seed_one_of_each_cell() -> None:
    first, again, other = (draw_rows(table(), 5, seed) for seed in (0, 0, 1))
    assert first == again != other
    assert len({row["cell"] for row in first}) == 5


@pytest.mark.parametrize("cells", [0, 9])
def test_more_cells_than_there_are_cannot_be_drawn(cells: int) -> None:
    said = refusal(draw_rows, table(), cells, 0)
    assert said == f"{cells} cells are to be trained again; allowed are 1 to 8."


@pytest.mark.parametrize(
    ("stored", "moved", "is_reproduced"),
    [
        (HERE, 0.0, True),
        (HERE, 1e-6, False),  # on the same kind of machine every digit must come back
        ({"processor": "another"}, 1e-6, True),
        ({"versions": "another"}, 1e-6, True),
        ({"processor": "another"}, 5.0, False),
    ],
)
def test_a_row_is_reproduced_digit_by_digit_or_within_the_seeds(stored: Row, moved: float, is_reproduced: bool) -> None:
    row = table().rows()[0] | HERE | stored
    now = row | HERE | {"shipped_loss": row["shipped_loss"] + moved}
    found = compare_rows(table(), row, now)
    assert found.is_reproduced == is_reproduced
    assert set(found.differences) == ({"shipped_loss"} if moved else set())


def test_without_the_original_pictures_only_what_ships_is_compared() -> None:
    row = table().rows()[0] | HERE
    assert not compare_rows(table(), row, row | {"test_loss": 9.0}).is_reproduced
    now = {name: value for name, value in row.items() if not name.startswith(("test", "validation"))}
    assert compare_rows(table(), row, now).is_reproduced


def test_a_training_is_made_with_the_cell_and_the_seed_of_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(LESSON, train=replace(LESSON.train, epochs=1, steps=2))
    monkeypatch.setattr(module, "plan_of", lambda name: short)
    monkeypatch.setattr(module, "sweep", lambda calls, jobs: ((n, call()) for n, call in enumerate(calls)))
    whole_data = load_data("fashion-mini", image_size=16)
    few = replace(whole_data, test=whole_data.test.pick(torch.arange(64)))
    monkeypatch.setattr(module, "load_data", lambda *_, **__: few)
    made = [verify_row("lesson", row, None) for row in draw_rows(table(), 2, 0)]
    again = {(row["cell"], row["seed"]): row for row in made}
    rows = [row | again.get((row["cell"], row["seed"]), {}) for row in table().rows()]
    whole = TruthTable.from_rows(short, rows, {})
    said: list[str] = []
    found = verify(whole, 2, 0, None, say=said.append)
    assert all(one.is_reproduced and one.same_machine and not one.differences for one in found)
    assert sorted((one.cell, one.seed) for one in found) == sorted((row["cell"], row["seed"]) for row in made)
    assert all("equal; loss" in line for line in said)
