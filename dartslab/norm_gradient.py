"""The gradient of BatchNorm with a gain, quick, and with a derivative of its own for the exact hypergradient.

With z_hat = (z - mean z) / sqrt(var z + eps), scale = 1 / sqrt(var z + eps), y = gain z_hat and N values per channel:

    dgain = sum(dy z_hat),        dz = gain scale (dy - mean(dy) - z_hat mean(dy z_hat))

Three ways to compute the same: by PyTorch's one call; by that and a derivative written by hand, where numbers carry a
derivative of forward mode; and in single operations, where the gradient itself is differentiated backward.

Shapes: B batch, C channels, H W height and width; numbers of a channel are [1, C, 1, 1].
`tests/test_norm_gradient.py` compares them with PyTorch's own in float64.
"""

from typing import Any, cast

import torch
from torch import Tensor

from .by_hand import ByHand
from .formats import plus
from .operations import EPSILON, moves
from .standardized import mean_of_channels, of_channels, row_of, sums_of_channels


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
