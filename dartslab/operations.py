"""The candidate operations: name -> factory. Every convolution is ReLU, convolution, BatchNorm, in this order.

Shapes: [B, C, H, W] in, [B, C, ceil(H / stride), ceil(W / stride)] out, for odd sizes too.

A search and an evaluation differ only in `norm`, the function that makes a BatchNorm for C channels:
`search_norm` has no affine parameters (they could undo the mixing weights) and no running statistics (so that a pass
for the hypergradient changes nothing and `torch.func` can differentiate); an evaluation uses `torch.nn.BatchNorm2d`.
How a BatchNorm computes, in bfloat16 too, is in `base/numerics.py`.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base.convolution import Convolution
from .base.messages import require, unknown
from .base.numerics import EPSILON, batch_norm

Norm = Callable[[int], nn.Module]


class SearchNorm(nn.BatchNorm2d):
    """BatchNorm with the statistics of the batch only: `batch_norm` as a module, without buffers.

    Args:
        channels: C.
        affine: learn a gain and a bias.
    """

    def __init__(self, channels: int, affine: bool = False) -> None:
        super().__init__(channels, EPSILON, affine=affine, track_running_stats=False)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, C, H, W] -> the same shape and type."""
        return batch_norm(x, self.weight, self.bias)


def search_norm(channels: int) -> SearchNorm:
    """BatchNorm of the supernet: batch statistics only, no affine parameters, no buffers."""
    return SearchNorm(channels)


class Zero(nn.Module):
    """`none`: zeros of the output's size. It is part of the softmax and never of a genotype."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> zeros [B, C, H/stride, W/stride]."""
        return torch.zeros_like(x[:, :, :: self.stride, :: self.stride])


class Noise(nn.Module):
    """`noise`: numbers from N(0, 1) of the output's size, whatever the input holds; no parameters.

    Every pass draws anew, in evaluation mode too, from torch's global random stream. So two passes give equal outputs
    only with the same state of that stream; the states of a search and a training see to this. A bfloat16 or channels
    last input gets the same numbers. (Zela et al. 2020, "Understanding and Robustifying DARTS", space S4.)
    """

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> noise [B, C, H/stride, W/stride]."""
        like = x[:, :, :: self.stride, :: self.stride]
        return torch.empty_like(like).copy_(torch.randn(like.shape, device=x.device))


class FactorizedReduce(nn.Module):
    """Halve H and W without a pool: two 1x1 convolutions of stride 2, the second shifted by one pixel, concatenated.

    Together they read two pixels of each 2x2 block, those on its diagonal; a single strided 1x1 convolution reads one.
    An odd H or W is padded by one zero row or column first; even sizes are as published.

    The stride is a slice of the input, not an argument of the convolution: on processors with AVX2 and no AVX-512, the
    weight gradient of a strided 1x1 convolution of fewer than 8 channels writes beyond its memory
    (uxlfoundation/oneDNN issue 6035).

    Raises:
        UserError: an odd number of output channels, which two equal halves cannot give.
    """

    def __init__(self, channels_in: int, channels_out: int, norm: Norm) -> None:
        super().__init__()
        require(
            channels_out % 2 == 0,
            f"a factorized reduce makes its output from two equal halves, got {channels_out} channels; allowed are "
            f"even numbers, use {channels_out + 1}.",
        )
        half = channels_out // 2
        self.even = Convolution(channels_in, half, 1)
        self.odd = Convolution(channels_in, half, 1)
        self.norm = norm(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C_in, H, W] -> [B, C_out, ceil(H/2), ceil(W/2)]."""
        even, odd = diagonals(F.relu(x))
        return self.norm(torch.cat([self.even(even), self.odd(odd)], dim=1))


def diagonals(x: Tensor) -> tuple[Tensor, Tensor]:
    """Even pixels of even rows, odd pixels of odd rows: [B, C, H, W] -> two of [B, C, ceil(H/2), ceil(W/2)]."""
    height, width = x.shape[-2:]
    if height % 2 or width % 2:
        x = F.pad(x, (0, width % 2, 0, height % 2))
    return x[:, :, ::2, ::2], x[:, :, 1::2, 1::2]


