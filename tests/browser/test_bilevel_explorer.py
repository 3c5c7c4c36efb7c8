"""BilevelExplorer in JupyterLab, and as a page of its own that computes the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dartslab.widgets import BilevelExplorer
from dartslab.widgets.models.toy_paths import WINDOW
from frames import FRAME, assert_same
from lab import Notebook, at_rest

STATES: list[dict[str, Any]] = [
    {},
    {"xi": 0.5, "a": -1.35, "w": 2.8, "iterations": 600},
    {"xi": 1.5, "terms": 3, "alpha_step": 0.3},
    {"xi": 1.5, "terms": 20, "w_step": 1.2},
    {"drop": True, "terms": 1, "iterations": 10},
    {"xi": 0.0, "exact": False},
    {"first_order": False, "exact": False, "finite_difference": False, "implicit": False},
]


@pytest.fixture
def explorer(notebook) -> Notebook:
    nb = notebook("explorer", ["from dartslab.widgets import BilevelExplorer", "view = BilevelExplorer()\nview"])
    nb.run()
    expect(nb.page.locator("[data-plane]")).to_be_visible()
    return nb


def plane_points(page: Page, *points: tuple[float, float]) -> list[tuple[float, float]]:
    """Where on the screen points (a, w) of the plane are, once the page is at rest."""
    (box,) = at_rest(page, page.locator("[data-plane] .ground").first)
    low, high = WINDOW
    across, down = box["width"] / (high - low), box["height"] / (high - low)
    return [(box["x"] + (a - low) * across, box["y"] + (high - w) * down) for a, w in points]


def test_a_drag_in_the_plane_moves_the_start_and_so_do_keys(explorer: Notebook) -> None:
    page = explorer.page
    begin, end, elsewhere = plane_points(page, (-1.0, 1.0), (-2.0, 2.5), (0.0, 0.0))
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    expect(page.get_by_role("group", name="start a = -2.000, w = 2.500")).to_be_visible()
    assert explorer.python("print(view.settings['a'], view.settings['w'])") == "-2.0 2.5"
    page.mouse.move(*elsewhere)  # the button is up: nothing follows
    page.locator("summary", has_text="more").click()
    page.get_by_label("start w").press("ArrowDown")
    expect(page.get_by_role("group", name="start a = -2.000, w = 2.450")).to_be_visible()
    handle = explorer.slider()
    before = explorer.python("print(view.settings['xi'])")
    handle.press("ArrowRight")
    expect(page.get_by_role("group", name="xi = 0.260")).to_be_visible()
    assert (before, explorer.python("print(view.settings['xi'], view.settings['a'])")) == ("0.25", "0.26 -2.0")


SLOW_KERNEL = """
import time  # each frame takes half a second
from dartslab.widgets import BilevelExplorer
class Slow(BilevelExplorer):
    def frame(self, settings):
        time.sleep(0.5)
        return super().frame(settings)
view = Slow()
view
"""


def test_the_last_move_of_a_drag_counts_however_slow_the_kernel_is(notebook) -> None:
    """The kernel's main thread is still busy with early moves when the last one is handled in another thread."""
    nb = notebook("slow", [SLOW_KERNEL])
    nb.run()
    page = nb.page
    expect(page.locator("[data-plane]")).to_be_visible()
    begin, near, end = plane_points(page, (-1.0, 1.0), (-1.75, 2.15), (-2.0, 2.5))
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*near, steps=3)
    expect(page.get_by_role("group", name="start a = -1.000, w = 1.000")).to_be_visible()  # the first is answered
    page.mouse.move(*end)
    page.mouse.up()
    nb.until(lambda: nb.python("print(view.settings['a'], view.settings['w'])") == "-2.0 2.5")
    expect(page.get_by_role("group", name="start a = -2.000, w = 2.500")).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_each_method_is_drawn_and_named_in_both_themes(explorer: Notebook, theme: str) -> None:
    explorer.theme(theme)
    page = explorer.page
    for hypergradient, fixed in {"first_order": "2.000", "exact": "1.333", "finite_difference": "1.333"}.items():
        expect(page.locator(f'polyline[data-hypergradient="{hypergradient}"]')).to_be_visible()
        expect(page.locator(f'text[data-end="{hypergradient}"]')).to_be_visible()
        expect(page.locator(f'tr[data-hypergradient="{hypergradient}"]')).to_contain_text(fixed)
    expect(page.locator("[data-plane]")).to_contain_text("exact, finite difference: 1.333")
    page.get_by_role("checkbox", name="drop the implicit term").check()
    expect(page.locator("[data-plane]")).to_contain_text("all hypergradients: 2.000")
    expect(page.locator('text[data-end="exact"]')).to_have_text("exact")  # short, so that none is cut off
    expect(page.locator(".dartslab-key")).to_contain_text("implicit, term dropped")
    expect(page.locator('tr[data-hypergradient="first_order"] th')).to_have_text("first order")  # it never had one


def test_the_exported_page_computes_what_python_computes(page_of, tmp_path: Path) -> None:
    view = BilevelExplorer()
    page = page_of(view.export_html(tmp_path / "toy.html"), bypass_csp=True)
    for changes in STATES:
        view.restore(f"BilevelExplorer.1:{json.dumps(changes)}")
        found = page.evaluate(FRAME, view.settings)
        assert_same(found["frame"], view.canvas.frame)
        assert found["words"] == view.text


def test_the_exported_page_answers_to_mouse_and_keys(page_of, tmp_path: Path) -> None:
    page = page_of(BilevelExplorer().export_html(tmp_path / "toy.html"))
    slider = page.locator("input[name=xi]")
    slider.focus()
    for _ in range(25):
        slider.press("ArrowRight")
    expect(page.locator('tr[data-hypergradient="exact"]')).to_contain_text("(1.000, 1.000)")
    page.mouse.click(*plane_points(page, (-1.0, 2.0))[0])
    expect(page.get_by_role("group", name="start a = -1.000, w = 2.000")).to_be_visible()
    expect(page.locator("input[name=a]")).to_have_value("-1")
    page.get_by_role("checkbox", name="first order").uncheck()
    expect(page.locator('polyline[data-hypergradient="first_order"]')).to_have_count(0)
    view = BilevelExplorer()
    view.restore('BilevelExplorer.1:{"xi":0.5,"a":-1.0,"w":2.0,"first_order":false}')
    expect(page.locator(".dartslab-stage")).to_have_attribute("aria-label", view.text)


@pytest.mark.parametrize(("width", "highest"), [(900, 560), (560, 1000)])
def test_it_fits_and_no_name_in_the_picture_is_cut_off(explorer: Notebook, width: int, highest: int) -> None:
    for drop in (True, False):
        for start in (-3.0, 3.0):
            settings = {"a": start, "w": start, "iterations": 10, "drop": drop}
            explorer.python(f"for name, value in {settings}.items(): view.controls[name].value = value")
            expect(explorer.page.get_by_role("group", name=f"start a = {start:.3f}, w = {start:.3f}")).to_be_visible()
            box = explorer.box(width)
            assert box["width"] == width and box["height"] <= highest
            picture = explorer.page.locator("[data-plane]").bounding_box()
            for name in explorer.page.locator("[data-plane] text.over").all():
                place = name.bounding_box()
                assert place["x"] >= picture["x"]
                assert place["x"] + place["width"] <= picture["x"] + picture["width"]
