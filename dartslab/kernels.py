"""Two differentiable functions of which the fused cell is made, with gradients written by hand.

    depthwise(x, w)            a depthwise convolution
    normalized(h, w, gain)     gain * BatchNorm(pointwise convolution of h): what ends every convolution of DARTS

PyTorch can differentiate both by itself. By hand they cost less, for three reasons:

- The gradients of a depthwise convolution are depthwise convolutions again, and on a processor PyTorch's kernels for
  these are several times faster than those for the gradients; see `weight_gradient`.
- What backward needs is computed again where that is cheaper than keeping it; see `_Normalized`.
- Each function brings its derivative in forward mode, so that the exact hypergradient, a forward-over-reverse product,
  need not take BatchNorm to pieces.

Under autocast both compute as PyTorch's convolutions do, in bfloat16, and give bfloat16; BatchNorm's means over batch
and pixels, of which the gradient of a gain is made, are float32.

Shapes: B batch, C channels, H W height and width, k kernel size. Tensors keep the memory format they come in.
`tests/test_kernels.py` compares everything with PyTorch's own operations in float64.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

from .messages import require
from .operations import EPSILON, batch_norm, ones_of_float32


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
    x, w = _autocast(x, w)
    return _Depthwise.apply(x, w, stride, dilation, relu, sources)


def normalized(
    h: Tensor,
    w: Tensor | None,
    gain: Tensor | None = None,
    onto: Tensor | None = None,
    groups: int = 1,
    native: bool = False,
    nodes: int = 1,
) -> Tensor:
    """BatchNorm by batch statistics of a pointwise convolution, with a gain, summed over operations and sources.

    z = w h,    y_j = onto_j + sum over operations t and sources i of
                               gain_tij (z_tij - mean z_tij) / sqrt(var z_tij + 1e-5)

    Mean and variance are over batch and pixels, for each channel. (Ioffe, Szegedy 2015.) Without a gain nothing is
    summed.

    Args:
        h: [B, G*I, H, W]; its channels are G groups of I.
        w: [T*S*n*C, I, 1, 1], the pointwise convolution in G groups; None for z = h, then without a gain.
        gain: [T*S*n], each for the C channels of z that it weighs, or [T*S*n*C], one for each; None for 1.
        onto: [B, n*C, H, W], what is added; None for nothing.
        groups: G.
        native: leave the gradients to PyTorch.
        nodes: n.
    Returns:
        y [B, n*C, H, W]; without a gain [B, T*S*n*C, H, W].
    Raises:
        UserError: one value per channel, which has no variance.
    """
    require(
        h.numel() > h.shape[1],
        f"BatchNorm needs more than 1 value per channel to measure a variance, got input of size {tuple(h.shape)}; use "
        "a larger batch or larger pictures.",
    )
    if native:
        z = pointwise(h, w, groups)
        row = gain if gain is None or len(gain) == z.shape[1] else gain.repeat_interleave(z.shape[1] // len(gain))
        z_hat = batch_norm(z, row)
        y = z_hat if gain is None or w is None else z_hat.unflatten(1, (-1, nodes * w.shape[1])).sum(1)
        return y if onto is None else onto + y
    if w is not None:
        h, w = _autocast(h, w)
    return _Normalized.apply(h, w, gain, onto, groups, nodes)[0]


def pointwise(h: Tensor, w: Tensor | None, groups: int) -> Tensor:
    """z = w h, pixel by pixel; shapes as in `normalized`."""
    return h if w is None else F.conv2d(h, w, groups=groups)


def transposed(w: Tensor, groups: int) -> Tensor:
    """The pointwise convolution that takes gradients of z back to h: [G*O, I, 1, 1] -> [G*I, O, 1, 1]."""
    return w.view(groups, -1, w.shape[1]).transpose(1, 2).reshape(-1, w.shape[0] // groups, 1, 1)


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
    return torch.cat([_added(part.chunk(len(w) // size[1], 1)) for part in dx.chunk(sources, 1)], 1)


def weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The gradient of a depthwise convolution's weights: x convolved with g, where stride and dilation change places.

    dw[q] = sum_p x[stride p + dilation q] g[p]       so g is the kernel, moved in steps of `dilation` over x

    Each channel of each picture is a group of its own; the sum over the batch comes last. On a processor this is
    faster than PyTorch's own gradient except for an undilated 3 x 3 kernel. Measured with PyTorch 2.14, 64 pictures,
    one thread, ms, against PyTorch's: 16 channels of 32 x 32, k = 5: 9 against 14, dilated 14 against 49; 64 channels
    of 8 x 8, k = 5: 2.1 against 4.2, dilated 2.2 against 26 (`benchmarks/results/kernels.md`). There PyTorch's
    own is used.

    Args:
        g: gradient of the output, [B, C, H/stride, W/stride].
        x: [B, C, H, W].
    Returns:
        [C, 1, k, k].
    """
    batch, channels, height, width = x.shape
    padding = dilation * (kernel - 1) // 2
    if kernel == 3 and dilation == 1:
        w = x.new_empty(channels, 1, kernel, kernel)
        return torch.ops.aten.convolution_backward(
            g, x, w, None, [stride] * 2, [padding] * 2, [dilation] * 2, False, [0, 0], channels, [False, True, False]
        )[1]
    pictures = x.reshape(1, batch * channels, height, width)
    kernels = g.reshape(batch * channels, 1, *g.shape[2:])
    dw = F.conv2d(pictures, kernels, None, dilation, padding, stride, groups=batch * channels)
    return dw[..., :kernel, :kernel].reshape(batch, channels, 1, kernel, kernel).sum(0)


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
        return _added(parts)


