"""gain * BatchNorm(pointwise convolution), what ends every convolution of DARTS, with gradients written by hand.

Another function of which the fused cell is made, beside `depthwise`. PyTorch can differentiate it by itself. By hand it
costs less: what backward needs is computed again where that is cheaper than keeping it (see `_Normalized`), and it
brings its derivative in forward mode, so that the exact hypergradient need not take BatchNorm to pieces.

Under autocast it computes as PyTorch's convolutions do, in bfloat16, and gives bfloat16; means over batch and pixels,
of which the gradient of a gain is made, are float32.

Shapes: B batch, C channels, H W height and width. Tensors keep the memory format they come in.
`tests/test_normalized.py` compares it with PyTorch's own in float64.
"""

from typing import Any, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

from .depthwise import added, depthwise, in_format_of, plus
from .messages import require
from .numerics import lowered
from .operations import EPSILON, batch_norm, moves
from .pointwise import pointwise, transposed
from .standardized import of_channels, standardized


class Recipe(NamedTuple):
    """h = depthwise(x, v, stride, dilation)."""

    x: Tensor
    v: Tensor
    stride: int
    dilation: int


def normalized(
    h: Tensor,
    w: Tensor | None,
    gain: Tensor | None = None,
    onto: Tensor | None = None,
    groups: int = 1,
    native: bool = False,
    nodes: int = 1,
    recipe: Recipe | None = None,
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
        recipe: what h was made of, so that h need not be kept where w has a gradient: a depthwise convolution more.
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
        z = h if w is None else F.conv2d(h, w, groups=groups)
        row = gain if gain is None or len(gain) == z.shape[1] else gain.repeat_interleave(z.shape[1] // len(gain))
        z_hat = batch_norm(z, row)
        y = z_hat if gain is None or w is None else z_hat.unflatten(1, (-1, nodes * w.shape[1])).sum(1)
        return y if onto is None else onto + y
    if w is not None:
        h, w = lowered(h, w)
    if recipe is None:
        return _Normalized.apply(h, w, gain, onto, groups, nodes, None, None)[0]
    x, v = lowered(recipe.x, recipe.v)
    return _Normalized.apply(h, w, gain, onto, groups, nodes, x, v, recipe.stride, recipe.dilation)[0]


class _Normalized(Function):
    """See `normalized`. With z_hat = (z - mean z) / sqrt(var z + eps) and N values per channel:

        dgain = sum(dy z_hat),     dz = gain / sqrt(var z + eps) (dy - mean(dy) - z_hat mean(dy z_hat))

    which is PyTorch's gradient of BatchNorm. Kept for backward: where the gradient of w is asked for, h, or what h is
    made of; else z_hat, and h is not needed. Without a gain z_hat is the output, which the next operation keeps too.
    z_hat, mean and scale are outputs as well: so they have derivatives of their own where this gradient is derived.
    """

    @staticmethod
    def forward(
        h: Tensor, w: Tensor | None, gain: Tensor | None, onto: Tensor | None, groups: int, nodes: int, *_: Any
    ) -> tuple[Tensor | None, ...]:
        z = pointwise(h, w, groups)
        z_hat, mean, scale = standardized(z)
        if gain is None or w is None:
            return z_hat, None, mean, scale
        y = _weighed(onto, z_hat, _row(gain, z_hat), w, nodes)
        return y.to(z_hat.dtype), z_hat, mean, scale  # summed in the type of the gains

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor | None, ...]) -> None:
        h, w, gain, _, ctx.groups, ctx.nodes, x, v, *ctx.settings = inputs
        y, z_hat, mean, scale = output
        ctx.set_materialize_grads(False)
        z_hat = y if z_hat is None else z_hat
        of_w = w is not None and ctx.needs_input_grad[1]
        keep_h = of_w and x is None
        keep_z = not of_w or gain is None
        ctx.save_for_backward(
            h if keep_h else None,
            w,
            gain,
            z_hat if keep_z else None,
            mean,
            scale,
            *((x, v) if of_w else (None, None)),
        )
        ctx.save_for_forward(h, w, gain, z_hat, mean, scale, None, None)

    @staticmethod
    def backward(
        ctx: Any, dy: Tensor | None, dz_hat: Tensor | None, dmean: Tensor | None, dscale: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        nothing = (None,) * len(ctx.needs_input_grad)
        of_outputs = dz_hat is not None or dmean is not None or dscale is not None
        if dy is None and not of_outputs:
            return nothing
        h, w, gain, z_hat, mean, scale, x, v = ctx.saved_tensors
        if x is not None:
            h = depthwise(x, v, *ctx.settings)
        kept = pointwise(h, w, ctx.groups) if z_hat is None else z_hat  # z or z_hat
        dy = dy if dy is None else in_format_of(kept, dy)
        above = dy if dy is None or gain is None else _spread(dy, w, ctx.nodes)
        if of_outputs or torch.is_grad_enabled() or moves(mean):
            z_hat = torch.addcmul(-mean * scale, kept, scale).to(kept.dtype) if z_hat is None else z_hat
            dz, dgain = _derivable(above, z_hat, scale, gain, dz_hat, dmean, dscale)
        else:
            dz, dgain = _quick(cast(Tensor, above), kept, None if z_hat is not None else mean, scale, gain)
        donto = dy if ctx.needs_input_grad[3] else None
        dh: Tensor | None = dz
        dw: Tensor | None = None
        if w is not None:
            dh = pointwise(dz, transposed(w, ctx.groups), ctx.groups) if ctx.needs_input_grad[0] else None
        if ctx.needs_input_grad[1]:
            dw = torch.ops.aten.convolution_backward(
                dz, h, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], ctx.groups, [False, True, False]
            )[1]
        return dh, dw, dgain, donto, *nothing[4:]

    @staticmethod
    def jvp(
        ctx: Any, dh: Tensor | None, dw: Tensor | None, dgain: Tensor | None, donto: Tensor | None, *_: None
    ) -> tuple[Tensor | None, ...]:
        h, w, gain, z_hat, _, scale, *_ = ctx.saved_tensors
        parts = [pointwise(dh, w, ctx.groups)] if dh is not None else []
        parts += [pointwise(h, dw, ctx.groups)] if dw is not None else []
        dz = added(parts) if parts else torch.zeros_like(z_hat)
        mean_dz, mean_dz_z = _mean(dz), _mean(dz * z_hat)
        minus = -scale
        dz_hat = torch.addcmul(torch.addcmul(minus * mean_dz, dz, scale), z_hat, minus * mean_dz_z).to(z_hat.dtype)
        dscale = -scale.square() * mean_dz_z
        if gain is None or w is None:
            return dz_hat, None, mean_dz, dscale
        dy = _weighed(donto, dz_hat, _row(gain, z_hat), w, ctx.nodes)
        if dgain is not None:
            dy = _weighed(dy, z_hat, _row(dgain, z_hat), w, ctx.nodes)
        return dy.to(z_hat.dtype), dz_hat, mean_dz, dscale


