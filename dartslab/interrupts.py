"""Ctrl-C: the first finishes the step, so that a checkpoint can be written; the second stops at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .distributed import ranks


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C lets the current step finish; the second stops at once.

    torchrun passes a Ctrl-C on that its processes have already seen, and ends the others with SIGTERM when one is gone:
    of several processes each finishes its step, whatever comes.
    """
    seen: list[int] = []

    def note(number: int, frame: Any) -> None:
        if seen and ranks() == 1:
            raise KeyboardInterrupt
        seen.append(number)

    numbers = [signal.SIGINT] if ranks() == 1 else [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, note) for number in numbers]
    try:
        yield lambda: bool(seen)
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
