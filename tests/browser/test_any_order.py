"""Lessons whose views somebody has played with: every button pressed and every control moved, in no planned order.

A cell after a view measures on objects of its own. So what is revealed is what an untouched run of the same notebook
reveals, and no cell ends in an error. Runs are cut short (DARTSLAB_FAST), in both.
"""

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator

from dartslab.teach.build.execute import run_notebook
from lab import ROOT, Notebook

LESSONS = sorted(path for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
TOUCHED = ("widget", "predict", "quiz")  # tags of cells with something to press
ORDERS = [0, *(pytest.param(seed, marks=pytest.mark.views) for seed in (1, 2))]  # a lesson takes a minute for each
TIMES = {"05.p6", "08.p6", "10.p1"}  # predictions of how long something takes
REVEALED = re.compile(r"(?:said .+|stored); measured (.+)")
# How many things in a cell's outputs can be pressed or moved; with a number, press or move that one, to a place that
# `share` from 0 to 1 names.
TOUCH = """(cell, [number, share]) => {
  const all = [...cell.querySelectorAll("button, input, select, [role=button]")]
    .filter((element) => element.closest(".jp-OutputArea-output") && !element.disabled)
    .filter((element) => element.getClientRects().length);
  const element = all[number];
  const tell = (...names) => names.forEach((name) => element.dispatchEvent(new Event(name, { bubbles: true })));
  if (element?.matches("select")) {
    element.selectedIndex = Math.floor(share * element.options.length);
    tell("change");
  } else if (element?.matches("input[type=range], input[type=number]")) {
    const [low, high] = [Number(element.min || 0), Number(element.max || 10)];
    element.value = Math.round(10 * (low + share * (high - low))) / 10;
    tell("input", "change");
  } else if (element) {
    if (element.click) element.click();
    else tell("click");
  }
  return all.length;
}"""


def bring_to_touch(nb: Notebook, name: str) -> Locator:
    """The cell once it shows something to press. A view above that grows late pushes it out of the window, where Lab
    takes cells out of the page; so look for it again and again, as a person would."""
    try:
        nb.until(lambda: nb.cell(name).locator(".dartslab, .dartslab-question, .jupyter-button").first.is_visible())
    except AssertionError as error:
        page = nb.cell(name).evaluate("(cell) => cell.outerHTML") if nb.cell(name).count() else "no such cell is there"
        raise AssertionError(f"{name} shows nothing to press: {page[:3000]}") from error
    return nb.cell(name)


def touch_everything(cell: Locator, draw: random.Random) -> int:
    """Press every button and move every control in the outputs of a cell, in an order by chance."""
    count = cell.evaluate(TOUCH, [-1, 0])
    for number in draw.sample(range(count), count):
        cell.evaluate(TOUCH, [number, draw.random()])
    return count


def revealed(notebook: nbformat.NotebookNode) -> dict[str, list[str]]:
    """What each cell of a notebook has measured for a prediction; times are left out."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not any(f'reveal("{name}"' in cell.source for name in TIMES):
            texts = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            if measured := REVEALED.findall("\n".join(texts)):
                found[cell.id] = measured
    return found


@cache
def revealed_untouched(path: Path) -> dict[str, list[str]]:
    """What a lesson reveals where nobody presses anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DARTSLAB_FAST", "1")
        return revealed(run_notebook(nbformat.read(path, as_version=4), path.parent, path.name))


@pytest.mark.parametrize("seed", ORDERS)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_to_its_end_whatever_was_pressed(
    notebook: Callable[..., Notebook], path: Path, seed: int
) -> None:
    nb, draw, touched = notebook(f"{path.stem}_{seed}", path), random.Random(seed), 0
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            nb.run_cell(cell.id)
            if set(TOUCHED) & set(cell.metadata.get("tags", ())):
                touched += touch_everything(bring_to_touch(nb, cell.id), draw)
    nb.save()
    saved = nbformat.read(nb.path, as_version=4)
    errors = [
        (cell.id, output.ename, output.evalue)
        for cell in saved.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
    assert errors == []
    assert revealed(saved) == revealed_untouched(path)
    assert touched > 0 or not any(f'tags": ["{tag}' in path.read_text(encoding="utf-8") for tag in TOUCHED)
