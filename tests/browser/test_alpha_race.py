"""AlphaRace in JupyterLab, and as a page of its own that computes the same."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dartslab.base.shared_random import SharedRandom
from dartslab.widgets import AlphaRace
from dartslab.widgets.kit.page import source
from frames import FRAME, assert_same
from lab import SCHEMES, Notebook, at_rest, until

STATES: list[tuple[str, dict[str, Any]]] = [
    ("a fair race", {}),
    ("a fair race", {"step": 60, "adam": True, "fill": True}),
    ("late bloomer", {"step": 120, "watch": 2}),
    ("late bloomer", {"step": 320, "wait": True, "seed": 11}),
    ("late bloomer", {"step": 1000, "seed": 6}),
    ("late bloomer", {"step": 90, "hand": 40, "alpha_6": 2.0, "kernel_learning_rate": 0.05}),
    ("clones", {"step": 260}),
    ("clones", {"step": 15, "learn": True, "alpha_learning_rate": 5.0}),
    ("hot and cold", {"step": 200}),
    ("hot and cold", {"step": 200, "temperature": 6.0}),
]
NUMBERS = f"""(seed) => {{
  {source("shared_random.js")}
  const random = new SharedRandom(seed);
  return [random.uniform(), random.below(10), random.normal(), random.permutation(30), random.uniform()];
}}"""


def page_with(page_of: Any, folder: Path, view: AlphaRace, **look: Any) -> Page:
    return page_of(view.export_html(folder / "race.html"), **look)


def chosen(race: str, changes: dict[str, Any]) -> AlphaRace:
    view = AlphaRace(race)
    for name, value in changes.items():
        view.controls[name].value = value
    return view


def test_the_exported_page_computes_what_python_computes(page_of, tmp_path: Path) -> None:
    page = page_with(page_of, tmp_path, AlphaRace(), bypass_csp=True)
    for race, changes in STATES:
        view = chosen(race, changes)
        found = page.evaluate(FRAME, view.settings)
        assert_same(found["frame"], view.shown)
        assert found["words"] == view.text


def test_the_page_draws_the_same_random_numbers(page_of, tmp_path: Path) -> None:
    page = page_with(page_of, tmp_path, AlphaRace(), bypass_csp=True)
    for seed in (0, 7, 2654435761 * 99):
        random = SharedRandom(seed)
        numbers = [random.uniform(), random.below(10), random.normal(), random.permutation(30), random.uniform()]
        assert_same(page.evaluate(NUMBERS, seed), numbers)


def test_a_race_plays_to_its_end_and_goes_on(page_of, tmp_path: Path) -> None:
    page = page_with(page_of, tmp_path, chosen("late bloomer", {"step": 110}))
    verdict = page.locator(".verdict")
    page.get_by_role("button", name="Play").click()
    expect(verdict).to_contain_text("Step 120: average leads")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.get_by_role("button", name="Step", exact=True).click()
    expect(verdict).to_contain_text("Step 121:")
    page.get_by_role("button", name="Reset").click()
    expect(verdict).to_contain_text("Step 0: all mixing weights are equal")


def test_a_race_begins_by_itself_when_it_is_chosen_unless_things_should_stand_still(page_of, tmp_path: Path) -> None:
    page = page_with(page_of, tmp_path, AlphaRace())
    page.get_by_role("button", name="Hot and cold").click()
    expect(page.locator(".verdict")).to_contain_text("Step 200: frozen.")
    page = page_with(page_of, tmp_path, AlphaRace(), reduced_motion="reduce")
    page.get_by_role("button", name="Hot and cold").click()
    expect(page.get_by_role("button", name="Hot and cold")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(300)
    assert "Step 0:" in page.locator(".verdict").inner_text()


def test_alpha_moves_by_keys_and_by_the_mouse(page_of, tmp_path: Path) -> None:
    page = page_with(page_of, tmp_path, AlphaRace())
    runner = page.get_by_role("slider", name="alpha of shift")
    runner.press("ArrowUp")
    expect(runner).to_have_attribute("aria-valuenow", "0.10")
    runner.press("ArrowRight")
    other = page.get_by_role("slider", name="alpha of conv 3×3")
    expect(other).to_be_focused()
    expect(page.locator(".formula")).to_contain_text("conv 3×3: 14 % × -0.63 = -0.089")
    other.press("PageDown")
    expect(other).to_have_attribute("aria-valuenow", "-0.50")
    (box,) = at_rest(page, page.get_by_role("slider", name="alpha of skip"))
    page.mouse.move(box["x"] + 19, box["y"] + 19)
    page.mouse.down()
    page.mouse.move(box["x"] + 19, box["y"] - 21, steps=4)
    page.mouse.up()
    alpha = float(page.get_by_role("slider", name="alpha of skip").get_attribute("aria-valuenow"))
    assert alpha > 0.8
    runner.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_the_areas_are_poured_into_each_other(page_of, tmp_path: Path) -> None:
    page = page_with(page_of, tmp_path, AlphaRace())
    page.get_by_role("button", name="pour the orange").click()
    expect(page.get_by_role("button", name="pour back")).to_have_attribute("aria-pressed", "true")
    height = "e => Number(e.getAttribute('height'))"
    until(page, lambda: page.locator(".area rect").nth(6).evaluate(height) == 0)  # outline stood above the level


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("width", "most"), [(900, 560), (560, 1000)])
def test_it_fits(page_of, tmp_path: Path, scheme: str, width: int, most: int) -> None:
    view = chosen("late bloomer", {"step": 30})
    look = {"viewport": {"width": width + 32, "height": 1200}, "color_scheme": scheme}
    page = page_with(page_of, tmp_path, view, **look)
    (box,) = at_rest(page, page.locator(".dartslab-canvas"))
    assert (box["width"], page.evaluate("() => document.documentElement.scrollWidth")) == (width, width + 32)
    assert box["height"] <= most
    small = page.evaluate(
        """() => [...document.querySelectorAll(".dartslab-one-edge *")]
          .filter((e) => e.textContent.trim() && e.offsetParent !== null)
          .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 10.5).map((e) => e.outerHTML)"""
    )
    assert small == []


def test_in_a_notebook_python_and_the_page_set_the_same_controls(notebook) -> None:
    nb: Notebook = notebook(
        "race", ["from dartslab.widgets import AlphaRace", "view = AlphaRace('late bloomer')\nview"]
    )
    nb.run()
    page = nb.page
    expect(page.locator(".verdict")).to_contain_text("Step 0:")
    nb.python("view.controls['step'].value = 30")
    expect(page.locator(".verdict")).to_contain_text("Step 30: average leads with 59 %")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    nb.until(lambda: nb.python("print(view.settings['step'])") == "120")
    page.get_by_role("button", name="Clones").click()
    page.get_by_role("button", name="Pause").click()
    nb.until(lambda: nb.python("print(view.settings['race'], view.settings['learn'])") == "clones False")
    nb.python("view.controls['race'].value = 'hot and cold'; view.controls['step'].value = 200")
    expect(page.locator(".verdict")).to_contain_text("Step 200: frozen.")
    said = page.locator(".dartslab-played").get_attribute("aria-label")
    assert nb.python("print(view.text)") == said
