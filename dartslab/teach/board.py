"""`progress_board()`: what is done and what is still open, from the logbook of this machine. Nothing is sent."""

import html
from dataclasses import dataclass
from typing import Any

from ..base.messages import unknown
from .logbook import Book, read_logbook
from .registry import EXERCISES, LESSONS, PREDICTIONS, QUESTIONS

COLUMNS = ("exercises", "points", "quiz", "predictions")


@dataclass(frozen=True)
class Row:
    """One row of the board: a title, and (done, all) for each of `COLUMNS`."""

    what: str
    counts: tuple[tuple[int, int], ...]


class Board:
    """A table of done and all; shown as HTML that follows the notebook's theme, and as text."""

    def __init__(self, title: str, rows: list[Row]) -> None:
        self.title, self.rows = title, rows

    def __repr__(self) -> str:
        cells = [[self.title, *COLUMNS], *([row.what, *map(_of, row.counts)] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in cells
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{html.escape(row.what)}</th>'
            + "".join(f"<td>{_of(count)}</td>" for count in row.counts)
            + "</tr>"
            for row in self.rows
        )
        title = html.escape(self.title)
        return (
            f"<table><caption>{title}: done of all</caption><thead><tr><th></th>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def progress_board(lesson: str | None = None) -> Board:
    """What is done: all lessons, or the exercises, questions and predictions of one. Run the cell again to refresh it.

    Args:
        lesson: its number, for example "02"; all where None.
    Raises:
        UserError: there is no such lesson.
    """
    book = read_logbook()
    if lesson is not None:
        if lesson not in LESSONS:
            raise unknown("lesson", lesson, LESSONS)
        return Board(f"lesson {lesson}", _of_one_lesson(lesson, book))
    rows = [Row(f"lesson {number}", _total(_of_one_lesson(number, book))) for number in LESSONS]
    return Board("progress", [*rows, Row("all", _total(rows))])


def _of_one_lesson(lesson: str, book: Book) -> list[Row]:
    nothing = ((0, 0),) * len(COLUMNS)

    def row(what: str, **counts: tuple[int, int]) -> Row:
        known = dict(zip(COLUMNS, nothing, strict=True)) | counts
        return Row(what, tuple(known.values()))

    rows = []
    for name, exercise in EXERCISES.of_lesson(lesson).items():
        done = bool(book["exercises"].get(name, {}).get("passed"))
        points = (done * exercise.points, exercise.points)
        rows.append(row(f"{name} {exercise.title}", exercises=(int(done), 1), points=points))
    for name in QUESTIONS.of_lesson(lesson):
        rows.append(row(name, quiz=(int(bool(book["quiz"].get(name, {}).get("right"))), 1)))
    for name in PREDICTIONS.of_lesson(lesson):
        rows.append(row(name, predictions=(int(name in book["predictions"]), 1)))
    return rows


def _total(rows: list[Row]) -> tuple[tuple[int, int], ...]:
    columns: Any = zip(*(row.counts for row in rows), strict=True)
    sums = tuple((sum(done for done, _ in column), sum(of for _, of in column)) for column in columns)
    return sums or ((0, 0),) * len(COLUMNS)


def _of(count: tuple[int, int]) -> str:
    done, of = count
    return f"{done} of {of}" if of else ""
