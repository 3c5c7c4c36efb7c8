"""The stages of an experiment: which there are, what each trains, how many steps it takes, which cell is chosen."""

import json
from pathlib import Path

import pytest
import torch

import tiny
from dartslab import PUBLISHED, SearchConfig, SearchState
from dartslab.data.datasets import DataSet, Labelled
from dartslab.experiment.config import Experiment, Size
from dartslab.experiment.stages import DONE, all_steps, best_seed, choice_data, genotype_of, stages
from dartslab.run.record import write_text
from sentences import refusal


@pytest.fixture
def numbered() -> DataSet:
    """160 + 40 pictures, each filled with its own number, of two classes."""
    numbers = torch.arange(200)
    pictures = Labelled(numbers[:, None, None, None].expand(200, 1, 8, 8), numbers % 2)
    return DataSet("numbers", pictures.pick(numbers[:160]), pictures.pick(numbers[160:]), ("even", "odd"))


@pytest.mark.parametrize(
    ("seeds", "names"),
    [
        (2, ["search-0", "search-1", "choice-0", "choice-1", "evaluate-chosen-0"]),
        (1, ["search-0", "evaluate-chosen-0"]),
    ],
    ids=["a choice among two", "no choice of one"],
)
def test_cells_are_compared_only_where_there_are_several(seeds: int, names: list[str], tmp_path: Path) -> None:
    found = [stage.name for stage in stages(Experiment(seeds=seeds, evaluations=1, random_cells=0))]
    assert found == [*names, "evaluate-DARTS_V2-0"]
    assert best_seed(Experiment(seeds=seeds), tmp_path) == (0 if seeds == 1 else None)


def test_runs_of_a_kind_differ_in_their_seed_and_choices_only_in_their_cell() -> None:
    kinds: dict[str, list[tuple[int, str]]] = {}
    for stage in stages(Experiment(seeds=2, evaluations=2, random_cells=2)):
        kinds.setdefault(stage.name.rpartition("-")[0], []).append((stage.config.seed, stage.cell))
    assert kinds == {
        "search": [(0, ""), (1, "")],
        "choice": [(0, "search-0"), (0, "search-1")],
        "evaluate-chosen": [(0, "chosen"), (1, "chosen")],
        "evaluate-random": [(0, "random-0"), (1, "random-1")],
        "evaluate-DARTS_V2": [(0, "DARTS_V2"), (1, "DARTS_V2")],
    }


def test_the_cell_of_a_stage_is_published_random_or_found_by_a_search(tmp_path: Path) -> None:
    experiment = Experiment(seeds=2)
    assert genotype_of(experiment, "DARTS_V2", tmp_path) == PUBLISHED["DARTS_V2"]
    first, second = (genotype_of(experiment, f"random-{number}", tmp_path) for number in (0, 1))
    assert first == experiment.random_cell(0) and second == experiment.random_cell(1) and first != second
    assert genotype_of(experiment, "search-1", tmp_path) is None and genotype_of(experiment, "chosen", tmp_path) is None
    for seed, accuracy in ((0, 0.5), (1, 0.6)):
        found = {"genotype": json.loads(experiment.random_cell(7 + seed).to_json())}
        write_text(tmp_path / f"search-{seed}" / DONE, json.dumps(found))
        write_text(tmp_path / f"choice-{seed}" / DONE, json.dumps({"accuracy": accuracy, "loss": 1.0}))
    assert genotype_of(experiment, "search-0", tmp_path) == experiment.random_cell(7)
    assert genotype_of(experiment, "chosen", tmp_path) == experiment.random_cell(8)


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([(0.5, 1.0), (0.6, 1.0)], 1),
        ([(0.6, 1.0), (0.6, 0.9)], 1),
        ([(0.6, 1.0), (0.6, 1.0)], 0),
        ([(0.5, 1.0)], None),
    ],
    ids=["accuracy", "then loss", "then the lower seed", "not all compared"],
)
def test_the_best_seed_is_the_one_with_the_best_validation(tmp_path: Path, results, best) -> None:
    for seed, (accuracy, loss) in enumerate(results):
        write_text(tmp_path / f"choice-{seed}" / DONE, json.dumps({"accuracy": accuracy, "loss": loss}))
    assert best_seed(Experiment(seeds=2), tmp_path) == best


@pytest.mark.parametrize(
    ("kind", "size", "steps"),
    [
        ("search", Size(2, 2, 3, 32), 3 * 3),  # 80 pictures for w: two batches of 32, one of 16
        ("choice", Size(2, 2, 3, 32), 3 * 3),
        ("evaluation", Size(2, 2, 3, 32), 3 * 5),
        ("search", Size(2, 2, 3, 40), 3 * 2),
        ("search", Size(2, 2, 3, 32, 7), 7),
        ("search", Size(2, 2, 3, 32, 10), 9),
    ],
    ids=["search", "choice", "evaluation", "whole batches", "fewer", "no more than all epochs"],
)
def test_steps_are_epochs_times_batches_or_fewer(kind: str, size: Size, steps: int, numbered: DataSet) -> None:
    experiment = Experiment(**{kind: size})
    assert {all_steps(stage, numbered) for stage in stages(experiment) if stage.kind == kind} == {steps}


@pytest.mark.parametrize("steps", [0, 12])
def test_training_between_the_choices_of_a_method_is_counted_as_the_search_counts_it(
    steps: int,
) -> None:
    experiment = Experiment(method="darts-pt", image_size=8, nodes=1, search=Size(2, 3, 3, 16, steps))
    first, *_ = stages(experiment)
    data = tiny.pictures()
    state = SearchState.create(first.config, data)
    assert all_steps(first, data) == state.steps == (steps or state.all_steps)
    assert state.all_steps > state.search_steps


def test_the_choice_divides_the_training_set_and_never_sees_the_test_set(numbered: DataSet) -> None:
    seen = choice_data(numbered, SearchConfig(seed=0))
    train, judged = (set(part.images[:, 0, 0, 0].tolist()) for part in (seen.train, seen.test))
    assert train.isdisjoint(judged) and train | judged == set(range(160))


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    stage = next(stages(Experiment()))
    assert stage.result(tmp_path) is None and stage.steps_done(tmp_path) == 0
    write_text(tmp_path / "search-0" / DONE, "{")
    assert f"{tmp_path / 'search-0' / DONE} is damaged" in refusal(stage.result, tmp_path)
