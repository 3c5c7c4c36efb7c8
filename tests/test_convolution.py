"""Depthwise and pointwise convolution with BatchNorm by the moments of its input, against PyTorch's own in float64."""

import gc
import weakref

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn import functional as F

from dartslab.architect import load_forward_mode
from dartslab.convolution import convolution, moments
from dartslab.messages import UserError
from tiny import draw


def plain(
    x: Tensor, v: Tensor, w: Tensor, gain: Tensor | None, onto: Tensor | None, stride: int, dilation: int, relu: bool
) -> Tensor:
    """What `convolution` says, in PyTorch's words."""
    padding = dilation * (v.shape[-1] - 1) // 2
    h = F.conv2d(F.relu(x) if relu else x, v, None, stride, padding, dilation, groups=len(v))
    y = F.batch_norm(F.conv2d(h, w), None, None, training=True)
    y = y if gain is None else gain * y
    return y if onto is None else onto + y


def inputs(gain: bool, onto: bool, stride: int = 1, last: bool = True, kernel: int = 3) -> list[Tensor | None]:
    torch.manual_seed(0)
    x, v, w = draw(3, 4, 7, 6), draw(4, 1, kernel, kernel), draw(5, 4, 1, 1)
    x = x.contiguous(memory_format=torch.channels_last) if last else x
    height, width = (-(-size // stride) for size in (7, 6))
    return [x, v, w, draw(1) if gain else None, draw(3, 5, height, width) if onto else None]


WANTED = {  # which of x, v, w, gain, onto have a gradient
    "all": (True, True, True, True, True),
    "alpha pass": (True, False, False, True, True),
    "weight pass": (True, True, True, False, True),
    "first cell": (False, True, True, True, False),
    "x alone": (True, False, False, False, False),
}


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize(("gain", "onto"), [(False, False), (True, False), (True, True)], ids=str)
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2)], ids=str)
@pytest.mark.parametrize("relu", [False, True], ids=["of x", "of relu x"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
def test_output_and_gradients_are_pytorchs(
    wanted: str, gain: bool, onto: bool, stride: int, dilation: int, relu: bool, last: bool
) -> None:
    given, found = inputs(gain, onto, stride, last), []
    for function in (plain, convolution):
        leaves = [
            None if t is None else t.clone().requires_grad_(want)
            for t, want in zip(given, WANTED[wanted], strict=True)
        ]
        y = function(*leaves, stride, dilation, relu)
        above = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
        asked = [leaf for leaf in leaves if leaf is not None and leaf.requires_grad]
        found.append([y, *torch.autograd.grad((y * above).sum(), asked)])
    for expected, mine in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)


@pytest.mark.parametrize("gain", [False, True], ids=["without gain", "with gain"])
def test_its_gradient_can_be_derived_again(gain: bool) -> None:
    torch.manual_seed(0)
    leaves = [draw(2, 3, 3, 2), draw(3, 1, 3, 3), draw(3, 3, 1, 1), *([draw(1), draw(2, 3, 3, 2)] if gain else [])]
    leaves = [leaf.requires_grad_() for leaf in leaves]
    assert torch.autograd.gradcheck(convolution, leaves)
    assert torch.autograd.gradgradcheck(convolution, leaves)


@pytest.mark.parametrize("gain", [False, True], ids=["without gain", "with gain"])
@pytest.mark.parametrize("moving", [(0,), (1, 2), (0, 1, 2, 3, 4)], ids=str)
def test_value_and_gradient_move_as_pytorchs_do(gain: bool, moving: tuple[int, ...]) -> None:
    load_forward_mode()
    given = inputs(gain, gain)
    along = [None if t is None else draw(*t.shape) for t in given]
    found = []
    for function in (plain, convolution):
        with forward_ad.dual_level():
            leaves = [None if t is None else t.clone().requires_grad_() for t in given]
            duals = [
                forward_ad.make_dual(t, d) if t is not None and place in moving else t
                for place, (t, d) in enumerate(zip(leaves, along, strict=True))
            ]
            y = function(*duals, 1, 2, True)
            asked = [leaf for leaf in duals if leaf is not None]
            gradients = torch.autograd.grad(y.pow(3).sum(), asked)
            found.append([forward_ad.unpack_dual(t).tangent for t in (y, *gradients)])
    for expected, mine in zip(*found, strict=True):
        expected = torch.zeros_like(mine) if expected is None else expected
        torch.testing.assert_close(mine, expected)


def test_nothing_is_kept_that_backward_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def noted(h: Tensor) -> tuple[Tensor, Tensor]:
        made.append(weakref.ref(h))
        return moments(h)

    monkeypatch.setattr("dartslab.convolution.moments", noted)
    x, v, w, _, _ = inputs(False, False)
    y = convolution(x, v.requires_grad_(), w.requires_grad_())
    gc.collect()
    assert y.requires_grad and made[0]() is None


def test_a_channel_without_variance_stays_finite() -> None:
    x = torch.full((4, 2, 8, 8), 1000.0).requires_grad_()
    v, w, gain = torch.ones(2, 1, 1, 1), torch.ones(2, 2, 1, 1), torch.ones(1)
    y = convolution(x, v, w, gain)
    y.sum().backward()
    assert torch.isfinite(y).all() and torch.isfinite(x.grad).all()


def test_float32_is_as_accurate_as_pytorchs_where_the_mean_is_large() -> None:
    torch.manual_seed(0)
    x = torch.randn(16, 4, 8, 8) + 30  # mean 30 times the deviation, more than any state of a cell has
    v, w = torch.randn(4, 1, 3, 3), torch.randn(4, 4, 1, 1)
    exact = plain(x.double(), v.double(), w.double(), None, None, 1, 1, False)
    torch.testing.assert_close(convolution(x, v, w).double(), exact, rtol=0, atol=0.01)


def test_a_single_value_per_channel_is_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"more than 1 value per channel .* size \(1, 3, 1, 1\)"):
        convolution(torch.ones(1, 2, 2, 2), torch.ones(2, 1, 3, 3), torch.ones(3, 2, 1, 1), stride=2)
