"""Which cells contain an operation, and what their mean is."""

import numpy as np
import pytest

from dartslab.space import Edge
from dartslab.truth.containing import cells_containing, split_cells
from dartslab.truth.plans import PLANS

LESSON = PLANS["lesson"]


@pytest.mark.parametrize(
    ("place", "cells"),
    [
        ({}, 625 - 4**4),  # four edges, five operations
        ({"kind": "reduce"}, 25 * (25 - 4**2)),
        ({"edge": Edge(2, 1)}, 625 - 25 * 4**2),
        ({"kind": "normal", "edge": Edge(2, 0)}, 125),
    ],
)
def test_cells_that_contain_an_operation_are_as_many_as_counting_says(place: dict, cells: int) -> None:
    assert cells_containing(LESSON.cells, "skip_connect", **place).sum() == cells


def test_two_groups_are_counted_and_averaged() -> None:
    split = split_cells(np.array([1.0, 2.0, 6.0]), np.array([True, True, False]))
    assert (split.inside, split.outside, split.mean_inside, split.mean_outside) == (2, 1, 1.5, 6.0)
    assert split_cells(np.array([1.0, 2.0]), np.array([False, False])).mean_inside is None