def relu_conv_norm(channels_in: int, channels_out: int, norm: Norm) -> nn.Sequential:
    """ReLU, 1x1 convolution, BatchNorm: brings an input of a cell to C channels."""
    return nn.Sequential(nn.ReLU(), Convolution(channels_in, channels_out, 1), norm(channels_out))


def _depthwise_pointwise(channels: int, kernel: int, stride: int, dilation: int, norm: Norm) -> list[nn.Module]:
    padding = dilation * (kernel - 1) // 2
    return [
        nn.ReLU(),
        Convolution(channels, channels, kernel, stride, padding, dilation, groups=channels),
        Convolution(channels, channels, 1),
        norm(channels),
    ]


def separable_convolution(channels: int, kernel: int, stride: int, norm: Norm) -> nn.Sequential:
    """(ReLU, depthwise k x k, pointwise, BatchNorm) twice, the stride in the first: 2 (C k^2 + C^2) weights."""
    return nn.Sequential(
        *_depthwise_pointwise(channels, kernel, stride, 1, norm),
        *_depthwise_pointwise(channels, kernel, 1, 1, norm),
    )


def dilated_convolution(channels: int, kernel: int, stride: int, norm: Norm) -> nn.Sequential:
    """ReLU, depthwise k x k with dilation 2, pointwise, BatchNorm: C k^2 + C^2 weights."""
    return nn.Sequential(*_depthwise_pointwise(channels, kernel, stride, 2, norm))


def rectangular_convolution(channels: int, stride: int, norm: Norm) -> nn.Sequential:
    """ReLU, 1x7 convolution, 7x1 convolution, BatchNorm: 14 C^2 weights."""
    return nn.Sequential(
        nn.ReLU(),
        Convolution(channels, channels, (1, 7), (1, stride), (0, 3)),
        Convolution(channels, channels, (7, 1), (stride, 1), (3, 0)),
        norm(channels),
    )


def skip_connect(channels: int, stride: int, norm: Norm) -> nn.Module:
    """The identity, or a factorized reduce where the resolution halves."""
    return nn.Identity() if stride == 1 else FactorizedReduce(channels, channels, norm)


# name -> factory(channels C, stride 1 or 2, norm)
OPERATIONS: dict[str, Callable[[int, int, Norm], nn.Module]] = {
    "none": lambda channels, stride, norm: Zero(stride),
    "max_pool_3x3": lambda channels, stride, norm: nn.MaxPool2d(3, stride, padding=1),
    "avg_pool_3x3": lambda channels, stride, norm: nn.AvgPool2d(3, stride, padding=1, count_include_pad=False),
    "skip_connect": skip_connect,
    "sep_conv_3x3": lambda channels, stride, norm: separable_convolution(channels, 3, stride, norm),
    "sep_conv_5x5": lambda channels, stride, norm: separable_convolution(channels, 5, stride, norm),
    "sep_conv_7x7": lambda channels, stride, norm: separable_convolution(channels, 7, stride, norm),
    "dil_conv_3x3": lambda channels, stride, norm: dilated_convolution(channels, 3, stride, norm),
    "dil_conv_5x5": lambda channels, stride, norm: dilated_convolution(channels, 5, stride, norm),
    "conv_7x1_1x7": rectangular_convolution,
    "noise": lambda channels, stride, norm: Noise(stride),
}


def operation(name: str, channels: int, stride: int = 1, norm: Norm = search_norm) -> nn.Module:
    """Make one candidate operation.

    Args:
        name: a key of `OPERATIONS`.
        channels: C, the same for input and output.
        stride: 1, or 2 in a reduction cell.
        norm: makes a BatchNorm for C channels; see the head of this file.
    Raises:
        UserError: an unknown name, or channels the operation cannot have.
    """
    if name not in OPERATIONS:
        raise unknown("operation", name, OPERATIONS)
    require(channels >= 1, f"an operation needs at least 1 channel, got {channels}; pass a larger number.")
    require(stride in (1, 2), f"an operation has stride 1 or 2, got {stride}; use 2 only in a reduction cell.")
    return OPERATIONS[name](channels, stride, norm)
