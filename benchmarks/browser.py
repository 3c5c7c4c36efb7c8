"""A real JupyterLab and Chromium on this machine, for the benchmarks of views."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from lab import FLAGS, Lab, Notebook, chromium


class Pages:
    """Opens notebooks.

    Args:
        lab: a running JupyterLab.
        browser: of playwright.
    """

    def __init__(self, lab: Lab, browser: Browser) -> None:
        self.lab, self.browser = lab, browser
        self.versions = {"jupyterlab": version("jupyterlab"), "chromium": browser.version}

    @contextmanager
    def open(self, name: str, cell: str) -> Iterator[Notebook]:
        """A notebook of one cell, which has run and shows its view."""
        notebook = Notebook(self.lab, self.browser, name, [cell])
        notebook.run()
        notebook.view().wait_for()
        yield notebook
        notebook.close()


@contextmanager
def open_lab() -> Iterator[Pages]:
    """JupyterLab in an empty folder, and a browser for it; ends the program where there is no Chromium."""
    program = chromium()
    if program is None:
        sys.exit("there is no Chromium; install it and run again")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield Pages(lab, browser)
        browser.close()
        lab.stop()
