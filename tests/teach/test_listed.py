"""Functions listed one below the other, as they are written but for docstrings and annotations."""

import pytest

from dartslab.teach import listing
from dartslab.teach.listed import code_of


def weigh(x: float, ops: list[str], scale: float = 2.0) -> float:
    """What is left out."""
    # this line goes
    weights = [scale for _ in ops]  # this comment stays

    return x * sum(weights)


def test_the_code_stays_as_it_is_written_but_for_docstring_and_annotations() -> None:
    assert code_of(weigh).split("\n") == [
        "def weigh(x, ops, scale=2.0):",
        "    weights = [scale for _ in ops]  # this comment stays",
        "    return x * sum(weights)",
    ]


def test_a_lambda_is_shown_as_its_line() -> None:
    double = lambda x: 2 * x  # noqa: E731
    assert code_of(double).startswith("double = lambda x: 2 * x")


def test_the_lines_of_all_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    listing(weigh, weigh)
    assert capsys.readouterr().out.endswith("6 lines in 2 functions\n")
