"""One JupyterLab and one browser for all tests here. Without Chromium they are left out, and the end says so.

They last for this folder only: Playwright keeps an event loop running, which would be in the way of other tests.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from lab import FLAGS, Lab, Notebook, chromium

HERE = Path(__file__).parent
REQUIRED = "DARTSLAB_BROWSER"  # set where a missing browser is an error
MISSING = (
    "tests/browser was left out: there is no Chromium. Install it (`apt-get install chromium`) and run the tests again."
)

collect_ignore_glob = [] if chromium() or os.environ.get(REQUIRED) else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is long but for those marked as smoke tests."""
    for item in items:
        if HERE in item.path.parents and not item.get_closest_marker("smoke"):
            item.add_marker("long")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was left out."""
    if collect_ignore_glob:
        terminalreporter.write_line(MISSING, yellow=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright, which downloads nothing."""
    program = chromium()
    assert program is not None, MISSING
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab."""
    started = Lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


@pytest.fixture(scope="package")
def opened() -> dict[Any, Notebook]:
    """Notebooks that are open, with their kernels: a kernel takes seconds to start, a cell runs at once."""
    return {}


@pytest.fixture
def notebook(lab: Lab, browser: Browser, opened: dict[Any, Notebook]) -> Iterator[Callable[..., Notebook]]:
    """Opens notebooks: `notebook("name", [cell, ...])` with cells that nobody has run, in a kernel that others used.

    `alone=True` gives a kernel of its own, for tests that end it; so does a path instead of cells, which opens a copy
    of that notebook. In the end no console may have complained.
    """
    lab.logbook.unlink(missing_ok=True)  # every test begins with an empty one
    used: list[Notebook] = []
    alone_ones: list[Notebook] = []

    def open_notebook(name: str, cells: list[str] | Path, alone: bool = False, **look: Any) -> Notebook:
        if alone or isinstance(cells, Path):
            alone_ones.append(Notebook(lab, browser, f"{name}_alone", cells, **look))
            return alone_ones[-1]
        key = repr(look)
        if key in opened:
            opened[key].fill(cells)
        else:
            opened[key] = Notebook(lab, browser, f"shared_{len(opened)}", cells, **look)
        opened[key].complaints.clear()
        used.append(opened[key])
        return opened[key]

    yield open_notebook
    complaints = [complaint for one in used + alone_ones for complaint in one.complaints]
    for one in used + alone_ones:
        print(one.clicks())  # seen only where the test fails
    for one in alone_ones:
        one.close()
    assert complaints == []


@pytest.fixture
def page_of(browser: Browser) -> Iterator[Callable[[Path], Any]]:
    """Opens an exported page from the disk; any request to a network is an error."""
    contexts = []

    def open_page(path: Path, **look: Any) -> Any:
        context = browser.new_context(**look)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda sent: page.complaints.append(sent.url) if sent.url.startswith("http") else None)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert page.complaints == []
        context.close()
