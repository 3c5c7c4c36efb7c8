"""What is said about a wrong answer that is no known mistake: a table of what it has in common with the right one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from dartslab.teach.examine import examine
from dartslab.teach.items import Exercise
from dartslab.teach.registry import EXERCISES

CASES = [(1.0, 3.0), (4.0, 0.5), (-2.0, 5.0), (7.0, -1.5)]


def exercise(reference: Callable[..., Any], cases: list[Any] = CASES) -> Exercise:
    """An exercise without known mistakes; each case is a tuple of arguments."""
    makers = tuple(lambda case=case: tuple(case) for case in cases)
    return Exercise("00.x", "X", reference, ("one", "two", "three"), "More.", fixed=makers)


def row(a: float, b: float) -> np.ndarray:
    return np.array([a, b, a * b + 1.0])


def square(a: float, b: float) -> np.ndarray:
    return np.array([[a, b], [a * b + 1.0, a - b]])


def walk(a: float, b: float) -> list[str]:
    return ["start", f"{a:g}", f"{b:g}"]


NUMBERS: dict[str, tuple[Callable[..., Any], Callable[..., Any], str]] = {
    "sign": (row, lambda a, b: -row(a, b), "the wrong sign everywhere"),
    "some signs": (row, lambda a, b: np.abs(row(a, b)), "some of its signs are not"),
    "factor": (row, lambda a, b: 3 * row(a, b), "It is 3 times what is expected"),
    "part": (row, lambda a, b: row(a, b) / 4, "It is 1/4 times what is expected"),
    "part with the other sign": (row, lambda a, b: -row(a, b) / 4, "It is -1/4 times what is expected"),
    "an axis of length 1": (row, lambda a, b: row(a, b)[:, None], "Its numbers are right, and their shape is not"),
    "one number in a list": (lambda a, b: a + b, lambda a, b: [a + b], "Its numbers are right, and their shape is not"),
    "bits": (row, lambda a, b: row(a, b) / np.log(2), "as if counted in bits"),
    "percent": (row, lambda a, b: 100 * row(a, b), "as if in percent"),
    "one more": (row, lambda a, b: row(a, b) + 1, "off by +1 in every case: where does counting begin"),
    "something added": (row, lambda a, b: row(a, b) + 0.3, "off by +0.3 in every case: what is added"),
    "square": (lambda a, b: abs(row(a, b)), lambda a, b: row(a, b) ** 2, "the square of what is expected"),
    "root": (lambda a, b: abs(row(a, b)), lambda a, b: abs(row(a, b)) ** 0.5, "the square root of what is expected"),
    "inverse": (row, lambda a, b: 1 / row(a, b), "one over what is expected"),
    "logarithm": (
        lambda a, b: abs(row(a, b)),
        lambda a, b: np.log(abs(row(a, b))),
        "the logarithm of what is expected",
    ),
    "exponential": (row, lambda a, b: np.exp(row(a, b)), "the exponential of what is expected"),
    "rest": (row, lambda a, b: 1 - row(a, b), "1 minus what is expected"),
    "backwards": (row, lambda a, b: row(a, b)[::-1], "the opposite order"),
    "transposed": (square, lambda a, b: square(a, b).T, "rows and columns are exchanged"),
    "summed": (row, lambda a, b: row(a, b).sum(), "the sum of what is expected: one number"),
    "not summed": (lambda a, b: row(a, b).sum(), row, "The sum of what it gives is what is expected"),
    "averaged": (row, lambda a, b: row(a, b).mean(), "the mean of what is expected: one number"),
    "constant": (row, lambda a, b: row(1.0, 3.0) + 0.1, "the same for every input"),
    "first case only": (
        row,
        lambda a, b: row(a, b) if a == 1 else np.sin(row(a, b)),
        "right in the first case and in no",
    ),
    "exchanged": (
        lambda a, b: (row(a, b), square(a, b)),
        lambda a, b: (square(a, b), row(a, b)),
        "two results are exchanged",
    ),
    "one of several": (
        lambda a, b: (a, b, a * b + 1.0),
        lambda a, b: (a, b, np.sin(a * b)),
        "Only result 3 of 3 is wrong: the rest is right in every case.",
    ),
    "one of several names": (
        lambda a, b: {"gain": a, "bias": row(a, b)},
        lambda a, b: {"gain": np.sin(a), "bias": row(a, b)},
        "Only 'gain' is wrong: the rest is right in every case.",
    ),
    "order": (
        lambda a, b: [str(a), "x", str(b)],
        lambda a, b: [str(b), str(a), "x"],
        "the right parts in another order",
    ),
    "left out": (walk, lambda a, b: walk(a, b)[1:], "It leaves out 1 of 3 parts, for example 'start'"),
    "too many": (walk, lambda a, b: [*walk(a, b), "end"], "It gives 1 part too many, for example 'end'"),
    "other order of parameters": (
        lambda a, b: a - b * b,
        lambda b, a: a - b * b,
        "its parameters in another order: it is",
    ),
}


@pytest.mark.parametrize(("reference", "answer", "sentence"), NUMBERS.values(), ids=NUMBERS)
def test_what_a_wrong_answer_has_in_common_with_the_right_one_is_said_first(reference, answer, sentence) -> None:
    first, *rest = examine(exercise(reference), answer)
    assert sentence in first
    assert len(rest) <= 2


def test_an_order_of_parameters_that_makes_no_difference_is_not_blamed() -> None:
    def same_size(found, parameters, accuracies, within):
        """Right in the first four cases, also with sizes exchanged: the larger of two is the same in either order."""
        alike = np.abs(parameters - found) <= within * np.maximum(parameters, found)
        return float(accuracies[alike].mean()) if alike.any() else None

    said = examine(EXERCISES["10.same_size"], same_size)
    assert said and "another order" not in said[0]


def test_a_generator_where_a_number_is_expected_is_named() -> None:
    def answer(a, b):
        yield a + b

    assert "It yields its result" in examine(exercise(lambda a, b: a + b), answer)[0]


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, b: np.sin(row(a, b)),
        lambda a, b: torch.tensor(row(a, b)) ** 3 + 0.1,
        lambda a, b: row(a, b) * np.array([1.0, 2.0, 3.0]),
    ],
)
def test_what_has_nothing_in_common_is_shown_with_its_smallest_case(answer) -> None:
    first, expected, got = examine(exercise(row), answer)
    assert first.startswith("the result is another value for a = ")
    assert expected.startswith("  expected") and got.startswith("  got")


def test_one_case_is_no_pattern() -> None:
    assert examine(exercise(row, CASES[:1]), lambda a, b: -row(a, b))[0].startswith("the result is another value")


def test_in_how_many_cases_an_answer_is_right_is_said() -> None:
    found = examine(exercise(row), lambda a, b: row(a, b) if a > 0 else np.sin(row(a, b)))
    assert found[0].endswith("(Right in 3 of 4 cases.)")


def test_values_that_cannot_be_computed_with_end_no_check() -> None:
    class Odd(list):
        def __eq__(self, other: object) -> bool:
            raise ZeroDivisionError

        __hash__ = None  # type: ignore[assignment]

    (first, *_) = examine(exercise(walk), lambda a, b: [Odd(), Odd(), Odd()])
    assert first.startswith("the result is")
