"""gain * BatchNorm(pointwise convolution), what ends every convolution of DARTS, with gradients written by hand.

The other function of which the fused cell is made, beside `depthwise`. PyTorch can differentiate it by itself. By hand
it costs less: what backward needs is computed again where that is cheaper than keeping it (see `_Normalized`), and it
brings its derivative in forward mode, so that the exact hypergradient need not take BatchNorm to pieces.

Under autocast it computes as PyTorch's convolutions do, in bfloat16, and gives bfloat16; means over batch and pixels,
of which the gradient of a gain is made, are float32.

Shapes: B batch, C channels, H W height and width. Tensors keep the memory format they come in.
`tests/test_normalized.py` compares it with PyTorch's own in float64.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

from .depthwise import added
from .numerics import lowered
from .operations import EPSILON, batch_norm, ones_of_float32, require_variance


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
    require_variance(h.shape)
    if native:
        z = pointwise(h, w, groups)
        row = gain if gain is None or len(gain) == z.shape[1] else gain.repeat_interleave(z.shape[1] // len(gain))
        z_hat = batch_norm(z, row)
        y = z_hat if gain is None or w is None else z_hat.unflatten(1, (-1, nodes * w.shape[1])).sum(1)
        return y if onto is None else onto + y
    if w is not None:
        h, w = lowered(h, w)
    return _Normalized.apply(h, w, gain, onto, groups, nodes)[0]


def pointwise(h: Tensor, w: Tensor | None, groups: int) -> Tensor:
    """z = w h, pixel by pixel; shapes as in `normalized`."""
    return h if w is None else F.conv2d(h, w, groups=groups)


def transposed(w: Tensor, groups: int) -> Tensor:
    """The pointwise convolution that takes gradients of z back to h: [G*O, I, 1, 1] -> [G*I, O, 1, 1]."""
    return w.view(groups, -1, w.shape[1]).transpose(1, 2).reshape(-1, w.shape[0] // groups, 1, 1)


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
        dz = added(moves) if moves else torch.zeros_like(z_hat)
        mean_dz, mean_dz_z = _mean(dz), _mean(dz * z_hat)
        dz_hat = ((dz - mean_dz - z_hat * mean_dz_z) * scale).to(z_hat.dtype)
        if gain is None:
            return dz_hat, None, mean_dz, -scale.square() * mean_dz_z
        parts.append(_summed(dz_hat * _row(gain, z_hat), w, ctx.nodes))
        if dgain is not None:
            parts.append(_summed(z_hat * _row(dgain, z_hat), w, ctx.nodes))
        return added(parts).to(z_hat.dtype), dz_hat, mean_dz, -scale.square() * mean_dz_z


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
    return added(y.chunk(len(w) // (nodes * w.shape[1]), 1))


def _spread(dy: Tensor, w: Tensor, nodes: int) -> Tensor:
    """The transpose of `_summed`."""
    times = len(w) // (nodes * w.shape[1])
    return dy if times == 1 else torch.cat([dy] * times, 1)
