"""Signals that ask a process to end, before a run has begun: they stop it at once, in a sentence, as Ctrl-C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STOPS = ("SIGTERM", "SIGHUP")  # of SLURM, `docker stop` and `kill`; of a terminal that closes. Windows has no SIGHUP


@contextmanager
def stops_interrupt() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does, so that files and locks are left in order.

    A signal that is ignored stays ignored, as `nohup` wants it, and one that somebody else handles is left to them.
    """

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():  # no other may handle signals
        numbers = []
    handled = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in handled:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
