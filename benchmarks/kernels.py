"""The calls of which the fused cell is made, each way to compute them timed against others.

    python benchmarks/kernels.py [--save]

Milliseconds with 64 pictures, channels last: the smallest of seven in a process, the median of processes. *Ours* is
what `dartslab/fast` uses, *torch* what PyTorch does by itself. The ratios at the top are torch over ours, each the
largest in its table. BatchNorm and its gradient are those of 24 pairs of tensors in turn, as in a pass, so that none is
still in the cache; the fused cell never computes that gradient with dy and z in different formats. The last two tables
say what convolutions reach of what the processor gives.
"""

import ctypes
import inspect
import sys
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
import tyro
from torch import Tensor
from torch.autograd import Function

from dartslab.fast import batch_norm as fast_batch_norm
from dartslab.fast.batch_norm import standardize
from dartslab.fast.conv_norm import pointwise
from dartslab.fast.depthwise import DepthwiseSettings, copy_matrix, input_gradient, weight_gradient
from dartslab.fast.explicit_gradients import ExplicitGradient
from dartslab.fast.pools import pool
from dartslab.fast.sums import weighted_sums
from measure import Options, Result, median, run, spread

Row = dict[str, float]
SIZES = ((16, 32), (32, 16), (64, 8), (4, 16), (8, 8), (16, 4))  # channels and pixels: published, then the lessons'
FILTERS = ((3, 1), (5, 1), (3, 2), (5, 2))  # kernel and dilation


