"""What a check says about the ways to divide pictures, however a learner wrote them."""

from typing import Any

import numpy as np
import pytest

from dartslab.teach.examine import examine
from dartslab.teach.registry import EXERCISES


def shuffle_and_cut(labels: Any) -> Any:
    order = np.argsort(np.random.rand(len(labels)))
    return np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])


def draw_twice(labels: Any) -> Any:
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return tuple(np.concatenate([np.random.choice(m, len(m) // 2, replace=False) for m in members]) for _ in "wa")


def give_marks(labels: Any) -> Any:
    first = np.zeros(len(labels), dtype=bool)
    first[np.argsort(labels, kind="stable")[::2]] = True
    return first, ~first


def begin_with_floats(labels: Any) -> Any:
    order = np.argsort(labels, kind="stable")
    return np.append([], order[::2]), np.append([], order[1::2])


def leave_classes_out(labels: Any) -> Any:
    first, second = [], []
    for label in range(labels.max()):
        first += np.flatnonzero(labels == label)[::2].tolist()
        second += np.flatnonzero(labels == label)[1::2].tolist()
    return first, second


def give_most_to_w(labels: Any) -> Any:
    order = np.argsort(labels, kind="stable")
    return order[np.arange(len(order)) % 4 > 0], order[::4]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (shuffle_and_cut, "equally large, but some class has more"),
        (draw_twice, "know what the first one took"),
        (give_marks, "at which places is it True"),
        (begin_with_floats, "floating-point numbers"),
        (leave_classes_out, "left out altogether"),
        (give_most_to_w, "not equally large"),
    ],
)
def test_a_mistake_is_recognised_by_what_it_gives(answer: Any, words: str) -> None:
    assert words in examine(EXERCISES["05.split"], answer)[0]
