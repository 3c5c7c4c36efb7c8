"""The progress bar: there where somebody looks, silent elsewhere, and never in the way of the events."""

import io
import sys

import pytest

import tiny
from dartslab import SearchState, search
from dartslab.run.console import progress, track
from dartslab.run.events import Event


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Cell(io.StringIO):
    """What standard output is in a Jupyter kernel."""


Cell.__module__ = "ipykernel.iostream"


def events() -> list[Event]:
    state = SearchState.create(tiny.search_config(hypergradient="first_order", steps=4), tiny.pictures())
    return list(search(state))


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal(), Cell()], ids=["file", "terminal", "notebook"])
def test_all_events_pass_through(monkeypatch, stream: io.StringIO) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    expected = events()
    assert list(progress(expected)) == expected


def test_nothing_is_written_where_output_is_not_a_terminal(capsys) -> None:
    list(progress(events()))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_loss_accuracy_and_time_left(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    list(progress(events()))
    last = terminal.getvalue().strip().split("\r")[-1]
    assert (
        "search: 100%" in last and "4/4" in last and "loss=" in last and "accuracy=" in last and "validation=" in last
    )
    assert "<" in last  # elapsed<remaining


def test_a_notebook_sees_the_bar_on_standard_output(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdout", cell := Cell())
    list(progress(events(), "train"))
    assert "train: 100%" in cell.getvalue()


def test_a_resumed_run_starts_its_bar_where_it_was(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    list(progress(events()[2:3]))
    assert "3/4" in terminal.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal(), Cell()], ids=["file", "terminal", "notebook"])
def test_items_are_counted_where_somebody_looks_and_pass_through(monkeypatch, stream: io.StringIO) -> None:
    monkeypatch.setattr(sys, "stdout" if isinstance(stream, Cell) else "stderr", stream)
    assert list(track("abc", "letters")) == ["a", "b", "c"]
    assert ("letters" in stream.getvalue()) == (type(stream) in (Terminal, Cell))
