"""One call of an answer: it ends in time, also where the system has no timers, and outcomes are told apart."""

import signal
import time
from typing import Any

import pytest

from dartslab.teach.guard import OutOfTime, call_within
from dartslab.teach.items import Exercise
from dartslab.teach.registry import EXERCISES
from dartslab.teach.trial import Outcome, same_outcome


@pytest.fixture(params=["with timers", "without timers"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without timers":
        for name in ("setitimer", "ITIMER_REAL", "SIGALRM", "alarm"):
            monkeypatch.delattr(signal, name, raising=False)


def test_an_answer_in_time_is_given_back(system: None) -> None:
    assert call_within(lambda: 7, 5.0) == 7


def test_an_answer_that_raises_raises(system: None) -> None:
    with pytest.raises(ZeroDivisionError):
        call_within(lambda: 1 / 0, 5.0)


def test_an_answer_that_does_not_end_is_stopped(system: None) -> None:
    def endless() -> Any:
        while True:
            time.sleep(0.001)

    with pytest.raises(OutOfTime):
        call_within(endless, 0.05)


def test_an_answer_that_swallows_the_first_alarm_hears_it_again(system: None) -> None:
    heard: list[int] = []
    patience = time.monotonic() + 20  # only to stop what hangs

    def deaf_once() -> None:
        for number in range(2):
            try:
                while time.monotonic() < patience:
                    time.sleep(0.001)
            except OutOfTime:
                heard.append(number)

    call_within(deaf_once, 0.05)
    assert heard == [0, 1]


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


def test_a_limit_within_a_limit_leaves_the_outer_one(system: None) -> None:
    def endless_after_another() -> None:
        call_within(lambda: None, 5.0)
        patience = time.monotonic() + 20  # only to stop what hangs
        while time.monotonic() < patience:
            time.sleep(0.001)

    with pytest.raises(OutOfTime):
        call_within(endless_after_another, 0.1)
