"""NetworkMap in JupyterLab, and as a page of its own that says the same."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dartslab import SearchConfig
from dartslab.widgets import NetworkMap
from frames import FRAME, assert_same
from lab import SCHEMES, Notebook, at_rest

NETWORKS = [SearchConfig.published(), SearchConfig.quick(), SearchConfig.lesson(), SearchConfig.published(layers=1)]
NETWORKS += [SearchConfig.published(tied=True), SearchConfig.quick(tied=True, layers=1)]
# all that is drawn, as text
DRAWN = "() => [...document.querySelectorAll('.panel')].map((p) => p.style.display + p.innerHTML).join()"


def size(config: SearchConfig) -> str:
    return f"{config.layers}-{config.nodes}" + "-tied" * config.tied


@pytest.mark.parametrize("config", NETWORKS, ids=size)
def test_the_exported_page_says_what_python_says(page_of, tmp_path: Path, config: SearchConfig) -> None:
    view = NetworkMap(config)
    page = page_of(view.export_html(tmp_path / "map.html"), bypass_csp=True)
    edges = view.controls["edge"].options
    for level, cell, edge in product(("network", "cell", "edge"), range(config.layers), (edges[0], edges[-1])):
        for name, value in {"level": level, "cell": cell, "edge": edge}.items():
            view.controls[name].value = value
        found = page.evaluate(FRAME, view.settings)
        assert_same(found["frame"], view.shown)
        assert found["words"] == view.text


def test_a_click_opens_a_cell_and_an_edge_and_escape_goes_back(page_of, tmp_path: Path) -> None:
    page = page_of(NetworkMap().export_html(tmp_path / "map.html"), viewport={"width": 932, "height": 700})
    told, stage, edge = page.locator(".told"), page.get_by_role("application"), page.locator("[data-edge='1 → 4']")
    page.locator("[data-cell='2']").click()
    expect(told).to_contain_text("Cell 2, a reduction cell:")
    at_rest(page, page.locator(".of-cell"))
    edge.locator(".hit").dispatch_event("click")
    expect(told).to_contain_text("Edge 1 → 4 of cell 2:")
    page.locator("[data-cell='7']").click()  # another cell, in the strip above
    expect(told).to_contain_text("Cell 7, a normal cell:")
    stage.press("Escape")
    expect(told).to_contain_text("The supernet:")
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    expect(page.locator(".of-cell")).to_be_hidden()


def test_it_works_from_the_keyboard_alone(page_of, tmp_path: Path) -> None:
    page = page_of(NetworkMap().export_html(tmp_path / "map.html"))
    told, stage = page.locator(".told"), page.get_by_role("application")
    says = {
        "ArrowRight": "Cell 5 is a reduction cell",
        "ArrowLeft": "Cell 4 is a normal cell",
        "Enter": "Cell 4, a normal cell",
        "ArrowDown": "Edge 2 → 3 of cell 4",
        "ArrowUp": "Cell 4, a normal cell",
        "Escape": "The supernet",
    }
    for key, sentence in says.items():
        stage.press(key)
        expect(told).to_contain_text(sentence)
    for key in ("Enter", "Enter", "ArrowRight"):
        stage.press(key)
    expect(told).to_contain_text("Edge 0 → 4 of cell 4")


@pytest.mark.parametrize("level", ["network", "cell", "edge"])
def test_every_control_that_is_shown_changes_the_picture(page_of, tmp_path: Path, level: str) -> None:
    page = page_of(NetworkMap(level=level).export_html(tmp_path / "map.html"), reduced_motion="reduce")
    cell, edge = page.get_by_role("slider", name="cell"), page.get_by_role("combobox", name="edge")
    click = {name: page.get_by_role("button", name=name).click for name in ("network", "cell", "edge", "Back")}
    used: list[Any] = [lambda: cell.press("ArrowRight"), lambda: cell.press("End")]
    if level == "network":
        expect(edge).to_be_hidden()
    else:
        used += [lambda: edge.select_option("0 → 2"), lambda: edge.select_option("4 → 5"), click["Back"], click[level]]
    used += [click[name] for name in ("network", "cell", "edge") if name != level] + [click[level]]
    for use in used:
        before = page.evaluate(DRAWN)
        use()
        page.wait_for_function(f"(before) => ({DRAWN})() !== before", arg=before)


def test_what_opens_moves_unless_less_motion_is_wanted(page_of, tmp_path: Path) -> None:
    path = NetworkMap().export_html(tmp_path / "map.html")
    moves = "() => document.querySelector('.of-cell').getAnimations().length"
    for wanted, count in (("no-preference", 1), ("reduce", 0)):
        page = page_of(path, reduced_motion=wanted)
        page.get_by_role("application").press("Enter")
        expect(page.locator(".of-cell")).to_be_visible()
        assert page.evaluate(moves) == count


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("level", ["network", "cell", "edge"])
@pytest.mark.parametrize(("width", "most"), [(900, 560), (560, 820)])
def test_it_fits(page_of, tmp_path: Path, scheme: str, level: str, width: int, most: int) -> None:
    look = {"viewport": {"width": width + 32, "height": 1200}, "color_scheme": scheme}
    for config in (SearchConfig.published(), SearchConfig.published(layers=20, nodes=7)):
        page = page_of(NetworkMap(config, level=level).export_html(tmp_path / "map.html"), **look)
        (box,) = at_rest(page, page.locator(".dartslab-canvas"))
        assert (box["width"], page.evaluate("() => document.documentElement.scrollWidth")) == (width, width + 32)
        assert box["height"] <= most
        sides = page.locator(".panel.open text").evaluate_all("(all) => all.map((t) => t.getBoundingClientRect())")
        assert all(box["x"] - 1 <= side["x"] and side["x"] + side["width"] <= box["x"] + width + 1 for side in sides)


@pytest.mark.parametrize("screen", [(1366, 768), (1024, 768)])
def test_it_fits_on_a_small_screen(notebook, screen: tuple[int, int]) -> None:
    look = {"viewport": {"width": screen[0], "height": screen[1]}}
    nb: Notebook = notebook("map", ["from dartslab.widgets import NetworkMap\nNetworkMap(level='edge')"], **look)
    nb.run()
    view = nb.page.locator(".dartslab-canvas")
    expect(nb.page.locator(".told")).to_contain_text("Edge 2 → 3")
    (box,) = at_rest(nb.page, view)
    assert box["height"] <= 560 and box["x"] + box["width"] <= screen[0]


def test_in_a_notebook_python_and_the_page_set_the_same_controls(notebook) -> None:
    nb: Notebook = notebook("map", ["from dartslab.widgets import NetworkMap\nview = NetworkMap()\nview"])
    nb.run()
    told, stage = nb.page.locator(".told"), nb.page.get_by_role("application")
    expect(told).to_contain_text("The supernet:")
    nb.python("view.controls['cell'].value = 6")
    expect(told).to_contain_text("Cell 6 is a normal cell")
    stage.press("Enter")
    nb.until(lambda: nb.python("print(view.settings['level'])") == "cell")
    stage.press("ArrowRight")
    nb.until(lambda: nb.python("print(view.settings['edge'])") == "0 → 4")
    stage.press("Escape")  # of the view, not of the notebook
    nb.until(lambda: nb.python("print(view.settings['level'])") == "network")
