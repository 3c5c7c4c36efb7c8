"""The continuous relaxation: a softmax over the operations of one edge, and over nothing else."""

from functools import partial

import numpy as np
import pytest
import torch

from dartslab import Arch, SearchSpace
from dartslab.messages import UserError
from dartslab.relaxation import softmax


@pytest.fixture
def arch() -> Arch:
    return Arch.create(SearchSpace(3), scale=2.0, generator=torch.Generator().manual_seed(0))


def test_the_shares_of_an_edge_sum_to_one(arch: Arch) -> None:
    for weights in softmax(arch).values():
        torch.testing.assert_close(weights.sum(1), torch.ones(9))


def test_it_is_the_softmax_written_out_in_numpy(arch: Arch) -> None:
    alpha = arch.alpha["reduce"].numpy().astype(np.float64)
    expected = np.exp(alpha / 0.7) / np.exp(alpha / 0.7).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax(arch, 0.7)["reduce"].numpy(), expected, rtol=1e-5)


def test_a_constant_added_to_one_edge_changes_nothing(arch: Arch) -> None:
    shifted = arch.clone()
    shifted.alpha["normal"][4] += 7.5
    torch.testing.assert_close(softmax(shifted)["normal"], softmax(arch)["normal"])


def test_one_edge_does_not_know_of_another(arch: Arch) -> None:
    changed = arch.clone()
    changed.alpha["normal"][0, 3] += 5
    assert torch.equal(softmax(changed)["normal"][1:], softmax(arch)["normal"][1:])


def test_a_low_temperature_is_nearly_an_argmax(arch: Arch) -> None:
    weights = partial(softmax, temperature=1e-3)(arch)["normal"]
    assert torch.equal(weights.argmax(1), arch.alpha["normal"].argmax(1)) and bool((weights.amax(1) > 0.99).all())


def test_a_masked_operation_has_no_share_and_no_gradient(arch: Arch) -> None:
    mask = torch.ones(9, 8, dtype=torch.bool)
    mask[2, 5] = False
    alpha = arch.alpha["normal"].requires_grad_()
    weights = softmax(Arch(arch.alpha, mask={"normal": mask}))["normal"]
    assert weights[2, 5] == 0
    weights[2, 4].backward()
    assert alpha.grad[2, 5] == 0 and bool(alpha.grad.isfinite().all())


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_must_be_positive(arch: Arch, temperature: float) -> None:
    with pytest.raises(UserError, match=f"temperature must be above 0, got {temperature}"):
        softmax(arch, temperature)
