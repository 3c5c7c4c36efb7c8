"""BatchNorm with a gain or none, as the fused cell computes it on a processor: equal to PyTorch's, and quicker.

Of a large tensor PyTorch is asked for mean and variance only; the rest is one `addcmul`. And PyTorch works on all
channels of a pixel at once, which is slow where these are few. A mean does not mind which pixels it takes first, so
neighbours are given to it as if they were further channels of one pixel, and joined at the end. The gradient is
PyTorch's, one call (`norm_gradient.py`): its sums alone, with the rest written out, would read memory once more.

Shapes: B batch, C channels, H W height and width; numbers of a channel are [1, C, 1, 1].
`benchmarks/kernels.py` compares the time with PyTorch's own, `tests/test_standardized.py` the numbers, in float64.
"""

import torch
from torch import Tensor

from .formats import in_format_of
from .operations import EPSILON, ones_of_float32

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
