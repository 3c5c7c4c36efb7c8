"""Known wrong answers to `05.split`. They are told apart by what they give, since many answers make one mistake."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....items import Twin
from ..answers import split
from ..cases import Division, describe_split
from . import divisions

Shows = Callable[[list[tuple[Any, Any]]], bool]


def in_all(is_so: Callable[[Division], bool], needs_indices: bool = True) -> Shows:
    """Whether a property holds in every case."""
    return lambda pairs: all((got.are_indices or not needs_indices) and is_so(got) for _, got in pairs)


def in_some(is_so: Callable[[Division], bool], others: Callable[[Division], bool]) -> Shows:
    """Whether one property holds in some case and another in every case."""
    return lambda pairs: in_all(others)(pairs) and any(is_so(got) for _, got in pairs)


def _is_complete(got: Division) -> bool:
    return got.shared == got.missing == got.repeated == 0


def _is_even_or_missing(got: Division) -> bool:
    return got.shared == got.repeated == 0 and got.counts[0] == got.counts[1] and _left_per_class(got) <= {0, 1}


def _left_per_class(got: Division) -> set[float]:
    """Which shares of the classes are in neither list."""
    left = np.setdiff1d(np.arange(len(got.labels)), np.concatenate(got.halves()).astype(int))
    return {float(np.mean(np.isin(np.flatnonzero(got.labels == label), left))) for label in np.unique(got.labels)}


def _missing_per_class(got: Division) -> list[int]:
    left = np.setdiff1d(np.arange(len(got.labels)), np.concatenate(got.halves()).astype(int))
    return [int((got.labels[left] == label).sum()) for label in np.unique(got.labels)]


def _holds_whole_classes(got: Division) -> bool:
    return _is_complete(got) and all(0 in counts for counts in zip(*got.counts, strict=True))


def _touches_one_class(got: Division) -> bool:
    return sum(sum(counts) > 0 for counts in zip(*got.counts, strict=True)) == 1


def _is_of(answer: Any, pairs: list[tuple[Any, Any]]) -> bool:
    return all(got.facts() == describe_split(answer, wanted.labels).facts() for wanted, got in pairs)


def _leaves_classes_to_chance(pairs: list[tuple[Any, Any]]) -> bool:
    others = (divisions.cut_in_the_middle, divisions.every_other, divisions.cut_sorted, divisions.whole_classes)
    has_equal_halves = in_all(lambda got: _is_complete(got) and len(got.first) == len(got.second))(pairs)
    return has_equal_halves and not any(_is_of(other, pairs) for other in others)


def _are_lists_of_lists(pairs: list[tuple[Any, Any]]) -> bool:
    return all(
        isinstance(got, (list, tuple))
        and all(isinstance(part, (list, tuple, np.ndarray)) for half in got for part in half)
        for _, got in pairs
    )


def _ranks(labels: np.ndarray) -> list[int]:
    return sorted(k for label in np.unique(labels) for k in range(int((labels == label).sum())))


TWINS = (
    Twin(
        "masks",
        lambda labels: tuple(np.isin(np.arange(len(labels)), half) for half in split(labels)),
        "You give True or False for every picture, and indices are asked for: at which places is it True?",
        shows=in_all(lambda got: got.every.dtype.kind == "b", needs_indices=False),
    ),
    Twin(
        "floating-point indices",
        lambda labels: tuple(half.astype(float) for half in split(labels)),
        "Your indices are floating-point numbers, with which no array can be indexed: did you begin with an empty "
        "array, whose numbers are floats?",
        shows=in_all(lambda got: got.every.dtype.kind == "f", needs_indices=False),
    ),
    Twin(
        "labels instead of indices",
        lambda labels: tuple(labels[half] for half in split(labels)),
        "You give the labels of the pictures: how would you find the pictures themselves again from these?",
        shows=in_all(lambda got: np.array_equal(np.sort(got.every), np.sort(got.labels)), needs_indices=False),
    ),
    Twin(
        "places within each class",
        divisions.places_within,
        "Your numbers count from 0 again in every class: at which place of `labels` does the third picture of a class "
        "stand?",
        shows=in_all(lambda got: sorted(got.every.tolist()) == _ranks(got.labels), needs_indices=False),
    ),
    Twin(
        "counted from 1",
        lambda labels: tuple(half + 1 for half in split(labels)),
        "Your indices run from 1 to N: which index has the first picture?",
        shows=in_all(
            lambda got: np.array_equal(np.sort(got.every), 1 + np.arange(len(got.labels))), needs_indices=False
        ),
    ),
    Twin(
        "a list for each class",
        lambda labels: tuple(
            zip(*(np.array_split(np.flatnonzero(labels == c), 2) for c in np.unique(labels)), strict=True)
        ),
        "You give a list for each class: how do they become one list of pictures for w and one for alpha?",
        shows=_are_lists_of_lists,
    ),
    Twin(
        "one half only",
        lambda labels: split(labels)[0],
        "You give one list of pictures: which pictures does alpha learn from?",
        shows=lambda pairs: all(np.ndim(got) == 1 and 2 * len(got) == len(wanted.labels) for wanted, got in pairs),
    ),
    Twin(
        "all pictures for both",
        lambda labels: (np.arange(len(labels)), np.arange(len(labels))),
        "w and alpha see the same pictures: what does a low loss on them then say about new ones?",
        shows=in_all(lambda got: got.shared == len(got.labels)),
    ),
    Twin(
        "alpha gets the training half",
        lambda labels: (split(labels)[0], split(labels)[0]),
        "Your second half is the first one again: what learns from the rest?",
        shows=in_all(lambda got: sorted(got.halves()[0]) == sorted(got.halves()[1])),
    ),
    Twin(
        "only one class",
        divisions.one_class,
        "Only one class is divided: is `return` inside the loop, or are your lists begun anew for every class?",
        shows=in_all(_touches_one_class),
    ),
    Twin(
        "drawn with replacement",
        divisions.draw_with_repeats,
        "Some pictures come twice in the same half: may one draw take a picture that is taken already?",
        shows=in_some(lambda got: got.repeated > 0, lambda got: True),
    ),
    Twin(
        "two draws",
        divisions.drawn_twice,
        "Each class gives the right number to both halves, but some pictures are in both: does your second half know "
        "what the first one took?",
        shows=in_some(
            lambda got: got.shared > 0, lambda got: got.counts[0] == got.counts[1] and got.shared == got.missing
        ),
    ),
    Twin(
        "one picture in both",
        divisions.by_class(lambda members: (members[: len(members) // 2], members[len(members) // 2 - 1 :])),
        "Where your two parts of a class meet, they share a picture: with which one does the second part begin?",
        shows=in_all(lambda got: got.missing == 0 and 0 < got.shared <= len(np.unique(got.labels))),
    ),
    Twin(
        "one picture of each class left over",
        divisions.by_class(lambda members: (members[: len(members) // 2], members[len(members) // 2 + 1 :])),
        "One picture of each class is in neither half: where does the first part end, and where does the second begin "
        "and end?",
        shows=in_all(lambda got: got.shared == 0 and set(_missing_per_class(got)) == {1}),
    ),
    Twin(
        "classes left out",
        divisions.by_class(lambda members: (members[::2], members[1::2]), classes=lambda labels: range(10)),
        "Some classes are left out altogether: must labels follow one another, or end at a certain number?",
        shows=in_some(lambda got: got.missing > 0, _is_even_or_missing),
    ),
    Twin(
        "equal classes assumed",
        divisions.equal_classes,
        "You take the same number of pictures from every class: how many does a class twice as large give?",
    ),
    Twin(
        "cut in the middle",
        divisions.cut_in_the_middle,
        "You cut the list in the middle: what if the file is sorted by class?",
    ),
    Twin(
        "every other picture",
        divisions.every_other,
        "You deal the pictures out in turn, as they stand in the list: is every other picture also every other one of "
        "its class?",
    ),
    Twin(
        "sorted by class, then cut",
        divisions.cut_sorted,
        "You sort by class and cut once, in the middle: which classes does the first half then see?",
    ),
    Twin(
        "sorted in place",
        divisions.sort_in_place,
        "You sort the labels that you were given, so index k no longer belongs to picture k: what gives an order "
        "without sorting?",
    ),
    Twin(
        "whole classes",
        divisions.whole_classes,
        "You hand out whole classes: how should alpha judge the weights by classes that they never saw?",
        shows=in_all(_holds_whole_classes),
    ),
    Twin(
        "unequal shares",
        divisions.by_class(lambda members: (members[: int(0.8 * len(members))], members[int(0.8 * len(members)) :])),
        "Your two parts are not equally large: how many pictures of a class of 10 should each of them get?",
        shows=in_some(lambda got: len(got.first) != len(got.second), _is_complete),
    ),
    Twin(
        "classes left to chance",
        divisions.at_random,
        "Your halves are equally large, but some class has more pictures in one of them: how would you divide each "
        "class on its own?",
        shows=_leaves_classes_to_chance,
    ),
)
