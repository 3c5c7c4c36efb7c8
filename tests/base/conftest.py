"""The cells of a supernet, for the tests of how a network is run."""

from collections.abc import Iterator

import pytest

from dartslab.fast.fused import FusedCell
from dartslab.fast.plans import FEW_CALLS, IN_CACHE, SMALL

CELLS = {
    "reference": ("reference", None),
    "few calls": ("fused", FEW_CALLS),
    "small": ("fused", SMALL),
    "in cache": ("fused", IN_CACHE),
}


@pytest.fixture(params=CELLS.values(), ids=CELLS)
def cell(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of each cell, with each plan of the fused one."""
    name, FusedCell.plan = request.param
    yield name
    FusedCell.plan = None
