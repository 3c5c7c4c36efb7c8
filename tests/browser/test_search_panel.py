"""SearchPanel in JupyterLab: real clicks, real keys, a search that really trains."""

import re

import pytest
from playwright.sync_api import expect

from lab import Notebook, press

MAKE = """import tiny
from dartslab import SearchState
from dartslab.widgets import SearchPanel
search = SearchState.create(tiny.search_config(nodes=2, epochs=2000, hypergradient="first_order"), tiny.pictures())
panel = SearchPanel(search)
panel"""


def wait_for_status(nb: Notebook, status: str) -> None:
    expect(nb.page.locator(".dartslab-status")).to_have_attribute("data-status", status)


def open_more(nb: Notebook) -> None:
    press(nb.page.locator(".dartslab-more > summary"))


def shown_step(nb: Notebook) -> int:
    return int(nb.view().get_attribute("data-step"))


@pytest.fixture
def panel(notebook) -> Notebook:
    """A panel that nobody has touched, made by running the cell anew."""
    nb = notebook("panel", [MAKE])
    nb.run()
    wait_for_status(nb, "ready")
    return nb


@pytest.fixture
def own_panel(notebook) -> Notebook:
    """A panel in a notebook and a kernel of its own."""
    nb = notebook("own", [MAKE], alone=True)
    nb.run()
    wait_for_status(nb, "ready")
    return nb


def test_it_shows_the_tables_the_curves_and_the_graph(panel: Notebook) -> None:
    expect(panel.page.locator(".dartslab-weights .kind")).to_have_count(2)
    expect(panel.page.locator(".dartslab-weights rect[data-edge]")).to_have_count(2 * 5 * 4)
    expect(panel.page.locator(".dartslab-lanes path[data-operation]")).to_have_count(2 * 5 * 4)
    expect(panel.page.locator(".dartslab-lanes text", has_text="normal cell")).to_have_count(1)
    expect(panel.page.locator(".dartslab-strip polyline")).to_have_count(2)  # how undecided both cells are
    press(panel.button("step"))
    expect(panel.page.locator(".dartslab-strip polyline")).to_have_count(4)  # and training loss and accuracy


PLACES = (
    "() => [...document.querySelectorAll('.dartslab-lanes path[data-operation]')].map((lane) => lane.getAttribute('d'))"
)
WIDTHS = "() => [...document.querySelectorAll('.dartslab-lanes path[data-operation]')].map((e) => e.style.strokeWidth)"
WEIGHTS = "print(*[p for cell in panel.canvas.frame['run']['cells'] for row in cell['weights'] for p in row])"


def test_lanes_are_as_wide_as_mixing_weights_and_stay_where_they_are(panel: Notebook) -> None:
    places, begin = panel.page.evaluate(PLACES), panel.page.evaluate(WIDTHS)
    panel.page.evaluate("() => { document.querySelector('.dartslab-search').dataset.mine = 1; }")
    panel.python("panel.step(12); panel.wait()")
    weights = [float(weight) for weight in panel.python(WEIGHTS).split()]

    def arrived() -> bool:  # it glides there
        widths = [float(width.removesuffix("px")) for width in sorted(panel.page.evaluate(WIDTHS))]
        wanted = sorted(max(0.7, 20 * weight) for weight in weights)
        return sorted(widths) == pytest.approx(wanted, abs=0.06)

    panel.until(arrived)
    assert panel.page.evaluate(WIDTHS) != begin and sorted(panel.page.evaluate(PLACES)) == sorted(places)
    expect(panel.page.locator(".dartslab-search[data-mine]")).to_have_count(1)  # nothing was built anew


def test_an_edge_that_is_pointed_at_is_told_and_arrows_choose_edges(panel: Notebook) -> None:
    line = panel.page.locator(".dartslab-line")
    panel.page.locator('.dartslab-weights .kind[data-kind="reduce"] rect[data-edge="1"]').first.hover(force=True)
    expect(line).to_contain_text("reduction cell, edge 1→2: ")
    panel.page.locator(".dartslab-weights").focus()
    panel.page.keyboard.press("ArrowDown")
    panel.page.keyboard.press("ArrowDown")
    panel.page.mouse.move(0, 0)
    expect(line).to_contain_text("normal cell, edge 1→2: ")
    panel.page.keyboard.press("Escape")
    expect(line).to_contain_text("seed 2")


@pytest.mark.parametrize(("width", "highest"), [(900, 560), (560, 1000)])
def test_it_fits_with_its_controls(panel: Notebook, width: int, highest: int) -> None:
    press(panel.button("step"))
    panel.view().evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
    height, inside = panel.view().evaluate("(node) => [node.offsetHeight, node.scrollWidth]")
    assert height <= highest and inside <= width
    face = panel.page.locator(".dartslab-controls > :not(details)")
    assert face.count() == 5


