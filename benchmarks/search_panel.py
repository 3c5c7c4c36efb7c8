"""What the live view costs the training: steps per second with updates and without, in a real JupyterLab.

    python benchmarks/search_panel.py [--blocks 100 --block 20] [--save]

JupyterLab, its kernel (one thread of torch) and Chromium without a GPU run on this machine, as they do for a student.
Blocks of a second or two with and without updates take turns, so that what else the machine does falls on both; the
throughput is that of neighbouring blocks, with over without. Ten updates a second are asked for; a drawing follows a
whole step, so fewer are made. Where other programs use the processor the throughput scatters and says nothing.
"""

import json
import statistics
from dataclasses import dataclass
from typing import Any

import tyro

from browser import open_lab
from measure import Options, Result, run, summarize

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
class Blocks(Options):
    """Time blocks of steps.

    Args:
        repeats: measurements, each in a JupyterLab of its own.
        blocks: blocks of steps, by turns without and with updates.
        block: steps in a block.
        updates: drawings per second in the blocks with updates.
        changes: of the lesson's configuration; short steps make the view cost the most.
    """

    repeats: int = 1
    blocks: int = 100
    block: int = 20
    updates: float = 10.0
    changes: str = "epochs=100, nodes=1, layers=3, batch_size=32, image_size=12"


def measure(_: str, options: Blocks) -> Result:
    """Seconds of all blocks, and how often was drawn."""
    with open_lab() as pages, pages.open("panel", MAKE.format(changes=options.changes)) as notebook:
        code = MEASURE.format(updates=options.updates, blocks=options.blocks, block=options.block)
        *seconds, drawn = json.loads(notebook.python(code))
        return {"seconds": seconds, "drawn": drawn, "versions": pages.versions}


def report(found: dict[str, list[Any]], options: Blocks) -> Result:
    """Throughput of neighbouring blocks, steps and updates per second."""
    still = [second for one in found["all"] for second in one["seconds"][::2]]
    live = [second for one in found["all"] for second in one["seconds"][1::2]]
    ratios = [a / b for a, b in zip(still, live, strict=False)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    samples = {
        "steps/s without updates": [options.block / second for second in still],
        "steps/s with updates": [options.block / second for second in live],
        "throughput": ratios,
    }
    return {
        "throughput": middle,
        "throughput_lower_quartile": low,
        "throughput_upper_quartile": high,
        "updates_per_second": sum(one["drawn"] for one in found["all"]) / sum(live),
        "versions": found["all"][0]["versions"],
        **summarize("Blocks", samples),
    }


if __name__ == "__main__":
    options = tyro.cli(Blocks, description=__doc__)
    run(options, {"all": options.repeats}, lambda name: measure(name, options), lambda found: report(found, options))
