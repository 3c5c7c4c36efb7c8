"""The command line as a student meets it: one process per command, real pictures, real folders."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import dartslab.cli.main as command_line
from dartslab import Record
from dartslab.base.files import lock_folder
from dartslab.cli import runs
from dartslab.draw import figures

SMALL = [
    "--data",
    "fashion-mini",
    "--image-size",
    "8",
    "--nodes",
    "1",
    "--channels",
    "2",
    "--layers",
    "3",
    "--operations",
    "none",
    "max_pool_3x3",
    "skip_connect",
    "--epochs",
    "1",
    "--steps",
    "12",
]
SMALL_TRAINING = [
    "--data",
    "fashion-mini",
    "--image-size",
    "8",
    "--channels",
    "2",
    "--layers",
    "2",
    "--epochs",
    "1",
    "--steps",
    "3",
]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    command_line.main([str(word) for word in words])
    return capsys.readouterr().out


def refused(*words: object) -> str:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(word) for word in words])
    message = str(left.value)
    assert message.startswith("dartslab: ") and "\n" not in message
    return message


def test_search_draw_train_one_after_the_other(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "a"
    said = run(capsys, "search", "--out", folder, *SMALL)
    assert "normal: 2 <- " in said and "stopped" not in said
    pictures = run(capsys, "draw", folder).split()
    assert [Path(p).name for p in pictures] == ["genotype.png", "curves.png", "alpha.png"]
    assert all(Path(p).read_bytes().startswith(b"\x89PNG") for p in pictures)
    assert "test accuracy" in run(capsys, "train", "--genotype", folder, *SMALL_TRAINING, "--out", tmp_path / "t")
    assert [Path(p).name for p in run(capsys, "draw", tmp_path / "t").split()] == ["curves.png"]
    assert "test accuracy" in run(capsys, "train", "--genotype", folder / "genotype.json", *SMALL_TRAINING)


def test_the_last_accuracy_and_loss_are_printed_as_they_are_recorded(tmp_path: Path, capsys) -> None:
    said = run(capsys, "search", "--out", tmp_path / "a", *SMALL)
    said += run(capsys, "train", "--genotype", tmp_path / "a", *SMALL_TRAINING, "--out", tmp_path / "t")
    searched, trained = (Record.load(tmp_path / name).columns for name in ("a", "t"))
    accuracy, loss = searched["val_accuracy"][-1], searched["val_loss"][-1]
    assert f"supernet on the validation half: accuracy {accuracy:.2%}, loss {loss:.4f}" in said
    accuracy, loss = trained["test_accuracy"][-1], trained["test_loss"][-1]
    assert f"test accuracy {accuracy:.2%}, test loss {loss:.4f} after 3 steps" in said


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


def test_fashion_mini_starts_from_the_lesson_and_other_data_from_the_published_search() -> None:
    assert command_line._starting_point("search", command_line.SearchConfig, ["--data", "fashion-mini"]).channels == 4
    assert command_line._starting_point("search", command_line.SearchConfig, ["--data", "cifar10"]).channels == 16
    words = ["--data", "fashion-mini", "--preset", "published"]
    assert command_line._starting_point("search", command_line.SearchConfig, words).channels == 16


@pytest.mark.parametrize(
    ("words", "layers", "data", "schedule"),
    [
        ("", 20, "cifar10", "cosine"),
        ("--data cifar100", 20, "cifar10", "cosine"),  # the flag itself comes after the starting point
        ("--preset cifar100", 20, "cifar100", "cosine"),
        ("--preset imagenet --data folder:x", 14, "folder:imagenet", "exponential"),
        ("--preset lesson", 3, "fashion-mini", "cosine"),
        ("--data fashion-mini", 3, "fashion-mini", "cosine"),
        ("--data fashion-mini --preset imagenet", 14, "folder:imagenet", "exponential"),
    ],
)
def test_training_starts_from_its_preset(words: str, layers: int, data: str, schedule: str) -> None:
    config = command_line._starting_point("train", command_line.TrainConfig, words.split())
    assert (config.layers, config.data, config.schedule) == (layers, data, schedule)


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


def test_every_field_of_the_configuration_is_a_flag_with_help(capsys) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["search", "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    for field in (one.name for one in fields(command_line.SearchConfig)):
        assert re.search(rf"--{field.replace('_', '-')}[ ,]", text)


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
    """Ends the first step of the next run with signals, as if they had come from outside."""
    original = runs.interrupts

    def arrange(*names: str) -> None:
        @contextmanager
        def interrupts():
            monkeypatch.setattr(runs, "interrupts", original)
            with original() as interrupted:
                for name in names:
                    os.kill(os.getpid(), getattr(signal, name))
                yield interrupted

        monkeypatch.setattr(runs, "interrupts", interrupts)

    return arrange


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


@pytest.mark.parametrize("words", [["search", "--out"], ["train", "--genotype", "DARTS_V2", "--out"]], ids=" ".join)
def test_ctrl_c_before_the_first_step_advises_nothing_that_cannot_be(tmp_path: Path, monkeypatch, words) -> None:
    def pressed(*anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dartslab.run.search_state.load_data", pressed)
    monkeypatch.setattr("dartslab.run.train.load_data", pressed)
    message = refused(*words, tmp_path / "a")
    assert message == "dartslab: stopped at once; nothing was kept, so give the same command again"
    assert not (tmp_path / "a").exists()


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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--data", "imagenet"], "unknown data set 'imagenet'; allowed are: fashion-mini"),
        (["--data", "fashion-mini", "--hypergradient", "second"], "unknown hypergradient 'second'"),
        (["--data", "fashion-mini", "--operations", "conv"], "unknown operation 'conv'"),
        (["--data", "fashion-mini", "--device", "cuda:7"], "device 'cuda:7' was asked for"),
        (["--data", "fashion-mini", "--batch-size", "4000"], "batch_size is 4000, but there are only 3000"),
        (["--data", "folder:nowhere"], "nowhere has no folder 'train'"),
        (["--data", "fashion-mini", "--resume"], "a is not a folder"),
        (["--data", "fashion-mini", "--learning-rate", "1e30", "--clip", "1e30"], "is not finite at step"),
    ],
    ids=["data", "hypergradient", "operation", "device", "batch", "folder", "nothing to resume", "not finite"],
)
def test_a_search_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    assert sentence in refused("search", "--out", tmp_path / "a", *words)


@pytest.mark.parametrize(
    "words",
    [["--nodes", "many"], ["--no-such-flag", "1"], ["--preset", "huge"]],
    ids=["value", "flag", "choice"],
)
def test_a_flag_that_cannot_be_is_refused_with_what_is_allowed(tmp_path: Path, words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["search", "--out", str(tmp_path / "a"), *words])
    assert left.value.code == 2
    message = capsys.readouterr().err
    assert words[0] in message and "help" in message


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
    assert "`train` runs in one process, and torchrun started several" in refused("train", "--genotype", "DARTS_V2")


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


# a word as the program gets it -> what it stands for, in the home folder H
WORDS = {
    "~": "H",
    "~/x": "H/x",
    "--out=~/x": "H/x",
    "folder:~/x": "folder:H/x",
    "--data=folder:~/x": "folder:H/x",
    "--search.batch-size=~": "H",
    "~x": "~x",
    "a~/x": "a~/x",
    "--out=a/~/x": "a/~/x",
}


@pytest.mark.parametrize("word", WORDS)
def test_the_home_folder_is_found_where_a_shell_leaves_its_sign(monkeypatch, word: str) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("H"))
    assert command_line.expand_home(word).rpartition("=")[2].replace(os.sep, "/") == WORDS[word]


def test_a_run_in_the_home_folder_is_there(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    run(capsys, "search", "--out=~/a", *SMALL, "--steps", "1")
    assert len(Record.load(tmp_path / "home" / "a")) == 1 and not (tmp_path / "~").exists()


LONG = "x" * 300


@pytest.mark.parametrize(
    "words",
    [
        ["search", "--data", "fashion-mini", "--steps", "1", "--out", LONG],
        ["search", "--data", "fashion-mini", "--out", LONG, "--resume"],
        ["search", "--data", f"folder:{LONG}", "--out", "a"],
        ["train", "--data", "fashion-mini", "--genotype", LONG],
        ["draw", LONG],
        ["draw", "DARTS_V2", "--out", LONG],
        ["export", LONG, "--out", "a"],
        ["table", LONG],
        ["reproduce", "cifar10", "--preset", "tiny", "--data", "fashion-mini", "--out", LONG],
        ["lab", LONG, "--no-start"],
    ],
    ids=lambda words: " ".join(words).replace(LONG, "LONG"),
)
def test_a_name_that_no_system_allows_is_refused_in_a_sentence(tmp_path: Path, monkeypatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert "x" * 70 in refused(*words)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_that_knows_few_letters_gets_every_message(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "läufe-日本"
    words = [sys.executable, "-m", "dartslab", "search", *SMALL, "--steps", "1", "--out", str(folder)]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(words, capture_output=True, env=environment, check=True)
    assert b"recorded in" in done.stdout and len(Record.load(folder)) == 1
    done = subprocess.run([*words[:4], "--out", str(folder)], capture_output=True, env=environment, check=False)
    assert done.returncode == 1 and b"already holds a run; add --resume" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_reported_before_the_search(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in refused("search", "--out", tmp_path / "file" / "a", *SMALL)


def test_a_folder_that_is_not_empty_is_refused_before_the_pictures_are_read(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    words = ["search", "--out", tmp_path, "--data", "folder:nowhere"]
    assert f"{tmp_path} is not empty and holds no dartslab run (found thesis.tex)" in refused(*words)


def test_the_exercises_are_listed_with_the_wrong_answers_that_are_known(capsys) -> None:
    text = run(capsys, "exercises")
    assert "02.mixed_op          A mixed operation: 8 minutes, 2 points" in text
    assert "wrong answers known: softmax left out; " in text


def test_the_exercises_are_listed_for_programs_too(capsys) -> None:
    listed = {one["name"]: one for one in json.loads(run(capsys, "exercises", "--json"))}
    one = listed["02.mixed_op"]
    assert (one["lesson"], one["minutes"], one["points"]) == ("02", 8, 2) and "softmax left out" in one["twins"]
