"""A convolution whose gradients are right in bfloat16 on a processor too.

There PyTorch's gradient of the weights reads memory that nothing was written to, in two cases: a stride of 2 along
pictures one pixel wide, and a dilated depthwise convolution, channels last, of pictures 29 pixels wide and more
(torch 2.7 to 2.14 with AVX-512; its values differ from call to call, up to inf and nan). Both are written here as
another convolution of the same numbers, whose gradient is right. Everything else is PyTorch's.
"""

from functools import cache
from itertools import product
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .messages import UserError

Pair = tuple[int, int]


class Convolution(nn.Conv2d):
    """PyTorch's module without a bias, computed by `convolve`.

    Args:
        channels_in, channels_out, kernel, stride, padding, dilation, groups: as there; a pair is for H and W.
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(channels_in, channels_out, kernel, stride, padding, dilation, groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C_out, H', W']."""
        settings = cast("tuple[Pair, Pair, Pair]", (self.stride, self.padding, self.dilation))
        return convolve(x, self.weight, *settings, self.groups)


def convolve(x: Tensor, w: Tensor, stride: Pair, padding: Pair, dilation: Pair, groups: int) -> Tensor:
    """`F.conv2d` without a bias, in another form where its weight gradient would be wrong; see the head of this file.

    Args:
        x: [B, C, H, W].
        w: [C_out, C / groups, k_h, k_w].
        stride, padding, dilation, groups: of the convolution, along H and W.
    Returns:
        [B, C_out, H', W'].
    """
    if x.device.type == "cpu":
        x, w = to_autocast(x, w)
    if x.device.type != "cpu" or x.dtype != torch.bfloat16:
        return F.conv2d(x, w, None, stride, padding, dilation, groups)
    step = dilation[0]
    if step > 1 and groups == x.shape[1] and stride == (1, 1) and same_size(w, padding, step):
        return convolve_phases(x, w, padding, step)
    return F.conv2d(widen(x, w.shape[3], stride[1]), w, None, stride, padding, dilation, groups)


def convolve_phases(x: Tensor, w: Tensor, padding: Pair, dilation: int) -> Tensor:
    """A dilated depthwise convolution that keeps the size, as an undilated one of each phase; see `phases`."""
    apart = F.conv2d(phases(x, dilation), w, None, 1, [pad // dilation for pad in padding], 1, x.shape[1])
    last = x.is_contiguous(memory_format=torch.channels_last)
    joined = join_phases(apart, dilation, x.shape[2], x.shape[3])
    return joined.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)


def to_autocast(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """x and w in the type that autocast gives PyTorch's convolutions; it does not act inside a `Function`."""
    kind = x.device.type
    if not torch.is_autocast_enabled(kind) or x.dtype == torch.float64:
        return x, w
    low = torch.get_autocast_dtype(kind)
    return x.to(low), w.to(low)


def widen(x: Tensor, kernel: int, stride: int) -> Tensor:
    """A column of zeros beside pictures one pixel wide that are read with a stride; the output stays one pixel wide.

    The convolution reads that column as it reads the zeros around a picture.

    Args:
        x: [B, C, H, W].
        kernel: its width, an odd number; the padding is half of it.
        stride: along W.
    Returns:
        [B, C, H, 2] where W is 1 and there is a stride, else x.
    """
    return F.pad(x, (0, 1)) if x.shape[3] == 1 and stride > 1 and kernel > 1 else x


def same_size(w: Tensor, padding: Pair, dilation: int) -> bool:
    """Whether a convolution of stride 1 gives pictures of the size that it gets."""
    return all(2 * pad == dilation * (size - 1) for pad, size in zip(padding, w.shape[2:], strict=True))


def phases(x: Tensor, step: int) -> Tensor:
    """Every step-th pixel of a picture as a picture of its own: [B, C, H, W] -> [step*step*B, C, ~H/step, ~W/step].

    A convolution with dilation `step` is an ordinary one of each phase. Zeros fill up sizes that do not divide.
    """
    height, width = (-size % step for size in x.shape[2:])
    pixels = (F.pad(x, (0, width, 0, height)) if height or width else x).permute(0, 2, 3, 1)
    apart = pixels.unflatten(2, (-1, step)).unflatten(1, (-1, step))  # [B, H/step, step, W/step, step, C]
    return apart.permute(2, 4, 0, 1, 3, 5).flatten(0, 2).permute(0, 3, 1, 2)


def join_phases(x: Tensor, step: int, height: int, width: int) -> Tensor:
    """The inverse of `phases`: [step*step*B, C, ~H/step, ~W/step] -> [B, C, H, W]."""
    apart = x.permute(0, 2, 3, 1).unflatten(0, (step, step, -1))  # [step, step, B, H/step, W/step, C]
    pixels = apart.permute(2, 3, 0, 4, 1, 5).flatten(3, 4).flatten(1, 2)
    return pixels[:, :height, :width].permute(0, 3, 1, 2)


@cache
def require_right_gradients() -> None:
    """Compare weight gradients in bfloat16 on this processor with those in float32, once in a process.

    Raises:
        UserError: one differs by more than rounding does.
    """
    for kernel, stride, dilation, full, width in product((3, 5), (1, 2), (1, 2), (True, False), (1, 2, 8, 32)):
        if (error := weight_error(kernel, stride, dilation, 1 if full else CHANNELS, width)) > TOLERANCE:
            raise UserError(
                f"precision 'bfloat16' computes wrong gradients on this processor with torch {torch.__version__}: "
                f"that of a {kernel}x{kernel} convolution with stride {stride} and dilation {dilation} of pictures "
                f"{width} pixels wide is off by {error:.0%}; use 'float32'."
            )


CHANNELS = 16
TOLERANCE = 0.05  # relative; rounding to 8 bits gives about 0.002


def weight_error(kernel: int, stride: int, dilation: int, groups: int, width: int) -> float:
    """The relative error of a weight gradient in bfloat16, [CHANNELS, width, width] pictures, channels last.

    Memory is filled with nan and given back before, which a gradient that reads it will show.
    """
    random = torch.Generator().manual_seed(0)
    x = torch.randn(2, CHANNELS, width, width, generator=random).to(torch.bfloat16, memory_format=torch.channels_last)
    w = torch.randn(CHANNELS, CHANNELS // groups, kernel, kernel, generator=random).bfloat16()
    padding = dilation * (kernel - 1) // 2
    settings = ((stride, stride), (padding, padding), (dilation, dilation), groups)
    found = []
    for number in (torch.bfloat16, torch.float32):
        weight = w.to(number).requires_grad_()
        y = convolve(x.to(number), weight, *settings)
        g = torch.randn(y.shape, generator=random.manual_seed(1)).bfloat16()
        g = g.to(number, memory_format=torch.channels_last)
        for size in 3 * [2**power for power in range(4, 18)]:
            torch.full((size,), torch.nan)
        found.append(torch.autograd.grad(y, weight, g)[0].float())
    low, right = found
    error = float((low - right).norm() / right.norm())
    return error if error < torch.inf else torch.inf  # nan, too, is an error without bound
