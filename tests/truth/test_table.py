"""The table of a space: its file, what it says of itself, and which trainings it still lacks."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dartslab.truth.plans import PLANS, TablePlan, plan_of
from dartslab.truth.table import COLUMNS, TruthTable
from made_rows import made_row, made_rows
from sentences import refusal

LESSON = PLANS["lesson"]
WHOLE = [(cell, seed) for cell in range(625) for seed in range(3)]
TWO_STAGES = replace(LESSON, rounds=((0, 1), (3, 2), (2, 4)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.csv.gz"


def table_of(plan: TablePlan, places: list[tuple[int, int]]) -> TruthTable:
    return TruthTable.from_rows(plan, made_rows(plan, places), {"train": [6000, "abc"]})


def test_what_was_written_is_read_again(path: Path) -> None:
    table = table_of(LESSON, [(5, 1), (3, 0), (5, 0)])
    table.write(path)
    read = TruthTable.read(path)
    assert [(row["cell"], row["seed"]) for row in read.rows()] == [(3, 0), (5, 0), (5, 1)]  # by cell, then by seed
    assert read.pictures == {"train": [6000, "abc"]}
    for name, (kind, _) in COLUMNS.items():
        found, wanted = read.columns[name].tolist(), table.columns[name].tolist()
        assert found == (pytest.approx(wanted, rel=1e-8) if kind is float else wanted)
    before = path.read_bytes()
    read.write(path)
    assert path.read_bytes() == before  # equal tables, equal bytes


def test_pandas_reads_the_file_without_dartslab(path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table_of(LESSON, [(3, 0), (5, 0)]).write(path)
    frame = pandas.read_csv(path, comment="#")
    assert list(frame) == list(COLUMNS)
    assert frame.cell.tolist() == [3, 5]


def test_the_plan_trains_all_cells_first_and_then_the_best_more_often() -> None:
    rows = made_rows(TWO_STAGES, [(cell, 0) for cell in range(625)])
    best = [row["cell"] for row in sorted(rows, key=lambda row: row["validation_loss"])]
    table = TruthTable.from_rows(TWO_STAGES, rows, {})
    assert sorted(table.waiting) == sorted((cell, 1) for cell in best[:3])
    second = [
        made_row(TWO_STAGES, cell, 1, validation_loss=value) for cell, value in zip(best, (9, 0, 0), strict=False)
    ]
    table = TruthTable.from_rows(TWO_STAGES, rows + second, {})  # the first of them was lucky
    assert sorted(table.waiting) == sorted((cell, seed) for cell in best[1:3] for seed in (2, 3))
    more = made_rows(TWO_STAGES, table.waiting)
    assert TruthTable.from_rows(TWO_STAGES, rows + second + more, {}).waiting == []


def test_what_is_done_of_a_table_is_a_fair_draw_from_the_space() -> None:
    first = [cell for cell, seed in table_of(LESSON, []).waiting if seed == 0][:100]
    assert len(set(first)) == 100 and abs(np.mean(first) - 312) < 60  # and not cells 0 to 99


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([], "not complete: 0 of 625 cells with 3 seeds or more, 0 trainings"),
        ([(7, 0), (7, 1), (7, 2), (8, 0)], "not complete: 1 of 625 cells with 3 seeds or more, 4 trainings"),
        (WHOLE, "not complete: 625 of 625 cells with 3 seeds or more, 1,875 trainings"),
    ],
)
def test_a_table_says_how_much_of_it_is_done(places: list[tuple[int, int]], said: str, path: Path) -> None:
    table = table_of(LESSON, places)
    assert table.state == said and not table.is_complete
    table.write(path)
    assert json.loads(gzip.decompress(path.read_bytes()).splitlines()[0][1:])["state"] == said
    whole = table_of(LESSON, WHOLE)
    done = TruthTable.from_rows(LESSON, whole.rows() + made_rows(LESSON, whole.waiting), {})
    assert done.is_complete and done.state == "complete: 625 of 625 cells with 3 seeds or more, 2,115 trainings"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def cut_text(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))


def cut_line(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-30]))


def change(path: Path, part: str, **values: object) -> None:
    head, *lines = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
    header = json.loads(head[1:])
    header[part] |= values
    path.write_bytes(gzip.compress(f"# {json.dumps(header)}\n{''.join(lines)}".encode()))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), "is no whole table of trained cells"),
        (cut, "it may be cut off: install dartslab again, or make it again."),
        (lambda path: path.write_text("cell,seed\n"), "is no whole table of trained cells"),
        (lambda path: path.write_bytes(gzip.compress(b"")), "is no whole table of trained cells"),
        (cut_text, "is cut off: it has 1 rows and says 2"),
        (cut_line, "is cut off: it has 2 rows and says 2"),
        (lambda path: change(path, "space", nodes=2), "was made with other settings of space (nodes 2 for 1); make"),
        (lambda path: change(path, "train", epochs=9), "was made with other settings of train (epochs 9 for 2)"),
    ],
)
def test_a_file_that_is_no_whole_table_is_refused(harm: Callable[[Path], object], said: str, path: Path) -> None:
    table_of(LESSON, [(3, 0), (5, 0)]).write(path)
    harm(path)
    assert said in refusal(TruthTable.read, path)


def test_a_table_whose_numbers_mean_other_cells_is_refused(path: Path) -> None:
    rows = made_rows(LESSON, [(3, 0), (5, 0)])
    other = rows[0] | {"normal": rows[1]["normal"], "reduce": rows[1]["reduce"]}
    TruthTable.from_rows(LESSON, [other, rows[1]], {}).write(path)
    assert "cell 3, which is another cell in this dartslab; make the table again." in refusal(TruthTable.read, path)


def test_an_unknown_table_is_refused() -> None:
    assert "lesson" in refusal(plan_of, "lessons")
