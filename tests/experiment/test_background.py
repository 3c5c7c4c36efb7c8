"""The experiment as a process of its own: started, found again, stopped, gone on with."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import dartslab
import dartslab.cli.main as command_line
import tiny
from dartslab.base.files import lock_folder
from dartslab.experiment.background import OUTPUT, command, flags, is_running, launch, output
from dartslab.experiment.config import Experiment, Size
from dartslab.experiment.folder import ask_to_stop
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import DONE, stages
from sentences import refusal


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return tiny.experiment(tiny.picture_folder(tmp_path_factory.mktemp("pictures")))


def until(there: Callable[[], object]) -> None:
    """Only to stop what hangs."""
    patience = time.monotonic() + 300
    while not there():
        assert time.monotonic() < patience
        time.sleep(0.02)


def test_the_flags_say_what_differs_from_the_published_experiment() -> None:
    assert flags(Experiment(), "a") == ["reproduce", "cifar10", "--out", "a"]
    other = Experiment(order="first", data="folder:my pictures", search=Size(4, 8, 50, 32))
    said = command(other, "runs/a")
    assert said.startswith("dartslab reproduce cifar10 --out runs/a --data 'folder:my pictures' --order first")
    assert said.endswith("--search.channels 4 --search.batch-size 32")


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(),
        Experiment.tiny(),
        Experiment.tiny(order="first", jobs=2, choice=Size(1, 2, 3, 4, 5), stem="imagenet", auxiliary=0.0, root="a b"),
        Experiment.published(method="pc-darts"),
        Experiment.published(method="pc-darts", learning_rate=0.05),
        Experiment(method="pc-darts", learning_rate=0.05, search_learning_rate=0.1),
    ],
    ids=["published", "tiny", "others", "method", "method-rate", "method-rates"],
)
def test_the_command_line_reads_the_flags_as_the_same_experiment(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    monkeypatch.setattr(command_line.Reproduce, "run", lambda self: read.append(self.config))
    command_line.main(flags(experiment, "somewhere"))
    assert read == [experiment]


@pytest.mark.long
def test_it_runs_by_itself_to_the_end(small: Experiment, tmp_path: Path) -> None:
    assert launch(small, tmp_path) is True
    assert launch(small, tmp_path) is False or not is_running(tmp_path)
    until(lambda: not is_running(tmp_path))
    assert all((tmp_path / stage.name / DONE).is_file() for stage in stages(small)), output(tmp_path)
    assert "as reported in Liu et al. 2019" in (tmp_path / OUTPUT).read_text(encoding="utf-8")
    assert len(output(tmp_path).splitlines()) <= 20


@pytest.mark.long
def test_it_outlives_who_started_it_and_is_stopped_and_gone_on_with_by_others(
    small: Experiment, tmp_path: Path
) -> None:
    long = replace(small, search=replace(small.search, epochs=300, steps=0))
    start = "import sys; from dartslab.experiment.background import launch; from dartslab.experiment.config import *\n"
    start += f"launch({long!r}, sys.argv[1])"
    subprocess.run([sys.executable, "-c", start, tmp_path], check=True)
    assert is_running(tmp_path), output(tmp_path)
    until(lambda: list(tmp_path.glob("search-0/checkpoint.pt")))
    assert "is in use by another process" in refusal(reproduce, long, tmp_path)
    ask_to_stop(tmp_path)
    until(lambda: not is_running(tmp_path))
    until(lambda: "stopped at search-0, step" in output(tmp_path))  # its last word, when the folder is free already
    assert "give the same command again" in output(tmp_path)
    assert not (tmp_path / "search-0" / DONE).exists()
    asked: list[int] = []
    assert reproduce(long, tmp_path, lambda: len(asked.append(0) or asked) > 2).startswith("search-0, step")


def test_what_cannot_run_is_refused_where_somebody_reads_it(small: Experiment, tmp_path: Path) -> None:
    assert "has no folder 'train'" in refusal(launch, replace(small, data="folder:nowhere"), tmp_path / "a")
    assert not (tmp_path / "a").exists()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.tex").touch()
    assert "is not empty and holds no experiment" in refusal(launch, small, tmp_path / "b")
    (tmp_path / "file").touch()
    assert "is a file" in refusal(launch, small, tmp_path / "file")


def test_a_folder_in_use_is_not_started_again(small: Experiment, tmp_path: Path) -> None:
    with lock_folder(tmp_path):
        assert is_running(tmp_path) and launch(small, tmp_path) is False
    assert not is_running(tmp_path) and output(tmp_path) == ""
    assert not (tmp_path / OUTPUT).exists()


def test_of_the_output_the_last_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / OUTPUT).write_text("\n".join(f"line {number}" for number in range(100)), encoding="utf-8")
    assert output(tmp_path).splitlines() == [f"line {number}" for number in range(80, 100)]


def test_the_process_runs_the_dartslab_that_started_it(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    class Process:
        def __init__(self, words: list[str], **settings: Any) -> None:
            seen.update(settings, words=words)

        def wait(self) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setenv("PYTHONPATH", "mine")
    monkeypatch.chdir(tmp_path)
    assert launch(small, "runs")
    assert seen["words"] == [sys.executable, "-m", "dartslab", *flags(small, tmp_path / "runs")]
    assert seen["env"]["PYTHONPATH"] == os.pathsep.join([str(Path(dartslab.__file__).parents[1]), "mine"])


def test_no_environment_of_the_caller_is_changed(small: Experiment, tmp_path: Path) -> None:
    before = dict(os.environ)
    with lock_folder(tmp_path):
        launch(small, tmp_path)
    assert dict(os.environ) == before
