"""Which space a table of tied cells should be about: a pilot of 40 random cells with three seeds in each candidate.

    python benchmarks/truth_pilot.py --train --root data --minutes 60     train what is missing; goes on where it was
    python benchmarks/truth_pilot.py --save                               compare the candidates, and keep the page

A table can tell cells apart if they differ more than seeds do. *Ratio*: standard deviation between the true values of
cells, divided by that between seeds of one cell, by test loss and by test accuracy; 2 is wanted, 3 is better. *Tau*:
Kendall's tau expected between two seeds. *Size*: the share of the variance between estimated test losses that the
logarithm of the number of weights explains (r squared); the less, the more is left to find. *Seconds*: processor time
of a training, without its tests. All candidates use one cell for both kinds, two nodes, three layers, and pictures of
16 x 16, batches of 64, and a rate that rises for a tenth of the steps and then falls linearly to 0.
"""

import json
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tyro

from dartslab import TrainConfig
from dartslab.experiment.backends import sweep
from dartslab.truth.estimates import Estimates, estimate
from dartslab.truth.make import make_row, read_pictures
from dartslab.truth.plans import TablePlan
from dartslab.truth.table import Row, TruthTable
from measure import RESULTS, Options, Result, run

CELLS, SEEDS = 40, 3
MIXED = "skip_connect", "max_pool_3x3", "sep_conv_3x3", "dil_conv_3x3"
LIGHT = "skip_connect", "max_pool_3x3", "avg_pool_3x3", "dil_conv_3x3"
HEAVY = "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3"


def candidate(operations: tuple[str, ...], channels: int, epochs: int) -> TablePlan:
    """A tied space, and how its cells are trained."""
    sizes = {"nodes": 2, "operations": operations, "tied": True, "channels": channels}
    train = replace(TrainConfig.quick(), channels=channels, epochs=epochs, channels_last=True)
    return TablePlan("pilot", sizes, train, ((0, SEEDS),))


CANDIDATES = {
    "skip, max pool, sep 3, dil 3": candidate(MIXED, 8, 3),
    "skip, both pools, dil 3": candidate(LIGHT, 8, 3),
    "skip, sep 3, sep 5, dil 3": candidate(HEAVY, 8, 3),
}


@dataclass(frozen=True)
class Pilot(Options):
    """Train a few cells of each candidate.

    Args:
        repeats: of the report; the same trainings give the same numbers.
        minutes: no training is begun later.
        train: make the trainings that are missing, instead of the report.
        root: folder with FashionMNIST/raw/.
        jobs: trainings at a time.
        rows: the file of all trainings.
    """

    repeats: int = 1
    train: bool = False
    root: Path = Path("data")
    jobs: int = 2
    rows: Path = RESULTS / "truth_pilot_rows.jsonl"


def read_rows(path: Path) -> dict[str, list[Row]]:
    """The trainings of each candidate."""
    found: dict[str, list[Row]] = {name: [] for name in CANDIDATES}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row.pop("candidate")].append(row)
    return found


def train_one(name: str, cell: int, seed: int, root: str) -> dict[str, Any]:
    """One training, as a line of the file."""
    return {"candidate": name} | make_row(CANDIDATES[name], cell, seed, read_pictures("lesson", root))


def train_missing(options: Pilot) -> None:
    """All candidates in turn, so that a stop leaves as much of each. A training is kept as soon as it is done."""
    have = {(name, row["cell"], row["seed"]) for name, rows in read_rows(options.rows).items() for row in rows}
    drawn = {
        name: np.random.default_rng(0).permutation(len(plan.cells))[:CELLS].tolist()
        for name, plan in CANDIDATES.items()
    }
    every = [(name, drawn[name][place], seed) for place in range(CELLS) for name in CANDIDATES for seed in range(SEEDS)]
    missing, ends = [one for one in every if one not in have], time.monotonic() + 60 * options.minutes
    for start in range(0, len(missing), options.jobs):
        if time.monotonic() > ends:
            break
        calls = [partial(train_one, *one, str(options.root)) for one in missing[start : start + options.jobs]]
        with options.rows.open("a", encoding="utf-8") as file:
            for _, row in sweep(calls, options.jobs):
                file.write(json.dumps(row) + "\n")
        print(f"{len(every) - len(missing) + start + len(calls)} of {len(every)} trainings", flush=True)


def ratio(found: Estimates) -> float:
    """How much more cells differ than seeds do."""
    return found.between / found.within


def row_of(name: str, plan: TablePlan, rows: list[Row]) -> dict[str, Any]:
    """What the pilot says about a candidate."""
    table = TruthTable.from_rows(plan, rows, {})
    loss, accuracy = estimate(table), estimate(table, "test_accuracy")
    weights = table.of_each_cell("parameters")
    sizes = np.log([weights[cell][0] for cell in loss.cells.tolist()])
    return {
        "operations": name,
        "cells": len(loss.cells),
        "of": len(plan.cells),
        "ratio, loss": ratio(loss),
        "ratio, accuracy": ratio(accuracy),
        "between, points": 100 * accuracy.between,
        "seeds, points": 100 * accuracy.within,
        "tau": loss.tau_of_seeds,
        "size": float(np.corrcoef(sizes, loss.shrunken)[0, 1] ** 2),
        "mean accuracy %": 100 * accuracy.mean,
        "seconds": float(np.median(table.columns["seconds"])),
    }


def report(measured: dict[str, list[Any]]) -> Result:
    """A row for each candidate."""
    rows = [row_of(name, CANDIDATES[name], found) for name, found in read_rows(options.rows).items() if found]
    return {"n": SEEDS, "spread": None, "tables": {"Candidates": rows}}


if __name__ == "__main__":
    options = tyro.cli(Pilot, description=__doc__)
    if options.train:
        train_missing(options)
    else:
        run(options, {"report": 1}, lambda name: {}, report)
