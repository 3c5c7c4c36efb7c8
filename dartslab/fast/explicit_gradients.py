"""The base class of all functions whose gradients are written out: `torch.autograd.Function` with two changes.

torch asks for the signature of `forward` before each call, to fill in arguments that were left out, and Python builds
that signature anew every time. Here it is built once for each class: a call of an almost empty function takes 7
instead of 25 microseconds (`python benchmarks/kernels.py`, one thread, torch 2.14).

A derivative in forward mode has a history of its own, so that it can be differentiated backward; the history keeps as
many tensors as the values do. `exact` differentiates in the other order, forward over backward, and turns the history
off with `tangents_without_history`.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch.autograd import Function

from ..base.forward_mode import records_tangents


class ExplicitGradient(Function):
    """A `torch.autograd.Function` with `forward`, `setup_context`, `backward` and, where it is needed, `jvp`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.forward.__signature__ = inspect.signature(cls.forward)  # type: ignore[attr-defined]
        if "jvp" in cls.__dict__:
            cls.jvp = staticmethod(_record_if_wanted(cls.jvp))  # type: ignore[method-assign]


def _record_if_wanted(jvp: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(jvp)
    def wrapper(*arguments: Any) -> Any:
        with torch.set_grad_enabled(torch.is_grad_enabled() and records_tangents()):
            return jvp(*arguments)

    return wrapper
