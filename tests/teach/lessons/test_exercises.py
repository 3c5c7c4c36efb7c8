"""Every exercise: the right answers pass, however they are written; the known wrong ones are recognised by name."""

import inspect
import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch

from dartslab.teach.checks import mine
from dartslab.teach.examine import UNWRITTEN, examine, twin_sentence
from dartslab.teach.items import Exercise, Twin
from dartslab.teach.registry import EXERCISES
from dartslab.teach.trial import Outcome, attempt, same_outcome
from right_answers import CUT_OFF, RIGHT

ALL = list(EXERCISES.values())
TWINS = [  # a few of each exercise at once, all of them with the long tests
    pytest.param(exercise, twin, marks=[pytest.mark.long] * (number > 3))
    for exercise in ALL
    for number, twin in enumerate(exercise.twins)
]
ANSWERS = [(EXERCISES[name], answer) for name, answers in RIGHT.items() for answer in answers]


def by_name(value: Any) -> str | None:
    return getattr(value, "name", None) or getattr(value, "__name__", repr(value)[:20])


def outcomes(exercise: Exercise, answer: Any) -> list[Outcome]:
    return [attempt(exercise, answer, case) for case in exercise.cases()]


def spoiled(value: Any, number: int = 0) -> Any:
    """A value of the same form that nobody arrives at by a known mistake."""
    if isinstance(value, (bool, np.bool_)):
        return not value if number % 2 else value
    if isinstance(value, (int, np.integer)):
        return value + 1009 + number
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, torch.Tensor):
        return value * 1.37 + 0.11 if value.is_floating_point() else value + 1009
    if isinstance(value, (float, np.ndarray, np.floating)):
        return value * 1.37 + 0.11
    if isinstance(value, dict):
        return {key: spoiled(part, number) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [spoiled(part, number) for part in value] or ["something"]
    return object()


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_the_reference_is_right_for_twenty_seeds(exercise: Exercise) -> None:
    assert examine(exercise, exercise.reference) == []
    for case in exercise.cases(seeds=20):
        first, second = (attempt(exercise, exercise.reference, case) for _ in range(2))
        assert first.kind == "value", (first, case.make())
        assert same_outcome(exercise, first, second)


@pytest.mark.parametrize(("exercise", "answer"), ANSWERS, ids=by_name)
def test_an_answer_that_is_written_differently_is_right_too(exercise: Exercise, answer: Any) -> None:
    assert examine(exercise, answer) == []


@pytest.mark.parametrize(("name", "answer"), [(n, a) for n, answers in CUT_OFF.items() for a in answers], ids=by_name)
def test_right_numbers_without_a_gradient_are_refused_where_one_is_asked_for(name: str, answer: Any) -> None:
    assert EXERCISES[name].gradients
    assert "cut off" in examine(EXERCISES[name], answer)[0]


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_there_are_three_differently_written_right_answers(exercise: Exercise) -> None:
    assert len(RIGHT.get(exercise.name, ())) >= 3


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_what_is_not_written_yet_is_answered_kindly(exercise: Exercise) -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError

    assert examine(exercise, stub if exercise.is_function else ...) == [UNWRITTEN]


@pytest.mark.parametrize(("exercise", "twin"), TWINS, ids=by_name)
def test_a_known_wrong_answer_is_recognised(exercise: Exercise, twin: Twin) -> None:
    assert examine(exercise, twin.answer) == [twin.sentence]


@pytest.mark.long
@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_no_two_wrong_answers_agree_in_all_cases(exercise: Exercise) -> None:
    found = {twin.name: outcomes(exercise, twin.answer) for twin in exercise.twins}
    for one, other in combinations(found, 2):
        assert not all(map(same_outcome, [exercise] * len(found[one]), found[one], found[other])), f"{one} / {other}"


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_another_wrong_answer_is_not_taken_for_a_known_one(exercise: Exercise) -> None:
    right = outcomes(exercise, exercise.reference)
    wrong = [Outcome("value", spoiled(outcome.value, number)) for number, outcome in enumerate(right)]
    assert not all(map(same_outcome, [exercise] * len(right), right, wrong))
    assert twin_sentence(exercise, list(exercise.cases()), wrong) is None


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_hints_and_sentences_are_short_and_hold_no_code_of_the_answer(exercise: Exercise) -> None:
    code = inspect.getsource(exercise.reference) if exercise.is_function else repr(exercise.reference)
    lines = {line.strip().removeprefix("return ") for line in code.splitlines()[1:] if len(line.strip()) > 12}
    for text in (*exercise.hints, *(twin.sentence for twin in exercise.twins), exercise.harder):
        assert 1 <= len(re.findall(r"[.?!](?:\s|$)", text)) <= 2, text
        assert 20 <= len(text) <= 200 and "\n" not in text, text
        assert not any(line in text for line in lines), text
    assert len(set(exercise.hints)) == 3


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_name_minutes_points_and_twins_make_sense(exercise: Exercise) -> None:
    assert re.fullmatch(r"\d\d\.[a-z][a-z0-9_]*", exercise.name)
    assert 1 <= exercise.minutes <= 20 and 1 <= exercise.points <= 5 and 1 <= exercise.difficulty <= 3
    assert len(exercise.twins) >= 2
    assert len({twin.name for twin in exercise.twins}) == len({twin.sentence for twin in exercise.twins})


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_nobody_is_blocked(exercise: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    assert mine(exercise.name) is exercise.reference
    assert "dartslab's" in capsys.readouterr().out
