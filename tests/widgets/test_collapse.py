"""Collapse without a browser: the variants that were recorded, its frames, its state text."""

import json

import numpy as np
import pytest

from dartslab.experiment.collapse import VARIANTS, recorded_collapse
from dartslab.widgets import Collapse
from dartslab.widgets.collapse import last_step, recorded_searches
from sentences import refusal

RECORDED = list(recorded_searches())
FIRST, SECOND, *_ = recorded_searches()["collapse"]  # seeds


def test_it_begins_with_nothing_changed_at_the_end_of_the_first_search() -> None:
    view = Collapse()
    assert view.settings["variant"] == "collapse" and view.settings["seed"] == FIRST
    frame = view.shown
    assert frame["step"] == frame["last"] == recorded_collapse("collapse", FIRST).columns["step"][-1]
    assert view.text.startswith(f"nothing changed, seed {FIRST}, step {frame['step']} of ")


def test_only_variants_that_were_recorded_are_offered_in_the_order_of_the_table() -> None:
    assert list(Collapse().controls["variant"].options) == [name for name in VARIANTS if name in RECORDED]


@pytest.mark.parametrize("name", RECORDED)
def test_every_variant_shows_the_weights_of_its_record_at_every_step(name: str) -> None:
    view = Collapse(name)
    record = recorded_collapse(name, FIRST)
    for row in (0, len(record) // 2, len(record) - 1):
        frame = view.frame(view.settings | {"step": int(record.columns["step"][row])})
        for cell, table in zip(frame["cells"], record.weights(row).values(), strict=True):
            np.testing.assert_allclose(cell["weights"], table, atol=1e-4)
        assert sum(len(cell["kept"]) for cell in frame["cells"]) == frame["edges"]
        json.dumps(frame, allow_nan=False)
    assert VARIANTS[name].label in view.text and "searches of about" in view.text
    assert f'collapse_config("{name}", seed={FIRST})' in frame["live"]


def test_beyond_the_end_of_a_search_its_last_step_is_shown() -> None:
    view = Collapse()
    shortest = min(RECORDED, key=lambda name: recorded_searches()[name][FIRST].last)
    last = view.controls["step"].max
    frame = view.frame({"variant": shortest, "seed": FIRST, "step": last})
    assert frame["step"] == frame["last"] == recorded_searches()[shortest][FIRST].last <= last


def test_the_step_is_never_beyond_what_is_shown_and_stays_at_the_end() -> None:
    view, longest = Collapse(), max(RECORDED, key=last_step)
    assert last_step("collapse") < last_step(longest) == view.controls["step"].max
    for name in (longest, "collapse"):
        view.controls["variant"].value = name
        assert view.settings["step"] == last_step(name)
    view.controls["step"].value = view.controls["step"].max
    assert view.settings["step"] == last_step("collapse")
    view.controls["step"].value = 30
    view.controls["variant"].value = longest
    assert view.settings["step"] == 30


def test_arguments_are_part_of_the_state_text() -> None:
    name = RECORDED[-1]
    view, other = Collapse(name, seed=SECOND, step=30), Collapse()
    other.restore(view.state())
    assert other.settings == view.settings == {"variant": name, "seed": SECOND, "step": 30}
    assert other.text == view.text and f"#{view.fingerprint}" in view.state()


def test_what_was_not_recorded_is_one_sentence() -> None:
    assert "unknown variant of the collapse 'patience'; allowed are: collapse," in refusal(Collapse, "patience")
    for seed in (1000, str(FIRST), [FIRST]):
        said = refusal(Collapse, "collapse", seed)
        assert f"no search of 'collapse' with seed {seed!r} is recorded, only with seeds {FIRST}, {SECOND}" in said
        assert said.endswith(f"choose one of these, for example Collapse('collapse', seed={FIRST}).")
    assert "setting 'step' cannot be 100000" in refusal(Collapse, "collapse", FIRST, 100_000)
    missing = [name for name in VARIANTS if name not in RECORDED]
    for name in missing[:1]:
        assert f"unknown recorded variant of the collapse {name!r}" in refusal(Collapse, name)


def test_the_picture_is_made_for_every_kind_of_variant() -> None:
    for kind in ("collapse", "cause", "remedy"):
        name = next((one for one in RECORDED if VARIANTS[one].kind == kind), "collapse")
        assert Collapse(name).still().png.startswith(b"\x89PNG")
