"""A real JupyterLab from this environment, and notebooks opened in it. Commands, never menus: those race."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000  # only to stop what hangs: a busy machine makes everything late, and nothing wrong
expect.set_options(timeout=PATIENCE_MS)
# Chromium asks for this by itself, and Lab has none for its own pages.
HARMLESS = re.compile(r"favicon|the server responded with a status of 40[34]")
SCHEMES = ["light", pytest.param("dark", marks=pytest.mark.views)]  # `make test-views` has both
ROOT = Path(__file__).parents[2]
# The last presses, releases and clicks: their time, what they met, and where it was.
RECORD = """(() => {
  window.lastClicks = [];
  for (const kind of ["pointerdown", "pointerup", "click"]) window.addEventListener(kind, (event) => {
    const { top, left } = event.target.getBoundingClientRect?.() ?? {};
    const place = `${event.target.nodeName} at ${left?.toFixed()},${top?.toFixed()}`;
    const words = `${event.clientX},${event.clientY} on ${place} ${event.target.textContent?.slice(0, 30)}`;
    window.lastClicks.push(`${event.timeStamp.toFixed()} ${kind} ${words}`);
    window.lastClicks.splice(0, window.lastClicks.length - 12);
  }, true);
})()"""
ON_KERNEL = """async () => {
  const c = jupyterapp.shell.currentWidget.sessionContext;
  await c.ready;
  await c.session.kernel.info;
}"""


class Lab:
    """A JupyterLab server in a folder of its own, with settings of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "notebooks"
        self.folder.mkdir()
        own = {
            name: str(folder / name.lower())
            for name in (
                "JUPYTER_CONFIG_DIR",
                "JUPYTER_DATA_DIR",
                "JUPYTER_RUNTIME_DIR",
                "JUPYTERLAB_SETTINGS_DIR",
                "JUPYTERLAB_WORKSPACES_DIR",
                "IPYTHONDIR",
            )
        }
        news = folder / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
        news.mkdir(parents=True)
        (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--expose-app-in-browser", "--allow-root"]
        command += [f"--port={self.port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={self.folder}"]
        self.log, self.logbook = folder / "lab.log", folder / "logbook.json"
        with open(self.log, "w") as log:
            path = f"{ROOT}{os.pathsep}{ROOT / 'tests'}"
            # Lessons make a few steps only, and nobody's real logbook is touched.
            course = {"DARTSLAB_FAST": "1", "DARTSLAB_LOGBOOK": str(self.logbook)}
            environment = os.environ | own | course | {"PYTHONPATH": path}
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/api") as answer:
                    json.load(answer)
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        """End the server and its kernels."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Notebook:
    """A notebook in a tab of its own, with what the browser's console complained about.

    `beside_files=True` opens it as `make lab` does, beside the list of files; else it is alone in its window.
    """

    def __init__(
        self, lab: Lab, browser: Browser, name: str, cells: list[str] | Path, beside_files: bool = False, **look: Any
    ) -> None:
        self.lab, self.path, self.place = lab, lab.folder / f"{name}.ipynb", "lab" if beside_files else "doc"
        if isinstance(cells, Path):  # a notebook that is there: a copy of it
            shutil.copy(cells, self.path)
        elif cells:
            kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
            nbformat.write(new_notebook(cells=[new_code_cell(text) for text in cells], metadata=kernel), self.path)
        self.context = browser.new_context(**({"viewport": {"width": 1300, "height": 1100}} | look))
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page.add_init_script(RECORD)
        self.page.on("console", lambda message: self._listen(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error.stack)))
        self.open()

    def _listen(self, kind: str, text: str) -> None:
        if kind == "error" and not HARMLESS.search(text):
            self.complaints.append(text)

    def open(self) -> None:
        """Load the notebook."""
        self.page.goto(f"http://127.0.0.1:{self.lab.port}/{self.place}/tree/{self.path.name}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")

    def run(self) -> None:
        """Begin to run all cells; does not wait for their end, but for the views of an earlier run to be gone."""
        self.page.evaluate(ON_KERNEL)
        self.page.evaluate("() => document.querySelectorAll('.dartslab-canvas').forEach((e) => { e.dataset.old = 1; })")
        self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        self.page.wait_for_selector(".dartslab-canvas[data-old]", state="detached")

    def fill(self, cells: list[str]) -> None:
        """Put other cells into the notebook; the kernel stays as it is."""
        self.page.evaluate(
            """(sources) => {
              const shared = jupyterapp.shell.currentWidget.content.model.sharedModel;
              shared.transact(() => {
                shared.deleteCellRange(0, shared.cells.length);
                const made = (source) => ({ cell_type: "code", source, metadata: {}, outputs: [] });
                shared.insertCells(0, sources.map(made));
              });
            }""",
            cells,
        )
        self.page.wait_for_selector(".dartslab-canvas", state="detached")

    def cell(self, name: str) -> Locator:
        """A cell by its id, brought into view."""
        place = self.page.evaluate(
            """async (name) => {
              const { content, context, revealed } = jupyterapp.shell.currentWidget;
              await Promise.all([context.ready, revealed]);
              const place = content.widgets.findIndex((cell) => cell.model.id === name);
              content.activeCellIndex = place;
              await content.scrollToItem(place);
              return place;
            }""",
            name,
        )
        assert place >= 0, f"there is no cell {name}"
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{place}"]')

    def run_cell(self, name: str, source: str | None = None) -> Locator:
        """Run one cell to its end, as Ctrl-Enter does; `source` is written into it before."""
        cell = self.cell(name)
        self.page.evaluate(ON_KERNEL)
        self.page.evaluate(
            """async ([name, source]) => {
              const { content } = jupyterapp.shell.currentWidget;
              // once more: a view that took the focus meanwhile has made its own cell the active one
              content.activeCellIndex = content.widgets.findIndex((cell) => cell.model.id === name);
              if (source !== null) content.activeCell.model.sharedModel.setSource(source);
              await jupyterapp.commands.execute("notebook:run-cell");
            }""",
            [name, source],
        )
        return cell

    def theme(self, name: str) -> None:
        """Change the theme: "JupyterLab Light" or "JupyterLab Dark"."""
        self.page.evaluate("name => jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)
        light = str(name.endswith("Light")).lower()
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        # Lab's splash screen goes 200 ms later; Lab stumbles when the next change comes before.
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def save(self) -> None:
        """Write the notebook to its file."""
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")

    def outputs(self) -> list[Any]:
        """All outputs in the saved file."""
        return [output for cell in nbformat.read(self.path, as_version=4).cells for output in cell.get("outputs", [])]

    def python(self, code: str) -> str:
        """Run code in the kernel of the notebook and give what it printed."""
        return self.page.evaluate(
            """async (code) => {
              const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const future = kernel.requestExecute({ code, store_history: false });
              let text = "";
              future.onIOPub = (m) => {
                if (m.header.msg_type === "stream") text += m.content.text;
                if (m.header.msg_type === "error") text += m.content.evalue;
              };
              await future.done;
              return text;
            }""",
            code,
        ).strip()

    def until(self, condition: Callable[[], bool]) -> None:
        """Ask again and again until it is so."""
        until(self.page, condition)

    def drag(self, number: int, fraction: float) -> None:
        """Drag a slider of the controls to a fraction of its track."""
        (whole,) = at_rest(self.page, self.slider(number))
        y = whole["y"] + whole["height"] / 2
        self.page.mouse.move(whole["x"] + whole["width"] / 2, y)
        self.page.mouse.down()
        self.page.mouse.move(whole["x"] + fraction * whole["width"], y, steps=6)
        self.page.mouse.up()

    def slider(self, number: int = 0) -> Locator:
        """A slider of the controls, counted from above."""
        return self.page.locator(".dartslab-controls input[type=range]").nth(number)

    def view(self) -> Locator:
        """The first live view."""
        return self.page.locator(".dartslab-canvas").first

    def box(self, width: int) -> Any:
        """Where the first view is once it has been made so wide."""
        self.view().evaluate("(view, width) => { view.style.width = `${width}px`; }", width)
        return at_rest(self.page, self.view())[0]

    def button(self, name: str) -> Locator:
        """A button of the controls by what stands on it."""
        return self.page.locator(f'button:is(.jupyter-button, .dartslab-controls *):text-is("{name}")').first

    def clicks(self) -> str:
        """What the mouse did last; shown where a test fails."""
        return "\n".join(self.page.evaluate("() => window.lastClicks"))

    def close(self) -> None:
        """Close the tab and end its kernel."""
        self.page.evaluate(
            "async () => { await jupyterapp.shell.currentWidget?.sessionContext?.shutdown(); }",
        )
        self.context.close()


def chromium() -> str | None:
    """The browser's program, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Ask again and again until it is so."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        page.wait_for_timeout(50)


def press(target: Locator) -> None:
    """Click when the page has come to rest: what moves between press and release gets no click."""
    at_rest(target.page, target)
    target.click()


def at_rest(page: Page, *parts: Locator) -> list[Any]:
    """Where parts of a page are, once they stay there for half a second: what comes late moves them."""
    parts[0].scroll_into_view_if_needed()
    places: list[Any] = []

    def stayed() -> bool:
        places.append([part.bounding_box() for part in parts])
        return len(places) > 10 and all(place == places[-1] for place in places[-10:])

    until(page, stayed)
    return places[-1]
