"""DiscretizationGap in JupyterLab."""

import pytest
from playwright.sync_api import expect

from lab import Notebook

MAKE = """import tiny
from dartslab import SearchState, search
from dartslab.widgets import DiscretizationGap
state = SearchState.create(tiny.search_config(hypergradient="first_order", nodes=2), tiny.pictures())
for event in search(state):
    pass
gap = DiscretizationGap(state, 32, 0.5)
gap"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_is_drawn_in_both_themes(notebook, theme: str) -> None:
    nb: Notebook = notebook("gap", [MAKE])
    nb.run()
    nb.theme(theme)
    expect(nb.page.locator(".dartslab-stages li")).to_have_count(10)
    expect(nb.page.locator(".dartslab-heatmap .kept")).to_have_count(8)  # two of each node, two nodes, two kinds


def test_way_and_stage_are_chosen_with_the_keyboard_and_shown(notebook) -> None:
    nb: Notebook = notebook("gap", [MAKE])
    nb.run()
    line = nb.page.locator(".dartslab-line")
    expect(line).to_contain_text("stage 0 of 9, T = 1")
    expect(nb.page.locator(".dartslab-heatmap")).to_have_count(2)
    handle = nb.slider()
    handle.focus()
    handle.press("ArrowRight")
    expect(line).to_contain_text("stage 1 of 9")
    nb.page.locator(".dartslab-controls select").select_option("drop: the weakest operation first")
    expect(line).to_contain_text("stage 1 of 16")
    assert line.inner_text() == nb.python("print(gap.text)")
    expect(nb.page.locator("[aria-current=step]")).to_contain_text(nb.python("print(gap.canvas.frame['names'][1])"))


@pytest.mark.parametrize(("width", "highest"), [(900, 560), (560, 1250)])
def test_it_fits(notebook, width: int, highest: int) -> None:
    """Charts and list stand in one row where there is room, and so do the tables of both cells."""
    nb: Notebook = notebook(
        "gap",
        [
            MAKE
            + """.controls["path"].value = "drop"
gap"""
        ],
    )
    nb.run()
    expect(nb.page.locator(".dartslab-stages li")).to_have_count(17)
    box = nb.box(width)
    assert box["width"] == width and box["height"] <= highest
