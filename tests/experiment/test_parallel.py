"""Stages of an experiment at the same time: the same results, one stop for all, kills, memory, devices."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import kills
from dartslab.base.files import holder
from dartslab.experiment import parallel, run_stage
from dartslab.experiment.background import flags
from dartslab.experiment.checks import load_experiment_data
from dartslab.experiment.config import Experiment
from dartslab.experiment.folder import ask_to_stop
from dartslab.experiment.parallel import count_that_fit
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import DONE, stages
from dartslab.run.memory import HEADROOM


def results(out: Path) -> dict[str, Any]:
    """What came out, without how many processes there were."""
    found = kills.outcome(out)
    for name in ("jobs", "backend"):
        del found["report"]["experiment"][name]
    return found


def test_two_stages_at_a_time_give_what_one_after_the_other_gives(
    small: Experiment, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reproduce(replace(small, jobs=2), tmp_path) == ""
    printed = capsys.readouterr().out
    assert "2 stages, 2 at a time: search-0, search-1" in printed and "search-1 done" in printed
    np.testing.assert_equal(results(tmp_path), results(finished))


def test_a_stop_reaches_every_process(small: Experiment, tmp_path: Path) -> None:
    def begun() -> bool:
        return any((tmp_path / f"search-{seed}" / "checkpoint.pt").exists() for seed in (0, 1))

    long = replace(small, search=replace(small.search, epochs=200, steps=0), jobs=2)
    assert reproduce(long, tmp_path, begun).startswith(("search-", "before search-"))
    assert not list(tmp_path.glob(f"*/{DONE}"))
    assert all(holder(tmp_path / f"search-{seed}") is None for seed in (0, 1))


@pytest.mark.long
def test_when_the_first_process_is_killed_the_others_end_and_a_new_start_goes_on(
    small: Experiment, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "dartslab", *flags(replace(small, jobs=2), out)]
    with open(tmp_path / "said", "wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None and not list(out.glob("search-*/checkpoint.pt")):
            time.sleep(0.005)
        process.kill()
        process.wait()
    assert reproduce(small, out) == "", (tmp_path / "said").read_text(encoding="utf-8")
    np.testing.assert_equal(results(out), results(finished))


def test_jobs_that_nobody_counted_are_as_many_as_fit(small: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    data, first = load_experiment_data(small), list(stages(small))[:1]
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    monkeypatch.setattr(run_stage, "estimate", lambda *_: SimpleNamespace(total=1000))
    needed = 1000 * HEADROOM
    for free, jobs in ((100 * needed, 6), (2.5 * needed, 2), (1.95 * needed, 1), (0.5 * needed, 1)):
        monkeypatch.setattr(parallel, "free_memory", lambda device, free=free: free)
        assert parallel.most_jobs(small, first, data) == jobs


def test_stages_take_the_gpus_of_the_machine_in_turn(small: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parallel.devices(small) == ["auto"]
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert parallel.devices(small) == ["cuda:0", "cuda:1"]
    assert parallel.devices(replace(small, device="cuda:1")) == ["cuda:1"]
    assert parallel.devices(replace(small, device="cpu")) == ["cpu"]
    monkeypatch.setattr(parallel, "cuda_trouble", lambda number: "torch has no code for it" if number == 0 else None)
    assert parallel.devices(small) == ["cuda:1"]  # as `auto` leaves a GPU out that torch cannot use


def test_stages_side_by_side_are_shared_among_the_devices(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str, str]] = []

    def sweep(calls: list[partial], *_: object) -> Iterator[tuple[int, str]]:
        for number, call in enumerate(calls):
            experiment, name, *_ = call.args
            given.append((name, experiment.device))
            yield number, "stopped there" if number == 1 else ""

    monkeypatch.setattr(parallel, "devices", lambda experiment: ["cuda:0", "cuda:1"])
    monkeypatch.setattr(parallel, "sweep", sweep)
    waiting = list(stages(small))[-3:]
    assert parallel.run_side_by_side(small, waiting, tmp_path, lambda: False, 2) == "stopped there"
    assert given == [
        ("evaluate-chosen-0", "cuda:0"),
        ("evaluate-random-0", "cuda:1"),
        ("evaluate-DARTS_V2-0", "cuda:0"),
    ]


def test_a_stage_ends_when_the_process_that_started_it_is_gone(small: Experiment, tmp_path: Path) -> None:
    assert parallel.run_in_its_process(small, "search-0", tmp_path, parent=os.getpid()) == "before search-0"
    assert parallel.run_in_its_process(small, "search-0", tmp_path, parent=os.getppid()) == ""
    assert parallel.run_in_its_process(small, "search-1", tmp_path, parent=0) == ""  # on another machine, perhaps
    ask_to_stop(tmp_path)
    assert parallel.run_in_its_process(small, "search-0", tmp_path) == "before search-0"


@pytest.mark.parametrize(
    ("needed", "free", "most", "fit"),
    [(10, [100], 4, 4), (10, [35], 9, 3), (10, [35, 35], 9, 6), (10, [5], 9, 1), (10, [19, 5], 9, 1)],
    ids=["others bound it", "memory bounds it", "two devices", "a run that does not fit", "no run is divided"],
)
def test_as_many_runs_as_fit(needed: float, free: list[float], most: int, fit: int) -> None:
    assert count_that_fit(needed, free, most) == fit
