"""Collapse in JupyterLab, and as a page of its own that computes the same."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dartslab.experiment.collapse import VARIANTS
from dartslab.widgets import Collapse
from dartslab.widgets.collapse import recorded_searches
from frames import FRAME, assert_same
from lab import SCHEMES

RECORDED = list(recorded_searches())
FIRST, SECOND, *_ = recorded_searches()["collapse"]  # seeds
CHANGED = [name for name in RECORDED if name != "collapse"]
STOPPED = [name for name in RECORDED if any(one.stopped for one in recorded_searches()[name].values())]

# every switch is pressed; how large the view is then
SIZES = """async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const [found, view] = [{}, document.querySelector("#view")];
  for (const button of document.querySelectorAll(".switches button")) {
    if (button.getAttribute("aria-pressed") !== "true") button.click();
    await drawn();
    const { width, height } = view.getBoundingClientRect();
    found[button.name] = { width, height, across: document.documentElement.scrollWidth };
  }
  return found;
}"""


# how many lines the words of each switch take
LINES = """(buttons) => Object.fromEntries(buttons.map((button) => {
  const range = document.createRange();
  range.selectNodeContents(button);
  return [button.name, new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size];
}))"""


def settings_of(page: Page) -> dict:
    return json.loads(page.locator(".dartslab-canvas").get_attribute("data-settings") or "{}")


def switch(page: Page, name: str):
    return page.locator(f'.switches button[name="{name}"]')


@pytest.fixture
def page(page_of, tmp_path: Path) -> Page:
    return page_of(Collapse().export_html(tmp_path / "collapse.html"), viewport={"width": 946, "height": 700})


def test_the_exported_page_computes_what_python_computes(page_of, tmp_path: Path) -> None:
    view = Collapse()
    page = page_of(view.export_html(tmp_path / "collapse.html"), bypass_csp=True)
    first, last = view.controls["step"].min, view.controls["step"].max
    moments = ((FIRST, last), (SECOND, first), (SECOND, (first + last) // 2))
    for name in RECORDED:
        states = [{"variant": name, "seed": seed, "step": step} for seed, step in moments]
        computed = page.evaluate(f"(states) => states.map({FRAME})", states)
        for state, found in zip(states, computed, strict=True):
            frame = view.frame(state)
            assert_same(found["frame"], frame)
            assert found["words"] == view.describe(frame)


def test_one_thing_is_changed_at_a_time(page: Page) -> None:
    nothing, (one, other) = switch(page, "collapse"), (switch(page, name) for name in CHANGED[:2])
    expect(nothing).to_have_attribute("aria-pressed", "true")
    one.click()
    expect(one).to_have_attribute("aria-pressed", "true")
    expect(nothing).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".result")).to_contain_text("; nothing changed: ")
    other.press("Enter")
    expect(one).to_have_attribute("aria-pressed", "false")
    assert settings_of(page)["variant"] == CHANGED[1]
    other.press(" ")  # once more: back to where nothing is changed
    expect(nothing).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".result")).not_to_contain_text("; nothing changed: ")


def test_all_switches_are_one_stop_of_tab_and_arrows_move_among_them(page: Page) -> None:
    switch(page, "collapse").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    first = page.locator(".switches button").nth(1)
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    expect(page.locator(".switches button").last).to_be_focused()
    assert page.locator('.switches button[tabindex="0"]').count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('.switches')")


@pytest.mark.parametrize("group", [".switches", ".under [role=group]"])
def test_tab_leaves_a_group_at_once_wherever_the_focus_is(page: Page, group: str) -> None:
    buttons = page.locator(f"{group} button")
    stops = "all => all.filter((one) => one.tabIndex === 0).map((one) => one.textContent)"
    pressed = page.locator(f'{group} button[aria-pressed="true"]').inner_text()
    for key in ("Tab", "Shift+Tab"):
        page.locator(f'{group} button[aria-pressed="true"]').focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(buttons.nth(2)).to_be_focused()
        assert buttons.evaluate_all(stops) == [buttons.nth(2).inner_text()]
        page.keyboard.press(key)
        assert page.evaluate("group => !document.activeElement.closest(group)", group)
        assert [one.split() for one in buttons.evaluate_all(stops)] == [pressed.split()]


def test_a_person_who_moves_the_slider_while_it_plays_pauses_it(page: Page) -> None:
    page.get_by_role("button", name="play").click()
    expect(page.get_by_role("button", name="pause")).to_be_visible()
    slider = page.locator("input[name=step]")
    slider.click(position={"x": 60, "y": 8})
    expect(page.get_by_role("button", name="play")).to_be_visible()
    shown = page.locator(".under output").inner_text()
    page.wait_for_timeout(400)  # more than two of its steps
    assert page.locator(".under output").inner_text() == shown


def test_the_charts_hold_every_seed_and_the_mean_of_both_searches(page: Page) -> None:
    seeds, means = page.locator("polyline.seed"), page.locator("polyline.mean")
    count = len(recorded_searches()["collapse"])
    expect(seeds).to_have_count(4 * count)
    expect(means).to_have_count(4)
    expect(page.locator("polyline.seed.chosen")).to_have_count(4)
    name = next(name for name in CHANGED if not {"lambda_max", "val"} & set(data_of(name)["notes"]))
    switch(page, name).click()
    expect(seeds).to_have_count(8 * count)
    expect(page.locator("polyline.mean.changed")).to_have_count(4)
    expect(page.locator("circle.here.changed")).to_have_count(4)


def data_of(name: str) -> dict:
    return Collapse().canvas.data["variants"][name]


@pytest.mark.skipif(not STOPPED, reason="no recorded search was stopped early")
def test_a_search_that_was_stopped_has_a_cross_at_its_end_and_the_chart_says_so(page: Page) -> None:
    name = STOPPED[0]
    switch(page, name).click()
    stopped = [seed for seed, one in recorded_searches()[name].items() if one.stopped]
    skips = page.locator("text.stopped")
    expect(skips.first).to_have_text("✕")
    expect(page.locator("text.note").first).to_have_text(
        f"✕ {len(stopped)} of {len(recorded_searches()[name])} stopped early"
    )
    page.get_by_role("button", name=str(stopped[0]), exact=True).click()
    expect(page.locator(".head")).to_contain_text(f"seed {stopped[0]}, stopped after step ")


def test_the_step_is_moved_by_keys_by_a_drag_and_by_playing(page: Page) -> None:
    slider, root = page.locator("input[name=step]"), page.locator(".dartslab-collapse")
    low, high = (int(slider.get_attribute(name) or 0) for name in ("min", "max"))
    slider.press("Home")
    assert settings_of(page)["step"] == low
    box = page.locator(".over-steps").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=4)
    page.mouse.up()
    middle = settings_of(page)["step"]
    assert low < middle < high and (middle - low) % (int(slider.get_attribute("step") or 1)) == 0
    slider.press("End")
    page.get_by_role("button", name="play").click()  # from the beginning, where it stands at the end
    page.wait_for_function(
        "high => { const { step } = JSON.parse(document.querySelector('.dartslab-canvas').dataset.settings);"
        " return step > 0 && step < high / 2; }",
        arg=high,
    )
    page.get_by_role("button", name="pause").click()
    expect(root).to_have_attribute("data-step", str(settings_of(page)["step"]))


def test_the_slider_ends_where_the_searches_that_are_shown_have_ended(page: Page) -> None:
    slider, searches = page.locator("input[name=step]"), recorded_searches()
    for name in RECORDED:
        end = max(one.planned for each in (name, "collapse") for one in searches[each].values())
        page.evaluate('name => document.querySelector(`.switches button[name="${name}"]`).click()', name)
        if name == "collapse":  # it was pressed already
            continue
        expect(page.locator(".head")).to_contain_text(VARIANTS[name].label)
        assert 0 <= int(slider.get_attribute("max") or 0) - end < int(slider.get_attribute("step") or 0)
        assert slider.input_value() == slider.get_attribute("max")
        told = [page.locator(".under output").inner_text(), slider.get_attribute("aria-valuetext")]
        assert told == [str(end)] * 2  # also where that is between two steps of the slider
        assert settings_of(page)["step"] == int(slider.input_value())


def test_an_edge_is_chosen_with_keys_and_told(page: Page) -> None:
    head, cells = page.locator(".head"), page.locator(".dartslab-lanes")
    before, place = head.inner_text(), cells.bounding_box()
    cells.focus()
    page.keyboard.press("ArrowDown")
    expect(head).to_contain_text("edge 0→2: ")
    assert cells.bounding_box() == place
    page.keyboard.press("Escape")
    expect(head).to_have_text(before)


def test_it_says_what_it_shows_and_how_to_make_it_live(page: Page) -> None:
    switch(page, CHANGED[0]).click()
    expect(page.locator("code")).to_contain_text(f'collapse_config("{CHANGED[0]}", seed={FIRST})')
    label = VARIANTS[CHANGED[0]].label
    expect(page.locator(".dartslab-words")).to_contain_text(f"{label}, seed {FIRST}, step ")
    expect(page.locator(".dartslab-key")).to_contain_text(label)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("width", "highest"), [(914, 560), (572, 1100)])
def test_it_fits_whatever_is_chosen(page_of, tmp_path: Path, width: int, highest: int, scheme: str) -> None:
    look = {"viewport": {"width": width + 32, "height": 700}, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = page_of(Collapse().export_html(tmp_path / "collapse.html"), **look)
    for name, size in page.evaluate(SIZES).items():
        assert size["width"] == width and size["height"] <= highest and size["across"] <= width + 32, name
    for narrower in (0, 14):
        page.set_viewport_size({"width": width + 32 - narrower, "height": 700})
        lines = page.locator(".switches button").evaluate_all(LINES)
        assert max(lines.values()) <= 2, lines


def test_a_notebook_and_its_page_show_the_same(notebook) -> None:
    nb = notebook("collapse", ["from dartslab.widgets import Collapse\nview = Collapse()\nview"])
    nb.run()
    name = CHANGED[-1]
    button = nb.page.locator(f'.switches button[name="{name}"]')
    button.click()
    nb.until(lambda: nb.python("print(view.settings['variant'])") == name)
    nb.python(f"view.controls['variant'].value = 'collapse'; view.controls['seed'].value = {SECOND}")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(nb.page.locator(".dartslab-words")).to_have_text(nb.python("print(view.text)"))


def test_moving_the_slider_where_a_view_is_shown_once_more_pauses_it_here(notebook) -> None:
    nb = notebook("collapse", ["from dartslab.widgets import Collapse\nview = Collapse()\nview", "view"])
    nb.run()
    here, there = (nb.page.locator(".dartslab-collapse").nth(i) for i in range(2))
    expect(there).to_be_visible()
    here.get_by_role("button", name="play").click()
    expect(here.get_by_role("button", name="pause")).to_be_visible()
    there.locator("input[name=step]").click(position={"x": 60, "y": 8})
    expect(here.get_by_role("button", name="play")).to_be_visible()


def test_a_view_whose_kernel_is_gone_goes_on_in_the_page(notebook) -> None:
    nb = notebook("collapse", ["from dartslab.widgets import Collapse\nCollapse()"], alone=True)
    nb.run()
    button = nb.page.locator(f'.switches button[name="{CHANGED[0]}"]')
    expect(button).to_have_attribute("aria-pressed", "false")
    nb.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(nb.page.locator(".head")).to_contain_text(VARIANTS[CHANGED[0]].label)
