"""`predict`, `reveal` and `quiz`: questions in a notebook, answered with the keyboard or the mouse.

Answers go to the logbook on this machine and nowhere else. Where no controls can be shown, the second argument answers:
`predict("02.p1", 0.3)`, `quiz("02.q1", 2)`.
"""

from typing import Any

import ipywidgets

from ..base.messages import UserError, require
from .box import Box, as_question, beside, boxed, explained, listed, note, on_a_line, paragraph, say
from .items import Prediction, Question
from .lesson import SOLUTION, is_set
from .logbook import entry, update
from .question_box import QuestionBox, Reply
from .registry import PREDICTIONS, QUESTIONS

WIDE = {"width": "max-content"}


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
        said = _note_prediction(asked, answer)
        say(note(said))
        return None
    before = entry("predictions", name).get("answer")
    if asked.choices:
        control = _choices(asked.question, asked.choices, before)
        choices = listed(asked.choices), _lines(asked.choices)
    else:
        number = before if _is_number(before) else 0.0
        control = ipywidgets.FloatText(number, description="your number", style={"description_width": "initial"})
        blank = f"your number: … {asked.unit}".rstrip()
        choices = paragraph(blank), blank
    return QuestionBox(
        asked.name,
        "Predict",
        asked.question,
        control,
        "store prediction",
        lambda value: _store_prediction(asked, value),
        Reply() if before is None else Reply(f"Stored before: {_say(asked, before)}.", "open", "Stored"),
        choices,
        asked.unit,
    )


def reveal(name: str, value: Any) -> None:
    """Show a prediction beside what was measured: "you said 0.1; measured 0.031 nats"; then the explanation, if any.

    A prediction that was not right is no mistake, and no box of a mistake.

    Args:
        name: "02.p1".
        value: the number that was measured, or a choice (its index or its text).
    Raises:
        UserError: there is no such prediction.
    """
    asked = PREDICTIONS.find(name)
    said = entry("predictions", name).get("answer")
    before = "no prediction was stored" if said is None else f"you said {_say(asked, said)}"
    text = f"{before}; measured {_say(asked, value)}"
    say(Box(_revealed(asked, said, value, text), text))
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
        reply = _note_answer(asked, answer)
        body = f"{as_question(asked.question)}{reply.body}"
        text = f"{reply.said}\n{reply.text}"
        say(Box(boxed(reply.state, reply.word, body, "", asked.name), text))
        return None
    control = _choices(asked.question, asked.choices, None)

    def on_answer(value: int | None) -> Reply:
        return Reply("Choose one first.") if value is None else _note_answer(asked, value)

    choices = listed(asked.choices), _lines(asked.choices)
    if is_set(SOLUTION):
        choices = explained(asked.choices, asked.right, asked.because), _explained_lines(asked)
    return QuestionBox(asked.name, "Question", asked.question, control, "answer", on_answer, Reply(), choices)


def _lines(choices: tuple[str, ...]) -> str:
    return "\n".join(f"- {choice}" for choice in choices)


def _explained_lines(asked: Question, answer: int | None = None) -> str:
    """A line for each choice: whether it is right, and why."""
    lines = []
    for k, (choice, why) in enumerate(zip(asked.choices, asked.because, strict=True)):
        mark = "right" if k == asked.right else "not right"
        lines.append(f"- {choice} ({mark}{', your answer' if k == answer else ''}): {why}")
    return "\n".join(lines)


def _choices(question: str, choices: tuple[str, ...], chosen: Any) -> Any:
    options = [(choice, k) for k, choice in enumerate(choices)]
    value = chosen if chosen in range(len(choices)) else None
    return ipywidgets.RadioButtons(options=options, value=value, tooltip=question, layout=WIDE)


def _require_choice(asked: Question | Prediction, answer: Any) -> None:
    count = len(asked.choices)
    require(answer in range(count), f"{asked.name} has the choices 0 to {count - 1}, got {answer!r}; give one of them.")


def _note_answer(asked: Question, answer: int) -> Reply:
    _require_choice(asked, answer)
    right = answer == asked.right
    update("quiz", asked.name, lambda old: {"answer": answer, "right": right, "first": old.get("first", right)})
    word = "Right" if right else "Not this one"
    body = explained(asked.choices, asked.right, asked.because, answer)
    state = "right" if right else "wrong"
    return Reply(f"{word}. {asked.because[answer]}", state, word, body, _explained_lines(asked, answer))


def _note_prediction(asked: Prediction, answer: Any) -> str:
    if asked.choices:
        _require_choice(asked, answer)
    else:
        require(_is_number(answer), f"{asked.name} asks for a number, got {answer!r}; give a number.")
    update("predictions", asked.name, lambda old: {"answer": answer})
    return f"Stored: {_say(asked, answer)}."


def _store_prediction(asked: Prediction, value: Any) -> Reply:
    try:
        return Reply("Choose one first.") if value is None else Reply(_note_prediction(asked, value), "open", "Stored")
    except UserError as error:
        return Reply(str(error))


def _revealed(asked: Prediction, said: Any, value: Any, text: str) -> str:
    """A prediction and a measurement as a box: choices are marked, numbers stand on a line."""
    body, word, same = paragraph(text), "Measured", False
    if asked.choices:
        measured = asked.choices.index(value) if value in asked.choices else value
        if measured in range(len(asked.choices)):
            same, body = said == measured, beside(said, measured, asked.choices)
            word = "Measured" if said is None else "As you said" if same else "Not as you said"
    elif _is_number(value) and (said is None or _is_number(said)):
        word, body = on_a_line(None if said is None else float(said), float(value), asked.unit)
        same = word.startswith(("As", "Close"))
    return boxed("right" if same else "told", word, as_question(asked.question) + body, "", asked.name, "prediction")


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
