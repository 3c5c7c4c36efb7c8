"""CellBuilder in a real JupyterLab: built with the mouse, built with the keyboard, and nothing drawn over anything."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from lab import Notebook, at_rest, press

BEGIN = "from dartslab.widgets import CellBuilder\nbuilder = CellBuilder({})\nbuilder"
TELL = "print([tuple(c) for c in builder.value.normal.connections], builder.value.reduce.connections)"
# Boxes of texts, of states and of the whole drawing, in pixels of the screen.
BOXES = """(svg) => {
  const box = (e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  const all = (selector) => [...svg.querySelectorAll(selector)].map(box);
  const texts = [...all(".dartslab-edge .label"), ...all(".dartslab-edge .name")];
  return { texts, states: all(".state"), whole: box(svg) };
}"""

LETTERS = """(all) => all.map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""


def builder(notebook: Callable[..., Notebook], name: str, arguments: str = "", **look: object) -> Notebook:
    opened = notebook(name, [BEGIN.format(arguments)], **look)
    opened.run()
    opened.view().wait_for()
    return opened


def edge(opened: Notebook, name: str) -> Locator:
    return opened.view().locator(f'.dartslab-edge[aria-label^="edge {name}:"]')


def put(opened: Notebook, operation: str) -> Locator:
    return opened.view().locator(f'.dartslab-palette button:has-text("{operation}")')


def apart(a: list[float], b: list[float]) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("width", [1300, 700, 400])
def test_full_cells_are_drawn_without_overlaps(notebook: Callable[..., Notebook], width: int) -> None:
    opened = builder(notebook, f"builder-{width}", viewport={"width": width, "height": 1000})
    opened.python("builder.cells = {kind: '7' * 14 for kind in builder.cells}")
    stairs = opened.view().locator(".dartslab-stairs")
    expect(stairs.locator(".dartslab-edge .label")).to_have_count(14)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        opened.theme(theme)
        boxes = stairs.evaluate(BOXES)
        texts, others = boxes["texts"], boxes["texts"] + boxes["states"]
        assert len(texts) == 28
        assert all(apart(text, other) for text in texts for other in others if text is not other)
        left, top, right, bottom = boxes["whole"]
        assert all(b[0] >= left and b[1] >= top and b[2] <= right and b[3] <= bottom for b in others)


def test_a_cell_is_built_with_the_mouse(notebook: Callable[..., Notebook]) -> None:
    opened = builder(notebook, "builder-mouse", "nodes=1")
    expect(opened.view()).to_contain_text("normal cell: node 2 has no input")
    press(put(opened, "sep_conv_3x3"))
    expect(edge(opened, "0 → 2")).to_have_attribute("data-operation", "sep_conv_3x3")
    press(edge(opened, "1 → 2"))
    expect(edge(opened, "1 → 2")).to_have_attribute("aria-pressed", "true")
    expect(opened.page.locator("select[name=edge] option:checked")).to_have_text("1 → 2")
    press(put(opened, "skip_connect"))
    expect(edge(opened, "1 → 2")).to_have_attribute("data-operation", "skip_connect")
    expect(opened.view()).to_contain_text("reduction cell: node 2 has no input")
    press(opened.view().get_by_role("button", name="reduction cell", exact=True))
    expect(opened.view().locator("[data-kind=reduce]")).to_be_visible()  # as a person would: look before clicking again
    press(put(opened, "max_pool_3x3"))
    expect(opened.view()).to_contain_text("Both cells are valid")  # torch is being loaded
    expect(opened.view()).to_contain_text("normal cell: number 24 of the 49 cells")
    press(opened.button("graph"))
    expect(opened.view().locator(".dartslab-drawn svg:visible")).to_have_count(1)  # of the theme that is on
    press(opened.button("staircase"))
    assert opened.python(TELL) == (
        "[(2, 0, 'sep_conv_3x3'), (2, 1, 'skip_connect')] "
        "(Connection(node=2, predecessor=1, operation='max_pool_3x3'),)"
    )
    press(put(opened, "remove"))
    expect(opened.view()).to_contain_text("reduction cell: node 2 has no input")


def test_a_graph_has_letters_of_a_size_to_read_and_is_on_one_screen_with_its_choices(
    notebook: Callable[..., Notebook],
) -> None:
    opened = builder(notebook, "builder-graph", "genotype='DARTS_V2'")
    opened.theme("JupyterLab Light")
    press(opened.button("graph"))
    opened.view().locator(".dartslab-drawn svg.light").wait_for()
    for width in (914, 900):  # a JupyterLab of 1366 x 768 with its list of files
        assert opened.box(width)["height"] <= 560
        letters = opened.view().locator(".dartslab-drawn .light text").evaluate_all(LETTERS)
        assert min(letters) >= 10
    opened.theme("JupyterLab Dark")
    expect(opened.view().locator(".dartslab-drawn .dark")).to_be_visible()
    expect(opened.view().locator(".dartslab-drawn .light")).to_be_hidden()
    opened.theme("JupyterLab Light")  # other tests go on in this notebook


@pytest.mark.parametrize("arguments", ["nodes=1", "nodes=2", "nodes=5", "nodes=1, tied=True"])
def test_a_graph_of_any_size_is_on_one_screen_with_letters_no_larger_than_words(
    notebook: Callable[..., Notebook], arguments: str
) -> None:
    opened = builder(notebook, "builder-graph", arguments)
    opened.python("builder.random.click()")
    press(opened.button("graph"))
    opened.view().locator(".dartslab-drawn svg.light").wait_for()
    assert opened.box(900)["height"] <= 560
    letters = opened.view().locator(".dartslab-drawn .light text").evaluate_all(LETTERS)
    assert max(letters) < 18


def test_a_cell_of_one_node_has_room_for_its_names(notebook: Callable[..., Notebook]) -> None:
    opened = builder(notebook, "builder-one", "nodes=1")
    for operation in opened.python("print(*builder.canvas.data['choices'])").split():
        press(put(opened, operation))
        expect(edge(opened, "0 → 2")).to_have_attribute("data-operation", operation)
        boxes = opened.view().locator(".dartslab-stairs").evaluate(BOXES)
        row = edge(opened, "0 → 2").locator(".area").bounding_box()
        right = row["x"] + row["width"] - 12  # other fonts are wider
        assert all(text[2] <= right for text in boxes["texts"]), operation
    for name in ("input 0", "input 1"):
        word = opened.view().locator(".dartslab-stairs > text", has_text=name)
        box = word.locator("xpath=preceding-sibling::*[1]").bounding_box()
        inside = word.bounding_box()
        assert inside["x"] - box["x"] >= 3 and box["x"] + box["width"] - inside["x"] - inside["width"] >= 3, name


def test_a_cell_is_built_with_the_keyboard_and_the_focus_stays(notebook: Callable[..., Notebook]) -> None:
    opened = builder(notebook, "builder-keys", "nodes=1")
    keys = opened.page.keyboard
    edge(opened, "0 → 2").focus()
    keys.type("dd")  # elsewhere in a notebook this deletes the cell
    expect(edge(opened, "0 → 2")).to_be_focused()
    keys.press("ArrowDown")
    expect(edge(opened, "1 → 2")).to_have_attribute("aria-pressed", "true")
    expect(edge(opened, "1 → 2")).to_be_focused()
    keys.press("Tab")
    keys.press("Space")  # the first button of the palette: all edges are one stop
    expect(edge(opened, "1 → 2")).to_have_attribute("data-operation", "max_pool_3x3")
    expect(put(opened, "max_pool_3x3")).to_be_focused()
    expect(put(opened, "max_pool_3x3")).to_have_attribute("aria-pressed", "true")
    keys.press("ArrowDown")
    expect(put(opened, "avg_pool_3x3")).to_be_focused()
    keys.press("End")
    keys.press("Enter")  # remove
    expect(edge(opened, "1 → 2")).to_have_attribute("data-operation", "nothing")
    expect(put(opened, "remove")).to_be_focused()
    edge_list, operation_list = (opened.page.locator(f"select[name={name}]") for name in ("edge", "operation"))
    press(opened.page.get_by_text("more", exact=True))
    edge_list.focus()
    keys.press("ArrowUp")
    expect(edge(opened, "0 → 2")).to_have_attribute("aria-pressed", "true")
    operation_list.focus()
    keys.press("ArrowDown")
    expect(edge(opened, "0 → 2")).to_have_attribute("data-operation", "max_pool_3x3")
    expect(opened.view().locator(".dartslab-words")).to_contain_text("edge 0 → 2 selected: max_pool_3x3")


def test_a_new_drawing_waits_until_a_click_is_whole(notebook: Callable[..., Notebook]) -> None:
    opened = builder(notebook, "builder-press", "nodes=1")
    (box,) = at_rest(opened.page, put(opened, "skip_connect"))
    opened.page.mouse.move(box["x"] + 5, box["y"] + 5)
    opened.page.mouse.down()
    opened.python("builder.controls['kind'].value = 'reduce'")  # a frame comes in mid-click
    opened.page.mouse.up()
    expect(opened.view()).to_contain_text("reduction cell, edge 0 → 2 selected: skip_connect")


def test_a_click_on_the_name_of_a_state_selects_the_edge_that_runs_under_it(notebook: Callable[..., Notebook]) -> None:
    opened = builder(notebook, "builder-through", "genotype='DARTS_V2'")
    state = opened.view().locator(".dartslab-stairs > rect.state").nth(3)  # node 3, with the edge 1 -> 3 in its middle
    (box,) = at_rest(opened.page, state)
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(edge(opened, "1 → 3")).to_have_attribute("aria-pressed", "true")
