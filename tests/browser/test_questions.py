"""A question in a notebook that is opened again without its kernel: it stands there as text, with the answer."""

from collections.abc import Callable

from playwright.sync_api import expect

from lab import ON_KERNEL, Notebook, press

ASK = 'from dartslab.teach import predict\npredict("06.p2")'


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
    nb.save()
    nb.page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    nb.open()
    expect(written).to_be_visible()
    expect(written).to_contain_text(said)
    nb.complaints.clear()  # Lab itself reports that the model of the question is gone
