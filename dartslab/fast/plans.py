"""How a fused cell is computed on which machine, and the steps of `fused.py` that depend on it or need no cell.

Shapes: B batch, C channels, H W height and width, n nodes, Q states that edges share.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..operations import FactorizedReduce
from .conv_norm import normalized
from .pools import diagonals
from .sums import concatenated, weighted_sums


class Plan(NamedTuple):
    """How the sum is computed; what it is does not depend on it.

    Args:
        together: all branches of a source stand side by side in one tensor; else each has its own.
        native: PyTorch's own gradients, by few and large calls; else those of `depthwise` and `normalized`.
    """

    together: bool
    native: bool


FEW_CALLS = Plan(together=True, native=True)
SMALL = Plan(together=True, native=False)
IN_CACHE = Plan(together=False, native=False)
SMALL_UP_TO = 2**17  # numbers in a state [B, C, H, W]


def plan_for(s: Tensor) -> Plan:
    """The plan for the device and the size of a state s [B, C, H, W]; all choices by device are here.

    On a GPU starting a kernel costs more than its work: few calls. On a processor small tensors stand side by side as
    well; large ones stay apart, so that each is still in the cache when it is read again.
    `tests/test_fused.py` holds the three plans equal; `benchmarks/results/search_step.md` has what was measured.
    """
    if s.device.type != "cpu":
        return FEW_CALLS
    return SMALL if s.numel() <= SMALL_UP_TO else IN_CACHE


def ordered(x: Tensor, plan: Plan) -> Tensor:
    """x [B, C, H, W] in the memory format that suits a plan: channels last for a processor's convolutions.

    PyTorch's own kernels take either format, and x keeps the one it has.
    """
    last = not plan.native or x.is_contiguous(memory_format=torch.channels_last)
    return x.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)


def joined_filters(own: dict[str, Tensor], layer: str, names: list[str]) -> Tensor:
    """Depthwise filters of some operations as one, framed with zeros to the size of the largest."""
    filters = [own[f"{layer}_{name}"] for name in names]
    size = max(w.shape[-1] for w in filters)
    framed = [w if w.shape[-1] == size else F.pad(w, [(size - w.shape[-1]) // 2] * 4) for w in filters]
    return concatenated(framed, 0)


def mixed_by(gains: Tensor, states: list[Tensor], plan: Plan) -> list[Tensor]:
    """Weighted sums of states, for n nodes.

    Together, as a pointwise convolution with gains[j, q] on the diagonal of block (j, q) of C x C: one call and C times
    the arithmetic; else as `weighted.weighted_sums`.

    Args:
        gains: [n, Q].
        states: Q of [B, C, H, W]; together, some of them may stand side by side in one tensor.
        plan: how.
    Returns:
        The sums of n nodes [B, C, H, W]; together, one tensor of them side by side.
    """
    if not plan.together:
        return weighted_sums(gains, states)
    nodes, count = gains.shape
    joined = concatenated(states)
    channels = joined.shape[1] // count
    diagonal = torch.eye(channels, dtype=gains.dtype, device=gains.device).view(1, channels, 1, channels)
    w = (gains.reshape(nodes, 1, count, 1) * diagonal).view(nodes * channels, count * channels, 1, 1)
    return [F.conv2d(joined, w.to(joined.dtype))]


def preprocessed(module: nn.Module, x: Tensor, plan: Plan) -> Tensor:
    """An input of the cell brought to C channels and the right resolution, as `cell.Preprocess` does it."""
    x = F.relu(ordered(x, plan))
    if isinstance(module, FactorizedReduce):
        w = torch.cat([module.even.weight, module.odd.weight])
        return normalized(torch.cat(diagonals(x, plan.native), 1), w, groups=2, native=plan.native)
    (w,) = module.parameters()
    return normalized(x, w, native=plan.native)
