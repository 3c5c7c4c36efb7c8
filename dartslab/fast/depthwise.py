"""A depthwise convolution with explicit gradients, one of the functions of which the fused cell consists.

PyTorch can differentiate it by itself. An explicit gradient costs less on a processor: that of the input is a forward
convolution with the kernel rotated by 180 degrees, that of the weights is composed of fast calls, and relu(x) is
computed again where it is needed, which is cheaper than keeping it. It brings its forward-mode derivative for the exact
hypergradient, a forward-over-reverse product.

Shapes: B batch, C channels, H W height and width, k kernel size. Tensors keep their memory format.
`tests/fast/test_depthwise.py` compares it with PyTorch's own in float64. Under autocast it computes as PyTorch's does.
"""

from typing import Any, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base import convolution
from ..base.convolution import phases, to_autocast, widen
from .explicit_gradients import ExplicitGradient
from .sums import sum_tensors, to_dense

NARROW = 8  # channels of a state; fewer are copied faster by a convolution


class DepthwiseSettings(NamedTuple):
    """Settings of a depthwise convolution, see `depthwise`."""

    stride: int = 1
    dilation: int = 1
    relu: bool = False
    sources: int = 1
    copies: int = 1


def depthwise(
    x: Tensor,
    w: Tensor,
    stride: int = 1,
    dilation: int = 1,
    relu: bool = False,
    *,
    sources: int = 1,
    copies: int = 1,
    native: bool = False,
) -> Tensor:
    """Depthwise convolution, padded so that stride 1 keeps the size.

    Args:
        x: [B, S*C, H, W], S states side by side.
        w: [K*S*n*C, 1, k, k], k odd: K n filters for each channel; K times over by source, then n blocks of C.
        stride, dilation: of the convolution.
        relu: convolve relu(x) instead of x; relu(x) is then not kept for backward.
        sources: S.
        copies: K.
        native: leave the gradients to PyTorch.
    Returns:
        [B, K*S*n*C, ceil(H/stride), ceil(W/stride)].
    """
    settings = DepthwiseSettings(stride, dilation, relu, sources, copies)
    if native:
        read = repeat_sources_natively(F.relu(x) if relu else x, len(w), settings)
        padding = dilation * (w.shape[-1] - 1) // 2
        return convolution.convolve(read, w, (stride, stride), (padding, padding), (dilation, dilation), len(w))
    return _Depthwise.apply(*to_autocast(x, w), settings)


def convolve(x: Tensor, w: Tensor, settings: DepthwiseSettings) -> Tensor:
    """`depthwise` in PyTorch's own operations."""
    padding = settings.dilation * (w.shape[-1] - 1) // 2
    read = repeat_sources(F.relu(x) if settings.relu else x, len(w), settings)
    return F.conv2d(read, w, None, settings.stride, padding, settings.dilation, groups=len(w))


def derivative(x: Tensor, w: Tensor, dx: Tensor | None, dw: Tensor | None, settings: DepthwiseSettings) -> Tensor:
    """The forward-mode derivative of `depthwise` where x has tangent dx and w has dw; None for no tangent."""
    of_x = of_w = None
    if dx is not None:
        moved = torch.ops.aten.threshold_backward(dx, x, 0) if settings.relu else dx
        of_x = convolve(moved, w, settings._replace(relu=False))
    if dw is not None:
        of_w = convolve(x, dw, settings)
    return cast(Tensor, of_w if of_x is None else of_x if of_w is None else of_x.add_(of_w))


def gradients(
    g: Tensor, x: Tensor | None, w: Tensor, size: torch.Size, settings: DepthwiseSettings, of_x: bool, of_w: bool
) -> tuple[Tensor | None, Tensor | None]:
    """The gradients of x and w.

    Args:
        g: gradient of the output, [B, K*S*n*C, H/stride, W/stride].
        x: [B, S*C, H, W]; None where `size` is enough, which is without relu and the gradient of w.
        w: the filters.
        size: of x.
        settings: of the convolution.
        of_x, of_w: which are wanted; None for the other.
    """
    dx = dw = None
    g = to_dense(g) if of_x and of_w else g  # once, instead of a copy in each of the two
    if of_x:
        dx = input_gradient(g, w, size, settings)
        dx = torch.ops.aten.threshold_backward(dx, x, 0) if settings.relu else dx
    if of_w:
        x = cast(Tensor, x)
        read = repeat_sources(F.relu(x) if settings.relu else x, len(w), settings)
        dw = weight_gradient(g, read, w.shape[-1], settings.stride, settings.dilation)
    return dx, dw


