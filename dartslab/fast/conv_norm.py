"""gain * BatchNorm(pointwise convolution), what ends every convolution of DARTS, with gradients written by hand.

Another function of which the fused cell is made, beside `depthwise`. PyTorch can differentiate it by itself. By hand it
costs less: what backward needs is computed again where that is cheaper than keeping it (see `_Normalized`), and it
brings its derivative in forward mode, so that the exact hypergradient need not take BatchNorm to pieces.

Under autocast it computes as PyTorch's convolutions do, in bfloat16, and gives bfloat16; means over batch and pixels,
of which the gradient of a gain is made, are float32.

Shapes: B batch, C channels, H W height and width. Tensors keep the memory format they come in.
`tests/test_normalized.py` compares it with PyTorch's own in float64.
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base.messages import UserError
from ..base.numerics import batch_norm, lowered
from .batch_norm import batch_norm_gradient, row_of, standardized, sums_of_channels
from .by_hand import ByHand
from .depthwise import How, convolved, depthwise, derivative, gradients
from .sums import added, in_format_of


class Filters(NamedTuple):
    """A depthwise convolution in front: h = depthwise(x, v, stride, dilation, relu).

    `again`: where the gradient of w is asked for, h is made again in backward, by one convolution more, and not kept.
    """

    v: Tensor
    stride: int = 1
    dilation: int = 1
    relu: bool = False
    again: bool = False


class Layout(NamedTuple):
    """What `_Normalized` is told beside tensors."""

    groups: int
    nodes: int
    how: How
    again: bool


def normalized(
    h: Tensor,
    w: Tensor | None,
    gain: Tensor | None = None,
    onto: Tensor | None = None,
    groups: int = 1,
    native: bool = False,
    nodes: int = 1,
    filters: Filters | None = None,
) -> Tensor:
    """BatchNorm by batch statistics of a pointwise convolution, with a gain, summed over operations and sources.

    z = w h,    y_j = onto_j + sum over operations t and sources i of
                               gain_tij (z_tij - mean z_tij) / sqrt(var z_tij + 1e-5)

    Mean and variance are over batch and pixels, for each channel. (Ioffe, Szegedy 2015.) Without a gain nothing is
    summed.

    Args:
        h: [B, G*I, H, W]; its channels are G groups of I. With `filters` what those are applied to.
        w: [T*S*n*C, I, 1, 1], the pointwise convolution in G groups; None for z = h, then without a gain.
        gain: [T*S*n], each for the C channels of z that it weighs, or [T*S*n*C], one for each; None for 1.
        onto: [B, n*C, H, W], what is added; None for nothing.
        groups: G.
        native: leave the gradients to PyTorch; then without `filters`.
        nodes: n.
        filters: a depthwise convolution that comes first, in the same call.
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
        h, w = lowered(h, w)
    if filters is None:
        return _Normalized.apply(h, None, w, gain, onto, Layout(groups, nodes, How(), False))[0]
    v, stride, dilation, relu, again = filters
    h, v = lowered(h, v)
    return _Normalized.apply(h, v, w, gain, onto, Layout(groups, nodes, How(stride, dilation, relu), again))[0]


