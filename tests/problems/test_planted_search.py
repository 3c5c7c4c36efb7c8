"""DARTS finds a hidden cell, with the same architect as every other search."""

import pytest
import torch

from dartslab.architect import exact, first_order
from dartslab.base.messages import UserError
from dartslab.bilevel import Bilevel, VirtualStep
from dartslab.problems.picture_operations import Pool, load_pool
from dartslab.problems.planted import Planted, PlantedConfig
from dartslab.problems.planted_search import PAGE_HYPERGRADIENTS, find, search_planted

HARD = {"memorise": True, "pairs": 1, "light": 1.5}


@pytest.fixture(scope="module")
def pool() -> Pool:
    return load_pool()


@pytest.mark.parametrize("hypergradient", PAGE_HYPERGRADIENTS)
def test_an_easy_cell_is_found(pool: Pool, hypergradient: str) -> None:
    problem = Planted(PlantedConfig(seed=0), pool)
    moments = list(search_planted(problem, hypergradient, steps=60))
    assert [moment.step for moment in moments] == list(range(61))
    assert problem.count_right(moments[-1].weights) == 5
    assert problem.losses(moments[-1].w, moments[-1].alpha)[1] < 0.1 * problem.losses(moments[0].w, moments[0].alpha)[1]


def test_weights_that_memorise_lead_first_order_astray_and_not_exact(pool: Pool) -> None:
    assert not find(PlantedConfig(seed=0, **HARD), "first_order", pool=pool)
    assert find(PlantedConfig(seed=0, **HARD), "exact", pool=pool)


def test_a_step_is_adam_on_alpha_and_then_sgd_on_w(pool: Pool) -> None:
    problem = Planted(PlantedConfig(seed=2, memorise=True), pool)
    start, after = search_planted(problem, "exact", steps=1, alpha_learning_rate=0.1, learning_rate=0.9)
    alpha = problem.first_alpha.parameters()
    bilevel = Bilevel(problem.loss, problem.loss, VirtualStep(0.9))
    gradient = exact(bilevel, problem.first_weights, alpha, problem.train, problem.val)["alpha.normal"]
    moved = alpha["alpha.normal"] - 0.1 * gradient / (gradient.abs() + 1e-8)  # Adam's first step
    torch.testing.assert_close(after.alpha, moved)
    w = {name: value.clone().requires_grad_() for name, value in problem.first_weights.items()}
    problem.loss(w, {"alpha.normal": moved}, problem.train).backward()  # with the new alpha
    for name, value in w.items():
        torch.testing.assert_close(after.w[name], (value - 0.9 * value.grad).detach())
    assert torch.equal(start.alpha, alpha["alpha.normal"])


def test_without_foresight_exact_is_first_order(pool: Pool) -> None:
    problem = Planted(PlantedConfig(seed=2, memorise=True), pool)
    bilevel = Bilevel(problem.loss, problem.loss, VirtualStep(0.0))
    batch = problem.first_weights, problem.first_alpha.parameters(), problem.train, problem.val
    torch.testing.assert_close(exact(bilevel, *batch), first_order(bilevel, *batch))


def test_an_unknown_hypergradient_is_one_sentence(pool: Pool) -> None:
    with pytest.raises(UserError, match=r"unknown hypergradient 'exakt'.*Did you mean 'exact'"):
        next(search_planted(Planted(PlantedConfig(), pool), "exakt"))
