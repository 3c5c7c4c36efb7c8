"""`python -m dartslab` and the program `dartslab`: what a signal does before a run has begun."""

import os
import signal
import sys
from dataclasses import is_dataclass
from pathlib import Path

import pytest

import dartslab.__main__ as program
import dartslab.cli.commands as commands
import dartslab.cli.main as command_line
from command_lines import SMALL, run
from dartslab import Record

SIGNALS = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture(autouse=True)
def nothing_is_ignored():
    """Signals do what they do in a terminal, also where the tests were begun with `nohup`."""
    before = {name: signal.signal(getattr(signal, name), signal.SIG_DFL) for name in SIGNALS}
    yield
    for name, handler in before.items():
        assert signal.getsignal(getattr(signal, name)) == signal.SIG_DFL
        signal.signal(getattr(signal, name), handler)


def left_with(monkeypatch: pytest.MonkeyPatch, *words: object) -> str:
    """What the program says when it is left."""
    monkeypatch.setattr(sys, "argv", ["dartslab", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        program.main()
    return str(left.value)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_before_the_commands_are_loaded_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def arrives() -> None:
        os.kill(os.getpid(), getattr(signal, name))

    monkeypatch.setattr(command_line, "main", arrives)
    said = left_with(monkeypatch, "search", "--out", "a")
    assert said == "dartslab: stopped before it began; give the same command again"


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_before_a_run_is_resumed_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys, name: str
) -> None:
    folder = tmp_path / "a"
    run(capsys, "search", "--out", folder, *SMALL[:-1], "2")

    def arrives(*anything: object, **named: object) -> None:
        os.kill(os.getpid(), getattr(signal, name))

    with monkeypatch.context() as patch:
        patch.setattr("dartslab.run.search_state.SearchState.load", arrives)
        said = left_with(patch, "search", "--out", folder, "--resume", "--steps", "3")
    assert said == (
        "dartslab: stopped at once; give the same command again with --resume to go on from the last checkpoint"
    )
    assert len(Record.load(folder)) == 2 and not list(folder.glob(".lock.*"))
    assert "resuming" in run(capsys, "search", "--out", folder, "--resume", "--steps", "3")


def test_commands_that_run_nothing_and_processes_of_torchrun_leave_signals_alone(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(command_line, "main", lambda: seen.append(signal.getsignal(signal.SIGTERM)))
    for words, processes in ((["lab"], "1"), (["search"], "2")):
        monkeypatch.setattr(sys, "argv", ["dartslab", *words])
        monkeypatch.setenv("WORLD_SIZE", processes)
        program.main()
    assert seen == [signal.SIG_DFL] * 2


def test_the_commands_that_run_are_those_of_their_module() -> None:
    """The program has to know them before it loads them."""
    theirs = [one for one in vars(commands).values() if getattr(one, "__module__", "") == commands.__name__]
    assert {one.__name__.lower() for one in theirs if is_dataclass(one)} == set(program.RUNS)


def test_a_signal_that_the_program_ignores_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(command_line, "main", lambda: seen.append(signal.getsignal(signal.SIGTERM)))
    monkeypatch.setattr(sys, "argv", ["dartslab", "search"])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    program.main()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert seen == [signal.SIG_IGN]
