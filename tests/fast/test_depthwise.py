"""The depthwise convolution with explicit gradients, against PyTorch's own in float64."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from dartslab.fast.depthwise import NARROW, depthwise
from tiny import draw


def plain_depthwise(
    x: Tensor, w: Tensor, stride: int, dilation: int, relu: bool, sources: int = 1, copies: int = 1
) -> Tensor:
    """What `depthwise` says, in PyTorch's words."""
    nodes = len(w) // (copies * x.shape[1])
    read = torch.cat([part for _ in range(copies) for part in x.chunk(sources, 1) for _ in range(nodes)], 1)
    padding = dilation * (w.shape[-1] - 1) // 2
    return F.conv2d(F.relu(read) if relu else read, w, None, stride, padding, dilation, groups=len(w))


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("size", [(8, 8), (7, 9), (4, 5), (1, 3)], ids=str)
@pytest.mark.parametrize("kernel", [3, 5, 7])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_a_depthwise_convolution_has_the_gradients_of_pytorch(
    kernel: int,
    stride: int,
    dilation: int,
    size: tuple[int, int],
    last: bool,
    large: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dartslab.fast.depthwise.LARGE", 0 if large else 2**40)
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


@pytest.mark.parametrize("kernel", [3, 5])
def test_gradients_of_a_depthwise_convolution_can_be_derived_again(
    kernel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartslab.fast.depthwise.LARGE", 0)
    torch.manual_seed(0)
    leaves = [draw(2, 2, 4, 4).requires_grad_(), draw(4, 1, kernel, kernel).requires_grad_()]
    for stride, dilation in ((1, 1), (2, 1), (1, 2)):
        assert torch.autograd.gradgradcheck(lambda x, w, s=stride, d=dilation: depthwise(x, w, s, d), leaves)


@pytest.mark.parametrize("native", [False, True], ids=["", "native"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("channels", [2, NARROW])
@pytest.mark.parametrize(("sources", "nodes", "copies"), [(1, 3, 1), (2, 1, 2), (2, 3, 2), (1, 1, 2)])
def test_each_source_is_read_once_for_each_node_and_copy(
    sources: int, nodes: int, copies: int, channels: int, last: bool, native: bool
) -> None:
    torch.manual_seed(0)
    x, w = draw(2, sources * channels, 4, 5), draw(copies * sources * nodes * channels, 1, 3, 3)
    x = x.contiguous(memory_format=torch.channels_last) if last else x
    found = []
    for function in (plain_depthwise, depthwise):
        leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
        more = {"native": native} if function is depthwise else {}
        y = function(*leaves, 1, 1, False, sources=sources, copies=copies, **more)
        above = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
        found.append([y, *torch.autograd.grad((y * above).sum(), leaves)])
    for expected, mine in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)
