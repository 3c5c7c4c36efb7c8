"""The waterfall: stages side by side, a dot for every run, a bar for the change of the mean."""

import re
from typing import Any

import pytest

from dartslab.draw.waterfall import BOTTOM, HEIGHT, LEFT, WIDTH, describe_waterfall, draw_waterfall
from sentences import refusal

STAGES = {"mixture": [0.6, 0.7, 0.65], "one operation": [0.3, 0.35, 0.4], "retrained": [0.7, 0.75, 0.74]}


def dots(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]


def bars(svg: str) -> list[tuple[float, float]]:
    """Top and bottom of each bar."""
    found = re.findall(r'<rect .*? y="([\d.]+)" height="([\d.]+)"', svg)
    return [(float(y), float(y) + float(height)) for y, height in found]


def test_every_run_is_a_dot_at_every_stage_and_higher_is_better() -> None:
    svg = draw_waterfall(STAGES).svg
    assert len(dots(svg)) == 9
    first = dots(svg)[:3]  # of the first run
    values = [accuracies[0] for accuracies in STAGES.values()]
    a_point = (BOTTOM - first[0][1]) / values[0]
    assert [(BOTTOM - y) / a_point for _, y in first] == pytest.approx(values, abs=1e-3)  # the axis begins at 0


def test_a_bar_reaches_from_mean_to_mean() -> None:
    first, second, third = bars(draw_waterfall(STAGES).svg)
    assert first[1] == pytest.approx(BOTTOM, abs=0.11)
    assert second[0] == pytest.approx(first[0], abs=0.11) and third[1] == pytest.approx(second[1], abs=0.11)


def test_numbers_are_at_hand_as_words() -> None:
    words = describe_waterfall(STAGES)
    assert words == (
        "mean accuracy of n = 3 runs at each stage: mixture 65.0 % (60.0 to 70.0); "
        "one operation 35.0 % (30.0 to 40.0), ▼ −30.0 points; retrained 73.0 % (70.0 to 75.0), ▲ +38.0 points"
    )
    drawn = draw_waterfall(STAGES)
    assert repr(drawn) == drawn._repr_mimebundle_()["text/plain"] == words and f"<title>{words}.</title>" in drawn.svg


@pytest.mark.parametrize("runs", [1, 2, 12])
@pytest.mark.parametrize("count", [1, 4, 6])
def test_whatever_is_drawn_stays_inside(runs: int, count: int) -> None:
    svg = draw_waterfall({f"stage {k}": [k % 2] * runs for k in range(count)}).svg
    assert all(LEFT < x < WIDTH and 0 < y <= BOTTOM for x, y in dots(svg))
    heights = [float(y) for y in re.findall(r'<text x="[-\d.]+" y="([-\d.]+)"', svg)]
    assert all(10 < y < HEIGHT for y in heights)


def test_it_follows_the_theme_and_names_are_no_markup() -> None:
    svg = draw_waterfall({"<b>": [0.5]}).svg
    assert "var(--jp-content-font-color1" in svg and "&lt;b&gt;" in svg and "<b>" not in svg


@pytest.mark.parametrize(
    ("stages", "sentence"),
    [
        ({}, "there is no group to draw"),
        ({"one": [0.5, 0.6], "two": [0.5]}, "'two' has n = 1 run and 'one' has 2; give every stage the same runs."),
        ({"one": [50.0]}, "accuracies are fractions from 0 to 1"),
    ],
)
def test_stages_that_cannot_be_drawn_are_explained(stages: Any, sentence: str) -> None:
    assert sentence in refusal(draw_waterfall, stages)
