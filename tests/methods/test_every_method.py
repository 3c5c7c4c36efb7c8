"""What every method must pass: all of METHODS, by the checks that a method of one's own is run through too."""

from pathlib import Path

import pytest

import dartslab
from dartslab import SearchConfig, SearchState
from dartslab.base.messages import UserError
from dartslab.methods import METHODS
from dartslab.run.check_method import CHECKS
from dartslab.run.check_search import SEARCH_CHECKS

ALL = [METHODS[name] for name in METHODS]
SEARCHES = ("memory", "second order", *SEARCH_CHECKS)  # checks that make steps of a search
QUICK = ("darts", "gdas")  # methods that are quick to search with
CASES = [
    pytest.param(
        method,
        check,
        id=f"{method.name}-{check}",
        marks=[pytest.mark.long] * (check in SEARCHES and method.name not in QUICK),
    )
    for method in ALL
    for check in CHECKS
]


@pytest.mark.parametrize(("method", "check"), CASES)
def test_a_method_passes(method, check: str) -> None:
    CHECKS[check](method)


@pytest.mark.parametrize("method", ALL, ids=lambda method: method.name)
def test_at_lesson_size_a_method_can_act_or_refuses_in_one_sentence(method) -> None:
    config = SearchConfig.lesson(method=method.name)
    try:
        state = SearchState.create(config)
    except UserError as error:
        assert method.name in str(error) and "\n" not in str(error)
        return
    assert state.idle_settings() == [] and state.steps >= 141


@pytest.mark.parametrize("method", ALL, ids=lambda method: method.name)
def test_a_method_is_one_short_file_that_begins_with_its_equations(method) -> None:
    source = Path(dartslab.methods.__file__).with_name(f"{method.name.replace('-', '_')}.py").read_text()
    assert source.startswith('"""') and source.count("\n") <= 80
