"""Sums, joins and memory formats of tensors: small steps that the rooms of the fused cell share.

Shapes: B batch, C channels, H W height and width.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def added(parts: Sequence[Tensor]) -> Tensor:
    """The sum of tensors of one shape, at least one."""
    total = parts[0] + parts[1] if len(parts) > 1 else parts[0]
    for part in parts[2:]:
        total.add_(part)
    return total


def concatenated(tensors: list[Tensor], dim: int = 1) -> Tensor:
    """`torch.cat` that does not copy a single tensor."""
    return tensors[0] if len(tensors) == 1 else torch.cat(tensors, dim)


def plus(before: Tensor | None, part: Tensor) -> Tensor:
    """before + part, where there may be nothing before."""
    return part if before is None else before + part


def dense(x: Tensor) -> Tensor:
    """x without gaps in memory, in its own format: a part of a tensor becomes one by itself."""
    return x.contiguous(memory_format=torch.channels_last if x.stride(1) == 1 else torch.contiguous_format)


def in_format_of(other: Tensor, x: Any) -> Tensor:
    """x in the memory format of another tensor of its shape, and dense.

    PyTorch's gradients of BatchNorm and pools are several times slower where the formats of what they get differ, and a
    gradient that comes from a part of a tensor is not dense.
    """
    last = other.is_contiguous(memory_format=torch.channels_last)
    return x.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)
