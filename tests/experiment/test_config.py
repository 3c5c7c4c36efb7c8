"""The configuration of an experiment: the defaults are the published one, and every setting reaches its runs."""

from dataclasses import replace
from typing import Any

import pytest

import toy_methods
from dartslab import SearchConfig, TrainConfig
from dartslab.base.messages import UserError
from dartslab.experiment.config import FREE, ORDERS, Experiment, Size
from dartslab.experiment.stages import stages
from dartslab.methods import METHODS

OTHER: dict[str, Any] = {
    "learning_rate": 0.1,
    "nodes": 3,
    "alpha_learning_rate": 0.01,
    "cutout": 8,
    "drop_path": 0.1,
    "auxiliary": 0.2,
    "stem": "imagenet",
    "compile": True,
    "image_size": 64,
    "precision": "bfloat16",
    "channels_last": True,
    "report_every": 50,
}


def test_the_defaults_are_the_published_search_and_evaluation() -> None:
    experiment = Experiment()
    assert experiment.search_config(2) == SearchConfig(seed=2)
    assert experiment.train_config(experiment.evaluation, 0) == TrainConfig()
    assert experiment.choice.epochs == 100 and experiment.seeds == 4


@pytest.mark.parametrize(("order", "hypergradient"), [("first", "first_order"), ("second", "finite_difference")])
def test_the_order_names_the_hypergradient(order: Any, hypergradient: str) -> None:
    assert Experiment(order=order).search_config(0).hypergradient == hypergradient


@pytest.mark.parametrize("name", METHODS)
def test_the_searches_of_the_published_experiment_are_the_published_ones_of_its_method(name: str) -> None:
    experiment = Experiment.published(method=name)
    assert experiment.search_config(2) == SearchConfig.published(method=name, seed=2)
    assert experiment.train_config(experiment.evaluation, 0) == TrainConfig()  # a method changes the search alone


@pytest.mark.parametrize(
    ("preset", "changes", "rate", "alpha_rate", "order"),
    [
        (Experiment.published, {}, 0.1, 6e-4, "first"),  # those of pc-darts
        (Experiment.published, {"learning_rate": 0.05, "alpha_learning_rate": 0.01}, 0.05, 0.01, "first"),
        (Experiment.published, {"order": "second", "search_learning_rate": 0.2}, 0.2, 6e-4, "second"),
        (Experiment.tiny, {}, 0.05, 0.05, "first"),  # rates are among the sizes of this preset
    ],
)
def test_what_the_user_sets_comes_before_the_preset_and_that_before_the_method(
    preset: Any, changes: dict[str, Any], rate: float, alpha_rate: float, order: str
) -> None:
    experiment = preset(method="pc-darts", **changes)
    search = experiment.search_config(0)
    assert (search.learning_rate, search.alpha_learning_rate, experiment.order) == (rate, alpha_rate, order)
    assert search.hypergradient == ORDERS[order]


def test_a_hypergradient_that_no_order_names_must_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = replace(toy_methods.WEIGHED, defaults={"hypergradient": "exact"})
    monkeypatch.setitem(METHODS, mine.name, mine)
    with pytest.raises(UserError, match=r"searches with hypergradient=exact, .* give order=first or second"):
        Experiment.tiny(method=mine.name)
    assert Experiment.tiny(method=mine.name, order="second").search_config(0).hypergradient == "finite_difference"


def test_the_presets_of_darts_are_the_defaults() -> None:
    assert Experiment.published() == Experiment()
    assert Experiment.tiny().order == Experiment.order


@pytest.mark.parametrize("name", OTHER)
def test_a_setting_reaches_every_run_that_has_it(name: str) -> None:
    runs = [stage.config for stage in stages(Experiment(**{name: OTHER[name]})) if hasattr(stage.config, name)]
    assert runs and all(getattr(run, name) == OTHER[name] for run in runs)


def test_the_method_is_that_of_every_search() -> None:
    with toy_methods.known():
        assert Experiment(method="sampled-toy").search_config(0).method == "sampled-toy"


@pytest.mark.parametrize("kind", ["search", "choice", "evaluation"])
def test_a_size_is_that_of_its_kind_alone(kind: str) -> None:
    size = Size(5, 6, 7, 8, 9)
    for stage in stages(Experiment(**{kind: size})):
        run = stage.config
        found = Size(run.channels, run.layers, run.epochs, run.batch_size, run.steps)
        assert (found == size) == (stage.kind == kind)


def test_what_may_change_between_two_starts() -> None:
    assert {"jobs", "backend", "evaluations", "random_cells", "report_every", "device"} <= FREE
    assert not {"seeds", "nodes", "search", "precision", "data", "order"} & FREE
