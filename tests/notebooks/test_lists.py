"""A lesson is one folder, one text and one teacher's page; every list of lessons names all of them, in order."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from dartslab.teach import progress_board
from dartslab.teach.build.notebooks import sources
from dartslab.teach.registry import LESSONS, find_lessons
from right_answers import RIGHT

ROOT = Path(__file__).parents[2]
SLUGS = [source.stem for source in sources(ROOT)]
TITLES = dict(  # as the notebooks have them: {"02": "The continuous relaxation"}
    found
    for source in sources(ROOT)
    for found in re.findall(r"^# # (\d\d) · (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE)
)


def section(path: str, title: str) -> str:
    """The text of a document from a heading to the next one of the same depth."""
    return (ROOT / path).read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]


def test_a_folder_is_all_that_makes_a_lesson_known() -> None:
    folders = sorted((ROOT / "dartslab" / "teach" / "lessons").glob("lesson_[0-9][0-9]"))
    assert list(find_lessons()) == [folder.name[-2:] for folder in folders] == list(LESSONS)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_has_one_text_and_one_page(lesson: str) -> None:
    assert len([slug for slug in SLUGS if slug.startswith(lesson)]) == 1
    assert (ROOT / "docs" / "teaching" / f"{lesson}.md").is_file()


def test_the_readme_lists_every_notebook_in_order() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[.*?\]\(notebooks/(\w+)\.ipynb\)", text, re.MULTILINE) == SLUGS


def test_every_list_gives_a_lesson_the_title_that_its_notebook_has() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| \[(\d\d) (.+?)\]\(notebooks/", readme, re.MULTILINE)) == TITLES
    taught = {lesson: TITLES[lesson] for lesson in LESSONS}
    index = (ROOT / "docs" / "teaching" / "README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"\[(\d\d) (.+?)\]\(\d\d\.md\)", index)) == taught
    for lesson, title in taught.items():
        page = (ROOT / "docs" / "teaching" / f"{lesson}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# Teaching lesson {lesson}: {title[0].lower()}{title[1:]}\n")
        package = import_module(f"dartslab.teach.lessons.lesson_{lesson}")
        assert package.__doc__ == f"Lesson {lesson}: {title}."


def test_the_teachers_index_lists_every_lesson_in_order() -> None:
    index = (ROOT / "docs" / "teaching" / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    assert re.findall(r"\]\((\d\d)\.md\)", index) == list(LESSONS)


def test_three_sessions_hold_every_lesson() -> None:
    assert set(re.findall(r"[Ll]esson (\d\d)", section("docs/teaching/README.md", "Three sessions of 90 minutes"))) == {
        *LESSONS
    }


def test_weekly_labs_hold_every_lesson_in_order() -> None:
    rows = section("docs/teaching/README.md", "Weekly labs")
    assert re.findall(r"^\| \d+ \| (\d\d)\b", rows, re.MULTILINE) == list(LESSONS)


def test_the_board_lists_every_lesson() -> None:
    assert [row.what for row in progress_board().rows] == [*(f"lesson {lesson}" for lesson in LESSONS), "all"]


def test_right_answers_are_there_for_every_lesson() -> None:
    assert {name[:2] for name in RIGHT} == set(LESSONS)
