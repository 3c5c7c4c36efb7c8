"""ExperimentPanel without a browser: a folder in every state, start, stop, coming back, what goes wrong."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import tiny
from dartslab.experiment.config import Experiment
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import DONE
from dartslab.run.record import CONFIG
from dartslab.widgets import ExperimentPanel
from sentences import refusal


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return tiny.experiment(tiny.picture_folder(tmp_path_factory.mktemp("pictures")))


@pytest.fixture(scope="module")
def finished(small: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "runs"
    assert reproduce(small, out) == ""
    return out


def states(panel: ExperimentPanel) -> dict[str, str]:
    return {row["name"]: row["state"] for row in panel.canvas.frame["rows"]}


def test_before_it_begins_everything_waits(small: Experiment, tmp_path: Path) -> None:
    panel = ExperimentPanel(tmp_path / "new", small)
    assert panel.status == "not begun" and set(states(panel).values()) == {"waiting"}
    assert "not begun, 0 of 7 stages done" in panel.text and panel.canvas.frame["run"] is None
    assert not (tmp_path / "new").exists()
    assert not panel.buttons["start"].disabled and panel.buttons["stop"].disabled
    panel.close()


def test_a_finished_experiment_shows_what_every_stage_measured(finished: Path) -> None:
    panel = ExperimentPanel(finished)
    assert panel.status == "finished" and set(states(panel).values()) == {"done"}
    for row in panel.canvas.frame["rows"]:
        accuracy = json.loads((finished / row["name"] / DONE).read_text(encoding="utf-8"))["accuracy"]
        where = "test set" if row["name"].startswith("evaluate") else "validation half"
        assert row["result"] == f"{100 * accuracy:.1f} % on the {where}" and row["step"] == row["steps"]
        assert f"{row['name']} done, {row['result']}" in panel.text
    json.dumps(panel.canvas.frame, allow_nan=False)
    panel.close()


def test_a_finished_experiment_has_nothing_to_start_and_an_old_notice_goes(finished: Path) -> None:
    panel = ExperimentPanel(finished)
    assert refusal(panel.start).startswith("there is nothing to start: all 7 stages are done")
    assert all(button.disabled for button in panel.buttons.values())
    panel.buttons["start"].click()  # as from a page that does not know yet
    assert "there is nothing to start" in panel.text
    panel.controls["shown"].value = "search-1"
    assert "there is nothing to start" not in panel.text
    panel.close()


def test_any_stage_can_be_shown(finished: Path) -> None:
    panel = ExperimentPanel(finished)
    panel.controls["shown"].value = "search-1"
    run = panel.canvas.frame["run"]
    assert run["title"] == "search-1" and run["step"] == 4 and len(run["cells"]) == 2
    assert panel.still_png(panel.canvas.frame).startswith(b"\x89PNG")
    panel.controls["shown"].value = "evaluate-random-0"
    run = panel.canvas.frame["run"]
    assert "cells" not in run and len(run["curves"]["loss"][0]["x"]) == 5
    assert panel.still_png(panel.canvas.frame).startswith(b"\x89PNG")
    panel.close()


def test_a_run_is_made_anew_only_where_its_record_has_changed(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    shutil.copytree(finished, out)
    panel = ExperimentPanel(out)
    panel.controls["shown"].value = "search-1"
    first = panel.folder.frame("search-1", None)["run"]
    assert panel.folder.frame("search-1", None)["run"] is first
    (out / "search-1" / CONFIG).touch()  # as when the record is written again
    again = panel.folder.frame("search-1", None)["run"]
    assert again is not first and again == first
    panel.close()


def test_an_unfinished_one_says_how_far_it_is(small: Experiment, finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    shutil.copytree(finished, out)
    for name in ("search-1", "choice-1"):
        (out / name / DONE).unlink()
    shutil.rmtree(out / "evaluate-chosen-0")
    panel = ExperimentPanel(out)
    assert panel.status == "stopped" and "4 of 7 stages done" in panel.text
    found = states(panel)
    assert (found["search-1"], found["evaluate-chosen-0"], found["search-0"]) == ("begun", "waiting", "done")
    assert "search-1 begun at step 4 of 4" in panel.text
    panel.close()


def test_it_starts_a_process_stops_it_and_another_panel_finds_it(small: Experiment, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = ExperimentPanel(out, replace(small, search=replace(small.search, epochs=300, steps=0)), every=0.05)
    first.start()
    first.close()  # as when the notebook is closed
    second = ExperimentPanel(out, every=0.05)
    assert second.experiment == first.experiment
    assert second.status == "running", second.text
    assert second.buttons["start"].disabled and not second.buttons["stop"].disabled
    second.stop()
    assert second.wait(300)
    assert second.status == "stopped" and "stopped, 0 of 7 stages done" in second.text
    assert not second.buttons["start"].disabled and second.buttons["stop"].disabled
    (line,) = second.canvas.frame["output"]
    assert line.startswith("stopped at search-0") and line.endswith("; press start to go on")
    second.close()


def test_a_press_of_stop_is_seen_at_once(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(finished, out := tmp_path / "copy")
    panel = ExperimentPanel(out)
    monkeypatch.setattr(type(panel.folder), "running", True)  # its step is not at its end yet
    panel.buttons["stop"].click()
    assert "running, 7 of 7 stages done, stopping: it finishes its step and saves" in panel.text
    panel.close()


def test_it_runs_to_the_end_and_shows_it(small: Experiment, tmp_path: Path) -> None:
    panel = ExperimentPanel(tmp_path / "out", small, every=0.05)
    notes: list[str] = []
    panel.canvas.observe(lambda change: notes.append(change["new"]["note"]), names="frame")
    panel.buttons["start"].click()
    assert notes[0] == "0 of 7 stages done, starting a process of its own"
    assert panel.wait(300)
    assert panel.status == "finished" and set(states(panel).values()) == {"done"}
    assert "finished, 7 of 7 stages done" in panel.text
    panel.close()


def test_while_it_runs_no_picture_is_made_and_at_the_end_one(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ExperimentPanel(tmp_path / "out", small, every=0.05)
    settled: list[str] = []
    monkeypatch.setattr(panel, "_settle_later", lambda: settled.append(panel.canvas.frame["status"]))
    panel.start()
    assert panel.wait(300)
    assert settled == ["finished"]
    panel.close()


def test_a_run_that_ends_while_its_folder_is_read_makes_one_picture_too(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ExperimentPanel(tmp_path / "out", small, every=0.01)
    at_rest, settled = panel.canvas.frame, []
    assert not at_rest["moving"]
    answers = iter([True, True, False])  # still there when asked, over when the folder is read
    monkeypatch.setattr(type(panel.folder), "running", property(lambda _: next(answers)))
    monkeypatch.setattr(panel, "frame", lambda settings: at_rest)
    monkeypatch.setattr(panel, "_settle_later", lambda: settled.append(1))
    panel._look()
    assert settled == [1]
    panel.close()


def test_what_cannot_start_is_shown_and_the_panel_lives(small: Experiment, tmp_path: Path) -> None:
    panel = ExperimentPanel(tmp_path / "new", replace(small, data="folder:nowhere"))
    panel.buttons["start"].click()
    assert "has no folder 'train'" in panel.canvas.frame["error"] and "has no folder 'train'" in panel.text
    assert panel.status == "not begun"
    panel.close()


def test_folders_that_hold_nothing_to_show_are_refused(small: Experiment, finished: Path, tmp_path: Path) -> None:
    assert "holds no experiment yet; say which one" in refusal(ExperimentPanel, tmp_path / "new")
    (tmp_path / "thesis.tex").touch()
    assert "is not empty and holds no experiment" in refusal(ExperimentPanel, tmp_path, small)
    assert "was started with another configuration" in refusal(ExperimentPanel, finished, replace(small, nodes=2))
    assert "above 0" in refusal(ExperimentPanel, finished, None, 0)


def test_its_state_is_the_stage_that_is_shown(finished: Path) -> None:
    panel, other = ExperimentPanel(finished), ExperimentPanel(finished)
    panel.controls["shown"].value = "choice-0"
    other.restore(panel.state())
    assert other.canvas.frame["run"]["title"] == "choice-0"
    panel.close()
    other.close()
