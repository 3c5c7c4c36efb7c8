"""The smallest case in which an answer was wrong, as HTML: its arguments, what was expected and what came."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np

from .box import code
from .examine import Failure, both_brief, named_arguments
from .items import Exercise
from .trial import in_time
from .values import allowed_for, as_array, brief, told_apart

MOST = 8  # rows and columns of a table whose numbers all stand there


def smallest_case(exercise: Exercise, failure: Failure) -> str:
    """A table of names and values; empty where the exercise asks for a value, since what is expected solves it."""
    if not exercise.is_function:
        return ""
    rows = [_named(name, brief(value)) for name, value in named_arguments(exercise, failure.case).items()]
    results = in_time(lambda: _results(exercise, failure), "")
    return f'<div><div class="dl-label">Smallest case</div>{_table(rows)}{results}</div>' if rows or results else ""


def _results(exercise: Exercise, failure: Failure) -> str:
    """Expected beside got; nothing where the call gave no value, or where other results are right too."""
    if failure.wanted is None or failure.got is None or failure.got.kind != "value" or exercise.compare is not None:
        return ""
    wanted, got = failure.wanted.value, failure.got.value
    one, two = as_array(wanted), as_array(got)
    if one is not None and two is not None and one.shape == two.shape and _is_small(one) and _is_small(two):
        return numbers(one, two, allowed_for(wanted, got, exercise.tolerance))
    texts = both_brief(wanted, got)
    return _table([_named(word, text) for word, text in zip(("expected", "got"), texts, strict=True)])


def _is_small(array: np.ndarray) -> bool:
    return array.dtype.kind in "iuf" and array.ndim <= 2 and array.size > 0 and max(array.shape, default=1) <= MOST


def numbers(wanted: np.ndarray, got: np.ndarray, tolerance: float) -> str:
    """Two arrays of one shape, at most a table; marked is where |got - wanted| > tolerance (1 + |wanted|)."""
    one, two = (np.atleast_2d(np.asarray(array, dtype=np.float64)) for array in (wanted, got))
    off = ~np.isclose(two, one, rtol=tolerance, atol=tolerance, equal_nan=True)

    def texts(array: np.ndarray, digits: int) -> list[list[str]]:
        return [[f"{value + 0.0:.{digits}g}" for value in row] for row in array]  # 0.0 takes the sign off a -0

    digits, both = told_apart(lambda digits: (texts(one, digits), texts(two, digits)))
    rows = [
        _cells(word if k == 0 else "", cells, marks)
        for word, table, marked in (("expected", both[0], off & False), ("got", both[1], off))
        for k, (cells, marks) in enumerate(zip(table, marked, strict=True))
    ]
    if len(one) == 1:
        apart = [f"{b - a:+.{digits}g}" if o else "0" for a, b, o in zip(one[0], two[0], off[0], strict=True)]
        rows.append(_cells("got − expected", apart, off[0]))
    return _table(rows)


def _cells(word: str, cells: Sequence[str], marks: Any) -> str:
    shown = "".join(
        f'<td class="dl-off"><b>{cell}</b></td>' if mark else f"<td>{cell}</td>"
        for cell, mark in zip(cells, marks, strict=True)
    )
    return f'<tr><th scope="row">{word}</th>{shown}</tr>'


def _named(name: str, text: str) -> str:
    return f'<tr><th scope="row">{html.escape(name)}</th><td class="dl-text">{code(text)}</td></tr>'


def _table(rows: Sequence[str]) -> str:
    return f'<div class="dl-scroll"><table><tbody>{"".join(rows)}</tbody></table></div>' if rows else ""
