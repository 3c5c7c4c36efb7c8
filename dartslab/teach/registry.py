"""Exercises, questions and predictions by name: `dartslab/teach/exercises/lesson_02.py` holds those of lesson 02."""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Generic, TypeVar

from ..messages import UserError

LESSONS = ("00", "01", "02", "03", "04", "05", "06")

Item = TypeVar("Item")


class Registry(Mapping[str, Item], Generic[Item]):
    """What the modules of all lessons hold under one name; a lesson's module is loaded when it is asked for.

    Args:
        folder: "exercises" or "quizzes".
        attribute: the tuple in each module, for example "EXERCISES".
        what: one of them in words, for messages.
    """

    def __init__(self, folder: str, attribute: str, what: str) -> None:
        self._folder, self._attribute, self._what = folder, attribute, what

    def of_lesson(self, lesson: str) -> dict[str, Item]:
        """Those of one lesson by name; none for an unknown lesson."""
        return _named(self._folder, self._attribute, lesson) if lesson in LESSONS else {}

    def find(self, name: str) -> Item:
        """One of them.

        Raises:
            UserError: there is none of this name; the sentence offers the nearest.
        """
        lesson = str(name).partition(".")[0]
        if str(name) in (known := self.of_lesson(lesson)):
            return known[str(name)]
        near = difflib.get_close_matches(str(name), list(self), n=3, cutoff=0.4) or list(known)[:3]
        advice = f"did you mean {' or '.join(map(repr, near))}?" if near else "copy the name from the notebook."
        raise UserError(f"there is no {self._what} {name!r}; {advice}")

    def __getitem__(self, name: str) -> Item:
        return self.of_lesson(str(name).partition(".")[0])[name]

    def __iter__(self) -> Iterator[str]:
        for lesson in LESSONS:
            yield from self.of_lesson(lesson)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def _named(folder: str, attribute: str, lesson: str) -> dict[str, Any]:
    module = import_module(f"dartslab.teach.{folder}.lesson_{lesson}")
    items = getattr(module, attribute)
    return {item.name: item for item in items}
