"""Replay in JupyterLab, and as a page of its own."""

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

import tiny
from dartslab import Record, Recorder, SearchState, search
from dartslab.widgets import Replay
from lab import Notebook

MAKE = """import tiny
from dartslab import Recorder, SearchState, search
from dartslab.widgets import Replay
def run(**changes):
    state = SearchState.create(tiny.search_config(hypergradient="first_order", epochs=5, **changes), tiny.pictures())
    recorder = Recorder(state)
    for event in recorder.watch(search(state)):
        pass
    return recorder.record
replay = Replay(run(), run(seed=3))
replay"""


@pytest.fixture(scope="module")
def record() -> Record:
    state = SearchState.create(tiny.search_config(hypergradient="first_order", epochs=5), tiny.pictures())
    recorder = Recorder(state)
    list(recorder.watch(search(state)))
    return recorder.record


@pytest.fixture
def replay(notebook) -> Notebook:
    nb = notebook("replay", [MAKE])
    nb.run()
    expect(nb.page.locator(".dartslab-run")).to_have_count(2)
    return nb


def steps(nb: Notebook) -> list[str | None]:
    return [run.get_attribute("data-step") for run in nb.page.locator(".dartslab-run").all()]


def test_two_runs_side_by_side_are_scrubbed_with_the_mouse_and_with_keys(replay: Notebook) -> None:
    assert steps(replay) == ["20", "20"]
    replay.drag(0, 0.5)

    def shows_the_same_step_as_python() -> bool:
        step = int(replay.python("print(replay.settings['step'])"))
        return 6 <= step <= 15 and steps(replay) == [str(step)] * 2

    replay.until(shows_the_same_step_as_python)
    step = int(replay.python("print(replay.settings['step'])"))
    handle = replay.slider()
    handle.press("ArrowLeft")
    expect(replay.page.locator(f'.dartslab-run[data-step="{step - 1}"]')).to_have_count(2)
    left, right = replay.page.locator(".dartslab-run").all()
    assert left.bounding_box()["x"] + left.bounding_box()["width"] <= right.bounding_box()["x"] + 1


def test_a_bookmark_leads_to_the_step_at_which_the_cell_changed(replay: Notebook) -> None:
    replay.page.locator(".dartslab-controls select").select_option(index=2)
    step = int(replay.python("print(replay.bookmarks.value)"))
    expect(replay.page.locator(f'.dartslab-run[data-step="{step}"]')).to_have_count(2)


def test_an_exported_page_works_from_the_disk_and_agrees_with_python(record: Record, page_of, tmp_path: Path) -> None:
    view = Replay(record)
    page = page_of(view.export_html(tmp_path / "replay.html"))
    run = page.locator(".dartslab-run")
    expect(run).to_have_attribute("data-step", "20")
    slider = page.locator("input[name=step]")
    slider.focus()
    for _ in range(7):
        slider.press("ArrowLeft")
    expect(run).to_have_attribute("data-step", "13")
    view.controls["step"].value = 13
    (cell, _) = view.canvas.frame["runs"][0]["cells"]
    shown = page.locator('[data-kind="normal"] rect[data-edge] + text').all_text_contents()
    assert [float(text.removeprefix("✓")) for text in shown] == pytest.approx(np.ravel(cell["weights"]), abs=0.0051)
    expect(page.get_by_role("group")).to_have_attribute("aria-label", view.text)
    page.get_by_label("go to").select_option(index=1)
    expect(run).to_have_attribute("data-step", "1")
    slider.focus()
    slider.press("ArrowRight")
    assert json.loads(page.locator(".dartslab-canvas").get_attribute("data-settings")) == {"step": 2}


def test_an_exported_page_shows_its_picture_where_no_script_runs(record: Record, page_of, tmp_path: Path) -> None:
    page = page_of(Replay(record).export_html(tmp_path / "replay.html"), java_script_enabled=False)
    expect(page.get_by_role("img")).to_be_visible()
