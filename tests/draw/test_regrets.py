"""Regrets of searches as dots: a row for each method, the interval of the mean, and random search behind it."""

from dataclasses import replace

import numpy as np
import pytest

from dartslab.base.messages import UserError
from dartslab.draw.regrets import RegretRow, describe_regrets, regret_dots
from drawings import panels

DARTS = RegretRow("darts", (0.02, 0.05, 0.02), 0.04, cells=3, random=0.06, low=0.01, high=0.11)
ONE = RegretRow("mine", (0.08,), None, cells=2, random=0.05, low=0.0, high=0.1)


def test_every_search_is_a_dot_in_the_row_of_its_method() -> None:
    (panel,) = panels(regret_dots([DARTS, ONE]))
    drawn = [np.asarray(dots.get_offsets()).tolist() for dots in panel.collections]
    assert drawn[:2] == [[[regret, 0.0] for regret in DARTS.regrets], [[0.08, 1.0]]]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["darts  (3; 3)", "mine  (1; 2)"]
    bottom, top = panel.get_ylim()
    assert bottom > 1 > 0 > top  # the first row is at the top


def test_the_interval_of_the_mean_and_random_search_have_their_places() -> None:
    (panel,) = panels(regret_dots([DARTS]))
    random, interval, mean = ([*map(float, line.get_xdata())] for line in panel.lines[:3])
    assert random == [0.06, 0.06]
    assert interval == pytest.approx([DARTS.mean - 0.04, DARTS.mean + 0.04]) and mean == [pytest.approx(0.03)]
    bar = panel.patches[0]
    assert (bar.get_x(), bar.get_width()) == (0.01, pytest.approx(0.1))


def test_a_single_search_has_no_interval() -> None:
    lines = [len(panels(regret_dots([row]))[0].lines) for row in (replace(ONE, limit=0.1), ONE)]
    assert lines[0] == lines[1] + 1
    assert describe_regrets([DARTS, ONE]) == (
        "Mean regret in nats: darts 0.030 +- 0.040 (random search 0.060; n = 3); mine 0.080 (random search 0.050; "
        "n = 1)."
    )


@pytest.mark.parametrize("rows", [[], [replace(DARTS, regrets=())]])
def test_without_a_search_there_is_no_picture(rows: list[RegretRow]) -> None:
    with pytest.raises(UserError, match="give one row or more, each with a search"):
        regret_dots(rows)
