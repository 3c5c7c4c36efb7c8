"""Why the modules of the fused cell compute as they do: each way timed against others on this machine.

    python benchmarks/kernels.py

Milliseconds, smallest of seven, one thread, 64 pictures, channels last. Input and weight gradients of depthwise
convolutions; BatchNorm as `standardized.py` computes large tensors and in PyTorch's one call; its gradient in one call,
also where the formats differ, and written out; pointwise convolutions in groups of few channels and joined; pools with
their gradient; the sum over blocks of channels; copies of a state for many filters; weighted sums of states; the
overhead of a function with explicit gradients. Last, what a convolution reaches of what the processor gives.
"""

import ctypes
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

from dartslab.fast import batch_norm as fast_batch_norm
from dartslab.fast.batch_norm import standardize
from dartslab.fast.conv_norm import pointwise
from dartslab.fast.depthwise import DepthwiseSettings, copy_matrix, input_gradient, weight_gradient
from dartslab.fast.explicit_gradients import ExplicitGradient
from dartslab.fast.pools import pool
from dartslab.fast.sums import weighted_sums

SIZES = ((16, 32), (32, 16), (64, 8), (4, 16), (8, 8), (16, 4))  # channels and pixels: published, then the lessons'
FILTERS = ((3, 1), (5, 1), (3, 2), (5, 2))  # kernel and dilation


def keep_freed_memory() -> None:
    """Ask glibc to use freed memory again: else most of a large call, made alone, is the system clearing new pages.

    In whole steps it made no difference beyond the noise, so a search does not ask for it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(-3, 2**25), mallopt(-1, -1)  # threshold of mmap: its largest value; of trimming: never


def milliseconds(function: Callable[[], object], repeats: int = 7) -> float:
    """The smallest time of some calls, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        times.append(time.perf_counter() - begun)
    return 1e3 * min(times)


def pytorchs(g: Tensor, x: Tensor, w: Tensor, dilation: int, of_input: bool) -> Tensor:
    """The same gradients by PyTorch's own kernels."""
    padding = [dilation * (w.shape[-1] - 1) // 2] * 2
    mask = [of_input, not of_input, False]
    return torch.ops.aten.convolution_backward(
        g, x, w, None, [1, 1], padding, [dilation] * 2, False, [0, 0], len(w), mask
    )[0 if of_input else 1]


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    keep_freed_memory()
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}")
    print("channels pixels  k dilation    input: ours PyTorch   weights: ours PyTorch")
    for channels, pixels in SIZES:
        x = torch.randn(64, channels, pixels, pixels).contiguous(memory_format=torch.channels_last)
        g = torch.randn_like(x)
        for kernel, dilation in FILTERS:
            w = torch.randn(channels, 1, kernel, kernel)
            times = (
                milliseconds(
                    lambda w=w, x=x, g=g, d=dilation: input_gradient(g, w, x.shape, DepthwiseSettings(dilation=d))
                ),
                milliseconds(lambda w=w, x=x, g=g, d=dilation: pytorchs(g, x, w, d, True)),
                milliseconds(lambda k=kernel, x=x, g=g, d=dilation: weight_gradient(g, x, k, 1, d)),
                milliseconds(lambda w=w, x=x, g=g, d=dilation: pytorchs(g, x, w, d, False)),
            )
            print(
                f"{channels:>8}{pixels:>7}{kernel:>3}{dilation:>9}{times[0]:>15.2f}{times[1]:>8.2f}"
                f"{times[2]:>16.2f}{times[3]:>8.2f}"
            )
    norms()
    groups()
    pools()
    y = torch.randn(64, 96, 16, 16).contiguous(memory_format=torch.channels_last)
    by_sum = milliseconds(lambda: y.unflatten(1, (8, 12)).sum(1))
    by_block = milliseconds(lambda: sum(y.chunk(8, 1)))
    print(f"sum of 8 blocks of 12 channels, 16 x 16: block by block {by_block:.2f}, torch.sum {by_sum:.2f}")
    copies()
    sums()
    call()


