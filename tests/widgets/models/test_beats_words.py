"""What the beats say."""

from itertools import product

import pytest

from dartslab.widgets.models import beats_words
from dartslab.widgets.models.beats_words import (
    BEATS,
    NETWORK_SENTENCES,
    NOTES,
    TONES,
    TOY_SENTENCES,
    describe_beats,
    fill,
    format_number,
    plain,
    sentence,
)
from dartslab.widgets.models.hypergradient_beats import (
    FIRST,
    HALVES,
    HYPERGRADIENTS,
    MISTAKES,
    PLACE,
    VIEWS,
    beats_frame,
)


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [(1.5, True, "+1.50"), (-2.0, True, "−2.00"), (0.125, False, "0.13"), (-0.001, True, "0.00"), (3.0, False, "3.00")],
)
def test_numbers_have_two_decimals_a_real_minus_and_zero_no_sign(value: float, sign: bool, text: str) -> None:
    assert format_number(value, sign) == text


def test_a_sentence_is_filled_with_numbers_and_loses_its_tones() -> None:
    assert fill("{a} {+a} {%a} {b}", {"a": 0.5, "b": "far"}) == "0.50 +0.50 50 % far"
    assert plain("[ink|g = 1], [truth|4].") == "g = 1, 4."


@pytest.mark.parametrize("view", VIEWS)
def test_every_beat_of_every_method_and_mistake_says_something(view: str) -> None:
    assert len(BEATS) == len(TONES) == 9
    for hypergradient, mistake, beat, steps in product(HYPERGRADIENTS, MISTAKES, range(9), (0, 100)):
        settings = {"view": view, "hypergradient": hypergradient, "mistake": mistake, "beat": beat, "steps": steps}
        said = describe_beats(beats_frame(FIRST | settings))
        assert BEATS[beat] in said and not set("{}[]|") & set(said)


@pytest.mark.parametrize(("view", "table"), [(VIEWS[0], TOY_SENTENCES), (VIEWS[1], NETWORK_SENTENCES)])
def test_every_text_can_be_reached(view: str, table: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    used = set()
    monkeypatch.setattr(beats_words, "fill", lambda template, _: used.add(template) or "")
    for hypergradient, mistake, beat, steps in product(HYPERGRADIENTS, MISTAKES, range(9), (0, 1)):
        settings = {"view": view, "hypergradient": hypergradient, "mistake": mistake, "beat": beat, "steps": steps}
        sentence(beats_frame(FIRST | settings))
    assert used == {template for choices in table.values() for template in choices.values()}


def test_each_mistake_has_a_note() -> None:
    assert list(NOTES) == list(MISTAKES)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "+4.00 with w trained anew, −2.00 with w fixed"),
        ({"beat": 2}, "w′ = 1.50, 50 % of the way to the valley"),
        ({"beat": 5}, "w′ follows, 0.50 per unit; times v = 3.00 that is +1.50"),
        ({"beat": 6}, "here g goes 50 % from first order, −2.00, to the truth, +4.00"),
        ({"beat": 6, "hypergradient": "first order"}, "What it lacks to the truth, +4.00, is how w follows"),
        ({"beat": 6, "hypergradient": "finite difference", "mistake": HALVES}, "g = −0.50 with the mistake"),
        ({"beat": 3, "mistake": PLACE}, "Asked at w, where it should be w′"),
        ({"beat": 6, "mistake": HALVES}, "This hypergradient leaves no place for it."),
        (
            {"steps": 100},
            "first order is at 2.00 (for it w is fixed), exact at 1.33 (w follows 50 %), the truth at 1.00",
        ),
        ({"steps": 100, "xi": 0.75, "mistake": "+ xi instead of - xi"}, "with the mistake far away, exact 0.80"),
        ({"view": "a network", "beat": 6}, "its cosine with g is −0.48 here"),
        ({"view": "a network", "steps": 10}, "After 10 real steps and 40 passes. First order would have made 20."),
    ],
)
def test_what_is_said(changes: dict, says: str) -> None:
    said = describe_beats(beats_frame(FIRST | changes))
    assert says in said
    assert ("Mistake: " in said) == ("mistake" in changes)
