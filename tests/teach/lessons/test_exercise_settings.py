"""What an exercise can ask for besides a plain function: a value, a class, a change in place, one of several."""

from typing import Any

import numpy as np
import pytest
import torch

from dartslab.base.messages import UserError
from dartslab.teach import checks
from dartslab.teach.guard import global_state
from dartslab.teach.items import Exercise, Twin
from dartslab.teach.values import is_unchanged

EDGES = Exercise(
    name="01.edges",
    title="Edges of a cell",
    reference=14,
    hints=("one", "two", "three"),
    harder="For five nodes.",
    twins=(Twin("inputs left out", 6, "You count edges between nodes only: what about the two inputs?"),),
)


@pytest.mark.parametrize("answer", [14, 14.0, np.int64(14), torch.tensor(14)])
def test_a_value_may_be_the_answer(answer: Any) -> None:
    assert checks.examine(EDGES, answer) == []


@pytest.mark.parametrize(
    "answer, sentence",
    [
        (6, "You count edges between nodes only: what about the two inputs?"),
        (13, "the result is another value."),
        ("14", "the result is a text where a whole number is expected."),
        (len, "this is a function, and its result is expected: call it."),
        (..., checks.UNWRITTEN),
    ],
)
def test_a_wrong_value_is_explained_too(answer: Any, sentence: str) -> None:
    assert checks.examine(EDGES, answer)[0] == sentence


def exercise(**settings: Any) -> Exercise:
    """A small exercise with some settings of its own."""
    usual: dict[str, Any] = {"reference": lambda x: 2 * x, "fixed": (lambda: (torch.ones(2),),)}
    words: dict[str, Any] = {"hints": ("one", "two", "three"), "harder": "Three times."}
    return Exercise(name="02.twice", title="Twice", **{**usual, **words, **settings})


def test_an_answer_may_be_a_class() -> None:
    class Doubling(torch.nn.Module):
        def forward(self, x):
            return x + x

    one = exercise(reference=torch.nn.Identity, use=lambda answer, x: answer()(x / 2) + x, seeds=0)
    assert checks.examine(one, torch.nn.Identity) == []
    assert checks.examine(one, Doubling)[0].startswith("the result is another value for argument 1 = [1, 1]")


def test_where_several_answers_are_right_the_exercise_compares() -> None:
    either = exercise(compare=lambda expected, got: None if abs(float(got[0])) == 2 else "is of another size")
    assert checks.examine(either, lambda x: -2 * x) == []
    assert checks.examine(either, lambda x: x)[0].startswith("the result is of another size for x")
    assert checks.examine(either, lambda x: "two")[0].startswith("the result is a text where a Tensor is expected")


def test_a_change_in_place_can_be_the_task() -> None:
    def in_place(x):
        return x.mul_(2)

    assert checks.examine(exercise(changes_input=True), in_place) == []
    assert checks.examine(exercise(), in_place)[0].startswith("it changes its input")


def test_drawing_can_be_allowed_and_is_seeded() -> None:
    def layer(x):
        return torch.nn.Linear(2, 3)(x)

    before = global_state()
    assert checks.examine(exercise(reference=layer, draws=True), lambda y: torch.nn.Linear(2, 3)(y)) == []
    assert is_unchanged(before, global_state())


def test_cases_that_draw_leave_the_kernels_randomness_alone() -> None:
    before = global_state()
    one = exercise(reference=lambda net, x: net(x), fixed=(lambda: (torch.nn.Linear(2, 2), torch.randn(2)),))
    assert checks.examine(one, lambda net, x: net(x)) == []
    assert checks.examine(one, lambda net, x: x)[0].startswith("the result is another value for net = Linear, x = [")
    assert is_unchanged(before, global_state())


def test_an_exercise_is_complete() -> None:
    with pytest.raises(UserError, match="has 2 hints; write exactly three"):
        exercise(hints=("one", "two"))
    with pytest.raises(UserError, match="has no cases; give fixed ones, random ones, or both"):
        exercise(fixed=())