class _Normalized(ByHand):
    """See `normalized`. With z_hat = (z - mean z) / sqrt(var z + eps) and N values per channel:

        dgain = sum(dy z_hat),     dz = gain / sqrt(var z + eps) (dy - mean(dy) - z_hat mean(dy z_hat))

    which is PyTorch's gradient of BatchNorm. Kept for backward: where the gradient of w is asked for, h, or what h is
    made of; else z, and h is not needed. Without a gain z_hat is the output, which the next operation keeps too.
    z, mean, scale and h are outputs as well: so they have derivatives of their own where this gradient is derived.
    """

    @staticmethod
    def forward(
        x: Tensor, v: Tensor | None, w: Tensor | None, gain: Tensor | None, onto: Tensor | None, layout: Layout
    ) -> tuple[Tensor | None, ...]:
        h = x if v is None else convolved(x, v, layout.how)
        z = pointwise(h, w, layout.groups)
        _require_variance(z.shape)
        of_h = None if v is None or layout.again else h
        if gain is None or w is None:
            z_hat, mean, scale = standardized(z)
            return z_hat, None, mean, scale, of_h
        parts, mean, scale = standardized(z, row_of(gain, z))
        return _over_blocks(parts, w, layout.nodes, onto).to(z.dtype), z, mean, scale, of_h

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor | None, ...]) -> None:
        x, v, w, gain, _, ctx.layout = inputs
        y, z, mean, scale, h = output
        ctx.set_materialize_grads(False)
        ctx.size, ctx.of_z = x.shape, z is not None
        kept = y if z is None else z  # z_hat or z
        h = x if v is None else h
        of_x, of_v, of_w = ctx.needs_input_grad[:3]
        of_w = of_w and w is not None
        keep_kept = kept if gain is None or not of_w else None
        keep_x = x if of_v or (of_w and h is None) or (of_x and ctx.layout.how.relu) else None
        ctx.save_for_backward(keep_x, v, w, gain, keep_kept, mean, scale, h if of_w else None)
        ctx.save_for_forward(x, v, w, gain, kept, mean, scale, h)

    @staticmethod
    def backward(
        ctx: Any,
        dy: Tensor | None,
        dz_too: Tensor | None,
        dmean: Tensor | None,
        dscale: Tensor | None,
        dh_too: Tensor | None,
    ) -> tuple[Tensor | None, ...]:
        x, v, w, gain, kept, mean, scale, h = ctx.saved_tensors
        layout, of_z = ctx.layout, ctx.of_z
        of_x, of_v, of_w, _, of_onto, _ = ctx.needs_input_grad
        of_w = of_w and w is not None
        if h is None and of_w:
            h = depthwise(x, v, *layout.how[:3])
        if kept is None:
            kept = pointwise(h, w, layout.groups)
        dy = dy if dy is None else in_format_of(kept, dy)
        above = dy if dy is None or gain is None or w is None else _spread(dy, w, layout.nodes)
        dz, dgain = batch_norm_gradient(above, kept, mean, scale, gain, of_z, (dz_too, dmean, dscale))
        dh, dw = dz, None
        if of_w and dz is not None:
            dw = torch.ops.aten.convolution_backward(
                dz, h, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], layout.groups, [False, True, False]
            )[1]
        if w is not None and dz is not None:
            dh = pointwise(dz, transposed(w, layout.groups), layout.groups) if of_x or of_v else None
        if dh_too is not None:
            dh = dh_too if dh is None else dh + dh_too
        dx, dv = dh, None
        if v is not None and dh is not None:
            dx, dv = gradients(dh, x, v, ctx.size, layout.how, of_x, of_v)
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
        x, v, w, gain, kept, mean, scale, h = ctx.saved_tensors
        layout = ctx.layout
        dh = dx if v is None or (dx is None and dv is None) else derivative(x, v, dx, dv, layout.how)
        dh_out = None if v is None or h is None else torch.zeros_like(h) if dh is None else dh
        if h is None and dw is not None:
            h = convolved(x, v, layout.how)
        dz = None if dh is None else pointwise(dh, w, layout.groups)
        if dw is not None:
            of_w = pointwise(h, dw, layout.groups)
            dz = of_w if dz is None else dz.add_(of_w)
        dz = torch.zeros_like(kept) if dz is None else dz
        # z_hat = sigma (kept - mu);   row dz_hat = factor (dz - mean dz - z_hat mean(dz z_hat))
        mu, sigma = (mean, scale) if ctx.of_z else (torch.zeros_like(mean), torch.ones_like(scale))
        count = kept.numel() // kept.shape[1]
        mean_dz, product = (sums / count for sums in sums_of_channels(dz, kept, mu, sigma))
        dscale = -scale.square() * product
        factor = scale if gain is None else scale * row_of(gain, kept)
        slope = -factor * product * sigma
        if gain is not None and dgain is not None:
            slope = slope + row_of(dgain, kept) * sigma
        moved = torch.addcmul(-factor * mean_dz - slope * mu, dz, factor).addcmul_(kept, slope)
        if gain is None or w is None:
            return moved.to(kept.dtype), None, mean_dz, dscale, dh_out
        dy = _over_blocks(moved, w, layout.nodes, donto).to(kept.dtype)
        return dy, dz, mean_dz, dscale, dh_out


def _require_variance(shape: torch.Size) -> None:
    if shape.numel() == shape[1]:
        raise UserError(
            f"BatchNorm needs more than 1 value per channel to measure a variance, got input of size {tuple(shape)}; "
            "use a larger batch or larger pictures."
        )


def _over_blocks(parts: Tensor, w: Tensor, nodes: int, onto: Tensor | None) -> Tensor:
    """onto + the sum over operations and sources: [B, T*S*n*C, H, W] -> [B, n*C, H, W], w as in `normalized`.

    Added block by block, as fast as torch's sum over the blocks (`benchmarks/kernels.py`); the parts may be changed.
    """
    times = len(w) // (nodes * w.shape[1])
    y = parts if times == 1 else added(parts.chunk(times, 1))
    return y if onto is None else y.add_(onto)


def _spread(dy: Tensor, w: Tensor, nodes: int) -> Tensor:
    """The transpose of the sum in `_over_blocks`."""
    times = len(w) // (nodes * w.shape[1])
    return dy if times == 1 else torch.cat([dy] * times, 1)


# Input channels of a group: as many as the processor computes at once; it is slower at smaller groups
# (`benchmarks/kernels.py`) ...
BLOCK = 16 if torch.backends.cpu.get_cpu_capability() == "AVX512" else 8
WORTH_JOINING = 2**16  # ... and in smaller tensors the calls weigh more than the work


def pointwise(h: Tensor, w: Tensor | None, groups: int) -> Tensor:
    """z = w h, pixel by pixel; shapes as in `normalized.normalized`."""
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


def transposed(w: Tensor, groups: int) -> Tensor:
    """The pointwise convolution that takes gradients of z back to h: [G*O, I, 1, 1] -> [G*I, O, 1, 1]."""
    if groups == 1:
        return w.transpose(0, 1)
    return w.view(groups, -1, w.shape[1]).transpose(1, 2).reshape(-1, w.shape[0] // groups, 1, 1)
