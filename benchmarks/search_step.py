"""What one search step costs with the reference cell: aten calls, bytes kept for backward, seconds.

    python benchmarks/search_step.py                    the published supernet, batch 64: several minutes on two cores
    python benchmarks/search_step.py --preset lesson    the lessons' supernet: seconds
    python benchmarks/search_step.py --json             the same as JSON

A first-order step is the alpha pass (no weight gradients) and the weight pass; a second-order one has the published
finite difference, or `exact`, in place of the alpha pass. Times are medians over --repeats steps after one that is not
counted; smallest and largest stand beside them. Calls and bytes are counts and do not depend on the machine.
"""

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F
import tyro
from torch.utils._python_dispatch import TorchDispatchMode

from dartslab import SearchConfig, SearchState
from dartslab.batches import Batch
from dartslab.data import DataSet, Labelled
from dartslab.search import alpha_step, weight_step

SIZES = {"published": (SearchConfig(), 3, 32), "lesson": (SearchConfig.lesson(batch_size=64), 1, 16)}


@dataclass(frozen=True)
class Benchmark:
    """Measure one search step.

    Args:
        preset: published (C=16, 8 cells, 4 nodes, 32x32) or lesson (C=4, 3 cells, 2 nodes, 16x16).
        batch_size: pictures in a batch.
        repeats: timed steps of each kind; 0 counts only.
        threads: of torch; 0 leaves its default.
        json: print JSON instead of a table.
    """

    preset: Literal["published", "lesson"] = "published"
    batch_size: int = 64
    repeats: int = 3
    threads: int = 0
    json: bool = False


class CountCalls(TorchDispatchMode):
    """Counts aten calls, those that only make a view apart."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.views = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Count one call and let it through."""
        self.calls += 1
        self.views += function.is_view
        return function(*args, **(kwargs or {}))


def saved_bytes(forward: Callable[[], torch.Tensor], parameters: set[int]) -> int:
    """Bytes of all storages that autograd keeps for backward; the parameters themselves are not counted."""
    storages: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        forward()
    return sum(storages.values())


def random_data(channels: int, size: int, count: int) -> DataSet:
    """Random pictures: cost does not depend on what is in them."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, channels, size, size), generator=generator, dtype=torch.uint8)
    part = Labelled(images, torch.arange(count) % 10)
    return DataSet("random", part, part, tuple("0123456789"))


def measure(options: Benchmark) -> dict[str, Any]:
    """Counts and times of all kinds of step, as one dictionary."""
    config, channels, size = SIZES[options.preset]
    config = replace(config, batch_size=options.batch_size, device="cpu", threads=options.threads)
    data = random_data(channels, size, 2 * max(options.batch_size, 10) // 10 * 10 + 20)
    rows: dict[str, Any] = {}
    for name, method in {
        "first order": "first_order",
        "finite difference": "finite_difference",
        "exact": "exact",
    }.items():
        state = SearchState.create(replace(config, method=method), data)
        train, val = state.train(0), state.val(0)

        def step(state: SearchState = state, train: Batch = train, val: Batch = val) -> None:
            alpha_step(state, train, val, config.learning_rate)
            weight_step(state, train, config.learning_rate)

        with CountCalls() as count:
            step()
        seconds = []
        for _ in range(options.repeats):
            begun = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - begun)
        rows[name] = {"calls": count.calls, "calls_without_views": count.calls - count.views, "seconds": seconds}

    parameters = {parameter.untyped_storage().data_ptr() for parameter in state.net.parameters()}
    alphas = list(state.arch.parameters().values())

    def loss(for_alpha: bool) -> torch.Tensor:
        for parameter in state.net.parameters():
            parameter.requires_grad_(not for_alpha)
        for alpha in alphas:
            alpha.requires_grad_(for_alpha)
        return F.cross_entropy(state.net(train.images, state.relaxation(state.arch)), train.labels)

    bytes_kept = {
        name: saved_bytes(lambda f=f: loss(f), parameters) for name, f in (("weight pass", False), ("alpha pass", True))
    }
    return {
        "cell": "reference",
        "preset": options.preset,
        "config": asdict(config),
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "threads": torch.get_num_threads(),
            "torch": str(torch.__version__),
            "python": platform.python_version(),
        },
        "steps": rows,
        "saved_bytes": bytes_kept,
    }


def table(result: dict[str, Any]) -> str:
    """The result for a reader."""
    machine, config = result["machine"], result["config"]
    lines = [
        f"reference cell, {config['nodes']} nodes, C={config['channels']}, {config['layers']} cells, "
        f"batch {config['batch_size']}; torch {machine['torch']}, {machine['threads']} threads, {machine['processor']}",
        "",
        f"{'step':<20}{'aten calls':>12}{'without views':>15}{'s/step (median)':>17}{'min':>8}{'max':>8}{'n':>4}",
    ]
    for name, row in result["steps"].items():
        seconds = row["seconds"]
        times = [statistics.median(seconds), min(seconds), max(seconds)] if seconds else [float("nan")] * 3
        lines.append(
            f"{name:<20}{row['calls']:>12,}{row['calls_without_views']:>15,}{times[0]:>17.3f}{times[1]:>8.3f}"
            f"{times[2]:>8.3f}{len(seconds):>4}"
        )
    lines += [
        "",
        *(f"kept for backward, {name}: {kept / 2**20:,.1f} MiB" for name, kept in result["saved_bytes"].items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    options: Annotated[Benchmark, tyro.conf.arg(name="")] = tyro.cli(Benchmark, description=__doc__)
    result = measure(options)
    print(json.dumps(result, indent=1) if options.json else table(result))
