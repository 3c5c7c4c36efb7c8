"""Ranks over the steps of searches: a line for each search, the best at the top, and the same in words."""

import numpy as np
import pytest

from dartslab.base.messages import UserError
from dartslab.draw.ranks import describe_ranks, rank_curves
from drawings import panels

COURSES = {"quick": [np.array([9.0, 4.0, 2.0]), np.array([7.0, np.nan, 3.0])], "mine": [np.array([9.0, 1.0, 5.0])]}


def test_there_is_a_line_for_each_search_and_a_look_for_each_group() -> None:
    (panel,) = panels(rank_curves(COURSES, 10))
    *searches, middle = panel.lines
    assert [float(line.get_ydata()[0]) for line in searches] == [9, 7, 9]
    looks = [(line.get_color(), line.get_linestyle()) for line in searches]
    assert looks[0] == looks[1] != looks[2]
    assert searches[0].get_alpha() > searches[1].get_alpha()  # two searches of a group can be told apart
    assert list(middle.get_ydata()) == [5.5, 5.5]  # the mean of 1 to 10


def test_the_best_rank_is_at_the_top() -> None:
    (panel,) = panels(rank_curves(COURSES, 10))
    bottom, top = panel.get_ylim()
    assert bottom > 10 > 1 > top
    assert min(panel.get_yticks()) == 1 and max(panel.get_yticks()) <= 10  # no rank 0, and none below the last


def test_the_words_say_where_each_search_began_and_ended() -> None:
    told = describe_ranks(COURSES)
    assert "quick: rank 9 at first, 2 at best, 2 at the end; quick: rank 7 at first, 3 at best" in told
    assert told.endswith("mine: rank 9 at first, 1 at best, 5 at the end.")
    assert "no rank is known" in describe_ranks({"mine": [np.array([np.nan])]})


@pytest.mark.parametrize("courses", [{}, {"mine": []}, {name: [np.ones(2)] for name in "abcd"}])
def test_no_search_and_too_many_groups_are_refused(courses: dict[str, list[np.ndarray]]) -> None:
    with pytest.raises(UserError, match="give one to 3 groups"):
        rank_curves(courses, 10)
