"""TruthExplorer as a page of its own and in JupyterLab: dots chosen with mouse and keys, operations lit up."""

import json
import re
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dartslab.truth.cells import write_genotype
from dartslab.truth.found import Found
from dartslab.truth.plans import PLANS
from dartslab.truth.table import TruthTable
from dartslab.widgets import TruthExplorer
from frames import FRAME, assert_same
from lab import SCHEMES
from made_rows import made_row

LESSON = PLANS["lesson"]
FOUND = {"darts": [3, 3, 40], "gdas": [3, 624, 100]}  # cells, by seed
# the centres of all dots, in pixels of the window
DOTS = """(dots) => dots.map((dot) => {
  const { left, top, width, height } = dot.getBoundingClientRect();
  return [Number(dot.dataset.cell), left + width / 2, top + height / 2];
})"""


@cache
def whole() -> TruthTable:
    """All 625 cells; cell 0 is the best and cell 624 the worst, but for noise."""
    generator = np.random.default_rng(0)
    rows = []
    for cell, seed in product(range(625), range(3)):
        loss, validation = 0.5 + 0.001 * cell + 0.02 * generator.standard_normal(2)
        accuracies = {"test_accuracy": 1 - loss, "validation_accuracy": 1 - validation}
        sizes = {"parameters": 1000 + 3 * cell, "multiply_adds": 90_000 + 100 * (cell // 10)}
        rows.append(made_row(LESSON, cell, seed, test_loss=loss, validation_loss=validation, **accuracies, **sizes))
    return TruthTable.from_rows(LESSON, rows, {})


@cache
def found() -> tuple[Found, ...]:
    return tuple(
        Found(method, "first_order", seed, cell, write_genotype(LESSON.cells[cell]), 8.0, 4.0, 300, 200)
        for method, cells in FOUND.items()
        for seed, cell in enumerate(cells)
    )


def chosen(page: Page) -> int:
    """The chosen cell, once the page has drawn it."""
    wanted = json.loads(page.locator(".dartslab-canvas").get_attribute("data-settings") or "{}")["cell"]
    expect(page.locator(".dartslab-truth")).to_have_attribute("data-cell", str(wanted))
    return int(wanted)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    view = TruthExplorer(whole(), list(found()), cell=300)
    return view.export_html(tmp_path_factory.mktemp("truth") / "truth.html")


@pytest.fixture
def page(page_of, exported: Path) -> Page:
    return page_of(exported, viewport={"width": 946, "height": 700})


@pytest.mark.parametrize("table", ["lesson", whole()], ids=["as shipped", "made up"])
def test_the_exported_page_computes_what_python_computes(page_of, tmp_path: Path, table: str | TruthTable) -> None:
    view = TruthExplorer(table, list(found()) if table != "lesson" else [])
    page = page_of(view.export_html(tmp_path / "truth.html"), bypass_csp=True)
    options = {name: control.options for name, control in view.controls.items() if hasattr(control, "options")}
    states = [
        {name: values[turn % len(values)] for name, values in options.items()} | {"bars": turn % 2 == 0}
        for turn in range(30)
    ]
    for state, computed in zip(states, page.evaluate(f"(states) => states.map({FRAME})", states), strict=True):
        frame = view.frame(state)
        assert_same(computed["frame"], frame)
        assert computed["words"] == view.describe(frame)


def test_the_dot_that_is_clicked_is_chosen_and_its_cell_is_drawn(page: Page) -> None:
    for cell, x, y in page.locator("circle.dot").evaluate_all(DOTS)[50:600:180]:
        page.mouse.click(x, y)
        assert chosen(page) == cell
        expect(page.locator(".head")).to_contain_text(f"Cell {cell}: rank ")
        names = [c.operation for kind in ("normal", "reduce") for c in getattr(LESSON.cells[cell], kind).connections]
        drawn = page.locator(".dartslab-edge").evaluate_all("(edges) => edges.map((edge) => edge.dataset.operation)")
        assert drawn == names


def test_arrows_go_from_dot_to_dot_and_tab_passes_all_of_them_at_once(page: Page) -> None:
    cloud = page.locator(".cloud")
    cloud.focus()
    page.keyboard.press("ArrowRight")
    assert chosen(page) == 301  # by parameters
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert chosen(page) == 299
    rank = TruthExplorer(whole()).canvas.data["ranks"]
    page.keyboard.press("Home")
    assert rank[chosen(page)] == 1
    page.keyboard.press("ArrowDown")  # the smallest loss is the lowest dot
    assert rank[chosen(page)] == 1
    page.keyboard.press("ArrowUp")
    assert rank[chosen(page)] == 2
    page.keyboard.press("End")
    assert rank[chosen(page)] == 625
    page.keyboard.press("Tab")
    assert not cloud.evaluate("(node) => node.contains(document.activeElement)")


def test_a_drag_moves_the_choice_and_a_dot_that_is_pointed_at_is_told(page: Page) -> None:
    box = page.locator(".cloud").bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 280)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 120, steps=5)
    page.mouse.up()
    assert chosen(page) > 350
    _, x, y = page.locator("circle.dot").evaluate_all(DOTS)[0]
    page.mouse.move(x, y)
    expect(page.locator("circle.pointed")).to_have_count(1)
    expect(page.locator(".told")).to_contain_text("rank ")
    page.mouse.move(5, 5)
    expect(page.locator(".told")).to_have_text("")


