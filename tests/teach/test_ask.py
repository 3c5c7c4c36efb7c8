"""Predictions and quiz questions: asked with controls, answered with a button or in the cell, kept in the logbook."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dartslab.teach import ask as questions
from dartslab.teach import predict, quiz, reveal
from dartslab.teach.box import Box
from dartslab.teach.build.execute import WIDGET_VIEW, run_notebook
from dartslab.teach.items import Prediction, Question
from dartslab.teach.logbook import entry
from dartslab.teach.registry import PREDICTIONS, QUESTIONS
from sentences import refusal

QUIZ = Question("02.q9", "Is 1 < 2?", ("no", "yes"), 1, ("Count again.", "One is less than two."))
NUMBER = Prediction("02.p8", "How large is the entropy?", unit="nats")
CHOICE = Prediction("02.p9", "Faster or slower?", ("faster", "slower"))


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three questions of our own, so that no test depends on a lesson's."""
    monkeypatch.setattr(questions, "QUESTIONS", Shelf({QUIZ.name: QUIZ}))
    monkeypatch.setattr(questions, "PREDICTIONS", Shelf({NUMBER.name: NUMBER, CHOICE.name: CHOICE}))


class Shelf(dict):
    find = dict.__getitem__


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """The boxes that a notebook would show."""
    boxes: list[Box] = []
    monkeypatch.setattr(questions, "say", boxes.append)
    return boxes


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip()


def told(view: Any) -> str:
    """What a screen reader says."""
    (text,) = re.findall(r'<div role="status" aria-live="polite" class="[^"]*">(.*?)</div>', view.told.value)
    return html.unescape(re.sub("<.*?>", "", text))


def test_a_number_is_stored_and_held_against_what_was_measured(capsys) -> None:
    view = predict(NUMBER.name)
    view.control.value = 0.1
    view.button.click()
    assert told(view) == "Stored: 0.1 nats." and entry("predictions", NUMBER.name) == {"answer": 0.1}
    reveal(NUMBER.name, 0.0312)
    assert printed(capsys) == "you said 0.1 nats; measured 0.0312 nats"
    assert "Stored before: 0.1 nats." in told(predict(NUMBER.name))


@pytest.mark.parametrize("measured", [1, "slower"])
def test_a_choice_is_revealed_by_index_or_text(measured: Any, capsys) -> None:
    view = predict(CHOICE.name)
    view.button.click()
    assert told(view) == "Choose one first."
    view.control.value = 0
    view.button.click()
    reveal(CHOICE.name, measured)
    assert printed(capsys) == 'you said "faster"; measured "slower"'


@pytest.mark.parametrize(
    ("said", "measured", "words", "tone"),
    [
        (0.1, 0.5, "Too low by 0.4 nats", "dl-ask"),
        (0.51, 0.5, "Close, off by 0.01 nats", "dl-right"),
        (0.5, 0.5, "As you said", "dl-right"),
        (0, -2, "Too high by 2 nats", "dl-ask"),
        (None, 0.5, "Measured", "dl-ask"),
    ],
)
def test_a_prediction_that_is_not_right_is_no_mistake(said, measured, words: str, tone: str, shown) -> None:
    if said is not None:
        predict(NUMBER.name, said)
    reveal(NUMBER.name, measured)
    box = shown[-1].html
    assert f">{words}<" in box and f"dl-box {tone}" in box and "dl-wrong" not in box
    assert f'<span class="dl-t">{measured:.4g}</span>' in box and "<svg" in box


def test_of_choices_both_are_marked(shown) -> None:
    predict(CHOICE.name, 0)
    reveal(CHOICE.name, "slower")
    assert "Not as you said" in shown[-1].html and shown[-1].html.count('class="dl-tag"') == 2
    reveal(CHOICE.name, 0)
    assert "As you said" in shown[-1].html and "dl-box dl-right" in shown[-1].html
    reveal(CHOICE.name, "a third thing")
    assert "measured &quot;a third thing&quot;" in shown[-1].html


def test_without_a_prediction_the_measurement_is_still_shown(capsys) -> None:
    reveal(NUMBER.name, 0.5)
    assert printed(capsys) == "no prediction was stored; measured 0.5 nats"


def test_every_answer_to_a_quiz_is_explained() -> None:
    view = quiz(QUIZ.name)
    view.button.click()
    assert told(view) == "Choose one first." and entry("quiz", QUIZ.name) == {}
    view.control.value = 0
    view.button.click()
    assert told(view) == "Not this one. Count again."
    view.control.value = 1
    view.button.click()
    assert told(view) == "Right. One is less than two."
    assert entry("quiz", QUIZ.name) == {"answer": 1, "right": True, "first": False}


@pytest.mark.parametrize("answer", [0, 1])
def test_after_an_answer_all_choices_are_explained_in_the_live_question_and_in_the_text(answer: int) -> None:
    view = quiz(QUIZ.name)
    assert not any(why in str(view._repr_mimebundle_()) for why in QUIZ.because)
    view.control.value = answer
    view.button.click()
    shown = view._repr_mimebundle_()
    assert all(
        why in part for why in QUIZ.because for part in (view.told.value, shown["text/html"], shown["text/plain"])
    )
    assert ("dl-box dl-right" in view.told.value) == (answer == 1)
    assert view.told.value.count("your answer") == shown["text/plain"].count("your answer") == 1


