"""What one search step costs: aten calls, bytes kept for backward, seconds; the fused cell against the reference.

    python benchmarks/search_step.py --against reference                     published size, batch 64: many minutes
    python benchmarks/search_step.py --against reference --preset lesson     the size of the lessons: a minute
    python benchmarks/search_step.py --cell reference --preset lesson        one cell alone, all kinds of step
    ... --json                                                               the same as JSON
    ... --save                                       the same, kept in benchmarks/results/search_step.json

A first-order step is the alpha pass and the weight pass with both optimisers. Two references are timed: *as published*,
whose pictures lie in memory channel by channel, as a DataLoader delivers them, and whose alpha pass computes the
gradients of all weights too and throws them away; and *same step*, which only differs in the cell: its colour pictures
lie pixel by pixel, as this search's batches do, which suits a processor. The second-order reference has the published
finite difference and pictures as published, and `exact` is compared with it. Every timed step has a process of its
own, because memory that another variant has used and left in pieces is slower; variants take turns, so that a busy
machine slows all of them. Times are medians, smallest and largest stand beside
them. Calls and bytes are counts and do not depend on the machine; calls include views and are those of the plan for
GPUs, counted on a processor.
"""

import json
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F
import tyro
from torch import Tensor

from dartslab import SearchConfig, SearchState
from dartslab.data.batches import Batch
from dartslab.data.datasets import DataSet, Labelled
from dartslab.fast.fused import FusedCell
from dartslab.fast.plans import FEW_CALLS, Plan
from dartslab.run.search import alpha_step, weight_step

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from counts import count_calls, saved_bytes

RESULT = Path(__file__).parent / "results" / "search_step.json"  # a comparison: the newest
# Configuration, channels of the pictures, their size. The lesson of the issue of speed has 3 nodes.
PRESETS = {
    "published": (SearchConfig(hypergradient="first_order"), 3, 32),
    "lesson": (SearchConfig.lesson(nodes=3, batch_size=64), 1, 16),
}


@dataclass(frozen=True)
class Benchmark:
    """Measure one search step.

    Args:
        against: reference, to compare the fused cell with it; none for one cell alone.
        cell: which cell, alone.
        preset: published (C=16, 8 cells, 4 nodes, 32x32) or lesson (C=4, 3 cells, 3 nodes, 16x16).
        batch_size: pictures in a batch.
        repeats: timed steps of each kind; 0 counts only.
        threads: of torch; 0 leaves its default.
        json: print JSON instead of a table.
        save: keep the comparison as the newest result.
    """

    against: Literal["none", "reference"] = "none"
    cell: Literal["fused", "reference"] = "fused"
    preset: Literal["published", "lesson"] = "published"
    batch_size: int = 64
    repeats: int = 3
    threads: int = 0
    json: bool = False
    save: bool = False


