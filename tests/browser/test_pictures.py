"""Static pictures in JupyterLab: the theme says which of the two is seen, and both have the same words."""

import pytest
from playwright.sync_api import expect

from lab import Notebook

SHOW = """from dartslab.draw.cells import draw_genotype
from dartslab.draw.figures import accuracy_dots
from dartslab.draw.picture import show
from dartslab.genotype import PUBLISHED
from IPython.display import display
display(show(accuracy_dots({"found": [0.9, 0.92]}), "two dots"))
show(draw_genotype(PUBLISHED["DARTS_V2"]), "two cells")"""
# the colour of the first pixel of what is seen, and of the page behind it
GROUND = """() => [...document.querySelectorAll(".dartslab-picture")].map((picture) => {
  const seen = [...picture.querySelectorAll("img")].filter((image) => image.checkVisibility());
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.drawImage(seen[0], 0, 0);
  const ground = getComputedStyle(picture.closest(".jp-Notebook")).backgroundColor;
  return [seen.length, `rgb(${[...context.getImageData(0, 0, 1, 1).data].slice(0, 3).join(", ")})`, ground];
})"""


THEMES = {"JupyterLab Light": "rgb(255, 255, 255)", "JupyterLab Dark": "rgb(17, 17, 17)"}


@pytest.mark.parametrize(("theme", "ground"), THEMES.items(), ids=THEMES)
def test_a_picture_stands_on_the_ground_of_the_theme(notebook, theme: str, ground: str) -> None:
    nb: Notebook = notebook("pictures", [SHOW])
    nb.theme(theme)
    nb.run()
    expect(nb.page.locator(".dartslab-picture")).to_have_count(2)
    nb.until(lambda: nb.page.evaluate(GROUND) == [[1, ground, ground]] * 2)
    expect(nb.page.get_by_role("img", name="two dots")).to_have_count(1)
    expect(nb.page.get_by_role("img", name="two cells")).to_have_count(1)
