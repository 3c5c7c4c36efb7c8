"""The gradient of a depthwise convolution's weights, put together from calls that are quick on a processor.

Shapes: B batch, C channels, H W height and width, k kernel size. `tests/test_depthwise.py` compares it with PyTorch's
own in float64, `benchmarks/kernels.py` the time.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

LARGE = 2**19  # numbers; in smaller tensors more calls weigh more than copies


def weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The gradient of a depthwise convolution's weights.

    dw[q] = sum_p x[stride p + dilation q] g[p]

    PyTorch's own code for it is quick on processors where a kernel is undilated, at most 3 wide and not higher than the
    picture, and otherwise up to 25 times slower than that (`benchmarks/results/kernels.md`). So a kernel that is small
    but dilated sees every second pixel as a picture of its own, see `phases`; of a wide one PyTorch gets a few
    columns at a time, see `wide_weight_gradient`.

    Args:
        g: gradient of the output, [B, C, H/stride, W/stride].
        x: [B, C, H, W].
        kernel, stride, dilation: of the convolution; k, and 1 or 2 each.
    Returns:
        [C, 1, k, k].
    """
    if dilation > 1 and stride == dilation:  # then only every second pixel is read
        return weight_gradient(g, x[:, :, ::stride, ::stride], kernel, 1, 1)
    if kernel > 3 and (dilation == 1 or x.numel() >= LARGE):
        return wide_weight_gradient(g, x, kernel, stride, dilation)
    if dilation > 1:
        return weight_gradient(phases(g, dilation), phases(x, dilation), kernel, 1, 1)
    height = max(x.shape[2], kernel)
    w = x.new_empty(x.shape[1], 1, kernel, kernel)
    return columns_gradient(with_height(g, -(-height // stride)), with_height(x, height), w, stride)


def wide_weight_gradient(g: Tensor, x: Tensor, kernel: int, stride: int, dilation: int) -> Tensor:
    """The same for k > 3, in groups of 3 columns of the kernel, or single ones if it is dilated.

    Both pictures get margins of zeros, as many columns as the kernel reads beyond an edge. Where all rows stand one
    after the other in memory, a picture moved sideways begins some pixels later, and what leaves a row meets the zeros
    before the next. With a dilation d, row r+d is below row r if d rows stand side by side.
    """
    together = 3 if dilation == 1 else 1
    half = kernel // 2
    batch, channels, height, _ = x.shape
    height = dilation * max(kernel, -(-height // dilation))
    width = g.shape[3] + -(-dilation * half // stride)  # of g with margins
    still = with_margins(g, -(-height // stride), width, 1, 0)
    if dilation > 1:
        rows = still.permute(0, 2, 3, 1).reshape(batch, -1, dilation * width, channels)
        still = rows.permute(0, 3, 1, 2)
    pixels = with_margins(x, height, stride * width, stride, 1).permute(0, 2, 3, 1).flatten(0, 2)
    w = x.new_empty(channels, 1, kernel, together)
    size = height * stride * width  # pixels of a picture
    columns = []
    for begin in range(-half, half + 1, together):
        first = size + dilation * (begin + together // 2)
        moved = pixels[first : first + batch * size].view(batch, -1, dilation * stride * width, channels)
        columns.append(columns_gradient(still, moved.permute(0, 3, 1, 2), w, stride))
    return torch.cat(columns, 3)[..., :kernel]


def with_margins(x: Tensor, height: int, width: int, left: int, more: int) -> Tensor:
    """Zeros to the left, on the right and below, and as pictures of zeros before and after the others.

    [B, C, H, W] -> [more + B + more, C, height, width].
    """
    right, below = width - left - x.shape[3], height - x.shape[2]
    return F.pad(x, (left, right, 0, below, 0, 0, more, more))


def columns_gradient(g: Tensor, x: Tensor, w: Tensor, stride: int) -> Tensor:
    """PyTorch's gradient of an undilated depthwise convolution's weights; w [C, 1, odd, odd] gives their shape only."""
    padding = [size // 2 for size in w.shape[2:]]
    return torch.ops.aten.convolution_backward(
        g, x, w, None, [stride] * 2, padding, [1, 1], False, [0, 0], x.shape[1], [False, True, False]
    )[1]


def with_height(x: Tensor, height: int) -> Tensor:
    """x with rows of zeros below, if it is lower: [B, C, H, W] -> [B, C, height, W]."""
    return F.pad(x, (0, 0, 0, height - x.shape[2])) if height > x.shape[2] else x


def phases(x: Tensor, step: int) -> Tensor:
    """Every step-th pixel of a picture as a picture of its own: [B, C, H, W] -> [step*step*B, C, ~H/step, ~W/step].

    A convolution with dilation `step` is an ordinary one of each phase. Zeros fill up sizes that do not divide.
    """
    height, width = (-size % step for size in x.shape[2:])
    pixels = (F.pad(x, (0, width, 0, height)) if height or width else x).permute(0, 2, 3, 1)
    apart = pixels.unflatten(2, (-1, step)).unflatten(1, (-1, step))  # [B, H/step, step, W/step, step, C]
    return apart.permute(2, 4, 0, 1, 3, 5).flatten(0, 2).permute(0, 3, 1, 2)
