"""Numbers as figures: what stands in them, that it can be read, and that it is told in words as well."""

import io
import json
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from dartslab.base.messages import UserError
from dartslab.derive import random_genotype, top_k
from dartslab.draw.curves import alpha_curves, loss_curves
from dartslab.draw.figures import accuracy_dots, alpha_heatmap, image_grid, readable_ink
from dartslab.draw.picture import save_figure, show
from dartslab.draw.words import describe_dots, describe_heatmap, describe_images
from dartslab.space import SearchSpace
from drawings import CLASSES, FOUR, SEVEN, THREE, TWO, some_alpha, some_columns, some_weights


def some_images(number: int = 12, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (number, channels, 28, 28), dtype=np.uint8)


GROUPS = {"found": [0.913, 0.917, 0.909, 0.915], "random cells": [0.901, 0.905, 0.893], "one seed": [0.9]}


FIGURES: dict[str, Callable[[], Figure]] = {
    "heatmap 5 x 3": lambda: alpha_heatmap(THREE, {"normal": some_weights(THREE)["normal"]}, "two nodes"),
    "heatmap 5 x 8": lambda: alpha_heatmap(TWO, some_weights(TWO)),
    "heatmap 14 x 8": lambda: alpha_heatmap(FOUR, some_weights(FOUR), "after 500 steps"),
    "heatmap 35 x 8": lambda: alpha_heatmap(SEVEN, some_weights(SEVEN)),
    "heatmap 2 x 2": lambda: alpha_heatmap(SearchSpace(1, ("none", "skip_connect")), {"normal": np.full((2, 2), 0.5)}),
    "alpha curves of 1 node": lambda: alpha_curves(SearchSpace(1), some_alpha(SearchSpace(1), 9), "normal"),
    "alpha curves of 4 nodes": lambda: alpha_curves(FOUR, some_alpha(FOUR, 50), "reduce"),
    "alpha curves of 1 step": lambda: alpha_curves(TWO, some_alpha(TWO, 1), "normal"),
    "curves": lambda: loss_curves(some_columns()),
    "curves of 1 step": lambda: loss_curves({"step": [1], "train_loss": [2.3]}),
    "validated each step": lambda: loss_curves(some_columns(every=1, tested=False)),
    "grey pictures": lambda: image_grid(some_images(), np.arange(12) % 10, CLASSES),
    "colour pictures": lambda: image_grid(some_images(3, 3), [0, 9, 9], CLASSES, columns=2),
    "dots": lambda: accuracy_dots(GROUPS),
}


def words(figure: Figure) -> list[tuple[Text, Bbox]]:
    """Every text that is really drawn, with the place it takes."""
    drawn, draw = [], Text.draw

    def remember(text: Text, *rest: Any, **more: Any) -> None:
        drawn.append(text)
        draw(text, *rest, **more)

    with patch.object(Text, "draw", remember):
        figure.draw_without_rendering()
    return [(text, text.get_window_extent()) for text in drawn if text.get_text() and text.get_visible()]


# What holds for all


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_no_text_is_cut_off(draw: Callable[[], Figure]) -> None:
    figure = draw()
    texts = words(figure)
    width, height = figure.bbox.size
    assert len(texts) >= 3
    for text, box in texts:
        assert -1 <= box.x0 < box.x1 <= width + 1, text.get_text()
        assert -1 <= box.y0 < box.y1 <= height + 1, text.get_text()


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_no_text_covers_another(draw: Callable[[], Figure]) -> None:
    upright = [(text.get_text(), box) for text, box in words(draw()) if text.get_rotation() in (0, 90)]
    for (one, box), (other, second) in combinations(upright, 2):
        overlap = min(box.x1, second.x1) - max(box.x0, second.x0), min(box.y1, second.y1) - max(box.y0, second.y0)
        assert min(overlap) < 1.5, f"{one!r} and {other!r}"  # pixels; boxes are a little larger than letters


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_shown_figure_is_a_png_with_alternative_text(draw: Callable[[], Figure]) -> None:
    picture = show(draw(), "what is seen")
    image = np.asarray(Image.open(io.BytesIO(picture.png)).convert("L"))
    assert image.std() > 3 and image.max() == 255 and image.shape[1] <= 1600
    data, metadata = DisplayFormatter().format(picture)
    assert data["text/plain"] == metadata["image/png"]["alt"] == "what is seen" == repr(picture)
    json.dumps([data, metadata])  # goes into a notebook file as it is


