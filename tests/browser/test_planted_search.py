"""PlantedSearch as a page of its own, which computes what Python computes, and in JupyterLab."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from dartslab.widgets import PlantedSearch
from frames import FRAME, assert_same
from lab import Notebook

SETTINGS = {
    "plain": {},
    "hard": {"memorise": True, "pairs": 1, "light": 1.5},
    "noise": {"noise": 1.0, "pairs": 2},
    "look-alikes": {"look_alikes": True, "seed": 9},
    "own cell": {"hidden": ("keep", "turn", "blur", "mirror", "outline")},
}


@pytest.mark.parametrize("hypergradient", ["single level", "first order", "exact"])
@pytest.mark.parametrize("changes", SETTINGS.values(), ids=SETTINGS)
def test_a_page_computes_what_python_computes(page_of, tmp_path: Path, changes: dict, hypergradient: str) -> None:
    """After 50 steps weights, losses and everything else agree to 1e-6."""
    view = PlantedSearch(**{"seed": 5, **changes, "hypergradient": hypergradient})
    page = page_of(view.export_html(tmp_path / "planted.html"))
    for step in (0, 7, 50):
        view.controls["step"].value = step
        found = page.evaluate(FRAME, view.settings)
        assert_same(found["frame"], view.shown)
        assert found["words"] == view.text


def test_it_plays_to_the_end_and_says_what_was_found(page_of, tmp_path: Path) -> None:
    page = page_of(PlantedSearch(hypergradient="first order").export_html(tmp_path / "planted.html"))
    expect(page.locator(".say")).to_have_text(
        "One of 16,807 cells made these results. Which? Every line is an operation that could."
    )
    page.locator(".play").click()
    expect(page.locator(".say")).to_contain_text("Found.")
    expect(page.locator(".play")).to_have_text("↻ Again")
    page.locator(".play").click()
    expect(page.locator(".play")).to_have_text("❚❚ Pause")
    page.locator(".play").click()
    expect(page.locator(".play")).to_have_text("▶ Play")


def test_a_step_is_an_arrow_key_and_the_hard_case_a_button(page_of, tmp_path: Path) -> None:
    page = page_of(PlantedSearch(hypergradient="first order").export_html(tmp_path / "planted.html"))
    slider = page.locator("input[name=step]")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    expect(page.locator(".say")).to_contain_text("Step 3 of 120: on ")
    page.get_by_text("more").click()
    page.get_by_role("button", name="hard case").click()
    expect(page.locator("input[name=memorise]")).to_be_checked()
    expect(slider).to_have_value("0")
    slider.fill("120")
    expect(page.locator(".say")).to_contain_text("✗")


def test_hits_are_counted_over_seeds(page_of, tmp_path: Path) -> None:
    page = page_of(PlantedSearch(hypergradient="first order", pairs=1).export_html(tmp_path / "planted.html"))
    begin = page.get_by_role("button", name="Try 15 seeds")
    begin.click()
    row = page.locator(".dots div").nth(1)
    expect(row.locator("em")).to_have_text("15 of 15")
    expect(row.locator("i.hit")).to_have_count(15)
    begin.click()
    page.get_by_role("button", name="Stop").click()
    expect(begin).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("width", "highest"), [(900, 560), (560, 1000)])
def test_it_fits(page_of, tmp_path: Path, width: int, highest: int, dark: bool) -> None:
    look = {"viewport": {"width": width + 32, "height": 700}, "color_scheme": "dark" if dark else "light"}
    page = page_of(PlantedSearch(look_alikes=True).export_html(tmp_path / "planted.html"), **look)
    box = page.locator(".dartslab-played").bounding_box()
    assert box["width"] == width and box["height"] <= highest
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 32
    page.get_by_text("more").click()
    sheet = page.locator(".dartslab-sheet").bounding_box()
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= width + 32 and sheet["y"] >= 0


def test_with_less_motion_nothing_plays_by_itself(page_of, tmp_path: Path) -> None:
    path = PlantedSearch(hypergradient="first order", plays=True).export_html(tmp_path / "planted.html")
    still = page_of(path, reduced_motion="reduce")
    moving = page_of(path)
    expect(moving.locator(".say")).to_contain_text("Step")
    expect(still.locator(".say")).to_contain_text("One of 16,807")
    expect(still.locator(".play")).to_have_text("▶ Play")


MAKE = """from dartslab.widgets import PlantedSearch
planted = PlantedSearch(hypergradient="first order")
planted"""


def test_python_sets_the_step_and_hears_what_plays(notebook) -> None:
    nb: Notebook = notebook("planted", [MAKE])
    nb.run()
    say = nb.page.locator(".dartslab-planted .say")
    expect(say).to_contain_text("One of 16,807")
    nb.python("planted.controls['step'].value = 30")
    expect(say).to_contain_text("Step 30 of 120")
    nb.page.locator(".dartslab-planted .play").click()
    expect(say).not_to_contain_text("Step 30")
    nb.page.locator(".dartslab-planted .play").click()
    expect(nb.page.locator(".dartslab-planted .play")).to_have_text("▶ Play")

    def agrees() -> bool:
        step = nb.python("print(planted.settings['step'])")
        return int(step) > 30 and f"Step {step} of" in say.inner_text()

    nb.until(agrees)
    nb.python('planted.restore(\'PlantedSearch.1:{"seed":7,"step":12}\')')
    expect(say).to_contain_text("Step 12 of 120")
    expect(nb.page.locator(".dartslab-planted input[name=seed]")).to_have_value("7")


@pytest.mark.parametrize(
    ("typed", "counts"),
    [("12", 12), ("", 3), ("abc", 3), ("-1", 0), ("1e9", 9999), ("2.6", 3)],
)
def test_the_seed_counts_with_enter_as_the_nearest_that_is_allowed(notebook, typed: str, counts: int) -> None:
    """In an output of JupyterLab the browser itself reports no change at Enter."""
    nb = notebook("seed", ["from dartslab.widgets import PlantedSearch\nview = PlantedSearch(seed=3)\nview"])
    nb.run()
    seed = nb.page.locator("input[name=seed]")
    expect(seed).to_have_attribute("title", "a whole number from 0 to 9999")
    seed.click()
    seed.press("Control+a")
    seed.press("Delete")
    nb.page.keyboard.type(typed)
    seed.press("Enter")
    expect(seed).to_have_value(str(counts))
    nb.until(lambda: nb.python("print(view.settings['seed'])") == str(counts))


# of each edge: how wide the widest line is, how far a name is from the next one, and how many there are
RACKS = """() => [...document.querySelectorAll(".dartslab-planted-graph g:first-child path")].map((lane) => {
  const lanes = [...document.querySelectorAll(`[data-edge="${lane.dataset.edge}"]`)];
  const widths = lanes.map((one) => parseFloat(one.style.strokeWidth));
  const count = widths.length, names = document.querySelectorAll(".dartslab-planted-graph text.name").length / 5;
  return [Math.max(...widths), 86 / names, count];
})"""


@pytest.mark.parametrize("look_alikes", [False, True], ids=["7 names", "9 names"])
def test_a_thick_line_leaves_the_names_beside_it_whole(page_of, tmp_path: Path, look_alikes: bool) -> None:
    view = PlantedSearch(look_alikes=look_alikes)
    view.controls["step"].value = 120
    page = page_of(view.export_html(tmp_path / "planted.html"))
    expect(page.locator(".say")).to_contain_text("On all 5 edges the hidden operation won")
    racks = page.evaluate(RACKS)
    assert {count for _, _, count in racks} == {9 if look_alikes else 7}
    assert max(widest for widest, _, _ in racks) > 8
    assert all(widest <= apart + 1.01 for widest, apart, _ in racks)
    opacity = "labels => labels.map(({ style }) => [style.opacity, Number(style.fillOpacity) >= 0.5])"
    labels = page.locator(".dartslab-planted-graph text.name")
    assert labels.evaluate_all(opacity) == [["", True]] * labels.count()  # the halo behind a name is never transparent
