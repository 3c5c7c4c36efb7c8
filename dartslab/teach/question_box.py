"""A question in a notebook: live with its controls, and the same as text where nothing runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets

from .box import as_question, boxed, paragraph, prose
from .lesson import SOLUTION, is_set

WRITTEN = "dartslab-written"  # the question as text, which its controls hide
HIDE_TEXT = f"""<style>
.jp-OutputArea-child:has(.dartslab-question) + .jp-OutputArea-child:has(.{WRITTEN}) {{ display: none; }}
</style>"""  # it is part of the live question: where that cannot be shown, nothing is hidden


@dataclass(frozen=True)
class Reply:
    """What is said to an answer.

    Args:
        said: a sentence, which a screen reader speaks.
        state, word: of the box in which the question then stands, see `box.STATES`.
        body: the choices as HTML, once they are explained; empty where `said` is all.
        text: the same as text.
    """

    said: str = ""
    state: str = "ask"
    word: str = ""
    body: str = ""
    text: str = ""


class QuestionBox(ipywidgets.VBox):
    """A question with a control, a button and an answer that is read aloud; and the same as text.

    Args:
        name: "02.q1".
        word: what it is: "Question", "Predict".
        question: the sentence.
        control: where the answer is given.
        verb: what the button says.
        on_answer: is called with the control's value when the button is pressed, and gives what to say.
        told: what is said at first.
        choices: below the question as (HTML, text), for viewers without controls and for solutions.
        unit: of the answer, shown after the control.
    """

    def __init__(
        self,
        name: str,
        word: str,
        question: str,
        control: Any,
        verb: str,
        on_answer: Callable[[Any], Reply],
        told: Reply,
        choices: tuple[str, str],
        unit: str = "",
    ) -> None:
        self.control, self.told_now = control, told
        self._name, self._word, self._question, self._choices = name, word, question, choices
        self._written: list[Any] = []  # handles of the question as text, where it is displayed
        self.button = ipywidgets.Button(description=verb, tooltip=f"{verb}: {question}")
        self.told = ipywidgets.HTMLMath(self._live())
        self.button.on_click(lambda _: self._tell(on_answer(self.control.value)))
        label = ipywidgets.HTMLMath(boxed("ask", word, as_question(question), "", name).replace("dl-box ", "", 1))
        field = ipywidgets.HBox([control, ipywidgets.Label(unit)]) if unit else control
        super().__init__([label, field, self.button, self.told, ipywidgets.HTML(HIDE_TEXT)])
        self.add_class("dartslab-question")

    @property
    def text(self) -> str:
        """The question as text, and what was said to the last answer."""
        told = self.told_now
        lines = [self._question, "", told.text if told.body else self._choices[1]]
        return "\n".join([*lines, "", told.said] if told.said else lines)

    @property
    def html(self) -> str:
        """The question as a box, and what was said to the last answer."""
        told = self.told_now
        said = "" if told.body or not told.said else paragraph(told.said)
        body = as_question(self._question) + (told.body or self._choices[0]) + said
        return f'<div class="{WRITTEN}">{boxed(told.state, told.word or self._word, body, "", self._name)}</div>'

    def _live(self) -> str:
        """A region that a screen reader speaks when it changes; what it says of a quiz is also marked below it."""
        told = self.told_now
        look = "dl dl-aloud" if told.body else "dl"
        said = f'<div role="status" aria-live="polite" class="{look}">{prose(told.said)}</div>'
        return said + (boxed(told.state, told.word, told.body, "", self._name) if told.body else "")

    def _tell(self, reply: Reply) -> None:
        self.told_now = reply
        for handle in self._written:  # before the words appear: who reads "Stored" and saves at once has stored it
            handle.update(self._as_text(), raw=True)
        self.told.value = self._live()

    def _as_text(self) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}

    def __repr__(self) -> str:
        return self.text

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
