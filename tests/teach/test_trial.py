"""Whether two calls of an answer had the same outcome."""

import pytest
import torch

from dartslab.teach.items import Case, Exercise
from dartslab.teach.registry import EXERCISES
from dartslab.teach.trial import Outcome, attempt, derivatives, same_derivatives, same_outcome

EXERCISE: Exercise = EXERCISES["00.share"]  # its answer is a number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Outcome("value", 0.5), Outcome("value", 0.5), True),
        (Outcome("value", 0.5), Outcome("value", 0.6), False),
        (Outcome("value", 0.5), Outcome("input", 0.5), False),
        (Outcome("input", 0.5), Outcome("input", 0.5), True),
        (Outcome("input", 0.5, changed=(0,)), Outcome("input", 0.5, changed=(1,)), False),
        (Outcome("late"), Outcome("late"), True),
        (Outcome("raises", error=ValueError("one")), Outcome("raises", error=ValueError("other")), True),
        (Outcome("raises", error=ValueError()), Outcome("raises", error=TypeError()), False),
        (Outcome("raises", error=ValueError()), Outcome("late"), False),
    ],
    ids=[
        "value",
        "another value",
        "input changed",
        "both change it",
        "each changes another one",
        "late",
        "error",
        "another error",
        "late or error",
    ],
)
def test_two_calls_have_the_same_outcome_or_not(one: Outcome, other: Outcome, same: bool) -> None:
    assert same_outcome(EXERCISE, one, other) == same


PAIR = Case(lambda: (torch.ones(2), torch.tensor([1.0, 2.0])))
PRODUCT = Exercise("00.x", "X", lambda a, b: a * b, ("one", "two", "three"), "More.", fixed=(PAIR.make,))


def writes_into_the_second(a, b):
    b += a
    return a


def asks_for_gradients(a, b):
    return (a.requires_grad_() * b).detach()


def leaves_a_gradient(a, b):
    a.grad = b
    return a


@pytest.mark.parametrize(
    ("answer", "changed"),
    [(writes_into_the_second, (1,)), (asks_for_gradients, (0,)), (leaves_a_gradient, (0,))],
)
def test_which_of_its_arguments_an_answer_changed_is_known(answer, changed: tuple[int, ...]) -> None:
    outcome = attempt(PRODUCT, answer, PAIR)
    assert (outcome.kind, outcome.changed) == ("input", changed)


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (lambda a, b: a * b, None),
        (lambda a, b: (a * b).detach(), "cut"),
        (lambda a, b: a * b.detach(), "other"),
        (lambda a, b: 2 * a * b - (a * b).detach(), "other"),
    ],
    ids=["whole", "cut off", "one input cut off", "twice as large"],
)
def test_a_gradient_is_cut_off_where_no_input_gets_any(answer, how: str | None) -> None:
    wanted, got = (derivatives(PRODUCT, function, PAIR) for function in (PRODUCT.reference, answer))
    assert same_derivatives(wanted, got) == how
