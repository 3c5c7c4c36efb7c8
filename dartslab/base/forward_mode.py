"""Forward-mode derivatives (tangents), as `exact` and the functions with explicit gradients use them."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.func import jvp

_one_at_a_time = threading.RLock()  # torch has one level of forward mode for all threads


@contextmanager
def dual_level() -> Iterator[None]:
    """A level of forward mode. Threads take turns, so that a view may compute while a cell does."""
    with _one_at_a_time, forward_ad.dual_level():
        yield


def has_tangent(x: Tensor) -> bool:
    """Whether x carries a forward-mode derivative."""
    return forward_ad.unpack_dual(x).tangent is not None


@cache
def load_forward_mode() -> None:
    """Make one small forward-mode product, so that a warning of torch does not appear in a search.

    At the first such product torch scripts some of its rules and warns that scripting is deprecated.
    """
    with _one_at_a_time, warnings.catch_warnings():
        for category in (FutureWarning, DeprecationWarning):  # the second up to torch 2.11
            warnings.simplefilter("ignore", category)
        jvp(torch.sin, (torch.zeros(()),), (torch.ones(()),))


_without_history = ContextVar("without_history", default=False)


@contextmanager
def tangents_without_history() -> Iterator[None]:
    """Within this block an `ExplicitGradient` does not record its tangents: they cannot be differentiated backward."""
    token = _without_history.set(True)
    try:
        yield
    finally:
        _without_history.reset(token)


def records_tangents() -> bool:
    """Whether tangents are recorded, so that they can be differentiated backward: everywhere but in that block."""
    return not _without_history.get()
