"""Lesson 00: wrong answers as learners write them, and the known mistake that each is taken for."""

from typing import Any

import numpy as np
import pytest

from dartslab.teach.examine import examine
from dartslab.teach.registry import EXERCISES


def start_at_zero(alpha: np.ndarray, operations: tuple[str, ...]) -> str:
    best, name = 0.0, operations[0]
    for a, operation in zip(alpha, operations, strict=True):
        if operation != "none" and a > best:
            best, name = a, operation
    return name


def masked_with_zero(alpha: np.ndarray, operations: tuple[str, ...]) -> str:
    return operations[int((alpha * [name != "none" for name in operations]).argmax())]


def share_of_the_strongest(alpha: np.ndarray, operations: tuple[str, ...]) -> Any:
    return (np.exp(alpha) / np.exp(alpha).sum())[[name != "none" for name in operations]].max()


def position_of_the_strongest(alpha: np.ndarray, operations: tuple[str, ...]) -> Any:
    return np.where(np.array(operations) == "none", -np.inf, alpha).argmax()


def z(a: np.ndarray, b: np.ndarray) -> float:
    return (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("00.share", 1 // 8, "a division that drops the fraction"),
        ("00.share", np.full(8, 0.125), "one number"),
        ("00.strongest", start_at_zero, "all of alpha is negative"),
        ("00.strongest", masked_with_zero, "all of alpha is negative"),
        ("00.strongest", share_of_the_strongest, "the name of the operation"),
        ("00.strongest", position_of_the_strongest, "a position"),
        ("00.in_standard_errors", lambda a, b: round(z(a, b), 2), "You round"),
        ("00.in_standard_errors", lambda a, b: int(z(a, b)), "You round"),
    ],
)
def test_a_mistake_is_named_however_it_is_written(name: str, answer: Any, words: str) -> None:
    (sentence,) = examine(EXERCISES[name], answer)
    assert words in sentence


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("00.share", 0.3),
        ("00.strongest", print),
        ("00.in_standard_errors", print),
        ("00.strongest", lambda alpha, operations: operations[int(np.argmax(alpha)) // 2]),
        ("00.in_standard_errors", lambda a, b: z(a, b) + 0.003 * len(a)),
    ],
)
def test_another_mistake_is_refused_and_gets_no_name(name: str, answer: Any) -> None:
    lines = examine(EXERCISES[name], answer)
    assert lines and lines[0] not in {twin.sentence for twin in EXERCISES[name].twins}
