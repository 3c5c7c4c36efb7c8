"""One watched call of an answer: with a time limit, fresh inputs, and all global state restored afterwards."""

import contextlib
import ctypes
import io
import os
import random
import signal
import threading
import warnings
from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import torch

from ..base.forward_mode import load_forward_mode
from .items import Arguments, Case, Exercise
from .values import difference, is_unchanged, wrong_type

SECONDS = "DARTSLAB_CHECK_SECONDS"
AGAIN_S = 0.1  # an answer that swallows the first alarm hears it again
MANY = 1_000  # parts of a generator that are taken; no exercise has so many


class OutOfTime(BaseException):
    """The answer ran too long. Not an `Exception`, so that an answer's own `except Exception` lets it through."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one call.

    Args:
        kind: "value", "raises", "late", or what it disturbed: "input", or a name in `global_state`.
        value: what it gave.
        error: what it raised.
        printed: whether it printed something.
    """

    kind: str
    value: Any = None
    error: BaseException | None = None
    printed: bool = False


def attempt(exercise: Exercise, answer: Any, case: Case, as_list: bool = False) -> Outcome:
    """Call an answer once. Only KeyboardInterrupt gets through; all global state is as before.

    Args:
        as_list: a list is wanted: what a generator gives is taken for one, and within the time limit.
    """
    printed = io.StringIO()
    with as_before():
        load_all_of_torch()
        arguments = case.make()
        seed_all()
        untouched = case.make()
        seed_all()
        before = global_state()
        value, error = None, None
        finish = to_list if as_list else lambda given: given
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
                warnings.simplefilter("ignore")
                value = call_within(lambda: finish(exercise.apply(answer, arguments)), limit(exercise))
        except KeyboardInterrupt:
            raise
        except BaseException as caught:  # SystemExit too: the kernel lives
            error = caught
        changed = [name for name, state in global_state().items() if not is_unchanged(before[name], state)]
    if isinstance(error, OutOfTime):
        return Outcome("late")
    if error is not None:
        return Outcome("raises", error=error)
    if not (exercise.changes_input or is_unchanged(untouched, arguments)):
        return Outcome("input", value)
    disturbed = [name for name in changed if not (exercise.draws and name.startswith("random"))]
    return Outcome(disturbed[0] if disturbed else "value", value, printed=bool(printed.getvalue()))


def to_list(value: Any) -> Any:
    """A generator or a view, which runs late and once, as a list of at most MANY parts; so in a list of such parts."""
    value = _as_list(value)
    return type(value)(map(_as_list, value)) if type(value) in (list, tuple) else value


def _as_list(value: Any) -> Any:
    return list(islice(value, MANY)) if isinstance(value, (Iterator, ItemsView, KeysView, ValuesView)) else value


def same_outcome(exercise: Exercise, a: Outcome, b: Outcome) -> bool:
    """Whether two calls had the same outcome; `a` is the reference's or a twin's."""
    if a.kind != b.kind:
        return False
    if a.kind == "raises":
        return type(a.error) is type(b.error)
    return a.kind == "late" or compare(exercise, a.value, b.value) is None


def compare(exercise: Exercise, expected: Any, got: Any) -> str | None:
    """How the exercise tells two values apart; None where they are the same answer."""
    try:
        if exercise.compare is not None:
            return exercise.compare(expected, got)
        return difference(expected, got, exercise.tolerance)
    except Exception:  # the answer gave an unexpected kind of value
        return wrong_type(expected, got)


def arguments_of(case: Case) -> Arguments:
    """The arguments of a case, made without touching the learner's random state."""
    with as_before():
        return case.make()


@cache
def load_all_of_torch() -> None:
    """Load the parts of torch that its first optimiser and its first derivative load, which can take seconds.

    An answer then spends its time limit on its own work.
    """
    torch.optim.SGD([torch.zeros(1)], lr=1.0)
    load_forward_mode()


# what a call may disturb


def global_state() -> dict[str, Any]:
    """All global state that an answer must leave alone, by name."""
    return {
        "random": random.getstate(),
        "random (numpy)": np.random.get_state(),
        "random (torch)": torch.get_rng_state(),
        "gradients": torch.is_grad_enabled(),
        "dtype": str(torch.get_default_dtype()),
    }


def seed_all(seed: int = 0) -> None:
    """Seed Python, numpy and torch."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@contextlib.contextmanager
def as_before() -> Iterator[None]:
    """Run a block in a defined state (seeded, gradients on, float32 by default), then restore the old one."""
    state, dtype = global_state(), torch.get_default_dtype()
    try:
        seed_all()
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        yield
    finally:
        random.setstate(state["random"])
        np.random.set_state(state["random (numpy)"])
        torch.set_rng_state(state["random (torch)"])
        torch.set_grad_enabled(state["gradients"])
        torch.set_default_dtype(dtype)


# time


def limit(exercise: Exercise) -> float:
    """The time limit of one call in seconds."""
    try:
        return max(0.01, float(os.environ.get(SECONDS, "")))
    except ValueError:
        return exercise.seconds


def call_within(call: Callable[[], Any], seconds: float) -> Any:
    """Call a function with a time limit in seconds.

    Raises:
        OutOfTime: it took longer. A single call into C, such as one product of huge matrices, ends first.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _with_alarm(call, seconds)
    return _with_watchdog(call, seconds)


def _with_alarm(call: Callable[[], Any], seconds: float) -> Any:
    """On Unix, in the main thread: a timer of the operating system."""

    armed = [True]  # once empty, an alarm that comes late does no harm

    def ring(number: int, frame: Any) -> None:
        if armed:
            raise OutOfTime

    handler = signal.signal(signal.SIGALRM, ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
            return call()
        finally:
            armed.clear()
    finally:
        armed.clear()  # once more: an alarm may have struck in the line above
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _with_watchdog(call: Callable[[], Any], seconds: float) -> Any:
    """Elsewhere: another thread raises the exception in this one."""
    here, done, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    raise_in(here, ctypes.py_object(OutOfTime))
            wait = AGAIN_S

    watchdog = threading.Thread(target=watch, daemon=True)
    watchdog.start()
    try:
        return call()
    finally:
        done.set()
        with lock:
            raise_in(here, None)  # what is raised but has not arrived is taken back
