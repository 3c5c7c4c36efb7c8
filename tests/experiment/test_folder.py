"""Experiments that come with dartslab: whole, small, and what their report says."""

import json
import re
from pathlib import Path

import pytest

from dartslab import Record
from dartslab.experiment.folder import RECORDED, read_experiment, recorded_experiment
from dartslab.experiment.report import gather, read_report
from dartslab.experiment.stages import stages
from dartslab.widgets import Replay
from sentences import refusal


@pytest.fixture(scope="module", params=RECORDED)
def folder(request: pytest.FixtureRequest) -> Path:
    return recorded_experiment(request.param)


def test_every_stage_is_there_and_none_has_a_checkpoint(folder: Path) -> None:
    experiment = read_experiment(folder)
    assert experiment is not None and experiment.seeds == 3
    for stage in stages(experiment):
        result, record = stage.result(folder), Record.load(folder / stage.name)
        assert result is not None and len(record) == result["steps"] > 0
    assert not list(folder.rglob("*.pt"))
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 3e6


def test_the_report_is_what_its_stages_measured(folder: Path) -> None:
    experiment, report = read_experiment(folder), read_report(folder)
    assert experiment is not None and report is not None
    again = json.loads(json.dumps(gather(experiment, folder)))
    for name in ("test_accuracy", "genotype", "chosen_seed", "parameters", "multiply_adds", "seeds"):
        assert again[name] == report[name]
    assert sorted(again["reduced"]) == sorted(report["reduced"])
    assert report["reduced"], "a recording is smaller than the published experiment, and must say so"


def test_its_searches_are_replayed_and_no_machine_is_named(folder: Path) -> None:
    Replay(folder / "search-0", folder / "search-1").close()
    for path in folder.rglob("*.json"):  # no text in it is an absolute path, nor holds one
        assert not re.search(r'[": ](/|[A-Za-z]:\\)', path.read_text(encoding="utf-8"))


def test_an_unknown_one_is_refused_with_those_that_are_there() -> None:
    assert "unknown recorded experiment 'c10'; allowed are: cifar10_reduced" in refusal(recorded_experiment, "c10")