def test_a_curve_of_an_instrument_is_chosen_behind_more(notebook) -> None:
    own = MAKE.replace(
        'hypergradient="first_order"', 'hypergradient="first_order", instruments=("skips",), measure_every=2'
    )
    nb = notebook("panel", [own], viewport={"width": 1282, "height": 768}, beside_files=True)
    nb.run()
    wait_for_status(nb, "ready")
    names = (".dartslab-controls button", ".dartslab-more summary")
    boxes = [nb.page.locator(name).first.bounding_box() for name in names]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert abs(middles[0] - middles[1]) < 12  # as without instruments: everything in one row
    open_more(nb)
    nb.page.locator("select[name=curve]").select_option(label="skips")
    expect(nb.page.locator(".dartslab-strip .labels")).to_contain_text("not measured")
    nb.python("panel.step(4); panel.wait()")
    expect(nb.page.locator(".dartslab-strip .labels")).to_contain_text("skips")
    share = float(nb.python("print(panel.record.columns['instrument.skips.normal'][-1])"))
    expect(nb.page.locator(".dartslab-strip .values")).to_contain_text(f"normal {share:g}")


def test_play_pause_and_exactly_three_single_steps(panel: Notebook) -> None:
    press(panel.button("play"))
    wait_for_status(panel, "running")
    panel.page.wait_for_function("() => Number(document.querySelector('.dartslab-canvas')?.dataset.step) >= 3")
    press(panel.button("pause"))
    wait_for_status(panel, "paused")
    before = shown_step(panel)
    assert before == int(panel.python("print(search.step)"))
    for _ in range(3):
        press(panel.button("step"))
    expect(panel.view()).to_have_attribute("data-step", str(before + 3))
    wait_for_status(panel, "paused")
    assert int(panel.python("print(search.step, end='')")) == before + 3


def test_the_learning_rate_of_alpha_changes_while_it_runs(panel: Notebook) -> None:
    press(panel.button("play"))
    wait_for_status(panel, "running")
    handle = panel.slider()
    handle.focus()
    for _ in range(5):
        handle.press("ArrowRight")
    panel.page.wait_for_function("() => !document.querySelector('.dartslab-line').textContent.includes('alpha 0.05 ')")
    press(panel.button("pause"))
    wait_for_status(panel, "paused")
    press(panel.button("step"))
    wait_for_status(panel, "paused")
    slider, used, group = panel.python(
        "print(panel.controls['alpha_learning_rate'].value, search.config.alpha_learning_rate,"
        " search.alpha_optimizer.param_groups[0]['lr'])"
    ).split()
    assert float(slider) == float(used) == float(group) > 0.05
    rates = panel.python("print(*panel.record.columns['alpha_learning_rate'])").split()
    assert float(rates[0]) == 0.05 and float(rates[-1]) == float(used)


def test_stop_ends_the_thread_and_play_begins_where_it_ended(panel: Notebook) -> None:
    press(panel.button("play"))
    wait_for_status(panel, "running")
    open_more(panel)
    press(panel.button("stop"))
    wait_for_status(panel, "stopped")
    assert panel.python("print(panel.live.worker.join(30))") == "True"
    stopped = shown_step(panel)
    press(panel.button("play"))
    panel.page.wait_for_function(f"() => Number(document.querySelector('.dartslab-canvas')?.dataset.step) > {stopped}")
    press(panel.button("reset"))
    wait_for_status(panel, "ready")
    assert panel.python("print(search.step, len(panel.record))") == "0 0"


def test_everything_can_be_done_from_the_keyboard(panel: Notebook) -> None:
    panel.button("play").focus()
    panel.page.keyboard.press("Enter")
    wait_for_status(panel, "running")
    expect(panel.button("play")).to_be_focused()
    panel.page.keyboard.press("Tab")
    expect(panel.button("pause")).to_be_focused()
    panel.page.keyboard.press("Space")
    wait_for_status(panel, "paused")
    before = shown_step(panel)
    panel.page.keyboard.press("Tab")
    panel.page.keyboard.press("Enter")
    expect(panel.view()).to_have_attribute("data-step", str(before + 1))
    for _ in ("rate of alpha", "temperature", "more"):
        panel.page.keyboard.press("Tab")
    panel.page.keyboard.press("Enter")
    panel.page.keyboard.press("Tab")  # step epoch
    panel.page.keyboard.press("Enter")
    panel.page.wait_for_function("() => Number(document.querySelector('.dartslab-canvas')?.dataset.step) % 4 === 0")
    panel.page.keyboard.press("Tab")  # reset
    panel.page.keyboard.press("Enter")
    wait_for_status(panel, "ready")
    panel.page.keyboard.press("Escape")
    expect(panel.button("reset")).to_be_hidden()


