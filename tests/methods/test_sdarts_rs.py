"""SDARTS-RS: only the weight step sees noise, each weight at most eps of it, and alpha is not touched by it."""

import pytest
import torch

import tiny
from dartslab import Arch, SearchSpace, SearchState
from dartslab.methods.method import Moment
from dartslab.methods.sdarts_rs import add_noise, noisy_weights
from dartslab.relaxation import softmax
from dartslab.run.search import weight_step

SPACE = SearchSpace(2, tiny.OPERATIONS)


@pytest.fixture
def arch() -> Arch:
    return Arch.create(SPACE, 1.0, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("eps", [0.03, 0.3])
def test_no_weight_moves_further_than_eps_before_the_rows_are_renormalised(arch: Arch, eps: float) -> None:
    table = softmax(arch)["normal"]
    farthest = torch.stack(
        [(add_noise(table, eps, torch.Generator().manual_seed(seed)) - table).abs().max() for seed in range(200)]
    )
    assert farthest.max() <= eps + 1e-6 and farthest.max() > 0.95 * eps
    assert all(add_noise(table, eps, torch.Generator().manual_seed(s)).min() >= 0 for s in range(20))


@pytest.mark.parametrize(("progress", "eps"), [(0.0, 0.03), (0.5, 0.165), (1.0, 0.3)])
def test_the_weight_step_sees_a_renormalised_noise_that_grows(arch: Arch, progress: float, eps: float) -> None:
    moment = Moment("w", progress, 1.0, SPACE, step=3)
    noisy = add_noise(softmax(arch)["normal"], eps, moment.generator())
    found = noisy_weights(arch, moment)["normal"]
    torch.testing.assert_close(found, noisy / noisy.sum(1, keepdim=True))
    assert not torch.equal(found, softmax(arch)["normal"])


@pytest.mark.parametrize("phase", ["alpha", "look"])
def test_alpha_and_those_who_look_see_the_softmax(arch: Arch, phase) -> None:
    for kind, table in noisy_weights(arch, Moment(phase, 0.9, 1.0, SPACE)).items():
        assert torch.equal(table, softmax(arch)[kind])


def test_a_row_that_the_clamp_makes_0_throughout_stays_as_it_was() -> None:
    space = SearchSpace(1)
    arch = Arch({kind: torch.zeros(2000, 8) for kind in space.kinds})  # uniform: 1/8 on each of 8 operations
    for step in range(20):
        assert torch.isfinite(noisy_weights(arch, Moment("w", 1.0, 1.0, space, step=step))["normal"]).all()
    rows = torch.cat([noisy_weights(arch, Moment("w", 1.0, 1.0, space, step=s))["normal"] for s in range(20)])
    torch.testing.assert_close(rows.sum(1), torch.ones(40000))
    assert (rows == 1 / 8).all(1).any()  # it happens: (0.175 / 0.6)^8, some 5 in 100,000 rows


def test_the_weight_step_moves_w_and_leaves_alpha() -> None:
    state = SearchState.create(tiny.search_config(method="sdarts-rs"), tiny.pictures())
    before, w = state.arch.clone(), next(state.net.parameters()).detach().clone()
    weight_step(state, state.train(0), 0.1)
    assert all(torch.equal(table, before.alpha[kind]) for kind, table in state.arch.alpha.items())
    assert not torch.equal(w, next(state.net.parameters()))
