"""What surrounds a call: it ends in time, also where the system has no timers, and all settings are as before."""

import builtins
import importlib
import os
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch

from dartslab.teach import check, guard
from dartslab.teach.guard import SECONDS, OutOfTime, as_before, call_within, global_state
from dartslab.teach.values import is_unchanged
from softmax_answers import NAME, for_ever, for_ever_and_deaf, right

pytestmark = pytest.mark.usefixtures("patience")


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


def test_a_limit_within_a_limit_leaves_the_outer_one(system: None) -> None:
    def endless_after_another() -> None:
        call_within(lambda: None, 5.0)
        patience = time.monotonic() + 20  # only to stop what hangs
        while time.monotonic() < patience:
            time.sleep(0.001)

    with pytest.raises(OutOfTime):
        call_within(endless_after_another, 0.1)


MODULE = """
import builtins, time
builtins.times_loaded = getattr(builtins, "times_loaded", 0) + 1
for _ in range(300):
    time.sleep(0.001)
loaded_whole = True
"""


def test_a_module_that_is_being_loaded_is_loaded_to_its_end(
    system: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut in two, a part of torch could not be loaded a second time: it enters its names in lists."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("builtins.times_loaded", 0, raising=False)
    (tmp_path / "slow_to_load.py").write_text(MODULE)
    patience = time.monotonic() + 20  # only to stop what hangs

    def load_and_go_on() -> None:
        import_module("slow_to_load")
        while time.monotonic() < patience:
            time.sleep(0.001)

    with pytest.raises(OutOfTime):
        call_within(load_and_go_on, 0.05)
    assert sys.modules.pop("slow_to_load").loaded_whole
    assert vars(builtins)["times_loaded"] == 1


def test_a_module_that_never_ends_is_stopped_too(system: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "IMPORTING_S", 0.1)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "never_loaded.py").write_text("import time\nwhile True:\n    time.sleep(0.001)\n")
    with pytest.raises(OutOfTime):
        call_within(lambda: importlib.import_module("never_loaded"), 0.05)


def test_it_is_stopped_in_another_thread_too(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv(SECONDS, "0.2")
    thread = threading.Thread(target=check, args=(NAME, for_ever))
    thread.start()
    thread.join()
    assert "still running after 0.2 seconds" in capsys.readouterr().out


def test_a_time_limit_lets_results_and_errors_through() -> None:
    assert call_within(lambda: 3, 20) == 3
    with pytest.raises(ZeroDivisionError):
        call_within(lambda: 1 / 0, 20)


def test_ctrl_c_gets_through() -> None:
    def interrupted(alpha, T):
        raise KeyboardInterrupt

    before = global_state()
    with pytest.raises(KeyboardInterrupt):
        check(NAME, interrupted)
    assert is_unchanged(before, global_state())


def test_folder_streams_and_signals_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def disturbs(alpha, T):
        gone = tmp_path / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        sys.stderr = None
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        return right(alpha, T)

    before = os.getcwd(), sys.stderr, signal.getsignal(signal.SIGPIPE)
    assert check(NAME, disturbs)
    assert (os.getcwd(), sys.stderr, signal.getsignal(signal.SIGPIPE)) == before


def test_a_setting_of_torch_that_did_not_change_is_not_set_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # Setting it loads a large part of torch, which takes time.
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda *_, **__: pytest.fail("set"))
    with as_before():
        pass


def test_it_works_in_a_folder_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert check(NAME, right)


@pytest.mark.parametrize("answer", [for_ever, for_ever_and_deaf])
def test_a_check_stops_an_answer_that_does_not_end(answer: Any, say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS, "0.2")
    handler = signal.getsignal(signal.SIGALRM)
    assert say(answer)[0].startswith(f"{NAME}: still running after 0.2 seconds for alpha = [1, 3] of shape [2], T = 1")
    assert signal.getsignal(signal.SIGALRM) is handler and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
