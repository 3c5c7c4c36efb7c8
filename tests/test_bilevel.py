"""The toy problem: every hypergradient reaches the fixed point of the theory, and every known mistake misses it.

With step size xi the unrolled problem's fixed point is a = w = 2 / (1 + 2 xi); the true optimum is a = w = 1.
"""

from collections.abc import Callable

import pytest
import torch
from torch.func import grad

from dartslab import Arch, SearchSpace, Supernet
from dartslab.architect import exact, finite_difference, first_order, neumann
from dartslab.base.eigenvalues import dense_matrix
from dartslab.bilevel import Bilevel, VirtualStep, hessian_product, toy_problem, toy_start
from dartslab.cell import SearchCell
from dartslab.data.batches import Batch
from dartslab.fast.fused import FusedCell
from dartslab.relaxation import softmax
from dartslab.run.problem import bilevel_problem

XI = [0.0, 0.1, 0.25, 0.5, 1.0]


def descend(
    hypergradient: Callable, step: VirtualStep, rate: float = 0.1, iterations: int = 400
) -> tuple[float, float]:
    """Alternate: alpha by the hypergradient, w by gradient descent on L_train (with the step's weight decay)."""
    problem = toy_problem(step)
    w, alpha = toy_start()
    for _ in range(400):
        g = hypergradient(problem, w, alpha, None, None)
        alpha = {"a": alpha["a"] - rate * g["a"]}
        gradient = grad(problem.train_loss)(w, alpha, None)
        w = {"w": w["w"] - rate * (gradient["w"] + step.weight_decay * w["w"])}
    return float(alpha["a"]), float(w["w"])


@pytest.mark.parametrize("xi", XI)
@pytest.mark.parametrize("hypergradient", [exact, finite_difference], ids=lambda function: function.__name__)
def test_the_unrolled_hypergradients_reach_2_over_1_plus_2_xi(hypergradient: Callable, xi: float) -> None:
    assert descend(hypergradient, VirtualStep(xi)) == pytest.approx((2 / (1 + 2 * xi),) * 2, abs=1e-6)


@pytest.mark.parametrize("xi", XI)
def test_first_order_stays_at_2_whatever_xi(xi: float) -> None:
    assert descend(first_order, VirtualStep(xi)) == pytest.approx((2, 2), abs=1e-6)


@pytest.mark.parametrize("terms", [1, 2, 3, 10])
@pytest.mark.parametrize("xi", [0.0, 0.1, 0.25, 0.5])
def test_k_neumann_terms_reach_the_k_step_fixed_point(xi: float, terms: int) -> None:
    expected = 2 / (2 - (1 - 2 * xi) ** terms)
    reached = descend(lambda *given: neumann(*given, terms=terms), VirtualStep(xi))
    assert reached == pytest.approx((expected, expected), abs=1e-6)


@pytest.mark.parametrize("hypergradient", [exact, finite_difference, neumann], ids=lambda function: function.__name__)
def test_weight_decay_moves_the_fixed_point_as_computed_by_hand(hypergradient: Callable) -> None:
    xi, decay = 0.25, 0.5
    a = 2 / (2 / (2 + decay) + 2 * xi)  # the derivative of L_val(a, w(a)), with w = 2 a / (2 + decay), set to zero
    options = {"terms": 1} if hypergradient is neumann else {}
    reached = descend(lambda *given: hypergradient(*given, **options), VirtualStep(xi, weight_decay=decay))
    assert reached == pytest.approx((a, 2 * a / (2 + decay)), abs=1e-6)


def test_a_momentum_buffer_moves_the_virtual_weights_and_not_the_mixed_derivative() -> None:
    w, alpha = toy_start()
    buffer = {"w": torch.tensor(3.0, dtype=torch.float64)}
    with_momentum = toy_problem(VirtualStep(0.25, momentum=0.9, buffer=buffer))
    without = toy_problem(VirtualStep(0.25))
    moved = exact(with_momentum, w, alpha, None, None)["a"] - exact(without, w, alpha, None, None)["a"]
    assert float(moved) == pytest.approx(-0.25 * 0.9 * 3.0)  # d_alpha L_val = w' - 2; v = a does not change


def by_hand(change: Callable) -> Callable:
    """The toy's hypergradient with its implicit term changed: direct w' - 2, implicit 2 xi a."""

    def hypergradient(problem: Bilevel, w: dict, alpha: dict, *batches: object) -> dict:
        xi, a = problem.inner_step.xi, alpha["a"]
        w_prime = w["w"] - xi * (2 * w["w"] - 2 * a)
        return {"a": w_prime - 2 + change(2 * xi * a, xi)}

    return hypergradient


