"""A question in a notebook: whole in a narrow window, and as text where it is opened again without its kernel."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from lab import ON_KERNEL, Notebook, at_rest, press

LONG = 'from dartslab.teach import predict, start\nstart("02")\npredict("02.p2")'
BUTTON_AND_TEXT = """(labels) => labels.map((label) => {
  const box = ({ left, top, right, bottom }) => [left, top, right, bottom];
  const text = document.createRange();
  text.selectNodeContents(label.firstChild);
  return [box(label.querySelector("input").getBoundingClientRect()), box(text.getBoundingClientRect())];
})"""
ASK = 'from dartslab.teach import predict\npredict("06.p2")'


@pytest.mark.parametrize("width", [1300, 500])
def test_every_choice_can_be_read_to_its_end(notebook: Callable[..., Notebook], width: int) -> None:
    nb = notebook(f"choices-{width}", [LONG], viewport={"width": width, "height": 700})
    nb.run()
    question = nb.page.locator(".dartslab-question")
    lines = question.locator(".widget-radio-box label")
    expect(lines).to_have_count(3)
    boxes = at_rest(nb.page, question, *lines.all())
    right = boxes[0]["x"] + boxes[0]["width"]
    assert all(line["x"] + line["width"] <= right for line in boxes[1:])
    assert all(above["y"] + above["height"] <= below["y"] for above, below in pairwise(boxes[1:]))
    assert (boxes[2]["height"] > boxes[1]["height"]) == (width < 600)  # the long one in the middle goes on below
    for button, (left, top, _, bottom) in lines.evaluate_all(BUTTON_AND_TEXT):  # left of its text, in its first line
        assert button[2] <= left and top - 4 <= button[1] and button[3] <= min(bottom, top + 20) + 4
    assert question.evaluate("(box) => box.scrollWidth <= box.clientWidth")


def test_a_reopened_notebook_shows_the_question_and_the_stored_answer(notebook: Callable[..., Notebook]) -> None:
    nb = notebook("question", [ASK], alone=True)
    nb.page.evaluate(ON_KERNEL)
    nb.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    live, written = nb.page.locator(".dartslab-question"), nb.page.locator(".dartslab-written")
    expect(live).to_be_visible()
    expect(written).to_be_hidden()  # once is enough
    live.get_by_role("radio").first.check()
    press(nb.button("store prediction"))
    expect(live.get_by_role("status")).to_contain_text("Stored: ")
    said = live.get_by_role("status").inner_text()
    expect(written).to_contain_text(said)  # hidden, and part of what is saved
    nb.save()
    nb.page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    nb.open()
    expect(written).to_be_visible()
    expect(written).to_contain_text(said)
    nb.complaints.clear()  # Lab itself reports that the model of the question is gone
