"""The teacher's pages: what they say about minutes and exercises is what the lessons and the registry say."""

import re
from pathlib import Path

import pytest

from dartslab.teach.build.notebooks import sources
from dartslab.teach.registry import EXERCISES, LESSONS, PREDICTIONS, QUESTIONS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "teaching"
INDEX = (PAGES / "README.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """The rows of the table under a heading of the index, without its head."""
    section = INDEX.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def in_class(lesson: str) -> int:
    """The minutes in class that stand in a lesson's header."""
    (source,) = (source for source in sources(ROOT) if source.stem.startswith(lesson))
    (minutes,) = re.findall(r"^# \*(\d+) minutes in class", source.read_text(encoding="utf-8"), re.MULTILINE)
    return int(minutes)


def test_every_lesson_has_a_page_that_the_index_names() -> None:
    assert sorted(path.name for path in PAGES.glob("[0-9]*.md")) == [f"{lesson}.md" for lesson in LESSONS]
    assert all(f"({lesson}.md)" in INDEX for lesson in LESSONS)


def test_each_of_three_sessions_is_90_minutes_long() -> None:
    sums: dict[str, int] = {}
    session = ""
    for row in rows("Three sessions of 90 minutes"):
        session = row[0] or session
        sums[session] = sums.get(session, 0) + int(row[1])
    assert sums == {"1": 90, "2": 90, "3": 90}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_weekly_lab_takes_as_long_as_its_lesson(lesson: str) -> None:
    (minutes,) = (row[2] for row in rows("Weekly labs") if row[1].startswith(lesson))
    assert int(minutes.split(" + ")[0]) == in_class(lesson)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_exercises_and_questions_on_a_page_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"[`\"](\d\d\.[a-z]\w*)[`\"]", text))
    assert named and named <= {*EXERCISES, *QUESTIONS, *PREDICTIONS}


@pytest.mark.parametrize("lesson", LESSONS)
def test_minutes_of_exercises_on_a_page_are_those_of_the_registry(lesson: str) -> None:
    text = " ".join((PAGES / f"{lesson}.md").read_text(encoding="utf-8").split())
    exercises = EXERCISES.of_lesson(lesson)
    for name, minutes in re.findall(r"`(\d\d\.\w+)` \((\d+)(?: minutes)?\)", text):
        assert (name, exercises[name].minutes) == (name, int(minutes))
    total = sum(exercise.minutes for exercise in exercises.values())
    for said in re.findall(r"xercises (?:take|need) (\d+) minutes", text):
        assert int(said) == total
    for listed in re.findall(r"together \(([\d, ]+)\)", text):
        assert [int(one) for one in listed.split(", ")] == [exercise.minutes for exercise in exercises.values()]
