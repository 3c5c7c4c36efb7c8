"""FiniteDifferenceDial in JupyterLab: the dial is turned with the mouse and with keys."""

import pytest
from playwright.sync_api import expect

from lab import Notebook


@pytest.fixture
def dial(notebook) -> Notebook:
    nb = notebook("dial", ["from dartslab.widgets import FiniteDifferenceDial", "view = FiniteDifferenceDial()\nview"])
    nb.run()
    expect(nb.page.locator(".dartslab-chart").first).to_be_visible()  # torch is loaded
    return nb


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_all_curves_are_drawn_in_both_themes(dial: Notebook, theme: str) -> None:
    dial.theme(theme)
    for name in ("smooth, float64", "smooth, float32", "ReLU, float64", "ReLU, float32"):
        expect(dial.page.locator(f'polyline[data-name="{name}"]')).to_be_visible()
        expect(dial.page.locator(f'tr[data-name="{name}"]')).to_be_visible()
    dial.page.get_by_role("checkbox", name="ReLU").uncheck()
    expect(dial.page.locator("tr[data-name]")).to_have_count(2)
    expect(dial.page.locator('polyline[data-name="first order, ReLU"]')).to_have_count(0)


def test_the_radius_is_turned_with_keys_and_dragged(dial: Notebook) -> None:
    page = dial.page
    row, cursor = page.locator('tr[data-name="smooth, float64"] td').first, page.locator("line.cursor")
    handle = dial.slider()
    before, place = row.text_content(), float(cursor.get_attribute("x1"))
    handle.press("ArrowRight")
    expect(row).not_to_have_text(before)
    assert float(dial.python("print(view.settings['radius'])")) == pytest.approx(10**-1.9)
    assert float(cursor.get_attribute("x1")) > place
    dial.drag(0, 0.2)
    # the head of the table says R; frames of the way there may still come
    page.wait_for_function(
        "() => Number(document.querySelectorAll('.dartslab-ends th')[1].textContent.split('=')[1]) < 1e-5"
    )
    assert float(dial.python("print(view.settings['radius'])")) < 1e-5
    assert float(cursor.get_attribute("x1")) < place
    assert dial.python("print(view.text == view.describe(view.canvas.frame))") == "True"


def test_another_seed_is_another_network(dial: Notebook) -> None:
    before = dial.page.locator('polyline[data-name="ReLU, float64"]').get_attribute("points")
    dial.page.get_by_text("more", exact=True).click()
    dial.slider(1).press("ArrowRight")
    expect(dial.page.locator('polyline[data-name="ReLU, float64"]')).not_to_have_attribute("points", before)
    expect(dial.page.get_by_role("group", name="seed 3")).to_be_visible()


def test_few_controls_are_on_its_face_and_it_fits_on_a_small_screen(dial: Notebook) -> None:
    face = dial.page.locator(".dartslab-controls > label")
    names = [face.nth(k).inner_text().split("\n")[0].strip() for k in range(face.count())]
    assert [name.split(" 0")[0] for name in names] == ["radius R", "smooth", "ReLU", "float64", "float32"]
    letters = "all => all.map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
    for width in (914, 900):
        assert dial.box(width)["height"] <= 560
        assert min(dial.page.locator(".dartslab-plot text").evaluate_all(letters)) >= 10
    expect(dial.page.locator("text.heading")).to_have_text("relative error of the hypergradient, seed 2, xi 0.1")
