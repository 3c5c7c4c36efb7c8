"""Configurations: the published numbers, and one sentence for each value that is not allowed."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, fields, replace

import numpy as np
import pytest

from dartslab import SearchConfig, SearchState, TrainConfig
from dartslab.base.messages import UserError
from dartslab.experiment.config import Experiment, Size
from dartslab.run.config import LEAST_LAYERS
from dartslab.run.stored import ADDED_FIELDS, changed_fields, read_config
from dartslab.space import SearchSpace, skeleton
from sentences import refusal

# Liu et al. 2019, section 3 and appendix A, with the seeds and rates of quark0/darts.
PUBLISHED_SEARCH = {
    "channels": 16,
    "layers": 8,
    "nodes": 4,
    "epochs": 50,
    "batch_size": 64,
    "learning_rate": 0.025,
    "learning_rate_min": 0.001,
    "momentum": 0.9,
    "weight_decay": 3e-4,
    "clip": 5.0,
    "alpha_learning_rate": 3e-4,
    "alpha_beta1": 0.5,
    "alpha_weight_decay": 1e-3,
    "alpha_scale": 1e-3,
    "portion": 0.5,
    "crop_padding": 4,
    "radius": 0.01,
    "hypergradient": "finite_difference",
    "seed": 2,
}
PUBLISHED_EVALUATION = {
    "channels": 36,
    "layers": 20,
    "epochs": 600,
    "batch_size": 96,
    "learning_rate": 0.025,
    "learning_rate_min": 0.0,
    "auxiliary": 0.4,
    "drop_path": 0.2,
    "cutout": 16,
    "seed": 0,
}

# The same, as published for ImageNet; what differs is in docs/gpu.md.
PUBLISHED_IMAGENET = {
    "image_size": 224,
    "augmentation": "imagenet",
    "stem": "imagenet",
    "channels": 48,
    "layers": 14,
    "epochs": 250,
    "batch_size": 128,
    "learning_rate": 0.1,
    "schedule": "exponential",
    "learning_rate_decay": 0.97,
    "momentum": 0.9,
    "weight_decay": 3e-5,
    "clip": 5.0,
    "label_smoothing": 0.1,
    "auxiliary": 0.4,
    "drop_path": 0.0,
    "cutout": 0,
    "seed": 0,
}


@pytest.mark.parametrize(("name", "value"), PUBLISHED_SEARCH.items())
def test_a_search_defaults_to_the_published_values(name: str, value: object) -> None:
    assert getattr(SearchConfig(), name) == value


def test_numbers_of_numpy_become_plain_ones_which_a_run_folder_can_hold() -> None:
    config = SearchConfig.lesson(channels=np.int64(8), learning_rate=np.float32(0.5), weight_decay=0)
    assert (type(config.channels), type(config.learning_rate)) == (int, float)
    assert config == SearchConfig.lesson(channels=8, learning_rate=0.5, weight_decay=0)


@pytest.mark.parametrize(("name", "value"), PUBLISHED_EVALUATION.items())
def test_an_evaluation_defaults_to_the_published_values(name: str, value: object) -> None:
    assert getattr(TrainConfig(), name) == value


@pytest.mark.parametrize(("name", "value"), PUBLISHED_IMAGENET.items())
def test_the_imagenet_preset_has_the_published_values(name: str, value: object) -> None:
    assert getattr(TrainConfig.imagenet(), name) == value


def test_cifar100_is_trained_as_cifar10_is() -> None:
    assert TrainConfig.cifar100(data="cifar10") == TrainConfig() and TrainConfig.cifar100().data == "cifar100"


@pytest.mark.parametrize("preset", [TrainConfig.lesson, TrainConfig.cifar100, TrainConfig.imagenet])
def test_every_field_of_a_preset_can_be_changed(preset) -> None:
    assert preset(data="folder:x", epochs=7, layers=9) == replace(preset(), data="folder:x", epochs=7, layers=9)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hypergradient": "second_order"}, "unknown hypergradient 'second_order'; allowed are: first_order"),
        ({"hypergradient": "exakt"}, "Did you mean 'exact'?"),
        ({"relaxation": "sigmoid"}, "unknown relaxation 'sigmoid'; allowed are: softmax"),
        ({"operations": ("conv_3x3",)}, "unknown operation 'conv_3x3'"),
        ({"nodes": 0}, "a cell has 1 to 7 nodes, got 0"),
        ({"channels": 2.5}, "channels must be a whole number, got 2.5; its default is 16"),
        ({"layers": "8"}, "layers must be a whole number, got '8'"),
        ({"seed": True}, "seed must be a whole number, got True"),
        ({"steps": None}, "steps must be a whole number, got None"),
        ({"learning_rate": "0.1"}, "learning_rate must be a number, got '0.1'"),
        ({"channels_last": "no"}, "channels_last must be True or False, got 'no'"),
        ({"data": 5}, "data must be a text, got 5"),
        ({"instruments": ("lambda",)}, "unknown instrument 'lambda'; allowed are: lambda_max"),
        ({"instruments": "skips"}, "instruments are 'skips'; a list of names is needed, for example instruments="),
        ({"instruments": ("skips", "lambda_max"), "compile": True}, "lambda_max takes second derivatives"),
        ({"instruments": ("gap", "skips", "gap")}, "instruments list gap twice; name each instrument once"),
        ({"measure_every": -1}, "measure_every must be 0 or more, got -1"),
        ({"batch_size": 0}, "batch_size must be above 0, got 0; its default is 64"),
        ({"learning_rate": -1.0}, "learning_rate must be above 0, got -1.0"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0, got nan"),
        ({"clip": float("inf")}, "clip must be above 0, got inf"),
        ({"momentum": 1.0}, "momentum must be 0 or more and below 1, got 1.0"),
        ({"weight_decay": -1e-3}, "weight_decay must be 0 or more"),
        ({"terms": 0}, "terms must be above 0, got 0; its default is 3"),
        ({"precision": "float16"}, "unknown precision 'float16'; allowed are: bfloat16, float32. Did you mean"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_search_refuses_what_is_not_allowed(changes: dict, sentence: str) -> None:
    with pytest.raises(UserError) as error:
        SearchConfig(**changes)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"stem": "svhn"}, "unknown stem 'svhn'; allowed are: cifar, imagenet"),
        ({"drop_path": 1.0}, "drop_path must be 0 or more and below 1, got 1.0; its default is 0.2"),
        ({"label_smoothing": 1.5}, "label_smoothing must be 0 or more and below 1"),
        ({"epochs": 0}, "epochs must be above 0"),
        ({"cutout": -1}, "cutout must be 0 or more, got -1"),
        ({"precision": "bf16"}, "unknown precision 'bf16'; allowed are: bfloat16, float32. Did you mean 'bfloat16'?"),
        ({"report_every": 0}, "report_every must be above 0, got 0; its default is 1"),
        ({"schedule": "step"}, "unknown schedule 'step'; allowed are: cosine, linear, exponential"),
        ({"learning_rate_decay": 0.0}, "learning_rate_decay must be above 0, got 0.0; its default is 0.97"),
        ({"learning_rate_decay": 1.03}, "must be at most 1, got 1.03; the paper uses 0.97"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_evaluation_refuses_what_is_not_allowed(changes: dict, sentence: str) -> None:
    with pytest.raises(UserError) as error:
        TrainConfig(**changes)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"schedule": "exponential"}, "unknown schedule 'exponential'; allowed are: cosine, linear"),
        ({"alpha_waits": 50}, "alpha waits in 50 of 50 epochs, so it would never move; let it wait in fewer."),
        ({"alpha_waits": -1}, "alpha_waits must be 0 or more, got -1"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_search_refuses_to_wait_for_ever_and_schedules_of_trainings(changes: dict, sentence: str) -> None:
    with pytest.raises(UserError) as error:
        SearchConfig(**changes)
    assert sentence in str(error.value)


def test_in_the_smallest_network_that_is_searched_every_kind_of_cell_occurs() -> None:
    for layers in range(1, 20):
        kinds = {place.kind for place in skeleton(layers, 4, {"normal": 1, "reduce": 1}, 12)}
        assert (kinds == {"normal", "reduce"}) == (layers >= LEAST_LAYERS)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_network_without_a_normal_cell_is_not_searched(layers: int) -> None:
    sentence = refusal(SearchState.create, SearchConfig.lesson(layers=layers))
    assert f"a search needs at least 3 cells, got layers={layers}: with fewer, all of them are reduction" in sentence


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SearchConfig().seed = 3


def test_only_fields_that_change_the_numbers_count_as_changed() -> None:
    before = SearchConfig(device="cpu", checkpoint_every=0, root="data")
    after = SearchConfig(device="cuda", checkpoint_every=5, root="elsewhere", seed=7)
    assert changed_fields(before, after) == ["seed: 2 -> 7"]


def test_a_format_may_change_between_a_run_and_its_continuation_and_a_precision_may_not() -> None:
    for config in (SearchConfig, TrainConfig):
        changed = changed_fields(config(), config(channels_last=True, report_every=9, precision="bfloat16"))
        assert changed == ["precision: 'float32' -> 'bfloat16'"]


@pytest.mark.parametrize("config", [SearchConfig, TrainConfig])
def test_what_was_stored_before_a_field_came_has_what_was_done_then(config: type) -> None:
    stored = {name: value for name, value in asdict(config(seed=5)).items() if name not in ADDED_FIELDS}
    assert read_config(config, stored, "runs/a") == config(seed=5)
    assert read_config(config, stored | {"precision": "bfloat16"}, "runs/a") == config(seed=5, precision="bfloat16")
    with pytest.raises(UserError, match=r"another version of dartslab \(fields \['epochs'\] differ\)"):
        read_config(config, {name: value for name, value in stored.items() if name != "epochs"}, "runs/a")


def test_a_configuration_of_another_dartslab_is_refused() -> None:
    with pytest.raises(UserError, match=r"another version of dartslab.*'temperature_of_old'"):
        read_config(SearchConfig, {"temperature_of_old": 1.0}, "runs/a")


Make = Callable[..., SearchConfig | TrainConfig | SearchSpace | Experiment]
OTHER_TYPES = [None, [], {}, [1], [["none"]], b"x", 1.5, 1j, object(), np.array([1, 2]), len]


@pytest.mark.parametrize("make", [SearchConfig, SearchConfig.quick, TrainConfig.lesson, SearchSpace, Experiment.tiny])
def test_a_value_of_another_type_is_one_sentence_in_every_field(make: Make) -> None:
    made = make()
    for field in fields(made):
        for value in OTHER_TYPES:
            if isinstance(value, float) and isinstance(getattr(made, field.name), float):
                continue  # 1.5 is such a number
            if field.name == "instruments" and isinstance(value, list | dict) and not value:
                continue  # a list of no names
            sentence = refusal(make, **{field.name: value})
            assert len(sentence) < 300 and sentence.endswith(".")


@pytest.mark.parametrize("name", ["learning_rate", "epochs", "seed", "alpha_beta1"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_a_number_beyond_all_that_is_computed_with_is_refused(name: str, value: float) -> None:
    assert f"{name} must be " in refusal(SearchConfig, **{name: value})


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", None, [], True])
def test_a_size_holds_whole_numbers(value: object) -> None:
    assert "must be a whole number, 1 or more" in refusal(Size, value, 3, 1, 64)
    assert refusal(Experiment, search=value).startswith("search must be a Size, got")
