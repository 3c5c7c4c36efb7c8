"""BatchNorm with or without a gain, as the fused cell computes it on a processor: PyTorch's numbers, faster.

For a large tensor PyTorch computes mean and variance only; the rest is one `addcmul`. PyTorch works on all channels of
a pixel at once, which is slow where they are few. A mean does not depend on the order of the pixels, so neighbouring
pixels are handed over as if they were further channels of one pixel, and joined at the end. The gradient is one call of
PyTorch: computing its two sums alone and the rest here would read memory once more.

Shapes: B batch, C channels, H W height and width; numbers of a channel are [1, C, 1, 1].
`benchmarks/kernels.py` compares the time with PyTorch's own, `tests/fast/test_batch_norm.py` the numbers, in float64.
"""

from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from ..base.forward_mode import has_tangent
from ..base.numerics import EPSILON, ones_of_float32
from .explicit_gradients import ExplicitGradient
from .sums import add_onto, match_format

LARGE = 2**16  # numbers; below, one call is faster than several
FEW = 32  # channels; with more there is nothing to gain from merging pixels
AT_ONCE = 256  # channels of a merged pixel, at most


def standardize(z: Tensor, row: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """row z_hat, with z_hat = (z - mean z) / sqrt(var z + 1e-5), by channel over batch and pixels.

    (Ioffe, Szegedy 2015, without bias.)

    Args:
        z: [B, C, H, W].
        row: a gain for each channel, [1, C, 1, 1], or one for all, [1, 1, 1, 1]; None for 1.
    Returns:
        row z_hat [B, C, H, W], for a bfloat16 z in the type of the row; mean z and 1 / sqrt(var z + 1e-5),
        [1, C, 1, 1] each, in float32 or float64.
    """
    low = z.dtype == torch.bfloat16  # its sums alone would be bfloat16 too
    if z.numel() < LARGE or low:
        gain = ones_of_float32(z) if row is None or low else row.expand(1, z.shape[1], 1, 1).contiguous().view(-1)
        y, *statistics = torch.native_batch_norm(z, gain, None, None, None, True, 0.0, EPSILON)
        mean, scale = map(to_row, statistics)
        if row is None or not low:
            return y, mean, scale
    else:
        mean, scale = moments(z)
    factor = scale if row is None else row * scale
    return torch.addcmul(-mean * factor, z, factor), mean, scale


def moments(z: Tensor) -> tuple[Tensor, Tensor]:
    """mean z and 1 / sqrt(var z + 1e-5) of a large tensor: [B, C, H, W] -> [1, C, 1, 1] each."""
    times = count_merged_pixels(z)
    mean, var = torch.batch_norm_update_stats(merge_pixels(z, times), None, None, 0.0)
    if times > 1:
        between, mean = torch.var_mean(mean.view(times, -1), 0, correction=0)
        var = var.view(times, -1).mean(0) + between
    return to_row(mean), to_row((var + EPSILON).rsqrt())


def count_merged_pixels(z: Tensor) -> int:
    """How many pixels to merge: 1 where there are many channels or pixels are not neighbours in memory."""
    channels = z.shape[1]
    if channels > FEW or not z.is_contiguous(memory_format=torch.channels_last):
        return 1
    pixels = z.numel() // channels
    return next(times for times in (16, 8, 4, 2, 1) if times * channels <= AT_ONCE and pixels % times == 0)


def merge_pixels(z: Tensor, times: int) -> Tensor:
    """Several pixels as one with that many times the channels, a view:

    [B, C, H, W] -> [B*H*W/times, times*C, 1, 1].
    """
    return z if times == 1 else z.permute(0, 2, 3, 1).view(-1, 1, 1, times * z.shape[1]).permute(0, 3, 1, 2)


def to_row(values: Tensor) -> Tensor:
    """[C] -> [1, C, 1, 1]."""
    return values.view(1, -1, 1, 1)


def channel_means(y: Tensor) -> Tensor:
    """Means over batch and pixels, in float32 or float64: [B, C, H, W] -> [1, C, 1, 1]."""
    return y.mean((0, 2, 3), keepdim=True, dtype=torch.promote_types(y.dtype, torch.float32))


def gain_row(gain: Tensor, like: Tensor) -> Tensor:
    """Gains [K] -> [1, C, 1, 1], each for C / K neighbouring channels; a single gain stays [1, 1, 1, 1]."""
    share = like.shape[1] // len(gain)
    return to_row(gain if share == 1 or len(gain) == 1 else gain.unsqueeze(1).expand(-1, share).reshape(-1))


def channel_sums(y: Tensor, z: Tensor, mean: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """sum(y) and sum(y (z - mean) scale), by channel over batch and pixels: BatchNorm's gradient begins with them.

    Where autograd records nothing, one call of PyTorch reads y and z once. That call assumes that mean and scale are
    those of z, so its derivative would leave them out: where autograd records, the sums are written out.

    Args:
        y, z: [B, C, H, W].
        mean, scale: [1, C, 1, 1].
    Returns:
        [1, C, 1, 1] each, in float32 or float64.
    """
    if torch.is_grad_enabled():
        count = y.numel() // y.shape[1]
        return channel_means(y) * count, channel_means(y * (z - mean)) * scale * count
    one = torch.ones_like(scale).view(-1)
    _, product, total = torch.ops.aten.native_batch_norm_backward(
        match_format(z, y), z, one, None, None, mean.view(-1), scale.view(-1), True, EPSILON, [False, True, True]
    )
    return to_row(total), to_row(product)


class SavedForGradient(NamedTuple):
    """What BatchNorm keeps for its gradient: z or z_hat = (z - mean) scale, the other is None, and the statistics of z.

    Args:
        z, z_hat: [B, C, H, W] or None.
        mean, scale: mean z and 1 / sqrt(var z + 1e-5), [1, C, 1, 1].
    """

    z: Tensor | None
    z_hat: Tensor | None
    mean: Tensor
    scale: Tensor

    @property
    def values(self) -> Tensor:
        """z or z_hat, whichever is kept."""
        return cast(Tensor, self.z_hat if self.z is None else self.z)

    def centre_and_slope(self) -> tuple[Tensor, Tensor]:
        """mu and sigma in z_hat = sigma (values - mu), [1, C, 1, 1]: mean and scale for z, 0 and 1 for z_hat."""
        if self.z is None:
            return torch.zeros_like(self.mean), torch.ones_like(self.scale)
        return self.mean, self.scale


class OutputGradients(NamedTuple):
    """Gradients that arrive at z, mean and scale themselves, which only the derivative of a gradient has."""

    z: Tensor | None = None
    mean: Tensor | None = None
    scale: Tensor | None = None


def batch_norm_gradient(
    dy: Tensor | None, kept: SavedForGradient, gain: Tensor | None, outputs: OutputGradients
) -> tuple[Tensor | None, Tensor | None]:
    """dz [B, C, H, W] and dgain, in the shape of the gain; None for what no gradient arrives at.

    Args:
        dy: gradient of gain z_hat, [B, C, H, W].
        kept: what the forward pass kept.
        gain: as in `conv_norm`.
        outputs: further gradients.
    """
    further = any(gradient is not None for gradient in outputs)
    if dy is None and not further:
        return None, None
    if further or torch.is_grad_enabled() or (gain is not None and has_tangent(gain)):
        return _derivable(dy, kept, gain, outputs)
    dy = cast(Tensor, dy)
    function = _Gradient.apply if has_tangent(kept.values) or has_tangent(dy) else _Gradient.forward
    dz, by_channel = function(dy, *kept, gain)
    return dz, _sum_by_gain(by_channel, gain)


class _Gradient(ExplicitGradient):
    """dz and sum(dy z_hat) by channel: PyTorch's gradient of BatchNorm in one call, with its derivative.

    One call that reads dy and z twice, instead of five that read them five times. With mu and sigma of
    `SavedForGradient` and

        P v = v - mean(v) - z_hat mean(v z_hat)        it is        dz = gain scale P dy

    and the derivative of z_hat is z_hat' = scale P z'. So that of dz is one more such call, and two sums:

        dz' = scale' / scale dz + gain scale (P (dy' - mean(dy z_hat) sigma values') - z_hat mean(dy z_hat'))
    """

    @staticmethod
    def forward(
        dy: Tensor, z: Tensor | None, z_hat: Tensor | None, mean: Tensor, scale: Tensor, gain: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        values = SavedForGradient(z, z_hat, mean, scale).values
        row = None if gain is None else gain_row(gain, values).expand(scale.shape).contiguous()
        if z is not None:
            row = torch.ones_like(scale) if row is None else row
        else:  # z_hat has mean 0 and scale 1
            row = scale if row is None else row * scale
            mean, scale = torch.zeros_like(scale), torch.ones_like(scale)
        return torch.ops.aten.native_batch_norm_backward(
            dy, values, row.view(-1), None, None, mean.view(-1), scale.view(-1), True, EPSILON, [True, True, False]
        )[:2]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.set_materialize_grads(False)
        ctx.save_for_forward(*inputs, *output)

    @staticmethod
    def jvp(
        ctx: Any,
        dy_tangent: Tensor | None,
        z_tangent: Tensor | None,
        z_hat_tangent: Tensor | None,
        mean_tangent: Tensor | None,
        scale_tangent: Tensor | None,
        _: None,
    ) -> tuple[Tensor | None, ...]:
        dy, z, z_hat, mean, scale, gain, dz, by_channel = ctx.saved_tensors
        kept = SavedForGradient(z, z_hat, mean, scale)
        tangent = z_hat_tangent if z is None else z_tangent
        if tangent is None or mean_tangent is None or scale_tangent is None:  # all three have one, or none has
            return _Gradient.forward(cast(Tensor, dy_tangent), *kept, gain)
        values = kept.values
        count = values.numel() // values.shape[1]
        mean_dy_z = to_row(by_channel) / count
        mu, sigma = kept.centre_and_slope()
        slope = -mean_dy_z * sigma
        u = tangent * slope if dy_tangent is None else torch.addcmul(dy_tangent, tangent, slope)
        moved, by_channel_tangent = _Gradient.forward(u.to(values.dtype), *kept, gain)
        centre = torch.zeros_like(mean) if z is None else mean_tangent
        product = channel_sums(dy, tangent, centre, sigma)[1] / count  # becomes mean(dy z_hat')
        if z is None:  # z_hat' is P z_hat' but for what the 1e-5 beside the variance leaves of it along z_hat
            product = product - mean_dy_z * (EPSILON * scale * scale_tangent)
        else:
            along = -scale_tangent / scale.square()  # mean(z' z_hat)
            product = product - sigma * mean_dy_z * along
        slope = -product * sigma * (scale if gain is None else scale * gain_row(gain, values))
        moved = moved.addcmul_(dz, scale_tangent / scale).addcmul_(values, slope)
        if z is not None:
            moved = moved.sub_(slope * mu)
            by_channel_tangent = by_channel_tangent + count * (mean_dy_z * sigma * along).flatten()
        return moved, by_channel_tangent + count * product.flatten()


def _sum_by_gain(by_channel: Tensor, gain: Tensor | None) -> Tensor | None:
    """A number for each channel [C] -> the sum for each gain [K]."""
    return None if gain is None else by_channel.view(len(gain), -1).sum(1)


def _derivable(
    dy: Tensor | None, kept: SavedForGradient, gain: Tensor | None, outputs: OutputGradients
) -> tuple[Tensor, Tensor | None]:
    """`batch_norm_gradient` in operations that have derivatives themselves, and with gradients of z, mean and scale."""
    _, z_hat, mean, scale = kept
    if kept.z is not None:
        z_hat = (kept.z - mean) * scale
    z_hat = cast(Tensor, z_hat)
    dz, dgain, count = outputs.z, None, z_hat.numel() // z_hat.shape[1]
    if dy is not None:
        row = scale if gain is None else scale * gain_row(gain, z_hat)
        product = channel_means(dy * z_hat)
        dz = add_onto(dz, row * (dy - channel_means(dy) - z_hat * product))
        dgain = _sum_by_gain(product.flatten() * count, gain)
    if outputs.mean is not None:
        dz = add_onto(dz, (outputs.mean / count).expand(z_hat.shape))
    if outputs.scale is not None:
        dz = add_onto(dz, -z_hat * (outputs.scale * scale.square() / count))
    return cast(Tensor, dz).to(kept.values.dtype), dgain
