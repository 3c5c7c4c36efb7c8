"""Pools and diagonals as the fused cell computes them on a processor: PyTorch's numbers, faster or with less memory.

Shapes: B batch, C channels, H W height and width. `tests/fast/test_pools.py` compares them with PyTorch's in float64.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..operations import diagonals, operation
from .depthwise import depthwise
from .explicit_gradients import ExplicitGradient
from .sums import match_format

WINDOW = [3, 3], [1, 1]  # size and padding
LARGE = 2**16  # numbers; below, one call is faster than three


def pool(name: str, x: Tensor, stride: int, native: bool = False) -> Tensor:
    """One of the two pools.

    Args:
        name: max_pool_3x3 or avg_pool_3x3.
        x: [B, C, H, W].
        stride: 1 or 2.
        native: use PyTorch's own operation.
    Returns:
        [B, C, ceil(H/stride), ceil(W/stride)].
    """
    if name == "max_pool_3x3" and not native:
        return _MaxPool.apply(x, stride)[0]
    if name == "avg_pool_3x3" and not native and stride == 1 and x.numel() >= LARGE:
        return average(x)
    return operation(name, x.shape[1], stride)(x)


def dense_diagonals(x: Tensor, native: bool = False) -> tuple[Tensor, Tensor]:
    """`operations.diagonals` as two dense tensors, with a gradient that keeps the memory format; PyTorch's does not.

    Args:
        x: [B, C, H, W].
        native: use PyTorch's own operation.
    Returns:
        Even pixels of even rows, odd pixels of odd rows, each [B, C, ceil(H/2), ceil(W/2)].
    """
    return diagonals(x) if native else _Diagonals.apply(x)


def average(x: Tensor) -> Tensor:
    """Average pool at stride 1: a depthwise convolution with ones, divided by the number of pixels inside the picture.

    About twice as fast as PyTorch's on a processor, and as fast at 64 channels (`benchmarks/kernels.py`). At stride 2
    nothing is gained.
    """
    ones = x.new_ones(x.shape[1], 1, 3, 3)
    inside = F.conv2d(x.new_ones(1, 1, *x.shape[2:]), ones[:1], padding=1)
    return depthwise(x, ones) / inside


class _MaxPool(ExplicitGradient):
    """The largest number of each window. It keeps each place in 2 bytes; PyTorch keeps 8 bytes, and x as well."""

    @staticmethod
    def forward(x: Tensor, stride: int) -> tuple[Tensor, Tensor]:
        y, place = torch.ops.aten.max_pool2d_with_indices(x, WINDOW[0], [stride] * 2, WINDOW[1])
        return y, place.to(torch.int16 if x.shape[2] * x.shape[3] < 2**15 else torch.int32)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        x, ctx.stride = inputs
        place = output[1]
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(place)
        ctx.size = x.shape
        ctx.save_for_backward(place)
        ctx.save_for_forward(place)

    @staticmethod
    def backward(ctx: Any, g: Tensor | None, _: None) -> tuple[Tensor | None, None]:
        (place,) = ctx.saved_tensors
        return None if g is None else _PutBack.apply(g, place, ctx.size, ctx.stride), None

    @staticmethod
    def jvp(ctx: Any, dx: Tensor, _: None) -> tuple[Tensor, None]:
        (place,) = ctx.saved_tensors
        return pick_places(dx, place), None


class _PutBack(ExplicitGradient):
    """The gradient of a max-pool: each number goes where the largest was. It is linear, so it is its own derivative."""

    @staticmethod
    def forward(g: Tensor, place: Tensor, size: torch.Size, stride: int) -> Tensor:
        g = match_format(place, g)
        layout = torch.channels_last if g.is_contiguous(memory_format=torch.channels_last) else torch.contiguous_format
        x = torch.empty(size, dtype=g.dtype, device=g.device, memory_format=layout)  # for its size alone
        settings = (WINDOW[0], [stride] * 2, WINDOW[1], [1, 1], False)
        return torch.ops.aten.max_pool2d_with_indices_backward(g, x, *settings, place.long())

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        _, place, *ctx.settings = inputs
        ctx.save_for_backward(place)
        ctx.save_for_forward(place)

    @staticmethod
    def backward(ctx: Any, dx: Tensor) -> tuple[Tensor, None, None, None]:
        (place,) = ctx.saved_tensors
        return pick_places(dx, place), None, None, None

    @staticmethod
    def jvp(ctx: Any, dg: Tensor, *_: None) -> Tensor:
        (place,) = ctx.saved_tensors
        return _PutBack.forward(dg, place, *ctx.settings)


def pick_places(x: Tensor, place: Tensor) -> Tensor:
    """The number of x [B, C, H, W] at each place, counted row by row: of the shape of `place`, channels last."""
    pixels, index = (t.permute(0, 2, 3, 1) for t in (x, place))
    return pixels.flatten(1, 2).gather(1, index.long().flatten(1, 2)).view(index.shape).permute(0, 3, 1, 2)


class _Diagonals(ExplicitGradient):
    """See `dense_diagonals`. Backward puts the pixels back, with zeros for those that neither of the two has read."""

    @staticmethod
    def forward(x: Tensor) -> tuple[Tensor, Tensor]:
        even, odd = (half.clone(memory_format=torch.channels_last) for half in diagonals(x))
        return even, odd

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: tuple[Tensor, Tensor]) -> None:
        ctx.size = inputs[0].shape

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        even, odd = (g.permute(0, 2, 3, 1) for g in gradients)
        zero = torch.zeros_like(even)
        rows = torch.stack([even, zero], 3), torch.stack([zero, odd], 3)  # [B, H/2, W/2, 2, C]
        height, width = ctx.size[2:]
        return torch.stack(rows, 2).flatten(3, 4).flatten(1, 2)[:, :height, :width].permute(0, 3, 1, 2)

    @staticmethod
    def jvp(ctx: Any, dx: Tensor) -> tuple[Tensor, Tensor]:
        return _Diagonals.forward(dx)
