"""Replay in JupyterLab, and as a page of its own."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

import tiny
from dartslab import Record, Recorder, SearchState, search
from dartslab.experiment import folder
from dartslab.widgets import Replay
from lab import SCHEMES, Notebook

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
    first, second = replay.page.locator(".dartslab-run").all()
    assert first.bounding_box()["y"] == second.bounding_box()["y"]


def test_a_bookmark_leads_to_the_step_at_which_the_cell_changed(replay: Notebook) -> None:
    replay.page.locator(".dartslab-controls select").select_option(index=2)
    step = int(replay.python("print(replay.bookmarks.value)"))
    expect(replay.page.locator(f'.dartslab-run[data-step="{step}"]')).to_have_count(2)


def test_an_exported_page_works_from_the_disk_and_agrees_with_python(record: Record, page_of, tmp_path: Path) -> None:
    view = Replay(record)
    page = page_of(view.export_html(tmp_path / "replay.html"), reduced_motion="reduce")
    run = page.locator(".dartslab-run")
    expect(run).to_have_attribute("data-step", "20")
    slider = page.locator("input[name=step]")
    slider.focus()
    for _ in range(7):
        slider.press("ArrowLeft")
    expect(run).to_have_attribute("data-step", "13")
    view.controls["step"].value = 13
    (cell, _) = view.canvas.frame["runs"][0]["cells"]
    kept = page.locator('.dartslab-weights .kind[data-kind="normal"] text.weight').all_text_contents()
    told = {number: float(text) for number, text in enumerate(kept) if text}  # the leading ones are written
    assert len(told) >= len(cell["edges"])
    assert list(told.values()) == pytest.approx(np.ravel(cell["weights"])[list(told)], abs=0.0051)
    expect(page.get_by_role("group")).to_have_attribute("aria-label", view.text)
    page.get_by_label("go to").select_option(index=1)
    expect(run).to_have_attribute("data-step", "1")
    slider.focus()
    slider.press("ArrowRight")
    assert json.loads(page.locator(".dartslab-canvas").get_attribute("data-settings")) == {"step": 2}


FIRST_SEARCH = Path(__file__).parents[2] / "figures" / "runs" / "first_search"
LARGE, OTHER = (Path(folder.recorded_experiment()) / f"search-{seed}" for seed in (0, 1))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("runs", "width", "highest"),
    [
        ([FIRST_SEARCH], 900, 560),
        ([FIRST_SEARCH], 560, 1000),
        ([FIRST_SEARCH, FIRST_SEARCH], 900, 560),
        ([FIRST_SEARCH, FIRST_SEARCH], 560, 1300),
        ([LARGE], 900, 560),
        ([LARGE], 560, 1100),
        ([LARGE, OTHER], 900, 560),
        ([LARGE, OTHER], 560, 1300),
    ],
)
def test_it_fits(page_of, tmp_path: Path, runs: list[Path], width: int, highest: int, scheme: str) -> None:
    look = {"viewport": {"width": width + 32, "height": 700}, "color_scheme": scheme}
    page = page_of(Replay(*runs).export_html(tmp_path / "replay.html"), **look)
    expect(page.locator(".dartslab-strip polyline")).to_have_count(6 * len(runs))
    box = page.locator("#view").bounding_box()
    assert box["width"] == width and box["height"] <= highest
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 32


@pytest.fixture(scope="module")
def measured() -> Record:
    config = tiny.search_config(
        hypergradient="first_order", nodes=2, instruments=("lambda_max", "skips", "gradient_cosine"), measure_every=2
    )
    recorder = Recorder(SearchState.create(config, tiny.pictures()))
    list(recorder.watch(search(recorder.state)))
    return recorder.record


@pytest.mark.parametrize(("count", "width", "highest"), [(1, 900, 560), (1, 560, 1000), (2, 900, 600), (2, 560, 1300)])
def test_a_curve_of_an_instrument_stands_where_it_was_told_how_undecided_edges_are(
    measured: Record, page_of, tmp_path: Path, count: int, width: int, highest: int
) -> None:
    page = page_of(
        Replay(*[measured] * count).export_html(tmp_path / "replay.html"), viewport={"width": width + 32, "height": 700}
    )
    strip, choice = page.locator(".dartslab-strip").first, page.locator("select[name=curve]")
    expect(strip.locator("polyline")).to_have_count(4 + 2)
    high = page.locator("#view").bounding_box()["height"]
    choice.select_option(label="lambda max")
    expect(strip.locator("polyline")).to_have_count(4 + 1)
    expect(strip.locator(".labels")).to_contain_text("lambda max")
    numbers = measured.columns["instrument.lambda_max"]
    last = float(strip.locator(".values span").nth(-2).inner_text())
    assert last == pytest.approx(numbers[-1], rel=0.06)
    page.locator("input[name=step]").fill("4")
    expect(page.locator(".dartslab-run").first).to_have_attribute("data-step", "4")
    assert float(strip.locator(".values span").nth(-2).inner_text()) == pytest.approx(numbers[3], rel=0.06)
    choice.select_option(label="gradient cosine")
    expect(strip.locator(".values")).to_contain_text("sep 3×3")
    edge = strip.bounding_box()["x"]
    assert all(label.bounding_box()["x"] >= edge for label in strip.locator(".labels span").all())  # not cut off
    assert page.locator("#view").bounding_box()["height"] == high <= highest
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 32
    choice.select_option(label="undecided")
    expect(strip.locator("polyline")).to_have_count(4 + 2)
    expect(strip.locator(".labels")).to_contain_text("undecided")


def test_two_runs_stand_side_by_side_and_their_tables_unfold(page_of, tmp_path: Path) -> None:
    page = page_of(Replay(FIRST_SEARCH, FIRST_SEARCH).export_html(tmp_path / "replay.html"))
    left, right = (page.locator(".dartslab-run").nth(i).bounding_box() for i in (0, 1))
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    table = page.locator(".dartslab-weights").first
    expect(table).to_be_hidden()
    page.locator(".dartslab-numbers summary").first.click()
    expect(table).to_be_visible()


@pytest.mark.parametrize("runs", [[FIRST_SEARCH], [LARGE, OTHER]], ids=["one", "two of the large space"])
def test_an_edge_that_is_chosen_is_told_and_nothing_moves(page_of, tmp_path: Path, runs: list[Path]) -> None:
    page = page_of(Replay(*runs).export_html(tmp_path / "replay.html"), viewport={"width": 932, "height": 1400})
    if len(runs) > 1:  # one table or graph at a time, the same in both runs
        page.get_by_role("button", name="mixing weights").first.click()
        expect(page.get_by_role("button", name="mixing weights").last).to_have_attribute("aria-pressed", "true")
    line, table = page.locator(".dartslab-line").last, page.locator(".dartslab-weights").last
    facts, place = line.inner_text(), table.bounding_box()
    table.focus()
    page.keyboard.press("ArrowDown")
    told = line.locator("span:not(.behind)").inner_text()
    assert told.startswith("normal cell, edge 0→2: ")
    assert not re.search(r" (\d+\.\d|\d×\d)", told)  # numbers stay with their words
    assert table.bounding_box() == place
    page.keyboard.press("Escape")
    assert (line.inner_text(), table.bounding_box()) == (facts, place)


def test_a_drag_over_the_curves_moves_the_step(page_of, tmp_path: Path) -> None:
    page = page_of(Replay(FIRST_SEARCH).export_html(tmp_path / "replay.html"))
    plot = page.locator(".dartslab-strip .plot").bounding_box()
    page.mouse.move(plot["x"] + 5, plot["y"] + 60)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] / 2, plot["y"] + 60, steps=4)
    page.mouse.up()
    step = int(page.locator("input[name=step]").input_value())
    assert 65 <= step <= 76
    expect(page.locator(".dartslab-run")).to_have_attribute("data-step", str(step))


@pytest.mark.parametrize("moves", ["slider", "curves"])
def test_a_person_who_moves_the_step_while_it_plays_pauses_it(page_of, tmp_path: Path, moves: str) -> None:
    page = page_of(Replay(FIRST_SEARCH).export_html(tmp_path / "replay.html"))
    page.get_by_role("button", name="play").click()
    expect(page.get_by_role("button", name="pause")).to_be_visible()
    part = page.locator("input[name=step]" if moves == "slider" else ".dartslab-strip .plot")
    part.click(position={"x": part.bounding_box()["width"] / 2, "y": 8})
    expect(page.get_by_role("button", name="play")).to_be_visible()


def test_what_one_of_two_large_runs_shows_is_chosen_with_arrows(page_of, tmp_path: Path) -> None:
    page = page_of(Replay(LARGE, OTHER).export_html(tmp_path / "replay.html"), viewport={"width": 932, "height": 700})
    both, panels = page.locator(".dartslab-tabs"), page.locator(".dartslab-panels")
    both.first.get_by_role("button", name="normal cell").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    for run in range(2):
        expect(both.nth(run).get_by_role("button", name="reduction cell")).to_have_attribute("aria-pressed", "true")
        expect(panels.nth(run).locator('.dartslab-lanes [data-kind="reduce"]')).to_be_visible()
        expect(panels.nth(run).locator('.dartslab-lanes [data-kind="normal"]')).to_be_hidden()


@pytest.mark.parametrize(("kind", "name"), [("normal", "normal cell"), ("reduce", "reduction cell")])
def test_arrows_move_over_the_edges_of_the_graph_that_is_shown(page_of, tmp_path: Path, kind: str, name: str) -> None:
    page = page_of(Replay(LARGE, OTHER).export_html(tmp_path / "replay.html"), viewport={"width": 932, "height": 700})
    tab = page.locator(".dartslab-tabs").first.get_by_role("button", name=name)
    tab.click()
    page.keyboard.press("Tab")
    graph = page.locator(f'.dartslab-lanes:has([data-kind="{kind}"])').first
    expect(graph).to_be_focused()
    expect(graph).to_have_attribute("aria-label", f"{name}; arrows up and down choose an edge")
    line = page.locator(".dartslab-line").first
    page.keyboard.press("ArrowDown")
    expect(line).to_contain_text(f"{name}, edge 0→2: ")
    expect(graph).to_have_attribute("aria-label", line.locator("span").last.inner_text().replace("\xa0", " "))
    page.keyboard.press("ArrowUp")  # once round: none, then the last one
    page.keyboard.press("ArrowUp")
    expect(line).to_contain_text(f"{name}, edge 4→5: ")
    page.keyboard.press("Tab")
    expect(line).not_to_contain_text("edge 4→5: ")


def test_with_less_motion_it_stands_still_at_once(page_of, tmp_path: Path) -> None:
    page = page_of(Replay(FIRST_SEARCH).export_html(tmp_path / "replay.html"), reduced_motion="reduce")
    page.locator("input[name=step]").fill("40")
    expect(page.locator(".dartslab-run")).to_have_attribute("data-step", "40")
    margins = "() => [...document.querySelectorAll('.dartslab-weights .lead')].map((one) => one.textContent)"
    once = page.evaluate(margins)
    page.wait_for_timeout(300)
    assert page.evaluate(margins) == once


def test_it_plays_in_the_page(page_of, tmp_path: Path) -> None:
    page = page_of(Replay(FIRST_SEARCH).export_html(tmp_path / "replay.html"))
    page.get_by_role("button", name="play").click()  # from the beginning, where it stands at the end
    page.wait_for_function(
        "() => [5, 6, 7, 8, 9].includes(Number(document.querySelector('.dartslab-run').dataset.step))"
    )
    page.get_by_role("button", name="pause").click()
    expect(page.get_by_role("button", name="play")).to_be_visible()


def test_an_exported_page_shows_its_picture_where_no_script_runs(record: Record, page_of, tmp_path: Path) -> None:
    page = page_of(Replay(record).export_html(tmp_path / "replay.html"), java_script_enabled=False)
    expect(page.get_by_role("img")).to_be_visible()


def test_the_graph_names_what_is_derived_also_where_rounded_weights_are_equal(page_of, tmp_path: Path) -> None:
    config = tiny.search_config(hypergradient="first_order", method="pc-darts", nodes=2, channels=4, alpha_scale=1e-5)
    recorder = Recorder(SearchState.create(config, tiny.pictures()))
    list(itertools.islice(recorder.watch(search(recorder.state)), 1))  # alpha waits
    page = page_of(
        Replay(recorder.record).export_html(tmp_path / "replay.html"), viewport={"width": 1000, "height": 700}
    )
    rows = {(edge.source, edge.target): row for row, edge in enumerate(config.space.edges)}
    for kind, cell in recorder.record.genotype().cells.items():
        graph = page.locator(f'.dartslab-lanes [data-kind="{kind}"]')
        for one in cell.connections:
            top = graph.locator(f'[data-edge="{rows[one.predecessor, one.node]}"] > g:last-child path').first
            expect(top).to_have_attribute("data-operation", one.operation)


def test_no_room_is_left_below_the_cell_of_one_node(page_of, tmp_path: Path) -> None:
    recorder = Recorder(SearchState.create(tiny.search_config(hypergradient="first_order", nodes=1), tiny.pictures()))
    list(recorder.watch(search(recorder.state)))
    page = page_of(Replay(recorder.record).export_html(tmp_path / "replay.html"))
    drawn = "all => all.map((cell) => cell.getBoundingClientRect().toJSON())"  # without the wide areas for the pointer
    above, below = page.locator(".dartslab-lanes [data-kind]").evaluate_all(drawn)
    assert 0 <= below["top"] - above["bottom"] < 25


@pytest.mark.parametrize("nodes", [1, 2, 3, 4])
def test_words_beside_the_ribbons_do_not_lie_on_each_other(page_of, tmp_path: Path, nodes: int) -> None:
    recorder = Recorder(
        SearchState.create(tiny.search_config(hypergradient="first_order", nodes=nodes), tiny.pictures())
    )
    list(recorder.watch(search(recorder.state)))
    page = page_of(
        Replay(recorder.record).export_html(tmp_path / "replay.html"), viewport={"width": 1000, "height": 700}
    )
    for side in ("labels", "values"):
        words = page.locator(f".dartslab-strip .{side} span").all()
        places = sorted(
            (box["y"], word.inner_text()) for word in words if (box := word.bounding_box()) and box["width"]
        )
        for (above, first), (below, second) in itertools.pairwise(places):
            assert below - above > 10, f"{first!r} and {second!r}"
