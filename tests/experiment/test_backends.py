"""Calls in processes of their own; joblib makes them here, and a stand-in takes the place of submitit."""

import os
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dartslab.base.messages import UserError
from dartslab.experiment.backends import BACKENDS, sweep
from sentences import refusal


def twice(number: int) -> tuple[int, int]:
    if number < 0:
        raise UserError(f"{number} is below 0; take another.")
    return 2 * number, os.getpid()


def test_every_call_is_made_once_in_another_process() -> None:
    found = dict(sweep([partial(twice, number) for number in range(5)], jobs=2))
    assert {number: result for number, (result, _) in found.items()} == {0: 0, 1: 2, 2: 4, 3: 6, 4: 8}
    assert os.getpid() not in {process for _, process in found.values()}


def test_what_a_call_raises_arrives() -> None:
    with pytest.raises(UserError, match="-1 is below 0"):
        list(sweep([partial(twice, -1)], jobs=2))


def test_an_unknown_backend_and_missing_packages_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unknown backend 'threads'; allowed are: loky, dask, ray, slurm" in refusal(sweep, [], 1, "threads")
    for backend, packages in BACKENDS.items():
        for package in packages:
            with monkeypatch.context() as without:
                without.setitem(sys.modules, "dask", SimpleNamespace())
                without.setitem(sys.modules, package, None)
                assert f"backend '{backend}' needs the package {package}" in refusal(sweep, [], 1, backend)


def test_slurm_is_one_array_of_jobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stand-in for submitit, which makes one array of what is submitted inside `batch`."""
    seen: dict[str, Any] = {"inside": 0, "arrays": 0}

    class Batch:
        def __enter__(self) -> None:
            seen["inside"] += 1
            seen["arrays"] += 1

        def __exit__(self, *_: object) -> None:
            seen["inside"] -= 1

    class Executor:
        def __init__(self, folder: Path) -> None:
            seen["folder"] = folder

        def update_parameters(self, **parameters: Any) -> None:
            seen.update(parameters)

        def batch(self) -> Batch:
            return Batch()

        def submit(self, call: Any) -> Any:
            assert seen["inside"] == 1
            return SimpleNamespace(result=call)

    monkeypatch.setitem(sys.modules, "submitit", SimpleNamespace(AutoExecutor=Executor))
    found = list(sweep([partial(twice, number) for number in range(3)], 2, "slurm", tmp_path))
    assert [(number, result) for number, (result, _) in found] == [(0, 0), (1, 2), (2, 4)]
    assert seen == {"inside": 0, "arrays": 1, "folder": tmp_path, "slurm_array_parallelism": 2}
