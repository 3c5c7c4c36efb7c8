"""What share of a lesson's search step goes into its two batches: pick, crop, flip, normalise.

    python benchmarks/data_path.py [--threads 1] [--repeats 30]

The lessons' search with batch 64, 3 nodes, on random pictures of 16x16. Batches and steps take turns; medians.
"""

import statistics
import time
from dataclasses import dataclass
from typing import Annotated

import tyro

from search_step import Benchmark, Subject, about


@dataclass(frozen=True)
class Options:
    """How often, with how many threads.

    Args:
        repeats: timed steps.
        threads: of torch.
    """

    repeats: int = 30
    threads: int = 1


def main(options: Options) -> None:
    """Measure and print."""
    machine = about(Benchmark(preset="lesson", threads=options.threads))["machine"]
    subject = Subject("lesson", threads=options.threads)
    batches, steps = [], []
    for repeat in range(options.repeats + 1):
        begun = time.perf_counter()
        step = repeat % subject.state.train.per_epoch
        subject.train, subject.val = subject.state.train(step), subject.state.val(step)
        made = time.perf_counter()
        subject.step()
        batches.append(made - begun)
        steps.append(time.perf_counter() - begun)
    data, whole = statistics.median(batches[1:]), statistics.median(steps[1:])
    print(f"{machine}, n = {options.repeats}")
    print(f"two batches {data * 1e3:.2f} ms of a step of {whole * 1e3:.0f} ms: {data / whole:.1%}")


if __name__ == "__main__":
    chosen: Annotated[Options, tyro.conf.arg(name="")] = tyro.cli(Options, description=__doc__)
    main(chosen)
