"""Weighted sums of states against the matrix product that they are, in float64."""

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

from counts import saved_bytes
from dartslab.base.forward_mode import load_forward_mode
from dartslab.fast.sums import inner_product, weighted_sums
from tiny import draw


def product(gains: Tensor, states: list[Tensor]) -> list[Tensor]:
    return list(torch.einsum("jq,qbchw->jbchw", gains, torch.stack(states)).unbind(0))


def given(nodes: int, count: int, last: bool) -> list[Tensor]:
    torch.manual_seed(0)
    layout = torch.channels_last if last else torch.contiguous_format
    return [draw(nodes, count), *(draw(2, 3, 4, 5).contiguous(memory_format=layout) for _ in range(count))]


@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize(("nodes", "count"), [(1, 1), (3, 1), (1, 4), (4, 6)])
def test_sums_gradients_and_derivatives_are_those_of_the_product(nodes: int, count: int, last: bool) -> None:
    load_forward_mode()
    tensors, found = given(nodes, count, last), []
    along = [draw(*t.shape) for t in tensors]
    for function in (product, weighted_sums):
        leaves = [t.clone().requires_grad_() for t in tensors]
        sums = function(leaves[0], leaves[1:])
        above = [torch.linspace(-1, j, y.numel(), dtype=y.dtype).view(y.shape) for j, y in enumerate(sums)]
        gradients = torch.autograd.grad(sums, leaves, above)
        with forward_ad.dual_level():
            gains, *states = (forward_ad.make_dual(t, d) for t, d in zip(tensors, along, strict=True))
            moves = [forward_ad.unpack_dual(y).tangent for y in function(gains, states)]
            moves += [forward_ad.unpack_dual(y).tangent for y in function(tensors[0], states)]
        found.append([*sums, *gradients, *moves])
    for expected, mine in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)


def test_gradients_can_be_derived_again() -> None:
    gains, *states = (t[..., :2].clone().requires_grad_() for t in given(2, 2, False))
    assert torch.autograd.gradgradcheck(lambda g, *s: tuple(weighted_sums(g, list(s))), [gains, *states])


@pytest.mark.parametrize("of_gains", [False, True])
def test_states_are_kept_for_the_gradient_of_the_gains_only(of_gains: bool) -> None:
    gains, *states = given(2, 3, True)
    gains.requires_grad_(of_gains), states[0].requires_grad_()
    kept = saved_bytes(lambda: torch.stack(weighted_sums(gains, states)), {gains.untyped_storage().data_ptr()})
    assert kept == (3 * states[0].nbytes if of_gains else 0)


def test_a_gradient_that_is_part_of_a_larger_tensor_is_no_slower_path_to_other_numbers() -> None:
    gains, *states = (t.requires_grad_() for t in given(2, 2, True))
    whole = torch.cat(weighted_sums(gains, states), 1)
    (mine,) = torch.autograd.grad(whole.square().sum(), states[1])
    (expected,) = torch.autograd.grad(torch.cat(product(gains, states), 1).square().sum(), states[1])
    torch.testing.assert_close(mine, expected)


def test_of_bfloat16_an_inner_product_is_summed_in_float32() -> None:
    x = torch.full((4, 8, 32, 32), 1.0).to(torch.bfloat16)
    assert inner_product(x, x).item() == x.numel()
