"""HypergradientBeats as a page of its own, and in JupyterLab."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dartslab.widgets import HypergradientBeats
from dartslab.widgets.models.beats_words import BEATS
from dartslab.widgets.models.hypergradient_beats import HYPERGRADIENTS, MISTAKES, SIGN, VIEWS
from frames import FRAME, assert_same
from lab import SCHEMES, at_rest, until

# the values of all controls
SETTINGS = "() => JSON.parse(document.querySelector('.dartslab-canvas').dataset.settings)"
CASES: list[dict[str, Any]] = [
    *(
        {"view": view, "hypergradient": hypergradient, "beat": 6}
        for view, hypergradient in product(VIEWS, HYPERGRADIENTS)
    ),
    *(
        {"mistake": mistake, "hypergradient": MISTAKES[mistake][-1], "beat": 5, "a": 2.0, "w": -1.35}
        for mistake in MISTAKES
    ),
    *(
        {"mistake": mistake, "hypergradient": MISTAKES[mistake][-1], "view": VIEWS[1], "steps": 30}
        for mistake in MISTAKES
    ),
    *({"steps": steps, "xi": 0.5, "mistake": SIGN, "beat": 0} for steps in (1, 100)),
    *({"beat": beat, "a": 0.0, "w": 3.6, "xi": 0.07} for beat in range(9)),
]


@pytest.fixture
def beats(page_of, tmp_path: Path) -> Page:
    return page_of(HypergradientBeats().export_html(tmp_path / "beats.html"))


def test_the_page_computes_and_says_what_python_does(page_of, tmp_path: Path) -> None:
    view = HypergradientBeats()
    first = view.settings
    page = page_of(view.export_html(tmp_path / "beats.html"), bypass_csp=True)
    for changes in CASES:
        view._set(first | changes)
        found = page.evaluate(FRAME, view.settings)
        assert_same(found["frame"], view.shown)
        assert found["words"] == view.text


def test_next_goes_through_all_beats_and_then_makes_a_real_step(beats: Page) -> None:
    for name in (*BEATS[1:], BEATS[0]):
        beats.get_by_role("button", name="Next beat").click()
        expect(beats.locator(".beat[aria-current]")).to_have_attribute(
            "aria-label", f"beat {BEATS.index(name) + 1}, {name}"
        )
    assert beats.evaluate(SETTINGS)["steps"] == 1
    expect(beats.locator(".say")).to_contain_text("After 1 real steps")


def test_first_order_leaves_out_what_it_does_not_compute(beats: Page) -> None:
    beats.get_by_role("group", name="hypergradient", exact=True).get_by_role("button", name="first order").click()
    beats.get_by_role("button", name="Next beat").click()
    expect(beats.locator(".beat[aria-current]")).to_contain_text("direct")
    beats.get_by_role("button", name="Next beat").click()
    expect(beats.locator(".say")).to_contain_text("First order stops here: g = −2.00")


def test_passes_are_counted_on_the_network_alone(beats: Page) -> None:
    """On the toy they would answer a prediction of lesson 04."""
    beats.locator(".beat").nth(7).click()
    expect(beats.locator(".pips")).to_be_hidden()
    expect(beats.locator(".dartslab-words")).not_to_contain_text("asses")
    beats.get_by_role("button", name="a network").click()
    expect(beats.locator(".pips")).to_contain_text("3 passes")
    expect(beats.locator(".dartslab-words")).to_contain_text("Passes so far: 3.")


def test_keys_move_the_point_and_go_on(beats: Page) -> None:
    plane = beats.locator("[data-plane]")
    plane.focus()
    plane.press("ArrowLeft")
    plane.press("Shift+ArrowDown")
    assert {"a": 2.9, "w": -0.5}.items() <= beats.evaluate(SETTINGS).items()
    plane.press("Space")
    assert beats.evaluate(SETTINGS)["beat"] == 1


def test_a_drag_moves_the_point(beats: Page) -> None:
    (box,) = at_rest(beats, beats.locator("[data-plane]"))
    beats.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    beats.mouse.down()
    beats.mouse.move(box["x"] + 5, box["y"] + 5, steps=3)
    beats.mouse.up()
    assert {"a": 0.0, "w": 3.6}.items() <= beats.evaluate(SETTINGS).items()
    expect(beats.locator(".say")).to_contain_text("+1.60 with w fixed")


def test_a_mistake_goes_where_it_can_be_seen_and_to_a_method_that_can_make_it(beats: Page) -> None:
    beats.get_by_label("mistake").select_option("/ 2 * eps instead of / (2 * eps)")
    assert {"hypergradient": "finite difference", "beat": 6}.items() <= beats.evaluate(SETTINGS).items()
    expect(beats.locator(".note")).to_contain_text("Look for the orange arrow")
    beats.get_by_role("group", name="hypergradient", exact=True).get_by_role("button", name="exact").click()
    assert beats.evaluate(SETTINGS)["mistake"] == "no mistake"


@pytest.mark.parametrize("view", VIEWS)
def test_it_plays_and_stops(page_of, tmp_path: Path, view: str) -> None:
    page = page_of(HypergradientBeats(view=view).export_html(tmp_path / "beats.html"))
    page.get_by_role("button", name="Play").click()
    until(page, lambda: page.evaluate(SETTINGS)["beat"] >= 1)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Run 100 steps").click()
    until(page, lambda: page.evaluate(SETTINGS)["steps"] == 100)
    expect(page.locator(".say")).to_contain_text("After 100 real steps")
    page.get_by_role("button", name="Back to start").click()
    assert page.evaluate(SETTINGS)["steps"] == 0


def test_with_reduced_motion_a_beat_is_there_at_once(page_of, tmp_path: Path) -> None:
    page = page_of(HypergradientBeats().export_html(tmp_path / "beats.html"), reduced_motion="reduce")
    page.locator(".beat").nth(5).click()
    assert page.locator(".dartslab-played").get_attribute("data-rest") == "true"
    expect(page.locator("[data-plane]")).to_contain_text("implicit +1.50")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("width", "most"), [(900, 560), (560, 960)])
def test_it_fits_in_every_beat(page_of, tmp_path: Path, width: int, most: int, scheme: str) -> None:
    look = {"viewport": {"width": width + 32, "height": 1000}, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = page_of(HypergradientBeats().export_html(tmp_path / "beats.html"), **look)
    heights = set()
    for view, beat in product(VIEWS, range(9)):
        page.get_by_role("button", name=view).click()
        page.locator(".beat").nth(beat).click()
        (box,) = [page.locator(".dartslab-played").bounding_box()]
        heights.add((view, box["height"]))
        assert (box["width"], page.evaluate("document.documentElement.scrollWidth")) == (width, width + 32)
    assert len(heights) == len(VIEWS)  # nothing jumps from beat to beat
    assert max(height for _, height in heights) <= most


def test_python_and_the_page_of_a_notebook_show_the_same(notebook) -> None:
    nb = notebook("beats", ["from dartslab.widgets import HypergradientBeats\nview = HypergradientBeats()\nview"])
    nb.run()
    page = nb.page
    expect(page.locator("[data-plane]")).to_be_visible()
    nb.python("view.controls['mistake'].value = '+ xi instead of - xi'; view.controls['beat'].value = 6")
    expect(page.locator(".say")).to_contain_text("g = −2.00 with the mistake; right would be +1.00")
    page.get_by_role("button", name="Run 100 steps").click()
    nb.until(lambda: nb.python("print(view.settings['steps'])") == "100")
    assert "with the mistake 4.00" in nb.python("print(view.text)")
    plane = page.locator("[data-plane]")
    plane.press("ArrowRight")
    nb.until(lambda: nb.python("print(view.settings['steps'])") == "0")
    cells = page.evaluate("() => document.querySelectorAll('.jp-Cell').length")
    plane.press("ArrowDown")
    plane.press("Space")
    assert cells == page.evaluate("() => document.querySelectorAll('.jp-Cell').length")
    page.get_by_role("button", name="a network").click()
    nb.until(lambda: nb.python("print(view.settings['view'])") == "a network")


# pairs of level texts of the plane that lie on one another
TOUCHING = """() => {
  const strong = (text) => Number(text.getAttribute("opacity") ?? 1) > 0.5;
  const seen = [...document.querySelectorAll(".plane text:not([transform])")].filter(strong);
  const boxes = seen.map((text) => [text.textContent, text.getBoundingClientRect()]);
  const plane = document.querySelector(".plane").getBoundingClientRect();
  const cut = boxes.filter(([, a]) => a.right > plane.right + 1 || a.top < plane.top - 3);
  const found = cut.map(([words]) => [words, "cut"]);
  boxes.forEach(([words, a], i) => boxes.slice(i + 1).forEach(([others, b]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 2 && down > 5) found.push([words, others]);
  }));
  return found;
}"""


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
@pytest.mark.parametrize("beat", range(9), ids=BEATS)
def test_in_the_top_right_corner_no_label_lies_on_another(
    page_of, tmp_path: Path, hypergradient: str, beat: int
) -> None:
    view = HypergradientBeats(beat=beat, hypergradient=hypergradient, a=4.5, w=3.6)
    look = {"viewport": {"width": 946, "height": 700}, "reduced_motion": "reduce"}
    page = page_of(view.export_html(tmp_path / "corner.html"), **look)
    expect(page.locator(".say")).not_to_be_empty()
    until(page, lambda: page.evaluate(TOUCHING) == [])


def test_the_ring_of_focus_covers_nothing_below_the_slider(beats: Page) -> None:
    slider = beats.locator("input[name=xi]")
    slider.focus()
    slider.press("ArrowRight")
    ring = "e => parseFloat(getComputedStyle(e).outlineWidth) + parseFloat(getComputedStyle(e).outlineOffset)"
    below, _ = at_rest(beats, beats.locator(".hypergradient .choice"), slider)
    assert slider.bounding_box()["y"] + slider.bounding_box()["height"] + slider.evaluate(ring) <= below["y"]
