"""`predict`, `reveal` and `quiz`: questions in a notebook, answered with the keyboard or the mouse.

Answers go to the logbook on this machine and nowhere else. Where no controls can be shown, the second argument answers:
`predict("02.p1", 0.3)`, `quiz("02.q1", 2)`.
"""

import html
import re
from collections.abc import Callable
from typing import Any

import ipywidgets

from ..base.messages import UserError, require
from .items import Prediction, Question
from .lesson import SOLUTION, is_set
from .logbook import entry, update
from .registry import PREDICTIONS, QUESTIONS

WIDE = {"width": "max-content"}
HIDE_TEXT = """<style>
.jp-OutputArea-child:has(.dartslab-question) + .jp-OutputArea-child:has(.jp-RenderedMarkdown) { display: none; }
</style>"""  # it is part of the live question: where that cannot be shown, nothing is hidden


class QuestionBox(ipywidgets.VBox):
    """A question with a control, a button and an answer that is read aloud; and the same as text.

    Args:
        question: the sentence.
        control: where the answer is given.
        verb: what the button says.
        on_answer: is called with the control's value when the button is pressed, and gives the text to show.
        told: the text shown at first.
        text: the question as Markdown, for viewers without controls and for solutions; the answer is written below.
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
        self.control, self._question, self._said = control, text, told
        self._written: list[Any] = []  # handles of the question as text, where it is displayed
        self.button = ipywidgets.Button(description=verb, tooltip=f"{verb}: {question}")
        self.told = ipywidgets.HTMLMath(_live(told))
        self.button.on_click(lambda _: self._tell(on_answer(self.control.value)))
        label = ipywidgets.HTMLMath(f"<b>{_inline(question)}</b>")
        field = ipywidgets.HBox([control, ipywidgets.Label(unit)]) if unit else control
        super().__init__([label, field, self.button, self.told, ipywidgets.HTML(HIDE_TEXT)])
        self.add_class("dartslab-question")

    @property
    def text(self) -> str:
        """The question as Markdown, and what was said to the last answer."""
        return f"{self._question}\n\n{self._said}" if self._said else self._question

    def _tell(self, said: str) -> None:
        self._said = said
        self.told.value = _live(said)
        for handle in self._written:
            handle.update(self._as_text(), raw=True)

    def _as_text(self) -> dict[str, str]:
        return {"text/plain": repr(self), "text/markdown": self.text}

    def __repr__(self) -> str:
        return self.text.replace("**", "")

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, str]:
        live = {} if is_set(SOLUTION) else super()._repr_mimebundle_(**settings)
        return {**live, **self._as_text()}

    def _ipython_display_(self) -> None:
        """Two outputs, as of a view: the controls, and the text, which the controls hide.

        A notebook that is opened without its kernel has no controls any more; there the text stands.
        """
        from IPython.display import display

        if is_set(SOLUTION):
            display(self._as_text(), raw=True)
            return
        bundle = dict(super()._repr_mimebundle_())
        bundle["text/plain"] = "a question: live in a running JupyterLab; elsewhere it stands here as text."
        display(bundle, raw=True)
        written = display(self._as_text(), raw=True, display_id=True)
        if written is not None:  # None where no notebook listens, as in a terminal
            self._written.append(written)


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
        control = ipywidgets.FloatText(number, description="your number", style={"description_width": "initial"})
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
    """Print a prediction beside what was measured: "you said 0.1; measured 0.031 nats"; then the explanation, if any.

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
    if asked.because:
        _show(asked.because)


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


def _show(markdown: str) -> None:
    """Show Markdown in a notebook, and its text elsewhere."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(markdown)
    else:
        display({"text/plain": markdown, "text/markdown": markdown}, raw=True)


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, (str, bool)) and value is not None and abs(float(value)) < float("inf")
    except (TypeError, ValueError):
        return False


def _live(text: str) -> str:
    """A region that a screen reader speaks when it changes."""
    return f'<div role="status" aria-live="polite">{_inline(text)}</div>'


def _inline(text: str) -> str:
    """A sentence as HTML: nothing in it is markup but names between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