def random_data(channels: int, size: int, count: int) -> DataSet:
    """Random pictures: cost does not depend on what is in them."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, channels, size, size), generator=generator, dtype=torch.uint8)
    part = Labelled(images, torch.arange(count) % 10)
    return DataSet("random", part, part, tuple("0123456789"))


class Subject:
    """A search at its first step, with the batches of that step.

    Args:
        preset: which size.
        changes: of the configuration.
    """

    def __init__(self, preset: str, **changes: Any) -> None:
        config, channels, size = PRESETS[preset]
        self.config = replace(config, device="cpu", **changes)
        data = random_data(channels, size, 2 * max(self.config.batch_size, 10) // 10 * 10 + 20)
        self.state = SearchState.create(self.config, data)
        self.train, self.val = self.state.train(0), self.state.val(0)
        self.as_published = [Batch(b.images.contiguous(), b.labels) for b in (self.train, self.val)]

    def step(self) -> None:
        """One step, as `search` makes it."""
        alpha_step(self.state, self.train, self.val, self.config.learning_rate)
        weight_step(self.state, self.train, self.config.learning_rate)

    def step_on_published(self) -> None:
        """The same on pictures that lie channel by channel."""
        train, val = self.as_published
        alpha_step(self.state, train, val, self.config.learning_rate)
        weight_step(self.state, train, self.config.learning_rate)

    def step_as_published(self) -> None:
        """A first-order step whose alpha pass computes the gradients of the weights too."""
        train, val = self.as_published
        for alpha in self.state.arch.parameters().values():
            alpha.requires_grad_()
        self.loss(val).backward()
        for alpha in self.state.arch.parameters().values():
            alpha.requires_grad_(False)
        self.state.alpha_optimizer.step()
        weight_step(self.state, train, self.config.learning_rate)

    def loss(self, batch: Batch) -> Tensor:
        """Cross-entropy of the supernet."""
        return F.cross_entropy(self.state.net(batch.images, self.state.relaxation(self.state.arch)), batch.labels)

    def kept(self, of_alpha: bool) -> int:
        """Bytes kept for backward by the alpha pass or the weight pass."""
        net, alphas = self.state.net, list(self.state.arch.parameters().values())
        parameters = {parameter.untyped_storage().data_ptr() for parameter in net.parameters()}
        net.requires_grad_(not of_alpha)
        for alpha in alphas:
            alpha.requires_grad_(of_alpha)
        count = saved_bytes(lambda: self.loss(self.train), parameters)
        net.requires_grad_()
        for alpha in alphas:
            alpha.requires_grad_(False)
        return count


def with_plan(plan: Plan | None, step: Callable[[], Any]) -> Any:
    """Do something while all fused cells follow one plan."""
    FusedCell.plan, before = plan, FusedCell.plan
    try:
        return step()
    finally:
        FusedCell.plan = before


def timed(
    variants: dict[str, Callable[[], None]], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Seconds of each variant, which take turns, after one round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats + 1):
        for name, step in variants.items():
            begun = clock()
            step()
            seconds[name].append(clock() - begun)
    return {name: each[1:] for name, each in seconds.items()}


@dataclass(frozen=True)
class Variant:
    """What is timed in a process of its own.

    Args:
        preset: which size.
        step: name of the method of `Subject` that makes one step.
        changes: of the configuration.
    """

    preset: str
    step: str
    changes: dict[str, Any]


def time_variant(variant: Variant, pipe: Connection) -> None:
    """Make one step that is not timed, then send the seconds of another."""
    subject = Subject(variant.preset, **variant.changes)
    step = getattr(subject, variant.step)
    step()
    begun = time.perf_counter()
    step()
    pipe.send(time.perf_counter() - begun)


def in_turn(variants: dict[str, Variant], repeats: int) -> dict[str, list[float]]:
    """Seconds of each variant, A B C A B C ...; each time in a new process, which alone holds memory."""
    context = multiprocessing.get_context("spawn")
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats):
        for name, variant in variants.items():
            ours, theirs = context.Pipe()
            process = context.Process(target=time_variant, args=(variant, theirs))
            process.start()
            theirs.close()  # so that a process that ended is noticed
            seconds[name].append(ours.recv())
            process.join()
    return seconds


def ratio(seconds: dict[str, list[float]], slow: str, fast: str) -> float:
    """How many times faster, by medians."""
    return statistics.median(seconds[slow]) / statistics.median(seconds[fast])


def compare(options: Benchmark) -> dict[str, Any]:
    """The fused cell against the reference."""
    changes = {"batch_size": options.batch_size, "threads": options.threads}
    reference = Subject(options.preset, cell="reference", **changes)
    fused = Subject(options.preset, cell="fused", **changes)
    counted = [Subject(options.preset, cell=cell, batch_size=2, threads=1) for cell in ("reference", "fused")]
    calls = {
        "reference, as published": count_calls(counted[0].step_as_published),
        "reference, same step": count_calls(counted[0].step),
        "fused, plan for GPUs": with_plan(FEW_CALLS, lambda: count_calls(counted[1].step)),
        "fused, plan for this size": count_calls(fused.step),
    }
    kept = {
        f"{name}, {what} pass": subject.kept(what == "alpha")
        for name, subject in (("reference", reference), ("fused", fused))
        for what in ("alpha", "weight")
    }
    result = {
        **about(options),
        "calls": calls,
        "calls_ratio": calls["reference, same step"] / calls["fused, plan for GPUs"],
        "kept_bytes": kept,
        "saved_bytes_ratio": min(kept[f"reference, {p} pass"] / kept[f"fused, {p} pass"] for p in ("alpha", "weight")),
    }
    if not options.repeats:
        return result
    del reference, fused
    fast, slow = {**changes, "cell": "fused"}, {**changes, "cell": "reference"}
    seconds = in_turn(
        {
            "first order, reference as published": Variant(options.preset, "step_as_published", slow),
            "first order, reference, same step": Variant(options.preset, "step", slow),
            "first order, fused": Variant(options.preset, "step", fast),
        },
        options.repeats,
    )
    finite = {**slow, "hypergradient": "finite_difference"}
    seconds |= in_turn(
        {
            "finite difference, reference": Variant(options.preset, "step_on_published", finite),
            "exact, fused": Variant(options.preset, "step", {**fast, "hypergradient": "exact"}),
        },
        max(1, options.repeats - 1),
    )
    result["first_order_ratio"] = ratio(seconds, "first order, reference as published", "first order, fused")
    result["first_order_ratio_same_step"] = ratio(seconds, "first order, reference, same step", "first order, fused")
    result["second_order_ratio"] = ratio(seconds, "finite difference, reference", "exact, fused")
    if options.preset == "lesson":
        result["lesson_ratio"] = result["first_order_ratio"]
    else:
        slow, fast = ({"threads": options.threads, "cell": cell} for cell in ("reference", "fused"))
        seconds |= in_turn(
            {
                "lesson, reference as published": Variant("lesson", "step_as_published", slow),
                "lesson, reference, same step": Variant("lesson", "step", slow),
                "lesson, fused": Variant("lesson", "step", fast),
            },
            9,
        )
        result["lesson_ratio"] = ratio(seconds, "lesson, reference as published", "lesson, fused")
        result["lesson_ratio_same_step"] = ratio(seconds, "lesson, reference, same step", "lesson, fused")
    result["seconds"] = seconds
    result["n"] = {name: len(each) for name, each in seconds.items()}
    result["spread"] = {name: (max(each) - min(each)) / statistics.median(each) for name, each in seconds.items()}
    return result


def alone(options: Benchmark) -> dict[str, Any]:
    """One cell, all kinds of step."""
    result: dict[str, Any] = {**about(options), "cell": options.cell, "calls": {}, "seconds": {}}
    for name in ("first_order", "finite_difference", "exact"):
        subject = Subject(
            options.preset,
            cell=options.cell,
            hypergradient=name,
            batch_size=options.batch_size,
            threads=options.threads,
        )
        result["calls"][name] = count_calls(subject.step)
        result["seconds"] |= timed({name: subject.step}, options.repeats) if options.repeats else {}
    result["kept_bytes"] = {f"{what} pass": subject.kept(what == "alpha") for what in ("alpha", "weight")}
    return result


def about(options: Benchmark) -> dict[str, Any]:
    """What was measured, on what, with what."""
    torch.set_num_threads(options.threads or torch.get_num_threads())
    return {
        "date": str(date.today()),
        "preset": options.preset,
        "batch_size": options.batch_size,
        "machine": {
            "processor": platform.machine(),
            "vector": torch.backends.cpu.get_cpu_capability(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
        },
        "versions": {"torch": str(torch.__version__), "python": platform.python_version()},
    }


def table(result: dict[str, Any]) -> str:
    """The result for a reader."""
    machine, versions = result["machine"], result["versions"]
    lines = [
        f"{result['date']}, {result['preset']} size, batch {result['batch_size']}; {machine['processor']} "
        f"({machine['vector']}), {machine['cores']} cores, {machine['threads']} threads, torch {versions['torch']}, "
        f"Python {versions['python']}",
        "",
        *(f"{name:<42}{count:>9,} aten calls a step" for name, count in result["calls"].items()),
        "",
        *(f"{name:<42}{kept / 2**20:>9,.1f} MiB kept" for name, kept in result["kept_bytes"].items()),
        "",
    ]
    for name, seconds in result.get("seconds", {}).items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        lines.append(f"{name:<42}{middle:>9.3f} s a step ({low:.3f} to {high:.3f}, n = {len(seconds)})")
    lines.append("")
    lines += [f"{name:<42}{value:>9.2f}" for name, value in result.items() if "ratio" in name]
    return "\n".join(lines)


if __name__ == "__main__":
    options: Annotated[Benchmark, tyro.conf.arg(name="")] = tyro.cli(Benchmark, description=__doc__)
    result = compare(options) if options.against == "reference" else alone(options)
    if options.save:
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1) if options.json else table(result))
