"""ReinMax: the mean of its gradient is the true gradient of every quadratic loss; here all samples are enumerated."""

from collections.abc import Callable
from itertools import product

import pytest
import torch
from torch import Tensor

import tiny
from dartslab import Arch, SearchSpace
from dartslab.methods.gdas import sample
from dartslab.methods.method import Moment
from dartslab.methods.reinmax import estimator, sample_weights

OPERATIONS = 5
Loss = Callable[[Tensor], Tensor]  # of weights [E, O]


def quadratic(edges: int) -> Loss:
    torch.manual_seed(4)
    matrix, vector = tiny.draw(edges * OPERATIONS, edges * OPERATIONS), tiny.draw(edges * OPERATIONS)
    return lambda d: d.flatten() @ matrix @ d.flatten() + vector @ d.flatten()


def cubic(seed: int) -> Loss:
    torch.manual_seed(seed)
    tensor = tiny.draw(OPERATIONS, OPERATIONS, OPERATIONS)
    return lambda d: torch.einsum("abc,a,b,c", tensor, d[0], d[0], d[0])


def straight_through(d: Tensor, p: Tensor, alpha: Tensor) -> Tensor:
    return d + (p - p.detach())


def expected(loss: Loss, estimate: Callable[..., Tensor] | None, edges: int) -> Tensor:
    """The mean over all samples of the estimated gradient of alpha; the gradient of the mean loss where None."""
    torch.manual_seed(1)
    alpha = tiny.draw(edges, OPERATIONS).requires_grad_()
    p = torch.softmax(alpha, -1)
    total = torch.zeros_like(alpha)
    for columns in product(range(OPERATIONS), repeat=edges):
        d = torch.nn.functional.one_hot(torch.tensor(columns), OPERATIONS).double()
        probability = (p * d).sum(-1).prod()
        value = probability * loss(d) if estimate is None else probability.detach() * loss(estimate(d, p, alpha))
        total = total + torch.autograd.grad(value, alpha, retain_graph=True)[0]
    return total


@pytest.mark.parametrize("edges", [1, 2])
def test_the_mean_gradient_is_the_true_one_for_a_quadratic_loss(edges: int) -> None:
    true = expected(quadratic(edges), None, edges)
    torch.testing.assert_close(expected(quadratic(edges), estimator, edges), true, rtol=0, atol=1e-13)
    assert (expected(quadratic(edges), straight_through, edges) - true).abs().max() > 0.2


def test_it_is_not_exact_for_a_cubic_loss() -> None:
    true = expected(cubic(0), None, 1)
    assert (expected(cubic(0), estimator, 1) - true).norm() > 0.1 * true.norm()


def test_it_draws_the_same_operations_as_gdas() -> None:
    space = SearchSpace(2, tiny.OPERATIONS)
    arch = Arch.create(space, 1.0, torch.Generator().manual_seed(0))
    for step in range(10):
        moment = Moment("w", 0.3, 1.0, space, step=step)
        for kind, table in sample_weights(arch, moment).items():
            assert torch.equal(table, sample(arch, moment)[kind])


def test_an_operation_that_was_not_drawn_gives_alpha_a_gradient_too() -> None:
    space = SearchSpace(1, tiny.OPERATIONS)
    arch = Arch.create(space, 1.0, torch.Generator().manual_seed(0))
    alpha = arch.alpha["normal"].requires_grad_()
    weights = sample_weights(arch, Moment("alpha", 0.5, 1.0, space))["normal"]
    undrawn = (weights.detach() == 0).float()
    (gradient,) = torch.autograd.grad((weights * undrawn * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum(), alpha)
    assert (gradient != 0).any(1).all()
