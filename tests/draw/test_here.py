"""The strip that says where in the network we are."""

from xml.etree import ElementTree

import pytest

from dartslab.draw.here import HEIGHT, LEVELS, here
from sentences import refusal

TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.mark.parametrize("level", LEVELS)
def test_one_level_is_lit_and_all_are_named(level: str) -> None:
    names = ElementTree.fromstring(here(level).svg).iter(TEXT)
    weights = {name.text: name.get("font-weight") for name in names}
    assert list(weights) == list(LEVELS)
    assert [name for name, weight in weights.items() if weight == "650"] == [level]


def test_it_is_a_line_of_text_where_no_picture_can_be_shown() -> None:
    assert repr(here("edge")) == "you are here: network > cell > [edge] > operation"
    assert ElementTree.fromstring(here("edge").svg)[0].text == repr(here("edge"))


def test_a_note_takes_the_place_of_the_name() -> None:
    strip = here("edge", "edge 2 → 3")
    assert repr(strip) == "you are here: network > cell > [edge 2 → 3] > operation"
    assert ">edge 2 → 3</text>" in strip.svg and "<b>" not in here("edge", "<b>").svg


def test_it_is_small_and_takes_its_colours_from_the_theme() -> None:
    svg = here("cell").svg
    assert HEIGHT <= 60 and len(svg) < 6000
    assert "var(--jp-ui-font-color1, #1a1a1a)" in svg and "var(--jp-brand-color1, #0072b2)" in svg


def test_what_cannot_be_lit_is_one_sentence() -> None:
    assert "Did you mean 'edge'?" in refusal(here, "edges")
    assert "has 18 letters; at most 13 fit" in refusal(here, "cell", "reduction cell 128")
