"""`predict`, `reveal` and `quiz`: questions in a notebook, answered with the keyboard or the mouse.

Answers go to the logbook on this machine and nowhere else. Where no controls can be shown, the second argument answers:
`predict("02.p1", 0.3)`, `quiz("02.q1", 2)`.
"""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets

from ..base.messages import UserError, require
from .items import Prediction, Question
from .lesson import SOLUTION, is_set
from .logbook import entry, update
from .registry import PREDICTIONS, QUESTIONS

WIDE = {"width": "max-content"}


class QuestionBox(ipywidgets.VBox):
    """A question with a control, a button and an answer that is read aloud; and the same as text.

    Args:
        question: the sentence.
        control: where the answer is given.
        verb: what the button says.
        on_answer: is called with the control's value when the button is pressed, and gives the text to show.
        told: the text shown at first.
        text: the question as Markdown, for viewers without controls and for solutions.
        unit: of the answer, shown after the control.
    """

    def __init__(
        self,
        question: str,
        control: Any,
        verb: str,
        on_answer: Callable[[Any], str],
        told: str,
        text: str,
        unit: str = "",
    ) -> None:
        self.control, self.text = control, text
        self.button = ipywidgets.Button(description=verb, tooltip=f"{verb}: {question}")
        self.told = ipywidgets.HTMLMath(_live(told))
        self.button.on_click(lambda _: setattr(self.told, "value", _live(on_answer(self.control.value))))
        label = ipywidgets.HTMLMath(f"<b>{html.escape(question)}</b>")
        field = ipywidgets.HBox([control, ipywidgets.Label(unit)]) if unit else control
        super().__init__([label, field, self.button, self.told])
        self.add_class("dartslab-question")

    def __repr__(self) -> str:
        return self.text.replace("**", "")

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, str]:
        live = {} if is_set(SOLUTION) else super()._repr_mimebundle_(**settings)
        return {**live, "text/plain": repr(self), "text/markdown": self.text}


def predict(name: str, answer: Any = None) -> QuestionBox | None:
    """Ask for a prediction before something is measured.

    Args:
        name: "02.p1".
        answer: the prediction itself, a number or the index of a choice, where it is written into the cell.
    Returns:
        The question with its controls; None where the answer was given.
    Raises:
        UserError: there is no such prediction, or the answer is none of those allowed.
    """
    asked = PREDICTIONS.find(name)
    if answer is not None:
        print(_note_prediction(asked, answer))
        return None
    before = entry("predictions", name).get("answer")
    if asked.choices:
        control = _choices(asked.question, asked.choices, before)
        lines = [f"- {choice}" for choice in asked.choices]
    else:
        number = before if _is_number(before) else 0.0
        control = ipywidgets.FloatText(number, description="your number", layout={"width": "200px"})
        lines = [f"*{f'your number: … {asked.unit}'.rstrip()}*"]
    text = "\n".join([f"**{asked.question}**", "", *lines])
    told = "" if before is None else f"Stored before: {_say(asked, before)}."
    return QuestionBox(
        asked.question,
        control,
        "store prediction",
        lambda value: _store_prediction(asked, value),
        told,
        text,
        asked.unit,
    )


def reveal(name: str, value: Any) -> None:
    """Print a prediction beside what was measured: "you said 0.1; measured 0.031 nats".

    Args:
        name: "02.p1".
        value: the number that was measured, or a choice (its index or its text).
    Raises:
        UserError: there is no such prediction.
    """
    asked = PREDICTIONS.find(name)
    said = entry("predictions", name).get("answer")
    before = "no prediction was stored" if said is None else f"you said {_say(asked, said)}"
    print(f"{before}; measured {_say(asked, value)}")


def quiz(name: str, answer: int | None = None) -> QuestionBox | None:
    """Ask a quiz question; every answer is explained.

    Args:
        name: "02.q1".
        answer: the index of a choice, where it is written into the cell.
    Returns:
        The question with its controls; None where the answer was given.
    Raises:
        UserError: there is no such question, or no such choice.
    """
    asked = QUESTIONS.find(name)
    if answer is not None:
        print(_note_answer(asked, answer))
        return None
    control = _choices(asked.question, asked.choices, None)

    def on_answer(value: int | None) -> str:
        return "Choose one first." if value is None else _note_answer(asked, value)

    lines = [f"- {choice}" for choice in asked.choices]
    if is_set(SOLUTION):
        marks = ["**right**" if k == asked.right else "not right" for k in range(len(asked.choices))]
        lines = [f"{line} ({mark}): {why}" for line, mark, why in zip(lines, marks, asked.because, strict=True)]
    return QuestionBox(
        asked.question, control, "answer", on_answer, "", "\n".join([f"**{asked.question}**", "", *lines])
    )


def _choices(question: str, choices: tuple[str, ...], chosen: Any) -> Any:
    options = [(choice, k) for k, choice in enumerate(choices)]
    value = chosen if chosen in range(len(choices)) else None
    return ipywidgets.RadioButtons(options=options, value=value, tooltip=question, layout=WIDE)


def _note_answer(asked: Question, answer: int) -> str:
    count = len(asked.choices)
    require(answer in range(count), f"{asked.name} has the choices 0 to {count - 1}, got {answer!r}; give one of them.")
    right = answer == asked.right
    update("quiz", asked.name, lambda old: {"answer": answer, "right": right, "first": old.get("first", right)})
    return f"{'Right' if right else 'Not this one'}. {asked.because[answer]}"


def _note_prediction(asked: Prediction, answer: Any) -> str:
    if asked.choices:
        count = len(asked.choices)
        require(
            answer in range(count),
            f"{asked.name} has the choices 0 to {count - 1}, got {answer!r}; give one of them.",
        )
    else:
        require(_is_number(answer), f"{asked.name} asks for a number, got {answer!r}; give a number.")
    update("predictions", asked.name, lambda old: {"answer": answer})
    return f"Stored: {_say(asked, answer)}."


def _store_prediction(asked: Prediction, value: Any) -> str:
    try:
        return "Choose one first." if value is None else _note_prediction(asked, value)
    except UserError as error:
        return str(error)


def _say(asked: Prediction, value: Any) -> str:
    if asked.choices:
        return f'"{asked.choices[value]}"' if value in range(len(asked.choices)) else f'"{value}"'
    number = f"{float(value):.4g}" if _is_number(value) else str(value)
    return f"{number} {asked.unit}".rstrip()


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, (str, bool)) and value is not None and abs(float(value)) < float("inf")
    except (TypeError, ValueError):
        return False


def _live(text: str) -> str:
    """A region that a screen reader speaks when it changes."""
    return f'<div role="status" aria-live="polite">{html.escape(text)}</div>'
