"""The search that collapses: its variants, its pictures, and what was recorded of it."""

import numpy as np
import pytest
import torch

from dartslab import METHODS, Record, SearchState, instruments_of, search
from dartslab.data.datasets import load_data
from dartslab.data.digests import describe_differences, describe_pictures
from dartslab.experiment.collapse import (
    ALPHA_PICTURES,
    SEEDS,
    VARIANTS,
    collapse_config,
    collapse_data,
    recorded_collapse,
    retrained_accuracies,
    seconds_of,
)
from dartslab.genotype import Genotype
from sentences import refusal

EVERY_RUN = [(name, seed) for name in VARIANTS for seed in SEEDS]


@pytest.mark.parametrize("name", VARIANTS)
def test_w_and_alpha_have_the_pictures_that_the_variant_says(name: str) -> None:
    state = SearchState.create(collapse_config(name), collapse_data(name))
    of_w, of_alpha = (len(part.part.labels) for part in (state.train, state.val))
    assert of_w == pytest.approx(VARIANTS[name].pictures, abs=3)  # a part holds as many of each class as it can
    assert of_w + of_alpha == VARIANTS[name].pictures + ALPHA_PICTURES
    assert abs(state.search_steps / VARIANTS[name].steps - 1) < 0.1


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_changes_one_thing(name: str) -> None:
    """Fields of the configuration; portion and epochs follow from the pictures and the steps."""
    whole, changed = collapse_config("collapse"), collapse_config(name)
    own = {field: value for field, value in vars(changed).items() if value != vars(whole)[field]}
    own = {field: value for field, value in own.items() if field not in ("portion", "epochs")}
    variant = VARIANTS[name]
    method = METHODS[changed.method]
    assert set(own) <= set(variant.changes) | (set(method.defaults) if changed.method != "darts" else set())
    assert variant.kind == "remedy" or changed.method == "darts"


def test_the_parts_of_two_variants_with_as_many_pictures_are_the_same() -> None:
    first, second = collapse_data("collapse"), collapse_data("decay")
    assert torch.equal(first.train.images, second.train.images)


@pytest.mark.parametrize(("name", "wrong"), [("collapse", 0.4), ("right labels", 0.0)])
def test_as_many_labels_are_wrong_as_the_variant_says(name: str, wrong: float) -> None:
    """Pictures are found again among all of `fashion-mini`."""
    whole, found = load_data("fashion-mini", image_size=12).train, collapse_data(name).train
    label = {picture.tobytes(): int(one) for picture, one in zip(whole.images.numpy(), whole.labels, strict=True)}
    same = [
        label[picture.tobytes()] == int(one) for picture, one in zip(found.images.numpy(), found.labels, strict=True)
    ]
    assert 1 - np.mean(same) == pytest.approx(wrong, abs=0.04)


def test_an_unknown_variant_is_named_with_the_nearest() -> None:
    assert "decay" in refusal(lambda: collapse_config("decoy"))
    assert refusal(lambda: recorded_collapse("collapse", 99))


@pytest.mark.parametrize(("name", "seed"), EVERY_RUN)
def test_every_recorded_search_can_be_read(name: str, seed: int) -> None:
    record = recorded_collapse(name, seed)
    assert isinstance(record, Record) and record.config["seed"] == seed
    assert record.config["method"] == collapse_config(name, seed).method
    assert len(record) == len(record.columns["genotype"]) and (np.diff(record.columns["step"]) > 0).all()
    assert np.isfinite(record.mixing_weights("normal")).all()
    assert np.isfinite(record.columns["instrument.lambda_max"]).any()
    assert isinstance(record.genotype(), Genotype)
    skips = instruments_of(record).columns["skips.normal"]
    assert ((skips >= 0) & (skips <= 1)).all()


def test_what_was_recorded_is_what_the_setting_says_now() -> None:
    """Else the numbers of the file and those of a live search would be of two settings."""
    for name, seed in EVERY_RUN:
        stored, now = recorded_collapse(name, seed).config, vars(collapse_config(name, seed))
        same = set(now) - {"instruments", "measure_every"}
        assert {field: stored[field] for field in same} == {
            field: list(now[field]) if isinstance(now[field], tuple) else now[field] for field in same
        }


def test_every_variant_was_trained_again_and_timed() -> None:
    accuracies = retrained_accuracies()
    assert set(accuracies) == {*VARIANTS, "random"}
    assert all(len(cells) == len(SEEDS) for name, cells in accuracies.items() if name != "random")
    assert all(0 < one <= 100 for cells in accuracies.values() for cell in cells for one in cell)
    assert all(second > 0 for name in VARIANTS for second in seconds_of(name))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_pictures_of_a_recording_are_those_that_the_setting_gives_now(name: str) -> None:
    """With another torch, 1 of 5,000 grey levels may be another by 1, because resizing rounds in another way (2.7)."""
    now = describe_pictures(collapse_data(name))
    for seed in SEEDS:
        record = recorded_collapse(name, seed)
        rounded = {"the pixels"} if record.versions["torch"] != torch.__version__ else set()
        assert set(describe_differences(record.pictures, now)) <= rounded


@pytest.mark.long
def test_a_live_search_begins_as_the_recorded_one_did() -> None:
    """By its mean loss: w's rate is so large that rounding moves mixing weights by .1 within these twelve steps."""
    stored = recorded_collapse(seed=SEEDS[0])
    events = search(SearchState.create(collapse_config(seed=SEEDS[0]), collapse_data()))
    losses = [next(events).train_loss for _ in range(int(stored.columns["step"][0]))]
    assert np.mean(losses) == pytest.approx(stored.columns["train_loss"][0], rel=0.05)
