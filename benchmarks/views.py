"""How long a change of a view takes: from a move of a slider to the new drawing on the screen, in a real JupyterLab.

    python benchmarks/views.py [--changes 40] [--save]

JupyterLab, its kernel and Chromium without a GPU run on this machine. Measured in the browser: move, message to the
kernel, Python's frame, message back, drawing. Beside it the kernel's part, measured in Python: `frame` and `describe`.
A new seed or xi of FiniteDifferenceDial computes its curves first, which is not in this table. The result
of 2026-11-24 measured an earlier drawing of Replay.

Frames a second are those that the browser shows while a view plays for 5 seconds; it shows 60 at most. Views that
compute in the page are measured in the page that they export, SearchPanel in JupyterLab, where its lines glide between
the steps of a search. Processor time is that of all threads of the page, for a frame. Load is the average over the
minute before each measurement; two cores are busy at 2.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import tyro
from playwright.sync_api import Page

from browser import Pages, open_lab
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
  const handle = document.querySelectorAll(".dartslab input[type=range]")[slider];
  const [first, step] = [Number(handle.value), Number(handle.step)];
  const aside = first + step > Number(handle.max) ? first - step : first + step;
  const spent = [];
  for (let i = 0; i < changes; i++) {
    const before = canvas.dataset.painted;
    const begun = performance.now();
    handle.value = i % 2 ? first : aside;
    handle.dispatchEvent(new Event("input"));
    while (canvas.dataset.painted === before) {
      await new Promise(requestAnimationFrame);
      if (performance.now() - begun > 5000) throw new Error("no new drawing within 5 s");
    }
    spent.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 150));
  }
  return spent;
}"""
PLAYING = {  # in a page of its own, or None: in JupyterLab
    "PlantedSearch": {},
    "AlphaRace": {"race": "late bloomer"},
    "HypergradientBeats": {},
    "NoDerivative": {},
    "SearchPanel": None,
}
SECONDS = 5
PANEL = """from dartslab import SearchConfig
from dartslab.widgets import SearchPanel
panel = SearchPanel(SearchConfig.lesson(batch_size=32))
panel"""
FRAMES = """async (seconds) => {
  const buttons = () => [...document.querySelectorAll(".dartslab-canvas button")];
  const play = () => buttons().find((one) => /▶|↻|^play$/.test(one.textContent) && !one.disabled);
  const plays = () => buttons().some((one) => /❚❚|^pause$/.test(one.textContent) && !one.disabled);
  play().click();
  await new Promise((done) => setTimeout(done, 500));
  const begun = performance.now();
  let frames = 0;
  while (performance.now() - begun < 1e3 * seconds) {
    await new Promise(requestAnimationFrame);
    frames += 1;
    if (!plays()) play()?.click(); // it was at its end
  }
  return frames / ((performance.now() - begun) / 1e3);
}"""


@dataclass(frozen=True)
class Changes(Options):
    """Time changes of views.

    Args:
        repeats: measurements, each in a JupyterLab of its own.
        changes: of each view.
        plays: how often each view plays for 5 seconds.
    """

    repeats: int = 1
    changes: int = 40
    plays: int = 5


def measure(_: str, options: Changes) -> Result:
    """Milliseconds of all views: of each change, and the median of the kernel's part. Then the frames of what plays."""
    found: Result = {}
    with open_lab() as pages:
        for name, (make, slider) in VIEWS.items():
            with pages.open(name, f"from dartslab.widgets import {name}\nview = {make}\nview") as notebook:
                spent = notebook.page.evaluate(BROWSER, [slider, options.changes])
                kernel = json.loads(notebook.python(KERNEL.format(changes=options.changes)))
                found[name] = {"spent": [float(each) for each in spent], "kernel": kernel}
        turns = [name for _ in range(options.plays) for name in PLAYING]
        frames: dict[str, list[dict[str, float]]] = {name: [] for name in PLAYING}
        for name in turns:
            frames[name].append(play(pages, name))
        return {"views": found, "frames": frames, "versions": pages.versions}


def play(pages: Pages, name: str) -> dict[str, float]:
    """Frames a second of a view that plays, processor milliseconds for a frame, and the load before."""
    load, settings = os.getloadavg()[0], PLAYING[name]
    if settings is None:
        with pages.open(name, PANEL) as notebook:
            return count_frames(notebook.page) | {"load": load}
    view = getattr(import_module("dartslab.widgets"), name)(**settings)
    with tempfile.TemporaryDirectory() as folder:
        page = pages.browser.new_page()
        page.goto(view.export_html(Path(folder) / f"{name}.html").as_uri())
        page.locator(".dartslab-canvas button").first.wait_for()
        found = count_frames(page)
        page.close()
    return found | {"load": load}


def count_frames(page: Page) -> dict[str, float]:
    """Press play, and count for 5 seconds."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def used() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "ProcessTime"))

    before = used()
    rate = float(page.evaluate(FRAMES, SECONDS))
    return {"rate": rate, "processor": 1e3 * (used() - before) / (rate * (SECONDS + 0.5))}


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
    played = []
    for name in PLAYING:
        each = [one for found_once in found["all"] for one in found_once["frames"][name]]
        rates = [one["rate"] for one in each]
        row = {"": name, "frames a second": median(rates), "smallest": min(rates), "largest": max(rates)}
        row |= {"processor ms a frame": median([one["processor"] for one in each]), "n": len(each)}
        played.append(row | {"load": median([one["load"] for one in each])})
        spreads[f"{name} plays"] = spread(rates)
    return {
        "slowest_view_ms": max(row["median"] for row in rows),
        "fewest_frames_a_second": min(row["frames a second"] for row in played),
        "n": len(spent),
        "spread": spreads,
        "versions": found["all"][0]["versions"],
        "tables": {
            "Milliseconds from move to drawing, and in the kernel": rows,
            f"While it plays for {SECONDS} seconds": played,
        },
    }


if __name__ == "__main__":
    options = tyro.cli(Changes, description=__doc__)
    run(options, {"all": options.repeats}, lambda name: measure(name, options), report)
