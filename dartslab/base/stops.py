"""Signals that ask a process to end: what they call for a while, and how they stop it before a run has begun."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STOPS = ("SIGTERM", "SIGHUP")  # of SLURM, `docker stop` and `kill`; of a terminal that closes. Windows has no SIGHUP


@contextmanager
def signals_call(note: Callable[[int, Any], None], names: tuple[str, ...]) -> Iterator[None]:
    """Inside, signals call `note(number, frame)`; afterwards they do again what they did before.

    A signal that is ignored stays ignored, as `nohup` wants it. In a thread that is not the main one nothing changes,
    since Python allows it nowhere else.

    Args:
        note: what is called.
        names: of the signals; those that this system does not have are left out.
    """
    main = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in names if main and hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    handled = [number for number in numbers if before[number] != signal.SIG_IGN]
    for number in handled:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])


@contextmanager
def stops_interrupt() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does, so that files and locks are left in order."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    with signals_call(stop, STOPS):
        yield
