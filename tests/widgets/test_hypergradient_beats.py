"""HypergradientBeats without a browser: settings, words, state, picture, page."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dartslab.draw.picture import DPI, figure_bytes
from dartslab.widgets import HypergradientBeats
from dartslab.widgets.hypergradient_beats_figure import beats_figure
from dartslab.widgets.models.hypergradient_beats import FIRST, HYPERGRADIENTS, MISTAKES, NO_MISTAKE, VIEWS
from sentences import refusal


def test_it_opens_with_the_question_where_first_order_and_truth_disagree() -> None:
    view = HypergradientBeats()
    assert view.settings == {
        "beat": 0,
        "a": 3.0,
        "w": 0.0,
        "xi": 0.25,
        "hypergradient": "exact",
        "mistake": "no mistake",
        "steps": 0,
        "view": "one number",
    }
    assert "+4.00 with w trained anew, −2.00 with w fixed" in view.text


def test_settings_can_be_given_and_changed_and_the_words_follow() -> None:
    view = HypergradientBeats(beat=6, xi=0.5)
    assert "g = +4.00: w′ went 100 % of the way" in view.text
    view.controls["hypergradient"].value = "first order"
    assert "First order stops here: g = −2.00" in view.text
    view.controls["view"].value = "a network"
    assert "one pass, and no word about how w would follow" in view.text


def test_a_state_is_what_differs_from_the_first_values_and_opens_elsewhere() -> None:
    view, other = HypergradientBeats(view="a network", beat=5), HypergradientBeats()
    assert view.state() == 'HypergradientBeats.1:{"beat":5,"view":"a network"}'
    other.restore(view.state())
    assert (other.text, other.shown) == (view.text, view.shown)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"bet": 3}, "'bet'; allowed are: beat, a, w, xi, hypergradient, mistake, steps, view. Did you mean 'beat'?"),
        ({"beat": 9}, "setting 'beat' cannot be 9; allowed is 0 to 8"),
        ({"xi": 2.0}, "setting 'xi' cannot be 2.0; allowed is 0 to 0.75"),
        ({"a": -1.0}, "setting 'a' cannot be -1.0; allowed is 0 to 4.5"),
        (
            {"hypergradient": "second order"},
            "setting 'hypergradient' cannot be 'second order'; allowed are 'first order', 'exact'",
        ),
        ({"view": None}, "setting 'view' cannot be None"),
        ({"steps": 1000}, "setting 'steps' cannot be 1000; allowed is 0 to 100"),
    ],
)
def test_a_bad_setting_is_one_sentence(settings: dict[str, Any], says: str) -> None:
    assert says in refusal(HypergradientBeats, **settings)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
def test_frame_and_picture_exist_in_every_beat(view: str, hypergradient: str) -> None:
    shown = HypergradientBeats(view=view, hypergradient=hypergradient)
    for beat in range(9):
        shown.controls["beat"].value = beat
        assert len(json.dumps(shown.shown, allow_nan=False)) < 50_000
        assert beats_figure(shown.shown).axes
    assert shown.still().png.startswith(b"\x89PNG")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_run_with_each_mistake_is_drawn_beside_those_without(mistake: str) -> None:
    view = HypergradientBeats(mistake=mistake, hypergradient=MISTAKES[mistake][-1], steps=100)
    drawn = [line.get_label() for line in beats_figure(view.shown).axes[0].lines if line.get_label()[0] != "_"]
    assert drawn == ["first order", "exact", "truth", *(["with the mistake"] if mistake != NO_MISTAKE else [])]


def test_the_picture_names_every_arrow_with_its_number() -> None:
    figure = beats_figure(HypergradientBeats(beat=6).shown)
    words = {text.get_text() for panel in figure.axes for text in panel.texts}
    arrows = {"first order −2.00", "truth +4.00", "slope of L_train −6.00", "w′ = 1.50", "v = +3.00", "direct −0.50"}
    assert arrows | {"implicit +1.50", "g = +1.00"} <= words


def test_reset_goes_back_to_the_first_beat_of_what_was_opened() -> None:
    begin = HypergradientBeats(mistake="+ xi instead of - xi", xi=0.3, beat=6, steps=40).page_data()["begin"]
    assert (begin["mistake"], begin["xi"]) == ("+ xi instead of - xi", 0.3)
    assert (begin["beat"], begin["steps"], begin["a"]) == tuple(FIRST[name] for name in ("beat", "steps", "a"))


def test_its_page_is_small(tmp_path: Path) -> None:
    assert HypergradientBeats().export_html(tmp_path / "beats.html").stat().st_size < 300_000


def test_a_path_that_is_no_page_is_one_sentence() -> None:
    assert "does not end in .html" in refusal(HypergradientBeats().export_html, "beats.png")


def grey(picture: Any) -> np.ndarray:
    """A picture of a file or of bytes, small and grey."""
    with Image.open(picture) as opened:
        return np.asarray(opened.convert("L").resize((180, 92)), dtype=float)


def test_the_picture_in_the_figures_is_that_of_the_sum_at_the_start() -> None:
    """To the eye: letters differ from one matplotlib to the next, and other beats differ by more."""
    kept = grey(Path(__file__).parents[2] / "figures" / "virtual_step.png")

    def apart(beat: int) -> float:
        made = figure_bytes(beats_figure(HypergradientBeats(beat=beat).shown), "png", 2 * DPI)
        return float(abs(kept - grey(BytesIO(made))).mean())

    assert apart(6) < 0.6 * min(apart(beat) for beat in (0, 5, 7))
