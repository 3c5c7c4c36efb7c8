"""Commands that read what a run left, also in the folder of an experiment."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

import dartslab.cli.main as command_line
import tiny
from dartslab import Record, Recorder, TrainState, read_genotype, train
from dartslab.base.messages import UserError
from dartslab.experiment.chosen import find_chosen
from dartslab.experiment.config import HEAD, Experiment
from dartslab.experiment.folder import recorded_experiment
from dartslab.genotype import PUBLISHED, Genotype
from dartslab.run.table import to_csv


def run(capsys: pytest.CaptureFixture[str], *words: object) -> list[str]:
    command_line.main([str(word) for word in words])
    return capsys.readouterr().out.splitlines()


def test_an_experiment_is_drawn_by_its_chosen_cell(tmp_path: Path, capsys) -> None:
    experiment = recorded_experiment()
    seed = json.loads((experiment / "report.json").read_text(encoding="utf-8"))["chosen_seed"]
    said = run(capsys, "draw", experiment, "--out", tmp_path)
    chosen = experiment / f"search-{seed}"
    assert said[0] == f"{experiment} holds an experiment; taken is {chosen}, which found its chosen cell"
    assert {path.name for path in tmp_path.iterdir()} == {"genotype.png", "alpha.png", "curves.png"}
    assert find_chosen(experiment, "search") == chosen


def test_the_table_of_an_experiment_is_that_of_the_search_it_chose(capsys) -> None:
    experiment = recorded_experiment()
    command_line.main(["table", str(experiment)])
    said = capsys.readouterr()
    assert said.err.startswith(f"{experiment} holds an experiment; taken is ")  # beside the table, not in it
    assert said.out == to_csv(Record.load(find_chosen(experiment, "search")))


def test_the_chosen_cell_of_an_experiment_is_trained(tmp_path: Path, capsys) -> None:
    experiment, small = recorded_experiment(), ["--channels", "2", "--steps", "1"]
    report = json.loads((experiment / "report.json").read_text(encoding="utf-8"))
    words = ["train", "--genotype", experiment, "--data", "fashion-mini", *small, "--out", tmp_path / "t"]
    assert "which found its chosen cell" in run(capsys, *words)[0]
    assert read_genotype(str(tmp_path / "t")) == Genotype.from_json(json.dumps(report["genotype"]))


def test_the_first_training_of_the_chosen_cell_is_exported(tmp_path: Path, capsys) -> None:
    """An experiment of one search, stopped after the first training of what it found."""
    experiment, out = Experiment.tiny(seeds=1), tmp_path / "c10"
    stage = out / "evaluate-chosen-0"
    state = TrainState.create(tiny.train_config(steps=1), tiny.genotype(), tiny.pictures(16))
    list(Recorder(state, stage).watch(train(state)))
    head = {"format": "dartslab-experiment", "version": 2, "experiment": asdict(experiment)}
    (out / HEAD).write_text(json.dumps(head), encoding="utf-8")
    said = run(capsys, "export", out, "--out", tmp_path / "e")
    assert said[0] == f"{out} holds an experiment; taken is {stage}, the first training of its chosen cell"
    assert (tmp_path / "e" / "network.pt2").is_file()
    with pytest.raises(UserError, match="has not chosen a cell yet; go on with the same `reproduce` command"):
        find_chosen(out, "search")


def test_the_folder_of_a_training_holds_its_genotype_and_is_drawn(tmp_path: Path, capsys) -> None:
    state = TrainState.create(tiny.train_config(steps=1), tiny.genotype(), tiny.pictures(16))
    list(Recorder.create(state, tmp_path / "t").watch(train(state)))
    assert read_genotype(str(tmp_path / "t")) == tiny.genotype()
    run(capsys, "draw", tmp_path / "t", "--format", "svg")
    assert {path.name for path in (tmp_path / "t").glob("*.svg")} == {"genotype.svg", "curves.svg"}


def test_a_printed_genotype_is_drawn(tmp_path: Path, capsys) -> None:
    text = str(PUBLISHED["PDARTS"].to_pairs()).replace("Pairs", "Genotype")
    assert run(capsys, "draw", text, "--out", tmp_path) == [str(tmp_path / "genotype.png")]
    (tmp_path / "log.txt").write_text(f"genotype = {text}", encoding="utf-8")
    assert run(capsys, "draw", tmp_path / "log.txt", "--out", tmp_path) == [str(tmp_path / "genotype.png")]


def test_the_export_of_a_cell_with_noise_says_that_it_draws(tmp_path: Path, capsys) -> None:
    pairs = [("noise", 0), ("sep_conv_3x3", 1)]
    cell = Genotype.from_pairs(pairs, [2], pairs, [2])
    state = TrainState.create(tiny.train_config(steps=1), cell, tiny.pictures(16))
    list(Recorder.create(state, tmp_path / "t").watch(train(state)))
    said = run(capsys, "export", tmp_path / "t", "--out", tmp_path / "e")
    assert "its cells hold the operation noise, so its logits differ from call to call" in said
