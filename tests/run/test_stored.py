"""What was made by version 1 opens, goes on, and is drawn. The files in `version_1` were written by that version."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from dartslab import Record, Recorder, SearchConfig, SearchState, TrainState, search, train
from dartslab.base.messages import UserError
from dartslab.cli.main import main
from dartslab.experiment.config import Experiment
from dartslab.experiment.folder import read_experiment
from dartslab.run.record import CHECKPOINT
from dartslab.run.stored import check_version, upgrade_config

OLD = Path(__file__).parent / "version_1"
CONTINUED = json.loads((OLD / "continued.json").read_text())  # the same runs, finished by version 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"method": "exact", "seed": 3}, {"hypergradient": "exact", "method": "darts", "seed": 3}),
        ({"auxiliary": 0.4}, {"auxiliary": 0.4}),
        ({"order": "second"}, {"order": "second", "method": "darts"}),
    ],
    ids=["search", "training", "experiment"],
)
def test_a_configuration_of_version_1_gets_the_names_of_version_2(before: dict, after: dict) -> None:
    assert upgrade_config(before, 1) == after
    assert upgrade_config(after, 2) == after


@pytest.mark.parametrize("version", [0, 3, None, "1"])
def test_another_version_is_refused(version: object) -> None:
    with pytest.raises(
        UserError, match=r"runs/a is a record of version .*, this dartslab reads 1 and 2; use the one|use"
    ):
        check_version(version, "runs/a", "a record")


@pytest.mark.parametrize("hypergradient", ["finite_difference", "exact"])
def test_a_search_opens_and_goes_on(hypergradient: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(OLD / f"search_{hypergradient}", folder)
    record = Record.load(folder)
    assert len(record) == 4 and record.config["hypergradient"] == hypergradient and record.config["method"] == "darts"
    assert all(np.allclose(table.sum(-1), 1) for table in record.weights().values()) and record.rows_sum_to_one
    state = SearchState.load(folder / CHECKPOINT, steps=8)
    assert state.config == SearchConfig(**record.config | {"steps": 8})
    for _ in Recorder.resume(state, folder).watch(search(state)):
        pass
    whole, expected = Record.load(folder), CONTINUED[f"search_{hypergradient}"]
    np.testing.assert_allclose(whole.columns["train_loss"], expected["train_loss"], rtol=1e-5)
    np.testing.assert_allclose(whole.alpha("normal")[-1], expected["alpha.normal"], rtol=1e-3, atol=1e-6)
    assert whole.mixing_weights("normal").shape == (8, 2, 4)
    assert json.loads((folder / "config.json").read_text())["version"] == 2


def test_a_training_opens_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(OLD / "train", folder)
    state = TrainState.load(folder / CHECKPOINT, steps=8)
    for _ in Recorder.resume(state, folder).watch(train(state)):
        pass
    np.testing.assert_allclose(Record.load(folder).columns["train_loss"], CONTINUED["train"]["train_loss"], rtol=1e-5)


def test_an_experiment_opens_and_goes_on(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "experiment"
    shutil.copytree(OLD / "experiment", folder)
    experiment = read_experiment(folder)
    assert (
        isinstance(experiment, Experiment)
        and experiment.method == "darts"
        and len(Record.load(folder / "search-1")) == 1
    )
    flags = [
        word
        for name, value in asdict(experiment).items()
        if name in ("data", "image_size", "nodes", "cutout")
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    small = ["channels", "layers", "epochs", "batch_size", "steps"]
    for stage in ("search", "choice", "evaluation"):
        flags += [
            w for n in small for w in (f"--{stage}.{n.replace('_', '-')}", str(getattr(getattr(experiment, stage), n)))
        ]
    flags += ["--evaluations", "1", "--random-cells", "1", "--auxiliary", "0", "--checkpoint-every", "1"]
    main(["reproduce", "cifar10", "--preset", "tiny", "--out", str(folder), *flags])
    assert (folder / "report.md").is_file() and len(Record.load(folder / "search-1")) == 3
    assert "was started when fashion-mini had 1,000 test pictures; what is tested from now on has 5,000" in (
        capsys.readouterr().out
    )
    assert json.loads((folder / "experiment.json").read_text())["version"] == 2


def test_a_search_of_version_1_is_drawn(tmp_path: Path, capsys) -> None:
    main(["draw", str(OLD / "search_exact"), "--out", str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == {"genotype.png", "curves.png", "alpha.png"}
