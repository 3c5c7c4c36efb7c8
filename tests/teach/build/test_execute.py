"""Outputs as they are kept: still, small, the same on every viewer."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from dartslab.base.messages import UserError
from dartslab.teach.build.execute import CONTROLS, FILE, WIDGET_VIEW, Time, as_shown, read_times, still

# Outputs


def outputs_of(*outputs: NotebookNode, header: str = "") -> list[NotebookNode]:
    one = nbformat.v4.new_code_cell("x", outputs=list(outputs), metadata={"alt": header} if header else {})
    return still(nbformat.v4.new_notebook(cells=[one], metadata={"widgets": {"state": {}}})).cells[0].outputs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10 %\r20 %\n", "20 %\n"),
        ("abc\rX\n", "Xbc\n"),
        ("bar\r   \rdone", "done"),
        ("bar 1\r     \r", ""),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("a  \nb", "a  \nb"),
    ],
    ids=["overwritten", "in part", "cleared, then written", "cleared", "ends of lines", "left alone"],
)
def test_text_is_kept_as_a_terminal_would_show_it(text: str, shown: str) -> None:
    assert as_shown(text) == shown


def test_pieces_of_one_stream_are_joined_before_returns_are_looked_at() -> None:
    pieces = [("stdout", "1\r"), ("stdout", "2\n"), ("stderr", "oh\n"), ("stdout", "3\n")]
    kept = outputs_of(*(new_output("stream", name=name, text=text) for name, text in pieces))
    assert [(output.name, output.text) for output in kept] == [("stdout", "2\n"), ("stderr", "oh\n"), ("stdout", "3\n")]


def test_a_view_keeps_its_picture_and_text_and_loses_the_widget() -> None:
    data = {WIDGET_VIEW: {"model_id": "1"}, "image/png": "iVBO", "text/plain": "alpha"}
    assert outputs_of(new_output("display_data", data=data))[0].data == {"image/png": "iVBO", "text/plain": "alpha"}


@pytest.mark.parametrize("text", [{}, {"text/plain": "IntSlider(value=0)"}], ids=["alone", "with its class"])
def test_bare_controls_become_a_sentence(text: dict[str, str]) -> None:
    data = {WIDGET_VIEW: {"model_id": "1"}} | text
    assert CONTROLS == "run this cell to see the controls"
    assert outputs_of(new_output("display_data", data=data))[0].data == {"text/plain": CONTROLS}


def test_of_a_picture_for_light_and_dark_the_png_is_stored_which_every_viewer_shows() -> None:
    data = {"text/html": "<div>both</div>", "image/png": "iVBO", "text/plain": "alpha"}
    assert outputs_of(new_output("display_data", data=data))[0].data == {"image/png": "iVBO", "text/plain": "alpha"}
    table = {"text/html": "<table></table>", "text/plain": "a table"}
    assert outputs_of(new_output("display_data", data=dict(table)))[0].data == table


def test_a_picture_that_describes_itself_keeps_its_words() -> None:
    own = new_output("display_data", data={"image/png": ""}, metadata={"image/png": {"alt": "own", "width": 3}})
    mute = new_output("display_data", data={"image/png": ""})
    text = new_output("display_data", data={"text/plain": "1"})
    described = [output.metadata for output in outputs_of(own, mute, text, header="header")]
    assert described == [{"image/png": {"alt": "own", "width": 3}}, {"image/png": {"alt": "header"}}, {}]


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (Time(37.6, 2, None), "ran in 38 s when this notebook was built, on 2 processor cores.*"),
        (Time(0.2, 1, 1), "ran in 1 s when this notebook was built, on 1 processor core with 1 thread.*"),
        (Time(130.2, 8, 4), "ran in 130 s when this notebook was built, on 8 processor cores with 4 threads.*"),
    ],
    ids=["threads not set", "one of each", "several"],
)
def test_a_time_is_told_in_whole_seconds(time: Time, words: str) -> None:
    assert time.sentence() == f"*All cells together {words}"


@pytest.mark.parametrize("text", ["<<<<<<<", "[]", '{"01_twice": 7}', '{"01_twice": {"seconds": 7}}'])
def test_times_that_cannot_be_read_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"times.json cannot be read .* remove it and run `make notebooks`"):
        read_times(tmp_path)


def test_before_the_first_run_there_are_no_times(tmp_path: Path) -> None:
    assert read_times(tmp_path) == {}


@pytest.mark.parametrize(("setting", "threads"), [("3", 3), ("", None), ("4,2", None)])
def test_the_number_of_threads_is_the_one_that_was_set(monkeypatch, setting: str, threads: int | None) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", setting)
    assert Time.of(1.23).threads == threads and Time.of(1.23).seconds == 1.2
