"""One cell of the published supernet at a time: the fused cell against the reference, and what bounds it.

    python benchmarks/cells.py [--batch-size 64] [--save]

The whole supernet at batch 64 needs 12 GB with the reference; one cell after the other needs little. For each cell the
alpha pass (no gradients of weights) and the weight pass are timed in processor time, each cell kind in processes of its
own. The reference *as published* also computes gradients of weights in the alpha pass, so it makes two weight passes;
*same step* does not. The ratios are over all cells of the supernet, without stem, classifier and optimisers. Last, the
seconds of the fused cells by aten call, in both passes.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import tyro
from torch.utils._python_dispatch import TorchDispatchMode

from dartslab import SearchConfig
from dartslab.cell import SearchCell
from dartslab.fast.fused import FusedCell
from dartslab.space import skeleton
from measure import Options, Result, median, run, spread

CELLS: dict[str, type[SearchCell]] = {"reference": SearchCell, "fused": FusedCell}
HALVES = ("alpha", "weight")


@dataclass(frozen=True)
class Sizes(Options):
    """Time single cells.

    Args:
        repeats: timed passes of each kind.
        batch_size: B.
        channels: of the first cells; 16 is published.
    """

    batch_size: int = 64
    channels: int = 16


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


def make_pass(cell: SearchCell, shapes: Sequence[tuple[int, ...]]) -> Callable[[bool], None]:
    """A function that makes one pass, forward and backward, for alpha or for the weights."""
    layout = torch.channels_last if isinstance(cell, FusedCell) else torch.contiguous_format
    states = [torch.randn(shape).contiguous(memory_format=layout).requires_grad_() for shape in shapes]
    weights = torch.softmax(torch.randn(len(cell.space.edges), len(cell.space.operations)), 1)

    def one_pass(of_alpha: bool) -> None:
        cell.requires_grad_(not of_alpha)
        table = weights.detach().requires_grad_(of_alpha)
        output = cell(*states, table)
        wanted = [*states, *([table] if of_alpha else cell.parameters())]
        torch.autograd.grad(output, wanted, torch.ones_like(output, memory_format=layout))

    return one_pass


def measure(name: str, options: Sizes) -> Result:
    """Seconds of both passes of each cell, and of the aten calls in all of them."""
    config, batch, size, clock, rows = SearchConfig(channels=options.channels), options.batch_size, 32, Clock(), []
    nodes = dict.fromkeys(config.space.kinds, config.nodes)
    for place in skeleton(config.layers, config.channels, nodes, 3 * config.channels):
        torch.manual_seed(0)
        before = size * (1 + place.halve)
        shapes = [(batch, place.channels_before_last, before, before), (batch, place.channels_last, size, size)]
        one_pass = make_pass(CELLS[name](config.space, *place[1:4], place.reduction, place.halve), shapes)
        row = {"cell": place.kind, "channels": place.channels, "pixels": size}
        for half in HALVES:
            one_pass(half == "alpha")
            begun = time.process_time()
            one_pass(half == "alpha")
            row[f"{name}, {half}"] = time.process_time() - begun
            with clock:
                one_pass(half == "alpha")
        rows.append(row)
        size //= 1 + place.reduction
    return {"cells": rows, "seconds": clock.seconds, "calls": clock.calls}


def report(found: dict[str, list[Any]]) -> Result:
    """Ratios of the whole supernet, seconds of each cell, seconds of each aten call."""
    cells = {name: median([each["cells"] for each in found[name]]) for name in CELLS}
    alpha, weight = ({name: sum(row[f"{name}, {half}"] for row in cells[name]) for name in CELLS} for half in HALVES)
    fused = alpha["fused"] + weight["fused"]
    seconds, calls = median([each["seconds"] for each in found["fused"]]), found["fused"][0]["calls"]
    return {
        "cells_ratio": 2 * weight["reference"] / fused,
        "cells_ratio_same_step": (alpha["reference"] + weight["reference"]) / fused,
        "n": len(found["fused"]),
        "spread": {name: spread([each["cells"] for each in found[name]]) for name in CELLS},
        "tables": {
            "Seconds of a pass": [one | two for one, two in zip(*cells.values(), strict=True)],
            "Seconds by aten call, fused": [
                {"": call, "seconds": seconds[call], "share": seconds[call] / sum(seconds.values()), "n": calls[call]}
                for call in sorted(seconds, key=lambda call: -seconds[call])[:10]
            ],
        },
    }


if __name__ == "__main__":
    options = tyro.cli(Sizes, description=__doc__)
    run(options, dict.fromkeys(CELLS, options.repeats), lambda name: measure(name, options), report)
