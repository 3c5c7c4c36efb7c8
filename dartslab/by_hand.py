"""What all functions with gradients written by hand are built on: `torch.autograd.Function`, called with less delay.

Before each call torch asks for the signature of `forward`, in order to fill in what was left out, and Python makes it
anew every time: some 25 of the 30 microseconds that the call takes by itself (`benchmarks/kernels.py`). Nothing is left
out here, and a cell of few channels makes hundreds of such calls in a step.
"""

from inspect import Signature
from typing import Any, NamedTuple

from torch.autograd import Function


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
