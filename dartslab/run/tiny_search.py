"""The small search with which a method is checked; it takes a second or two.

It has all published operations, or those without `none`, and 4 channels or more: the first of `SIZES` with which the
method agrees.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch

from ..base.messages import UserError
from ..data.datasets import DataSet, Labelled, load_data
from ..methods import METHODS
from ..methods.method import Method
from ..space import PUBLISHED_OPERATIONS, WITHOUT_NONE
from .config import SearchConfig
from .search_state import SearchState

SIZES: tuple[dict[str, Any], ...] = tuple(
    {"operations": operations, "channels": channels}
    for channels in (4, 8, 16)
    for operations in (PUBLISHED_OPERATIONS, WITHOUT_NONE)
)


@contextmanager
def known(method: Method) -> Iterator[None]:
    """METHODS knows a method by its name, for a while; what had the name before has it again afterwards."""
    before = METHODS.get(method.name)
    if before is method:
        yield
        return
    METHODS[method.name] = method
    try:
        yield
    finally:
        del METHODS[method.name]
        if before is not None and (method.name not in METHODS or METHODS[method.name] is not before):
            METHODS[method.name] = before


def tiny_config(method: Method, **changes: Any) -> SearchConfig:
    """A search of some 20 steps that the method can work with; `METHODS` must know the method.

    Raises:
        UserError: it refuses all `SIZES`; the sentence is the last of its own.
    """
    last: UserError | None = None
    for size in SIZES:
        small = {"image_size": 8, "nodes": 2, "epochs": 4, "batch_size": 10, "crop_padding": 1, "device": "cpu"}
        config = SearchConfig.lesson(**({"method": method.name, **small, **size} | changes))
        try:
            if method.check is not None:
                method.check(config)
        except UserError as error:
            last = error
        else:
            return config
    raise UserError(f"{method.name} accepts none of the searches that it is checked with: {last}")


@cache
def tiny_pictures() -> DataSet:
    """The first 10 + 10 pictures of each class of fashion-mini, 8 pixels wide."""
    data = load_data("fashion-mini", image_size=8)

    def first(part: Labelled) -> Labelled:
        return part.pick(torch.cat([torch.nonzero(part.labels == c).flatten()[:10] for c in range(10)]))

    return DataSet(data.name, first(data.train), first(data.test), data.classes)


def make_state(method: Method, **changes: Any) -> SearchState:
    """The state of a tiny search that has not begun."""
    return SearchState.create(tiny_config(method, **changes), tiny_pictures())
