"""What all functions with gradients written by hand are built on: `torch.autograd.Function`, called with less delay.

Before each call torch asks for the signature of `forward`, in order to fill in what was left out, and Python makes it
anew every time: 18 of the 25 microseconds that the call takes by itself (`benchmarks/kernels.py`). Nothing is left out
here, and a cell of few channels makes hundreds of such calls in a step.

A derivative of forward mode has a history of its own, so that it may be derived backward: it keeps as much as the
numbers do. `exact` wants the other order, forward over backward, and says so by `tangents_without_history`.
"""

from collections.abc import Callable
from functools import wraps
from inspect import Signature
from typing import Any, NamedTuple

import torch
from torch.autograd import Function

from ..base.forward_mode import _without_history


class _Given(NamedTuple):
    """Arguments as they were given: what `inspect` calls bound arguments."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def apply_defaults(self) -> None:
        """Nothing was left out."""


class _AllByPosition(Signature):
    """The signature of a function whose arguments are all given, and by their position."""

    def bind(self, *arguments: Any) -> Any:
        """The arguments, unchanged."""
        return _Given(arguments, {})


class ByHand(Function):
    """A `torch.autograd.Function` whose `forward` is given all its arguments by position."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.forward.__signature__ = _AllByPosition()  # type: ignore[attr-defined]
        if "jvp" in cls.__dict__:
            cls.jvp = staticmethod(_recorded_if_wanted(cls.jvp))  # type: ignore[method-assign]


def _recorded_if_wanted(jvp: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(jvp)
    def wrapped(*arguments: Any) -> Any:
        with torch.set_grad_enabled(torch.is_grad_enabled() and not _without_history.get()):
            return jvp(*arguments)

    return wrapped
