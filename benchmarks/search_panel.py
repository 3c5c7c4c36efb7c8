"""What the live view costs the training: steps per second with 10 updates a second and with none, in a real JupyterLab.

    python benchmarks/search_panel.py --blocks 80 --block 20

JupyterLab, its kernel and Chromium run on this machine, as they do for a student. Blocks of a second or two with and
without updates take turns, so that what else the machine does falls on both.
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
MAKE = """import json, time
from dartslab import SearchConfig
from dartslab.widgets import SearchPanel
panel = SearchPanel(SearchConfig.lesson({changes}))
panel"""

MEASURE = """
seen, ends, drawn = panel.live.worker._seen, [], []
def see(event):
    panel.updates = {updates} if len(ends) // {block} % 2 else 1e-9
    seen(event)
    ends.append(time.perf_counter())
panel.live.worker._seen = see
panel.canvas.observe(lambda change: drawn.append(len(ends) // {block} % 2), "frame")
panel.step(5 + {blocks} * {block}); panel.wait()  # the first steps set torch up
ends = ends[5:]
starts = range(0, len(ends) - 1, {block})
print(json.dumps([ends[min(i + {block}, len(ends) - 1)] - ends[i] for i in starts][:-1] + [sum(drawn)]))
"""


@dataclass(frozen=True)
class Options:
    """How to measure."""

    blocks: int = 80
    """Blocks of steps, by turns without and with updates."""
    block: int = 20
    """Steps in a block."""
    updates: float = 10.0
    """Drawings per second in the rounds with updates."""
    changes: str = "epochs=100, nodes=1, layers=2, batch_size=32, image_size=12"
    """Changes to the lesson's configuration; short steps make the view cost the most."""


def main(options: Options) -> None:
    """Run, and print a table."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from lab import FLAGS, Lab, Notebook, chromium

    program = chromium()
    if program is None:
        sys.exit("there is no Chromium; install it and run again")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        notebook = Notebook(lab, browser, "benchmark", [MAKE.format(changes=options.changes)])
        notebook.run()
        notebook.view().wait_for()
        measure = MEASURE.format(updates=options.updates, blocks=options.blocks, block=options.block)
        *seconds, drawn = json.loads(notebook.python(measure))
        notebook.close()
        browser.close()
        lab.stop()
    still, live = seconds[::2], seconds[1::2]
    ratios = [a / b for a, b in zip(still, live, strict=False)]
    print(
        f"{platform.machine()}, Python {platform.python_version()}, SearchConfig.lesson({options.changes}), "
        f"{options.block} steps a block, {drawn / sum(live):.1f} updates/s in the blocks that have them"
    )
    print("| | median | quartiles | blocks |\n|---|---|---|---|")
    for name, values in (
        ("steps/s without updates", [options.block / value for value in still]),
        ("steps/s with updates", [options.block / value for value in live]),
        ("throughput with / without, neighbouring blocks", ratios),
    ):
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"| {name} | {middle:.3g} | {low:.3g} to {high:.3g} | {len(values)} |")


if __name__ == "__main__":
    main(tyro.cli(Options))