class _Normalized(Function):
    """See `normalized`. With z_hat = (z - mean z) / sqrt(var z + eps) and N values per channel:

        dgain = sum(dy z_hat),     dz = gain / sqrt(var z + eps) (dy - mean(dy) - z_hat mean(dy z_hat))

    Kept for backward: where the gradient of w is asked for, h, and z_hat is computed again from it, one pointwise
    convolution more; else z_hat, and h is not needed. Without a gain z_hat is the output, which the next operation
    keeps too. z_hat, mean and scale are outputs as well, so that they have derivatives of their own where this gradient
    is derived.
    """

    @staticmethod
    def forward(
        h: Tensor, w: Tensor | None, gain: Tensor | None, onto: Tensor | None, groups: int, nodes: int
    ) -> tuple[Tensor | None, ...]:
        z = pointwise(h, w, groups)
        z_hat, mean, scale = torch.native_batch_norm(z, ones_of_float32(z), None, None, None, True, 0.0, EPSILON)
        mean, scale = _channels(mean), _channels(scale)
        if gain is None or w is None:
            return z_hat, None, mean, scale
        row = _row(gain, z_hat)
        if len(w) == nodes * w.shape[1]:
            y = z_hat * row if onto is None else torch.addcmul(onto, z_hat, row)
        else:
            y = _summed(z_hat * row, w, nodes)
            y = y if onto is None else onto + y
        return y.to(z_hat.dtype), z_hat, mean, scale  # summed in the type of the gains

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor | None, ...]) -> None:
        h, w, gain, _, ctx.groups, ctx.nodes = inputs
        y, z_hat, mean, scale = output
        ctx.set_materialize_grads(False)
        z_hat = y if z_hat is None else z_hat
        ctx.again = w is not None and gain is not None and ctx.needs_input_grad[1]
        needs_h = w is not None and ctx.needs_input_grad[1]
        ctx.save_for_backward(h if needs_h else None, w, gain, None if ctx.again else z_hat, mean, scale)
        ctx.save_for_forward(h, w, gain, z_hat, mean, scale)

    @staticmethod
    def backward(
        ctx: Any, dy: Tensor | None, dz_hat: Tensor | None, dmean: Tensor | None, dscale: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        if dy is None and dz_hat is None and dmean is None and dscale is None:
            return (None,) * 6
        h, w, gain, z_hat, mean, scale = ctx.saved_tensors
        if ctx.again:
            z_hat = torch.addcmul(-mean * scale, pointwise(h, w, ctx.groups), scale).to(h.dtype)
        donto = dy if ctx.needs_input_grad[3] else None
        dgain, row, count = None, scale, z_hat.numel() // z_hat.shape[1]
        if (
            dy is not None and dz_hat is None and dmean is None and dscale is None
        ):  # but for derivatives of this gradient, always
            dy = dy if gain is None else _spread(dy, w, ctx.nodes)
            mean_dy, mean_dy_z = _mean(dy), _mean(dy * z_hat)
            if gain is not None:
                dgain = mean_dy_z.view(len(gain), -1).sum(1) * count
                row = scale * _row(gain, z_hat)
            minus = -row
            dz = torch.addcmul(torch.addcmul(minus * mean_dy, dy, row), z_hat, minus * mean_dy_z).to(z_hat.dtype)
        else:
            total = torch.zeros_like(z_hat) if dz_hat is None else dz_hat
            if dy is not None:
                dy = dy if gain is None else _spread(dy, w, ctx.nodes)
                dgain = None if gain is None else _mean(dy * z_hat).view(len(gain), -1).sum(1) * count
                total = total + (dy if gain is None else dy * _row(gain, z_hat))
            dz = (total - _mean(total) - z_hat * _mean(total * z_hat)) * scale
            dz = dz if dmean is None else dz + dmean / count
            dz = dz if dscale is None else dz - z_hat * (dscale * scale.square() / count)
            dz = dz.to(z_hat.dtype)
        if w is None:
            return dz, None, dgain, donto, None, None
        dh = F.conv2d(dz, transposed(w, ctx.groups), groups=ctx.groups) if ctx.needs_input_grad[0] else None
        dw = None
        if ctx.needs_input_grad[1]:
            dw = torch.ops.aten.convolution_backward(
                dz, h, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], ctx.groups, [False, True, False]
            )[1]
        return dh, dw, dgain, donto, None, None

    @staticmethod
    def jvp(
        ctx: Any, dh: Tensor | None, dw: Tensor | None, dgain: Tensor | None, donto: Tensor | None, *_: None
    ) -> tuple[Tensor | None, ...]:
        h, w, gain, z_hat, _, scale = ctx.saved_tensors
        parts = [] if donto is None else [donto]
        moves = [pointwise(dh, w, ctx.groups)] if dh is not None else []
        moves += [pointwise(h, dw, ctx.groups)] if dw is not None else []
        dz = _added(moves) if moves else torch.zeros_like(z_hat)
        mean_dz, mean_dz_z = _mean(dz), _mean(dz * z_hat)
        dz_hat = ((dz - mean_dz - z_hat * mean_dz_z) * scale).to(z_hat.dtype)
        if gain is None:
            return dz_hat, None, mean_dz, -scale.square() * mean_dz_z
        parts.append(_summed(dz_hat * _row(gain, z_hat), w, ctx.nodes))
        if dgain is not None:
            parts.append(_summed(z_hat * _row(dgain, z_hat), w, ctx.nodes))
        return _added(parts).to(z_hat.dtype), dz_hat, mean_dz, -scale.square() * mean_dz_z


