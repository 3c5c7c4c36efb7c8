"""In which precision and in which memory format a network is computed, apart from the network itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from .convolution import require_right_gradients
from .forward_mode import has_tangent
from .messages import require

PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Numerics:
    """How a network is run.

    In bfloat16 a pass runs under `torch.autocast`: convolutions, matrix products and the states between them are
    bfloat16, which has the range of float32 and 8 bits of accuracy. Everything that lasts from step to step stays
    float32: weights, momentum, alpha and its averages. So do the mixing weights, the losses, mean and variance of
    BatchNorm, and the gradients that optimisers receive. float16 is not offered: gradients below 6e-8 would become zero
    in it, and losses would have to be scaled, also inside every hypergradient.

    Args:
        precision: float32 or bfloat16. A network in float64 stays in float64 with either.
        channels_last: store pictures and 4-D weights pixel by pixel instead of channel by channel, which is faster on
            many GPUs, above all in bfloat16. The same numbers up to the order of sums.
    """

    precision: str = "float32"
    channels_last: bool = False

    def prepare(self, net: nn.Module) -> nn.Module:
        """Bring the weights of a network into the chosen memory format, in place; returns the network."""
        for parameter in net.parameters():
            if self.channels_last and parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        return net

    def __call__(self, forward: Callable[..., Any], images: Tensor, *others: Any) -> Any:
        """One pass.

        Args:
            forward: a network, or a function that runs one.
            images: [B, C, H, W].
            others: further arguments.
        Returns:
            `forward(images, *others)`, logits in float32 where they were computed in bfloat16.
        """
        # A random crop gives channels last, the faster format for cells on a processor; elsewhere the flag decides.
        if self.channels_last or images.device.type != "cpu":
            wanted = torch.channels_last if self.channels_last else torch.contiguous_format
            images = images.contiguous(memory_format=wanted)
        # No cache: each weight is used once in a pass, and a copy must not outlive the derivative that it was made for.
        low = self.precision == "bfloat16"
        with torch.autocast(images.device.type, torch.bfloat16, enabled=low, cache_enabled=False):
            found = forward(images, *others)
        return tree_map_only(Tensor, to_float32, found)


PLAIN = Numerics()


def to_float32(x: Tensor) -> Tensor:
    """x in float32 if it is bfloat16, else x unchanged."""
    return x.float() if x.dtype == torch.bfloat16 else x


def require_precision(precision: str, device: torch.device) -> None:
    """Raise `UserError` unless the device computes in that precision, and on a processor rightly."""
    require(
        precision == "float32" or device.type != "cuda" or torch.cuda.is_bf16_supported(including_emulation=False),
        f"precision {precision!r} is not supported on device {str(device)!r}; use 'float32'.",
    )
    if precision == "bfloat16" and device.type == "cpu":
        require_right_gradients()


@contextmanager
def without_tf32() -> Iterator[None]:
    """Within this block float32 products use all 24 bits; some GPUs round their factors to 11 bits by default."""
    backends: tuple[Any, ...] = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [backend.allow_tf32 for backend in backends]
    try:
        for backend in backends:
            backend.allow_tf32 = False
        yield
    finally:
        for backend, allowed in zip(backends, before, strict=True):
            backend.allow_tf32 = allowed


def match_formats(optimizer: torch.optim.Optimizer) -> None:
    """Give loaded momentum buffers the memory formats of their weights; fused optimisers assume that both agree."""
    for weight, state in optimizer.state.items():
        for name, tensor in state.items():
            if isinstance(tensor, Tensor) and tensor.shape == weight.shape:
                state[name] = torch.empty_like(weight).copy_(tensor)


EPSILON = 1e-5  # of BatchNorm, PyTorch's and the published code's


def ones_of_float32(x: Tensor) -> Tensor | None:
    """A gain of ones that makes BatchNorm keep its statistics in float32; None where x [B, C, H, W] is not bfloat16.

    PyTorch keeps mean and 1 / standard deviation in the type of the gain, or of x where there is no gain: on a
    processor in bfloat16, with 8 bits. Backward subtracts that mean again.
    """
    return x.new_ones(x.shape[1], dtype=torch.float32) if x.dtype == torch.bfloat16 else None


def batch_norm(x: Tensor, gain: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
    """BatchNorm by batch statistics, PyTorch's own, with statistics in float32 for a bfloat16 input too.

    In forward mode x is float32 and the gain is applied afterwards, because of two of PyTorch's rules: the tangent of a
    bfloat16 BatchNorm with a float32 gain is float32, which the next convolution refuses; and among the FakeTensors of
    `memory` the tangent is on no device where the gain has none. (Compiled cells are never differentiated so.)

    Args:
        x: [B, C, H, W] or [B, C, pixels].
        gain, bias: [C]; None for 1 and 0.
    Returns:
        The same shape and type as x.
    """
    if len(x) == 1 and x.dim() == 4:
        # On a processor PyTorch mistakes the memory format of a single picture's gradient, not that of a row of pixels.
        return batch_norm(x.flatten(2), gain, bias).unflatten(2, x.shape[2:])
    low = x.dtype == torch.bfloat16
    if not torch.compiler.is_compiling() and has_tangent(x) and (low or (gain is not None and not has_tangent(gain))):
        y = F.batch_norm(x.float() if low else x, None, None, training=True, eps=EPSILON)
        each = (-1, *[1] * (x.dim() - 2))
        y = y if gain is None else y * gain.view(each)
        return (y if bias is None else y + bias.view(each)).to(x.dtype)
    return F.batch_norm(x, None, None, ones_of_float32(x) if gain is None else gain, bias, training=True, eps=EPSILON)
