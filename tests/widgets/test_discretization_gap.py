"""The way from a mixture to a discrete cell: stages from alpha alone, accuracies from the supernet, a view of both."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tiny
from dartslab import SearchSpace, SearchState, search
from dartslab.base.messages import UserError
from dartslab.data.batches import plain_batches
from dartslab.derive import kept_entries, softmax, top_k_mask
from dartslab.instruments.gap import discretization_steps, drop_order
from dartslab.run.steps import evaluate
from dartslab.widgets import DiscretizationGap
from dartslab.widgets.models.gap import gap_columns
from sentences import refusal

SPACE = SearchSpace(nodes=2, operations=("none", "skip_connect", "sep_conv_3x3"))


def random_alpha(seed: int, space: SearchSpace = SPACE) -> dict[str, np.ndarray]:
    shape = (len(space.edges), len(space.operations))
    return {kind: np.random.default_rng([seed, i]).normal(size=shape) for i, kind in enumerate(space.kinds)}


@pytest.fixture(scope="module")
def state() -> SearchState:
    made = SearchState.create(tiny.search_config(hypergradient="first_order", nodes=2), tiny.pictures())
    list(search(made))
    return made


@pytest.fixture(scope="module")
def columns(state: SearchState) -> dict:
    return gap_columns(state, 40, 0.5)


@given(st.integers(0, 10**6))
def test_each_drop_takes_the_weakest_operation_and_leaves_every_edge_one(seed: int) -> None:
    masks = drop_order(SPACE, random_alpha(seed), 1.0)
    left = [sum(int(mask.sum()) for mask in kept.values()) for kept in masks]
    assert left == list(range(2 * 5 * 3, 2 * 5 - 1, -1))
    for kept in masks:
        assert all(mask[:, 1:].any(axis=1).all() for mask in kept.values())
    weakest = min(
        (float(p), kind, row, column)
        for kind, alpha in random_alpha(seed).items()
        for row, exps in enumerate(np.exp(alpha))
        for column, p in enumerate(exps / exps.sum())
    )
    assert not masks[1][weakest[1]][weakest[2], weakest[3]]


@given(st.integers(0, 10**6), st.floats(0.1, 3))
def test_stages_mix_less_and_less_and_end_with_what_is_derived(seed: int, temperature: float) -> None:
    for found in discretization_steps(SPACE, random_alpha(seed), temperature).values():
        for _, weights in found[:-1]:
            for table in weights.values():
                np.testing.assert_allclose(table.sum(axis=1), 1, rtol=1e-9)
        name, last = found[-1]
        assert name == "derived"
        for kind, table in found[0][1].items():
            np.testing.assert_array_equal(last[kind], top_k_mask(SPACE, table))


def test_a_lower_temperature_makes_the_largest_weight_of_every_edge_larger() -> None:
    largest = [
        weights["normal"].max(axis=1)
        for _, weights in discretization_steps(SPACE, random_alpha(0), 1.0)["sharpen"][:-1]
    ]
    assert (np.diff(largest, axis=0) >= -1e-12).all() and (largest[-1] > largest[0]).all()


def test_a_large_space_is_measured_at_a_few_stages() -> None:
    space = SearchSpace(4)
    assert len(discretization_steps(space, random_alpha(0, space), 1.0)["drop"]) == 17


def test_the_first_stage_is_the_supernet_as_it_is_mixed(state: SearchState, columns: dict) -> None:
    chosen = state.val.part.pick(torch.arange(40))
    expected = evaluate(lambda x: state.net(x, state.weights()), plain_batches(chosen, state.val.normalize, 16))
    for path in ("sharpen", "drop"):
        stage = columns["paths"][path][0]
        assert (stage["loss"], stage["accuracy"]) == pytest.approx(expected, rel=1e-5)


def test_the_last_stage_is_the_kept_operations_alone(state: SearchState, columns: dict) -> None:
    chosen = state.val.part.pick(torch.arange(40))
    kept = {k: torch.from_numpy(top_k_mask(state.config.space, w.numpy())).float() for k, w in state.weights().items()}
    expected = evaluate(lambda x: state.net(x, kept), plain_batches(chosen, state.val.normalize, 16))
    stage = columns["paths"]["drop"][-1]
    assert (stage["loss"], stage["accuracy"]) == pytest.approx(expected, rel=1e-5) and stage["left"] == 8


def nearly_equal_alpha(space: SearchSpace) -> torch.Tensor:
    """An alpha of which float64 derives another cell than float32, in which a search computes."""
    shape = len(space.edges), len(space.operations)
    for seed in range(3000):
        alpha = 1e-5 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
        if (top_k_mask(space, softmax(alpha.numpy())) != top_k_mask(space, torch.softmax(alpha, 1))).any():
            return alpha
    raise AssertionError("no such alpha")


def test_the_last_stage_is_the_cell_that_the_search_derives_also_where_weights_are_nearly_equal(
    state: SearchState,
) -> None:
    near = copy.deepcopy(state)
    for table in near.arch.alpha.values():
        table.copy_(nearly_equal_alpha(near.config.space))
    last = gap_columns(near, 8)["paths"]["drop"][-1]["weights"]
    for kind, cell in near.genotype().cells.items():
        assert (np.array(last[kind]) > 0).tolist() == kept_entries(near.config.space, cell).tolist()


def test_measuring_leaves_the_search_as_it_was(state: SearchState) -> None:
    before = copy.deepcopy(state.contents())
    random_state = torch.random.get_rng_state()
    gap_columns(state, 16)
    after = state.contents()
    assert all(torch.equal(after["net"][name], tensor) for name, tensor in before["net"].items())
    assert all(torch.equal(after["arch"]["alpha"][kind], table) for kind, table in before["arch"]["alpha"].items())
    assert torch.equal(random_state, torch.random.get_rng_state()) and after["step"] == before["step"]


def test_an_operation_that_the_search_switched_off_stays_off(state: SearchState) -> None:
    mask = {kind: torch.ones_like(table, dtype=torch.bool) for kind, table in state.arch.alpha.items()}
    mask["normal"][2, 3] = mask["reduce"][0, 1] = False
    masked = replace(state, arch=replace(state.arch, mask=mask))
    paths = gap_columns(masked, 16)["paths"]
    for found in paths.values():
        for kind, weights in masked.weights().items():
            np.testing.assert_allclose(found[0]["weights"][kind], weights.numpy(), atol=6e-5)
            assert all((np.array(stage["weights"][kind])[~mask[kind].numpy()] == 0).all() for stage in found)
    assert paths["drop"][0]["left"] == 2 * 5 * 4 - 2 and paths["drop"][-2]["left"] == 2 * 5


def test_no_more_pictures_than_there_are(state: SearchState) -> None:
    assert gap_columns(state, 10**6)["pictures"] == len(state.val.part.labels) == 50


def test_the_view_follows_way_and_stage_and_says_the_gap(columns: dict) -> None:
    view = DiscretizationGap(columns)
    assert (
        "stage 0 of 9, T = 1" in view.text and "+0.0 percentage points" in view.text and "reached 50.0 %" in view.text
    )
    view.controls["path"].value = "drop"
    view.controls["stage"].value = 5
    stage, first = (columns["paths"]["drop"][n] for n in (5, 0))
    assert f"{stage['name']}: the supernet classifies {100 * stage['accuracy']:.1f} % of 40" in view.text
    assert f"{100 * (stage['accuracy'] - first['accuracy']):+.1f} percentage points" in view.text
    np.testing.assert_allclose(view.canvas.frame["cells"][0]["weights"], stage["weights"]["normal"], atol=5.1e-5)
    json.dumps(view.canvas.frame, allow_nan=False)


@pytest.mark.parametrize("path", ["sharpen", "drop"])
def test_marked_at_every_stage_is_what_the_last_one_keeps(columns: dict, path: str) -> None:
    view = DiscretizationGap(columns)
    view.controls["path"].value = path
    found = columns["paths"][path]
    for number in range(len(found)):
        view.controls["stage"].value = number
        for cell in view.canvas.frame["cells"]:
            assert cell["kept"] == np.argwhere(np.array(found[-1]["weights"][cell["kind"]]) == 1).tolist()


def test_columns_may_have_been_in_a_file(columns: dict) -> None:
    view, read = DiscretizationGap(columns), DiscretizationGap(json.loads(json.dumps(columns)))
    read.restore(view.state())
    assert read.fingerprint == view.fingerprint and read.text == view.text


def test_another_way_has_another_number_of_stages(columns: dict) -> None:
    view = DiscretizationGap(columns)
    view.controls["path"].value = "drop"
    last = len(columns["paths"]["drop"]) - 1
    assert view.controls["stage"].max == last
    view.controls["stage"].value = last
    view.controls["path"].value = "sharpen"
    assert view.controls["stage"].value == view.controls["stage"].max == 9 and "derived" in view.text


def test_a_search_is_measured_when_the_view_is_made(state: SearchState, columns: dict) -> None:
    assert DiscretizationGap(state, 40, 0.5).columns == columns
    assert "trained from scratch" not in DiscretizationGap(state, 8).text


def test_the_state_belongs_to_its_columns(columns: dict, state: SearchState) -> None:
    view = DiscretizationGap(columns)
    view.controls["path"].value = "drop"
    view.controls["stage"].value = 12
    other = DiscretizationGap(columns)
    other.restore(view.state())
    assert other.text == view.text and other.settings == {"path": "drop", "stage": 12}
    stranger = DiscretizationGap(state, 8)
    for text in (view.state(), "DiscretizationGap.1:{}", "garbage", "Replay.1:{}#1", ""):
        with pytest.raises(UserError):
            stranger.restore(text)
    for settings in ('{"stage":99}', '{"path":"jump"}', '{"path":null}', '{"stage":1.5}', '{"stage":NaN}'):
        with pytest.raises(UserError, match="cannot be"):
            view.restore(f"DiscretizationGap.1:{settings}#{view.fingerprint}")
    assert view.settings == {"path": "drop", "stage": 12}


@pytest.mark.parametrize(
    ("bad", "how", "says"),
    [
        (7, {}, "a int has no gap to show; pass a SearchState"),
        ({}, {}, "columns of a gap (format None)"),
        ({"format": "dartslab-gap", "version": 3}, {}, "version 3, this dartslab reads 1"),
        ({"format": "dartslab-gap", "version": 1, "paths": {"drop": []}}, {}, "damaged, stages are missing"),
        (None, {"pictures": 0}, "pictures is 0; at least 1"),
        (None, {"pictures": 2.5}, "pictures is 2.5; at least 1"),
        (None, {"derived_accuracy": "84 %"}, "derived_accuracy is '84 %'; a fraction from 0 to 1"),
        (None, {"derived_accuracy": 84}, "derived_accuracy is 84; a fraction from 0 to 1"),
    ],
)
def test_bad_input_is_one_sentence(state: SearchState, bad: object, how: dict, says: str) -> None:
    assert says in refusal(DiscretizationGap, state if bad is None else bad, **how)


DAMAGE: dict[str, Callable[[dict], Any]] = {
    "no space": lambda columns: columns.pop("space"),
    "a number for a space": lambda columns: columns.update(space=5),
    "another space": lambda columns: columns["space"].update(nodes=1),
    "an unknown operation": lambda columns: columns["space"].update(operations=["conv"] * 4),
    "no derived_accuracy": lambda columns: columns.pop("derived_accuracy"),
    "no number of pictures": lambda columns: columns.pop("pictures"),
    "no stage": lambda columns: columns["paths"].update(drop=[]),
    "a number for a stage": lambda columns: columns["paths"]["drop"].append(3),
    "text for weights": lambda columns: columns["paths"]["drop"][0].update(weights="x"),
    "weights of one kind only": lambda columns: columns["paths"]["drop"][0]["weights"].pop("reduce"),
    "NaN for accuracy": lambda columns: columns["paths"]["sharpen"][1].update(accuracy=float("nan")),
    "a number too large for a float": lambda columns: columns["paths"]["sharpen"][1].update(loss=10**400),
    "nothing for loss": lambda columns: columns["paths"]["sharpen"][1].update(loss=None),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damaged_columns_are_one_sentence(columns: dict, what: str) -> None:
    damaged = copy.deepcopy(columns)
    DAMAGE[what](damaged)
    with pytest.raises(UserError, match="damaged, stages are missing or hold no finite numbers; pass a SearchState"):
        DiscretizationGap(damaged)


def test_its_static_form_is_a_picture_and_words(columns: dict) -> None:
    bundle = DiscretizationGap(columns)._repr_mimebundle_()
    assert len(bundle["image/png"]) > 5000 and bundle["text/plain"].startswith("DiscretizationGap: stage 0")