def test_the_words_follow_the_state(panel: Notebook) -> None:
    stage = panel.page.get_by_role("group", name=re.compile("step 0 of 8000"))
    expect(stage).to_have_count(1)
    press(panel.button("step"))
    expect(panel.page.get_by_role("group", name=re.compile("step 1 of 8000"))).to_have_count(1)
    expect(panel.page.locator(".dartslab-words")).to_contain_text("step 1 of 8000")


def test_running_the_cell_anew_stops_the_earlier_run(panel: Notebook) -> None:
    press(panel.button("play"))
    wait_for_status(panel, "running")
    panel.python("first = panel")
    panel.run()
    wait_for_status(panel, "ready")
    assert panel.python("print(first is panel, first.status, first.live.worker.alive)") == "False stopped False"


def test_an_exception_is_shown_and_the_kernel_goes_on(panel: Notebook) -> None:
    panel.python("net, search.net = search.net, None")
    press(panel.button("play"))
    wait_for_status(panel, "failed")
    expect(panel.page.get_by_role("alert")).to_contain_text("object has no attribute 'named_parameters'")
    assert panel.python("search.net = net; print(6 * 7)") == "42"
    press(panel.button("step"))
    wait_for_status(panel, "paused")
    assert shown_step(panel) == 1


def test_run_all_waits_where_it_is_told_to(notebook) -> None:
    nb = notebook(
        "run_all",
        [MAKE, "panel.step(4)\npanel.wait()", "print(search.step)"],
    )
    nb.run()
    expect(nb.page.locator(".jp-OutputArea-output pre", has_text=re.compile("^4\\s*$"))).to_have_count(1)


def test_buttons_answer_while_a_cell_awaits_the_end(notebook) -> None:
    nb = notebook("await", [MAKE, "panel.play()\nawait panel.done()\nprint('ended', panel.status)"])
    nb.run()
    wait_for_status(nb, "running")
    open_more(nb)
    press(nb.button("stop"))
    expect(nb.page.locator(".jp-OutputArea-output pre", has_text="ended stopped")).to_have_count(1)


def test_a_saved_notebook_shows_the_last_picture_when_it_is_opened_without_a_kernel(own_panel: Notebook) -> None:
    press(own_panel.button("step"))
    expect(own_panel.view()).to_have_attribute("data-step", "1")
    picture = own_panel.page.locator(".jp-RenderedImage img")
    expect(picture).to_be_hidden()  # while the live view is there
    own_panel.python("panel.settle()")
    own_panel.save()
    pictures = [output for output in own_panel.outputs() if "image/png" in output.get("data", {})]
    assert len(pictures) == 1 and "step 1 of 8000" in pictures[0]["metadata"]["image/png"]["alt"]
    own_panel.page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    own_panel.open()
    expect(picture).to_be_visible()
    own_panel.complaints.clear()  # Lab itself reports that the model of the view is gone


def test_a_frozen_view_is_its_picture(own_panel: Notebook) -> None:
    own_panel.python("panel.freeze()")
    expect(own_panel.page.locator(".jp-RenderedImage img")).to_be_visible()
    expect(own_panel.page.locator(".dartslab-canvas")).to_have_count(0)


def test_a_notebook_that_is_left_while_training_finds_its_search_again(own_panel: Notebook) -> None:
    press(own_panel.button("play"))
    wait_for_status(own_panel, "running")
    own_panel.save()
    own_panel.open()
    own_panel.page.wait_for_function("() => Number(document.querySelector('.dartslab-canvas')?.dataset.step) > 5")
    press(own_panel.button("pause"))
    wait_for_status(own_panel, "paused")


LOSE = """() => {
  const { send } = WebSocket.prototype;
  window.lost = 0;
  WebSocket.prototype.send = function (data) {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    if (!window.lost && text.includes('"set":{"step":true}')) window.lost += 1;
    else send.call(this, data);
  };
}"""


def test_a_press_that_is_lost_on_its_way_is_sent_again_and_counts_once(panel: Notebook) -> None:
    panel.page.evaluate(LOSE)
    press(panel.button("step"))
    wait_for_status(panel, "paused")
    assert panel.page.evaluate("() => window.lost") == 1
    press(panel.button("step"))
    panel.page.wait_for_function("() => document.querySelector('.dartslab-canvas').dataset.step === '2'")
    assert panel.python("print(panel.live.worker.done)") == "2"


def test_a_value_that_python_gives_a_slider_stays_exactly_that_value(panel: Notebook) -> None:
    panel.python("panel.controls['temperature'].value = 0.3")
    expect(panel.page.locator(".dartslab-controls output").nth(1)).to_have_text("0.3")
    for _ in range(2):
        press(panel.button("step"))
        wait_for_status(panel, "paused")
    panel.page.wait_for_function("() => document.querySelector('.dartslab-canvas').dataset.step === '2'")
    assert (
        panel.python("print(panel.controls['temperature'].value, panel.live.history)")
        == "0.3 [(0, 'temperature', 0.3)]"
    )
