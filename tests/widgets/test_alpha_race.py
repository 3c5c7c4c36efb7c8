"""AlphaRace without a browser: controls, words, state, picture."""

import json
from pathlib import Path
from typing import Any

import pytest

from dartslab.widgets import AlphaRace
from dartslab.widgets.alpha_race import verdict
from dartslab.widgets.alpha_race_picture import draw_race
from dartslab.widgets.models.alpha_race import RACES, race_frame, start_of
from dartslab.widgets.models.one_edge import with_sign
from sentences import refusal


def test_it_opens_with_a_fair_race_at_its_start() -> None:
    view = AlphaRace()
    shown = view.shown
    assert (shown["race"], shown["step"], shown["operations"][shown["watch"]]) == ("a fair race", 0, "shift")
    assert max(shown["p"]) == pytest.approx(1 / 7, abs=1e-3)
    assert len(shown["past"]) == 1


@pytest.mark.parametrize("race", RACES)
def test_a_race_sets_the_controls_that_it_needs(race: str) -> None:
    view = AlphaRace()
    view.controls["step"].value = 30
    view.controls["adam"].value = True
    view.controls["race"].value = race
    chosen = view.settings if race != "a fair race" else AlphaRace(race).settings  # nothing changed
    assert start_of(race).items() <= chosen.items()
    assert view.settings["seed"] == 2


@pytest.mark.parametrize(
    ("race", "changes", "mark", "sentence"),
    [
        ("a fair race", {}, "", "Step 0: all mixing weights are equal, 14 % each. Who will lead in the end?"),
        ("a fair race", {"step": 24}, "right", "shift leads with 21 %. No other could be better: alone it has a loss"),
        ("late bloomer", {}, "", "Trained by itself, conv 5×5 would reach a loss of 0.00."),
        ("late bloomer", {"step": 30}, "wrong", "average leads with 59 %, alone its loss is 0.32. conv 5×5 could re"),
        ("late bloomer", {"step": 150, "wait": True}, "", "alpha waits, and all mixing weights stay as they are. Mean"),
        ("late bloomer", {"step": 320, "wait": True}, "right", "conv 5×5 leads with 69 %. No other could be better: t"),
        ("late bloomer", {"learn": False, "step": 9}, "right", "average leads with"),
        ("clones", {"step": 20}, "right", "and no twin."),
        ("clones", {"step": 260}, "wrong", "mirror leads with 34 %. Together the twins have 56 %, and alone shift"),
        ("hot and cold", {"step": 200}, "wrong", "frozen. skip has 100 %, and no push is as large as 0.002."),
        ("hot and cold", {"step": 200, "temperature": 6.0}, "", "too warm to decide. At T = 6.0 the largest mixing"),
        ("hot and cold", {"step": 200, "temperature": 1.0}, "right", "shift leads with"),
        ("hot and cold", {"step": 5, "temperature": 1.0}, "wrong", "shift alone has 0.00, but it has"),
    ],
)
def test_the_words_say_what_can_be_seen(race: str, changes: dict[str, Any], mark: str, sentence: str) -> None:
    view = AlphaRace(race)
    for name, value in changes.items():
        view.controls[name].value = value
    assert verdict(view.shown)["mark"] == mark
    assert sentence in view.text and "All pushes add up to 0.000." in view.text


def test_the_words_name_what_adam_does_and_what_is_poured() -> None:
    view = AlphaRace()
    assert "Adam" not in view.text and "poured" not in view.text
    view.controls["step"].value = 12
    view.controls["adam"].value = view.controls["fill"].value = True
    assert "Adam's steps add up to -0.2" in view.text and "they just fill them" in view.text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"race": "late"}, "unknown race 'late'; allowed are: a fair race, late bloomer, clones, hot and cold."),
        ({"race": "late blomer"}, "Did you mean 'late bloomer'?"),
        ({"seed": 100}, "setting 'seed' cannot be 100; allowed is 0 to 99."),
        ({"seed": "a"}, "setting 'seed' cannot be 'a'; allowed is 0 to 99."),
    ],
)
def test_what_it_cannot_be_made_of_is_one_sentence(arguments: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(AlphaRace, **arguments)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('AlphaRace.1:{"race":"fair"}', "setting 'race' cannot be 'fair'; allowed are 'a fair race', 'late bloomer'"),
        ('AlphaRace.1:{"step":1001}', "setting 'step' cannot be 1001; allowed is 0 to 1000"),
        ('AlphaRace.1:{"temperature":0}', "setting 'temperature' cannot be 0"),
        ('AlphaRace.1:{"alpha_3":11}', "setting 'alpha_3' cannot be 11; allowed is -10 to 10"),
        ('AlphaRace.1:{"speed":1}', "unknown setting in the state of a AlphaRace: 'speed'"),
    ],
)
def test_a_bad_state_is_one_sentence_and_changes_nothing(text: str, sentence: str) -> None:
    view = AlphaRace("clones")
    before = view.settings
    assert sentence in refusal(view.restore, text)
    assert view.settings == before


def test_a_state_opens_in_another_view() -> None:
    view, other = AlphaRace("late bloomer", seed=7), AlphaRace("clones")
    for name, value in {"step": 40, "wait": True, "hand": 10, "alpha_2": -1.5, "kernel_learning_rate": 0.02}.items():
        view.controls[name].value = value
    other.restore(view.state())
    assert (other.settings, other.shown, other.text) == (view.settings, view.shown, view.text)
    other.restore(AlphaRace().state())
    assert other.shown == AlphaRace().shown


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("step", [0, 1, 300])
def test_frame_and_picture_exist_in_every_race(race: str, step: int) -> None:
    view = AlphaRace(race)
    view.controls["step"].value = step
    view.controls["fill"].value = step == 1
    json.dumps(view.shown, allow_nan=False)
    assert view.still().png.startswith(b"\x89PNG")


def test_the_picture_of_a_whole_race_marks_the_step_of_its_strips() -> None:
    early, late = (race_frame(start_of("late bloomer") | {"seed": 2, "step": step}) for step in (6, 120))
    strips, curves = draw_race(early, late).axes
    assert "step 6: up 0.045 (plain), down 0.045 (hatched)" in strips.get_title(loc="left")
    assert [list(line.get_xdata()) for line in curves.lines][-1] == [6, 6]


def test_a_page_of_it_is_small(tmp_path: Path) -> None:
    assert AlphaRace("late bloomer").export_html(tmp_path / "race.html").stat().st_size < 300_000


@pytest.mark.parametrize(("value", "text"), [(-0.0001, "0.000"), (0.12345, "+0.123"), (-2.0, "-2.000")])
def test_a_push_has_a_sign_unless_it_is_nothing(value: float, text: str) -> None:
    assert with_sign(value) == text