def input_gradient(g: Tensor, w: Tensor, size: torch.Size, settings: DepthwiseSettings) -> Tensor:
    """The gradient of a depthwise convolution's input: g convolved with the kernel rotated by 180 degrees.

    dx[p] = sum_q w[q] g[p - dilation q]         (stride 1; a transposed convolution otherwise)

    Args:
        g: gradient of the output, [B, K*S*n*C, H/stride, W/stride].
        w: [K*S*n*C, 1, k, k].
        size: of the input, (B, S*C, H, W).
        settings: of the convolution.
    Returns:
        [B, S*C, H, W].
    """
    padding = settings.dilation * (w.shape[-1] - 1) // 2
    if settings.stride == 1:
        dx = F.conv2d(g, w.flip(2, 3), None, 1, padding, settings.dilation, groups=len(w))
    else:
        missing = [(pixels - 1) % settings.stride for pixels in size[2:]]  # rows and columns that no window ends on
        dx = F.conv_transpose2d(g, w, None, settings.stride, padding, missing, len(w), settings.dilation)
    return sum_sources(dx, size[1], settings)


class _Depthwise(ExplicitGradient):
    """See `depthwise`."""

    @staticmethod
    def forward(x: Tensor, w: Tensor, settings: DepthwiseSettings) -> Tensor:
        return convolve(x, w, settings)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        x, w, ctx.settings = inputs
        ctx.size = x.shape
        ctx.save_for_backward(x if ctx.settings.relu or ctx.needs_input_grad[1] else None, w)
        ctx.save_for_forward(x, w)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w = ctx.saved_tensors
        return *gradients(g, x, w, ctx.size, ctx.settings, *ctx.needs_input_grad[:2]), None

    @staticmethod
    def jvp(ctx: Any, dx: Tensor | None, dw: Tensor | None, _: None) -> Tensor:
        x, w = ctx.saved_tensors
        return derivative(x, w, dx, dw, ctx.settings)


def repeat_sources(x: Tensor, filters: int, settings: DepthwiseSettings) -> Tensor:
    """Each source once for each of its filters: [B, S*C, H, W] -> [B, K*S*n*C, H, W], in the memory format of x."""
    channels = x.shape[1]
    if filters == channels:
        return x
    if channels // settings.sources < NARROW:
        return F.conv2d(x, copy_matrix(x, filters, channels, settings))
    nodes = filters // (settings.copies * channels)
    return torch.cat([part for part in x.chunk(settings.sources, 1) for _ in range(nodes)] * settings.copies, 1)


def sum_sources(g: Tensor, channels: int, settings: DepthwiseSettings) -> Tensor:
    """The transpose of `repeat_sources`: [B, K*S*n*C, H, W] -> [B, S*C, H, W]."""
    filters = g.shape[1]
    if filters == channels:
        return g
    if channels // settings.sources < NARROW:
        return F.conv2d(g, copy_matrix(g, filters, channels, settings).transpose(0, 1))
    nodes = filters // (settings.copies * channels)
    parts = g.chunk(settings.copies * settings.sources * nodes, 1)  # by copy, source, node
    of_copy = [parts[begin : begin + nodes] for begin in range(0, len(parts), nodes)]  # for each copy and source
    return torch.cat(
        [sum_tensors(sum(of_copy[source :: settings.sources], ())) for source in range(settings.sources)], 1
    )


def repeat_sources_natively(x: Tensor, filters: int, settings: DepthwiseSettings) -> Tensor:
    """`repeat_sources` in one call, whose gradient is one call too; for native gradients."""
    if filters == x.shape[1]:
        return x
    nodes = filters // (settings.copies * x.shape[1])
    if x.stride(1) == 1:  # channels last, also where it is every second pixel of that
        pixels = x.permute(0, 2, 3, 1).unflatten(3, (1, settings.sources, 1, -1))
        return pixels.expand(-1, -1, -1, settings.copies, -1, nodes, -1).flatten(3).permute(0, 3, 1, 2)
    return x.unflatten(1, (1, settings.sources, 1, -1)).expand(-1, settings.copies, -1, nodes, -1, -1, -1).flatten(1, 4)