def _repeated(x: Tensor, w: Tensor, sources: int) -> Tensor:
    """Each source once for each of its filters: [B, S*C, H, W] -> [B, S*n*C, H, W]. `cat` keeps the memory format."""
    times = len(w) // x.shape[1]
    return x if times == 1 else torch.cat([part for part in x.chunk(sources, 1) for _ in range(times)], 1)


def _added(parts: Sequence[Tensor]) -> Tensor:
    return sum(parts[1:], parts[0])


def _channels(values: Tensor) -> Tensor:
    return values.view(1, -1, 1, 1)


def _mean(y: Tensor) -> Tensor:
    """Over batch and pixels, in float32 at least: [B, P, H, W] -> [1, P, 1, 1]."""
    return y.mean((0, 2, 3), keepdim=True, dtype=torch.promote_types(y.dtype, torch.float32))


def _row(gain: Tensor, like: Tensor) -> Tensor:
    """As many gains as may be -> [1, channels, 1, 1]: each for its share of the channels; a single one for all."""
    share = like.shape[1] // len(gain)
    return _channels(gain if share == 1 or len(gain) == 1 else gain.unsqueeze(1).expand(-1, share).reshape(-1))


def _summed(y: Tensor, w: Tensor, nodes: int) -> Tensor:
    """Over operations and sources: [B, T*S*n*C, H, W] -> [B, n*C, H, W], w as in `normalized`.

    Added block by block, as fast as torch's sum over the blocks (`benchmarks/kernels.py`).
    """
    return _added(y.chunk(len(w) // (nodes * w.shape[1]), 1))


def _spread(dy: Tensor, w: Tensor, nodes: int) -> Tensor:
    """The transpose of `_summed`."""
    times = len(w) // (nodes * w.shape[1])
    return dy if times == 1 else torch.cat([dy] * times, 1)


def _autocast(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """What autocast does for PyTorch's own convolutions; it does not see into a Function."""
    kind = x.device.type
    if not torch.is_autocast_enabled(kind) or x.dtype == torch.float64:
        return x, w
    low = torch.get_autocast_dtype(kind)
    return x.to(low), w.to(low)
