"""Lesson 07: what a learner writes is what the library measures, and what its stop rule does."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from dartslab import PUBLISHED, SearchConfig
from dartslab.base.eigenvalues import dense_matrix
from dartslab.base.eigenvalues import power_iteration as library_iteration
from dartslab.bilevel import hessian_product
from dartslab.cell import MixedOp
from dartslab.instruments.choices import skips
from dartslab.instruments.instrument import Snapshot
from dartslab.methods.robust_darts import go_back
from dartslab.supernet import Supernet
from dartslab.teach.lessons.lesson_07 import cases
from dartslab.teach.lessons.lesson_07.answers import (
    count_skips,
    frozen_parameters,
    hessian_vector,
    power_iteration,
    pull_on_alpha,
    stop_epoch,
)

SEEDS = range(20)


def first_stop(values: list[float]) -> int | None:
    """What RobustDARTS takes if it is asked after every measurement."""
    asked = (go_back(values[:count]) for count in range(1, len(values) + 1))
    return next((taken for taken in asked if taken is not None), None)


@pytest.mark.parametrize("name", PUBLISHED)
def test_skips_are_counted_as_the_instrument_counts_them(name: str) -> None:
    genotype = PUBLISHED[name]
    seen = Snapshot(SearchConfig().space, {}, genotype)
    assert count_skips(genotype.to_pairs()) == pytest.approx(skips(seen))


def test_the_pull_on_alpha_is_the_gradient_through_a_mixed_operation() -> None:
    torch.manual_seed(0)
    edge = MixedOp(("skip_connect", "sep_conv_3x3", "dil_conv_3x3"), channels=4, stride=1).double()
    x = torch.randn(2, 4, 6, 6, dtype=torch.float64)
    alpha = torch.randn(3, dtype=torch.float64, requires_grad=True)
    mixture = edge(x, torch.softmax(alpha, 0))
    loss = F.cross_entropy(mixture.mean((2, 3)), torch.tensor([0, 3]))
    wanted, g = torch.autograd.grad(loss, (alpha, mixture))
    outputs = torch.stack([operation(x) for operation in edge.candidates]).flatten(1)
    found = pull_on_alpha(outputs, g.flatten(), torch.softmax(alpha, 0)).detach()
    assert torch.allclose(found, wanted)
    assert float(found.sum()) == pytest.approx(0, abs=1e-12)


def test_the_names_to_freeze_are_all_parameters_of_all_convolutions() -> None:
    space = SearchConfig.lesson().space
    net = Supernet(space, channels=4, layers=3, input_channels=1)
    wanted = {
        f"cells.{cell}.mixed.{edge}.candidates.{column}.{name}"
        for cell, one in enumerate(net.cells)
        for edge, mixed in enumerate(one.mixed)
        for column, operation in enumerate(mixed.candidates)
        for name, _ in operation.named_parameters()
        if "conv" in space.operations[column]
    }
    names = [name for name, _ in net.named_parameters()]
    assert set(frozen_parameters(names, space.operations)) == wanted
    assert any("candidates" in name for name in set(names) - wanted)  # skip connections at stride 2 go on learning


@pytest.mark.parametrize("seed", SEEDS)
def test_a_product_is_that_of_the_library_and_of_the_dense_hessian(seed: int) -> None:
    loss, alpha, v = cases.random_loss(np.random.default_rng(seed))
    found = hessian_vector(loss, alpha, v)
    theirs = hessian_product(lambda w, alpha, batch: loss(alpha["a"]), {}, {"a": alpha}, None)
    assert found.shape == alpha.shape and torch.allclose(found.flatten(), theirs(v.flatten()))
    dense = dense_matrix(lambda u: hessian_vector(loss, alpha, u.view_as(alpha)).flatten(), v.flatten())
    assert torch.allclose(dense, dense.T) and torch.allclose(dense @ v.flatten(), found.flatten())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_power_iteration_is_that_of_the_library(seed: int) -> None:
    product, start, steps = cases.random_matrix(np.random.default_rng(seed))
    theirs, _ = library_iteration(product, start, most=steps + 1, tolerance=0.0)
    assert power_iteration(product, start, steps) == pytest.approx(theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rule_stops_where_robust_darts_stops(seed: int) -> None:
    (values,) = cases.random_series(np.random.default_rng(seed))
    assert stop_epoch(values) == first_stop(values)


def test_the_fixed_series_stop_where_robust_darts_stops() -> None:
    found = [stop_epoch(*make()) for make in cases.SERIES]
    assert found == [first_stop(*make()) for make in cases.SERIES]
    assert {None, 4} < set(found)


def test_a_ratio_of_exactly_the_factor_does_not_stop_a_search() -> None:
    series = [10.0] * 7 + [13.75] * 6
    assert sum(series[6:11]) / sum(series[2:7]) == 1.3
    assert stop_epoch(series[:11]) is None and stop_epoch([*series[:10], 13.76]) == 4
