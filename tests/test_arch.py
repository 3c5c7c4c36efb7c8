"""The architecture parameters: one table per kind of cell, apart from the network."""

import pytest
import torch

from dartslab import Arch, SearchSpace
from dartslab.messages import UserError


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