def norms() -> None:
    """Print BatchNorm, ours of large tensors and PyTorch's; its gradient: one call, formats differing, written out.

    Of 24 pairs of tensors in turn, as in a pass, so that none is still in the cache.
    """
    fast_batch_norm.LARGE = 0
    print("channels pixels   BatchNorm: ours PyTorch   gradient: one call  formats differ  written out")
    for channels, pixels in SIZES:
        pairs = [torch.randn(2, 64, channels, pixels, pixels) for _ in range(24)]
        pairs = [[t.contiguous(memory_format=torch.channels_last) for t in pair] for pair in pairs]
        one, zero = torch.ones(channels), torch.zeros(channels)
        row = one.view(1, -1, 1, 1)

        def own(_: Tensor, z: Tensor) -> None:
            standardize(z)

        def pytorchs_own(_: Tensor, z: Tensor) -> None:
            torch.native_batch_norm(z, None, None, None, None, True, 0.0, 1e-5)

        def call(dy: Tensor, z: Tensor, whole: bool = True, one: Tensor = one, zero: Tensor = zero) -> Any:
            mask = [whole, True, not whole]
            return torch.ops.aten.native_batch_norm_backward(dy, z, one, None, None, zero, one, True, 1e-5, mask)

        def written(dy: Tensor, z: Tensor, row: Tensor = row, call: Callable[..., Any] = call) -> None:
            product, total = (sums.view(row.shape) * row.numel() / -z.numel() for sums in call(dy, z, False)[1:])
            torch.addcmul(row * total, dy, row).addcmul_(z, row * product)

        other = [(dy.contiguous(), z) for dy, z in pairs]
        ways = ((own, pairs), (pytorchs_own, pairs), (call, pairs), (call, other), (written, pairs))
        times = [
            milliseconds(lambda way=way, given=given: [way(*pair) for pair in given]) / len(pairs)
            for way, given in ways
        ]
        print(
            f"{channels:>8}{pixels:>7}{times[0]:>18.2f}{times[1]:>8.2f}{times[2]:>21.2f}{times[3]:>16.2f}{times[4]:>13.2f}"
        )


def groups() -> None:
    """Print pointwise convolutions side by side: in their own groups, and joined as `pointwise.pointwise` does it."""
    print("groups x channels  pixels   pointwise convolution: as it is  joined to 16 or 8 channels")
    for count, channels, pixels in ((24, 4, 16), (12, 4, 16), (24, 8, 8), (12, 8, 8)):
        h = torch.randn(64, count * channels, pixels, pixels).contiguous(memory_format=torch.channels_last)
        w = torch.randn(count * channels, channels, 1, 1)
        own = milliseconds(lambda h=h, w=w, count=count: F.conv2d(h, w, groups=count))
        joined = milliseconds(lambda h=h, w=w, count=count: pointwise(h, w, count))
        print(f"{count:>6} x {channels:<8}{pixels:>7}{own:>34.2f}{joined:>29.2f}")


def pools() -> None:
    """Print pools with their gradient: PyTorch's and those of `pools.py`."""
    print("channels pixels   average: ours PyTorch   largest: ours PyTorch")
    for channels, pixels in SIZES:
        x = torch.randn(64, channels, pixels, pixels).contiguous(memory_format=torch.channels_last).requires_grad_()
        g = torch.randn_like(x)
        times = [
            milliseconds(lambda x=x, g=g, n=name, own=own: torch.autograd.grad(pool(n, x, 1, not own), x, g))
            for name in ("avg_pool_3x3", "max_pool_3x3")
            for own in (True, False)
        ]
        print(f"{channels:>8}{pixels:>7}{times[0]:>16.2f}{times[1]:>8.2f}{times[2]:>16.2f}{times[3]:>8.2f}")


