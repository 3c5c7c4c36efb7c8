"""Searches of a table's space: made once, kept, read again, and made anew when their method was changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dartslab import METHODS, SearchConfig
from dartslab.base.messages import UserError
from dartslab.truth import found as module
from dartslab.truth import plans
from dartslab.truth.found import config_for, find_cell, find_cells, keep_found, read_found
from dartslab.truth.plans import PLANS
from sentences import refusal

MINE = '''"""A method of one's own: DARTS."""
from dartslab.methods.darts import METHOD as DARTS
from dataclasses import replace
METHOD = replace(DARTS, name="mine")
'''


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches of two steps, in this process."""
    short = {"steps": 2, "epochs": 1, "alpha_waits": 0, "batch_size": 8, "image_size": 8, "portion": 0.98}
    monkeypatch.setitem(plans.PLANS, "lesson", replace(PLANS["lesson"], sizes=short))
    monkeypatch.setattr(module, "sweep", lambda calls, jobs: [(number, call()) for number, call in enumerate(calls)])


def test_a_search_finds_a_cell_of_the_table_and_says_what_it_cost() -> None:
    found = find_cell("lesson", "darts", 3)
    assert found.cell is not None and PLANS["lesson"].numbers[found.texts] == found.cell
    assert found.training > 0 and (found.forward, found.backward) >= (4, 4)  # w and alpha, twice each
    assert find_cell("lesson", "darts", 3).cell == found.cell  # seeded
    exact = find_cell("lesson", "darts", 3, "exact")
    assert exact.hypergradient == "exact" and exact.backward > found.backward


def test_the_cost_of_a_training_is_taken_from_its_first_steps() -> None:
    assert module.seconds_of_training(PLANS["lesson"], steps=2) > 0


def test_a_search_is_made_once(tmp_path: Path) -> None:
    said: list[str] = []
    first = find_cells("lesson", "darts", range(2), tmp_path, say=said.append)
    again = find_cells("lesson", "darts", range(3), tmp_path, say=said.append)
    assert [one.seed for one in again] == [0, 1, 2] and again[:2] == first
    assert len(said) == 3 and said[0].startswith("darts, first_order, seed 0: ")
    other = find_cells("lesson", "darts", range(1), tmp_path, "exact", say=said.append)
    assert other[0].hypergradient == "exact" and len(said) == 4


def test_several_searches_are_one_file_with_a_line_for_each(tmp_path: Path) -> None:
    several = find_cells("lesson", "darts", range(2), tmp_path, say=str)
    keep_found(tmp_path / "all.json", several)
    assert read_found(tmp_path / "all.json") == several
    assert len((tmp_path / "all.json").read_text().splitlines()) == 4  # the brackets have lines of their own


def test_a_changed_file_is_searched_anew(tmp_path: Path) -> None:
    mine, said = tmp_path / "mine.py", []
    mine.write_text(MINE)
    for _ in range(2):
        find_cells("lesson", str(mine), range(1), tmp_path / "kept", say=said.append)
    assert len(said) == 1
    mine.write_text(MINE + "# changed\n")
    find_cells("lesson", str(mine), range(1), tmp_path / "kept", say=said.append)
    assert len(said) == 2


@pytest.mark.parametrize("name", METHODS)
def test_every_method_can_search_the_space_in_some_way(name: str) -> None:
    config, changed = config_for("lesson", name, 0)
    assert config.nodes == 1 and config.seed == 0
    assert ("none" in config.operations) == (changed != "without none")


@pytest.mark.parametrize(
    ("name", "said"),
    [("dart", "darts"), ("naswot", "naswot is a ranking"), ("nowhere/mine.py", "nowhere/mine.py")],
)
def test_what_is_no_method_is_refused(name: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(find_cells, "lesson", name, range(1), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"texts": [], "method": "darts"})])
def test_a_file_that_is_no_search_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lesson" / "darts-first_order-0.json"
    path.parent.mkdir()
    path.write_text(text)
    assert f"{path} is no search that was kept" in refusal(find_cells, "lesson", "darts", range(1), tmp_path)
    assert "remove it, then search again." in refusal(read_found, path)


def test_a_refusal_is_that_of_the_space_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(config: SearchConfig) -> None:
        raise UserError(f"no: {config.operations[0]}.")

    monkeypatch.setitem(METHODS, "never", replace(METHODS["darts"], name="never", check=refuse))
    assert refusal(config_for, "lesson", "never", 0) == "no: none."
