"""The hypergradients on networks, where the toy is blind: against double backward, in float64."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, jvp
from torch.nn import functional as F

from dartslab import Arch, SearchSpace, Supernet
from dartslab.architect import (
    HYPERGRADIENTS,
    alpha_gradient,
    exact,
    finite_difference,
    first_order,
    neumann,
    single_level,
)
from dartslab.base.messages import UserError
from dartslab.bilevel import Bilevel, VirtualStep
from dartslab.data.batches import Batch
from dartslab.relaxation import softmax
from dartslab.run.problem import bilevel_problem


class SmoothMixture(nn.Module):
    """A small network without a kink: two mixed layers of tanh, softplus and identity."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.ModuleList(nn.Linear(6, 6) for _ in range(3)) for _ in range(2))
        self.head = nn.Linear(6, 4)

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        for row, layer in zip(weights, self.layers, strict=True):
            parts = (torch.tanh(layer[0](x)), F.softplus(layer[1](x)), layer[2](x))
            x = sum(share * part for share, part in zip(row, parts, strict=True))
        return self.head(x)


Given = tuple[Bilevel, dict[str, Tensor], dict[str, Tensor], Any, Any]


def smooth() -> Given:
    """A smooth problem in float64, one step in: momentum buffers, weight decay, two batches."""
    torch.manual_seed(0)
    net = SmoothMixture().double()
    w = {name: p.detach() for name, p in net.named_parameters()}
    alpha = {"alpha": torch.randn(2, 3, dtype=torch.float64)}

    def loss(w: dict, alpha: dict, batch: tuple[Tensor, Tensor]) -> Tensor:
        return F.cross_entropy(functional_call(net, w, (batch[0], torch.softmax(alpha["alpha"], 1))), batch[1])

    train, val = ((torch.randn(9, 6, dtype=torch.float64), torch.arange(9) % 4) for _ in range(2))
    buffer = {name: 0.1 * torch.randn_like(value) for name, value in w.items()}
    return Bilevel(loss, loss, VirtualStep(0.3, 0.9, 0.02, buffer)), w, alpha, train, val


def supernet() -> Given:
    """The real thing, tiny: ReLU, max-pooling, BatchNorm; float64."""
    torch.manual_seed(0)
    space = SearchSpace(nodes=2)
    net = Supernet(space, 4, 3, input_channels=1).double()
    arch = Arch.create(space, 0.5)
    arch = arch.with_parameters({name: value.double() for name, value in arch.parameters().items()})
    w = {name: p.detach() for name, p in net.named_parameters()}
    buffer = {name: 0.01 * torch.randn_like(value) for name, value in w.items()}
    problem = bilevel_problem(net, arch, softmax, VirtualStep(0.05, 0.9, 3e-4, buffer))
    train, val = (Batch(torch.randn(8, 1, 16, 16, dtype=torch.float64), torch.arange(8)) for _ in range(2))
    return problem, w, arch.parameters(), train, val


def double_backward(problem: Bilevel, w: dict, alpha: dict, train: Any, val: Any) -> dict[str, Tensor]:
    """The definition: differentiate L_val(w'(alpha), alpha), everything by reverse mode."""
    return grad(lambda a: problem.val_loss(problem.inner_step(w, grad(problem.train_loss)(w, a, train)), a, val))(alpha)


def error(got: dict, expected: dict) -> float:
    """Relative error over all entries."""
    left, right = (torch.cat([t[name].flatten() for name in expected]) for t in (got, expected))
    return float((left - right).norm() / right.norm())


@pytest.mark.parametrize("given", [smooth(), supernet()], ids=["smooth", "supernet"])
def test_exact_is_the_derivative_through_the_virtual_step(given: Given) -> None:
    assert error(exact(*given), double_backward(*given)) < 1e-10


def test_exact_agrees_with_differences_of_the_validation_loss_itself() -> None:
    problem, w, alpha, train, val = smooth()

    def outer(a: Tensor) -> Tensor:
        arch = {"alpha": a}
        return problem.val_loss(problem.inner_step(w, grad(problem.train_loss)(w, arch, train)), arch, val)

    h, numeric = 1e-6, torch.zeros(2, 3, dtype=torch.float64)
    for i in range(2):
        for j in range(3):
            moved = torch.zeros(2, 3, dtype=torch.float64)
            moved[i, j] = h
            numeric[i, j] = (outer(alpha["alpha"] + moved) - outer(alpha["alpha"] - moved)) / (2 * h)
    assert error(exact(problem, w, alpha, train, val), {"alpha": numeric}) < 1e-7


def test_the_finite_difference_approaches_exact_on_a_smooth_network() -> None:
    given = smooth()
    errors = [error(finite_difference(*given, radius=radius), exact(*given)) for radius in (1.0, 0.1, 0.01)]
    assert errors[2] < 1e-3
    assert errors[0] > 30 * errors[1] > 900 * errors[2]  # of second order: a tenth of the radius, a hundredth of it


def test_the_implicit_term_is_there() -> None:
    given = smooth()
    assert error(first_order(*given), exact(*given)) > 0.01


def test_without_a_step_all_unrolled_hypergradients_are_first_order() -> None:
    problem, *rest = smooth()
    still = replace(problem, inner_step=VirtualStep(0.0))
    expected = first_order(problem, *rest)
    for hypergradient in (exact, finite_difference, neumann):
        assert error(hypergradient(still, *rest), expected) < 1e-14


