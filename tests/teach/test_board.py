"""The progress board: what is done of what there is, as a table and as text."""

import pytest

from dartslab.teach import check, predict, progress_board, quiz
from dartslab.teach.registry import EXERCISES, LESSONS, QUESTIONS

NAME = "02.softmax"


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.fixture
def some_progress(capsys: pytest.CaptureFixture[str]) -> None:
    check(NAME, EXERCISES[NAME].reference)
    quiz("02.q1", QUESTIONS["02.q1"].right)
    predict("02.p1", 0.5)


def test_at_first_nothing_is_done() -> None:
    total = lines(repr(progress_board()))[-1].split()
    assert total[0] == "all" and total[1] == total[4] == total[7] == "0"
    assert total[3] == str(len(EXERCISES)) and total[6] == str(sum(e.points for e in EXERCISES.values()))


@pytest.mark.usefixtures("some_progress")
def test_what_is_done_is_counted_for_each_lesson() -> None:
    exercises = EXERCISES.of_lesson("02")
    points = sum(exercise.points for exercise in exercises.values())
    head, *rows = lines(repr(progress_board()))
    assert head == "progress exercises points quiz predictions"
    (row,) = (row for row in rows if row.startswith("lesson 02"))
    assert row.startswith(f"lesson 02 1 of {len(exercises)} {EXERCISES[NAME].points} of {points} 1 of ")


@pytest.mark.usefixtures("some_progress")
def test_one_lesson_is_shown_in_detail() -> None:
    rows = lines(repr(progress_board("02")))
    assert rows[1] == f"{NAME} From alpha to mixing weights 1 of 1 2 of 2"
    assert "02.mixed_op A mixed operation 0 of 1 0 of 2" in rows and "02.q1 1 of 1" in rows and "02.p1 1 of 1" in rows


def test_the_table_can_be_read_aloud_and_follows_the_theme() -> None:
    table = progress_board()._repr_html_()
    assert table.count('scope="row"') == len(LESSONS) + 1  # and all together
    assert table.count('scope="col"') == 4 and "<caption>" in table
    assert "color" not in table


def test_an_unknown_lesson_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown lesson '99'; allowed are: 00"):
        progress_board("99")
