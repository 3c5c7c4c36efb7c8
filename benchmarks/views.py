"""How long a change takes: from a key on a slider to the new drawing on the screen, in a real JupyterLab.

    python benchmarks/views.py --changes 40

Measured in the browser: key, message to the kernel, Python's frame, message back, drawing. Beside it the kernel's part,
measured in Python: `frame` and `describe`.
"""

import json
import platform
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tyro
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
VIEWS = {  # how it is made, which slider is moved
    "RelaxationMixer": ("RelaxationMixer()", 1),
    "BilevelExplorer": ("BilevelExplorer()", 0),
    "FiniteDifferenceDial": ("FiniteDifferenceDial()", 0),
    "Replay": (f"Replay({str(ROOT / 'figures/runs/first_search')!r})", 0),
}
KERNEL = """
import json, time
spent = []
for _ in range({changes}):
    begun = time.perf_counter()
    json.dumps(view.describe(view.frame(view.settings)))
    spent.append(1e3 * (time.perf_counter() - begun))
print(json.dumps(spent))
"""
BROWSER = """async ([slider, changes]) => {
  const canvas = document.querySelector(".dartslab-canvas");
  const handle = document.querySelectorAll(".noUi-handle")[slider];
  const spent = [];
  for (let i = 0; i < changes; i++) {
    const before = canvas.dataset.painted;
    const begun = performance.now();
    const key = i % 2 ? "ArrowRight" : "ArrowLeft";
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    while (canvas.dataset.painted === before) {
      await new Promise(requestAnimationFrame);
      if (performance.now() - begun > 5000) throw new Error("no new drawing within 5 s");
    }
    spent.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 150));
  }
  return spent;
}"""


@dataclass(frozen=True)
class Options:
    """How to measure."""

    changes: int = 40
    """Changes for each view."""


def main(options: Options) -> None:
    """Run, and print a table."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from lab import FLAGS, Lab, Notebook, chromium

    program = chromium()
    if program is None:
        sys.exit("there is no Chromium; install it and run again")
    print(f"{platform.machine()}, Python {platform.python_version()}, {options.changes} changes of each view")
    print("| view | key to drawing, ms: median | min | max | in the kernel, ms: median |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, (make, slider) in VIEWS.items():
            cell = f"from dartslab.widgets import {name}\nview = {make}\nview"
            notebook = Notebook(lab, browser, name, [cell])
            notebook.run()
            notebook.view().wait_for()
            spent = notebook.page.evaluate(BROWSER, [slider, options.changes])
            kernel = json.loads(notebook.python(KERNEL.format(changes=options.changes)))
            notebook.close()
            numbers = (statistics.median(spent), min(spent), max(spent), statistics.median(kernel))
            print(f"| {name} | {' | '.join(f'{number:.0f}' for number in numbers)} |")
        browser.close()
        lab.stop()


if __name__ == "__main__":
    main(tyro.cli(Options))
