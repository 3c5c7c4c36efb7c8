"""Derivatives of forward mode, as `exact` and the functions written by hand use them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.func import jvp


def moves(x: Tensor) -> bool:
    """Whether x carries a derivative of forward mode."""
    return forward_ad.unpack_dual(x).tangent is not None


@cache
def load_forward_mode() -> None:
    """torch scripts some rules at the first forward-mode product and warns that scripting is deprecated; not us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        jvp(torch.sin, (torch.zeros(()),), (torch.ones(()),))


_without_history = ContextVar("without_history", default=False)


@contextmanager
def tangents_without_history() -> Iterator[None]:
    """Within, derivatives of forward mode that a `ByHand` makes are not recorded, and cannot be derived backward."""
    token = _without_history.set(True)
    try:
        yield
    finally:
        _without_history.reset(token)
