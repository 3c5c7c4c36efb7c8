"""Functions with explicit gradients are called as torch calls its own, with a signature that is built once."""

import inspect
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import Function, forward_ad
from torch.func import grad, jvp
from torch.nn import functional as F

from dartslab.base.forward_mode import load_forward_mode, tangents_without_history
from dartslab.fast.conv_norm import Filters, conv_norm
from dartslab.fast.depthwise import depthwise
from dartslab.fast.explicit_gradients import ExplicitGradient
from tiny import draw


class Times(ExplicitGradient):
    """x times a number."""

    @staticmethod
    def forward(x: Tensor, factor: float) -> Tensor:
        return x * factor

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.factor = inputs[1]

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        return g * ctx.factor, None


def test_value_and_gradient() -> None:
    x = draw(3).requires_grad_()
    y = Times.apply(x, 2.0)
    assert torch.equal(y, 2 * x)
    assert torch.equal(torch.autograd.grad(y.sum(), x)[0], torch.full((3,), 2.0, dtype=torch.float64))
    assert torch.autograd.gradgradcheck(lambda x: Times.apply(x, 2.0), x)


def test_torch_func_goes_through_it() -> None:
    x = draw(3)
    assert torch.equal(torch.func.grad(lambda x: Times.apply(x, 2.0).sum())(x), torch.full_like(x, 2))


def test_torch_takes_the_signature_that_was_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second refusal is missing with a torch newer than 2.14, torch needs no signature any more: store none."""

    class Plain(Function):
        @staticmethod
        def forward(x: Tensor) -> Tensor:
            return 2 * x

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
            pass

    def never(*arguments: Any, **named: Any) -> None:
        raise AssertionError("a signature was built")

    monkeypatch.setattr(inspect, "_signature_from_function", never)
    with pytest.raises(AssertionError):
        inspect.signature(draw)
    with pytest.raises(AssertionError):
        Plain.apply(draw(3))
    Times.apply(draw(3), 2.0)
    x, v, w = draw(2, 2, 4, 4), draw(2, 1, 3, 3), draw(2, 2, 1, 1)
    conv_norm(depthwise(x, v), w)


def test_a_missing_argument_is_still_noticed() -> None:
    with pytest.raises(TypeError, match="factor"):
        Times.apply(draw(3))


@pytest.mark.parametrize("without", [False, True], ids=["with history", "without"])
def test_a_tangent_has_a_history_unless_none_is_wanted(without: bool) -> None:
    load_forward_mode()
    x, v, w = draw(2, 2, 4, 4), draw(2, 1, 3, 3), draw(2, 2, 1, 1)
    gain = torch.rand(1, dtype=torch.float64).requires_grad_()
    with forward_ad.dual_level(), tangents_without_history() if without else nullcontext():
        y = conv_norm(forward_ad.make_dual(x, draw(2, 2, 4, 4)), w, gain=gain, filters=Filters(v))
        tangent = forward_ad.unpack_dual(y).tangent
    assert y.requires_grad
    assert tangent.requires_grad != without


def test_a_derivative_may_be_derived_backward() -> None:
    """grad over jvp is jvp over grad, and both are PyTorch's."""
    torch.manual_seed(0)
    x, v, w, direction = draw(2, 2, 4, 4), draw(2, 1, 3, 3), draw(2, 2, 1, 1), draw(2, 2, 4, 4)
    gain = torch.rand(1, dtype=torch.float64)

    def ours(x: Tensor, gain: Tensor) -> Tensor:
        return conv_norm(x, w, gain=gain, filters=Filters(v)).pow(3).sum()

    def plain(x: Tensor, gain: Tensor) -> Tensor:
        z = F.conv2d(F.conv2d(x, v, None, 1, 1, groups=2), w)
        return (gain * F.batch_norm(z, None, None, training=True)).pow(3).sum()

    def backward_over_forward(function: Callable[..., Tensor]) -> Tensor:
        return grad(lambda g: jvp(lambda x: function(x, g), (x,), (direction,))[1])(gain)

    def forward_over_backward(function: Callable[..., Tensor]) -> Tensor:
        return jvp(lambda x: grad(lambda g: function(x, g))(gain), (x,), (direction,))[1]

    expected = forward_over_backward(plain)
    for found in (backward_over_forward(ours), forward_over_backward(ours)):
        torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
