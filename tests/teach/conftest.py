"""What tests of checks share: patience, and the lines that a check prints."""

from collections.abc import Callable
from typing import Any

import pytest

from dartslab.teach import check
from dartslab.teach.guard import SECONDS
from softmax_answers import NAME


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time limit that a busy machine keeps."""
    monkeypatch.setenv(SECONDS, "20")


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines that a check prints for a wrong answer."""

    def lines(answer: Any, name: str = NAME) -> list[str]:
        assert not check(name, answer)
        printed = capsys.readouterr().out.splitlines()
        assert 1 <= len(printed) <= 4
        return printed

    return lines
