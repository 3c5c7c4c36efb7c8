"""Does a search find better cells than chance, and what else does?

    python benchmarks/beats_chance.py [--first 300] [--searches 8] [--random 24] [--minutes 60] [--save]

The space and the search are those of `SearchConfig.quick`. Groups of cells are built into networks, trained from
scratch with `TrainConfig.quick` and three seeds each, and judged on the 5,000 test pictures, which neither search nor
training saw. *found*: what searches with different seeds chose. *random*: drawn from the whole space. *matched*: random
cells, one for each found one, with as many convolutions in either cell. *largest*: sep_conv_3x3 on every edge, found by
no search. *best of n*: the best of as many random cells as can be trained for 47 steps in the time of a search, chosen
on pictures held out of training. *plain* asks for the kind of clothing, *turned* by how many quarters a picture was
turned. Intervals are Welch's, 95 %, over cells, and not corrected for their number. Accuracies in %, losses in nats.
"""

import time
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
import torch
import tyro

from dartslab import Genotype, SearchConfig, SearchState, TrainConfig, TrainState, random_genotype, search, train
from dartslab.base.seeds import stream
from dartslab.base.statistics import compare_means
from dartslab.data.datasets import DataSet, load_data
from dartslab.genotype import Cell, Connection
from measure import Options, Result, run

DATA = {"plain": "fashion-mini", "turned": "fashion-turned"}
SEEDS = 3  # trainings of each cell
INTERVAL = "{:+.1f} ({:.1f} to {:.1f})"  # of what `subtract` gives
SHORT = 47  # steps of a training by which the best of n is chosen


@dataclass(frozen=True)
class Cells(Options):
    """Search, draw, train and compare.

    Args:
        repeats: of the whole; all give the same.
        first: first seed of searches, of random cells and of trainings.
        searches: how many.
        random: random cells, each trained with three seeds.
    """

    repeats: int = 1
    first: int = 300
    searches: int = 8
    random: int = 24


def find(data: DataSet, **changes: Any) -> Genotype:
    """What a search finds."""
    state = SearchState.create(SearchConfig.quick(data=data.name, **changes), data)
    for _ in search(state):
        pass
    return state.genotype()


def uniform(normal: str, reduce: str) -> Genotype:
    """The cells of one node with one operation each."""
    return Genotype(*(Cell(tuple(Connection(2, i, name) for i in (0, 1)), (2,)) for name in (normal, reduce)))


def convolutions(cell: Genotype) -> tuple[int, ...]:
    """How many convolutions the normal and the reduction cell have."""
    return tuple(sum("conv" in c.operation for c in part.connections) for part in cell.cells.values())


def judge(cell: Genotype, data: DataSet, **changes: Any) -> tuple[float, float]:
    """Accuracy in % and loss on the test part, trained from scratch."""
    *_, last = train(TrainState.create(TrainConfig.quick(data=data.name, **changes), cell, data))
    return 100 * last.test_accuracy, last.test_loss


def hold_out(data: DataSet) -> DataSet:
    """The training pictures alone: a sixth of them takes the place of the test part."""
    order = torch.randperm(len(data.train.labels), generator=stream(0, "held out"))
    cut = len(order) // 6
    return replace(data, train=data.train.pick(order[cut:]), test=data.train.pick(order[:cut]))


def measure(name: str) -> dict[str, Any]:
    """All groups on one data set: {group: {cell: [[accuracy, loss] of each seed]}}."""
    data = load_data(DATA[name], image_size=16)
    seeds = range(options.first, options.first + options.searches)
    space = SearchConfig.quick().space
    begun = time.perf_counter()
    found = {f"search {seed}": find(data, seed=seed) for seed in seeds}
    seconds = (time.perf_counter() - begun) / len(seeds)
    drawn = {f"random {n}": random_genotype(space, n) for n in range(options.first, options.first + options.random)}
    matched = {}
    for n, (label, cell) in enumerate(found.items()):
        draws = (random_genotype(space, 1_000_000 * (n + 1) + k) for k in count())
        matched[f"like {label}"] = next(other for other in draws if convolutions(other) == convolutions(cell))
    largest = uniform("sep_conv_3x3", "sep_conv_3x3")
    held = hold_out(data)
    begun = time.perf_counter()
    judge(drawn[f"random {options.first}"], held, steps=SHORT, epochs=1, seed=0)
    tries = max(2, round(seconds / (time.perf_counter() - begun)))
    best = {}
    for seed in seeds:
        cells = [random_genotype(space, 1000 * seed + n) for n in range(tries)]
        scores = [judge(cell, held, steps=SHORT, epochs=1, seed=seed)[0] for cell in cells]
        best[f"best for {seed}"] = cells[int(np.argmax(scores))]
    groups = {"found": found, "random": drawn, "matched": matched, "largest": {"largest": largest}, "best of n": best}
    trainings = range(options.first, options.first + SEEDS)
    results = {
        group: {label: [judge(cell, data, seed=seed) for seed in trainings] for label, cell in cells.items()}
        for group, cells in groups.items()
    }
    cells = {label: str(cell.to_pairs()[::2]) for label, cell in found.items()}
    return {"results": results, "seconds of a search": seconds, "tries": tries, "found": cells}


def subtract(a: list[float], b: list[float]) -> tuple[float, float, float]:
    """Mean of a minus mean of b, with its 95 % interval; each number is a cell's mean over its trainings."""
    found = compare_means(a, b)
    half = found.limit or 0.0
    return found.points, found.points - half, found.points + half


def report(found: dict[str, list[Any]]) -> Result:
    """A table for each data set: every group, and found minus the others."""
    tables: dict[str, Any] = {}
    numbers = {}
    for name, (measured,) in found.items():
        means = {
            group: [[float(np.mean([one[k] for one in trainings])) for trainings in cells.values()] for k in (0, 1)]
            for group, cells in measured["results"].items()
        }
        rows = []
        for group, (accuracy, loss) in means.items():
            row = {"cells": group, "number": len(accuracy), "accuracy": float(np.mean(accuracy))}
            row["between cells, sd"] = float(np.std(accuracy, ddof=1)) if len(accuracy) > 1 else None
            row["loss"] = float(np.mean(loss))
            if group != "found" and len(accuracy) > 1:
                row["found minus these"] = INTERVAL.format(*subtract(means["found"][0], accuracy))
            elif group != "found":
                row["found minus these"] = f"{np.mean(means['found'][0]) - accuracy[0]:+.1f}"
            else:
                row["found minus these"] = ""
            rows.append(row)
        tables[f"{name}: test accuracy after training from scratch"] = rows
        spread = [
            float(np.std([one[0] for one in trainings], ddof=1)) for trainings in measured["results"]["random"].values()
        ]
        tables[f"{name}: beside it"] = [{
            "seconds of a search": measured["seconds of a search"], "n of best of n": measured["tries"],
            "between trainings of one random cell, sd": float(np.mean(spread)),
        }]  # fmt: skip
        tables[f"{name}: cells found"] = [{"search": label, "cell": cell} for label, cell in measured["found"].items()]
        middle, low, high = subtract(means["found"][0], means["random"][0])
        numbers |= {f"{name}_found_minus_random": middle, f"{name}_from": low, f"{name}_to": high}
    return {**numbers, "n": 1, "spread": None, "tables": tables}


if __name__ == "__main__":
    options = tyro.cli(Cells, description=__doc__)
    run(options, dict.fromkeys(DATA, options.repeats), measure, report)
