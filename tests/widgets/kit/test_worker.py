"""The thread that runs a generator exactly as far as it is told to."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from dartslab.widgets.kit.worker import Worker

PATIENCE_S = 20.0


class Counter:
    """Something to run: counts up to an end, four events an epoch; notes who ran it and what was told."""

    def __init__(self, end: int = 10**6, pause: float = 0.0) -> None:
        self.at, self.end, self.pause = 0, end, pause
        self.seen: list[int] = []
        self.threads: set[str] = set()
        self.told: list[str] = []
        self.inside = threading.Event()
        self.worker = Worker(self.events, lambda event: self.seen.append(event.step), self.tell)

    def events(self) -> Iterator[SimpleNamespace]:
        while self.at < self.end:
            self.inside.set()
            time.sleep(self.pause)
            self.threads.add(threading.current_thread().name)
            self.at += 1
            yield SimpleNamespace(step=self.at, epoch_done=self.at % 4 == 0)

    def tell(self) -> None:
        self.told.append(self.worker.status)


@pytest.fixture
def counter() -> Iterator[Callable[..., Counter]]:
    """Makes counters, and stops them in the end."""
    made: list[Counter] = []

    def make(**how: float) -> Counter:
        made.append(Counter(**how))
        return made[-1]

    yield make
    for one in made:
        assert one.worker.stop(PATIENCE_S)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.002)


def test_nothing_runs_before_it_is_told_to(counter) -> None:
    one = counter()
    assert (one.worker.status, one.worker.alive, one.worker.busy) == ("ready", False, False)
    assert one.worker.wait(PATIENCE_S) and one.worker.stop(None)


@pytest.mark.parametrize("steps", [1, 3, 10])
def test_it_makes_exactly_so_many_steps(counter, steps: int) -> None:
    one = counter()
    one.worker.run(steps)
    assert one.worker.wait(PATIENCE_S)
    assert one.seen == list(range(1, steps + 1)) and one.worker.status == "paused"


def test_steps_asked_for_while_steps_are_made_add_up(counter) -> None:
    one = counter(pause=0.01)
    for _ in range(3):
        one.worker.run(1)
    one.worker.wait(PATIENCE_S)
    assert one.seen == [1, 2, 3]


def test_it_goes_to_the_end_of_an_epoch(counter) -> None:
    one = counter()
    for reached in (4, 8):
        one.worker.run(to_epoch=True)
        one.worker.wait(PATIENCE_S)
        assert one.seen[-1] == reached


def test_it_is_busy_until_what_was_asked_between_two_steps_is_done(counter) -> None:
    one, done = counter(), []
    one.worker.run(1)
    one.worker.wait(PATIENCE_S)

    def job() -> None:
        done.append(one.worker.busy)

    one.worker.between(job)
    one.worker.wait(PATIENCE_S)
    assert done == [True]


def test_starting_twice_makes_one_thread_and_skips_nothing(counter) -> None:
    one = counter(end=50, pause=0.001)
    one.worker.run()
    one.worker.run()
    one.worker.wait(PATIENCE_S)
    assert one.seen == list(range(1, 51)) and len(one.threads) == 1
    assert one.worker.status == "finished" and not one.worker.alive


def test_it_runs_in_a_thread_of_its_own(counter) -> None:
    one = counter()
    one.worker.run(1)
    one.worker.wait(PATIENCE_S)
    assert one.threads == {"dartslab"} and threading.current_thread().name != "dartslab"


def test_a_pause_holds_and_running_goes_on_with_the_next_step(counter) -> None:
    one = counter(pause=0.001)
    one.worker.run()
    until(lambda: len(one.seen) > 3)
    one.worker.pause()
    one.worker.wait(PATIENCE_S)
    held = len(one.seen)
    one.worker.wait(PATIENCE_S)
    assert len(one.seen) == held and one.worker.alive
    one.worker.run(2)
    one.worker.wait(PATIENCE_S)
    assert one.seen == list(range(1, held + 3))


def test_a_stop_in_mid_step_lets_the_step_end(counter) -> None:
    one = counter(pause=0.05)
    one.worker.run()
    one.inside.wait(PATIENCE_S)
    assert one.worker.stop(None)
    assert one.seen == [1] and (one.worker.status, one.worker.alive) == ("stopped", False)


def test_a_stop_that_is_taken_back_loses_no_step(counter) -> None:
    one = counter(pause=0.01)
    one.worker.run()
    one.inside.wait(PATIENCE_S)
    one.worker.stop(0)
    one.worker.run(3)
    one.worker.wait(PATIENCE_S)
    assert one.seen == list(range(1, len(one.seen) + 1)) and len(one.seen) >= 3


def test_it_can_be_started_again_after_a_stop(counter) -> None:
    one = counter()
    for count in (2, 4):
        one.worker.run(2)
        one.worker.wait(PATIENCE_S)
        one.worker.stop(None)
        assert one.seen == list(range(1, count + 1))


def test_an_exception_is_kept_and_raised_where_somebody_waits(counter) -> None:
    one = counter()

    def broken() -> Iterator[SimpleNamespace]:
        yield from [SimpleNamespace(step=1, epoch_done=False)]
        raise ZeroDivisionError("in the second step")

    one.worker._events = broken
    one.worker.run()
    with pytest.raises(ZeroDivisionError, match="in the second step"):
        one.worker.wait(PATIENCE_S)
    assert (one.worker.status, one.worker.alive, one.seen) == ("failed", False, [1])
    one.worker._events = one.events
    one.worker.run(1)
    assert one.worker.wait(PATIENCE_S) and one.worker.error is None


def test_waiting_has_an_end(counter) -> None:
    one = counter(pause=0.05)
    one.worker.run()
    assert one.worker.wait(0.01) is False


def test_jobs_are_done_between_two_steps_in_the_thread(counter) -> None:
    one = counter(pause=0.002)
    where: list[str] = []
    one.worker.between(lambda: where.append(threading.current_thread().name))
    assert where == ["MainThread"]
    one.worker.run()
    one.inside.wait(PATIENCE_S)
    one.worker.between(lambda: where.append(threading.current_thread().name))
    until(lambda: len(where) == 2)
    assert where[1] == "dartslab"
    one.worker.pause()
    one.worker.wait(PATIENCE_S)
    one.worker.between(lambda: where.append("while paused"))
    until(lambda: len(where) == 3)


def test_statuses_are_told_in_their_order(counter) -> None:
    one = counter(end=3)
    one.worker.run(2)
    one.worker.wait(PATIENCE_S)
    one.worker.run()
    one.worker.wait(PATIENCE_S)
    one.worker.join(PATIENCE_S)
    assert one.told == ["running", "paused", "running", "finished"]


def test_who_waits_goes_on_only_after_everything_was_told(counter) -> None:
    one = counter()
    told: list[str] = []

    def slow() -> None:
        time.sleep(0.05)
        told.append(one.worker.status)

    one.worker._rested = slow
    one.worker.run(1)
    one.worker.wait(PATIENCE_S)
    assert told == ["running", "paused"]


def test_a_rate_is_kept_and_a_command_ends_the_waiting(counter) -> None:
    one = counter()
    one.worker.rate = 0.001  # a step in 1000 seconds
    one.worker.run()
    until(lambda: one.seen == [1])
    assert one.worker.stop(PATIENCE_S) and one.seen == [1]


def test_python_can_end_while_a_worker_runs() -> None:
    program = """
import threading, time
from types import SimpleNamespace
from dartslab.widgets.kit.worker import Worker
inside = threading.Event()
def events():
    while True:
        inside.set()
        time.sleep(0.2)
        print("a whole step", flush=True)
        yield SimpleNamespace(epoch_done=False)
Worker(events, lambda event: None, lambda: None).run()
inside.wait()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "a whole step\n", "")
