"""A thread that runs a generator exactly as far as it is asked to. Knows no widget and no model.

Buttons only set a goal; the thread looks at it between two steps. So clicks are answered while a long step runs, and
the state that the generator moves on is always complete when somebody looks at it. (A cell that is running keeps
clicks from arriving; a cell that has started a thread is not running.)
"""

import atexit
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

STATUSES = ("ready", "running", "paused", "stopped", "finished", "failed")
_alive: "weakref.WeakSet[Worker]" = weakref.WeakSet()


class Worker:
    """Runs events in a daemon thread; none exists before the first `run` and after the end.

    Args:
        events: gives the generator, from wherever the run stands.
        seen: called in the thread with every event.
        rested: called after every change of `status`, in the thread or in the caller's.
    Attributes:
        status: one of `STATUSES`.
        error: what the generator raised, or None.
        done: events seen since the worker was made.
        rate: most events per second; inf for no limit.
    """

    def __init__(
        self, events: Callable[[], Iterator[Any]], seen: Callable[[Any], None], rested: Callable[[], None]
    ) -> None:
        self._events, self._seen, self._rested = events, seen, rested
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None  # None as soon as it has decided to end
        self._last: threading.Thread | None = None
        self._generator: Iterator[Any] = iter(())
        self._jobs: list[Callable[[], None]] = []
        self._at_jobs = False
        self._goal: float = 0
        self._to_epoch = False
        self._stopping = self._telling = False
        self._fresh = True  # the next step comes from a new generator
        self.status = "ready"
        self.error: BaseException | None = None
        self.done = 0
        self.rate = math.inf
        _alive.add(self)

    @property
    def alive(self) -> bool:
        """Whether a thread of this worker exists; it may be at rest."""
        return self._thread is not None

    @property
    def busy(self) -> bool:
        """Whether steps are being made, or will be without a further command."""
        with self._changed:
            asked = self._at_jobs or bool(self._jobs)
            waiting = self.status == "running" or self._goal > self.done or self._telling or asked
            return self.alive and waiting

    def run(self, steps: float = math.inf, to_epoch: bool = False) -> None:
        """Run to the end, or for some more steps; a second call adds no second thread.

        Args:
            steps: how many more than are made or asked for; while running without an end: from now on.
            to_epoch: pause at the first event whose `epoch_done` is true.
        """
        with self._changed:
            self._to_epoch = to_epoch
            begun = self.done if math.isinf(self._goal) else max(self._goal, self.done)
            self._goal, self._stopping = begun + steps, False
            if self.alive:
                self._changed.notify_all()
                return
            self.error = None
            self._thread = self._last = threading.Thread(target=self._loop, name="dartslab", daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Pause after the current step."""
        with self._changed:
            self._goal, self._to_epoch = self.done, False
            self._changed.notify_all()

    def stop(self, timeout: float | None = 0) -> bool:
        """End the thread after the current step.

        Args:
            timeout: seconds to wait for that; None: as long as it takes.
        Returns:
            Whether it has ended.
        """
        with self._changed:
            self._goal, self._to_epoch = self.done, False
            if not self.alive:
                return True
            self._stopping = True
            self._changed.notify_all()
        return self.join(timeout)

    def join(self, timeout: float | None) -> bool:
        """Wait for the end of the thread; from inside the thread itself there is nothing to wait for."""
        thread = self._last
        if thread is None or thread is threading.current_thread():
            return not self.alive
        thread.join(timeout)
        return not thread.is_alive()

    def between(self, job: Callable[[], None]) -> None:
        """Call a function while no step is running: now if the thread has ended, else between two steps."""
        with self._changed:
            if self.alive:
                self._jobs.append(job)
                self._changed.notify_all()
                return
        job()

    def restart(self) -> None:
        """From within a job: forget the generator, so that the next step comes from a new one."""
        with self._changed:
            self._fresh, self._goal, self.error, self.status = True, self.done, None, "ready"

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the worker is not busy, then raise what the run raised.

        Returns:
            Whether that came within the timeout.
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        with self._changed:
            while self.busy and time.monotonic() < end:
                self._changed.wait(0.05)
        if not self.alive:  # its last report may still be on its way
            self.join(None if timeout is None else max(0, end - time.monotonic()))
        if self.error is not None:
            raise self.error
        return not self.busy

    # inside the thread

    def _loop(self) -> None:
        self._fresh = True
        while True:
            ended = self._drive()
            with self._changed:
                if ended == "stopped" and not self._stopping:  # told to run again meanwhile
                    continue
                self._goal, self._stopping, self._thread, self.status = self.done, False, None, ended
                self._changed.notify_all()
                break
        self._rested()

    def _drive(self) -> str:
        """Make steps until something ends them; returns what did."""
        try:
            while self._go_on():
                if self._fresh:
                    self._generator, self._fresh = self._events(), False
                begun = time.monotonic()
                event = next(self._generator, None)
                if event is None:
                    return "finished"
                with self._changed:
                    self.done += 1
                    if self._to_epoch and event.epoch_done:
                        self._goal, self._to_epoch = self.done, False
                self._seen(event)
                self._linger(begun + 1 / self.rate)
            return "stopped"
        except BaseException as error:  # whatever it was: it is shown, and raised where somebody waits
            self.error = error
            return "failed"

    def _go_on(self) -> bool:
        """Do what was asked between steps; rest until the goal is ahead. False when the thread should end."""
        while True:
            with self._changed:
                jobs, self._jobs = self._jobs, []
                self._at_jobs = bool(jobs)  # `wait` waits for these too
                if not jobs:
                    if self._stopping:
                        return False
                    if self._goal > self.done:
                        break
            for job in jobs:
                job()
            if jobs:
                continue
            if self.status == "running":
                self._rest("paused")
            with self._changed:
                if not (self._jobs or self._stopping or self._goal > self.done):
                    self._changed.wait()
        if self.status != "running":
            self._rest("running")
        return True

    def _linger(self, until: float) -> None:
        """Wait to keep the rate; a command ends the wait."""
        with self._changed:
            while self._goal > self.done and not (self._jobs or self._stopping):
                left = until - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    def _rest(self, status: str) -> None:
        """Report a new status; callers of `wait` continue only after that."""
        with self._changed:
            self.status, self._telling = status, True
        self._rested()
        with self._changed:
            self._telling = False
            self._changed.notify_all()


@atexit.register
def stop_all(timeout: float = 30.0) -> None:
    """Stop all threads before Python exits, so that none loses its tensors in the middle of a step."""
    workers = [worker for worker in _alive if worker.alive]
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join(timeout)
