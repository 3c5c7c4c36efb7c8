"""The smallest case of a wrong answer, in a notebook: a table in which the differing numbers are marked."""

import re
from typing import Any

import numpy as np
import pytest
import torch

from dartslab.teach import check, checks
from dartslab.teach.box import Box
from dartslab.teach.smallest_case import numbers
from softmax_answers import NAME, right

pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """The boxes that a notebook would show."""
    boxes: list[Box] = []
    monkeypatch.setattr(checks, "say", boxes.append)
    return boxes


def cells(html: str) -> list[list[str]]:
    """The rows of all tables; a marked number has a star."""
    rows = re.findall("<tr>(.*?)</tr>", html)
    marked = [row.replace('<td class="dl-off"><b>', "<td><b>*") for row in rows]
    return [[re.sub("<.*?>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in marked]


def test_a_wrong_result_stands_below_what_was_expected(shown: list[Box]) -> None:
    check(NAME, lambda alpha, T: right(alpha, T) + torch.tensor([0.5, 0.0])[: alpha.shape[-1]].sum())
    (box,) = shown
    names = [row[0] for row in cells(box.html)]
    assert names[:2] == ["alpha", "T"] and names[2:] == ["expected", "got", "got − expected"]
    assert "dl-box dl-wrong" in box.html and "Not yet" in box.html and "try 1" in box.html
    assert "for alpha" not in re.sub("<.*?>", "", box.html)  # the table says it


def test_a_known_mistake_shows_its_case_too(shown: list[Box]) -> None:
    check(NAME, lambda alpha, T: torch.softmax(alpha, -1))
    assert [row[0] for row in cells(shown[-1].html)][:4] == ["alpha", "T", "expected", "got"]


def test_code_that_raises_has_no_result_to_compare(shown: list[Box]) -> None:
    def softmax(alpha: Any, T: Any) -> Any:
        return alpha / not_there  # noqa: F821

    check(NAME, softmax)
    assert "Stopped" in shown[-1].html and "NameError" in shown[-1].html
    assert [row[0] for row in cells(shown[-1].html)] == ["alpha", "T"]


def test_what_expects_a_value_does_not_show_it(shown: list[Box]) -> None:
    check("01.edges", 13)
    assert "<table" not in shown[-1].html and "14" not in re.sub("<.*?>", "", shown[-1].html)


def test_only_numbers_that_differ_are_marked() -> None:
    html = numbers(np.array([0.25, 0.75]), np.array([0.25, 0.5]), 1e-6)
    assert cells(html) == [["expected", "0.25", "0.75"], ["got", "0.25", "*0.5"], ["got − expected", "0", "*-0.25"]]


def test_of_a_table_every_row_is_shown() -> None:
    html = numbers(np.eye(2), np.array([[1, 0], [np.nan, 1]]), 1e-6)
    assert cells(html) == [["expected", "1", "0"], ["", "0", "1"], ["got", "1", "0"], ["", "*nan", "1"]]


def test_numbers_that_look_alike_get_more_digits() -> None:
    assert cells(numbers(np.array([1.0]), np.array([1.000001]), 1e-9))[:2] == [["expected", "1"], ["got", "*1.000001"]]
