"""What a quiz question and a prediction are: plain values, written in `dartslab/teach/quizzes/lesson_NN.py`."""

from dataclasses import dataclass

from ..messages import require


@dataclass(frozen=True)
class Question:
    """A quiz question, asked with `quiz(name)`. Question and explanations may hold maths between $ signs.

    Args:
        name: "02.q1".
        question: one sentence that ends with a question mark.
        choices: two to five answers, short, plain text, none of them silly.
        right: the index of the right one.
        because: one explanation for each choice, also why a wrong one is tempting.
    Raises:
        UserError: no such index, or not one explanation for each choice.
    """

    name: str
    question: str
    choices: tuple[str, ...]
    right: int
    because: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.choices)
        require(2 <= count <= 5, f"{self.name} has {count} choices; allowed are 2 to 5.")
        require(0 <= self.right < count, f"{self.name}: right is {self.right}; allowed is 0 to {count - 1}.")
        require(
            len(self.because) == count,
            f"{self.name} has {count} choices and {len(self.because)} explanations; write one for each choice.",
        )


@dataclass(frozen=True)
class Prediction:
    """Something to guess before it is measured, asked with `predict(name)` and answered by `reveal(name, value)`.

    Args:
        name: "02.p1".
        question: one sentence that ends with a question mark.
        choices: what may be said; none where a number is asked for.
        unit: of the number, for example "nats".
    """

    name: str
    question: str
    choices: tuple[str, ...] = ()
    unit: str = ""
