"""The tables behind the names in a configuration, and the two losses of a search."""

import pytest
import torch
import torch.nn.functional as F

import tiny
from dartslab import SearchState
from dartslab.architect import HYPERGRADIENTS
from dartslab.base.numerics import PRECISIONS
from dartslab.bilevel import VirtualStep
from dartslab.data.augmentation import AUGMENTATIONS
from dartslab.methods import METHODS
from dartslab.relaxation import RELAXATIONS
from dartslab.run import networks, shared_config
from dartslab.run.problem import hypergradient_of


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (shared_config.HYPERGRADIENTS, HYPERGRADIENTS),
        (shared_config.RELAXATIONS, RELAXATIONS),
        (shared_config.CELLS, networks.CELLS),
        (shared_config.PRECISIONS, PRECISIONS),
        (shared_config.AUGMENTATIONS, AUGMENTATIONS),
    ],
    ids=["hypergradients", "relaxations", "cells", "precisions", "augmentations"],
)
def test_the_names_in_configurations_are_those_of_the_tables(names: tuple[str, ...], table: object) -> None:
    assert tuple(names) == tuple(table)


def test_every_file_of_a_method_holds_the_method_of_its_name() -> None:
    assert "darts" in METHODS and {METHODS[name].name for name in METHODS} == set(METHODS)


def test_both_losses_are_the_cross_entropy_of_the_supernet_on_their_own_batch() -> None:
    state = SearchState.create(tiny.search_config(), tiny.pictures())
    bilevel = state.problem(VirtualStep(0.1))
    w, alpha = dict(state.net.named_parameters()), state.arch.parameters()
    for loss, batch in ((bilevel.train_loss, state.train(0)), (bilevel.val_loss, state.val(0))):
        expected = F.cross_entropy(state.net(batch.images, state.relaxation(state.arch)), batch.labels)
        assert torch.equal(loss(w, alpha, batch), expected)


@pytest.mark.parametrize(
    ("name", "setting"),
    [("finite_difference", {"radius": 0.5}), ("neumann", {"terms": 7}), ("exact", {}), ("first_order", {})],
)
def test_a_hypergradient_is_asked_with_the_settings_of_the_configuration(
    name: str, setting: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HYPERGRADIENTS, name, lambda **given: given)
    assert hypergradient_of(tiny.search_config(hypergradient=name, **setting))() == setting
