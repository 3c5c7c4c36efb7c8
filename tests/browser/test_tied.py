"""Views in the tied space, as pages of their own: one table, one cell, called by one name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

import tiny
from dartslab import Recorder, SearchConfig, SearchState, search
from dartslab.draw.style import TIED_TITLE
from dartslab.widgets import NetworkMap, Replay
from lab import Notebook


def keep(page, name: str) -> None:
    """Also a picture to look at, where somebody asks for it."""
    if os.environ.get("PICTURES"):
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("nodes", [2, 4])
def test_replay_shows_one_graph_one_table_and_one_ribbon(page_of, tmp_path: Path, nodes: int) -> None:
    config = tiny.search_config(hypergradient="first_order", epochs=2, nodes=nodes, tied=True)
    recorder = Recorder(state := SearchState.create(config, tiny.pictures()))
    for _ in recorder.watch(search(state)):
        pass
    page = page_of(
        Replay(recorder.record).export_html(tmp_path / "replay.html"), viewport={"width": 1000, "height": 700}
    )
    expect(page.locator(".dartslab-lanes .heading")).to_have_text([TIED_TITLE])
    expect(page.locator(".dartslab-weights .kind")).to_have_count(1)
    expect(page.locator(".dartslab-strip .labels")).to_contain_text("both")
    expect(page.locator(".dartslab-strip .values")).to_contain_text("both")
    said = page.locator(".dartslab-say")
    assert said.evaluate("node => node.scrollWidth <= node.clientWidth"), said.inner_text()  # not cut off
    for text in ("normal", "reduction"):
        expect(page.locator(".dartslab-strip")).not_to_contain_text(text)
    keep(page, f"replay-{nodes}")


def test_the_map_has_one_table_that_all_cells_read(page_of, tmp_path: Path) -> None:
    view = NetworkMap(SearchConfig.published(tied=True), cell=2)
    page = page_of(view.export_html(tmp_path / "map.html"), viewport={"width": 1000, "height": 500})
    panel = page.locator(".of-network")
    expect(panel.locator("rect.table")).to_have_count(1)
    expect(panel.get_by_text("alpha of all cells")).to_have_count(1)
    expect(panel.locator(".box.alike")).to_have_count(8)
    keep(page, "map")


def test_a_builder_shows_its_only_cell(notebook: Callable[..., Notebook]) -> None:
    begin = """from dartslab.widgets import CellBuilder
builder = CellBuilder(2, ("skip_connect", "sep_conv_3x3"), channels=4, layers=3, image_size=8, tied=True)
builder"""
    opened = notebook("builder-tied", [begin])
    opened.run()
    view = opened.view()
    expect(view).to_contain_text(f"✗ {TIED_TITLE}: node 2 has no input")
    expect(view.locator(".dartslab-palette h4")).to_have_text("on edge 0 → 2")
    opened.python("builder.random.click()")
    expect(view).to_contain_text("✓ The cell is valid.")
    expect(view.locator("figure h4")).to_have_text(TIED_TITLE)
    expect(view.get_by_role("button", name=TIED_TITLE)).to_have_count(1)
    keep(opened.page, "builder")
