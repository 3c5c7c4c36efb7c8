"""The tiny problem of FiniteDifferenceDial: what its error curves must show, and what nobody may rely on."""

import numpy as np
import pytest
import torch

from dartslab.architect import exact, finite_difference, first_order
from dartslab.base.messages import UserError
from dartslab.widgets.models.tiny_problem import (
    NETWORKS,
    PRECISIONS,
    RADII,
    error_curves,
    errors_at,
    first_order_errors,
    tiny_problem,
    truth,
)

SEEDS = (0, 2, 7)
COMBINATIONS = {(network, precision) for network in NETWORKS for precision in PRECISIONS}


@pytest.mark.parametrize("seed", SEEDS)
def test_on_the_smooth_network_in_float64_the_published_radius_is_right(seed: int) -> None:
    problem = tiny_problem(seed, "smooth", "float64", 0.1)
    found, expected = finite_difference(*problem, radius=0.01)["alpha"], exact(*problem)["alpha"]
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))
    assert errors_at(seed, 0.1, 0.01)["smooth", "float64"] < 1e-3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("xi", [0.1, 0.5])
def test_the_error_falls_with_the_square_of_the_radius_until_rounding(seed: int, xi: float) -> None:
    at = dict(zip(RADII, error_curves(seed, xi)["smooth", "float64"], strict=True))
    for large, small in ((0.1, 0.01), (0.01, 0.001)):
        assert at[large] / at[small] == pytest.approx(100, rel=0.3)
    assert at[RADII[0]] > 30 * min(at.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_float32_rounds_sooner(seed: int) -> None:
    curves = error_curves(seed, 0.1)
    single, double = (dict(zip(RADII, curves["smooth", name], strict=True)) for name in ("float32", "float64"))
    for radius in (1e-8, 1e-7, 1e-6, 1e-5, 1e-4):
        assert single[radius] > 10 * single[0.01] and single[radius] > 100 * double[radius]
    assert single[1.0] == pytest.approx(double[1.0], rel=1e-3)  # there the radius is to blame, not the precision


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("xi", [0.01, 1.0])
def test_every_curve_exists_and_is_finite(seed: int, xi: float) -> None:
    curves = error_curves(seed, xi)
    assert set(curves) == COMBINATIONS
    for errors in curves.values():
        assert len(errors) == len(RADII) and np.isfinite(errors).all() and min(errors) >= 0


def test_a_kink_shows_as_a_jump_that_the_smooth_network_has_not() -> None:
    steps = {name: np.diff(np.log10(error_curves(2, 0.1)[name, "float64"])).max() for name in NETWORKS}
    assert steps["ReLU"] > 3 > 1.3 > steps["smooth"]


def test_the_curve_is_the_error_at_each_radius() -> None:
    curves = error_curves(3, 0.2)
    for place in (0, 9, len(RADII) - 1):
        assert errors_at(3, 0.2, RADII[place]) == {key: errors[place] for key, errors in curves.items()}


@pytest.mark.parametrize("network", NETWORKS)
def test_the_error_is_measured_against_exact_in_float64(network: str) -> None:
    right = truth(1, network, 0.1)["alpha"]
    assert right.dtype == torch.float64
    single = tiny_problem(1, network, "float32", 0.1)
    found = finite_difference(*single, radius=0.1)["alpha"].double()
    assert errors_at(1, 0.1, 0.1)[network, "float32"] == pytest.approx(float((found - right).norm() / right.norm()))
    plain = first_order(*tiny_problem(1, network, "float64", 0.1))["alpha"]
    assert first_order_errors(1, 0.1)[network] == pytest.approx(float((plain - right).norm() / right.norm()))


@pytest.mark.parametrize("network", NETWORKS)
def test_both_precisions_hold_the_same_numbers(network: str) -> None:
    for single, double in zip(
        *(tiny_problem(4, network, precision, 0.1)[1].values() for precision in ("float32", "float64")), strict=True
    ):
        assert single.dtype == torch.float32 and torch.equal(single.double(), double)


def test_the_seed_decides_everything_and_torch_keeps_its_random_state() -> None:
    before = torch.random.get_rng_state()
    first = error_curves(5, 0.3)
    error_curves.cache_clear()
    tiny_problem.cache_clear()
    truth.cache_clear()
    torch.randn(3)
    moved = torch.random.get_rng_state()
    assert error_curves(5, 0.3) == first
    assert error_curves(6, 0.3) != first
    assert torch.equal(torch.random.get_rng_state(), moved) and not torch.equal(before, moved)


@pytest.mark.parametrize(
    ("network", "precision", "sentence"),
    [("GELU", "float64", "unknown network 'GELU'"), ("ReLU", "float16", "unknown precision 'float16'")],
)
def test_what_does_not_exist_is_refused(network: str, precision: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        tiny_problem(0, network, precision, 0.1)


def test_a_radius_of_zero_is_refused() -> None:
    with pytest.raises(UserError, match="radius of the finite difference must be above 0"):
        errors_at(0, 0.1, 0.0)
