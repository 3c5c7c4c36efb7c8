"""Sums, concatenations and memory formats of tensors: small steps that the modules of the fused cell share.

Shapes: B batch, C channels, H W height and width.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .explicit_gradients import ExplicitGradient


def sum_tensors(parts: Sequence[Tensor]) -> Tensor:
    """The sum of tensors of one shape, at least one."""
    total = parts[0] + parts[1] if len(parts) > 1 else parts[0]
    for part in parts[2:]:
        total.add_(part)
    return total


def concatenate(tensors: list[Tensor], dim: int = 1) -> Tensor:
    """`torch.cat` that does not copy a single tensor."""
    return tensors[0] if len(tensors) == 1 else torch.cat(tensors, dim)


def add_onto(before: Tensor | None, part: Tensor) -> Tensor:
    """before + part; the part alone where there is nothing before."""
    return part if before is None else before + part


def to_dense(x: Tensor) -> Tensor:
    """x without gaps in memory, in its own memory format; a view of a part of a tensor is copied."""
    return x.contiguous(memory_format=torch.channels_last if x.stride(1) == 1 else torch.contiguous_format)


def match_format(other: Tensor, x: Any) -> Tensor:
    """x without gaps, in the memory format of another tensor of its shape.

    PyTorch's gradients of BatchNorm and pools are several times slower where the formats of their arguments differ, and
    the gradient of a part of a tensor has gaps.
    """
    last = other.is_contiguous(memory_format=torch.channels_last)
    return x.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)


def weighted_sums(gains: Tensor, states: list[Tensor]) -> list[Tensor]:
    """For each of n nodes the sum of all states, weighted with its row of gains.

    Args:
        gains: [n, Q].
        states: Q of [B, C, H, W].
    Returns:
        n of [B, C, H, W], in the type of the states.
    """
    return list(_WeightedSums.apply(gains.to(states[0].dtype), *states))


class _WeightedSums(ExplicitGradient):
    """See `weighted_sums`. The gradient of the states is the same sum, with the gains transposed."""

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
        dy = tuple(map(to_dense, dy))
        if ctx.needs_input_grad[0]:
            dgains = (
                torch.stack([inner_product(d, state) for d in dy for state in states]).view(gains.shape).to(gains.dtype)
            )
        return dgains, *_WeightedSums.apply(gains.t(), *dy)

    @staticmethod
    def jvp(ctx: Any, dgains: Tensor | None, *dstates: Tensor | None) -> tuple[Tensor, ...]:
        gains, *states = ctx.saved_tensors
        moved = [torch.zeros_like(s) if d is None else d for s, d in zip(states, dstates, strict=True)]
        sums = _WeightedSums.forward(gains, *moved)
        if dgains is None:
            return sums
        return tuple(y + more for y, more in zip(sums, _WeightedSums.forward(dgains, *states), strict=True))


def inner_product(x: Tensor, y: Tensor) -> Tensor:
    """<x, y> over all numbers of two tensors of one shape, summed in float32 at least."""
    if x.dtype == torch.bfloat16:
        return (x.float() * y.float()).sum()
    return torch.dot(*(t.permute(0, 2, 3, 1).reshape(-1) for t in (x, y)))
