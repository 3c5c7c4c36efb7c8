"""A depthwise convolution with gradients written by hand, one of the functions of which the fused cell is made.

PyTorch can differentiate it by itself. By hand it costs less on a processor: the gradient of the input is a forward
convolution with the kernel turned, that of the weights is put together from calls that are quick (`weight_gradient`),
and relu(x) is computed again where it is needed, which is cheaper than keeping it. It brings its derivative in forward
mode for the exact hypergradient, a forward-over-reverse product.

Shapes: B batch, C channels, H W height and width, k kernel size. Tensors keep the memory format they come in.
`tests/test_depthwise.py` compares it with PyTorch's own in float64. Under autocast it computes as PyTorch's does.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

from .numerics import lowered

LARGE = 2**19  # numbers; in smaller tensors more calls weigh more than copies


def depthwise(
    x: Tensor,
    w: Tensor,
    stride: int = 1,
    dilation: int = 1,
    relu: bool = False,
    native: bool = False,
    sources: int = 1,
) -> Tensor:
    """Depthwise convolution, padded so that stride 1 keeps the size.

    Args:
        x: [B, S*C, H, W], S states side by side.
        w: [S*n*C, 1, k, k], k odd: n filters for each channel; by source, then n blocks of C.
        stride, dilation: of the convolution.
        relu: convolve relu(x) instead of x; relu(x) is then not kept for backward.
        native: leave the gradients to PyTorch.
        sources: S.
    Returns:
        [B, S*n*C, ceil(H/stride), ceil(W/stride)].
    """
    if native:
        return _Depthwise.forward(x, w, stride, dilation, relu, sources)
    x, w = lowered(x, w)
    return _Depthwise.apply(x, w, stride, dilation, relu, sources)


def input_gradient(g: Tensor, w: Tensor, size: torch.Size, stride: int, dilation: int, sources: int = 1) -> Tensor:
    """What a depthwise convolution sends back to its input: g convolved with the kernel turned by 180 degrees.

    dx[p] = sum_q w[q] g[p - dilation q]         (stride 1; a transposed convolution otherwise)

    Args:
        g: gradient of the output, [B, S*n*C, H/stride, W/stride].
        w: [S*n*C, 1, k, k].
        size: of the input, (B, S*C, H, W).
    Returns:
        [B, S*C, H, W].
    """
    padding = dilation * (w.shape[-1] - 1) // 2
    if stride == 1:
        dx = F.conv2d(g, w.flip(2, 3), None, 1, padding, dilation, groups=len(w))
    else:
        missing = [(pixels - 1) % stride for pixels in size[2:]]  # rows and columns that no window ends on
        dx = F.conv_transpose2d(g, w, None, stride, padding, missing, len(w), dilation)
    if len(w) == size[1]:
        return dx
    return torch.cat([added(part.chunk(len(w) // size[1], 1)) for part in dx.chunk(sources, 1)], 1)


def weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The gradient of a depthwise convolution's weights.

    dw[q] = sum_p x[stride p + dilation q] g[p]

    PyTorch's own code for it is quick on processors where a kernel is undilated, at most 3 wide and not higher than the
    picture, and otherwise up to 25 times slower than that (`benchmarks/results/kernels.md`). So a kernel that is small
    but dilated sees every second pixel as a picture of its own, see `phases`; of a wide one PyTorch gets a few
    columns at a time, see `wide_weight_gradient`.

    Args:
        g: gradient of the output, [B, C, H/stride, W/stride].
        x: [B, C, H, W].
        kernel, stride, dilation: of the convolution; k, and 1 or 2 each.
    Returns:
        [C, 1, k, k].
    """
    if dilation > 1 and stride == dilation:  # then only every second pixel is read
        return weight_gradient(g, x[:, :, ::stride, ::stride], kernel, 1, 1)
    if kernel > 3 and (dilation == 1 or x.numel() >= LARGE):
        return wide_weight_gradient(g, x, kernel, stride, dilation)
    if dilation > 1:
        return weight_gradient(phases(g, dilation), phases(x, dilation), kernel, 1, 1)
    height = max(x.shape[2], kernel)
    w = x.new_empty(x.shape[1], 1, kernel, kernel)
    return columns_gradient(with_height(g, -(-height // stride)), with_height(x, height), w, stride)


def wide_weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The same for k > 3, in groups of 3 columns of the kernel, or single ones if it is dilated.

    Both pictures get margins of zeros, as many columns as the kernel reads beyond an edge. Where all rows stand one
    after the other in memory, a picture moved sideways begins some pixels later, and what leaves a row meets the zeros
    before the next. With a dilation d, row r+d is below row r if d rows stand side by side.
    """
    together = 3 if dilation == 1 else 1
    half = kernel // 2
    batch, channels, height, _ = x.shape
    height = dilation * max(kernel, -(-height // dilation))
    width = g.shape[3] + -(-dilation * half // stride)  # of g with margins
    still = with_margins(g, -(-height // stride), width, 1, 0)
    if dilation > 1:
        rows = still.permute(0, 2, 3, 1).reshape(batch, -1, dilation * width, channels)
        still = rows.permute(0, 3, 1, 2)
    pixels = with_margins(x, height, stride * width, stride, 1).permute(0, 2, 3, 1).flatten(0, 2)
    w = x.new_empty(channels, 1, kernel, together)
    size = height * stride * width  # pixels of a picture
    columns = []
    for begin in range(-half, half + 1, together):
        first = size + dilation * (begin + together // 2)
        moved = pixels[first : first + batch * size].view(batch, -1, dilation * stride * width, channels)
        columns.append(columns_gradient(still, moved.permute(0, 3, 1, 2), w, stride))
    return torch.cat(columns, 3)[..., :kernel]


def with_margins(x: Tensor, height: int, width: int, left: int, more: int) -> Tensor:
    """Zeros to the left, on the right and below, and as pictures of zeros before and after the others.

    [B, C, H, W] -> [more + B + more, C, height, width].
    """
    right, below = width - left - x.shape[3], height - x.shape[2]
    return F.pad(x, (left, right, 0, below, 0, 0, more, more))


def columns_gradient(g: Tensor, x: Tensor, w: Tensor, stride: int) -> Tensor:
    """PyTorch's gradient of an undilated depthwise convolution's weights; w [C, 1, odd, odd] gives their shape only."""
    padding = [size // 2 for size in w.shape[2:]]
    return torch.ops.aten.convolution_backward(
        g, x, w, None, [stride] * 2, padding, [1, 1], False, [0, 0], x.shape[1], [False, True, False]
    )[1]


def with_height(x: Tensor, height: int) -> Tensor:
    """x with rows of zeros below, if it is lower: [B, C, H, W] -> [B, C, height, W]."""
    return F.pad(x, (0, 0, 0, height - x.shape[2])) if height > x.shape[2] else x


def phases(x: Tensor, step: int) -> Tensor:
    """Every step-th pixel of a picture as a picture of its own: [B, C, H, W] -> [step*step*B, C, ~H/step, ~W/step].

    A convolution with dilation `step` is an ordinary one of each phase. Zeros fill up sizes that do not divide.
    """
    height, width = (-size % step for size in x.shape[2:])
    pixels = (F.pad(x, (0, width, 0, height)) if height or width else x).permute(0, 2, 3, 1)
    apart = pixels.unflatten(2, (-1, step)).unflatten(1, (-1, step))  # [B, H/step, step, W/step, step, C]
    return apart.permute(2, 4, 0, 1, 3, 5).flatten(0, 2).permute(0, 3, 1, 2)


class _Depthwise(Function):
    """See `depthwise`."""

    @staticmethod
    def forward(x: Tensor, w: Tensor, stride: int, dilation: int, relu: bool, sources: int) -> Tensor:
        padding = dilation * (w.shape[-1] - 1) // 2
        read = _repeated(F.relu(x) if relu else x, w, sources)
        return F.conv2d(read, w, None, stride, padding, dilation, groups=len(w))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        x, w, ctx.stride, ctx.dilation, ctx.relu, ctx.sources = inputs
        ctx.size = x.shape
        ctx.save_for_backward(x if ctx.relu or ctx.needs_input_grad[1] else None, w)
        ctx.save_for_forward(x, w)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w = ctx.saved_tensors
        dx = dw = None
        g = dense(g) if all(ctx.needs_input_grad[:2]) else g  # else each of the two would copy it
        if ctx.needs_input_grad[0]:
            dx = input_gradient(g, w, ctx.size, ctx.stride, ctx.dilation, ctx.sources)
            dx = torch.ops.aten.threshold_backward(dx, x, 0) if ctx.relu else dx
        if ctx.needs_input_grad[1]:
            read = _repeated(F.relu(x) if ctx.relu else x, w, ctx.sources)
            dw = weight_gradient(g, read, w.shape[-1], ctx.stride, ctx.dilation)
        return dx, dw, None, None, None, None

    @staticmethod
    def jvp(ctx: Any, dx: Tensor | None, dw: Tensor | None, *_: None) -> Tensor:
        x, w = ctx.saved_tensors
        settings = (ctx.stride, ctx.dilation)
        parts = []
        if dx is not None:
            moved = torch.ops.aten.threshold_backward(dx, x, 0) if ctx.relu else dx
            parts.append(_Depthwise.forward(moved, w, *settings, False, ctx.sources))
        if dw is not None:
            parts.append(_Depthwise.forward(x, dw, *settings, ctx.relu, ctx.sources))
        return added(parts)


def _repeated(x: Tensor, w: Tensor, sources: int) -> Tensor:
    """Each source once for each of its filters: [B, S*C, H, W] -> [B, S*n*C, H, W]. `cat` keeps the memory format."""
    times = len(w) // x.shape[1]
    return x if times == 1 else torch.cat([part for part in x.chunk(sources, 1) for _ in range(times)], 1)


def added(parts: Sequence[Tensor]) -> Tensor:
    """The sum of tensors of one shape, at least one."""
    return sum(parts[1:], parts[0])


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
