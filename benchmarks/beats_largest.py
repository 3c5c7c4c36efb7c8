"""Is there a space whose best cell is not its largest one, and does a search find better cells than the largest?

    python benchmarks/beats_largest.py [--minutes 60] [--save]

In the space of `SearchConfig.quick` the largest cell, found by no search, is as good as those that are found (see
beats_chance). Three spaces with convolutions of 5 x 5 were tried, with one node as there: first on pictures held out of
training (*pilot*: 4 searches, 8 random cells, the largest cell), then the one in which the searches stood out most from
the largest cell, once, on the 5,000 test pictures and with other seeds (*test*). *largest*: sep_conv_5x5 on every edge.
*smaller*: max_pool_3x3 on the edges of the normal cell, sep_conv_5x5 on those of the reduction cell, the best of 49
cells with one operation in each kind of cell in an earlier pilot on the held-out pictures. Intervals are Welch's, 95 %,
between the means of the cells, or between the trainings of a single cell; `smaller_limit` is half of one. Accuracies in
%, losses in nats.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import tyro

from beats_chance import INTERVAL, find, hold_out, judge, subtract, uniform
from dartslab import Genotype, SearchConfig, random_genotype
from dartslab.base.statistics import compare_means
from dartslab.data.datasets import load_data
from measure import Options, Result, run

SPACES = {
    "four": ("max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_5x5"),
    "four dilated": ("max_pool_3x3", "skip_connect", "sep_conv_5x5", "dil_conv_5x5"),
    "six": ("none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_5x5", "dil_conv_5x5"),
}
CHOSEN = "four"
PILOT, TEST = range(400, 408), range(500, 512)  # seeds of searches and of random cells


@dataclass(frozen=True)
class Cells(Options):
    """Search, draw, train and compare; repeats of the whole all give the same."""

    repeats: int = 1


def measure(name: str) -> dict[str, Any]:
    """{group: {cell: [[accuracy, loss] of each training]}} of the pilot in one space, or of the test."""
    whole = load_data("fashion-mini", image_size=16)
    pilot = name != "test"
    data, operations = (hold_out(whole), SPACES[name]) if pilot else (whole, SPACES[CHOSEN])
    seeds, searches, trainings, single = (PILOT, 4, range(2), range(3)) if pilot else (TEST, 8, range(500, 503), TEST)
    begun = time.perf_counter()
    found = {f"search {seed}": find(data, seed=seed, operations=operations) for seed in seeds[:searches]}
    seconds = (time.perf_counter() - begun) / searches
    space = SearchConfig.quick(operations=operations).space
    drawn = {f"random {seed}": random_genotype(space, seed) for seed in seeds}
    groups: dict[str, tuple[dict[str, Genotype], range]] = {
        "found": (found, trainings),
        "random": (drawn, range(1) if pilot else trainings),
        "largest": ({"largest": uniform("sep_conv_5x5", "sep_conv_5x5")}, single),
    }
    if not pilot:
        groups["smaller"] = {"smaller": uniform("max_pool_3x3", "sep_conv_5x5")}, single
    results = {
        group: {label: [judge(cell, data, seed=seed) for seed in part] for label, cell in cells.items()}
        for group, (cells, part) in groups.items()
    }
    cells = {label: str(cell.to_pairs()[::2]) for label, cell in found.items()}
    return {"results": results, "seconds of a search": seconds, "found": cells}


def means_of(cells: dict[str, list[list[float]]], number: int) -> list[float]:
    """The mean of each cell; of a single cell the numbers of its trainings."""
    each = [[one[number] for one in trainings] for trainings in cells.values()]
    return each[0] if len(each) == 1 else [float(np.mean(values)) for values in each]


def report(found: dict[str, list[Any]]) -> Result:
    """A table for each space and one for the test."""
    tables: dict[str, Any] = {}
    numbers: dict[str, Any] = {}
    for name, (measured,) in found.items():
        groups = measured["results"]
        rows = []
        for group, cells in groups.items():
            accuracies = means_of(cells, 0)
            row: dict[str, Any] = {"cells": group, "number": len(cells), "accuracy": float(np.mean(accuracies))}
            row["loss"] = float(np.mean(means_of(cells, 1)))
            row["found minus these"] = ""
            if group != "found":
                apart = subtract(means_of(groups["found"], 0), accuracies)
                row["found minus these"] = INTERVAL.format(*apart)
                if name == "test":
                    names = (f"{what}_{group}" for what in ("found_minus", "from", "to"))
                    numbers |= dict(zip(names, apart, strict=True))
            rows.append(row)
        if name == "test":
            smaller = compare_means(means_of(groups["smaller"], 0), means_of(groups["largest"], 0))
            numbers |= {"smaller_minus_largest": smaller.points, "smaller_limit": smaller.limit}
        what = (
            "test pictures, other seeds" if name == "test" else f"pilot, held-out pictures: {', '.join(SPACES[name])}"
        )
        tables[f"{name}: {what}"] = rows
        tables[f"{name}: cells found"] = [{"search": label, "cell": cell} for label, cell in measured["found"].items()]
    return {**numbers, "n": 1, "spread": None, "tables": tables}


if __name__ == "__main__":
    options = tyro.cli(Cells, description=__doc__)
    run(options, dict.fromkeys((*SPACES, "test"), options.repeats), measure, report)
