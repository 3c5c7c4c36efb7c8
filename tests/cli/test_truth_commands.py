"""`dartslab truth`: show, rank, compare and verify, on a table that was made up."""

import json
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from command_lines import refused, run
from dartslab import random_genotype
from dartslab.cli import truth_commands
from dartslab.truth import found as searches
from dartslab.truth import plans, table, verify
from dartslab.truth.plans import PLANS
from dartslab.truth.table import TruthTable
from made_rows import made_row

LESSON = PLANS["lesson"]


@cache
def made() -> TruthTable:
    generator = np.random.default_rng(0)
    rows = []
    for cell, seed in product(range(625), range(3)):
        noise = 0.002 * generator.standard_normal()
        values = dict.fromkeys(("test_loss", "validation_loss", "shipped_loss"), 0.5 + 0.001 * cell + noise)
        rows.append(made_row(LESSON, cell, seed, **values))
    return TruthTable.from_rows(LESSON, rows, {})


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up table, and searches of two steps."""
    monkeypatch.setattr(truth_commands, "load_table", lambda name: made())
    short = {"steps": 2, "epochs": 1, "alpha_waits": 0, "batch_size": 8, "image_size": 8, "portion": 0.98}
    small = replace(LESSON, sizes=short, train=replace(LESSON.train, image_size=8))
    monkeypatch.setitem(plans.PLANS, "lesson", small)
    monkeypatch.setattr(searches, "sweep", lambda calls, jobs: [(number, call()) for number, call in enumerate(calls)])


def test_show_describes_the_table(capsys) -> None:
    assert run(capsys, "truth") == run(capsys, "truth", "show")
    assert run(capsys, "truth", "show").startswith("table lesson, not complete: 625 of 625 cells with 3 seeds")


def test_rank_says_where_cells_stand(capsys, tmp_path: Path) -> None:
    cell = random_genotype(LESSON.search.space, 3)
    path = tmp_path / "cell.json"
    path.write_text(cell.to_json())
    said = run(capsys, "truth", "rank", str(path), str(path))
    assert said.count(f"{path}: rank ") == 2 and " of 625 (95 %: " in said
    assert "all numbers are about the cells that are done" in said


def test_compare_searches_once_and_says_what_may_be_said(capsys, tmp_path: Path) -> None:
    words = ["truth", "compare", "darts", "parameters", "--seeds", "2", "--folder", str(tmp_path / "kept")]
    out, picture = tmp_path / "all.json", tmp_path / "pictures" / "all.svg"
    said = run(capsys, *words, "--out", str(out), "--picture", str(picture))
    assert said.count("darts, first_order, seed ") == 2
    assert " random search at n = 2 (it trains 1 cell at the cost of a search)" in said
    assert "parameters: Kendall's tau with the test loss" in said
    assert "<svg" in picture.read_text() and f"written: {out}\nwritten: {picture}" in said
    darts, parameters = json.loads(out.read_text())
    assert darts["verdict"] in said and len(parameters["tau"]) == 2
    assert "darts, first_order, seed " not in run(capsys, *words)  # nothing is searched again


def test_files_of_ones_own_are_methods_or_rankings(capsys, tmp_path: Path) -> None:
    method, ranking = tmp_path / "mine.py", tmp_path / "score.py"
    method.write_text("from dartslab.methods.method import Method\nMETHOD = Method('mine', 'nobody')\n")
    ranking.write_text("from dartslab.methods.rankings.parameters import RANKING\n")
    said = run(capsys, "truth", "compare", method, ranking, "--seeds", "2", "--folder", tmp_path / "kept")
    assert f"{method}, first_order, seed 0: " in said and "parameters: Kendall's tau" in said
    ranking.write_text("SCORE = 3\n")
    assert "defines no METHOD" in refused("truth", "compare", ranking, "--folder", tmp_path / "kept")


def test_verify_trains_rows_again(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "sweep", lambda calls, jobs: [(number, call()) for number, call in enumerate(calls)])
    monkeypatch.setattr(verify, "verify_row", lambda name, row, root: row)
    said = run(capsys, "truth", "verify", "--cells", "3")
    assert "3 of 3 rows are reproduced; 3 were made on a machine like this one and must agree" in said
    monkeypatch.setattr(verify, "verify_row", lambda name, row, root: row | {"shipped_loss": 9.0})
    with pytest.raises(SystemExit) as left:
        run(capsys, "truth", "verify", "--cells", "3")
    assert left.value.code == 1 and "shipped_loss 0." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sho"], "truth does not know 'sho'; give `show`, `rank` with cells, `compare` with methods"),
        (["rank"], "got 'rank'; give `show`"),
        (["compare"], "got 'compare'; give `show`"),
        (["show", "darts"], "got 'show darts'; give `show`"),
        (["show", "--table", "lessons"], "unknown table 'lessons'"),
        (["rank", "DARTS_V2"], "is not in the table lesson, which holds a normal and a reduction cell of 1 node with"),
        (["rank", "nowhere"], "nowhere"),
        (["compare", "dart"], "darts"),
        (["compare", "darts", "nowhere/mine.py"], "nowhere/mine.py"),
        (["compare", "darts", "--picture", "all.gif"], "all.gif has the suffix '.gif'"),
        (["compare", "naswot", "--picture", "all.svg"], "only rankings are compared, and a picture shows methods"),
        (["compare", "darts", "--seeds", "0"], "seeds must be 1 or more, got 0"),
        (["compare", "darts", "--hypergradient", "exakt"], "exact"),
        (["verify", "--cells", "0"], "0 cells are to be trained again; allowed are 1 to 625."),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_one_sentence(words: list[str], said: str, tmp_path: Path) -> None:
    kept = ["--folder", str(tmp_path)] if words[0] == "compare" else []
    assert said in refused("truth", *words, *kept)
    assert list(tmp_path.iterdir()) == []  # nothing is searched before all names are known


def test_the_table_that_ships_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plans.PLANS, "lesson", LESSON)
    shipped = table.load_table("lesson")
    assert len(shipped) > 0 and shipped.pictures["train"][0] == 6000
