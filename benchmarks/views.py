"""How long a change of a view takes: from a key on a slider to the new drawing on the screen, in a real JupyterLab.

    python benchmarks/views.py [--changes 40] [--save]

JupyterLab, its kernel and Chromium without a GPU run on this machine. Measured in the browser: key, message to the
kernel, Python's frame, message back, drawing. Beside it the kernel's part, measured in Python: `frame` and `describe`.
A new seed or xi of FiniteDifferenceDial computes its curves first, which is not in this table. The result
of 2026-11-24 measured an earlier drawing of Replay.
"""

import json
from dataclasses import dataclass
from typing import Any

import tyro

from browser import open_lab
from measure import ROOT, Options, Result, median, run, spread

VIEWS = {  # how it is made, which slider is moved
    "RelaxationMixer": ("RelaxationMixer()", 1),
    "BilevelExplorer": ("BilevelExplorer()", 0),
    "FiniteDifferenceDial": ("FiniteDifferenceDial()", 0),
    "Replay": (f"Replay({str(ROOT / 'figures/runs/first_search')!r})", 0),
}
KERNEL = """
import json, statistics, time
spent = []
for _ in range({changes}):
    begun = time.perf_counter()
    json.dumps(view.describe(view.frame(view.settings)))
    spent.append(1e3 * (time.perf_counter() - begun))
print(json.dumps(statistics.median(spent)))
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
class Changes(Options):
    """Time changes of views.

    Args:
        repeats: measurements, each in a JupyterLab of its own.
        changes: of each view.
    """

    repeats: int = 1
    changes: int = 40


def measure(_: str, options: Changes) -> Result:
    """Milliseconds of all views: of each change, and the median of the kernel's part."""
    found: Result = {}
    with open_lab() as pages:
        for name, (make, slider) in VIEWS.items():
            with pages.open(name, f"from dartslab.widgets import {name}\nview = {make}\nview") as notebook:
                spent = notebook.page.evaluate(BROWSER, [slider, options.changes])
                kernel = json.loads(notebook.python(KERNEL.format(changes=options.changes)))
                found[name] = {"spent": [float(each) for each in spent], "kernel": kernel}
        return {"views": found, "versions": pages.versions}


def report(found: dict[str, list[Any]]) -> Result:
    """A row for each view; the slowest view is the number at the top."""
    rows, spreads = [], {}
    for name in VIEWS:
        each = [one["views"][name] for one in found["all"]]
        spent = [number for one in each for number in one["spent"]]
        kernel = median([one["kernel"] for one in each])
        rows.append(
            {"": name, "median": median(spent), "smallest": min(spent), "largest": max(spent), "kernel": kernel}
        )
        spreads[name] = spread(spent)
    return {
        "slowest_view_ms": max(row["median"] for row in rows),
        "n": len(spent),
        "spread": spreads,
        "versions": found["all"][0]["versions"],
        "tables": {"Milliseconds from key to drawing, and in the kernel": rows},
    }


if __name__ == "__main__":
    options = tyro.cli(Changes, description=__doc__)
    run(options, {"all": options.repeats}, lambda name: measure(name, options), report)
