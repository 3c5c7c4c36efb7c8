"""NoDerivative in JupyterLab, and as a page of its own that computes the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dartslab.widgets import NoDerivative
from frames import FRAME, assert_same
from lab import SCHEMES, Notebook, at_rest

STATES: list[dict[str, Any]] = [
    {},
    {"step": 35},
    {"step": 200},
    {"temperature": 0.1, "step": 50},
    {"temperature": 8.0, "mixture": 6.4, "step": 10},
    {"seed": 5, "choice": 6.4, "mixture": -0.4, "step": 120},
]


def test_the_exported_page_computes_what_python_computes(page_of, tmp_path: Path) -> None:
    view = NoDerivative()
    page = page_of(view.export_html(tmp_path / "stairs.html"), bypass_csp=True)
    first = view.settings
    for changes in STATES:
        for name, value in (first | changes).items():
            view.controls[name].value = value
        found = page.evaluate(FRAME, view.settings)
        assert_same(found["frame"], view.shown)
        assert found["words"] == view.text


def test_the_ball_on_the_mixture_rolls_and_that_on_the_staircase_stays(page_of, tmp_path: Path) -> None:
    page = page_of(NoDerivative().export_html(tmp_path / "stairs.html"), viewport={"width": 932, "height": 700})
    staircase = page.get_by_role("slider", name="ball on the staircase")
    mixture = page.get_by_role("slider", name="ball on the mixture", exact=True)
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".verdict")).to_contain_text("Step 200: the mixture has rolled down to a loss of 0.05.")
    assert staircase.get_attribute("aria-valuenow") == "0.15"
    assert 2.7 < float(mixture.get_attribute("aria-valuenow") or 0) < 3.3
    staircase.press("ArrowRight")
    expect(staircase).to_have_attribute("aria-valuenow", "0.25")
    mixture.press("PageDown")  # starts there anew
    expect(page.locator(".verdict")).to_contain_text("Step 0:")
    mixture.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(mixture).to_have_attribute("aria-valuenow", "0.15")
    (box,) = at_rest(page, staircase)
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 270, box["y"] + 10, steps=5)
    page.mouse.up()
    expect(staircase).to_have_attribute("aria-valuetext", re.compile(r"dial at 3\.\d+, loss 0.00, slope 0.00"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("width", "most"), [(900, 560), (560, 1000)])
def test_it_fits(page_of, tmp_path: Path, scheme: str, width: int, most: int) -> None:
    look = {"viewport": {"width": width + 32, "height": 1200}, "color_scheme": scheme}
    page = page_of(NoDerivative().export_html(tmp_path / "stairs.html"), **look)
    (box,) = at_rest(page, page.locator(".dartslab-canvas"))
    assert (box["width"], page.evaluate("() => document.documentElement.scrollWidth")) == (width, width + 32)
    assert box["height"] <= most


def test_in_a_notebook_python_and_the_page_set_the_same_controls(notebook) -> None:
    nb: Notebook = notebook("stairs", ["from dartslab.widgets import NoDerivative\nview = NoDerivative()\nview"])
    nb.run()
    page = nb.page
    expect(page.locator(".verdict")).to_contain_text("Step 0:")
    nb.python("view.controls['step'].value = 180")
    expect(page.locator(".verdict")).to_contain_text("Step 180:")
    page.get_by_role("button", name="Play").click()
    nb.until(lambda: nb.python("print(view.settings['step'])") == "200")
    page.get_by_role("slider", name="ball on the staircase").press("ArrowRight")
    nb.until(lambda: nb.python("print(view.settings['choice'])") == "0.25")


def test_the_slider_ends_at_the_largest_temperature_and_reset_says_what_stays(notebook) -> None:
    nb: Notebook = notebook("stairs", ["from dartslab.widgets import NoDerivative\nview = NoDerivative()\nview"])
    nb.run()
    slider = nb.page.locator("input[name=temperature]")
    slider.press("End")
    nb.until(lambda: nb.python("print(round(view.settings['temperature'], 9))") == "8.0")
    slider.press("Home")
    nb.until(lambda: nb.python("print(round(view.settings['temperature'], 9))") == "0.03")
    expect(nb.page.get_by_role("button", name="Reset")).to_have_attribute("title", re.compile("T and seed stay"))
    nb.page.get_by_role("button", name="Reset").click()
    assert nb.python("print(round(view.settings['temperature'], 9))") == "0.03"
