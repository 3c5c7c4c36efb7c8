"""The view of a planted search: what Python computes of it, says of it, and refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from dartslab.problems.picture_operations import Pool
from dartslab.problems.planted import Planted, PlantedConfig
from dartslab.problems.planted_search import search_planted
from dartslab.widgets import PlantedSearch
from dartslab.widgets.planted_search import describe_planted, draw_planted, planted_frame
from sentences import refusal


def test_its_frame_is_the_moment_of_the_search() -> None:
    view = PlantedSearch(seed=3, hypergradient="first order")
    view.controls["step"].value = 4
    problem = Planted(PlantedConfig(seed=3))
    *_, last = search_planted(problem, "first_order", steps=4)
    frame = view.shown
    assert frame["weights"] == last.weights.tolist() and frame["hidden"] == problem.answer
    assert frame["losses"] == list(problem.losses(last.w, last.alpha))
    assert len(frame["history"]) == 5 and frame["history"][4] == problem.hidden_weights(last.weights)
    assert frame["right"] == problem.count_right(last.weights)


def test_a_step_back_shows_what_was_there_and_another_seed_begins_anew() -> None:
    view = PlantedSearch(seed=3, hypergradient="first order")
    view.controls["step"].value = 2
    before = view.shown
    view.controls["step"].value = 6
    view.controls["step"].value = 2
    assert view.shown == before
    view.controls["seed"].value = 4
    assert view.shown["hidden"] != before["hidden"]


def test_what_it_was_made_with_is_in_its_state_text() -> None:
    view, other = PlantedSearch(seed=7, memorise=True, pairs=1), PlantedSearch()
    assert view.state() == 'PlantedSearch.1:{"seed":7,"pairs":1,"memorise":true}'
    other.restore(view.state())
    assert other.settings == view.settings


def test_the_state_of_a_cell_of_ones_own_opens_only_beside_that_cell() -> None:
    hidden = ("keep", "turn", "blur", "mirror", "outline")
    text = PlantedSearch(hidden=hidden).state()
    PlantedSearch(hidden=hidden).restore(text)
    assert "was made with something else" in refusal(PlantedSearch(hidden=hidden[::-1]).restore, text)


def test_its_words_name_the_operations_that_lead() -> None:
    view = PlantedSearch(hidden=("shift", "turn", "mirror", "outline", "blur"), hypergradient="first order")
    assert view.text.startswith("step 0 of 120: all mixing weights are nearly equal") and "turn" not in view.text
    view.controls["step"].value = 60
    assert view.text.startswith("step 60 of 120: on 5 of 5 edges the hidden operation leads; a to 2 shift ")
    assert "b to 2 turn" in view.text and "2 to 3 blur" in view.text and "L_val 0." in view.text


def test_a_page_of_its_own_is_small(tmp_path: Path) -> None:
    assert PlantedSearch().export_html(tmp_path / "planted.html").stat().st_size <= 300_000


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a hidden operation that is no candidate": (
        lambda: PlantedSearch(hidden=("keep", "twist", "blur", "keep", "keep")),
        "the search could not find it",
    ),
    "a look-alike as hidden operation": (
        lambda: PlantedSearch(hidden=("blur 7",) * 5),
        "it is offered with look_alikes=True only",
    ),
    "a look-alike, which a control would take away": (
        lambda: PlantedSearch(hidden=("blur 7",) * 5, look_alikes=True),
        "which a control of this view takes away",
    ),
    "a hidden cell as one text": (lambda: PlantedSearch(hidden="keep"), "a list of 5 names, got 'keep'"),  # type: ignore[arg-type]
    "noise that is a text": (lambda: PlantedSearch(noise="1"), "noise must lie between 0 and 3"),  # type: ignore[arg-type]
    "noise that is no number": (lambda: PlantedSearch(noise=float("nan")), "got nan"),
    "half a pair": (lambda: PlantedSearch(pairs=2.5), "pairs must lie between 1 and 16, got 2.5"),  # type: ignore[arg-type]
    "no seed": (lambda: PlantedSearch(seed=None), "between 0 and 9999, got None"),  # type: ignore[arg-type]
    "light that is a text": (lambda: PlantedSearch(light="1"), "light must lie between 0.1 and 10"),  # type: ignore[arg-type]
    "pictures of floats, which the page would read as noise": (
        lambda: PlantedSearch(pictures=Pool(torch.rand(40, 28, 28), torch.zeros(40) > 0)),
        "float32, and uint8 from 0 to 255 is needed",
    ),
    "an export without a name": (lambda: PlantedSearch().export_html(None), "a page is written into a file"),  # type: ignore[arg-type]
    "a hidden cell of four edges": (lambda: PlantedSearch(hidden=("keep",) * 4), "on each of 5 edges, got 4"),
    "noise that drowns everything": (lambda: PlantedSearch(noise=100.0), "would drown the result"),
    "pictures of one colour": (
        lambda: PlantedSearch(pictures=Pool(torch.full((40, 28, 28), 7, dtype=torch.uint8), torch.zeros(40) > 0)),
        "40 of 40 pictures have one colour only",
    ),
    "an unknown hypergradient": (lambda: PlantedSearch(hypergradient="exakt"), "Did you mean 'exact'"),
    "a seed below 0": (lambda: PlantedSearch(seed=-1), "a seed lies between 0 and 9999, got -1"),
    "too many pairs": (lambda: PlantedSearch(pairs=9), "with 8 training pairs at most, got 9"),
    "no pair": (lambda: PlantedSearch(pairs=0), "pairs must lie between 1 and 16, got 0"),
    "too much light": (lambda: PlantedSearch(light=9.0), "between 1 and 2, got 9"),
    "an export into what is no folder": (
        lambda: PlantedSearch().export_html(Path(__file__) / "page.html"),
        "page.html",
    ),
    "an export of another kind": (lambda: PlantedSearch().export_html("page.png"), "does not end in .html"),
}


@pytest.mark.parametrize(("make", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_one_sentence(make: Callable[[], object], sentence: str) -> None:
    assert sentence in refusal(make)


def test_a_search_of_ones_own_is_drawn_and_told_in_the_same_way() -> None:
    problem = Planted(PlantedConfig(seed=3))
    moments = list(search_planted(problem, "first_order", steps=30))
    frame = planted_frame(problem, [moment.weights for moment in moments])
    view = PlantedSearch(seed=3, hypergradient="first order")
    view.controls["step"].value = 30
    assert {**frame, "losses": view.shown["losses"]} == view.shown
    assert describe_planted(frame) in view.text
    assert len(draw_planted(frame).axes) == 2


def test_a_hidden_cell_may_be_a_list() -> None:
    assert PlantedSearch(hidden=["keep"] * 5).shown == PlantedSearch(hidden=("keep",) * 5).shown  # type: ignore[arg-type]
