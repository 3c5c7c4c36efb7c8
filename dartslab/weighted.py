"""Weighted sums of states that edges share, for several nodes at once, with gradients written by hand.

    y_j = sum_q gains_jq s_q            ds_q = sum_j gains_jq dy_j            dgains_jq = <dy_j, s_q>

It is a matrix product, [n, Q] times [Q, B*C*H*W], and its gradient is one too. As such it would need all states in one
tensor, a copy that is then kept for backward. Each sum is made in its own place instead, state by state: with one
thread about as quick, with two quicker (`benchmarks/results/kernels.md`).

Shapes: B batch, C channels, H W height and width; n nodes, Q states.
`tests/test_weighted.py` compares it with the product in float64.
"""

from typing import Any

import torch
from torch import Tensor

from .by_hand import ByHand
from .formats import dense


def weighted_sums(gains: Tensor, states: list[Tensor]) -> list[Tensor]:
    """The sums of n nodes.

    Args:
        gains: [n, Q].
        states: Q of [B, C, H, W].
    Returns:
        n of [B, C, H, W], of the type of the states.
    """
    return list(_WeightedSums.apply(gains.to(states[0].dtype), *states))


class _WeightedSums(ByHand):
    """See the head of this file. The gradient of the states is the same sum, with the gains transposed."""

    @staticmethod
    def forward(gains: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        sums = []
        for row in gains.unbind(0):
            of_state = row.unbind(0)
            y = states[0] * of_state[0]
            for state, gain in zip(states[1:], of_state[1:], strict=True):
                y.addcmul_(state, gain)
            sums.append(y)
        return tuple(sums)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        gains, *states = inputs
        ctx.save_for_backward(gains, *(states if ctx.needs_input_grad[0] else ()))
        ctx.save_for_forward(gains, *states)

    @staticmethod
    def backward(ctx: Any, *dy: Tensor) -> tuple[Tensor | None, ...]:
        gains, *states = ctx.saved_tensors
        dgains = None
        dy = tuple(map(dense, dy))
        if ctx.needs_input_grad[0]:
            dgains = torch.stack([inner(d, state) for d in dy for state in states]).view(gains.shape).to(gains.dtype)
        return dgains, *_WeightedSums.apply(gains.t(), *dy)

    @staticmethod
    def jvp(ctx: Any, dgains: Tensor | None, *dstates: Tensor | None) -> tuple[Tensor, ...]:
        gains, *states = ctx.saved_tensors
        moved = [torch.zeros_like(s) if d is None else d for s, d in zip(states, dstates, strict=True)]
        sums = _WeightedSums.forward(gains, *moved)
        if dgains is None:
            return sums
        return tuple(y + more for y, more in zip(sums, _WeightedSums.forward(dgains, *states), strict=True))


def inner(x: Tensor, y: Tensor) -> Tensor:
    """<x, y> over all numbers of two tensors of one shape, summed in float32 at least."""
    if x.dtype == torch.bfloat16:
        return (x.float() * y.float()).sum()
    return torch.dot(*(t.permute(0, 2, 3, 1).reshape(-1) for t in (x, y)))
