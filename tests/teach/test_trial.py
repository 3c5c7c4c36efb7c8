"""Whether two calls of an answer had the same outcome."""

import pytest

from dartslab.teach.items import Exercise
from dartslab.teach.registry import EXERCISES
from dartslab.teach.trial import Outcome, same_outcome

EXERCISE: Exercise = EXERCISES["00.share"]  # its answer is a number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Outcome("value", 0.5), Outcome("value", 0.5), True),
        (Outcome("value", 0.5), Outcome("value", 0.6), False),
        (Outcome("value", 0.5), Outcome("input", 0.5), False),
        (Outcome("input", 0.5), Outcome("input", 0.5), True),
        (Outcome("late"), Outcome("late"), True),
        (Outcome("raises", error=ValueError("one")), Outcome("raises", error=ValueError("other")), True),
        (Outcome("raises", error=ValueError()), Outcome("raises", error=TypeError()), False),
        (Outcome("raises", error=ValueError()), Outcome("late"), False),
    ],
    ids=[
        "value",
        "another value",
        "input changed",
        "both change it",
        "late",
        "error",
        "another error",
        "late or error",
    ],
)
def test_two_calls_have_the_same_outcome_or_not(one: Outcome, other: Outcome, same: bool) -> None:
    assert same_outcome(EXERCISE, one, other) == same
