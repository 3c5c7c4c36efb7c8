"""Wrong ways to divide the pictures, for `05.split`."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Half = list[int]
Cut = Callable[[np.ndarray], tuple[Any, Any]]  # the pictures of a class -> two parts of them


def by_class(cut: Cut, classes: Callable[[np.ndarray], Iterable[int]] = np.unique) -> Any:
    """An answer that cuts the pictures of each class in two."""

    def answer(labels: np.ndarray) -> tuple[Half, Half]:
        parts = [cut(np.flatnonzero(labels == label)) for label in classes(labels)]
        return [k for part, _ in parts for k in part], [k for _, part in parts for k in part]

    return answer


def cut_in_the_middle(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: the front and the back of the list."""
    index = np.arange(len(labels))
    return index[: len(labels) // 2], index[len(labels) // 2 :]


def every_other(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: even and odd indices."""
    index = np.arange(len(labels))
    return index[::2], index[1::2]


def cut_sorted(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: sorted by class, then cut in the middle."""
    order = np.argsort(labels, kind="stable")
    return order[: len(order) // 2], order[len(order) // 2 :]


def whole_classes(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: every other class."""
    known = np.isin(labels, np.unique(labels)[::2])
    return np.flatnonzero(known), np.flatnonzero(~known)


def at_random(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: shuffled, without regard to classes."""
    order = np.random.default_rng(0).permutation(len(labels))
    return order[: len(labels) // 2], order[len(labels) // 2 :]


def drawn_twice(labels: np.ndarray) -> tuple[Half, Half]:
    """Wrong: two draws that know nothing of each other."""
    rng = np.random.default_rng(0)

    def cut(members: np.ndarray) -> tuple[Any, Any]:
        halves = [rng.permutation(members)[: len(members) // 2] for _ in range(2)]
        return halves[0], halves[1]

    found: tuple[Half, Half] = by_class(cut)(labels)
    return found


def draw_with_repeats(labels: np.ndarray) -> tuple[Half, Half]:
    """Wrong: the first half names every other of its pictures twice."""

    def cut(members: np.ndarray) -> tuple[Any, Any]:
        return np.repeat(members[::2], 2)[: len(members) // 2], members[1::2]

    found: tuple[Half, Half] = by_class(cut)(labels)
    return found


def equal_classes(labels: np.ndarray) -> tuple[Half, Half]:
    """Wrong: as if all classes were equally large."""
    half = len(labels) // len(np.unique(labels)) // 2
    found: tuple[Half, Half] = by_class(lambda members: (members[:half], members[half : 2 * half]))(labels)
    return found


def places_within(labels: np.ndarray) -> tuple[Half, Half]:
    """Wrong: places within each class."""

    def cut(members: np.ndarray) -> tuple[Any, Any]:
        half = len(members) // 2
        return range(half), range(half, len(members))

    halves: tuple[Half, Half] = by_class(cut)(labels)
    return halves


def one_class(labels: np.ndarray) -> tuple[Any, Any]:
    """Wrong: `return` in the loop."""
    members = np.flatnonzero(labels == labels.min())
    return members[::2], members[1::2]


def sort_in_place(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: the caller's labels are sorted."""
    labels.sort()
    return every_other(labels)