def copy_matrix(like: Tensor, filters: int, channels: int, settings: DepthwiseSettings) -> Tensor:
    """The weights [K*S*n*C, S*C, 1, 1], zeros and ones, of `repeat_sources` as a pointwise convolution.

    That is faster where channels are few.
    """
    itself = torch.eye(channels, dtype=like.dtype, device=like.device).view(1, settings.sources, 1, -1, channels)
    nodes = filters // (settings.copies * channels)
    return itself.expand(settings.copies, -1, nodes, -1, -1).reshape(filters, channels, 1, 1)


LARGE = 2**19  # numbers; in smaller tensors more calls cost more than copies


def weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The gradient of a depthwise convolution's weights.

    dw[q] = sum_p x[stride p + dilation q] g[p]

    PyTorch's own code for it is fast on processors where a kernel is undilated, at most 3 wide and not higher than the
    picture, and otherwise up to 15 times slower (newest run in `benchmarks/results/kernels.md`). So a small dilated
    kernel is applied to every second pixel as a picture of its own, see `phases`; a wide one is given to PyTorch a few
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
    return columns_gradient(pad_height(g, -(-height // stride)), pad_height(x, height), w, stride)


def wide_weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The same for k > 3, in groups of 3 columns of the kernel, or single ones if it is dilated.

    Both pictures get margins of zeros, as many columns as the kernel reads beyond an edge. All rows follow one another
    in memory, so a picture shifted sideways begins some pixels later, and what leaves a row meets the zeros before the
    next. With a dilation d, row r+d is below row r where d rows are side by side.
    """
    together = 3 if dilation == 1 else 1
    half = kernel // 2
    batch, channels, height, _ = x.shape
    height = dilation * max(kernel, -(-height // dilation))
    width = g.shape[3] + -(-dilation * half // stride)  # of g with margins
    still = pad_margins(g, -(-height // stride), width, 1, 0)
    if dilation > 1:
        rows = still.permute(0, 2, 3, 1).reshape(batch, -1, dilation * width, channels)
        still = rows.permute(0, 3, 1, 2)
    pixels = pad_margins(x, height, stride * width, stride, 1).permute(0, 2, 3, 1).flatten(0, 2)
    w = x.new_empty(channels, 1, kernel, together)
    size = height * stride * width  # pixels of a picture
    columns = []
    for begin in range(-half, half + 1, together):
        first = size + dilation * (begin + together // 2)
        moved = pixels[first : first + batch * size].view(batch, -1, dilation * stride * width, channels)
        columns.append(columns_gradient(still, moved.permute(0, 3, 1, 2), w, stride))
    return torch.cat(columns, 3)[..., :kernel]


def pad_margins(x: Tensor, height: int, width: int, left: int, more: int) -> Tensor:
    """Zeros to the left, on the right and below, and as pictures of zeros before and after the others.

    [B, C, H, W] -> [more + B + more, C, height, width].
    """
    right, below = width - left - x.shape[3], height - x.shape[2]
    return F.pad(x, (left, right, 0, below, 0, 0, more, more))


def columns_gradient(g: Tensor, x: Tensor, w: Tensor, stride: int) -> Tensor:
    """PyTorch's gradient of an undilated depthwise convolution's weights; w [C, 1, odd, odd] gives their shape only."""
    padding = [size // 2 for size in w.shape[2:]]
    x = widen(x, w.shape[3], stride)
    return torch.ops.aten.convolution_backward(
        g, x, w, None, [stride] * 2, padding, [1, 1], False, [0, 0], x.shape[1], [False, True, False]
    )[1]


def pad_height(x: Tensor, height: int) -> Tensor:
    """x with rows of zeros below, if it is lower: [B, C, H, W] -> [B, C, height, W]."""
    return F.pad(x, (0, 0, 0, height - x.shape[2])) if height > x.shape[2] else x