def test_a_loss_without_alpha_has_a_gradient_of_zero() -> None:
    w, alpha = {"w": torch.ones(2)}, {"a": torch.ones(3)}
    found = alpha_gradient(lambda w, alpha, batch: (w["w"] ** 2).sum(), w, alpha, None)
    assert torch.equal(found["a"], torch.zeros(3))


def test_single_level_is_the_gradient_of_the_training_loss() -> None:
    problem, w, alpha, train, val = smooth()
    expected = grad(problem.train_loss, argnums=1)(w, alpha, train)
    assert torch.equal(single_level(problem, w, alpha, train, val)["alpha"], expected["alpha"])


def implicit_from(v_at: str, around: str, given: Given) -> dict[str, Tensor]:
    """The hypergradient with v and the mixed derivative taken at chosen weights; "w_prime" and "w" are right."""
    problem, w, alpha, train, val = given
    at = {"w": w, "w_prime": problem.inner_step(w, grad(problem.train_loss)(w, alpha, train))}
    direct = grad(problem.val_loss, argnums=1)(at["w_prime"], alpha, val)
    v = grad(problem.val_loss)(at[v_at], alpha, val)
    mixed = jvp(lambda x: grad(problem.train_loss, argnums=1)(x, alpha, train), (at[around],), (v,))[1]
    return {name: direct[name] - problem.inner_step.xi * mixed[name] for name in direct}


def test_the_formula_written_out_term_by_term_is_exact() -> None:
    given = smooth()
    assert error(implicit_from("w_prime", "w", given), exact(*given)) < 1e-12


@pytest.mark.parametrize(("v_at", "around"), [("w", "w"), ("w_prime", "w_prime")], ids=["v at w", "around w'"])
def test_a_term_taken_at_the_wrong_weights_is_another_number(v_at: str, around: str) -> None:
    given = smooth()
    assert error(implicit_from(v_at, around, given), exact(*given)) > 1e-3


@pytest.mark.parametrize("left_out", [{"buffer": {}}, {"weight_decay": 0.0}], ids=["momentum", "weight decay"])
def test_momentum_and_weight_decay_of_the_virtual_step_matter(left_out: dict) -> None:
    problem, *rest = smooth()
    without = replace(problem, inner_step=replace(problem.inner_step, **left_out))
    assert error(exact(without, *rest), exact(problem, *rest)) > 1e-4


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS.values(), ids=HYPERGRADIENTS)
@pytest.mark.parametrize("make", [smooth, supernet], ids=["smooth", "supernet"])
def test_inputs_come_back_bit_for_bit(make: Callable[[], Given], hypergradient: Callable) -> None:
    problem, w, alpha, train, val = make()
    inputs = [*w.values(), *alpha.values(), *problem.inner_step.buffer.values(), *train[:2], *val[:2]]
    before = [tensor.clone() for tensor in inputs]
    gradients = hypergradient(problem, w, alpha, train, val)
    assert all(torch.equal(a, b) for a, b in zip(inputs, before, strict=True))
    assert all(tensor.grad is None for tensor in inputs)
    assert set(gradients) == set(alpha)
    assert all(not g.requires_grad and bool(g.isfinite().all()) for g in gradients.values())


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS.values(), ids=HYPERGRADIENTS)
def test_weights_that_ask_for_gradients_get_none(hypergradient: Callable) -> None:
    problem, w, alpha, train, val = smooth()
    parameters = {name: nn.Parameter(value) for name, value in w.items()}
    expected = hypergradient(problem, w, alpha, train, val)
    assert torch.equal(hypergradient(problem, parameters, alpha, train, val)["alpha"], expected["alpha"])
    assert all(parameter.grad is None for parameter in parameters.values())


def test_many_neumann_terms_are_the_implicit_function_theorem() -> None:
    """On quadratics dL/dalpha is known: w* = A^-1 B alpha and L_val = |w - t|^2 / 2."""
    generator = torch.Generator().manual_seed(0)
    root = torch.randn(4, 4, generator=generator, dtype=torch.float64)
    a = root @ root.T / 4 + torch.eye(4, dtype=torch.float64)
    b, target = torch.randn(4, 3, generator=generator, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    problem = Bilevel(
        lambda w, alpha, batch: w["w"] @ a @ w["w"] / 2 - w["w"] @ b @ alpha["alpha"],
        lambda w, alpha, batch: ((w["w"] - target) ** 2).sum() / 2,
        VirtualStep(0.2),
    )
    alpha = {"alpha": torch.ones(3, dtype=torch.float64)}
    solution = torch.linalg.solve(a, b @ alpha["alpha"])
    expected = {"alpha": b.T @ torch.linalg.solve(a, solution - target)}
    errors = [error(neumann(problem, {"w": solution}, alpha, None, None, terms=k), expected) for k in (1, 10, 300)]
    assert errors[0] > 0.1 > errors[1] > errors[2] and errors[2] < 1e-10


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda given: finite_difference(*given, radius=0), "radius of the finite difference must be above 0, got 0"),
        (lambda given: neumann(*given, terms=0), "at least 1 term, got 0"),
    ],
    ids=["radius", "terms"],
)
def test_a_parameter_that_cannot_be_is_refused(call: Callable, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        call(smooth())