def copies() -> None:
    """Print how 2 sources are put side by side for 2 operations on 3 nodes."""
    print("channels pixels   12 copies: by a convolution  by torch.cat")
    for channels, pixels in SIZES[3:]:
        x = torch.randn(64, 2 * channels, pixels, pixels).contiguous(memory_format=torch.channels_last)
        how = DepthwiseSettings(sources=2, copies=2)
        w = copy_matrix(x, 12 * channels, 2 * channels, how)
        by_convolution = milliseconds(lambda x=x, w=w: F.conv2d(x, w))
        by_cat = milliseconds(lambda x=x: torch.cat([part for part in x.chunk(2, 1) for _ in range(3)] * 2, 1))
        print(f"{channels:>8}{pixels:>7}{by_convolution:>28.2f}{by_cat:>14.2f}")


def sums() -> None:
    """Print weighted sums of 6 states for 4 nodes with their gradients: in place, and as a product of stacked states.

    With one thread, like all else here; with two the sums in place gain more.
    """
    print("channels pixels   weighted sums: ours  as a product")
    for channels, pixels in SIZES[:3]:
        states = [torch.randn(64, channels, pixels, pixels) for _ in range(6)]
        states = [s.contiguous(memory_format=torch.channels_last).requires_grad_() for s in states]
        gains, g = torch.rand(4, 6, requires_grad=True), [torch.randn_like(states[0]) for _ in range(4)]

        def product(gains: Tensor, states: list[Tensor]) -> list[Tensor]:
            pixels = torch.stack([state.permute(0, 2, 3, 1) for state in states])
            mixed = (gains @ pixels.flatten(1)).unflatten(1, pixels.shape[1:])
            return [m.permute(0, 3, 1, 2) for m in mixed.unbind(0)]

        times = [
            milliseconds(lambda f=f, s=states, n=gains, g=g: torch.autograd.grad(f(n, s), [n, *s], g))
            for f in (weighted_sums, product)
        ]
        print(f"{channels:>8}{pixels:>7}{times[0]:>22.2f}{times[1]:>14.2f}")


def call() -> None:
    """Print the microseconds of `apply` around next to nothing, with the signature that torch asks for and without."""

    class Plain(Function):
        @staticmethod
        def forward(x: Tensor, v: Any, w: Any, gain: Any, onto: Any, layout: Any) -> Tensor:
            return x.view(-1)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

    class Quick(ExplicitGradient):
        @staticmethod
        def forward(x: Tensor, v: Any, w: Any, gain: Any, onto: Any, layout: Any) -> Tensor:
            return x.view(-1)

        setup_context = Plain.setup_context

    x = torch.zeros(4, requires_grad=True)
    times = [
        milliseconds(lambda f=f: [f.apply(x, None, None, None, None, 1) for _ in range(1000)]) for f in (Quick, Plain)
    ]
    print(f"apply of a function: {times[0]:.1f} microseconds, of torch's {times[1]:.1f}")


def rates() -> None:
    """Print multiply-adds and bytes a second: a large matrix product and a copy, then convolutions of each size."""
    square, numbers = torch.randn(1024, 1024), torch.randn(2**24)
    print(f"matrix product 1024: {2e-6 * 1024**3 / milliseconds(lambda: square @ square):.0f} GFLOP/s")
    print(f"copy of 64 MiB: {2 * 4e-6 * 2**24 / milliseconds(lambda: numbers.clone()):.1f} GB/s")
    print("channels pixels   GFLOP/s: pointwise  as a product  depthwise 3  depthwise 5")
    for channels, pixels in SIZES[:3]:
        x = torch.randn(64, channels, pixels, pixels).contiguous(memory_format=torch.channels_last)
        rows, w = x.permute(0, 2, 3, 1).reshape(-1, channels), torch.randn(channels, channels)
        mega = 2e-6 * x.numel()
        found = [mega * channels / milliseconds(lambda x=x, w=w: F.conv2d(x, w[:, :, None, None]))]
        found.append(mega * channels / milliseconds(lambda rows=rows, w=w: rows @ w))
        for k in (3, 5):
            v = torch.randn(channels, 1, k, k)
            found.append(
                mega * k * k / milliseconds(lambda x=x, v=v, k=k: F.conv2d(x, v, padding=k // 2, groups=len(v)))
            )
        print(f"{channels:>8}{pixels:>7}" + "".join(f"{rate:>14.0f}" for rate in found))


if __name__ == "__main__":
    main()
    rates()
