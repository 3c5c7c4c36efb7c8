"""What an experiment will cost: time from timed steps, and what is already done is taken off."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from dartslab.data.stand_in import stand_in
from dartslab.experiment import forecast as forecasts
from dartslab.experiment.checks import load_experiment_data
from dartslab.experiment.config import Experiment
from dartslab.experiment.forecast import Timing, duration, forecast, measure
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import all_steps, stages


def test_the_time_of_a_run_is_steps_and_looks_and_what_is_done_is_taken_off() -> None:
    timing = Timing(step_s=2.0, look_s=0.5, steps=100, looks=20)
    assert timing.seconds() == 100 * 2.0 + 20 * 0.5
    assert timing.seconds(done=50) == timing.seconds() / 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "5.0 seconds"),
        (119, "119.0 seconds"),
        (120, "2.0 minutes"),
        (5400, "90.0 minutes"),
        (7200, "2.0 hours"),
        (86400, "24.0 hours"),
        (432000, "5.0 days"),
    ],
)
def test_a_time_is_in_the_unit_that_people_would_take(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("steps", "looks"), [(4, 1), (5, 2), (7, 2), (8, 2)], ids=["one epoch", "begun", "nearly two", "two"]
)
def test_a_search_looks_at_its_validation_half_once_an_epoch(steps: int, looks: int, small: Experiment) -> None:
    experiment = replace(small, search=replace(small.search, steps=steps))
    timing = measure(experiment, next(stages(experiment)), load_experiment_data(experiment))
    assert (timing.steps, timing.looks) == (steps, looks * 4)  # 50 pictures in batches of 16: 4 batches


def test_a_training_looks_at_its_test_set_once(small: Experiment) -> None:
    *_, evaluation = stages(small)
    timing = measure(small, evaluation, load_experiment_data(small))
    assert (timing.steps, timing.looks) == (5, 7)  # 100 pictures in batches of 16


def test_a_forecast_adds_up_what_is_still_to_do(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = count(1)
    assert reproduce(small, tmp_path, lambda: next(asked) > 3) == "search-0, step 3 of 4"
    monkeypatch.setattr(forecasts, "measure", lambda experiment, stage, data: Timing(10.0, 0.0, 4, 1))
    lines = forecast(small, tmp_path).splitlines()
    assert [" ".join(line.split()) for line in lines[:3]] == [
        "search-0 3 of 4 steps 10.0 seconds",
        "search-1 4 steps 40.0 seconds",
        "choice-0 4 steps 40.0 seconds",
    ]
    assert lines[-1] == f"7 of 7 stages to do, about {duration(10 + 6 * 40)}."


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "fashion-mnist"])
def test_a_known_data_set_needs_no_files_for_its_forecast(name: str, small: Experiment, tmp_path: Path) -> None:
    experiment = replace(small, data=name, root=str(tmp_path / "nowhere"), seeds=1)
    said = forecast(experiment, tmp_path / "out")
    assert f"Steps were timed on noise in the sizes of {name}; its files were not looked for." in said
    assert not list(tmp_path.iterdir())


def test_the_steps_of_the_published_experiment_follow_from_sizes_alone() -> None:
    published = Experiment()
    data = stand_in("cifar10")
    assert data is not None
    steps = {stage.kind: all_steps(stage, data) for stage in stages(published)}
    assert steps == {"search": 19_550, "choice": 26_100, "evaluation": 312_600}  # as in docs/gpu.md


def test_a_forecast_of_pictures_that_are_read_says_nothing_of_noise(small: Experiment, tmp_path: Path) -> None:
    assert "noise" not in forecast(replace(small, seeds=1), tmp_path / "out")
