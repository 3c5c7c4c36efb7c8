"""Boxes: what a lesson says, for a notebook and for a terminal."""

import re

import pytest

from dartslab.teach.box import STATES, Box, boxed, code, explained, ladder, note, on_a_line, prose, say, style

EVIL = "<script>alert(1)</script>"


def bare(html: str) -> str:
    """The words of a piece of HTML, as a viewer without a style sheet shows them."""
    return re.sub(r"\s+", " ", re.sub("<.*?>", "", html)).strip()


def test_outside_a_notebook_a_box_is_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    say(Box("<b>right</b>", "right"))
    assert capsys.readouterr().out == "right\n" and repr(Box("", "right")) == "right"


@pytest.mark.parametrize("state", STATES)
def test_no_state_is_told_by_colour_alone(state: str) -> None:
    html = boxed(state, "Not yet", "<p>Why?</p>", "A mixed operation", "02.mixed_op", "try 2", "Another try.")
    mark, tone = STATES[state]
    assert f"dl-box dl-{tone}" in html and 'aria-label="Not yet: A mixed operation"' in html
    assert bare(html) == f"{mark} Not yet A mixed operation 02.mixed_op try 2Why?Another try."


@pytest.mark.parametrize(
    "make", [prose, code, lambda text: boxed("right", text, "", text, text, text), lambda t: note(t).html]
)
def test_nothing_that_a_learner_writes_is_markup(make) -> None:
    assert "<script" not in make(EVIL) and "&lt;script&gt;" in make(EVIL)


def test_names_between_backticks_are_code_and_maths_is_left_to_the_notebook() -> None:
    assert prose("Is `none` in $p_o < 1$?") == "Is <code>none</code> in $p_o &lt; 1$?"
    assert prose("a lone ` and a lone $") == "a lone ` and a lone $"


@pytest.mark.parametrize("token", ["hint(&quot;02.softmax&quot;)", "finite-difference", "1e-07", "1/8", "[0.1,"])
def test_what_a_browser_might_break_is_kept_whole(token: str) -> None:
    text = token.replace("&quot;", '"')
    assert f'<span class="dl-t">{token}</span>' in prose(f"look at {text} again")
    assert "dl-t" not in prose('plain words, with a stop; and it\'s "quoted".')


def test_hints_come_as_a_ladder_that_gives_nothing_away() -> None:
    html = ladder(("one", "two", "three"), 2)
    assert bare(html) == "1 one2 two3 …" and html.count("dl-now") == 1


def test_every_choice_has_its_mark_its_words_and_its_reason() -> None:
    html = explained(("a", "b", "c"), 1, ("since a", "since b", "since c"), answer=2)
    assert re.findall(r"<li class=\"(.*?)\"", html) == ["", "dl-right dl-good", "dl-wrong dl-miss dl-yours"]
    assert bare(html) == "a since a✓ b right since b✗ c your answer since c"


def test_numbers_on_a_line_stay_on_it() -> None:
    for said, measured in ((0.0, 0.0), (-3.0, 5.0), (1e-9, 2e-9), (7.0, 7.0), (-1.0, -2.0), (None, 3.0)):
        _, html = on_a_line(said, measured, "nats")
        places = [float(x) for x in re.findall(r'(?:\bcx="|d="M|\bx=")([-\d.]+)', html)]
        assert all(16 <= x <= 484 for x in places) and f"measured {measured:.4g}" in bare(html)


def test_the_style_sheet_follows_the_theme_and_is_small() -> None:
    sheet = style()
    assert sheet.startswith("<style>") and "/*" not in sheet and len(sheet) < 7_500
    assert "var(--jp-content-font-color1" in sheet and '[data-jp-theme-light="false"]' in sheet
    assert "prefers-color-scheme" not in sheet  # a saved page is white
