"""What a check does with a verdict: hints, points, the logbook, the answer with which a lesson goes on."""

import json
from pathlib import Path
from typing import Any

import pytest

from dartslab.base.messages import UserError
from dartslab.teach import CheckFailed, check, checks, hint, mine, solution
from dartslab.teach.guard import SECONDS
from dartslab.teach.logbook import entry
from dartslab.teach.registry import EXERCISES
from softmax_answers import NAME, changes_its_input, for_ever, right

pytestmark = pytest.mark.usefixtures("patience")


@pytest.mark.parametrize(
    "name, near", [("02.softmx", "02.softmax"), ("softmax", "02.softmax"), ("05.last", "05.last_")]
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, near: str, say: Any) -> None:
    (line,) = say(right, name)
    assert line.startswith(f"there is no exercise '{name}'; did you mean") and near in line


def test_hints_come_one_after_the_other(say: Any, capsys: pytest.CaptureFixture[str]) -> None:
    hints = EXERCISES[NAME].hints

    def wrong(alpha, T):
        return right(alpha, T) + 0.1

    assert say(wrong)[-1].startswith("Another try")
    assert say(wrong)[-1] == f"Hint 1 of 3: {hints[0]}"
    hint(NAME)
    assert capsys.readouterr().out == f"Hint 2 of 3: {hints[1]}\n"
    assert say(wrong)[-1].startswith(f"Hint 3 of 3: {hints[2]}")
    assert f'solution("{NAME}")' in say(wrong)[-1]
    assert entry("exercises", NAME) == {"tries": 4, "failures": 4, "hints": 3, "passed": False}


def test_a_right_answer_is_praised_in_one_line_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(NAME, right)
    assert capsys.readouterr().out == f"{NAME}: right, 2 points. A harder one: {EXERCISES[NAME].harder}\n"
    assert checks.has_passed(NAME) and entry("exercises", NAME)["tries"] == 1
    check(NAME, lambda alpha, T: alpha)  # what has passed stays passed
    assert checks.has_passed(NAME) and entry("exercises", NAME)["tries"] == 2


def test_a_lesson_goes_on_with_the_learners_function_or_with_ours(capsys: pytest.CaptureFixture[str]) -> None:
    check(NAME, changes_its_input)
    assert mine(NAME) is EXERCISES[NAME].reference
    assert f"{NAME}: continuing with dartslab's" in capsys.readouterr().out
    check(NAME, right)
    assert mine(NAME) is right
    assert f"{NAME}: continuing with yours" in capsys.readouterr().out
    with pytest.raises(UserError, match="no exercise"):
        mine("02.x")


def test_what_was_borrowed_is_no_answer(say: Any) -> None:
    check(NAME, changes_its_input)
    before = entry("exercises", NAME)
    assert say(mine(NAME))[-1] == f"{NAME}: {checks.LENT}"
    assert entry("exercises", NAME) == before
    assert check(NAME, right) and check(NAME, mine(NAME))


def test_a_solution_is_shown_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    solution(NAME)
    assert "def softmax(alpha: Tensor, T: float)" in capsys.readouterr().out


@pytest.mark.parametrize("call", [hint, solution])
def test_help_for_an_unknown_name_is_one_sentence(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call("02.softmx")
    assert "did you mean '02.softmax'" in capsys.readouterr().out


def test_what_an_answer_prints_does_not_fill_the_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    check(NAME, lambda alpha, T: print("working") or right(alpha, T))
    assert "working" not in capsys.readouterr().out


@pytest.mark.parametrize("answer", [for_ever, changes_its_input, ...])
def test_strict_checks_raise(answer: Any, monkeypatch: pytest.MonkeyPatch, logbook: Path) -> None:
    monkeypatch.setenv("DARTSLAB_STRICT", "1")
    monkeypatch.setenv(SECONDS, "0.2" if answer is for_ever else "20")
    with pytest.raises(CheckFailed, match=NAME):
        check(NAME, answer)
    with pytest.raises(CheckFailed, match="no exercise"):
        check("02.softmx", right)
    assert check(NAME, right)


@pytest.mark.parametrize("odd", ["x", None, [], -7, 1.5, float("inf")])
def test_a_logbook_with_odd_numbers_does_no_harm(odd: Any, logbook: Path) -> None:
    for place in ("tries", "failures", "hints"):
        kept = {"version": 1, "exercises": {NAME: {place: odd}}}
        logbook.write_text(json.dumps(kept), encoding="utf-8")
        hint(NAME)
        assert check(NAME, right)
        logbook.write_text(json.dumps(kept), encoding="utf-8")
        assert not check(NAME, lambda alpha, T: alpha)
