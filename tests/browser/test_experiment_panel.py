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
    press(panel.button("start"))
    wait_for_status(panel, "running")
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
    expect(panel.page.locator('tr[data-stage="search-0"]')).to_have_attribute("data-state", "begun")
    assert panel.box(900)["height"] <= 560  # a cell of one node
    assert "stopped at search-0" in panel.python(
        "from dartslab.experiment.background import output; print(output('run'))"
    )


def test_a_notice_adds_no_lines_and_goes_when_another_search_is_shown(notebook) -> None:
    nb = notebook("recorded", [RECORDED])
    nb.run()
    notice, shown = nb.page.locator(".dartslab-notice"), nb.page.locator("select[name=shown]")
    shown.select_option("search-0")
    run = nb.page.locator(".dartslab-search")
    expect(run).to_contain_text("search-0")
    place = nb.box(900)
    expect(notice).to_be_hidden()
    press(nb.button("start"))
    expect(notice).to_contain_text("there is nothing to start: all 15 stages are done")
    assert nb.box(900)["height"] == place["height"] <= 560
    nb.python("view.error = ValueError('a long story ' * 40); view.redraw()")
    expect(notice).to_contain_text("a long story")
    assert nb.box(900)["height"] == place["height"]
    shown.select_option("search-1")
    expect(run).to_contain_text("search-1")
    expect(notice).to_be_hidden()
