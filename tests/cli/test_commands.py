"""What the other commands do: draw, table, export, reproduce, exercises."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dartslab.cli.main as command_line
import dartslab.experiment.reproduce as reproducing
from command_lines import SMALL, SMALL_TRAINING, refused, run
from dartslab import Record, Recorder, SearchState
from dartslab.cli import runs
from dartslab.draw import figures


def test_the_heatmap_shows_the_weights_of_the_last_step(tmp_path: Path, capsys, monkeypatch) -> None:
    run(capsys, "search", "--out", tmp_path / "a", *SMALL)
    seen: list[dict[str, np.ndarray]] = []
    usual = figures.alpha_heatmap

    def alpha_heatmap(space, weights, **more):
        seen.append(weights)
        return usual(space, weights, **more)

    monkeypatch.setattr(figures, "alpha_heatmap", alpha_heatmap)
    run(capsys, "draw", tmp_path / "a")
    np.testing.assert_equal(seen, [Record.load(tmp_path / "a").weights(-1)])


def test_a_run_without_a_step_is_not_drawn(tmp_path: Path) -> None:
    config = command_line.SearchConfig.lesson()
    Recorder.create(SearchState.create(config), tmp_path / "a")
    assert f"{tmp_path / 'a'} holds no step yet, so there is nothing to draw" in refused("draw", tmp_path / "a")


def test_a_table_is_printed_or_written(tmp_path: Path, capsys) -> None:
    run(capsys, "search", "--out", tmp_path / "a", *SMALL)
    printed = run(capsys, "table", tmp_path / "a")
    assert printed.startswith("step,epoch,") and len(printed.splitlines()) == 1 + 12
    assert run(capsys, "table", tmp_path / "a", "--out", tmp_path / "new" / "a.csv").strip().endswith("a.csv")
    assert (tmp_path / "new" / "a.csv").read_text(encoding="utf-8") == printed


def test_the_folder_for_pictures_is_made(tmp_path: Path, capsys) -> None:
    (picture,) = run(capsys, "draw", "DARTS_V2", "--out", tmp_path / "new" / "deep").split()
    assert Path(picture).is_file()


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_published_cell_is_drawn_by_name(tmp_path: Path, capsys, suffix: str) -> None:
    (picture,) = run(capsys, "draw", "DARTS_V2", "--out", tmp_path, "--format", suffix).split()
    assert Path(picture).stat().st_size > 1000


def test_an_experiment_that_was_stopped_says_where_and_how_to_go_on(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(reproducing, "reproduce", lambda experiment, out, stop: "search-0, step 3 of 4")
    said = refused("reproduce", "cifar10", "--out", tmp_path / "a")
    assert said == "dartslab: stopped at search-0, step 3 of 4; give the same command again to go on"


def test_a_trained_network_is_exported_and_how_far_it_was_trained_is_said(tmp_path: Path, capsys) -> None:
    train = ["train", "--genotype", "DARTS_V2", *SMALL_TRAINING]
    run(capsys, *train, "--out", tmp_path / "t")
    out = tmp_path / "out"
    said = run(capsys, "export", tmp_path / "t", "--out", out).splitlines()
    takes = "it takes uint8 pictures [B, 1, 8, 8]"
    assert said == ["the network after 3 steps", takes, str(out / "network.pt2"), str(out / "network.safetensors")]
    assert f"{out / 'network.pt2'} already exists" in refused("export", tmp_path / "t", "--out", out)
    assert "nowhere is not a folder" in refused("export", tmp_path / "nowhere", "--out", tmp_path / "other")


def test_the_export_of_a_run_that_was_stopped_says_so(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(runs, "any_process_says", lambda interrupted: True)  # as Ctrl-C in the first step does
    run(capsys, "train", "--genotype", "DARTS_V2", *SMALL_TRAINING, "--out", tmp_path / "t")
    said = run(capsys, "export", tmp_path / "t", "--out", tmp_path / "out").splitlines()
    assert said[:2] == ["the network after 1 of 3 steps", "the run is not finished, and its network was not tested"]


def test_the_exercises_are_listed_with_the_wrong_answers_that_are_known(capsys) -> None:
    text = run(capsys, "exercises")
    assert "02.mixed_op          A mixed operation: 8 minutes, 2 points" in text
    assert "wrong answers known: softmax left out; " in text
    assert "minutes, 1 point\n" in text and "1 points" not in text


def test_the_exercises_are_listed_for_programs_too(capsys) -> None:
    listed = {one["name"]: one for one in json.loads(run(capsys, "exercises", "--json"))}
    one = listed["02.mixed_op"]
    assert (one["lesson"], one["minutes"], one["points"]) == ("02", 8, 2) and "softmax left out" in one["twins"]


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "dartslab", "exercises"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == ""
