"""Exercises and questions by name: found by the folders of their lessons, with help for a name that is not there."""

from pathlib import Path

import pytest

from dartslab.teach import registry
from dartslab.teach.registry import EXERCISES, LESSONS, PREDICTIONS, QUESTIONS
from sentences import refusal


def test_lessons_are_the_folders_with_a_number_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [tmp_path / name for name in ("lesson_10", "__pycache__", "lesson_02", "lesson_07")]
    for folder in folders:
        folder.mkdir()
    (tmp_path / "lesson_99").touch()  # a file
    listed = [tmp_path / "lesson_99", *folders]
    monkeypatch.setattr(registry, "files", lambda package: Listed(listed))
    assert registry.find_lessons() == ("02", "07", "10")


class Listed:
    """A folder that gives its paths in a known order."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    def iterdir(self) -> list[Path]:
        return self.paths


@pytest.mark.parametrize("items", [EXERCISES, QUESTIONS, PREDICTIONS], ids=["exercises", "questions", "predictions"])
def test_all_of_a_kind_are_those_of_its_lessons_in_order(items: registry.Registry) -> None:
    names = [name for lesson in LESSONS for name in items.of_lesson(lesson)]
    assert list(items) == names and len(items) == len(set(names)) > 0
    assert all(items[name] is items.find(name) and items[name].name == name for name in names)
    assert items.of_lesson("99") == {}


def test_a_name_that_is_not_there_is_answered_with_the_nearest_or_those_of_its_lesson() -> None:
    assert "there is no exercise '02.softmx'; did you mean '02.softmax'" in refusal(EXERCISES.find, "02.softmx")
    first, second, third, *_ = EXERCISES.of_lesson("02")
    far = f"02.{'?' * 40}"
    assert f"did you mean {first!r} or {second!r} or {third!r}?" in refusal(EXERCISES.find, far)
    assert refusal(QUESTIONS.find, "?" * 40).endswith("; copy the name from the notebook.")
