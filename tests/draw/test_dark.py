"""Pictures in a dark theme: the same drawing, light on dark, readable also where it is saved."""

import io
import re
from base64 import b64decode
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from dartslab.draw.cells import draw_genotype
from dartslab.draw.curves import loss_curves
from dartslab.draw.dark import dark_figure, dark_graph, darkened
from dartslab.draw.figures import accuracy_dots, alpha_heatmap
from dartslab.draw.picture import Picture, show
from dartslab.draw.style import COLORS, DARK_COLORS, PASSIVE, QUIET, TEXT
from dartslab.genotype import PUBLISHED
from dartslab.space import SearchSpace

SMALL = SearchSpace(2, ("none", "skip_connect", "sep_conv_3x3"))
GROUND = "#111111"  # of JupyterLab in a dark theme


def heatmap() -> Figure:
    return alpha_heatmap(SMALL, {"normal": np.full((5, 3), [0.2, 0.1, 0.7])}, "two nodes")


def luminance(color: Any) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    low, high = sorted(luminance(color) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def colors(figure: Figure) -> list[str]:
    """Of all that is drawn, in the order of drawing."""
    names = ("get_color", "get_facecolor", "get_edgecolor", "get_markerfacecolor")
    return [repr(getattr(artist, name)()) for artist in figure.findobj() for name in names if hasattr(artist, name)]


class Images(HTMLParser):
    """The images of a page, {attribute: value} each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))

    def pixels(self, number: int) -> np.ndarray:
        data = b64decode((self.found[number]["src"] or "").partition("base64,")[2])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_white_becomes_the_ground_of_the_dark_theme_and_text_is_readable_on_it() -> None:
    assert darkened("white") == darkened("#FFFFFF") == GROUND
    assert min(contrast(darkened(ink), GROUND) for ink in (TEXT, QUIET, "black")) >= 7
    assert contrast(darkened(PASSIVE), GROUND) >= 3  # lines only


@pytest.mark.parametrize("operation", [name for name in DARK_COLORS if COLORS[name] != "#000000"])
def test_an_operation_has_the_colour_that_it_has_in_dark_views(operation: str) -> None:
    assert darkened(COLORS[operation]) == DARK_COLORS[operation].lower()


def test_a_figure_is_dark_for_as_long_as_it_is_drawn_dark() -> None:
    figure = loss_curves({"step": [1, 2], "train_loss": [2.3, 1.9], "val_loss": [2.2, 2.0]})
    figure.draw_without_rendering()
    before = colors(figure)
    with dark_figure(figure):
        inks = {to_hex(text.get_color()) for text in figure.findobj(Text) if text.get_text()}
        assert min(contrast(ink, GROUND) for ink in inks) >= 4.5
        assert to_hex(figure.get_facecolor()) == GROUND and colors(figure) != before
    assert colors(figure) == before
    assert figure.get_layout_engine() is not None


def test_colours_that_stand_for_numbers_stay_with_what_is_written_on_them() -> None:
    figure = heatmap()
    figure.draw_without_rendering()
    panel = figure.axes[0]
    before = [text.get_color() for text in panel.texts], panel.images[0].to_rgba(0.3)
    title = panel.title.get_color()
    with dark_figure(figure):
        assert ([text.get_color() for text in panel.texts], panel.images[0].to_rgba(0.3)) == before
        assert contrast(to_hex(panel.title.get_color()), GROUND) >= 7
    assert panel.title.get_color() == title


def test_a_graph_is_drawn_in_dark_colours_and_stays_as_it_was() -> None:
    graph = draw_genotype(PUBLISHED["DARTS_V2"])
    source = graph.source
    dark = dark_graph(graph).source
    assert graph.source == source and "white" not in dark and f'bgcolor="{GROUND}"' in dark
    assert DARK_COLORS["sep_conv_3x3"].lower() in dark and COLORS["sep_conv_3x3"] not in dark
    assert [re.sub('color="?[#\\w]+"?', "", text) for text in (dark, source)] == [
        re.sub('color="?[#\\w]+"?', "", source)
    ] * 2


@pytest.mark.parametrize("draw", [heatmap, lambda: draw_genotype(PUBLISHED["DARTS_V2"])], ids=["figure", "graph"])
def test_a_notebook_gets_both_and_the_theme_of_jupyterlab_chooses(draw: Any) -> None:
    picture = show(draw(), 'what is "seen"')
    images = Images(picture.html)
    assert [image["alt"] for image in images.found] == ['what is "seen"'] * 2
    light, dark = images.pixels(0), images.pixels(1)
    assert light.shape == dark.shape and light[0, 0].tolist() == [255] * 3 and dark[0, 0].tolist() == [17] * 3
    height, width, _ = light.shape
    assert {(image["width"], image["height"]) for image in images.found} == {(str(width), str(height))}
    assert '[data-jp-theme-light="false"] .dartslab-picture img+img{display:block' in picture.html


def test_without_the_style_sheet_only_the_light_image_is_seen() -> None:
    first, second = Images(show(heatmap(), "what is seen").html).found
    assert "style" not in first and second["style"] == "display:none"


def test_the_two_images_together_take_no_more_room_than_two_of_the_plain_one() -> None:
    picture = show(heatmap(), "what is seen")
    assert len(picture.html) < 2 * len(picture.png) * 4 / 3 + 1000


def test_a_picture_without_a_dark_one_is_a_png_only() -> None:
    png = show(accuracy_dots({"found": [0.9]}), "what is seen").png
    data, metadata = Picture(png, "what is seen")._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"} and metadata["image/png"]["alt"] == "what is seen"
