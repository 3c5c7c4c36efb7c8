"""A control that is set from both sides, by a person and by Python: what was set last stays, in kernel and page."""

import pytest
from playwright.sync_api import expect

from lab import Notebook

SLOW = """
import time
from dartslab.widgets import BilevelExplorer
class Slow(BilevelExplorer):
    def frame(self, settings):
        time.sleep(0.05)
        return super().frame(settings)
view = Slow()
view"""
# 25 moves of two sliders and of a number, as quick as a hand; the last is xi = 1.25, w_step = 1.25, a = 1.25.
HAND = """async () => {
  const set = (name, value, event) => {
    const input = document.querySelector(`.dartslab-controls input[name=${name}]`);
    input.value = value;
    input.dispatchEvent(new Event(event));
  };
  for (let k = 1; k <= 25; k += 1) {
    set("xi", 0.05 * k, "input");
    set("w_step", 0.05 * k, "input");
    set("a", 0.05 * k, "change");
    await new Promise((ready) => setTimeout(ready, 15));
  }
}"""
CODE = """
for k in range(25):
    for name in ("xi", "w_step", "a"):
        view.controls[name].value = 1.4 - 0.05 * k
    time.sleep(0.01)
view.controls["w_step"].value = 0.77
"""
TELL = "print(view.settings['xi'], view.settings['w_step'], view.settings['a'])"


@pytest.fixture
def slow(notebook) -> Notebook:
    nb = notebook("both_sides", [SLOW])
    nb.run()
    expect(nb.page.locator("[data-plane]")).to_be_visible()
    return nb


def shown(nb: Notebook) -> str:
    """What the controls in the page say, as Python would."""
    names = ["xi", "w_step", "a"]
    inputs = [nb.page.locator(f".dartslab-controls input[name={name}]").input_value() for name in names]
    return " ".join(str(float(value)) for value in inputs)


def begin(nb: Notebook, code: str) -> None:
    """Run code in the kernel without waiting for its end."""
    nb.page.evaluate(
        """(code) => {
          jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code, store_history: false });
        }""",
        code,
    )


def test_what_python_sets_last_stays_though_a_hand_moved_the_control_before(slow: Notebook) -> None:
    begin(slow, CODE)
    slow.page.evaluate(HAND)
    begin(slow, "for name in ('xi', 'w_step', 'a'): view.controls[name].value = 0.33")
    slow.until(lambda: slow.python(TELL) == shown(slow) == "0.33 0.33 0.33")
    slow.page.wait_for_timeout(1500)  # nothing that is still on its way changes that
    assert slow.python(TELL) == shown(slow) == "0.33 0.33 0.33"
    expect(slow.page.get_by_role("group", name="xi = 0.330")).to_be_visible()


def test_what_a_hand_does_last_stays_though_python_set_the_control_before(slow: Notebook) -> None:
    begin(slow, CODE)
    slow.page.evaluate(HAND)
    slow.python("pass")  # Python has ended
    slow.page.evaluate(HAND)
    slow.until(lambda: slow.python(TELL) == shown(slow) == "1.25 1.25 1.25")
    slow.page.wait_for_timeout(1500)
    assert slow.python(TELL) == shown(slow) == "1.25 1.25 1.25"
    expect(slow.page.get_by_role("group", name="xi = 1.250")).to_be_visible()


def test_both_sides_agree_in_the_end_whoever_was_last(slow: Notebook) -> None:
    begin(slow, CODE)
    slow.page.evaluate(HAND)
    begin(slow, CODE)
    slow.page.evaluate(HAND)
    slow.python("time.sleep(0.1)")
    slow.until(lambda: slow.python(TELL) == shown(slow))
    slow.page.wait_for_timeout(1500)
    assert slow.python(TELL) == shown(slow)
