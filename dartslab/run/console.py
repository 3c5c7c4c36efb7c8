"""A progress bar around events: in a terminal and in a notebook; silent anywhere else."""

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tqdm import tqdm

from ..base.stops import STOPS, signals_call
from .distributed import ranks
from .events import Event

Item = TypeVar("Item")
# A notebook cell's width is unknown and a longer line breaks: a short bar, then the numbers.
NOTEBOOK_BAR = "{desc}: {percentage:3.0f}%|{bar:12}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"


def in_notebook() -> bool:
    """Whether standard output goes to a Jupyter cell; needs no package to be installed."""
    return type(sys.stdout).__module__.startswith("ipykernel")


def progress(events: Iterable[Event], label: str = "search") -> Iterator[Event]:
    """Pass events through and show steps, loss, accuracy and the time that is left.

    Args:
        events: what `search` or `train` yields.
        label: text before the bar.
    """
    stream = sys.stdout if in_notebook() else sys.stderr
    bar = None
    try:
        for event in events:
            if bar is None:
                hidden = not (in_notebook() or stream.isatty())
                bar = tqdm(
                    total=event.steps,
                    initial=event.step - 1,
                    desc=label,
                    unit="step",
                    file=stream,
                    disable=hidden,
                    bar_format=NOTEBOOK_BAR if in_notebook() else None,
                    mininterval=0.5,
                )
            shown = {"loss": f"{event.train_loss:.3f}", "accuracy": f"{event.train_accuracy:.0%}"}
            if event.val_accuracy is not None:
                shown["validation"] = f"{event.val_accuracy:.1%}"
            if event.test_accuracy is not None:
                shown["test"] = f"{event.test_accuracy:.1%}"
            bar.set_postfix(shown, refresh=False)
            bar.update()
            yield event
    finally:
        if bar is not None:
            bar.close()


def track(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Pass items through and show how many there have been, while each takes a while; the bar goes in the end.

    Args:
        items: what is worked on.
        label: text before the bar.
        total: how many there will be; the length of `items` where None.
    """
    stream = sys.stdout if in_notebook() else sys.stderr
    hidden = not (in_notebook() or stream.isatty())
    look = {"bar_format": NOTEBOOK_BAR} if in_notebook() else {}
    yield from tqdm(items, desc=label, total=total, file=stream, disable=hidden, leave=False, mininterval=0.5, **look)


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, SIGTERM (of SLURM, `docker stop`, `kill`) and SIGHUP (of a terminal that closes) let the step finish.

    A second Ctrl-C stops at once. The others may come more often: SLURM sends them to every process of a job. A signal
    that was ignored before stays ignored, as `nohup` wants it.

    torchrun forwards a Ctrl-C that its processes have already received, and sends SIGTERM to the others when one has
    ended. So with several processes each finishes its step, however many signals arrive.
    """
    seen: list[int] = []

    def note(number: int, frame: Any) -> None:
        if seen and number == signal.SIGINT and ranks() == 1:
            raise KeyboardInterrupt
        seen.append(number)

    with signals_call(note, ("SIGINT", *STOPS)):
        yield lambda: bool(seen)
