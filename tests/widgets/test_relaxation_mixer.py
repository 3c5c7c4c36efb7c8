"""RelaxationMixer: the mixture is that of the library, and the view says what it shows."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tiny
from dartslab.base.messages import UserError
from dartslab.base.seeds import seeded
from dartslab.cell import MixedOp
from dartslab.data.datasets import DataSet, Labelled
from dartslab.relaxation import Arch, softmax
from dartslab.widgets import RelaxationMixer
from dartslab.widgets.relaxation_mixer import mix, operation_outputs
from sentences import refusal

OPERATIONS = ("none", "skip_connect", "max_pool_3x3", "dil_conv_3x3")


@pytest.fixture(scope="module")
def mixer() -> RelaxationMixer:
    return RelaxationMixer(tiny.pictures(12), OPERATIONS)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(0.05, 20))
def test_the_weights_are_those_of_the_relaxation(alpha: list[float], temperature: float) -> None:
    weights, _, entropy = mix(np.zeros((len(alpha), 1, 1)), np.array(alpha), temperature)
    arch = Arch({"normal": torch.tensor([alpha], dtype=torch.float64)})
    (row,) = softmax(arch, temperature)["normal"].tolist()
    assert weights.tolist() == pytest.approx(row, abs=1e-12)
    assert -1e-9 <= entropy <= math.log(len(alpha)) + 1e-9


@pytest.mark.parametrize("operations", [OPERATIONS, ("sep_conv_5x5",), ("avg_pool_3x3", "conv_7x1_1x7")])
def test_the_sum_is_what_the_mixed_operation_computes(operations: tuple[str, ...]) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (3, 3, 9, 7))
    x, outputs = operation_outputs(pictures, operations, seed=4)
    alpha = np.linspace(-1, 2, len(operations))
    with seeded(4, "mixer"), torch.no_grad():
        mixed = MixedOp(operations, 1, 1)
        weights = torch.softmax(torch.from_numpy(alpha / 0.7).float(), 0)
        expected = mixed(torch.from_numpy(x)[:, None], weights)[:, 0].numpy()
    for number in range(3):
        np.testing.assert_allclose(mix(outputs[number], alpha, 0.7)[1], expected[number], atol=1e-5)


def test_the_operations_see_normalised_grey_pictures_and_the_random_state_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    x, outputs = operation_outputs(np.random.default_rng(1).integers(0, 256, (4, 3, 8, 8)), OPERATIONS)
    assert abs(x.mean()) < 1e-5 and abs(x.std() - 1) < 1e-5 and outputs.shape == (4, 4, 8, 8)
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(outputs[:, 0], 0)
    np.testing.assert_array_equal(outputs[:, 1], x)


def test_a_slider_moves_weights_sum_and_words(mixer: RelaxationMixer) -> None:
    mixer.restore("RelaxationMixer.1:{}")
    assert mixer.canvas.frame["weights"] == [0.25] * 4 and mixer.canvas.frame["entropy"] == pytest.approx(math.log(4))
    mixer.controls["skip_connect"].value = 5.0
    mixer.controls["temperature"].value = 0.25
    frame = mixer.canvas.frame
    assert frame["weights"][1] > 0.999 and f"{100 * frame['weights'][1]:.1f} % skip_connect" in mixer.text
    np.testing.assert_allclose(frame["sum"], mixer.inputs[0], atol=2e-3)
    assert "untrained" in mixer.text and f"nats ({100 * frame['share']:.1f} %)" in mixer.text
    assert frame["share"] == pytest.approx(frame["entropy"] / math.log(4), abs=1e-6)
    json.dumps(frame, allow_nan=False)
    json.dumps(mixer.canvas.data, allow_nan=False)


def test_all_that_is_shown_belongs_to_the_chosen_picture(mixer: RelaxationMixer) -> None:
    mixer.restore('RelaxationMixer.1:{"picture":3}')
    assert f"picture of class {mixer.names[3]}" in mixer.text
    np.testing.assert_allclose(mixer.canvas.frame["sum"], mixer.outputs[3].mean(axis=0), atol=1e-3)


def test_the_state_goes_round(mixer: RelaxationMixer) -> None:
    text = 'RelaxationMixer.1:{"picture":2,"temperature":0.5,"none":-1.5,"dil_conv_3x3":3.0}'
    mixer.restore(text)
    assert mixer.state() == text
    for bad in (
        'RelaxationMixer.1:{"none":9}',
        'RelaxationMixer.1:{"picture":99}',
        'RelaxationMixer.1:{"picture":null}',
        'RelaxationMixer.1:{"none":NaN}',
        'RelaxationMixer.1:{"temperature":0.04}',
        'RelaxationMixer.1:{"conv":1}',
        "?",
    ):
        with pytest.raises(UserError):
            mixer.restore(bad)
        assert mixer.state() == text


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"operations": ()}, "there is no operation to mix; name at least one"),
        ({"operations": ("conv_3x3",)}, "unknown operation 'conv_3x3'; allowed are"),
        ({"operations": ("none", "skip_connect", "none")}, "operation none is listed twice"),
        ({"data": 7}, "data is a int; pass a DataSet or a name: fashion-mini"),
        ({"operations": "skip_connect"}, "operations are 'skip_connect'; a list of names is needed"),
        ({"images": 0}, "images is 0; at least 1 picture is needed"),
        ({"images": 2.5}, "images is 2.5; at least 1 picture is needed"),
        ({"data": "fashion"}, "unknown data set 'fashion'"),
    ],
)
def test_bad_input_is_one_sentence(how: dict, says: str) -> None:
    assert says in refusal(RelaxationMixer, **({"data": tiny.pictures(12)} | how))


@pytest.mark.parametrize(
    ("pictures", "says"),
    [
        (np.zeros((0, 1, 8, 8)), "at least one picture"),
        (np.full((1, 1, 8, 8), np.nan), "NaN"),
        (np.zeros(3), "shape"),
        (np.ones((1, 3, 1, 1)), "a single pixel"),
    ],
)
def test_pictures_that_cannot_be_mixed_are_one_sentence(pictures: np.ndarray, says: str) -> None:
    with pytest.raises(UserError, match=says):
        operation_outputs(pictures, OPERATIONS)


@pytest.mark.parametrize("temperature", [0.05, 1.0, 20.0])
def test_the_temperature_goes_from_a_twentieth_to_twenty(mixer: RelaxationMixer, temperature: float) -> None:
    mixer.restore(f'RelaxationMixer.1:{{"temperature":{temperature},"none":0.1}}')
    assert mixer.canvas.frame["weights"][0] == pytest.approx(1 / (1 + 3 * math.exp(-0.1 / temperature)), abs=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 0.25, 0.5, 1.0, 2.0, 4.0, 20.0])
def test_a_slider_that_answers_with_its_nearest_notch_changes_nothing_that_is_shown(
    mixer: RelaxationMixer, temperature: float
) -> None:
    slider = mixer.controls["temperature"]
    notches = (math.log(temperature, slider.base) - slider.min) / slider.step
    answered = slider.base ** (slider.min + slider.step * round(notches))
    assert answered == pytest.approx(temperature, rel=2e-4)
    assert f"{answered:.3g}" == f"{temperature:.3g}"


def test_one_operation_alone_leaves_nothing_to_choose() -> None:
    view = RelaxationMixer(tiny.pictures(12), ("skip_connect",))
    assert view.canvas.frame["weights"] == [1.0] and "entropy 0.00 of at most 0.00 nats (0.0 %)" in view.text


def test_an_empty_data_set_is_one_sentence() -> None:
    full = tiny.pictures(12)
    empty = Labelled(full.test.images[:0], full.test.labels[:0])
    with pytest.raises(UserError, match="at least one picture is needed"):
        RelaxationMixer(DataSet("empty", full.train, empty, full.classes))


def test_colour_pictures_and_few_classes_will_do() -> None:
    images = torch.randint(0, 256, (6, 3, 10, 10), dtype=torch.uint8)
    part = Labelled(images, torch.tensor([0, 1, 0, 1, 0, 1]))
    view = RelaxationMixer(DataSet("two", part, part, ("cat", "dog")), OPERATIONS)
    assert view.names == ["cat", "dog"] and len(view.canvas.data["outputs"]) == 2


def test_its_static_form_is_a_picture_and_words(mixer: RelaxationMixer) -> None:
    bundle = mixer._repr_mimebundle_()
    assert len(bundle["image/png"]) > 3000 and bundle["text/plain"] == f"RelaxationMixer: {mixer.text}"
