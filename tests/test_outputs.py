"""Outputs as they are kept: still, small, the same on every viewer."""

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from dartslab.teach.outputs import CONTROLS, WIDGET_VIEW, as_shown, still

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


def test_a_picture_that_describes_itself_keeps_its_words() -> None:
    own = new_output("display_data", data={"image/png": ""}, metadata={"image/png": {"alt": "own", "width": 3}})
    mute = new_output("display_data", data={"image/png": ""})
    text = new_output("display_data", data={"text/plain": "1"})
    described = [output.metadata for output in outputs_of(own, mute, text, header="header")]
    assert described == [{"image/png": {"alt": "own", "width": 3}}, {"image/png": {"alt": "header"}}, {}]
