"""The pools of the fused cell against PyTorch's own in float64."""

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

from counts import saved_bytes
from dartslab.base.forward_mode import load_forward_mode
from dartslab.fast.pools import dense_diagonals, pool
from dartslab.operations import operation
from tiny import draw

POOLS = ("max_pool_3x3", "avg_pool_3x3")


def picture(size: tuple[int, int], last: bool, ties: bool) -> Tensor:
    torch.manual_seed(0)
    x = draw(2, 3, *size)
    x = x.round() if ties else x  # relu makes many equal zeros
    return x.contiguous(memory_format=torch.channels_last) if last else x


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(8, 8), (7, 5), (1, 2), (200, 190)], ids=str)
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("ties", [False, True], ids=["", "ties"])
def test_value_gradient_and_derivative_are_pytorchs(
    name: str, stride: int, size: tuple[int, int], last: bool, ties: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartslab.fast.pools.LARGE", 0)
    load_forward_mode()
    x = picture(size, last, ties)
    along, found = torch.randn_like(x), []
    for native in (True, False):
        leaf = x.clone().requires_grad_()
        y = pool(name, leaf, stride, native)
        above = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape)
        (dx,) = torch.autograd.grad((y * above).sum(), leaf)
        with forward_ad.dual_level():
            moved = pool(name, forward_ad.make_dual(x, along), stride, native)
            found.append([y, dx, forward_ad.unpack_dual(moved).tangent])
    for expected, mine in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_can_be_derived_again(name: str, stride: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.fast.pools.LARGE", 0)
    leaf = picture((5, 4), True, False).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: pool(name, x, stride), leaf)
    assert torch.autograd.gradgradcheck(lambda x: pool(name, x, stride), leaf)


@pytest.mark.parametrize("name", POOLS)
def test_the_operation_of_the_reference_is_the_native_one(name: str) -> None:
    x = picture((6, 6), False, True)
    assert torch.equal(pool(name, x, 2, native=True), operation(name, 3, 2)(x))


def test_a_max_pool_keeps_two_bytes_a_number() -> None:
    x = picture((8, 8), True, False).float().requires_grad_()
    assert saved_bytes(lambda: pool("max_pool_3x3", x, 1), set()) == 2 * x.numel()


@pytest.mark.parametrize("size", [(8, 8), (7, 5), (1, 2), (1, 1)], ids=str)
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
def test_diagonals_are_the_references(size: tuple[int, int], last: bool) -> None:
    load_forward_mode()
    x = picture(size, last, False)
    along, found = torch.randn_like(x), []
    for native in (True, False):
        leaf = x.clone().requires_grad_()
        halves = torch.cat(dense_diagonals(leaf, native), 1)
        above = torch.linspace(-1, 1, halves.numel(), dtype=halves.dtype).view(halves.shape)
        (dx,) = torch.autograd.grad((halves * above).sum(), leaf)
        with forward_ad.dual_level():
            moved = torch.cat(dense_diagonals(forward_ad.make_dual(x, along), native), 1)
            found.append([halves, dx, forward_ad.unpack_dual(moved).tangent])
    for expected, mine in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)
    leaf = x.clone().requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: torch.cat(dense_diagonals(x), 1), leaf)


FUNCTIONS = {
    "max-pool": lambda x: pool("max_pool_3x3", x, 1),
    "average": lambda x: pool("avg_pool_3x3", x, 1),
    "diagonals": lambda x: torch.cat(dense_diagonals(x), 1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_keep_the_memory_format_also_where_they_come_from_a_part(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartslab.fast.pools.LARGE", 0)
    leaf = picture((8, 8), True, False).requires_grad_()
    whole = torch.cat([FUNCTIONS[name](leaf)] * 2, 1)
    (dx,) = torch.autograd.grad(whole, leaf, torch.ones_like(whole))
    assert dx.is_contiguous(memory_format=torch.channels_last)
