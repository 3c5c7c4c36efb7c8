"""What the mixing weights of a method do: whether they have a temperature, and whether alpha gets a gradient."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

import tiny
from dartslab import SearchConfig
from dartslab.methods import METHODS
from dartslab.methods.method import Moment
from dartslab.relaxation import Arch, Weights, softmax
from dartslab.run.method_probes import NotFinite, find_not_finite, reaches_alpha, uses_temperature
from dartslab.run.networks import arch_of
from dartslab.run.problem import moment_of

DARTS = METHODS["darts"]
CONFIG = tiny.search_config(nodes=2)


def test_which_methods_have_a_temperature() -> None:
    config = SearchConfig.lesson()
    assert [name for name in METHODS if not uses_temperature(METHODS[name], config)] == ["drnas"]


def constant(arch: Arch, moment: Moment) -> Weights:
    """All operations weigh the same, whatever alpha is."""
    return {kind: torch.full_like(table, 1 / table.shape[1]) for kind, table in arch.alpha.items()}


def detached(arch: Arch, moment: Moment) -> Weights:
    """The softmax, without its gradient."""
    return {kind: table.detach() for kind, table in softmax(arch, 1.0).items()}


def late(arch: Arch, moment: Moment) -> Weights:
    """The softmax, with a gradient at the end of the search only."""
    return softmax(arch, 1.0) if moment.progress == 1 else constant(arch, moment)


@pytest.mark.parametrize(("weights", "reaches"), [(constant, False), (detached, False), (late, True)])
def test_a_gradient_reaches_alpha_or_not(weights: Callable[[Arch, Moment], Weights], reaches: bool) -> None:
    assert reaches_alpha(replace(DARTS, weights=weights), CONFIG) == reaches


def test_alpha_of_every_published_method_gets_a_gradient() -> None:
    without_none = replace(CONFIG, operations=tiny.OPERATIONS[1:], channels=8)
    assert [name for name in METHODS if not reaches_alpha(METHODS[name], without_none)] == []


def nan_for_w(arch: Arch, moment: Moment) -> Weights:
    """The softmax, and nan where w learns."""
    return {kind: table * (torch.nan if moment.phase == "w" else 1) for kind, table in softmax(arch, 1.0).items()}


def root_of_0(arch: Arch, moment: Moment) -> Weights:
    """The softmax, whose gradient is nan."""
    return {kind: table + 0 * (table * 0).sqrt() for kind, table in softmax(arch, 1.0).items()}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, None),
        ({"penalty": lambda arch, weights, moment: 0.5}, None),
        ({"weights": nan_for_w}, NotFinite("weights", "w", is_gradient=False)),
        ({"weights": root_of_0}, NotFinite("weights", "alpha", is_gradient=True)),
        ({"penalty": lambda arch, weights, moment: torch.inf}, NotFinite("penalty", "alpha", is_gradient=False)),
    ],
)
def test_the_first_that_is_not_finite_is_found(changes: dict, found: NotFinite | None) -> None:
    method = replace(DARTS, **changes)
    moments = [moment_of(CONFIG, phase) for phase in ("alpha", "w", "look")]
    assert find_not_finite(method, arch_of(CONFIG, method), moments) == found
