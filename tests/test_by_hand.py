"""Functions with gradients by hand are called as torch calls its own, without the search for defaults."""

import inspect
from typing import Any

import pytest
import torch
from torch import Tensor

from dartslab.by_hand import ByHand
from dartslab.depthwise import depthwise
from dartslab.normalized import normalized
from tiny import draw


class Times(ByHand):
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


def test_no_signature_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: Any, **named: Any) -> None:
        raise AssertionError("a signature was made")

    monkeypatch.setattr(inspect, "_signature_from_function", never)
    with pytest.raises(AssertionError):
        inspect.signature(draw)
    Times.apply(draw(3), 2.0)
    x, v, w = draw(2, 2, 4, 4), draw(2, 1, 3, 3), draw(2, 2, 1, 1)
    normalized(depthwise(x, v), w)


def test_a_missing_argument_is_still_noticed() -> None:
    with pytest.raises(TypeError, match="factor"):
        Times.apply(draw(3))
