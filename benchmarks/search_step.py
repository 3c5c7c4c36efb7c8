"""What a search step costs: seconds, aten calls, bytes kept for backward; the fused cell against the reference.

    python benchmarks/search_step.py --save                             published and lesson's size: about ten minutes
    python benchmarks/search_step.py --preset lesson --repeats 7        the lesson's size alone: two minutes
    python benchmarks/search_step.py --only "lesson: fused"             seconds of one step

The published size is the whole supernet with 16 channels, 8 cells, 4 nodes and pictures of 32x32; the lesson's has 4
channels, 3 cells, 3 nodes and 16x16. Batches have 64 pictures, at the published size what `--batch-size` says where it
is given. A first-order step is the alpha pass and the weight pass with both optimisers.

Two references are timed. *As published* has pictures that lie in memory channel by channel, as a DataLoader delivers
them, and its alpha pass computes the gradients of all weights too and throws them away. *Same step* differs from the
fused search in the cell alone: its pictures lie pixel by pixel, as in every search here, which suits a processor. The
ratios are reference as published over fused, by medians; `same_step` marks the others. The second-order ratio compares
`exact`, fused, with the published finite difference on pictures as published.

Seconds are those of one step in a process of its own, after a step that is not counted: a whole one at the lesson's
size, one with 2 pictures at the published size. With one thread they are processor time, which other work on the
machine disturbs least. Calls and bytes are counts and do not depend on the machine. Calls include views and are counted
with 2 pictures, those of the plan for GPUs on a processor. The ratio of bytes is the smaller one of the two passes. The
aims were a first-order and a second-order ratio of 4, 3.5 for calls, 2.5 for bytes and 3 for the lesson.
"""

import statistics
import time
from dataclasses import dataclass
from typing import Any, Literal

import tyro

from dartslab.fast.fused import FusedCell
from dartslab.fast.plans import FEW_CALLS
from measure import Options, Result, run, summarize
from subject import Subject


@dataclass(frozen=True)
class Step(Options):
    """Measure one search step.

    Args:
        repeats: timed steps of each kind.
        lesson_repeats: of each kind at the lesson's size, beside the published one.
        against: reference, to compare the fused cell with it; none for the fused cell alone.
        preset: published, and the lesson's size beside it; or lesson alone.
        batch_size: pictures in a batch of the published size.
    """

    repeats: int = 2
    lesson_repeats: int = 7
    against: Literal["reference", "none"] = "reference"
    preset: Literal["published", "lesson"] = "published"
    batch_size: int = 64


@dataclass(frozen=True)
class Variant:
    """A way to make a step.

    Args:
        cell: fused or reference.
        hypergradient: of the search.
        contiguous: pictures lie channel by channel.
        all_gradients: the alpha pass computes the gradients of the weights too.
    """

    cell: str
    hypergradient: str = "first_order"
    contiguous: bool = False
    all_gradients: bool = False


FIRST_ORDER = {
    "reference as published": Variant("reference", contiguous=True, all_gradients=True),
    "reference, same step": Variant("reference"),
    "fused": Variant("fused"),
}
SECOND_ORDER = {
    "reference, finite difference": Variant("reference", "finite_difference", contiguous=True),
    "fused, exact": Variant("fused", "exact"),
}
VARIANTS = FIRST_ORDER | SECOND_ORDER
RATIOS = {
    "first_order_ratio": ("published: reference as published", "published: fused"),
    "first_order_ratio_same_step": ("published: reference, same step", "published: fused"),
    "second_order_ratio": ("published: reference, finite difference", "published: fused, exact"),
    "lesson_ratio": ("lesson: reference as published", "lesson: fused"),
    "lesson_ratio_same_step": ("lesson: reference, same step", "lesson: fused"),
    "lesson_second_order_ratio": ("lesson: reference, finite difference", "lesson: fused, exact"),
}


def main(options: Step) -> None:
    """Measure and print."""
    names = [name for name in VARIANTS if options.against == "reference" or VARIANTS[name].cell == "fused"]
    variants = {"counts": 1} | {f"{options.preset}: {name}": options.repeats for name in names}
    if options.preset == "published":
        variants |= {f"lesson: {name}": options.lesson_repeats for name in names if name in FIRST_ORDER}
    run(options, variants, lambda name: measure(name, options), lambda found: report(found, options))


def measure(name: str, options: Step) -> Any:
    """Seconds of one step, or all counts."""
    if name == "counts":
        return count(options)
    preset, _, how = name.partition(": ")
    subject = make_subject(preset, how, options)
    (subject if preset == "lesson" else make_subject(preset, how, options, batch_size=2)).step()
    clock = time.process_time if options.threads == 1 else time.perf_counter
    begun = clock()
    subject.step()
    return clock() - begun


def make_subject(preset: str, how: str, options: Step, **changes: Any) -> Subject:
    """The search of a variant."""
    sizes = {"batch_size": options.batch_size} if preset == "published" else {}
    return Subject(preset, **{**vars(VARIANTS[how]), "threads": options.threads, **sizes, **changes})


def count(options: Step) -> dict[str, dict[str, int]]:
    """Aten calls of a first-order step, and bytes kept for backward by its two passes."""
    names = ["reference as published", "reference, same step"] if options.against == "reference" else []
    calls = {name: make_subject(options.preset, name, options, batch_size=2).calls() for name in names}
    calls["fused, plan for this size"] = make_subject(options.preset, "fused", options).calls()
    FusedCell.plan = FEW_CALLS
    calls["fused, plan for GPUs"] = make_subject(options.preset, "fused", options, batch_size=2).calls()
    FusedCell.plan = None
    kept = {}
    for name in [*names[1:], "fused"]:
        subject = make_subject(options.preset, name, options)
        for half in ("alpha", "weight"):
            kept[f"{subject.config.cell}, {half} pass"] = subject.kept_bytes(half == "alpha")
    return {"calls": calls, "kept": kept}


def report(found: dict[str, list[Any]], options: Step) -> Result:
    """Ratios, then seconds and counts as tables."""
    (counts,) = found.pop("counts")
    calls, kept = counts["calls"], counts["kept"]
    seconds = {name: statistics.median(each) for name, each in found.items()}
    result: Result = {
        name: seconds[slow] / seconds[fast] for name, (slow, fast) in RATIOS.items() if {slow, fast} <= set(seconds)
    }
    if options.against == "reference":
        result["calls_ratio"] = calls["reference, same step"] / calls["fused, plan for GPUs"]
        result["saved_bytes_ratio"] = min(
            kept[f"reference, {half} pass"] / kept[f"fused, {half} pass"] for half in ("alpha", "weight")
        )
    result |= summarize("Seconds of one step", found)
    result["tables"]["Aten calls of a first-order step"] = [{"": k, "calls": v} for k, v in calls.items()]
    result["tables"]["Kept for backward"] = [{"": k, "MiB": v / 2**20} for k, v in kept.items()]
    return result


if __name__ == "__main__":
    main(tyro.cli(Step, description=__doc__))
