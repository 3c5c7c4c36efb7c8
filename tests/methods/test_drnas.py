"""DrNAS: rows of a Dirichlet distribution, differentiable in its concentration; two stages with frozen starts."""

import numpy as np
import pytest
import torch

import tiny
from dartslab import Arch, SearchSpace, SearchState, search
from dartslab.methods import METHODS
from dartslab.methods.drnas import concentration, dirichlet, pull_to_uniform
from dartslab.methods.method import Moment

SPACE = SearchSpace(1, tiny.OPERATIONS)
ALPHA = torch.tensor([-1.5, 0.0, 0.4, 1.3], dtype=torch.float64)
ROWS = 40_000  # independent samples: as many edges with the same alpha


def sample(phase="alpha", **arch) -> tuple[torch.Tensor, torch.Tensor]:
    """ALPHA as a leaf, and samples [ROWS, O] that depend on it."""
    alpha = ALPHA.clone().requires_grad_()
    moment = Moment(phase, 0.5, 1.0, SPACE, seed=4)
    return alpha, dirichlet(Arch({"normal": alpha.expand(ROWS, 4)}, **arch), moment)["normal"]


def test_rows_sum_to_1_and_their_mean_is_the_concentration_normalised() -> None:
    _, rows = sample()
    torch.testing.assert_close(rows.sum(1), torch.ones(ROWS, dtype=torch.float64))
    c = concentration(ALPHA)
    mean = c / c.sum()
    error = (mean * (1 - mean) / (c.sum() + 1) / ROWS).sqrt()
    assert ((rows.mean(0) - mean).abs() < 4 * error).all()
    torch.testing.assert_close(sample("look")[1][0], mean)


def test_the_concentration_is_elu_plus_1_so_alpha_0_is_the_uniform_distribution() -> None:
    expected = torch.tensor([np.exp(-1.5), 1.0, 1.4, 2.3], dtype=torch.float64)
    torch.testing.assert_close(concentration(ALPHA), expected)


def test_the_gradient_through_samples_is_that_of_the_expectation() -> None:
    value = torch.tensor([1.0, -2.0, 0.5, 3.0], dtype=torch.float64)
    alpha, rows = sample()
    (found,) = torch.autograd.grad((rows**2 @ value).mean(), alpha)

    def expectation(table: torch.Tensor) -> torch.Tensor:
        """E[w_o^2] = c_o (c_o + 1) / (C (C + 1)) of a Dirichlet distribution, C the sum of c."""
        c = concentration(table)
        return (c * (c + 1)) @ value / (c.sum() * (c.sum() + 1))

    numeric = torch.stack([(expectation(ALPHA + h) - expectation(ALPHA - h)) / 2e-6 for h in 1e-6 * torch.eye(4)])
    torch.testing.assert_close(found, numeric, rtol=0, atol=0.01)
    assert numeric.abs().max() > 0.1


def test_what_is_switched_off_gets_0_and_the_others_are_renormalised() -> None:
    mask = torch.tensor([True, False, True, True]).expand(ROWS, 4)
    for phase in ("w", "look"):
        _, rows = sample(phase, mask={"normal": mask})
        assert (rows[:, 1] == 0).all()
        torch.testing.assert_close(rows.sum(1), torch.ones(ROWS, dtype=torch.float64))


def test_alpha_waits_in_10_of_25_epochs_of_both_stages() -> None:
    frozen = [epoch for epoch in range(50) if METHODS["drnas"].frozen(epoch / 50)]
    assert frozen == [*range(10), *range(25, 35)]


def test_4_operations_stay_after_the_first_stage() -> None:
    config = tiny.search_config(method="drnas", operations=(*tiny.OPERATIONS, "dil_conv_3x3", "avg_pool_3x3"))
    state = SearchState.create(config, tiny.pictures())
    kept = [(event.step, int((event.weights["normal"][0] > 0).sum())) for event in search(state)]
    half = state.steps // 2
    assert [count for step, count in kept] == [6] * half + [4] * (state.steps - half)


def test_the_penalty_has_the_gradient_of_a_decay_of_alpha() -> None:
    arch = Arch.create(SPACE, 1.0)
    tables = [table.requires_grad_() for table in arch.alpha.values()]
    moment = Moment("alpha", 0.5, 1.0, SPACE)
    value = pull_to_uniform(arch, dirichlet(arch, moment), moment)
    for table, gradient in zip(tables, torch.autograd.grad(value, tables), strict=True):
        torch.testing.assert_close(gradient, 1e-3 * table)
    assert METHODS["drnas"].defaults["alpha_weight_decay"] == 0  # not a second time


@pytest.mark.parametrize("alpha", [-80.0, 0.0, 80.0])
def test_extreme_alpha_gives_finite_weights_and_gradients(alpha: float) -> None:
    table = torch.tensor([[alpha, 0.0, 0.0], [0.0, alpha, alpha], [alpha, alpha, alpha]]).requires_grad_()
    weights = dirichlet(Arch({"normal": table}), Moment("alpha", 0.5, 1.0, SPACE))["normal"]
    (gradient,) = torch.autograd.grad((weights * torch.tensor([1.0, 2.0, 3.0])).sum(), table)
    assert torch.isfinite(weights).all() and torch.isfinite(gradient).all()
