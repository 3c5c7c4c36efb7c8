"""BilevelExplorer without a browser: controls, words, state, picture."""

import json

import pytest

from dartslab.bilevel import TOY_START
from dartslab.widgets import BilevelExplorer
from dartslab.widgets.bilevel_explorer import LOOKS, fixed3
from dartslab.widgets.models.toy_paths import HYPERGRADIENTS
from sentences import refusal


def test_it_opens_with_the_published_start_and_steps() -> None:
    view = BilevelExplorer()
    shown = view.canvas.frame
    assert (shown["settings"]["a"], shown["settings"]["w"]) == TOY_START
    assert (shown["settings"]["alpha_step"], shown["settings"]["w_step"]) == (0.1, 0.1)
    assert shown["settings"]["iterations"] == 400 and shown["settings"]["terms"] == 10
    assert [found["hypergradient"] for found in shown["paths"]] == list(HYPERGRADIENTS) == list(LOOKS)


def test_methods_are_told_apart_without_colour() -> None:
    for feature in ("name", "tone", "dash", "mark"):
        assert len({look[feature] for look in LOOKS.values()}) == len(HYPERGRADIENTS)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"xi": 0.5}, "exact ends at a = 1.000, w = 1.000; theory's fixed point a = w = 1.000 is less than 0.001"),
        ({"xi": 0.1}, "exact ends at a = 1.667, w = 1.667; theory's fixed point a = w = 1.667 is less than 0.001"),
        ({"xi": 0.1, "drop": True}, "exact, term dropped ends at a = 2.000, w = 2.000; theory's fixed point"),
        ({"xi": 0.5, "iterations": 10}, "a = 1.107, w = 0.893; theory's fixed point a = w = 1.000 is 0.152 away."),
        (
            {"xi": 1.5, "terms": 3, "alpha_step": 0.3},
            "implicit leaves the picture at iteration 2; theory's fixed point a = w = 0.200 does not attract",
        ),
        ({"drop": True}, "10 terms of the implicit series, the implicit term dropped, start a = 2.000, w = -2.000"),
        ({"a": -1.5}, "start a = -1.500"),
        (dict.fromkeys(HYPERGRADIENTS, False), "No hypergradient is shown."),
    ],
)  # fmt: skip
def test_the_words_follow_the_state(changes: dict, sentence: str) -> None:
    view = BilevelExplorer()
    assert sentence not in view.text
    for name, value in changes.items():
        view.controls[name].value = value
    assert sentence in view.text


def test_only_chosen_methods_are_shown() -> None:
    view = BilevelExplorer()
    view.controls["first_order"].value = view.controls["implicit"].value = False
    assert [found["hypergradient"] for found in view.canvas.frame["paths"]] == ["exact", "finite_difference"]
    assert "first order" not in view.text


def test_a_click_in_the_plane_sets_the_start_once() -> None:
    view = BilevelExplorer()
    view.hear({"a": -1.0, "w": 0.5, "nonsense": 3})
    assert view.settings["a"] == -1.0 and view.settings["w"] == 0.5
    assert view.canvas.frame["paths"][0]["a"][0] == -1.0


@pytest.mark.parametrize(
    "changes",
    [{}, {"xi": 1.5, "terms": 20}, {"alpha_step": 1.5, "w_step": 1.5}, dict.fromkeys(HYPERGRADIENTS, False)],
    ids=["at first", "divergent", "large steps", "nothing"],
)
def test_frame_and_picture_exist_in_every_state(changes: dict) -> None:
    view = BilevelExplorer()
    for name, value in changes.items():
        view.controls[name].value = value
    assert len(json.dumps(view.canvas.frame, allow_nan=False)) < 50_000
    bundle = view._repr_mimebundle_()
    assert bundle["image/png"] and bundle["text/plain"] == f"BilevelExplorer: {view.text}"
    assert view.still().png.startswith(b"\x89PNG")


def test_a_state_opens_in_another_view() -> None:
    view, other = BilevelExplorer(), BilevelExplorer()
    for name, value in {"xi": 0.75, "a": -2.5, "drop": True, "implicit": False, "terms": 3}.items():
        view.controls[name].value = value
    other.restore(view.state())
    assert (other.canvas.frame, other.text) == (view.canvas.frame, view.text)
    other.restore(BilevelExplorer().state())
    assert other.canvas.frame == BilevelExplorer().canvas.frame


def test_a_sliders_noise_is_not_in_the_state() -> None:
    view = BilevelExplorer()
    view.controls["xi"].value = 0.24999999999999997  # what a browser's slider makes of 0.25
    assert view.state() == BilevelExplorer().state()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("garbage", "is not the state of a view"),
        (3, "a state is a text, got int"),
        ("Replay.1:{}", "this is the state of a Replay, not of a BilevelExplorer"),
        ("BilevelExplorer.9:{}", "of version 9"),
        ('BilevelExplorer.1:{"xi"', "damaged or cut off"),
        ('BilevelExplorer.1:{"eta":1}', "unknown setting in the state of a BilevelExplorer: 'eta'"),
        ('BilevelExplorer.1:{"w":1,"xi":9}', "setting 'xi' cannot be 9; allowed is 0 to 1.5"),
        ('BilevelExplorer.1:{"a":NaN}', "setting 'a' cannot be nan; allowed is -3 to 3"),
        ('BilevelExplorer.1:{"terms":"many"}', "setting 'terms' cannot be 'many'; allowed is 1 to 20"),
        ('BilevelExplorer.1:{"iterations":1e9}', "setting 'iterations' cannot be"),
        ('BilevelExplorer.1:{"drop":"perhaps"}', "setting 'drop' cannot be 'perhaps'"),
    ],
)
def test_a_bad_state_is_one_sentence_and_changes_nothing(text: object, sentence: str) -> None:
    view = BilevelExplorer()
    view.controls["xi"].value = 0.5
    before = view.settings, view.canvas.frame
    assert sentence in refusal(view.restore, text)
    assert (view.settings, view.canvas.frame) == before


@pytest.mark.parametrize(("value", "text"), [(-0.0001, "0.000"), (1.23456, "1.235"), (-2.0, "-2.000")])
def test_zero_has_no_sign(value: float, text: str) -> None:
    assert fixed3(value) == text
