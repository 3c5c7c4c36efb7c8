"""The continuous relaxation: a softmax over the operations of one edge, and over nothing else."""

from functools import partial

import numpy as np
import pytest
import torch

from dartslab import Arch, SearchSpace
from dartslab.base.messages import UserError
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


def test_there_is_one_table_per_kind_whatever_the_number_of_cells() -> None:
    arch = Arch.create(SearchSpace())
    assert {kind: tuple(alpha.shape) for kind, alpha in arch.alpha.items()} == {"normal": (14, 8), "reduce": (14, 8)}
    assert sum(p.numel() for p in arch.parameters().values()) == 224


def test_a_scale_of_zero_is_the_start_of_the_paper() -> None:
    assert all(bool((alpha == 0).all()) for alpha in Arch.create(SearchSpace(), scale=0).alpha.values())


def test_a_clone_shares_no_memory() -> None:
    arch = Arch.create(SearchSpace(2), edge_parameters=True)
    clone = arch.clone()
    arch.alpha["normal"] += 1
    arch.beta["reduce"] += 1
    assert not torch.equal(arch.alpha["normal"], clone.alpha["normal"])
    assert not torch.equal(arch.beta["reduce"], clone.beta["reduce"])


def test_parameters_lead_back_to_the_arch() -> None:
    arch = Arch.create(SearchSpace(2), edge_parameters=True)
    doubled = arch.with_parameters({name: 2 * value for name, value in arch.parameters().items()})
    assert list(arch.parameters()) == ["alpha.normal", "alpha.reduce", "beta.normal", "beta.reduce"]
    assert torch.equal(doubled.alpha["reduce"], 2 * arch.alpha["reduce"])
    assert torch.equal(doubled.beta["normal"], 2 * arch.beta["normal"])


def test_it_comes_back_from_a_file(tmp_path) -> None:
    arch = Arch.create(SearchSpace(2), edge_parameters=True)
    arch.save(tmp_path / "arch.pt")
    loaded = Arch.load(tmp_path / "arch.pt")
    assert all(torch.equal(value, loaded.parameters()[name]) for name, value in arch.parameters().items())


def test_a_file_without_an_arch_is_refused(tmp_path) -> None:
    torch.save([1], tmp_path / "other.pt")
    with pytest.raises(UserError, match=r"other\.pt holds no Arch"):
        Arch.load(tmp_path / "other.pt")


def test_tables_that_do_not_fit_the_space_are_refused() -> None:
    with pytest.raises(UserError, match=r"'normal' has shape \(5, 8\), this space needs \(9, 8\)"):
        Arch.create(SearchSpace(2)).check(SearchSpace(3))
