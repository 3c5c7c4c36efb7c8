"""BatchNorm with a gain or none, as the fused cell computes it on a processor: equal to PyTorch's, and quicker.

Of a large tensor PyTorch is asked for mean and variance only; the rest is one `addcmul`. And PyTorch works on all
channels of a pixel at once, which is slow where these are few. A mean does not mind which pixels it takes first, so
neighbours are given to it as if they were further channels of one pixel, and joined at the end. The gradient is
PyTorch's, one call (`norm_gradient.py`): its sums alone, with the rest written out, would read memory once more.

Shapes: B batch, C channels, H W height and width; numbers of a channel are [1, C, 1, 1].
`benchmarks/kernels.py` compares the time with PyTorch's own, `tests/test_standardized.py` the numbers, in float64.
"""

from typing import Any, cast

import torch
from torch import Tensor

from ..base.forward_mode import moves
from ..base.numerics import EPSILON, ones_of_float32
from .by_hand import ByHand
from .sums import in_format_of, plus

LARGE = 2**16  # numbers; below, one call is quicker than several
FEW = 32  # channels; more are computed as quickly as several pixels at once
AT_ONCE = 256  # channels of pixels taken together


def standardized(z: Tensor, row: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """row z_hat, with z_hat = (z - mean z) / sqrt(var z + 1e-5), by channel over batch and pixels.

    (Ioffe, Szegedy 2015, without bias.)

    Args:
        z: [B, C, H, W].
        row: a gain for each channel, [1, C, 1, 1], or one for all, [1, 1, 1, 1]; None for 1.
    Returns:
        row z_hat [B, C, H, W], of bfloat16 in the type of the row; mean z and 1 / sqrt(var z + 1e-5) [1, C, 1, 1], in
        float32 at least.
    """
    low = z.dtype == torch.bfloat16  # of which the sums alone would be bfloat16
    if z.numel() < LARGE or low:
        gain = ones_of_float32(z) if row is None or low else row.expand(1, z.shape[1], 1, 1).contiguous().view(-1)
        y, *statistics = torch.native_batch_norm(z, gain, None, None, None, True, 0.0, EPSILON)
        mean, scale = map(of_channels, statistics)
        if row is None or not low:
            return y, mean, scale
    else:
        mean, scale = moments(z)
    factor = scale if row is None else row * scale
    return torch.addcmul(-mean * factor, z, factor), mean, scale


def moments(z: Tensor) -> tuple[Tensor, Tensor]:
    """mean z and 1 / sqrt(var z + 1e-5) of a large tensor: [B, C, H, W] -> [1, C, 1, 1] each."""
    times = neighbours(z)
    mean, var = torch.batch_norm_update_stats(widened(z, times), None, None, 0.0)
    if times > 1:
        between, mean = torch.var_mean(mean.view(times, -1), 0, correction=0)
        var = var.view(times, -1).mean(0) + between
    return of_channels(mean), of_channels((var + EPSILON).rsqrt())


def neighbours(z: Tensor) -> int:
    """How many pixels are worth being taken as one: 1 where channels are many enough or pixels lie apart in memory."""
    channels = z.shape[1]
    if channels > FEW or not z.is_contiguous(memory_format=torch.channels_last):
        return 1
    pixels = z.numel() // channels
    return next(times for times in (16, 8, 4, 2, 1) if times * channels <= AT_ONCE and pixels % times == 0)


def widened(z: Tensor, times: int) -> Tensor:
    """Several pixels as one with as many times the channels, a view: [B, C, H, W] -> [B*H*W/times, times*C, 1, 1]."""
    return z if times == 1 else z.permute(0, 2, 3, 1).view(-1, 1, 1, times * z.shape[1]).permute(0, 3, 1, 2)


def of_channels(values: Tensor) -> Tensor:
    """[C] -> [1, C, 1, 1]."""
    return values.view(1, -1, 1, 1)


def mean_of_channels(y: Tensor) -> Tensor:
    """Over batch and pixels, in float32 at least: [B, C, H, W] -> [1, C, 1, 1]."""
    return y.mean((0, 2, 3), keepdim=True, dtype=torch.promote_types(y.dtype, torch.float32))


def row_of(gain: Tensor, like: Tensor) -> Tensor:
    """As many gains as may be -> [1, channels, 1, 1]: each for its share of the channels; a single one for all."""
    share = like.shape[1] // len(gain)
    return of_channels(gain if share == 1 or len(gain) == 1 else gain.unsqueeze(1).expand(-1, share).reshape(-1))


def sums_of_channels(y: Tensor, z: Tensor, mean: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """sum(y) and sum(y (z - mean) scale), by channel over batch and pixels: what BatchNorm's gradient begins with.

    Where nothing is recorded, in PyTorch's own call, which reads y and z once. That call takes mean and scale for those
    of z, so its derivative would leave them out: where one may be asked for, the sums are written out.

    Args:
        y, z: [B, C, H, W].
        mean, scale: [1, C, 1, 1].
    Returns:
        [1, C, 1, 1] each, in float32 at least.
    """
    if torch.is_grad_enabled():
        count = y.numel() // y.shape[1]
        return mean_of_channels(y) * count, mean_of_channels(y * (z - mean)) * scale * count
    one = torch.ones_like(scale).view(-1)
    _, product, total = torch.ops.aten.native_batch_norm_backward(
        in_format_of(z, y), z, one, None, None, mean.view(-1), scale.view(-1), True, EPSILON, [False, True, True]
    )
    return of_channels(total), of_channels(product)


def batch_norm_gradient(
    dy: Tensor | None,
    kept: Tensor,
    mean: Tensor,
    scale: Tensor,
    gain: Tensor | None,
    of_z: bool,
    of_outputs: tuple[Tensor | None, ...],
) -> tuple[Tensor | None, Tensor | None]:
    """dz [B, C, H, W] and dgain, in the shape of the gain; None for what no gradient arrives at.

    Args:
        dy: gradient of gain z_hat, [B, C, H, W].
        kept: z, or z_hat where `of_z` is false, [B, C, H, W].
        mean, scale: of z, [1, C, 1, 1].
        gain: as in `normalized`.
        of_z: what is kept.
        of_outputs: gradients of z, mean and scale, which only a derived gradient has.
    """
    if dy is None and all(gradient is None for gradient in of_outputs):
        return None, None
    if any(g is not None for g in of_outputs) or torch.is_grad_enabled() or (gain is not None and moves(gain)):
        return _derivable(dy, kept, mean, scale, gain, of_z, *of_outputs)
    dy = cast(Tensor, dy)
    dz, by_channel = (_Gradient.apply if moves(kept) or moves(dy) else _Gradient.forward)(
        dy, kept, mean, scale, gain, of_z
    )
    return dz, _by_gain(by_channel, gain)


class _Gradient(ByHand):
    """dz and sum(dy z_hat) by channel: PyTorch's gradient of BatchNorm in one call, with its derivative.

    One call that reads dy and z twice, instead of five that read them five times. With z_hat = sigma (kept - mu) and

        P v = v - mean(v) - z_hat mean(v z_hat)        it is        dz = gain scale P dy

    and z_hat moves by z_hat' = scale P z', where ' is a derivative. So dz moves by one more such call, and two sums:

        dz' = scale' / scale dz + gain scale (P (dy' - mean(dy z_hat) sigma kept') - z_hat mean(dy z_hat'))
    """

    @staticmethod
    def forward(
        dy: Tensor, kept: Tensor, mean: Tensor, scale: Tensor, gain: Tensor | None, of_z: bool
    ) -> tuple[Tensor, Tensor]:
        row = None if gain is None else row_of(gain, kept).expand(scale.shape).contiguous()
        if of_z:
            row = torch.ones_like(scale) if row is None else row
        else:  # BatchNorm of z_hat has mean 0 and scale 1
            row = scale if row is None else row * scale
            mean, scale = torch.zeros_like(scale), torch.ones_like(scale)
        return torch.ops.aten.native_batch_norm_backward(
            dy, kept, row.view(-1), None, None, mean.view(-1), scale.view(-1), True, EPSILON, [True, True, False]
        )[:2]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        *tensors, ctx.of_z = inputs
        ctx.set_materialize_grads(False)
        ctx.save_for_forward(*tensors, *output)

    @staticmethod
    def jvp(
        ctx: Any,
        dy_moves: Tensor | None,
        kept_moves: Tensor | None,
        mean_moves: Tensor | None,
        scale_moves: Tensor | None,
        *others: Any,
    ) -> tuple[Tensor | None, ...]:
        dy, kept, mean, scale, gain, dz, by_channel = ctx.saved_tensors
        given = kept, mean, scale, gain, ctx.of_z
        if kept_moves is None or mean_moves is None or scale_moves is None:  # they move together
            return _Gradient.forward(cast(Tensor, dy_moves), *given)
        count = kept.numel() // kept.shape[1]
        mean_dy_z = of_channels(by_channel) / count
        mu, sigma = (mean, scale) if ctx.of_z else (torch.zeros_like(mean), torch.ones_like(scale))
        slope = -mean_dy_z * sigma
        u = kept_moves * slope if dy_moves is None else torch.addcmul(dy_moves, kept_moves, slope)
        moved, by_channel_moves = _Gradient.forward(u.to(kept.dtype), *given)
        centre = mean_moves if ctx.of_z else torch.zeros_like(mean)
        product = sums_of_channels(dy, kept_moves, centre, sigma)[1] / count  # becomes mean(dy z_hat')
        if ctx.of_z:
            along = -scale_moves / scale.square()  # mean(z' z_hat)
            product = product - sigma * mean_dy_z * along
        else:  # z_hat' is P z_hat' but for what the 1e-5 beside the variance leaves of it along z_hat
            product = product - mean_dy_z * (EPSILON * scale * scale_moves)
        slope = -product * sigma * (scale if gain is None else scale * row_of(gain, kept))
        moved = moved.addcmul_(dz, scale_moves / scale).addcmul_(kept, slope)
        if ctx.of_z:
            moved = moved.sub_(slope * mu)
            by_channel_moves = by_channel_moves + count * (mean_dy_z * sigma * along).flatten()
        return moved, by_channel_moves + count * product.flatten()


def _by_gain(by_channel: Tensor, gain: Tensor | None) -> Tensor | None:
    """Of each channel -> of each gain."""
    return None if gain is None else by_channel.view(len(gain), -1).sum(1)


def _derivable(
    dy: Tensor | None,
    kept: Tensor,
    mean: Tensor,
    scale: Tensor,
    gain: Tensor | None,
    of_z: bool,
    dz_too: Tensor | None,
    dmean: Tensor | None,
    dscale: Tensor | None,
) -> tuple[Tensor, Tensor | None]:
    """The same in operations that have derivatives themselves, and with gradients of z, mean and scale."""
    z_hat = (kept - mean) * scale if of_z else kept
    dz, dgain, count = dz_too, None, kept.numel() // kept.shape[1]
    if dy is not None:
        row = scale if gain is None else scale * row_of(gain, z_hat)
        product = mean_of_channels(dy * z_hat)
        dz = plus(dz, row * (dy - mean_of_channels(dy) - z_hat * product))
        dgain = _by_gain(product.flatten() * count, gain)
    if dmean is not None:
        dz = plus(dz, (dmean / count).expand(z_hat.shape))
    if dscale is not None:
        dz = plus(dz, -z_hat * (dscale * scale.square() / count))
    return cast(Tensor, dz).to(kept.dtype), dgain
