"""gain * BatchNorm(pointwise convolution), with which every convolution of DARTS ends, with explicit gradients.

PyTorch can differentiate it by itself. An explicit gradient costs less: what backward needs is computed again where
that is cheaper than keeping it (see `_ConvNorm`), and it brings its forward-mode derivative, so that the exact
hypergradient does not differentiate the single steps of BatchNorm.

Under autocast it computes in bfloat16, as PyTorch's convolutions do, and returns bfloat16; means over batch and pixels,
of which the gradient of a gain consists, are float32.

Shapes: B batch, C channels, H W height and width. Tensors keep their memory format.
`tests/fast/test_conv_norm.py` compares it with PyTorch's own in float64.
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base.convolution import to_autocast
from ..base.messages import UserError
from ..base.numerics import batch_norm
from .batch_norm import OutputGradients, SavedForGradient, batch_norm_gradient, channel_sums, gain_row, standardize
from .depthwise import DepthwiseSettings, convolve, depthwise, derivative, gradients
from .explicit_gradients import ExplicitGradient
from .sums import match_format, sum_tensors


class Filters(NamedTuple):
    """A depthwise convolution that comes first: h = depthwise(x, v, stride, dilation, relu).

    With `recompute` h is not kept for the gradient of w; backward computes it again, with one more convolution.
    """

    v: Tensor
    stride: int = 1
    dilation: int = 1
    relu: bool = False
    recompute: bool = False


class Settings(NamedTuple):
    """What `_ConvNorm` is given besides tensors."""

    groups: int
    nodes: int
    depthwise: DepthwiseSettings
    recompute: bool


def conv_norm(
    h: Tensor,
    w: Tensor | None,
    *,
    gain: Tensor | None = None,
    onto: Tensor | None = None,
    groups: int = 1,
    nodes: int = 1,
    filters: Filters | None = None,
    native: bool = False,
) -> Tensor:
    """BatchNorm by batch statistics of a pointwise convolution, with a gain, summed over operations and sources.

    z = w h,    y_j = onto_j + sum over operations t and sources i of
                               gain_tij (z_tij - mean z_tij) / sqrt(var z_tij + 1e-5)

    Mean and variance are over batch and pixels, for each channel. (Ioffe, Szegedy 2015.) Without a gain nothing is
    summed.

    Args:
        h: [B, G*I, H, W]; its channels are G groups of I. With `filters`, the input of the depthwise convolution.
        w: [T*S*n*C, I, 1, 1], the pointwise convolution in G groups; None for z = h, then without a gain.
        gain: [T*S*n], each for the C channels of z that it weighs, or [T*S*n*C], one for each; None for 1.
        onto: [B, n*C, H, W], what is added; None for nothing.
        groups: G.
        nodes: n.
        filters: a depthwise convolution that comes first, in the same call.
        native: leave the gradients to PyTorch; then without `filters`.
    Returns:
        y [B, n*C, H, W]; without a gain [B, T*S*n*C, H, W].
    Raises:
        UserError: one value per channel, which has no variance.
    """
    if native:
        z = h if w is None else F.conv2d(h, w, groups=groups)
        _require_variance(z.shape)
        row = gain if gain is None or len(gain) == z.shape[1] else gain.repeat_interleave(z.shape[1] // len(gain))
        z_hat = batch_norm(z, row)
        y = z_hat if gain is None or w is None else z_hat.unflatten(1, (-1, nodes * w.shape[1])).sum(1)
        return y if onto is None else onto + y
    if w is not None:
        h, w = to_autocast(h, w)
    if filters is None:
        return _ConvNorm.apply(h, None, w, gain, onto, Settings(groups, nodes, DepthwiseSettings(), False))[0]
    h, v = to_autocast(h, filters.v)
    depthwise_settings = DepthwiseSettings(filters.stride, filters.dilation, filters.relu)
    settings = Settings(groups, nodes, depthwise_settings, filters.recompute)
    return _ConvNorm.apply(h, v, w, gain, onto, settings)[0]


class _ConvNorm(ExplicitGradient):
    """See `conv_norm`. With z_hat = (z - mean z) / sqrt(var z + eps) and N values per channel:

        dgain = sum(dy z_hat),     dz = gain / sqrt(var z + eps) (dy - mean(dy) - z_hat mean(dy z_hat))

    which is PyTorch's gradient of BatchNorm. Kept for backward: h, or what h is computed from, where
    the gradient of w is asked for; else z, and h is not needed. Without a gain the output is z_hat, which the next
    operation keeps too. z, mean, scale and h are outputs as well, so that they have derivatives of their own where this
    gradient is differentiated.
    """

    @staticmethod
    def forward(
        x: Tensor, v: Tensor | None, w: Tensor | None, gain: Tensor | None, onto: Tensor | None, settings: Settings
    ) -> tuple[Tensor | None, ...]:
        h = x if v is None else convolve(x, v, settings.depthwise)
        z = pointwise(h, w, settings.groups)
        _require_variance(z.shape)
        of_h = None if v is None or settings.recompute else h
        if gain is None or w is None:
            z_hat, mean, scale = standardize(z)
            return z_hat, None, mean, scale, of_h
        parts, mean, scale = standardize(z, gain_row(gain, z))
        return _sum_blocks(parts, w, settings.nodes, onto).to(z.dtype), z, mean, scale, of_h

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor | None, ...]) -> None:
        x, v, w, gain, _, ctx.settings = inputs
        y, z, mean, scale, h = output
        ctx.set_materialize_grads(False)
        ctx.size = x.shape
        z_hat = y if z is None else None
        h = x if v is None else h
        of_x, of_v, of_w = ctx.needs_input_grad[:3]
        of_w = of_w and w is not None
        keep_z = z if gain is None or not of_w else None
        keep_x = x if of_v or (of_w and h is None) or (of_x and ctx.settings.depthwise.relu) else None
        ctx.save_for_backward(keep_x, v, w, gain, keep_z, z_hat, mean, scale, h if of_w else None)
        ctx.save_for_forward(x, v, w, gain, z, z_hat, mean, scale, h)

    @staticmethod
    def backward(
        ctx: Any,
        dy: Tensor | None,
        dz_too: Tensor | None,
        dmean: Tensor | None,
        dscale: Tensor | None,
        dh_too: Tensor | None,
    ) -> tuple[Tensor | None, ...]:
        x, v, w, gain, z, z_hat, mean, scale, h = ctx.saved_tensors
        settings = ctx.settings
        of_x, of_v, of_w, _, of_onto, _ = ctx.needs_input_grad
        of_w = of_w and w is not None
        if h is None and of_w:
            h = depthwise(x, v, *settings.depthwise[:3])
        if z is None and z_hat is None:
            z = pointwise(h, w, settings.groups)
        kept = SavedForGradient(z, z_hat, mean, scale)
        dy = dy if dy is None else match_format(kept.values, dy)
        above = dy if dy is None or gain is None or w is None else _repeat_blocks(dy, w, settings.nodes)
        dz, dgain = batch_norm_gradient(above, kept, gain, OutputGradients(dz_too, dmean, dscale))
        dh, dw = dz, None
        if of_w and dz is not None:
            dw = torch.ops.aten.convolution_backward(
                dz, h, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], settings.groups, [False, True, False]
            )[1]
        if w is not None and dz is not None:
            dh = pointwise(dz, transpose_blocks(w, settings.groups), settings.groups) if of_x or of_v else None
        if dh_too is not None:
            dh = dh_too if dh is None else dh + dh_too
        dx, dv = dh, None
        if v is not None and dh is not None:
            dx, dv = gradients(dh, x, v, ctx.size, settings.depthwise, of_x, of_v)
        return dx, dv, dw, dgain, dy if of_onto else None, None

    @staticmethod
    def jvp(
        ctx: Any,
        dx: Tensor | None,
        dv: Tensor | None,
        dw: Tensor | None,
        dgain: Tensor | None,
        donto: Tensor | None,
        _: None,
    ) -> tuple[Tensor | None, ...]:
        x, v, w, gain, z, z_hat, mean, scale, h = ctx.saved_tensors
        settings, kept = ctx.settings, SavedForGradient(z, z_hat, mean, scale)
        values = kept.values
        dh = dx if v is None or (dx is None and dv is None) else derivative(x, v, dx, dv, settings.depthwise)
        dh_out = None if v is None or h is None else torch.zeros_like(h) if dh is None else dh
        if h is None and dw is not None:
            h = convolve(x, v, settings.depthwise)
        dz = None if dh is None else pointwise(dh, w, settings.groups)
        if dw is not None:
            of_w = pointwise(h, dw, settings.groups)
            dz = of_w if dz is None else dz.add_(of_w)
        dz = torch.zeros_like(values) if dz is None else dz
        # z_hat = sigma (values - mu);   row dz_hat = factor (dz - mean dz - z_hat mean(dz z_hat))
        mu, sigma = kept.centre_and_slope()
        count = values.numel() // values.shape[1]
        mean_dz, product = (sums / count for sums in channel_sums(dz, values, mu, sigma))
        dscale = -scale.square() * product
        factor = scale if gain is None else scale * gain_row(gain, values)
        slope = -factor * product * sigma
        if gain is not None and dgain is not None:
            slope = slope + gain_row(dgain, values) * sigma
        moved = torch.addcmul(-factor * mean_dz - slope * mu, dz, factor).addcmul_(values, slope)
        if gain is None or w is None:
            return moved.to(values.dtype), None, mean_dz, dscale, dh_out
        dy = _sum_blocks(moved, w, settings.nodes, donto).to(values.dtype)
        return dy, dz, mean_dz, dscale, dh_out


def _require_variance(shape: torch.Size) -> None:
    if shape.numel() == shape[1]:
        raise UserError(
            f"BatchNorm needs more than 1 value per channel to measure a variance, got input of size {tuple(shape)}; "
            "use a larger batch or larger pictures."
        )


def _sum_blocks(parts: Tensor, w: Tensor, nodes: int, onto: Tensor | None) -> Tensor:
    """onto + the sum over operations and sources: [B, T*S*n*C, H, W] -> [B, n*C, H, W], w as in `conv_norm`.

    Block by block, which is as fast as torch's sum over the blocks (`benchmarks/kernels.py`). Changes the parts.
    """
    times = len(w) // (nodes * w.shape[1])
    y = parts if times == 1 else sum_tensors(parts.chunk(times, 1))
    return y if onto is None else y.add_(onto)


def _repeat_blocks(dy: Tensor, w: Tensor, nodes: int) -> Tensor:
    """The transpose of the sum in `_sum_blocks`."""
    times = len(w) // (nodes * w.shape[1])
    return dy if times == 1 else torch.cat([dy] * times, 1)


# Input channels of a group: as many as the processor computes at once; smaller groups are slower
# (`benchmarks/kernels.py`) ...
BLOCK = 16 if torch.backends.cpu.get_cpu_capability() == "AVX512" else 8
WORTH_JOINING = 2**16  # numbers; ... and in smaller tensors the calls cost more than the work


def pointwise(h: Tensor, w: Tensor | None, groups: int) -> Tensor:
    """z = w h, pixel by pixel; shapes as in `conv_norm`."""
    if w is None:
        return h
    if groups == 1:
        return F.conv2d(h, w)
    fits = range(1, min(groups, BLOCK // w.shape[1]) + 1) if h.numel() >= WORTH_JOINING else ()
    times = max((count for count in fits if groups % count == 0), default=1)
    return F.conv2d(h, block_diagonal(w, groups, times), groups=groups // times)


def block_diagonal(w: Tensor, groups: int, times: int) -> Tensor:
    """The same pointwise convolution in fewer groups, with zeros between: [G*O, I, 1, 1] -> [G*O, times*I, 1, 1]."""
    if times == 1:
        return w
    diagonal = torch.eye(times, dtype=w.dtype, device=w.device).view(times, 1, times, 1)
    blocks = w.view(groups // times, times, -1, 1, w.shape[1]) * diagonal
    return blocks.view(len(w), -1, 1, 1)


def transpose_blocks(w: Tensor, groups: int) -> Tensor:
    """The pointwise convolution that takes gradients of z back to h: [G*O, I, 1, 1] -> [G*I, O, 1, 1]."""
    if groups == 1:
        return w.transpose(0, 1)
    return w.view(groups, -1, w.shape[1]).transpose(1, 2).reshape(-1, w.shape[0] // groups, 1, 1)
