"""A search or a training from the command line: recorded, resumed, stopped, reported; real pictures, real folders."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import toy_methods
from command_lines import SMALL, SMALL_TRAINING, refused, run
from dartslab import Record
from dartslab.base.files import lock_folder
from dartslab.cli import runs


def test_search_draw_train_one_after_the_other(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "a"
    said = run(capsys, "search", "--out", folder, *SMALL)
    assert "normal: 2 <- " in said and "stopped" not in said
    pictures = run(capsys, "draw", folder).split()
    assert [Path(p) for p in pictures] == [folder / name for name in ("genotype.png", "curves.png", "alpha.png")]
    assert all(Path(p).read_bytes().startswith(b"\x89PNG") for p in pictures)
    assert "test accuracy" in run(capsys, "train", "--genotype", folder, *SMALL_TRAINING, "--out", tmp_path / "t")
    assert [Path(p).name for p in run(capsys, "draw", tmp_path / "t").split()] == ["genotype.png", "curves.png"]
    said = run(capsys, "train", "--genotype", folder / "genotype.json", *SMALL_TRAINING)
    assert "test accuracy" in said and "recorded" not in said


def test_the_last_accuracy_and_loss_are_printed_as_they_are_recorded(tmp_path: Path, capsys) -> None:
    said = run(capsys, "search", "--out", tmp_path / "a", *SMALL)
    said += run(capsys, "train", "--genotype", tmp_path / "a", *SMALL_TRAINING, "--out", tmp_path / "t")
    searched, trained = (Record.load(tmp_path / name).columns for name in ("a", "t"))
    accuracy, loss = searched["val_accuracy"][-1], searched["val_loss"][-1]
    assert f"supernet on the validation half: accuracy {accuracy:.2%}, loss {loss:.4f}" in said
    accuracy, loss = trained["test_accuracy"][-1], trained["test_loss"][-1]
    assert f"test accuracy {accuracy:.2%}, test loss {loss:.4f} after 3 steps" in said


def test_instruments_are_printed_and_only_an_early_stop_is_called_one(tmp_path: Path, capsys) -> None:
    measured = [*SMALL, "--instruments", "skips", "lambda_max", "--measure-every", "5"]
    said = run(capsys, "search", "--out", tmp_path / "a", *measured)
    value = Record.load(tmp_path / "a").columns["instrument.lambda_max"][-1]
    assert "instruments: skips.normal " in said and f", lambda_max {value:.4g}\n" in said
    assert "stopped" not in said
    with toy_methods.known():
        said = run(capsys, "search", "--out", tmp_path / "b", *SMALL, "--steps", 0, "--method", "stopped-toy")
    columns = Record.load(tmp_path / "b").columns
    first, last = np.flatnonzero(np.isfinite(columns["instrument.largest"]))[[0, -1]] + 1
    value = columns["instrument.largest"][-1]
    assert (
        f"stopped-toy stopped the search after step {last} of 47, where largest is {value:.4g}; the cell is that of "
        f"step {first}." in said
    )


def test_an_imagenet_network_is_trained_on_a_folder_of_pictures(tmp_path: Path, capsys) -> None:
    for place in ("train/ant", "train/bee", "test/ant", "test/bee"):
        (tmp_path / place).mkdir(parents=True)
        for number in range(2):
            Image.new("RGB", (40 + number, 36), (90 * number, 80, 200)).save(tmp_path / place / f"{number}.png")
    small = ["--image-size", "32", "--channels", "4", "--layers", "2", "--batch-size", "4", "--epochs", "2"]
    preset = ["--preset", "imagenet", "--data", f"folder:{tmp_path}", "--crop-padding", "2"]
    out = tmp_path / "run"
    assert "after 2 steps" in run(capsys, "train", "--genotype", "DARTS_V2", *preset, *small, "--out", out)
    record = Record.load(out)
    assert record.columns["learning_rate"].tolist() == [0.1, 0.1 * 0.97]
    assert (record.config["stem"], record.config["label_smoothing"]) == ("imagenet", 0.1)


@pytest.mark.long
def test_a_search_that_was_killed_resumes_as_if_it_had_not_been(tmp_path: Path, capsys) -> None:
    run(capsys, "search", "--out", tmp_path / "whole", *SMALL)
    killed = tmp_path / "killed"
    process = subprocess.Popen(
        [sys.executable, "-m", "dartslab", "search", "--out", killed, *SMALL, "--checkpoint-every", "1"],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if (killed / "config.json").is_file() and len(Record.load(killed)) >= 3:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.01)
    assert process.wait() == -signal.SIGKILL
    assert 3 <= len(Record.load(killed)) < 12
    assert "resuming" in run(capsys, "search", "--out", killed, "--resume")
    ours, theirs = Record.load(killed), Record.load(tmp_path / "whole")
    for name in set(theirs.columns) - {"seconds"}:
        np.testing.assert_array_equal(ours.columns[name], theirs.columns[name])


SIGNALS = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture
def signal_in_the_first_step(monkeypatch):
    """Ends the first step of the next run with signals, as if they had come from outside.

    No signal is ignored meanwhile, also where the tests were begun with `nohup`.
    """
    original = runs.progress
    ignored = [name for name in SIGNALS if signal.getsignal(getattr(signal, name)) == signal.SIG_IGN]
    for name in ignored:
        signal.signal(getattr(signal, name), signal.SIG_DFL)

    def arrange(*names: str) -> None:
        def progress(events, label):
            monkeypatch.setattr(runs, "progress", original)
            for name in names:
                os.kill(os.getpid(), getattr(signal, name))
            yield from original(events, label)

        monkeypatch.setattr(runs, "progress", progress)

    yield arrange
    for name in ignored:
        signal.signal(getattr(signal, name), signal.SIG_IGN)


@pytest.mark.parametrize("names", [*([name] for name in SIGNALS), ["SIGTERM"] * 3], ids=" ".join)
def test_a_signal_finishes_the_step_and_says_how_to_go_on(
    tmp_path: Path, capsys, signal_in_the_first_step, names: list[str]
) -> None:
    before = [signal.getsignal(getattr(signal, name)) for name in SIGNALS]
    signal_in_the_first_step(*names)
    assert "stopped at step 1 of 12; continue with --resume" in run(capsys, "search", "--out", tmp_path / "a", *SMALL)
    assert [signal.getsignal(getattr(signal, name)) for name in SIGNALS] == before
    assert "resuming" in run(capsys, "search", "--out", tmp_path / "a", "--resume", "--steps", "2")
    assert len(Record.load(tmp_path / "a")) == 2


def test_a_signal_while_the_folder_is_made_leaves_one_that_can_be_resumed(tmp_path: Path, capsys, monkeypatch) -> None:
    create = runs.Recorder.create

    def interrupted(state, folder):
        os.kill(os.getpid(), signal.SIGTERM)
        return create(state, folder)

    monkeypatch.setattr(runs.Recorder, "create", interrupted)
    assert "stopped at step 1 of 12; continue with --resume" in run(capsys, "search", "--out", tmp_path / "a", *SMALL)
    assert "resuming" in run(capsys, "search", "--out", tmp_path / "a", "--resume", "--steps", "2")


def test_where_nothing_is_kept_no_resuming_is_advised(tmp_path: Path, capsys, signal_in_the_first_step) -> None:
    signal_in_the_first_step("SIGINT")
    said = run(capsys, "train", "--genotype", "DARTS_V2", *SMALL_TRAINING)
    assert "stopped at step 1 of 3; nothing was kept, because --out was not given" in said


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path, capsys, signal_in_the_first_step) -> None:
    signal_in_the_first_step("SIGTERM", "SIGINT")
    message = refused("search", "--out", tmp_path / "a", *SMALL)
    assert message == (
        "dartslab: stopped at once; give the same command again with --resume to go on from the last checkpoint"
    )
    assert "resuming" in run(capsys, "search", "--out", tmp_path / "a", "--resume", "--steps", "2")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_a_signal_that_was_ignored_before_stays_ignored(monkeypatch) -> None:
    """As `nohup` starts a program."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with runs.interrupts() as interrupted:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not interrupted()
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_resuming_with_a_changed_configuration_names_what_changed(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "a"
    run(capsys, "search", "--out", folder, *SMALL)
    assert "already holds a run; add --resume" in refused("search", "--out", folder, *SMALL)
    message = refused("search", "--out", folder, "--resume", "--seed", "9", "--nodes", "2")
    assert "seed: 2 -> 9" in message and "nodes: 1 -> 2" in message
    assert "holds a run of `search`, not of `train`" in refused(
        "train", "--genotype", "DARTS_V2", "--out", folder, "--resume"
    )
    assert "all 12 steps were already done; give more with --steps" in run(
        capsys, "search", "--out", folder, "--resume"
    )


def test_a_run_that_another_process_works_on_is_not_resumed(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "a"
    run(capsys, "search", "--out", folder, *SMALL, "--steps", "3")
    with lock_folder(folder):
        assert "is in use by another process of dartslab" in refused("search", "--out", folder, "--resume")
    assert "resuming" in run(capsys, "search", "--out", folder, "--resume", "--steps", "4")


def test_two_runs_do_not_begin_in_one_folder(tmp_path: Path, capsys) -> None:
    with lock_folder(tmp_path / "a"):
        assert "is in use by another process of dartslab" in refused("search", "--out", tmp_path / "a", *SMALL)
    assert "normal: 2 <- " in run(capsys, "search", "--out", tmp_path / "a", *SMALL)


def test_training_resumes_only_with_the_same_genotype(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "t"
    run(capsys, "train", "--genotype", "DARTS_V2", "--out", folder, *SMALL_TRAINING)
    message = refused("train", "--genotype", "DARTS_V1", "--out", folder, "--resume")
    assert "trains a genotype that is not DARTS_V1" in message
    assert "--resume needs --out" in refused("train", "--genotype", "DARTS_V2", "--resume", *SMALL_TRAINING)


def test_training_does_not_run_in_several_processes(monkeypatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert "`train` runs in one process, but torchrun started several" in refused("train", "--genotype", "DARTS_V2")


def test_a_folder_that_cannot_be_written_is_reported_before_the_search(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in refused("search", "--out", tmp_path / "file" / "a", *SMALL)


def test_a_folder_that_is_not_empty_is_refused_before_the_pictures_are_read(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    words = ["search", "--out", tmp_path, "--data", "folder:nowhere"]
    assert f"{tmp_path} is not empty and holds no dartslab run (found thesis.tex)" in refused(*words)
