"""ExperimentPanel in JupyterLab: an experiment that really runs, by clicking, and outlives its notebook."""

import pytest
from playwright.sync_api import expect

from lab import Notebook, press

MAKE = """import tiny
from pathlib import Path
from dartslab.experiment.config import Size
from dartslab.widgets import ExperimentPanel
experiment = tiny.experiment(tiny.picture_folder(Path("pictures")), search=Size(2, 3, 400, 16))
panel = ExperimentPanel("run", experiment, every=0.2)
panel"""
RECORDED = """from dartslab.experiment.folder import recorded_experiment
from dartslab.widgets import ExperimentPanel
view = ExperimentPanel(recorded_experiment("cifar10_reduced"))
view"""
AGAIN = """from dartslab.widgets import ExperimentPanel
panel = ExperimentPanel("run", every=0.2)
panel"""


def wait_for_status(nb: Notebook, status: str) -> None:
    expect(nb.page.locator(".dartslab-status")).to_have_attribute("data-status", status)


@pytest.fixture
def panel(notebook) -> Notebook:
    nb = notebook("experiment", [MAKE], alone=True)
    nb.run()
    return nb


def test_it_starts_goes_on_without_its_kernel_and_is_stopped_from_another(panel: Notebook) -> None:
    rows = panel.page.locator("tr[data-stage]")
    expect(rows).to_have_count(7)
    wait_for_status(panel, "not begun")
    expect(panel.button("stop")).to_be_disabled()
    panel.button("start").press("Enter")
    wait_for_status(panel, "running")
    expect(panel.button("start")).to_be_disabled()
    expect(panel.page.locator("select[name=shown]")).to_be_focused()  # not lost to the notebook, and on no button
    expect(panel.page.locator('tr[data-stage="search-0"]')).to_have_attribute("data-state", "running")
    expect(panel.page.locator(".dartslab-search .dartslab-lanes > g")).to_have_count(2)
    before = int(panel.view().get_attribute("data-step"))
    panel.page.wait_for_function(
        f"() => Number(document.querySelector('.dartslab-canvas').dataset.step) > {before}"
    )  # it moves by itself
    panel.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    panel.fill([AGAIN])
    panel.run()
    wait_for_status(panel, "running")
    press(panel.button("stop"))
    wait_for_status(panel, "stopped")
    expect(panel.button("stop")).to_be_disabled()
    expect(panel.button("start")).to_be_enabled()
    expect(panel.page.locator('tr[data-stage="search-0"]')).to_have_attribute("data-state", "begun")
    assert panel.box(900)["height"] <= 560  # a cell of one node
    assert "stopped at search-0" in panel.python(
        "from dartslab.experiment.background import output; print(output('run'))"
    )


def test_it_fits_with_every_stage_and_a_notice_covers_no_title(notebook) -> None:
    nb = notebook("recorded", [RECORDED])
    nb.run()
    notice, shown = nb.page.locator(".dartslab-notice"), nb.page.locator("select[name=shown]")
    title = nb.page.locator(".dartslab-stage .dartslab-line:visible strong")
    for stage in ("latest", "search-0", "choice-0", "evaluate-chosen-0"):
        shown.select_option(stage)
        expect(title).to_have_text("evaluate-DARTS_V2-2" if stage == "latest" else stage)
        expect(notice).to_be_hidden()  # that of the stage before is gone
        heights = [nb.box(width)["height"] for width in (900, 914)]
        nb.python("view._try(view.start)")
        expect(notice).to_contain_text("there is nothing to start: all 15 stages are done")
        told = [nb.box(width)["height"] for width in (900, 914)]
        assert max(heights + told) <= 560, stage
        line, box = title.bounding_box(), notice.bounding_box()
        assert line["y"] + line["height"] <= box["y"] or box["y"] + box["height"] <= line["y"], stage


def test_a_notice_adds_no_lines_to_a_search(notebook) -> None:
    nb = notebook("recorded", [RECORDED])
    nb.run()
    nb.page.locator("select[name=shown]").select_option("search-0")
    expect(nb.page.locator(".dartslab-search")).to_contain_text("search-0")
    height = nb.box(900)["height"]
    nb.python("view.error = ValueError('a long story ' * 40); view.redraw()")
    expect(nb.page.locator(".dartslab-notice")).to_contain_text("a long story")
    assert nb.box(900)["height"] == height


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_buttons_of_a_finished_experiment_are_disabled_and_look_so(notebook, theme: str) -> None:
    nb = notebook("recorded", [RECORDED])
    nb.run()
    nb.theme(theme)
    for name in ("start", "stop"):
        expect(nb.button(name)).to_be_disabled()
        assert float(nb.button(name).evaluate("button => getComputedStyle(button).opacity")) < 0.6
    nb.theme("JupyterLab Light")  # other tests go on in this notebook
