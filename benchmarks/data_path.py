"""What share of a lesson's search step goes into its two batches: pick, crop, flip, normalise.

    python benchmarks/data_path.py [--save]

The lesson's search with batch 64 and 3 nodes on random pictures of 16x16. Pictures lie on the device as uint8; a batch
is one indexed read, with crop and flip in it, and a normalisation. The aim is a share below 3 %. Batches and steps take
turns, ten in each process; medians.
"""

import time
from typing import Any

import tyro

from measure import Options, Result, median, run, summarize
from subject import Subject

NAMES = ("two batches, ms", "the whole step, ms")


def measure(_: str) -> dict[str, float]:
    """Milliseconds for batches, and for steps with them."""
    subject, found = Subject("lesson"), []
    for step in range(11):
        begun = time.perf_counter()
        subject.train, subject.val = subject.state.train(0), subject.state.val(0)
        made = time.perf_counter()
        subject.step()
        if step:
            found.append([1e3 * (made - begun), 1e3 * (time.perf_counter() - begun)])
    return dict(zip(NAMES, median(found), strict=True))


def report(found: dict[str, list[Any]]) -> Result:
    """The share, and both times."""
    samples = {name: [each[name] for each in found["step"]] for name in NAMES}
    batches, step = (median(each) for each in samples.values())
    return {"share_of_batches": batches / step, **summarize("Milliseconds", samples)}


if __name__ == "__main__":
    options = tyro.cli(Options, description=__doc__)
    run(options, {"step": options.repeats}, measure, report)
