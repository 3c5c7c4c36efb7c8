"""BatchNorm without a gain, as the fused cell computes it on a processor: equal to PyTorch's, and quicker.

Of a large tensor PyTorch is asked for mean and variance only; the rest is one `addcmul`. And PyTorch works on all
channels of a pixel at once, which is slow where these are few. A mean does not mind which pixels it takes first, so
neighbours are given to it as if they were further channels of one pixel, and joined at the end. The gradient is
PyTorch's, one call (see `normalized`): its sums alone, with the rest written out, would read memory once more.

Shapes: B batch, C channels, H W height and width; numbers of a channel are [1, C, 1, 1].
`benchmarks/kernels.py` compares the time with PyTorch's own, `tests/test_standardized.py` the numbers, in float64.
"""

import torch
from torch import Tensor

from .operations import EPSILON, ones_of_float32

LARGE = 2**19  # numbers; below, one call is quicker than several
FEW = 32  # channels; more are computed as quickly as several pixels at once
AT_ONCE = 256  # channels of pixels taken together


def standardized(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """z_hat = (z - mean z) / sqrt(var z + 1e-5), by channel over batch and pixels. (Ioffe, Szegedy 2015, without gain.)

    Args:
        z: [B, C, H, W].
    Returns:
        z_hat [B, C, H, W]; mean z and 1 / sqrt(var z + 1e-5), in float32 at least.
    """
    if z.numel() < LARGE or z.dtype == torch.bfloat16:  # of bfloat16 the sums alone would be bfloat16
        z_hat, mean, scale = torch.native_batch_norm(z, ones_of_float32(z), None, None, None, True, 0.0, EPSILON)
        return z_hat, of_channels(mean), of_channels(scale)
    times = neighbours(z)
    mean, var = torch.batch_norm_update_stats(widened(z, times), None, None, 0.0)
    if times > 1:
        between, mean = torch.var_mean(mean.view(times, -1), 0, correction=0)
        var = var.view(times, -1).mean(0) + between
    mean, scale = of_channels(mean), of_channels((var + EPSILON).rsqrt())
    return torch.addcmul(-mean * scale, z, scale), mean, scale


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
