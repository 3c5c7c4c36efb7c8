"""Exercises: a right answer, known wrong ones, cases that distinguish them, and hints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..base.messages import require

Arguments = tuple[Any, ...]
Maker = Callable[[], Arguments]


@dataclass(frozen=True)
class Twin:
    """A known wrong answer.

    Args:
        name: what is wrong, in a few words: "softmax left out".
        answer: a function like the reference, or a plain value where the reference is one.
        sentence: what the learner reads: one sentence that helps without giving the answer away.
        shows: (wanted, got), one pair of values for each case -> whether the mistake was made. For mistakes that many
            answers make in different ways, such as a shuffle by any generator; None compares with `answer` alone.
    """

    name: str
    answer: Any
    sentence: str
    shows: Callable[[list[tuple[Any, Any]]], bool] | None = None


@dataclass(frozen=True)
class Case:
    """One call of an answer. `make` makes new arguments each time, so that no two calls share any."""

    make: Maker


@dataclass(frozen=True)
class Exercise:
    """An exercise: what `check(name, answer)` compares with, and what it says.

    Args:
        name: "02.mixed_op": the lesson, a dot, the learner's function.
        title: a few words.
        reference: the right answer: a function, or a plain value (a number, a text, a dictionary).
        hints: exactly three, from a nudge to nearly there.
        harder: one sentence, a further task for those who are done.
        twins: the wrong answers that are recognised.
        fixed: functions without arguments that make the arguments of one call each, the smallest first.
        random: makes arguments from a seeded numpy generator; None where the fixed cases are enough.
        seeds: how many random cases a check tries.
        minutes: how long it takes.
        points: its weight in a grade.
        difficulty: 1 (a line), 2 (some thought), 3 (a puzzle).
        use: how a case uses the answer, `use(answer, *arguments)`; a plain call where None.
        compare: `compare(expected, got)` gives None where they are the same answer, else a phrase that follows "the
            result": "has two outputs on one edge". `values.difference` where None.
        tolerance: absolute plus relative; by the dtypes of expected and got where None.
        changes_input: changing the arguments in place is part of the task.
        draws: the answer may draw from the global random state, for example to make layers; it is seeded for every
            call, and put back.
        seconds: the time limit of one call; DARTSLAB_CHECK_SECONDS overrides it.
        gradients: the result is to be differentiable: the gradients with respect to all floating-point tensors in the
            arguments are compared too.
    Raises:
        UserError: not three hints, or no cases for a function.
    """

    name: str
    title: str
    reference: Any
    hints: tuple[str, str, str]
    harder: str
    twins: tuple[Twin, ...] = ()
    fixed: tuple[Maker, ...] = ()
    random: Callable[[np.random.Generator], Arguments] | None = None
    seeds: int = 8
    minutes: int = 5
    points: int = 1
    difficulty: int = 1
    use: Callable[..., Any] | None = None
    compare: Callable[[Any, Any], str | None] | None = None
    tolerance: float | None = None
    changes_input: bool = False
    draws: bool = False
    seconds: float = 5.0
    gradients: bool = False

    def __post_init__(self) -> None:
        require(len(self.hints) == 3, f"{self.name} has {len(self.hints)} hints; write exactly three.")
        require(
            not self.is_function or bool(self.fixed or self.random),
            f"{self.name} has no cases; give fixed ones, random ones, or both.",
        )

    @property
    def lesson(self) -> str:
        """The number of its lesson: "02"."""
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        """The name within the lesson: "mixed_op"."""
        return self.name.partition(".")[2]

    @property
    def is_function(self) -> bool:
        """Whether the answer is a function; else it is a plain value."""
        return callable(self.reference)

    def cases(self, seeds: int | None = None) -> Iterator[Case]:
        """The fixed cases, then random ones, the same in every check.

        Args:
            seeds: how many random ones; `self.seeds` where None.
        """
        if not self.is_function:
            yield Case(lambda: ())
            return
        yield from (Case(make) for make in self.fixed)
        if self.random is not None:
            for seed in range(self.seeds if seeds is None else seeds):
                yield Case(_random_maker(self.random, seed))

    def apply(self, answer: Any, arguments: Arguments) -> Any:
        """What an answer gives in one case."""
        if not self.is_function:
            return answer
        return answer(*arguments) if self.use is None else self.use(answer, *arguments)


def _random_maker(random: Callable[[np.random.Generator], Arguments], seed: int) -> Maker:
    return lambda: random(np.random.default_rng(seed))


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
        because: Markdown that `reveal` shows below what was measured: an explanation that would give the answer away
            if it stood in the text of the lesson.
    """

    name: str
    question: str
    choices: tuple[str, ...] = ()
    unit: str = ""
    because: str = ""