WRONG = {
    "implicit term dropped": lambda implicit, xi: 0 * implicit,
    "times eps squared": lambda implicit, xi: 1e-4 * implicit,
    "sign flipped": lambda implicit, xi: -implicit,
    "divided by eps, not by 2 eps": lambda implicit, xi: 2 * implicit,
    "xi missing": lambda implicit, xi: implicit / xi,
}


def test_the_rule_written_by_hand_is_right() -> None:
    assert descend(by_hand(lambda implicit, xi: implicit), VirtualStep(0.25))[0] == pytest.approx(4 / 3)


@pytest.mark.parametrize("mistake", WRONG)
def test_a_known_mistake_misses_the_fixed_point_for_some_xi(mistake: str) -> None:
    misses = [abs(descend(by_hand(WRONG[mistake]), VirtualStep(xi))[0] - 2 / (1 + 2 * xi)) > 1e-3 for xi in (0.1, 0.25)]
    assert all(misses)


def test_one_mistake_would_pass_a_test_at_a_single_xi() -> None:
    reached, _ = descend(by_hand(WRONG["divided by eps, not by 2 eps"]), VirtualStep(0.25))
    assert reached == pytest.approx(1)  # the true optimum, by accident


def test_a_virtual_step_is_one_step_of_sgd_and_leaves_its_inputs_alone() -> None:
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    sgd = torch.optim.SGD([weight], 0.1, 0.9, weight_decay=0.01)
    for gradient in (torch.tensor([0.5, 0.5]), torch.tensor([-1.0, 2.0])):
        before = weight.detach().clone()
        momentum = sgd.state[weight].get("momentum_buffer")
        buffer = {} if momentum is None else {"w": momentum.clone()}
        virtual = VirtualStep(0.1, 0.9, 0.01, buffer)({"w": before}, {"w": gradient})
        weight.grad = gradient
        sgd.step()
        torch.testing.assert_close(virtual["w"], weight.detach())
        assert not torch.equal(before, virtual["w"])


@pytest.mark.parametrize("cell", [SearchCell, FusedCell])
def test_a_hessian_product_is_the_dense_hessian_times_the_vector(cell: type[SearchCell]) -> None:
    """In float64, on a supernet; the dense Hessian is that of the reference cell, row by row."""
    space = SearchSpace(1, ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3"))
    torch.manual_seed(0)
    reference = Supernet(space, 2, 3, 10, 1).double()
    net = Supernet(space, 2, 3, 10, 1, cell).double()
    net.load_state_dict(reference.state_dict())
    arch = Arch({kind: torch.randn(2, 5, dtype=torch.float64) for kind in space.kinds})
    batch = Batch(torch.randn(4, 1, 8, 8, dtype=torch.float64), torch.arange(4))
    step, alpha = VirtualStep(0.0), arch.parameters()

    def val_loss(flat: torch.Tensor) -> torch.Tensor:
        tables = {name: part.view(2, 5) for name, part in zip(alpha, flat.chunk(2), strict=True)}
        problem = bilevel_problem(reference, arch, softmax, step)
        return problem.val_loss(dict(reference.named_parameters()), tables, batch)

    flat = torch.cat([table.flatten() for table in alpha.values()])
    dense = torch.autograd.functional.hessian(val_loss, flat)
    problem = bilevel_problem(net, arch, softmax, step)
    product = hessian_product(problem.val_loss, dict(net.named_parameters()), alpha, batch)
    torch.testing.assert_close(dense_matrix(product, flat), dense, rtol=1e-9, atol=1e-11)
    assert all(table.grad is None and not table.requires_grad for table in alpha.values())


def test_a_loss_that_is_linear_in_alpha_has_no_second_derivative() -> None:
    problem = toy_problem(VirtualStep(0.1))
    w, alpha = toy_start()
    product = hessian_product(problem.val_loss, w, alpha, None)  # a w - 2 a + 1
    assert product(torch.ones(1)).tolist() == [0]
    product = hessian_product(problem.train_loss, w, alpha, None)  # w^2 - 2 a w + a^2
    assert product(torch.tensor([3.0])).tolist() == [6]  # of the type of v


def test_a_hessian_product_is_averaged_over_processes_as_gradients_are() -> None:
    w, alpha = toy_start()
    loss = toy_problem(VirtualStep(0.1)).train_loss
    product = hessian_product(loss, w, alpha, None, lambda found: {name: g / 2 for name, g in found.items()})
    assert product(torch.tensor([3.0])).tolist() == [3]
