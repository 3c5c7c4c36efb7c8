"""Exercises, questions and predictions by name. Those of lesson 02 are in `teach/lessons/lesson_02/`.

`exercises.py` holds EXERCISES, `questions.py` holds QUESTIONS and PREDICTIONS; either file may be missing. A lesson is
found by the name of its folder, and loaded when one of its items is asked for.
"""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Generic, TypeVar

from ..base.messages import UserError
from .items import Exercise, Prediction, Question


def find_lessons() -> tuple[str, ...]:
    """The numbers of all lessons that have a folder `lesson_NN`, in order: "00", "01", ..."""
    folders = (path.name for path in files("dartslab.teach.lessons").iterdir() if path.is_dir())
    return tuple(sorted(name.removeprefix("lesson_") for name in folders if name.startswith("lesson_")))


LESSONS = find_lessons()

Item = TypeVar("Item")


class Registry(Mapping[str, Item], Generic[Item]):
    """What the modules of all lessons hold under one name; a lesson's module is loaded when it is asked for.

    Args:
        module: "exercises" or "questions", the file in each lesson's folder.
        attribute: the tuple in each module, for example "EXERCISES".
        what: one of them in words, for messages.
    """

    def __init__(self, module: str, attribute: str, what: str) -> None:
        self._module, self._attribute, self._what = module, attribute, what

    def of_lesson(self, lesson: str) -> dict[str, Item]:
        """Those of one lesson by name; none for an unknown lesson."""
        return _items_of(self._module, self._attribute, lesson) if lesson in LESSONS else {}

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
def _items_of(module: str, attribute: str, lesson: str) -> dict[str, Any]:
    folder = f"dartslab.teach.lessons.lesson_{lesson}"
    if not files(folder).joinpath(f"{module}.py").is_file():
        return {}
    return {item.name: item for item in getattr(import_module(f"{folder}.{module}"), attribute)}


EXERCISES: Registry[Exercise] = Registry("exercises", "EXERCISES", "exercise")
QUESTIONS: Registry[Question] = Registry("questions", "QUESTIONS", "quiz question")
PREDICTIONS: Registry[Prediction] = Registry("questions", "PREDICTIONS", "prediction")
