"""Which plan a fused cell follows on which machine, and the steps of `fused.py` that depend on the plan.

Shapes: B batch, C channels, H W height and width, n nodes, Q states that edges share.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..operations import FactorizedReduce
from .conv_norm import conv_norm
from .pools import dense_diagonals
from .sums import concatenate, weighted_sums


class Plan(NamedTuple):
    """How the sum is computed. The result is the same for every plan up to the order of sums.

    Args:
        together: all branches of a wave are side by side in one tensor; else each has its own.
        native: PyTorch's own gradients, in few and large calls; else the explicit ones of `depthwise` and `conv_norm`.
    """

    together: bool
    native: bool


FEW_CALLS = Plan(together=True, native=True)
SMALL = Plan(together=True, native=False)
IN_CACHE = Plan(together=False, native=False)
SMALL_UP_TO = 2**17  # numbers in a state [B, C, H, W]


def plan_for(s: Tensor) -> Plan:
    """The plan for the device and the size of a state s [B, C, H, W]; all choices by device are here.

    On a GPU, starting a kernel costs more than its work: few calls. On a processor small tensors are side by side too;
    large ones stay apart, so that each is still in the cache when it is read again.
    `tests/fast/test_fused.py` shows that the three plans agree; how many calls they make is in
    `benchmarks/results/search_step.md`.
    """
    if s.device.type != "cpu":
        return FEW_CALLS
    return SMALL if s.numel() <= SMALL_UP_TO else IN_CACHE


def to_plan_format(x: Tensor, plan: Plan) -> Tensor:
    """x [B, C, H, W] in the memory format of a plan: channels last for a processor's convolutions.

    PyTorch's own kernels take either format, and x keeps the one it has.
    """
    last = not plan.native or x.is_contiguous(memory_format=torch.channels_last)
    return x.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)


def join_filters(filters: list[Tensor]) -> Tensor:
    """Depthwise filters [K, 1, k, k] of some operations as one tensor, padded with zeros to the largest k."""
    size = max(w.shape[-1] for w in filters)
    padded = [w if w.shape[-1] == size else F.pad(w, [(size - w.shape[-1]) // 2] * 4) for w in filters]
    return concatenate(padded, 0)


def mix_states(gains: Tensor, states: list[Tensor], plan: Plan) -> list[Tensor]:
    """Weighted sums of states, for n nodes.

    Together, as a pointwise convolution with gains[j, q] on the diagonal of block (j, q) of C x C: one call and C times
    the arithmetic; else as in `sums.weighted_sums`.

    Args:
        gains: [n, Q].
        states: Q of [B, C, H, W]; together, some of them may be side by side in one tensor.
        plan: how the sum is computed.
    Returns:
        The sums of n nodes [B, C, H, W]; together, one tensor of them side by side.
    """
    if not plan.together:
        return weighted_sums(gains, states)
    nodes, count = gains.shape
    joined = concatenate(states)
    channels = joined.shape[1] // count
    diagonal = torch.eye(channels, dtype=gains.dtype, device=gains.device).view(1, channels, 1, channels)
    w = (gains.reshape(nodes, 1, count, 1) * diagonal).view(nodes * channels, count * channels, 1, 1)
    return [F.conv2d(joined, w.to(joined.dtype))]


def preprocess_input(module: nn.Module, x: Tensor, plan: Plan) -> Tensor:
    """An input of the cell brought to C channels and the right resolution, as `cell.Preprocess` does it."""
    x = F.relu(to_plan_format(x, plan))
    if isinstance(module, FactorizedReduce):
        w = torch.cat([module.even.weight, module.odd.weight])
        return conv_norm(torch.cat(dense_diagonals(x, plan.native), 1), w, groups=2, native=plan.native)
    (w,) = module.parameters()
    return conv_norm(x, w, native=plan.native)
