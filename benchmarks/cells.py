"""One cell of the published supernet at a time: the fused cell against the reference at batch 64, and what bounds it.

    python benchmarks/cells.py [--batch-size 64] [--repeats 2] [--threads 1]

The whole supernet at batch 64 does not fit into 24 GiB beside the reference; its cells do, one after the other. For
each cell the alpha pass (no weight gradients) and the weight pass are timed, by processor time, in turns. The reference
*as published* also computes weight gradients in the alpha pass, so it makes two weight passes. `sum` is over the
supernet's cells, without stem, classifier and optimisers. Then the seconds of the fused cells by aten call.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import torch
import tyro
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from dartslab import SearchConfig
from dartslab.cell import SearchCell
from dartslab.fast.fused import FusedCell
from dartslab.space import CellPlace, skeleton
from search_step import Benchmark, about


@dataclass(frozen=True)
class Options:
    """How large, how often.

    Args:
        batch_size: B.
        repeats: timed passes of each kind.
        threads: of torch.
    """

    batch_size: int = 64
    repeats: int = 2
    threads: int = 1


class Clock(TorchDispatchMode):
    """Seconds and number of every aten call, by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Time one call and let it through."""
        begun = time.perf_counter()
        result = function(*args, **(kwargs or {}))
        name = function._schema.name.partition("::")[2]
        self.seconds[name] += time.perf_counter() - begun
        self.calls[name] += 1
        return result


def subject(cell: SearchCell, place: CellPlace, size: int, options: Options) -> Callable[[bool], None]:
    """A function that makes one pass: forward and backward, for alpha or for the weights."""
    layout = torch.channels_last if isinstance(cell, FusedCell) else torch.contiguous_format

    def state(channels: int, pixels: int) -> Tensor:
        shape = (options.batch_size, channels, pixels, pixels)
        return torch.randn(shape).contiguous(memory_format=layout).requires_grad_()

    s0, s1 = state(place.channels_before_last, size * (1 + place.halve)), state(place.channels_last, size)
    weights = torch.softmax(torch.randn(len(cell.space.edges), len(cell.space.operations)), 1)

    def one_pass(of_alpha: bool) -> None:
        cell.requires_grad_(not of_alpha)
        table = weights.detach().requires_grad_(of_alpha)
        output = cell(s0, s1, table)
        wanted = [s0, s1, *([table] if of_alpha else cell.parameters())]
        torch.autograd.grad(output, wanted, torch.ones_like(output, memory_format=layout))

    return one_pass


def main(options: Options) -> None:
    """Measure and print."""
    machine = about(Benchmark(threads=options.threads))["machine"]
    print(f"batch {options.batch_size}, n = {options.repeats}; {machine}")
    config = SearchConfig()
    totals: dict[str, float] = defaultdict(float)
    clock = Clock()
    size = 32
    measured: dict[CellPlace, dict[str, float]] = {}
    for place in skeleton(config.layers, config.channels, dict.fromkeys(config.space.kinds, config.nodes), 48):
        if place not in measured:
            torch.manual_seed(0)
            arguments = (config.space, *place[1:4], place.reduction, place.halve)
            passes = {
                "reference": subject(SearchCell(*arguments), place, size, options),
                "fused": subject(FusedCell(*arguments), place, size, options),
            }
            seconds: dict[str, list[float]] = defaultdict(list)
            for repeat in range(options.repeats + 1):
                for of_alpha in (True, False):
                    for name, one_pass in passes.items():
                        begun = time.process_time()
                        one_pass(of_alpha)
                        if repeat:
                            seconds[f"{name}, {'alpha' if of_alpha else 'weight'}"].append(time.process_time() - begun)
            measured[place] = {name: statistics.median(each) for name, each in seconds.items()}
            print(f"{place.kind}, {place.channels} channels, {size}x{size}: {words(measured[place])}", flush=True)
            with clock:
                passes["fused"](True)
                passes["fused"](False)
        for name, value in measured[place].items():
            totals[name] += value
        size //= 1 + place.reduction
    print(f"sum over {config.layers} cells: {words(totals)}")
    whole = sum(clock.seconds.values())
    print("\nfused, both passes of one cell of each kind, seconds by aten call:")
    for name in sorted(clock.seconds, key=lambda name: -clock.seconds[name])[:14]:
        print(f"{clock.seconds[name]:8.2f} s {clock.seconds[name] / whole:6.1%} {clock.calls[name]:6d} x {name}")


def words(seconds: dict[str, float]) -> str:
    """Seconds of the passes and how many times faster."""
    fused = seconds["fused, alpha"] + seconds["fused, weight"]
    same = (seconds["reference, alpha"] + seconds["reference, weight"]) / fused
    told = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    return f"{told}; {2 * seconds['reference, weight'] / fused:.2f} times faster than published, {same:.2f} same step"


if __name__ == "__main__":
    chosen: Annotated[Options, tyro.conf.arg(name="")] = tyro.cli(Options, description=__doc__)
    main(chosen)
