"""FiniteDifferenceDial without a browser: what is shown is what is measured; words, state, picture."""

import json
from itertools import pairwise

import pytest

from dartslab.base.messages import UserError
from dartslab.widgets import FiniteDifferenceDial
from dartslab.widgets.finite_difference_dial import LOOKS, nearest, number, times
from dartslab.widgets.models.tiny_problem import RADII, error_curves, errors_at, first_order_errors
from sentences import refusal

NAMES = [", ".join(key) for key in LOOKS]


@pytest.mark.parametrize("radius", [0.01, 0.37, 1e-8, 10.0])
def test_the_table_is_measured_at_exactly_the_chosen_radius(radius: float) -> None:
    view = FiniteDifferenceDial()
    view.controls["radius"].value = radius
    measured = {", ".join(key): error for key, error in errors_at(2, 0.1, radius).items()}
    assert {row["name"]: row["error"] for row in view.canvas.frame["rows"]} == measured


def test_it_opens_at_the_published_radius() -> None:
    assert FiniteDifferenceDial().settings["radius"] == 0.01


def test_the_curves_are_the_measured_errors_as_exponents() -> None:
    frame = FiniteDifferenceDial().canvas.frame
    lines = {line["name"]: line for line in frame["lines"]}
    assert list(lines) == [*NAMES, "first order, smooth", "first order, ReLU"]
    for key, errors in error_curves(2, 0.1).items():
        line = lines[", ".join(key)]
        assert [10**y for y in line["y"]] == pytest.approx(errors, rel=1e-3)
        assert [10**x for x in line["x"]] == pytest.approx(RADII, rel=1e-3)
    for network, error in first_order_errors(2, 0.1).items():
        assert [10**y for y in lines[f"first order, {network}"]["y"]] == pytest.approx([error, error], rel=1e-3)


def test_lines_are_told_apart_without_colour() -> None:
    lines = FiniteDifferenceDial().canvas.frame["lines"]
    assert len({line["dash"] for line in lines}) == len(lines)
    assert len({line["mark"] for line in lines[:4]}) == 4


@pytest.mark.parametrize(
    ("off", "left"),
    [
        (["ReLU"], ["smooth, float64", "smooth, float32"]),
        (["float32"], ["smooth, float64", "ReLU, float64"]),
        (["smooth", "float64"], ["ReLU, float32"]),
        (["float32", "float64"], []),
    ],
)
def test_only_chosen_networks_and_precisions_are_shown(off: list, left: list) -> None:
    view = FiniteDifferenceDial()
    for name in off:
        view.controls[name].value = False
    assert [row["name"] for row in view.canvas.frame["rows"]] == left
    assert [name for name in NAMES if f"{name}: relative error" in view.text] == left
    assert ("No curve is shown." in view.text) == (not left)
    json.dumps(view.canvas.frame, allow_nan=False)
    assert view.still().png.startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "value", "start"), [("radius", 1.0, "Radius 1,"), ("seed", 9, "Radius 0.01, seed 9")])
def test_the_words_follow_the_state(name: str, value: float, start: str) -> None:
    view = FiniteDifferenceDial()
    before = view.text
    view.controls[name].value = value
    assert view.text.startswith(start) and view.text != before


def test_the_words_say_where_each_curve_is_lowest() -> None:
    view = FiniteDifferenceDial()
    for key, errors in error_curves(2, 0.1).items():
        lowest = f"smallest {number(min(errors))} at R = {number(RADII[errors.index(min(errors))])}"
        (sentence,) = [part for part in view.text.split(". ") if part.startswith(f"{', '.join(key)}: relative")]
        assert lowest in sentence


def test_the_sentences_hold_the_numbers_they_rest_on() -> None:
    smooth, again, single, kinks = FiniteDifferenceDial().canvas.frame["sentences"]
    errors = error_curves(2, 0.1)["smooth", "float64"]
    assert times(errors[nearest(0.1)] / errors[nearest(0.01)]) in smooth
    assert number(errors[0]) in again and number(min(errors)) in again
    assert number(error_curves(2, 0.1)["smooth", "float32"][0]) in single
    errors = error_curves(2, 0.1)["ReLU", "float64"]
    assert times(max(after / before for before, after in pairwise(errors))) in kinks


@pytest.mark.parametrize(
    ("value", "text"), [(2.34, "2.3 times"), (99.7, "100 times"), (128_000, "130,000 times"), (12.2, "12 times")]
)
def test_factors_have_two_digits(value: float, text: str) -> None:
    assert times(value) == text


def test_the_picture_and_the_words_stand_in_the_bundle() -> None:
    view = FiniteDifferenceDial()
    bundle = view._repr_mimebundle_()
    assert bundle["image/png"] and bundle["text/plain"] == f"FiniteDifferenceDial: {view.text}"


def test_a_state_opens_in_another_view() -> None:
    view, other = FiniteDifferenceDial(), FiniteDifferenceDial()
    for name, value in {"radius": 0.5, "seed": 4, "xi": 0.3, "ReLU": False}.items():
        view.controls[name].value = value
    other.restore(view.state())
    assert (other.canvas.frame, other.text) == (view.canvas.frame, view.text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not the state of a view"),
        ("BilevelExplorer.1:{}", "this is the state of a BilevelExplorer, not of a FiniteDifferenceDial"),
        ('FiniteDifferenceDial.1:{"radius":0}', "setting 'radius' cannot be 0; allowed is 1e-08 to 10"),
        ('FiniteDifferenceDial.1:{"seed":3,"radius":-1}', "setting 'radius' cannot be -1"),
        ('FiniteDifferenceDial.1:{"seed":21}', "setting 'seed' cannot be 21; allowed is 0 to 20"),
        ('FiniteDifferenceDial.1:{"xi":NaN}', "setting 'xi' cannot be nan; allowed is 0.01 to 1"),
        ('FiniteDifferenceDial.1:{"relu":true}', "unknown setting in the state of a FiniteDifferenceDial: 'relu'"),
    ],
)
def test_a_bad_state_is_one_sentence_and_changes_nothing(text: str, sentence: str) -> None:
    view = FiniteDifferenceDial()
    view.controls["radius"].value = 0.1
    before = view.settings, view.canvas.frame
    assert sentence in refusal(view.restore, text)
    assert (view.settings, view.canvas.frame) == before


def test_it_cannot_be_exported(tmp_path) -> None:
    with pytest.raises(UserError, match="a FiniteDifferenceDial needs a running Python"):
        FiniteDifferenceDial().export_html(tmp_path / "dial.html")
