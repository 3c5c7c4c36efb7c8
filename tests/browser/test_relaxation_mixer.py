"""RelaxationMixer in JupyterLab, and as a page of its own."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

import tiny
from dartslab.widgets import RelaxationMixer
from lab import Notebook

MAKE = """from dartslab.widgets import RelaxationMixer
mixer = RelaxationMixer()
mixer"""


@pytest.fixture
def mixer(notebook) -> Notebook:
    nb = notebook("mixer", [MAKE])
    nb.run()
    expect(nb.page.locator(".dartslab-card")).to_have_count(10)
    return nb


@pytest.mark.smoke
def test_dragging_a_slider_changes_the_sum(mixer: Notebook) -> None:
    total = mixer.page.locator(".dartslab-sum")
    before = total.get_attribute("data-sum")
    mixer.drag(4, 0.95)  # temperature, none, max_pool, avg_pool, skip_connect
    expect(total).not_to_have_attribute("data-sum", before)
    shown = mixer.page.locator('[data-name="skip_connect"] .dartslab-number')
    tell = "print(mixer.settings['skip_connect'], mixer.canvas.frame['weights'][3])"

    def shows_what_python_has() -> bool:
        alpha, weight = map(float, mixer.python(tell).split())
        return alpha > 3 and shown.inner_text() == f"{weight:.3f}"

    mixer.until(shows_what_python_has)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_is_drawn_in_both_themes(mixer: Notebook, theme: str) -> None:
    mixer.theme(theme)
    expect(mixer.page.locator(".dartslab-thumb")).to_have_count(10)
    expect(mixer.page.locator(".dartslab-sum")).to_contain_text("of at most 2.08 nats (100.0 %)")


def test_a_slider_moves_with_the_keyboard(mixer: Notebook) -> None:
    handle = mixer.slider(1)
    handle.focus()
    handle.press("ArrowRight")
    expect(mixer.page.locator('[data-name="none"] .dartslab-number')).not_to_have_text("0.125")
    assert float(mixer.python("print(mixer.settings['none'])")) == pytest.approx(0.1)


def test_a_page_of_large_pictures_is_drawn_too(page_of, tmp_path: Path) -> None:
    view = RelaxationMixer(tiny.pictures(144), images=1)  # of 8 outputs 165,888 pixels
    page = page_of(view.export_html(tmp_path / "large.html"))
    page.locator("input[name=none]").fill("2")
    expect(page.locator(".dartslab-thumb")).to_have_count(10)
    expect(page.locator(".dartslab-words")).to_contain_text("% none")


def test_an_exported_page_computes_what_python_computes(page_of, tmp_path: Path) -> None:
    view = RelaxationMixer(tiny.pictures(12))
    page = page_of(view.export_html(tmp_path / "mixer.html"))
    for name, value in (("sep_conv_3x3", "2.5"), ("none", "-1.5"), ("temperature", "-0.4")):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("select[name=picture]").select_option(index=4)
    view.controls["sep_conv_3x3"].value, view.controls["none"].value = 2.5, -1.5
    view.controls["temperature"].value, view.controls["picture"].value = 20**-0.4, 4
    expect(page.get_by_role("group")).to_have_attribute("aria-label", view.text)
    shown = page.evaluate(
        "() => view.frame(JSON.parse(document.querySelector('.dartslab-canvas').dataset.settings), spec.data)"
    )
    assert shown.keys() == view.canvas.frame.keys()
    for name, values in view.canvas.frame.items():
        np.testing.assert_allclose(shown[name], values, rtol=0, atol=1.01e-6)  # both are rounded to 1e-6


def test_a_temperature_that_python_sets_is_never_rounded_by_the_page(mixer: Notebook) -> None:
    mixer.python("for T in (0.5, 20.0, 0.3, 0.05, 0.7): mixer.hear({'temperature': T, 'none': T / 7})")
    expect(mixer.page.locator(".dartslab-controls output").first).to_have_text("0.7")
    mixer.page.wait_for_timeout(1000)  # an answer of the page would have come
    assert mixer.python("print(mixer.settings['temperature'], mixer.settings['none'])") == "0.7 0.1"


# of each card: its operation, and where picture, slider and weight are
CARDS = """() => [...document.querySelectorAll(".dartslab-inner .dartslab-card")].map((card) => {
  const sides = ({ left, top, right, bottom }) => [left, top, right, bottom];
  const box = (part) => sides(card.querySelector(part).getBoundingClientRect());
  return [card.dataset.name, card.querySelector("input").name, box("canvas"), box("input"), box(".dartslab-weight")];
})"""


@pytest.mark.parametrize(("width", "columns", "most"), [(914, 4, 560), (572, 3, 680)])
def test_every_slider_stands_under_the_picture_that_it_weighs(
    mixer: Notebook, width: int, columns: int, most: int
) -> None:
    box = mixer.box(width)
    assert (box["width"], box["height"] <= most) == (width, True)
    cards = mixer.page.evaluate(CARDS)
    assert len(cards) == 8 and all(name == slider for name, slider, *_ in cards)
    assert len({round(picture[0]) for _, _, picture, _, _ in cards}) == columns  # one grid
    for _, _, picture, slider, weight in cards:
        assert picture[0] - 1 <= slider[0] <= picture[0] + 3 and picture[3] < slider[1] < slider[3] <= weight[1] + 4
        assert weight[2] <= box["x"] + width