@pytest.mark.parametrize("suffix, start", [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")])
def test_a_picture_built_twice_has_the_same_bytes(tmp_path: Path, suffix: str, start: bytes) -> None:
    one = save_figure(FIGURES["heatmap 5 x 8"](), tmp_path / f"one{suffix}")
    other = save_figure(FIGURES["heatmap 5 x 8"](), str(tmp_path / f"other{suffix}"))
    assert one.read_bytes() == other.read_bytes() and one.read_bytes().startswith(start)
    assert b"<dc:date>" not in one.read_bytes() and b"CreationDate" not in one.read_bytes()


@pytest.mark.parametrize(
    "path, sentence",
    [
        ("a.bmp", "has the suffix '.bmp'; pictures are written as .svg, .png or .pdf"),
        ("missing/a.png", "is not a folder; create it or choose another one"),
        ("a_folder.png", "choose a folder you may write to"),
    ],
)
def test_a_path_that_cannot_be_written_is_explained(tmp_path: Path, path: str, sentence: str) -> None:
    (tmp_path / "a_folder.png").mkdir()
    with pytest.raises(UserError, match=re.escape(sentence)):
        save_figure(FIGURES["dots"](), tmp_path / path)


# Mixing weights as a table


def test_a_heatmap_has_a_panel_per_kind_with_edges_in_rows_and_operations_in_columns() -> None:
    normal, reduction, bar = alpha_heatmap(FOUR, some_weights(FOUR)).axes
    assert [panel.get_title().split(" (")[0] for panel in (normal, reduction)] == ["normal cell", "reduction cell"]
    assert [label.get_text() for label in normal.get_xticklabels()] == list(FOUR.operations)
    rows = [label.get_text() for label in normal.get_yticklabels()]
    assert rows[:3] == ["0 → 2", "1 → 2", "0 → 3"] and len(rows) == 14
    assert bar.get_ylabel() == "mixing weight"


def test_nodes_are_parted_by_lines() -> None:
    panel = alpha_heatmap(FOUR, some_weights(FOUR)).axes[0]
    assert [line.get_ydata()[0] for line in panel.lines] == [1.5, 4.5, 8.5]  # after 2, 2 + 3, 2 + 3 + 4 edges


def ticks(panel: Axes) -> set[tuple[float, ...]]:
    """(column, row) of every entry with a tick."""
    return {tuple(text.get_position()) for text in panel.texts if text.get_text().startswith("✓")}


@pytest.mark.parametrize("space", [TWO, FOUR, SEVEN], ids=lambda space: f"{space.nodes} nodes")
def test_what_top_k_derives_is_outlined_and_ticked(space: SearchSpace) -> None:
    weights = some_weights(space)
    for panel, (kind, cell) in zip(
        alpha_heatmap(space, weights).axes, top_k(space, weights).cells.items(), strict=False
    ):
        wanted = {(space.edges.index((node, source)), name) for node, source, name in cell.connections}
        ticked = ticks(panel)
        outlined = {(box.get_x() + 0.46, box.get_y() + 0.42) for box in panel.patches if isinstance(box, Rectangle)}
        assert {(row, space.operations[column]) for column, row in ticked} == wanted, kind
        assert {(round(x), round(y)) for x, y in outlined} == ticked


def test_what_a_method_derives_or_the_caller_keeps_is_ticked_instead() -> None:
    weights, genotype = {"normal": some_weights(TWO)["normal"]}, random_genotype(TWO, seed=3)
    panel = alpha_heatmap(TWO, weights, genotype=genotype).axes[0]
    derived = {(TWO.operations.index(c.operation), TWO.edges.index(c[:2])) for c in genotype.normal.connections}
    assert ticks(panel) == derived and panel.get_title() == "normal cell (✓ kept)"
    kept = np.zeros((5, 8), dtype=bool)
    kept[4, 3] = True
    panel = alpha_heatmap(TWO, weights, kept={"normal": kept}).axes[0]
    assert ticks(panel) == {(3, 4)} and panel.get_title() == "normal cell (✓ kept)"
    assert alpha_heatmap(TWO, weights).axes[0].get_title() == "normal cell (✓ kept by top-2)"


def test_a_table_of_14_by_8_shows_its_numbers_and_a_larger_one_only_ticks() -> None:
    weights = some_weights(FOUR)
    texts = [text.get_text().removeprefix("✓ ") for text in alpha_heatmap(FOUR, weights).axes[0].texts]
    assert texts == [f"{weight:.2f}" for weight in weights["normal"].ravel()]
    assert {text.get_text() for text in alpha_heatmap(SEVEN, some_weights(SEVEN)).axes[0].texts} == {"✓", ""}


def test_a_weight_has_the_same_colour_whatever_the_largest_weight_is() -> None:
    even = np.full((14, 8), 1 / 8)
    decided = np.where(np.arange(8) == 3, 0.99, even)
    before, after = (alpha_heatmap(FOUR, {"normal": table}).axes[0].images[0] for table in (even, decided))
    assert before.get_cmap().name == "cividis" and before.get_clim() == after.get_clim() == (0, 1)
    assert before.to_rgba(0.125) == after.to_rgba(0.125) and 0.3 < before.norm(0.125) < 0.4


def test_numbers_can_be_read_on_every_colour() -> None:
    image = alpha_heatmap(FOUR, some_weights(FOUR)).axes[0].images[0]
    for level in np.linspace(0, 1, 256):
        background, ink = (luminance(color) for color in (image.cmap(level), to_rgba(readable_ink(image.cmap(level)))))
        assert (max(background, ink) + 0.05) / (min(background, ink) + 0.05) >= 4.5


def luminance(color: Any) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_a_heatmap_in_words() -> None:
    words = describe_heatmap(THREE, {"normal": np.full((5, 3), [0.2, 0.1, 0.7])})
    assert words == (
        "mixing weights of the normal cell, 5 edges by 3 operations, from 0.10 to 0.70; kept: "
        "0 to 2 sep_conv_3x3 0.70, 1 to 2 sep_conv_3x3 0.70, 0 to 3 sep_conv_3x3 0.70, 1 to 3 sep_conv_3x3 0.70"
    )


@pytest.mark.parametrize("what", [alpha_heatmap, describe_heatmap])
@pytest.mark.parametrize(
    "weights, sentence",
    [
        ({}, r"must be \{kind: \[E, O\]\}, got dict without entries"),
        (np.zeros((5, 3)), r"must be \{kind: \[E, O\]\}, got ndarray"),
        ({"reduction": np.zeros((5, 3))}, "unknown cell kind 'reduction'; allowed are: reduce, normal"),
        ({"normal": np.zeros((14, 8))}, r"shape \(14, 8\), this space needs \(5, 3\)"),
        ({"normal": np.full((5, 3), np.inf)}, "are not finite"),
        ({"normal": -np.ones((5, 3))}, "relaxation computes from alpha, not alpha"),
    ],
    ids=["nothing", "no mapping", "kind", "shape", "infinite", "raw alpha"],
)
def test_weights_that_cannot_be_drawn_are_explained(what: Callable, weights: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        what(THREE, weights)


# Pictures of a data set


def test_every_picture_stands_above_nothing_but_its_own_class() -> None:
    images = some_images(12)
    figure = image_grid(images, np.arange(12) % 10, CLASSES, columns=5)
    drawn = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in drawn] == [CLASSES[i % 10] for i in range(12)]
    assert len(figure.axes) == 15  # three rows of five
    for axes, image in zip(drawn, images, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image[0])


@pytest.mark.parametrize("number, columns, places", [(1, 10, 1), (3, 10, 3), (3, 2, 4), (3, 1, 3)])
def test_a_row_has_no_more_places_than_pictures(number: int, columns: int, places: int) -> None:
    assert len(image_grid(some_images(number), [0] * number, CLASSES, columns).axes) == places


def test_a_row_has_at_least_one_picture() -> None:
    with pytest.raises(UserError, match="columns must be at least 1, got 0"):
        image_grid(some_images(2), [0, 0], CLASSES, columns=0)


def test_black_is_0_and_white_255_in_every_picture() -> None:
    image = image_grid(np.full((1, 1, 28, 28), 100, dtype=np.uint8), [0], CLASSES).axes[0].images[0]
    assert image.get_clim() == (0, 255) and image.get_cmap().name == "gray"


def test_colour_pictures_are_drawn_in_colour() -> None:
    images = some_images(1, 3)
    drawn = image_grid(images, [0], CLASSES).axes[0].images[0].get_array()
    np.testing.assert_array_equal(drawn, images[0].transpose(1, 2, 0))


def test_pictures_in_words() -> None:
    assert describe_images([3, 3, 8], CLASSES) == "3 pictures: 2 Dress, 1 Bag"


@pytest.mark.parametrize(
    "images, labels, sentence",
    [
        (some_images(2).astype(np.float32), [0, 0], r"images are float32 \(2, 1, 28, 28\); uint8 \[N, C, H, W\]"),
        (some_images(2)[:, 0], [0, 0], r"images are uint8 \(2, 28, 28\)"),
        (some_images(0), [], "0 images; 1 to 200 can be drawn"),
        (some_images(201), [0] * 201, "201 images; 1 to 200 can be drawn"),
        (some_images(2), [0], "2 images came with 1 labels"),
        (some_images(2), [0, 10], "label 10 has no class; allowed are 0 to 9"),
        (some_images(2), [0, -1], "label -1 has no class; allowed are 0 to 9"),
        (some_images(2), [0, 0.5], "label 0.5 has no class; allowed are 0 to 9"),
    ],
    ids=["dtype", "shape", "none", "many", "labels", "class", "negative", "half a class"],
)
def test_images_that_cannot_be_drawn_are_explained(images: np.ndarray, labels: list, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        image_grid(images, labels, CLASSES)


# Accuracies over seeds


def test_every_seed_is_a_dot_and_every_group_a_row() -> None:
    (panel,) = accuracy_dots(GROUPS).axes
    dots = [sorted(line.get_xdata()) for line in panel.lines if line.get_marker() == "o"]
    for drawn, values in zip(dots, GROUPS.values(), strict=True):
        np.testing.assert_allclose(drawn, sorted(100 * np.array(values)))
    assert [label.get_text() for label in panel.get_yticklabels()] == [
        "found\n91.35 ± 0.34 %, n = 4",
        "random cells\n89.97 ± 0.61 %, n = 3",
        "one seed\n90.00 %, n = 1",
    ]


def test_the_bar_is_the_sample_standard_deviation_and_one_seed_has_none() -> None:
    (panel,) = accuracy_dots(GROUPS).axes
    bars = [line.get_xdata() for line in panel.lines if line.get_linewidth() == 12]
    values = 100 * np.array(GROUPS["found"])
    assert len(bars) == 2
    np.testing.assert_allclose(bars[0], values.mean() + values.std(ddof=1) * np.array([-1, 1]))


def test_dots_in_words() -> None:
    assert describe_dots({"found": [0.9, 0.92]}) == "found: 91.00 ± 1.41 %, n = 2, from 90.00 to 92.00 %"
    assert describe_dots({"random": [0.9]}) == "random: 90.00 %, n = 1"


@pytest.mark.parametrize("what", [accuracy_dots, describe_dots])
@pytest.mark.parametrize(
    "groups, sentence",
    [
        ({}, "there is no group to draw"),
        ({"found": []}, "'found' holds no list of accuracies"),
        ({"found": [91.3]}, "'found' holds the accuracy 91.3; accuracies are fractions from 0 to 1"),
        ({"found": [1.0, 1.01]}, "'found' holds the accuracy 1.01"),
        ({"found": [0.0, -0.01]}, "'found' holds the accuracy -0.01"),
        ({"found": [0.9, np.nan]}, "'found' holds the accuracy nan"),
        ({"found": ["good"]}, "'found' has entries that are not numbers"),
    ],
    ids=["none", "empty", "percent", "above 1", "below 0", "nan", "text"],
)
def test_groups_that_cannot_be_drawn_are_explained(what: Callable, groups: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        what(groups)


# Showing


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_nothing_is_shown_without_alternative_text(alt: Any) -> None:
    with pytest.raises(UserError, match="a picture needs alternative text"):
        show(FIGURES["dots"](), alt)


def test_only_drawings_are_shown() -> None:
    with pytest.raises(UserError, match="int is not a drawing; allowed are a matplotlib Figure and a graph"):
        show(3, "three")
