"""The folder of an experiment: its head, and the experiments that come with dartslab."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from dartslab import Record
from dartslab.experiment import folder as folders
from dartslab.experiment.checks import load_experiment_data
from dartslab.experiment.config import Experiment
from dartslab.experiment.folder import (
    FORMAT,
    HEAD,
    RECORDED,
    begin,
    check_folder,
    read_experiment,
    read_head,
    recorded_experiment,
)
from dartslab.experiment.report import gather, read_report
from dartslab.experiment.stages import stages
from dartslab.run.record import write_text
from dartslab.run.stored import VERSION
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
        assert result is not None and record.columns["step"][-1] == result["steps"] > 0
    assert not list(folder.rglob("*.pt"))
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1e6


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


def test_a_folder_of_another_kind_or_of_the_future_is_refused(small: Experiment, tmp_path: Path) -> None:
    head = {"format": FORMAT, "version": VERSION, "experiment": asdict(small)}
    write_text(tmp_path / HEAD, json.dumps(head))
    assert read_experiment(tmp_path) == small
    write_text(tmp_path / HEAD, json.dumps(head | {"format": "dartslab-record"}))
    assert "is not an experiment that this version of dartslab can continue" in refusal(read_experiment, tmp_path)
    write_text(tmp_path / HEAD, json.dumps(head | {"version": VERSION + 1}))
    assert f"is an experiment of version {VERSION + 1}" in refusal(read_experiment, tmp_path)
    write_text(tmp_path / HEAD, json.dumps(head | {"experiment": asdict(small) | {"wings": 2}}))
    assert "has the configuration of another version of dartslab" in refusal(read_experiment, tmp_path)


def test_an_experiment_of_version_1_was_one_of_darts(small: Experiment, tmp_path: Path) -> None:
    values = {name: value for name, value in asdict(small).items() if name != "method"}
    write_text(tmp_path / HEAD, json.dumps({"format": FORMAT, "version": 1, "experiment": values}))
    head = read_head(tmp_path)
    assert head is not None and head["experiment"] == values | {"method": "darts"}


def test_the_head_names_every_device_and_the_steps_of_every_stage(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = load_experiment_data(small)
    for name in ("a processor", "another", "a processor"):
        monkeypatch.setattr(folders, "device_name", lambda device, name=name: name)
        begin(small, tmp_path, data)
    head = read_head(tmp_path)
    assert head is not None and head["devices"] == ["a processor", "another"]
    assert head["steps"] == {stage.name: 5 if stage.kind == "evaluation" else 4 for stage in stages(small)}


def test_what_may_change_is_taken_and_what_must_not_is_refused(small: Experiment, tmp_path: Path) -> None:
    begin(small, tmp_path, load_experiment_data(small))
    check_folder(replace(small, jobs=2, evaluations=3, random_cells=0, report_every=7), tmp_path)
    assert "(seeds: 2 -> 3; nodes: 1 -> 2)" in refusal(check_folder, replace(small, nodes=2, seeds=3), tmp_path)