def test_an_operation_lights_up_its_cells_anywhere_or_on_the_edge_that_is_pressed(page: Page) -> None:
    page.locator("select[name=operation]").select_option("skip_connect")
    expect(page.locator("circle.lit")).to_have_count(625 - 4**4)
    expect(page.locator(".brush")).to_contain_text("skip_connect on any edge: 369 cells with it, mean ")
    expect(page.locator("line.mean")).to_have_count(2)
    edge = page.locator('figure[data-kind="reduce"] .dartslab-edge').first
    edge.click()
    operation = edge.get_attribute("data-operation")
    expect(page.locator("circle.lit")).to_have_count(125)
    expect(page.locator(".brush")).to_contain_text(f"{operation} on 0 → 2 of the reduction cell: 125 cells with it")
    expect(edge).to_have_attribute("aria-pressed", "true")
    edge.press("Enter")  # it stays chosen, as in a CellBuilder
    expect(page.locator("circle.lit")).to_have_count(125)
    edge.press("Escape")  # nothing is lit, and no edge is left chosen
    expect(page.locator("circle.lit, circle.dim")).to_have_count(0)
    page.locator("select[name=operation]").select_option(operation)
    expect(page.locator(".brush")).not_to_contain_text("0 → 2")
    page.locator("select[name=operation]").select_option("all operations")
    edge.focus()
    expect(edge).to_be_focused()
    edge.press("ArrowDown")
    lit = page.locator("circle.lit")
    expect(lit).to_have_count(125)
    page.keyboard.press("Enter")
    expect(lit).to_have_count(125)
    page.locator(".dartslab-edge.selected").click()  # once more: nothing is lit
    expect(page.locator("circle.lit, circle.dim")).to_have_count(0)


def test_numbers_stay_with_their_words_at_the_end_of_a_line(page: Page) -> None:
    assert re.search(r"\(95\xa0%:\xa0\d+\xa0to\xa0\d+\)", page.locator(".best-words").inner_text())
    assert re.search(r"\(95\xa0%:\xa0\d+\xa0to\xa0\d+\)", page.locator(".head").inner_text())
    page.locator("select[name=operation]").select_option("skip_connect")
    assert re.search(r"mean\xa0\d\.\d+", page.locator(".brush").inner_text())


def test_found_cells_have_a_sign_for_each_method_with_their_seeds(page: Page) -> None:
    expect(page.locator(".mark.found")).to_have_count(5)  # two searches of darts found cell 3
    labels = page.locator("text.mine").all_text_contents()
    assert {"0, 1", "2", "0", "1", "best"} <= set(labels)
    expect(page.locator(".dartslab-key")).to_contain_text("darts, seed 0, 1, 2")
    page.locator("select[name=cell]").evaluate("node => node.closest('details').open = true")
    page.locator("select[name=cell]").select_option(label="3")
    expect(page.locator(".head")).to_contain_text("found by darts seed 0, 1; gdas seed 0")


def test_one_seed_shows_another_winner_than_the_estimate(page: Page) -> None:
    best = page.locator(".best-words")
    names = ("estimate", "seed 0", "seed 1", "seed 2")
    ranks = []
    for way in names:
        page.locator("select[name=way]").select_option(way)
        expect(best).to_contain_text(f"Best by test loss, {way}: cell ")
        ranks.append(int(best.inner_text().split("rank ")[1].split(" of")[0]))
    assert ranks[0] == 1 and max(ranks) > 1


def test_the_code_that_builds_a_cell_is_shown_and_follows_the_choice(page: Page) -> None:
    button = page.locator("button[name=build]")
    button.click()
    code = page.locator(".code pre")
    expect(code).to_contain_text('TruthExplorer("lesson", cell=300).builder()')
    page.locator(".cloud").press("ArrowRight")
    expect(code).to_contain_text("cell=301")
    button.click()
    expect(code).to_be_hidden()


