"""The hand-written gradients of the fused cell's two functions, against PyTorch's own operations in float64."""

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn import functional as F

from dartslab.architect import load_forward_mode
from dartslab.kernels import depthwise, normalized


def draw(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64)


def plain_depthwise(x: Tensor, w: Tensor, stride: int, dilation: int, relu: bool, sources: int) -> Tensor:
    """What `depthwise` says, in PyTorch's words."""
    times = len(w) // x.shape[1]
    read = torch.cat([part for part in x.chunk(sources, 1) for _ in range(times)], 1)
    padding = dilation * (w.shape[-1] - 1) // 2
    return F.conv2d(F.relu(read) if relu else read, w, None, stride, padding, dilation, groups=len(w))


@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("size", [(8, 8), (7, 9), (4, 5), (1, 3)], ids=str)
@pytest.mark.parametrize("kernel", [3, 5, 7])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_a_depthwise_convolution_has_the_gradients_of_pytorch(
    kernel: int, stride: int, dilation: int, size: tuple[int, int], last: bool
) -> None:
    torch.manual_seed(0)
    x, w = draw(2, 4, *size), draw(12, 1, kernel, kernel)
    x = x.contiguous(memory_format=torch.channels_last) if last else x
    for relu, sources in ((False, 1), (True, 2)):
        found = []
        for function in (plain_depthwise, depthwise):
            leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
            named = {"relu": relu, "sources": sources}
            y = function(*leaves, stride, dilation, **named)
            above = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
            found.append([y, *torch.autograd.grad((y * above).sum(), leaves)])
        for mine, expected in zip(found[1], found[0], strict=True):
            torch.testing.assert_close(mine, expected)


def plain_normalized(h: Tensor, w: Tensor | None, gain: Tensor | None, groups: int, nodes: int) -> Tensor:
    """What `normalized` says, in PyTorch's words."""
    n = F.batch_norm(h if w is None else F.conv2d(h, w, groups=groups), None, None, training=True)
    if gain is None:
        return n
    blocks = n.unflatten(1, (len(gain), -1)) * gain.view(1, -1, 1, 1, 1)
    return blocks.unflatten(1, (-1, nodes)).sum(1).flatten(1, 2)


# pointwise weights, groups, gains, nodes
CASES = {
    "BatchNorm alone": (None, 1, None, 1),
    "one branch, no gain": ((4, 4, 1, 1), 1, None, 1),
    "one branch": ((4, 4, 1, 1), 1, 1, 1),
    "two nodes": ((4, 2, 1, 1), 2, 2, 2),
    "three operations on two nodes": ((12, 2, 1, 1), 6, 6, 2),
    "two halves make one output": ((4, 4, 1, 1), 2, 1, 1),
}


@pytest.mark.parametrize("onto", [False, True], ids=["alone", "onto"])
@pytest.mark.parametrize("case", CASES)
def test_batchnorm_with_a_gain_has_the_gradients_of_pytorch(case: str, onto: bool) -> None:
    torch.manual_seed(0)
    shape, groups, gains, nodes = CASES[case]
    h = draw(3, 4 if shape is None else groups * shape[1], 5, 4)
    w = None if shape is None else draw(*shape)
    gain = None if gains is None else torch.rand(gains, dtype=torch.float64) + 0.1
    given = [t for t in (h, w, gain) if t is not None]
    base = draw(*plain_normalized(h, w, gain, groups, nodes).shape) if onto and gain is not None else None
    for wanted in ([True] * len(given), [True] + [False] * (len(given) - 1)):
        found = []
        for own in (False, True):
            leaves = [t.clone().requires_grad_(want) for t, want in zip(given, wanted, strict=True)]
            it = iter(leaves)
            a, b, c = next(it), None if w is None else next(it), None if gain is None else next(it)
            if own:
                y = normalized(a, b, c, base, groups, nodes=nodes)
            else:
                y = plain_normalized(a, b, c, groups, nodes) + (0 if base is None else base)
            above = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
            asked = [leaf for leaf in leaves if leaf.requires_grad]
            found.append([y, *torch.autograd.grad((y * above).sum(), asked)])
        for mine, expected in zip(found[1], found[0], strict=True):
            torch.testing.assert_close(mine, expected)


def test_forward_mode_is_that_of_a_finite_difference() -> None:
    load_forward_mode()
    torch.manual_seed(0)
    x, w, point, gain = draw(3, 4, 6, 6), draw(8, 1, 5, 5), draw(8, 4, 1, 1), torch.rand(2, dtype=torch.float64)
    along = [draw(*t.shape) for t in (x, w, point, gain)]

    def value(*moved: Tensor) -> Tensor:
        h = depthwise(moved[0], moved[1], dilation=2, relu=True)
        return normalized(h, moved[2], moved[3], groups=2, nodes=2).pow(3).sum()

    given = (x, w, point, gain)
    with forward_ad.dual_level():
        moving = [forward_ad.make_dual(t, d) for t, d in zip(given, along, strict=True)]
        tangent = forward_ad.unpack_dual(value(*moving)).tangent
    step = 1e-6
    plus, minus = (value(*(t + s * step * d for t, d in zip(given, along, strict=True))) for s in (1, -1))
    torch.testing.assert_close(tangent, (plus - minus) / (2 * step), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("case", ["BatchNorm alone", "one branch, no gain", "one branch", "two nodes"])
def test_gradients_can_be_derived_again(case: str) -> None:
    torch.manual_seed(0)
    shape, groups, gains, nodes = CASES[case]
    given = [draw(2, 4 if shape is None else groups * shape[1], 2, 2)]
    given += [] if shape is None else [draw(*shape)]
    given += [] if gains is None else [torch.rand(gains, dtype=torch.float64) + 0.1]

    def function(h: Tensor, w: Tensor | None = None, gain: Tensor | None = None) -> Tensor:
        return normalized(h, w, gain, None, groups, nodes=nodes)

    leaves = [t.requires_grad_() for t in given]
    assert torch.autograd.gradcheck(function, leaves)
    assert torch.autograd.gradgradcheck(function, leaves)


def test_gradients_of_a_depthwise_convolution_can_be_derived_again() -> None:
    torch.manual_seed(0)
    leaves = [draw(2, 2, 4, 4).requires_grad_(), draw(4, 1, 3, 3).requires_grad_()]
    for stride, dilation in ((1, 1), (2, 1), (1, 2)):
        assert torch.autograd.gradgradcheck(lambda x, w, s=stride, d=dilation: depthwise(x, w, s, d), leaves)