def _quick(
    dy: Tensor, z: Tensor, mean: Tensor | None, scale: Tensor, gain: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """dz and dgain by PyTorch's gradient of BatchNorm. Without a mean z is z_hat, whose BatchNorm has mean 0, scale 1.

    One call that reads dy and z twice, instead of five that read them five times.
    """
    one = torch.ones_like(scale)  # [1, P, 1, 1]
    row = one if gain is None else one * _row(gain, scale)
    if mean is None:
        row, mean, scale = row * scale, torch.zeros_like(scale), one
    row, mean, scale = row.flatten(), mean.flatten(), scale.flatten()
    dz, by_channel, _ = torch.ops.aten.native_batch_norm_backward(
        dy, z, row, None, None, mean, scale, True, EPSILON, [True, gain is not None, False]
    )
    return dz, None if gain is None else by_channel.view(len(gain), -1).sum(1)


def _derivable(
    dy: Tensor | None,
    z_hat: Tensor,
    scale: Tensor,
    gain: Tensor | None,
    dz_hat: Tensor | None,
    dmean: Tensor | None,
    dscale: Tensor | None,
) -> tuple[Tensor, Tensor | None]:
    """The same in operations that have derivatives themselves, and with gradients of z_hat, mean and scale."""
    dz, dgain, count = None, None, z_hat.numel() // z_hat.shape[1]
    if dy is not None:
        row = scale if gain is None else scale * _row(gain, z_hat)
        dz, product = _through(dy, z_hat, row)
        dgain = None if gain is None else product.view(len(gain), -1).sum(1) * count
    if dz_hat is not None:
        dz = plus(dz, _through(dz_hat, z_hat, scale)[0])
    if dmean is not None:
        dz = plus(dz, (dmean / count).expand(z_hat.shape))
    if dscale is not None:
        dz = plus(dz, -z_hat * (dscale * scale.square() / count))
    return cast(Tensor, dz).to(z_hat.dtype), dgain


def _through(dy: Tensor, z_hat: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
    """row (dy - mean(dy) - z_hat mean(dy z_hat)), and mean(dy z_hat) [1, P, 1, 1]."""
    mean_dy, product = _mean(dy), _mean(dy * z_hat)
    minus = -row
    return torch.addcmul(torch.addcmul(minus * mean_dy, dy, row), z_hat, minus * product), product


def _mean(y: Tensor) -> Tensor:
    """Over batch and pixels, in float32 at least: [B, P, H, W] -> [1, P, 1, 1]."""
    return y.mean((0, 2, 3), keepdim=True, dtype=torch.promote_types(y.dtype, torch.float32))


def _row(gain: Tensor, like: Tensor) -> Tensor:
    """As many gains as may be -> [1, channels, 1, 1]: each for its share of the channels; a single one for all."""
    share = like.shape[1] // len(gain)
    return of_channels(gain if share == 1 or len(gain) == 1 else gain.unsqueeze(1).expand(-1, share).reshape(-1))


def _weighed(onto: Tensor | None, z: Tensor, row: Tensor, w: Tensor, nodes: int) -> Tensor:
    """onto + row z, summed over operations and sources: z [B, T*S*n*C, H, W] -> [B, n*C, H, W], w as in `normalized`.

    Added block by block, as fast as torch's sum over the blocks (`benchmarks/kernels.py`).
    """
    times = len(w) // (nodes * w.shape[1])
    if times == 1 and onto is not None:
        return torch.addcmul(onto, z, row)
    return plus(onto, added((z * row).chunk(times, 1)))


def _spread(dy: Tensor, w: Tensor, nodes: int) -> Tensor:
    """The transpose of the sum in `_weighed`."""
    times = len(w) // (nodes * w.shape[1])
    return dy if times == 1 else torch.cat([dy] * times, 1)
