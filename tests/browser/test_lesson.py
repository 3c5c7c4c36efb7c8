"""A learner's way through a whole lesson, from the set-up cell to the progress board, in a real JupyterLab.

Exercises are left open, done wrongly, done rightly; predictions and quiz are answered; the view is moved. Every cell
ends before the next begins, and what a click changes is waited for.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, expect

from dartslab.derive import entropy, softmax
from lab import Notebook, press

LESSON = Path(__file__).parents[2] / "notebooks" / "02_relaxation.ipynb"
WITHOUT_SOFTMAX = "def mixed_op(x, ops, alpha):\n    return sum(a * op(x) for a, op in zip(alpha, ops))"
RIGHT = WITHOUT_SOFTMAX.replace("zip(alpha,", "zip(torch.softmax(alpha, 0),")
NODE = """def mixed_node(inputs, ops, alpha):
    return sum(mixed_op(x, edge, row) for x, edge, row in zip(inputs, ops, alpha))"""
SENTENCE = "You weight with alpha itself: do these numbers sum to 1, and may they be negative?"
# What the lesson's buttons set: how far alpha of sep_conv_3x3 is above the seven others, and the temperature.
STOPS = {
    "all 3 higher": (2, 1),
    "all doubled": (4, 1),
    "one at 2": (2, 1),
    "T = 0.5": (2, 0.5),
    "T = 20.0": (2, 20),
    "T = 0.05": (2, 0.05),
}


def status(cell: Locator) -> Locator:
    """What a question says to an answer."""
    return cell.get_by_role("status")


def choose(cell: Locator, choice: str, button: str) -> None:
    """Answer a question with the mouse."""
    cell.get_by_label(choice, exact=True).check()
    press_button(cell, button)


def press_button(cell: Locator, button: str) -> None:
    press(cell.locator(f'button.jupyter-button:text-is("{button}")'))


def weight(view: Locator, operation: str) -> Locator:
    return view.locator(f'[data-name="{operation}"] .dartslab-number')


def walk_to_the_view(nb: Notebook) -> None:
    expect(nb.run_cell("setup")).to_contain_text("lesson 02: dartslab")
    nb.run_cell("task")
    expect(nb.run_cell("look").locator(".jp-OutputArea img:visible")).to_be_visible()
    asked = nb.run_cell("p1")
    number = asked.get_by_label("your number")
    number.fill("0.75")
    number.press("Tab")
    nb.page.keyboard.press("Enter")  # on the button, where Tab led
    expect(status(asked)).to_have_text("Stored: 0.75.")
    asked = nb.run_cell("p2")
    press_button(asked, "store prediction")
    expect(status(asked)).to_have_text("Choose one first.")
    choose(asked, "It changes by a little.", "store prediction")
    expect(status(asked)).to_have_text('Stored: "It changes by a little.".')
    measured = nb.run_cell("stairs-measured")
    expect(measured).to_contain_text("you said 0.75; ● measured 0.7311")
    expect(measured.locator("li", has_text="It changes by a little.")).to_contain_text("you said")
    expect(measured.locator("li", has_text="It stays exactly as it is")).to_contain_text("measured")
    nb.run_cell("softmax")  # left open
    expect(nb.run_cell("softmax-check")).to_contain_text("Replace the line that raises")


def move_the_view(nb: Notebook) -> None:
    choose(nb.run_cell("p3"), "Only doubling.", "store prediction")
    cell = nb.run_cell("mixer")
    view = nb.view()
    expect(weight(view, "none")).to_have_text("0.125")
    nb.drag(0, 0.2)  # the temperature does nothing to equal mixing weights
    expect(weight(view, "none")).to_have_text("0.125")
    nb.drag(5, 0.8)  # temperature, none, max_pool, avg_pool, skip_connect, sep_conv_3x3
    expect(weight(view, "none")).not_to_have_text("0.125")
    for button, (lead, temperature) in STOPS.items():
        press_button(cell, button)
        found = softmax(np.array([lead, *[0.0] * 7]), temperature)
        expect(weight(view, "sep_conv_3x3")).to_have_text(f"{found[0]:.3f}")
        expect(weight(view, "skip_connect")).to_have_text(f"{found[1]:.3f}")
        expect(view.locator(".dartslab-sum")).to_contain_text(f"entropy {entropy(found):.2f} of at most 2.08 nats")
    handle = nb.slider(1)
    handle.focus()
    handle.press("ArrowRight")
    nb.until(lambda: nb.python("print(mixer.settings['none'] > 0)") == "True")
    expect(nb.run_cell("p3-measured")).to_contain_text("Only doubling. measured you said")


def do_the_exercises(nb: Notebook) -> None:
    nb.run_cell("entropy")
    nb.run_cell("entropy-check")
    nb.run_cell("mixed-op", WITHOUT_SOFTMAX)
    told = nb.run_cell("mixed-op-check").locator(".jp-OutputArea")
    expect(told).to_contain_text(SENTENCE)
    expect(told).to_contain_text('Another try, or hint("02.mixed_op").')
    expect(told).to_contain_text("02.mixed_op: continuing with dartslab's")
    told = nb.run_cell("mixed-op-check").locator(".jp-OutputArea")  # its last line has put dartslab's answer there
    expect(told).to_contain_text("This is dartslab's answer")
    nb.run_cell("mixed-op")
    told = nb.run_cell("mixed-op-check").locator(".jp-OutputArea")
    expect(told).to_contain_text("Hint 1 of 3: Every operation sees the same x")
    nb.run_cell("mixed-op", RIGHT)
    told = nb.run_cell("mixed-op-check").locator(".jp-OutputArea")
    expect(told).to_contain_text(re.compile("Right.+02.mixed_op.+2 points.*One harder:", re.DOTALL))
    expect(told).to_contain_text("02.mixed_op: continuing with yours")
    expect(told).not_to_contain_text(re.compile("True|False"))
    choose(nb.run_cell("p4"), "For some kinds only.", "store prediction")
    nb.run_cell("kernels")
    nb.run_cell("mixed-node", NODE)
    expect(nb.run_cell("mixed-node-check")).to_contain_text("on a SearchCell, 64 pictures: largest difference")
    choose(nb.run_cell("p5"), "Usually not 0.", "store prediction")
    nb.run_cell("gradient")
    nb.run_cell("softmax-gradient")
    told = nb.run_cell("softmax-gradient-check")
    expect(told).to_contain_text("02.softmax_gradient: continuing with dartslab's")


def finish(nb: Notebook) -> None:
    choose(nb.run_cell("p6"), "dil_conv_3x3", "store prediction")
    expect(nb.run_cell("descend").locator("li", has_text="dil_conv_3x3")).to_contain_text("you said")
    nb.run_cell("train-weights")
    expect(nb.run_cell("shares")).to_contain_text("with the mixture")
    asked = nb.run_cell("q1")
    choose(asked, "All of them grow.", "answer")
    expect(status(asked)).to_have_text("Not this one. They cannot all grow: the weights of an edge sum to 1.")
    expect(asked.locator("li", has_text="Nothing.").first).to_contain_text("Every exponential")  # all are explained
    choose(asked, "Nothing.", "answer")
    expect(status(asked)).to_contain_text("Right. Every exponential is multiplied by the same factor")
    asked = nb.run_cell("q2")
    choose(asked, "The same: a softmax is a softmax.", "answer")
    expect(status(asked)).to_contain_text("Not this one. A softmax over 14 numbers is not one over 8")
    nb.run_cell("q3")  # not answered


def rows(board: Locator) -> dict[str, list[str]]:
    """What the progress board shows: the first column, and the others that are not empty."""
    table = board.locator("table")
    expect(table).to_be_visible()
    lines = [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in table.locator("tr").all()]
    return {line[0]: [text for text in line[1:] if text] for line in lines}


def test_a_learner_walks_through_a_lesson(notebook: Callable[..., Notebook]) -> None:
    nb = notebook("lesson", LESSON)
    walk_to_the_view(nb)
    move_the_view(nb)
    do_the_exercises(nb)
    finish(nb)
    shown = rows(nb.run_cell("progress"))
    assert shown["02.mixed_op A mixed operation"] == ["1 of 1", "2 of 2"]
    assert shown["02.softmax From alpha to mixing weights"] == ["0 of 1", "0 of 2"]
    assert [shown[f"02.q{k}"] for k in (1, 2, 3)] == [["1 of 1"], ["0 of 1"], ["0 of 1"]]
    assert all(shown[f"02.p{k}"] == ["1 of 1"] for k in range(1, 7))
    everything = rows(nb.run_cell("progress", "progress_board()"))
    assert everything["lesson 02"] == ["2 of 5", "4 of 10", "1 of 3", "6 of 7"]  # p7 was left out
    assert everything["lesson 01"][0].startswith("0 of ")
    kept = json.loads(nb.lab.logbook.read_text(encoding="utf-8"))
    assert kept["exercises"]["02.mixed_op"] == {"tries": 3, "failures": 2, "hints": 1, "passed": True}
    assert kept["quiz"]["02.q1"] == {"answer": 2, "right": True, "first": False}
    nb.save()
    assert [output.ename for output in nb.outputs() if output.output_type == "error"] == []
    again = nb.run_cell("p1")  # a learner who comes back
    expect(status(again)).to_have_text("Stored before: 0.75.")