def test_a_number_is_asked_for_with_its_unit_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert predict(NUMBER.name)._repr_mimebundle_()["text/plain"].endswith("\nyour number: … nats")
    assert predict(NUMBER.name).children[1].children[1].value == "nats"
    bare = Prediction("02.p7", "How many?")
    monkeypatch.setitem(questions.PREDICTIONS, bare.name, bare)
    view = predict(bare.name)
    assert repr(view).endswith("\nyour number: …") and view.children[1] is view.control


def test_without_controls_the_cell_itself_answers(capsys) -> None:
    assert predict(NUMBER.name, 0.3) is None and quiz(QUIZ.name, 1) is None
    assert printed(capsys) == (
        "Stored: 0.3 nats.\nRight. One is less than two.\n"
        "- no (not right): Count again.\n- yes (right, your answer): One is less than two."
    )


def test_an_answer_that_is_none_of_those_allowed_is_refused() -> None:
    assert refusal(quiz, QUIZ.name, 2) == "02.q9 has the choices 0 to 1, got 2; give one of them."
    assert refusal(predict, CHOICE.name, "faster") == "02.p9 has the choices 0 to 1, got 'faster'; give one of them."
    assert refusal(predict, NUMBER.name, "much") == "02.p8 asks for a number, got 'much'; give a number."


def test_a_learner_sees_the_question_and_not_the_answer() -> None:
    bundle = quiz(QUIZ.name)._repr_mimebundle_()
    assert WIDGET_VIEW in bundle
    assert bundle["text/plain"] == "Is 1 < 2?\n\n- no\n- yes"
    assert "One is less" not in str(bundle)


def test_a_solution_shows_which_answer_is_right_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTSLAB_SOLUTION", "1")
    bundle = quiz(QUIZ.name)._repr_mimebundle_()
    assert WIDGET_VIEW not in bundle
    assert bundle["text/plain"] == "Is 1 < 2?\n\n- no (not right): Count again.\n- yes (right): One is less than two."
    assert 'dl-good"><span class="dl-dot" aria-hidden="true">✓</span> <span class="dl-what">yes' in bundle["text/html"]


CELLS = """from dartslab.teach import predict, quiz
box = predict("00.p1")
box"""
STORE = "box.control.value = 1; box.button.click()"


def test_a_question_that_is_opened_without_its_kernel_stands_there_with_its_answer() -> None:
    notebook = new_notebook(cells=[new_code_cell(CELLS), new_code_cell(STORE)])
    run_notebook(notebook, Path(__file__).parent, "a test")
    live, written = notebook.cells[0].outputs
    assert WIDGET_VIEW in live.data and "text/html" not in live.data
    asked = PREDICTIONS["00.p1"]
    assert written.data["text/plain"].startswith(asked.question)
    assert written.data["text/plain"].endswith(f'Stored: "{asked.choices[1]}".')
    assert "Stored" in written.data["text/html"] and html.escape(asked.choices[1]) in written.data["text/html"]


def test_in_a_solution_a_question_is_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = new_notebook(cells=[new_code_cell(CELLS)])
    run_notebook(notebook, Path(__file__).parent, "a test", solution=True)
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {"text/plain", "text/html"}


def test_an_explanation_that_gives_the_answer_away_comes_with_the_measurement(capsys) -> None:
    told = Prediction("02.p7", "How many?", because="Because $1 + 1 = 2$.")
    questions.PREDICTIONS[told.name] = told
    assert "Because" not in predict(told.name).text
    reveal(told.name, 2)
    assert printed(capsys) == "no prediction was stored; measured 2\nBecause $1 + 1 = 2$."


def test_names_between_backticks_are_set_as_code_and_nothing_else_is_markup() -> None:
    asked = Question("02.q8", "Is `none` < 1?", ("no", "yes"), 1, ("Look at `none` & <b>.", "It is `0`."))
    questions.QUESTIONS[asked.name] = asked
    view = quiz(asked.name)
    assert "Is <code>none</code> &lt; 1?" in view.children[0].value
    view.control.value = 0
    view.button.click()
    assert 'Look at <code>none</code> &amp; <span class="dl-t">&lt;b&gt;.</span>' in view.told.value


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_choices_and_explanations_hold_no_markup_that_would_be_shown_raw(name: str) -> None:
    asked = QUESTIONS[name]
    assert not any(set("$`") & set(choice) for choice in asked.choices)
    assert not any("$" in why for why in asked.because)  # where a cell answers, they are printed


def test_texts_are_shown_as_they_are_written() -> None:
    view = quiz(QUIZ.name)
    assert "Is 1 &lt; 2?" in view.children[0].value


def test_a_question_is_complete() -> None:
    assert "right is 2; allowed is 0 to 1" in refusal(Question, "02.q1", "?", ("a", "b"), 2, ("c", "d"))
    assert "1 explanations; write one" in refusal(Question, "02.q1", "?", ("a", "b"), 0, ("c",))
    assert "has 1 choices; allowed are 2 to 5" in refusal(Question, "02.q1", "?", ("a",), 0, ("c",))


@pytest.mark.parametrize("name", [*QUESTIONS, *PREDICTIONS])
def test_the_questions_of_the_course_are_questions(name: str) -> None:
    asked = QUESTIONS.get(name) or PREDICTIONS[name]
    assert re.fullmatch(r"\d\d\.[qp]\d", name) and asked.question.endswith("?")
    assert len(set(asked.choices)) == len(asked.choices) and all(len(choice) <= 90 for choice in asked.choices)


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_every_choice_has_an_explanation_of_its_own(name: str) -> None:
    because = QUESTIONS[name].because
    assert len(set(because)) == len(because) and all(len(why) >= 20 for why in because)
