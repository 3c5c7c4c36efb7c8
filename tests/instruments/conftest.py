"""A small search in float64 whose alpha is not near zero, and what instruments see of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

import tiny
from dartslab import SearchState
from dartslab.instruments import Subject
from dartslab.run.measuring import subject_of


@pytest.fixture(params=["reference", "fused"])
def state(request: pytest.FixtureRequest) -> SearchState:
    """Six cells, two of them reductions, before the first step."""
    config = tiny.search_config(layers=6, channels=2, image_size=16, cell=request.param)
    state = SearchState.create(config, tiny.pictures(16))
    state.net.double()
    for kind, table in state.arch.alpha.items():
        state.arch.alpha[kind] = torch.randn(table.shape, generator=torch.Generator().manual_seed(1)).double()
    return state


Look = Callable[[SearchState], Subject]


@pytest.fixture
def look() -> Look:
    """What instruments see of a search, its pictures in float64."""

    def see(state: SearchState) -> Subject:
        seen = subject_of(state)
        batches = {name: getattr(seen, name) for name in ("train_batch", "val_batch")}
        doubled = {name: batch._replace(images=batch.images.double()) for name, batch in batches.items()}
        return replace(seen, **doubled)

    return see


@pytest.fixture
def subject(state: SearchState, look: Look) -> Subject:
    return look(state)
