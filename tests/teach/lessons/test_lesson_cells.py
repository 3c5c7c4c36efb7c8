"""The cells of a lesson in a real kernel: a check that stops what does not end, a quiz, a prediction, the set-up."""

import subprocess
import sys
from typing import Any

import pytest

from dartslab.teach import start
from dartslab.teach.build.execute import run_notebook, still
from dartslab.teach.build.source import read_lesson
from dartslab.teach.guard import global_state
from dartslab.teach.values import is_unchanged
from lessons import cell, write_source

LESSON = """\
# %% name="setup"
import os
from dartslab.teach import check, mine, predict, progress_board, quiz, reveal, start
start("02")

# %% name="endless"
def softmax(alpha, T):
    while True:
        pass

os.environ["DARTSLAB_CHECK_SECONDS"], os.environ["DARTSLAB_STRICT"] = "0.2", "0"
check("02.softmax", softmax)

# %% name="go-on"
softmax = mine("02.softmax")

# %% name="p1"
predict("02.p1")

# %% name="p1-measured"
reveal("02.p1", 0.731)

# %% name="q1"
quiz("02.q1")

# %% name="board"
progress_board("02")

# %% name="right"
import torch

def softmax(alpha, T):
    return torch.softmax(alpha / T, -1)

assert check("02.softmax", softmax)
check("02.softmax", softmax)
"""


def data(notebook: Any, name: str) -> dict[str, str]:
    (output,) = cell(notebook, name).outputs
    return output.data


def text(notebook: Any, name: str) -> str:
    """What a cell says, as a terminal shows it."""
    return "".join(output.data["text/plain"] + "\n" for output in cell(notebook, name).outputs)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = write_source(tmp_path_factory.mktemp("course"), LESSON, "02_relaxation")
    return still(run_notebook(read_lesson(path), path.parent, path.name, solution=True))


def test_the_set_up_is_one_line(lesson: Any) -> None:
    assert text(lesson, "setup").startswith("lesson 02: dartslab ") and text(lesson, "setup").count("\n") == 1


def test_the_set_up_brings_the_style_of_all_boxes_and_no_other_cell_does(lesson: Any) -> None:
    assert "<style>" in data(lesson, "setup")["text/html"]
    assert "<style>" not in "".join(str(one.outputs) for one in lesson.cells if one.get("id") not in ("setup", None))


def test_a_function_that_does_not_end_is_stopped_and_the_kernel_lives(lesson: Any) -> None:
    assert text(lesson, "endless").startswith("02.softmax: still running after 0.2 seconds")
    assert text(lesson, "go-on").startswith("02.softmax: continuing with dartslab's")


def test_a_check_as_the_last_line_shows_its_sentence_and_nothing_else(lesson: Any) -> None:
    for name in ("endless", "right"):
        assert {"text/plain", "text/html"} == {kind for output in cell(lesson, name).outputs for kind in output.data}
    assert text(lesson, "right").count("02.softmax: right, 2 points") == 2


def test_a_solution_shows_the_answer_of_a_quiz_as_text(lesson: Any) -> None:
    shown = data(lesson, "q1")
    assert set(shown) == {"text/plain", "text/html"}
    assert "- Nothing. (right): Every exponential" in shown["text/plain"]


def test_a_solution_shows_the_question_of_a_prediction_and_what_was_measured(lesson: Any) -> None:
    assert data(lesson, "p1")["text/plain"].startswith("Two operations have alpha 0 and 1.")
    assert text(lesson, "p1-measured") == "no prediction was stored; measured 0.731\n"


def test_a_build_begins_with_an_empty_logbook(lesson: Any) -> None:
    assert "0 of 1" in data(lesson, "board")["text/plain"] and "1 of 1" not in data(lesson, "board")["text/plain"]


def test_every_start_of_a_lesson_seeds_alike(capsys: pytest.CaptureFixture[str]) -> None:
    start("02")
    first = global_state()
    start("02")
    assert is_unchanged(first, global_state())


def test_after_the_set_up_no_answer_waits_for_torch_to_load_more() -> None:
    code = """import sys, torch
from dartslab.teach import start
start("02")
before = set(sys.modules)
w = torch.ones(2, requires_grad=True)
for kind in (torch.optim.SGD, torch.optim.Adam):
    optimizer = kind([w], lr=0.1)
    w.square().sum().backward()
    optimizer.step()
one = (torch.ones(2),)
for way in (torch.func.grad, torch.func.hessian, torch.autograd.grad):
    loss = w.pow(3).sum()
    way(loss, w) if way is torch.autograd.grad else way(lambda x: x.pow(3).sum())(*one)
torch.func.jvp(torch.sin, one, one)
torch.func.functional_call(torch.nn.Linear(2, 1), {"bias": one[0][:1]}, one)
print(len(set(sys.modules) - before))"""
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "0" and run.stderr == ""


def test_another_version_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    start("02", made_with="9.0")
    assert "this notebook was written for dartslab 9.0, and 0.1.0 is installed" in capsys.readouterr().out
    start("02", made_with="0.1.0")
    assert "was written for" not in capsys.readouterr().out
