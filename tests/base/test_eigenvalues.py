"""Eigenvalues from products alone, compared with those of the matrix written out."""

import pytest
import torch
from torch import Tensor

from dartslab.base.eigenvalues import dense_matrix, lanczos, largest_eigenvalue, power_iteration, random_start
from dartslab.base.messages import UserError


def matrix(*eigenvalues: float) -> Tensor:
    """A symmetric matrix with these eigenvalues, in a basis drawn at random."""
    size = len(eigenvalues)
    drawn = torch.randn(size, size, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    basis = torch.linalg.qr(drawn).Q
    return basis @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ basis.T


SPREAD = matrix(-3.0, -1.0, -0.5, 0.1, 0.7, 2.0)


def test_the_same_seed_gives_the_same_start_of_length_1_and_leaves_the_global_stream_alone() -> None:
    before = torch.get_rng_state()
    start = random_start(5, 2)
    assert torch.equal(start, random_start(5, 2)) and not torch.equal(start, random_start(5, 3))
    assert start.norm().item() == pytest.approx(1) and torch.equal(torch.get_rng_state(), before)


def test_power_iteration_finds_the_largest_magnitude_with_its_sign() -> None:
    value, vector = power_iteration(lambda v: SPREAD @ v, random_start(6), 200, 1e-10)
    assert value == pytest.approx(-3.0)
    torch.testing.assert_close(SPREAD @ vector, -3.0 * vector, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("eigenvalues", [(-3.0, -1.0, 2.0), (-1.0, 0.5, 4.0), (-5.0, -4.0, -1.0), (0.0, 0.0, 1.0)])
def test_the_largest_eigenvalue_is_the_largest_number_not_the_largest_magnitude(eigenvalues: tuple) -> None:
    h = matrix(*eigenvalues)
    assert largest_eigenvalue(lambda v: h @ v, random_start(3), 500, 1e-10) == pytest.approx(max(eigenvalues))


def test_a_matrix_of_zeros_has_the_eigenvalue_0() -> None:
    zeros = torch.zeros(4, 4, dtype=torch.float64)
    assert largest_eigenvalue(lambda v: zeros @ v, random_start(4)) == 0
    assert lanczos(lambda v: zeros @ v, random_start(4), 4).values.tolist() == [0]


def test_as_many_lanczos_steps_as_dimensions_give_every_eigenvalue_once() -> None:
    values, weights = lanczos(lambda v: SPREAD @ v, random_start(6), 6)
    torch.testing.assert_close(values, torch.linalg.eigvalsh(SPREAD))
    assert weights.sum().item() == pytest.approx(1)


def test_few_lanczos_steps_find_the_ends_of_a_large_spectrum() -> None:
    inner = torch.linspace(-1, 1, 98).tolist()
    h = matrix(-2.0, *inner, 5.0)
    calls = []
    values, _ = lanczos(lambda v: calls.append(v) or h @ v, random_start(100), 20)
    assert len(values) == len(calls) == 20  # the cost is the number of products
    assert values[-1].item() == pytest.approx(5.0, rel=1e-6) and values[0].item() == pytest.approx(-2.0, rel=1e-3)


def test_no_eigenvalue_comes_back_as_a_copy() -> None:
    h = matrix(*torch.linspace(0.01, 1, 38).tolist(), 50.0, 1000.0)
    values, _ = lanczos(lambda v: h @ v, random_start(40), 40)
    torch.testing.assert_close(values, torch.linalg.eigvalsh(h))


def test_lanczos_ends_where_the_start_reaches_no_more_directions() -> None:
    h = torch.diag(torch.tensor([1.0, 1.0, 4.0], dtype=torch.float64))
    assert lanczos(lambda v: h @ v, random_start(3), 3).values.tolist() == pytest.approx([1, 4])


def test_a_product_that_is_not_finite_gives_nan_and_not_an_error() -> None:
    spectrum = lanczos(lambda v: v * torch.inf, random_start(3), 3)
    assert spectrum.values.isnan().all() and spectrum.weights.isnan().all()


def test_the_matrix_itself_comes_from_its_products() -> None:
    torch.testing.assert_close(dense_matrix(lambda v: SPREAD @ v, torch.zeros(6, dtype=torch.float64)), SPREAD)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: power_iteration(lambda v: v, torch.zeros(3)), "the start of an iteration is 0"),
        (lambda: lanczos(lambda v: v, torch.zeros(3), 2), "the start of an iteration is 0"),
        (lambda: power_iteration(lambda v: v, torch.ones(3), 0), "at least 1 product, got 0"),
        (lambda: lanczos(lambda v: v, torch.ones(3), 0), "at least 1 step, got 0"),
    ],
)
def test_what_cannot_be_iterated_is_refused(call, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        call()
