"""NoDerivative without a browser: controls, words, state, picture."""

import json
from pathlib import Path
from typing import Any

import pytest

from dartslab.widgets import NoDerivative
from sentences import refusal


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Step 0: on the staircase the slope is 0, and the ball stays. On the mixture it is -1.04, and the ball"),
        ({"step": 200}, "Step 200: the mixture has rolled down to a loss of 0.05. The choice is still at 1.87, on a"),
        ({"temperature": 0.05}, "no slope on either curve. At T = 0.05 the mixture is as flat here as the staircase."),
        ({"choice": 3.0}, "The ball of the choice is at 3.00 with a loss of 0.00, that of the mixture at 0.15 with a"),
        ({"seed": 7}, "Losses of the choices: outline 2.01, mirror 0.93, average 0.86, shift 0.00, skip 0.99"),
    ],
)
def test_the_words_say_what_can_be_seen(changes: dict[str, Any], sentence: str) -> None:
    view = NoDerivative()
    for name, value in changes.items():
        view.controls[name].value = value
    assert sentence in view.text


@pytest.mark.parametrize("temperature", [0, 9, "warm"])
def test_what_it_cannot_be_made_of_is_one_sentence(temperature: Any) -> None:
    assert "setting 'temperature' cannot be" in refusal(NoDerivative, temperature)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('NoDerivative.1:{"choice":7}', "setting 'choice' cannot be 7; allowed is -0.4 to 6.4"),
        ('NoDerivative.1:{"step":201}', "setting 'step' cannot be 201; allowed is 0 to 200"),
        ("AlphaRace.1:{}", "this is the state of a AlphaRace, not of a NoDerivative"),
    ],
)
def test_a_bad_state_is_one_sentence_and_changes_nothing(text: str, sentence: str) -> None:
    view = NoDerivative()
    before = view.settings
    assert sentence in refusal(view.restore, text)
    assert view.settings == before


def test_a_state_opens_in_another_view() -> None:
    view, other = NoDerivative(0.5), NoDerivative()
    for name, value in {"step": 40, "mixture": 5.2, "seed": 3}.items():
        view.controls[name].value = value
    other.restore(view.state())
    assert (other.settings, other.shown, other.text) == (view.settings, view.shown, view.text)
    json.dumps(view.shown, allow_nan=False)


def test_a_page_of_it_is_small(tmp_path: Path) -> None:
    assert NoDerivative().export_html(tmp_path / "stairs.html").stat().st_size < 300_000