def test_a_partial_table_says_so_on_its_face(page_of, tmp_path: Path) -> None:
    rows = [row for row in whole().rows() if row["cell"] < 50]
    view = TruthExplorer(TruthTable.from_rows(LESSON, rows, {}), [found()[0], found()[4]])
    page = page_of(view.export_html(tmp_path / "truth.html"))
    expect(page.locator(".dartslab-notice")).to_contain_text("not complete: 50 of 625 cells with 3 seeds or more")
    expect(page.locator(".dartslab-key")).to_contain_text("gdas, seed 1 (not trained yet: 1)")
    expect(page.locator("circle.dot")).to_have_count(50)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("width", "highest"), [(914, 560), (560, 1000)])
def test_it_fits_whatever_is_chosen(page_of, exported: Path, width: int, highest: int, scheme: str) -> None:
    look = {"viewport": {"width": width + 32, "height": 700}, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = page_of(exported, **look)
    size = "() => [document.querySelector('#view').offsetHeight, document.documentElement.scrollWidth]"
    heights = set()
    for against, operation in (("parameters", "all operations"), ("rank", "skip_connect"), ("rank", "sep_conv_3x3")):
        page.locator("select[name=against]").select_option(against)
        page.locator("select[name=operation]").select_option(operation)
        for _ in range(2):
            page.locator("button[name=build]").click()
            high, across = page.evaluate(size)
            assert high <= highest and across <= width + 32
            heights.add((operation, high))
    assert len(heights) == 3  # the same with the code of a cell as with its numbers
    letters = "all => all.map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
    assert min(page.locator(".stairs text").evaluate_all(letters)) >= 10


@pytest.mark.parametrize("width", [946, 592])
def test_what_is_behind_more_covers_neither_the_rank_nor_the_button(page_of, exported: Path, width: int) -> None:
    page = page_of(exported, viewport={"width": width, "height": 900})
    page.locator(".dartslab-more summary").click()
    sheet = page.locator(".dartslab-sheet").bounding_box()
    for part in (".cell-side .head", "button[name=build]"):
        assert sheet["y"] + sheet["height"] <= page.locator(part).bounding_box()["y"], part
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= width


def test_the_cross_of_the_best_cell_does_not_touch_its_word(page_of, tmp_path: Path) -> None:
    page = page_of(TruthExplorer().export_html(tmp_path / "truth.html"), viewport={"width": 946, "height": 700})
    cross = page.locator("path.best").bounding_box()
    word = page.locator("text.mine", has_text="best").bounding_box()
    aside = max(cross["x"] - word["x"] - word["width"], word["x"] - cross["x"] - cross["width"])
    above = max(cross["y"] - word["y"] - word["height"], word["y"] - cross["y"] - cross["height"])
    assert max(aside, above) >= 2  # from the halo of the letters


def test_a_notebook_and_its_page_show_the_same(notebook) -> None:
    nb = notebook("truth", ["from dartslab.widgets import TruthExplorer\nview = TruthExplorer()\nview"])
    nb.run()
    cloud = nb.page.locator(".cloud")
    cloud.press("End")
    worst = nb.python("print(view.controls['cell'].options[-1])")
    nb.until(lambda: nb.python("print(view.settings['cell'])") == worst)
    nb.python("view.controls['operation'].value = 'dil_conv_3x3'; view.controls['way'].value = 'seed 2'")
    expect(nb.page.locator(".dartslab-words")).to_have_text(nb.python("print(view.text)"))
    assert nb.python("print(view.builder().value == view.genotype)") == "True"


def test_rings_of_the_focus_lie_inside_what_has_it(page: Page) -> None:
    """Outside they would be cut off, or lie on what stands beside."""
    outside = """node => {
      const { outlineOffset, outlineWidth } = getComputedStyle(node);
      return parseFloat(outlineOffset) + parseFloat(outlineWidth);
    }"""
    page.locator("button[name=build]").focus()
    page.keyboard.press("Tab")  # past the drawing itself, which has nothing to press
    assert page.evaluate("() => document.activeElement.classList.contains('dartslab-edge')")
    for part in (".cloud", ".dartslab-edge", ".dartslab-more summary"):
        node = page.locator(part).first
        node.focus()
        page.keyboard.press("Shift")  # a key: now the focus is to be seen
        assert node.evaluate("node => node.matches(':focus-visible')")
        assert node.evaluate(outside) <= 0, part
