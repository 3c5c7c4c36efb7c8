"""What surrounds a watched call: all global state is restored afterwards, and it ends within a time limit."""

import contextlib
import ctypes
import io
import math
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from ..base.seeds import set_seed

SECONDS = "DARTSLAB_CHECK_SECONDS"
LONGEST_S = 3600.0
IMPORTING_S = 60.0  # an import that the time limit meets may go on so long
AGAIN_S = 0.1  # an answer that swallows the first alarm hears it again


class OutOfTime(BaseException):
    """The answer ran too long. Not an `Exception`, so that an answer's own `except Exception` lets it through."""


class Printed(io.StringIO):
    """Text that an answer prints. It cannot be closed, so an answer that closes its output takes nothing away."""

    def close(self) -> None:
        """Stay open."""


# state


def global_state() -> dict[str, Any]:
    """The global state by name whose change is a mistake that a check names."""
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
    set_seed(seed)


@contextlib.contextmanager
def as_before() -> Iterator[None]:
    """Run a block in a defined state (seeded, gradients on, float32 by default), then restore the old one."""
    state, dtype = global_state(), torch.get_default_dtype()
    with contextlib.ExitStack() as restored:
        for restore in (_restore_torch(), _restore_process(), _restore_signals()):
            restored.callback(restore)
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


def _restore_torch() -> Callable[[], None]:
    """Gives what puts back the settings of torch and numpy as they are now."""
    device, threads = torch.get_default_device(), torch.get_num_threads()
    strict, only_warn = before = _deterministic()
    anomaly, check_nan = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    numpy_errors = np.geterr()

    def restore() -> None:
        if torch.get_default_device() != device:
            torch.set_default_device(None if device.type == "cpu" else device)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        if _deterministic() != before:  # setting it loads a large part of torch
            torch.use_deterministic_algorithms(strict, warn_only=only_warn)
        torch.autograd.set_detect_anomaly(anomaly, check_nan)
        np.seterr(**numpy_errors)

    return restore


def _deterministic() -> tuple[bool, bool]:
    """Whether torch takes deterministic algorithms only, and whether it then warns instead of raising."""
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _restore_process() -> Callable[[], None]:
    """Gives what puts back recursion limit, working folder, environment and streams as they are now."""
    limit, environment = sys.getrecursionlimit(), dict(os.environ)
    streams = sys.stdin, sys.stdout, sys.stderr
    folder = None
    with contextlib.suppress(OSError):  # the folder may have been removed
        folder = os.getcwd()

    def restore() -> None:
        sys.setrecursionlimit(limit)
        sys.stdin, sys.stdout, sys.stderr = streams
        if folder is not None:
            with contextlib.suppress(OSError):
                os.chdir(folder)
        for name in set(os.environ) - set(environment):
            del os.environ[name]
        for name, value in environment.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    return restore


def _restore_signals() -> Callable[[], None]:
    """Gives what puts back the handlers of Ctrl-C and its like; only the main thread may set them."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def restore() -> None:
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return restore


# time


def time_limit(usual: float) -> float:
    """The time limit of one call in seconds: DARTSLAB_CHECK_SECONDS where it is a number, else the usual one."""
    try:
        asked = float(os.environ.get(SECONDS, ""))
    except ValueError:
        return usual
    return min(max(0.01, asked), LONGEST_S) if math.isfinite(asked) else usual


def call_within(call: Callable[[], Any], seconds: float) -> Any:
    """Call a function with a time limit in seconds.

    Raises:
        OutOfTime: it took longer. A single call into C, such as one product of huge matrices, ends first; so does
            the loading of a module.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _with_alarm(call, seconds)
    return _with_watchdog(call, seconds)


def _with_alarm(call: Callable[[], Any], seconds: float) -> Any:
    """On Unix, in the main thread: a timer of the operating system. One that ran already runs on afterwards."""

    armed = [True]  # once empty, an alarm that comes late does no harm
    begun = time.monotonic()

    def ring(number: int, frame: Any) -> None:
        if armed and not _waits_for_import(frame, begun + seconds):
            raise OutOfTime

    handler, outer = signal.signal(signal.SIGALRM, ring), (0.0, 0.0)
    try:
        try:
            outer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
            return call()
        finally:
            armed.clear()
    finally:
        armed.clear()  # once more: an alarm may have struck in the line above
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer[0] > 0:
            signal.setitimer(signal.ITIMER_REAL, max(outer[0] - (time.monotonic() - begun), 0.001), outer[1])


def _waits_for_import(frame: Any, end: float) -> bool:
    """Whether a module is being loaded below a watched call, so that the alarm has to ring again later.

    A module that is cut in two cannot be loaded a second time: parts of torch, for example, enter their names in lists
    that take each name once. After IMPORTING_S more seconds it is cut nevertheless.

    Args:
        frame: where the alarm found the program.
        end: of the time limit, on the monotonic clock.
    """
    if time.monotonic() > end + IMPORTING_S:
        return False
    while frame is not None and frame.f_code not in (_with_alarm.__code__, _with_watchdog.__code__):
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _with_watchdog(call: Callable[[], Any], seconds: float) -> Any:
    """Elsewhere: another thread raises the exception in this one."""
    ident, end = threading.get_ident(), time.monotonic() + seconds
    here, done, lock = ctypes.c_ulong(ident), threading.Event(), threading.Lock()
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:
                frame = sys._current_frames().get(ident)
                if not (done.is_set() or _waits_for_import(frame, end)):
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
        watchdog.join()
