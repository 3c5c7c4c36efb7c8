"""One stage in its folder: the results it leaves are what its record ends with, and when it counts as stopped."""

import json
import re
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from dartslab import Genotype, Record, TrainState
from dartslab.experiment.checks import load_experiment_data
from dartslab.experiment.config import Experiment
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import DONE, stages
from dartslab.network import count_multiply_adds
from dartslab.run.config import TrainConfig
from dartslab.supernet import count_parameters
from sentences import refusal


def test_a_result_is_what_the_record_ends_with(small: Experiment, finished: Path) -> None:
    for stage in stages(small):
        result, columns = stage.result(finished), Record.load(finished / stage.name).columns
        measured_on = "val" if stage.kind == "search" else "test"
        assert result is not None and result["steps"] == len(columns["step"])
        assert result["accuracy"] == columns[f"{measured_on}_accuracy"][-1]
        assert result["loss"] == columns[f"{measured_on}_loss"][-1]
        assert result["seconds"] == pytest.approx(columns["seconds"][-1], abs=1e-3)


def test_the_auxiliary_head_does_not_count_as_part_of_the_network(small: Experiment, finished: Path) -> None:
    *_, evaluation = stages(small)
    result = evaluation.result(finished)
    assert result is not None and isinstance(evaluation.config, TrainConfig) and evaluation.config.auxiliary > 0
    genotype = Genotype.from_json(json.dumps(result["genotype"]))
    without = TrainState.create(replace(evaluation.config, auxiliary=0.0), genotype, load_experiment_data(small))
    assert result["parameters"] == count_parameters(without.net)
    assert result["multiply_adds"] == count_multiply_adds(without.net, (1, 8, 8))


@pytest.mark.parametrize(
    ("yes_at", "where"),
    [(1, "before search-0"), (2, "search-0, step 1 of 4"), (4, "search-0, step 3 of 4"), (6, "before search-1")],
)
def test_a_stop_is_asked_for_before_each_stage_and_after_each_step(
    yes_at: int, where: str, small: Experiment, tmp_path: Path
) -> None:
    asked = count(1)
    assert reproduce(small, tmp_path, lambda: next(asked) == yes_at) == where
    assert (tmp_path / "search-0" / DONE).is_file() == (where == "before search-1")


FAILS = """from dartslab.methods.method import Method
from dartslab.relaxation import softmax

def weights(arch, moment):
    return softmax(arch, 1.0 if moment.step < 3 else 1 / 0)

METHOD = Method("fails", "nobody, a test", weights=weights)
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_method_of_ones_own_that_fails_is_one_sentence_whichever_process_runs_it(
    jobs: int, small: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(FAILS)
    experiment = replace(small, method=str(tmp_path / "mine.py"), jobs=jobs)
    said = refusal(reproduce, experiment, tmp_path / "out", lambda: False)
    found = re.search(r"mine\.py failed in line 5 \(ZeroDivisionError: .*\); .*(search-[01]) keeps the", said)
    assert found is not None  # with two processes either may be the first, and the other is then stopped anywhere
    assert Record.load(tmp_path / "out" / found[1]).columns["step"].tolist() == [1, 2]


def test_what_cannot_act_is_said_when_a_stage_begins(small: Experiment, tmp_path: Path, capsys) -> None:
    asked = count(1)
    reproduce(replace(small, method="robust-darts"), tmp_path, lambda: next(asked) == 2)
    assert "note: robust-darts: the early stop needs 11 measurements of eigenvalue, and" in capsys.readouterr().out


def test_a_stop_after_the_last_step_stops_nothing(small: Experiment, tmp_path: Path) -> None:
    asked = count(1)
    assert reproduce(small, tmp_path, lambda: next(asked) in (5, 7)) == "search-1, step 1 of 4"
    assert (tmp_path / "search-0" / DONE).is_file()
