"""A check where the system has no timers, as on Windows: it still works, and still ends."""

import signal
import time
from typing import Any

import pytest

from dartslab.teach.trial import OutOfTime, call_within


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