def keep_freed_memory() -> None:
    """Ask glibc to use freed memory again: else most of a large call, made alone, is the system clearing new pages.

    In whole steps it made no difference beyond the noise, so a search does not ask for it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(-3, 2**25), mallopt(-1, -1)  # threshold of mmap: its largest value; of trimming: never


def milliseconds(function: Callable[..., object], *arguments: Any) -> float:
    """The smallest time of seven calls, after one that is not counted."""
    function(*arguments)
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - begun)
    return 1e3 * min(times)


def pictures(channels: int, pixels: int) -> Tensor:
    """64 random pictures, channels last."""
    return torch.randn(64, channels, pixels, pixels).contiguous(memory_format=torch.channels_last)


def depthwise(channels: int, pixels: int, kernel: int, dilation: int) -> Row:
    """Both gradients of a depthwise convolution."""
    x, g, w = pictures(channels, pixels), pictures(channels, pixels), torch.randn(channels, 1, kernel, kernel)

    def torchs(of_input: bool) -> None:
        padding, mask = [dilation * (kernel - 1) // 2] * 2, [of_input, not of_input, False]
        torch.ops.aten.convolution_backward(
            g, x, w, None, [1, 1], padding, [dilation] * 2, False, [0, 0], channels, mask
        )

    return {
        "input, ours": milliseconds(input_gradient, g, w, x.shape, DepthwiseSettings(dilation=dilation)),
        "input, torch": milliseconds(torchs, True),
        "weights, ours": milliseconds(weight_gradient, g, x, kernel, 1, dilation),
        "weights, torch": milliseconds(torchs, False),
    }


def batch_norm(channels: int, pixels: int) -> Row:
    """BatchNorm as `standardize` computes it for large tensors and in one call of torch; three ways to its gradient."""
    fast_batch_norm.LARGE = 0
    pairs = [(pictures(channels, pixels), pictures(channels, pixels)) for _ in range(24)]
    other = [(dy.contiguous(), z) for dy, z in pairs]
    one, zero = torch.ones(channels), torch.zeros(channels)
    row = one.view(1, -1, 1, 1)

    def call(dy: Tensor, z: Tensor, whole: bool = True) -> Any:
        mask = [whole, True, not whole]
        return torch.ops.aten.native_batch_norm_backward(dy, z, one, None, None, zero, one, True, 1e-5, mask)

    def written_out(dy: Tensor, z: Tensor) -> None:
        product, total = (sums.view(row.shape) * row.numel() / -z.numel() for sums in call(dy, z, False)[1:])
        torch.addcmul(row * total, dy, row).addcmul_(z, row * product)

    def each(way: Callable[[Tensor, Tensor], Any], pairs: list[tuple[Tensor, Tensor]] = pairs) -> float:
        return milliseconds(lambda: [way(*pair) for pair in pairs]) / len(pairs)

    return {
        "ours": each(lambda _, z: standardize(z)),
        "torch": each(lambda _, z: torch.native_batch_norm(z, None, None, None, None, True, 0.0, 1e-5)),
        "gradient, one call": each(call),
        "gradient, formats differ": each(call, other),
        "gradient, written out": each(written_out),
    }


def grouped(groups: int, channels: int, pixels: int) -> Row:
    """Pointwise convolutions side by side: in their own groups, and joined to larger ones by `pointwise`."""
    h, w = pictures(groups * channels, pixels), torch.randn(groups * channels, channels, 1, 1)
    return {
        "ours, joined": milliseconds(pointwise, h, w, groups),
        "torch": milliseconds(lambda: F.conv2d(h, w, groups=groups)),
    }


def pools(channels: int, pixels: int) -> Row:
    """Pools with their gradient."""
    x, g = pictures(channels, pixels).requires_grad_(), pictures(channels, pixels)
    return {
        f"{name[:3]}, {whose}": milliseconds(lambda n, native: torch.autograd.grad(pool(n, x, 1, native), x, g), *how)
        for name in ("avg_pool_3x3", "max_pool_3x3")
        for whose, how in (("ours", (name, False)), ("torch", (name, True)))
    }


def copies(channels: int, pixels: int) -> Row:
    """2 sources put side by side for 2 operations on 3 nodes: 12 copies, by a convolution and by torch.cat."""
    x = pictures(2 * channels, pixels)
    w = copy_matrix(x, 12 * channels, 2 * channels, DepthwiseSettings(sources=2, copies=2))
    return {
        "ours, a convolution": milliseconds(lambda: F.conv2d(x, w)),
        "torch.cat": milliseconds(lambda: torch.cat([part for part in x.chunk(2, 1) for _ in range(3)] * 2, 1)),
    }


def mixtures(channels: int, pixels: int) -> Row:
    """Weighted sums of 6 states for 4 nodes, with gradients: each in its place, and as a product of stacked states."""
    states = [pictures(channels, pixels).requires_grad_() for _ in range(6)]
    gains, g = torch.rand(4, 6, requires_grad=True), [pictures(channels, pixels) for _ in range(4)]

    def as_product(gains: Tensor, states: list[Tensor]) -> list[Tensor]:
        stack = torch.stack([state.permute(0, 2, 3, 1) for state in states])
        sums = (gains @ stack.flatten(1)).unflatten(1, stack.shape[1:])
        return [s.permute(0, 3, 1, 2) for s in sums.unbind(0)]

    def differentiate(way: Callable[[Tensor, list[Tensor]], list[Tensor]]) -> None:
        torch.autograd.grad(way(gains, states), [gains, *states], g)

    return {
        "ours, in place": milliseconds(differentiate, weighted_sums),
        "a product": milliseconds(differentiate, as_product),
    }


def sums(blocks: int, channels: int, pixels: int) -> Row:
    """The sum of blocks of channels."""
    y = pictures(blocks * channels, pixels)
    return {
        "ours, block by block": milliseconds(lambda: sum(y.chunk(blocks, 1))),
        "torch.sum": milliseconds(lambda: y.unflatten(1, (blocks, channels)).sum(1)),
    }


def calls() -> Row:
    """Microseconds of a function around next to nothing: 1000 calls take as many milliseconds."""

    class Torchs(Function):
        @staticmethod
        def forward(x: Tensor, v: Any, w: Any, gain: Any, onto: Any, layout: Any) -> Tensor:
            return x.view(-1)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

    class Ours(ExplicitGradient):
        @staticmethod
        def forward(x: Tensor, v: Any, w: Any, gain: Any, onto: Any, layout: Any) -> Tensor:
            return x.view(-1)

        setup_context = Torchs.setup_context

    def repeat(function: type[Function]) -> None:
        for _ in range(1000):
            function.apply(x, None, None, None, None, 1)

    x = torch.zeros(4, requires_grad=True)
    return {"ours": milliseconds(repeat, Ours), "torch": milliseconds(repeat, Torchs)}


def rates(channels: int, pixels: int) -> Row:
    """Multiply-adds a second, twice: of convolutions, and of the same numbers as a matrix product."""
    x, w = pictures(channels, pixels), torch.randn(channels, channels)
    rows, mega = x.permute(0, 2, 3, 1).reshape(-1, channels), 2e-6 * x.numel()

    def of_depthwise(k: int) -> float:
        v = torch.randn(channels, 1, k, k)
        return mega * k * k / milliseconds(lambda: F.conv2d(x, v, padding=k // 2, groups=channels))

    return {
        "pointwise": mega * channels / milliseconds(lambda: F.conv2d(x, w[:, :, None, None])),
        "as a product": mega * channels / milliseconds(lambda: rows @ w),
        "depthwise 3x3": of_depthwise(3),
        "depthwise 5x5": of_depthwise(5),
    }


def processor() -> Row:
    """What the processor gives: a large matrix product, and a copy."""
    square, numbers = torch.randn(1024, 1024), torch.randn(2**24)
    return {
        "matrix product, GFLOP/s": 2e-6 * 1024**3 / milliseconds(lambda: square @ square),
        "copy of 64 MiB, GB/s": 2 * 4e-6 * 2**24 / milliseconds(numbers.clone),
    }


TABLES: dict[str, tuple[Callable[..., Row], list[tuple[int, ...]]]] = {
    "Gradients of a depthwise convolution": (depthwise, [(*size, *how) for size, how in product(SIZES, FILTERS)]),
    "BatchNorm and its gradient": (batch_norm, list(SIZES)),
    "Pointwise convolutions side by side": (grouped, [(24, 4, 16), (12, 4, 16), (24, 8, 8), (12, 8, 8)]),
    "Pools with their gradient": (pools, list(SIZES)),
    "Sums of blocks of channels": (sums, [(8, 12, 16)]),
    "12 copies": (copies, list(SIZES[3:])),
    "Weighted sums": (mixtures, list(SIZES[:3])),
    "Microseconds to apply a function": (calls, [()]),
    "GFLOP/s of convolutions": (rates, list(SIZES[:3])),
    "The processor": (processor, [()]),
}


def measure(_: str) -> dict[str, list[Row]]:
    """All tables; a row begins with what its function was given."""
    keep_freed_memory()
    return {
        heading: [dict(zip(inspect.signature(way).parameters, case, strict=True)) | way(*case) for case in cases]
        for heading, (way, cases) in TABLES.items()
    }


def report(found: dict[str, list[Any]]) -> Result:
    """The largest ratios, and medians of all tables."""
    tables = median(found["all"])
    gradients, (call,) = tables["Gradients of a depthwise convolution"], tables["Microseconds to apply a function"]
    pool_rows = tables["Pools with their gradient"]
    return {
        "weight_gradient_ratio": max(row["weights, torch"] / row["weights, ours"] for row in gradients),
        "input_gradient_ratio": max(row["input, torch"] / row["input, ours"] for row in gradients),
        "average_pool_ratio": max(row["avg, torch"] / row["avg, ours"] for row in pool_rows),
        "microseconds_of_a_call": call["ours"],
        "microseconds_of_torchs_call": call["torch"],
        "n": len(found["all"]),
        "spread": {heading: spread([each[heading] for each in found["all"]]) for heading in tables},
        "tables": tables,
    }


if __name__ == "__main__":
    options = tyro.cli(Options, description=__doc__)
    run(options, {"all": options.repeats}, measure, report)
