"""Pointwise convolutions of many edges side by side, as a processor likes them.

Shapes: B batch, H W height and width; G groups of I channels, which become O each.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

# Input channels of a group: as many as the processor computes at once; it is slower at smaller groups
# (`benchmarks/kernels.py`) ...
BLOCK = 16 if torch.backends.cpu.get_cpu_capability() == "AVX512" else 8
WORTH_JOINING = 2**16  # ... and in smaller tensors the calls weigh more than the work


def pointwise(h: Tensor, w: Tensor | None, groups: int) -> Tensor:
    """z = w h, pixel by pixel; shapes as in `normalized.normalized`."""
    if w is None:
        return h
    if groups == 1:
        return F.conv2d(h, w)
    fits = range(1, min(groups, BLOCK // w.shape[1]) + 1) if h.numel() >= WORTH_JOINING else ()
    times = max((count for count in fits if groups % count == 0), default=1)
    return F.conv2d(h, block_diagonal(w, groups, times), groups=groups // times)


def block_diagonal(w: Tensor, groups: int, times: int) -> Tensor:
    """The same pointwise convolution in fewer groups, with zeros between: [G*O, I, 1, 1] -> [G*O, times*I, 1, 1]."""
    if times == 1:
        return w
    diagonal = torch.eye(times, dtype=w.dtype, device=w.device).view(times, 1, times, 1)
    blocks = w.view(groups // times, times, -1, 1, w.shape[1]) * diagonal
    return blocks.view(len(w), -1, 1, 1)


def transposed(w: Tensor, groups: int) -> Tensor:
    """The pointwise convolution that takes gradients of z back to h: [G*O, I, 1, 1] -> [G*I, O, 1, 1]."""
    if groups == 1:
        return w.transpose(0, 1)
    return w.view(groups, -1, w.shape[1]).transpose(1, 2).reshape(-1, w.shape[0] // groups, 1, 1)
