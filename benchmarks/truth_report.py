"""What every method finds, beside random search at the same cost, rankings and the largest cell.

    python benchmarks/truth_report.py --search --minutes 60     make the searches that are missing; goes on where it was
    python benchmarks/truth_report.py --save                    compare what was found with the table, and keep the page

The space is that of the table `lesson`, which `SearchConfig.quick` searches. Every method searches it with five seeds,
by first order and by `exact`, each with the settings that it brings. If a method refuses the space, `none` is left out,
or there are more channels; the row says so. The found cells are looked up.

*Better than*: the share of the other cells that are worse than the found one, in %, the mean over the searches.
*Regret*: estimated test loss minus that of the best cell, in nats, with half of the 95 % interval (Student's t). *Minus
random*: the same loss minus that of random search, which trains as many random cells as cost the same (*cells*), each
once, and keeps the best by validation loss. *Seconds*: processor time of a search. *Rankings*: Kendall's tau between
scores and test loss; more than the best possible tau cannot be expected.
"""

import statistics
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import tyro

from dartslab.base.messages import UserError
from dartslab.experiment.backends import sweep
from dartslab.genotype import Genotype
from dartslab.methods import METHODS
from dartslab.methods.rankings import RANKINGS
from dartslab.truth.compare import compare_searches
from dartslab.truth.estimates import Estimates, estimate
from dartslab.truth.found import SHIPPED, Found, config_for, find_cell, read_list, write_list
from dartslab.truth.rank import number_of, rank_cell
from dartslab.truth.scores import compare_ranking
from dartslab.truth.table import TruthTable, load_table
from measure import Options, Result, run

ORDERS = "first_order", "exact"
CONVOLUTION = "conv"


@dataclass(frozen=True)
class Report(Options):
    """Compare every method with the table.

    Args:
        repeats: of the report; the same searches give the same numbers.
        minutes: no search is begun later.
        search: make the searches that are missing, instead of the report.
        table: name of the table.
        seeds: searches of each method and order.
        jobs: searches at a time.
        methods: names with commas between them; all where empty.
        rankings: names with commas between them; all where empty, none for "-".
    """

    repeats: int = 1
    search: bool = False
    table: str = "lesson"
    seeds: int = 5
    jobs: int = 2
    methods: str = ""
    rankings: str = ""


def wanted(options: Report) -> list[tuple[str, str, int]]:
    """(method, order, seed) of every search that its method does not refuse; all methods once before the next seed."""
    names = options.methods.split(",") if options.methods else list(METHODS)
    found = []
    for seed in range(options.seeds):
        for name in names:
            for order in ORDERS:
                try:
                    config_for(options.table, name, seed, order)
                except UserError as error:
                    print(f"{name}, {order}: {error}") if seed == 0 else None
                    continue
                found.append((name, order, seed))
    return found


def make_searches(options: Report) -> None:
    """Make what is missing. Each is kept as soon as it is done."""
    path = SHIPPED / f"{options.table}.found.json"
    done = read_list(path) if path.exists() else []
    have = {(one.method, one.hypergradient, one.seed) for one in done}
    missing, ends = [one for one in wanted(options) if one not in have], time.monotonic() + 60 * options.minutes
    for start in range(0, len(missing), options.jobs):
        if time.monotonic() > ends:
            break
        calls = [Call(options.table, *one) for one in missing[start : start + options.jobs]]
        for _, found in sweep(calls, options.jobs):
            done.append(found)
            print(f"{found.method}, {found.hypergradient}, seed {found.seed}: {found.seconds:.0f} s", flush=True)
        done.sort(key=lambda one: (list(METHODS).index(one.method), ORDERS.index(one.hypergradient), one.seed))
        write_list(path, done)
    print(f"{len(done)} searches are kept, {len(wanted(options)) - len(done)} are missing")


@dataclass(frozen=True)
class Call:
    """One search, as a call that another process can make."""

    table: str
    method: str
    order: str
    seed: int

    def __call__(self) -> Found:
        """Search."""
        return find_cell(self.table, self.method, self.seed, self.order)


def row_of(table: TruthTable, several: list[Found]) -> dict[str, Any]:
    """The row of a method in one order."""
    one = compare_searches(table, several)
    limit = "" if one.limit is None else f" +- {one.limit:.3f}"
    return {
        "method": one.method + (f" ({one.changed})" if one.changed else ""),
        "order": one.hypergradient,
        "n": len(one.cells),
        "better than %": round(one.better_than, 1),
        "regret": f"{one.regret:.3f}{limit}",
        "cells": one.random.cells,
        "minus random": f"{one.minus_random:+.3f}{limit}",
        "seconds": one.seconds,
        "passes": int(one.passes),
        "verdict": one.verdict.split(" random search")[0] if one.limit is not None else "one search",
    }


def convolutions(genotype: Genotype) -> int:
    """How many kept edges hold a convolution."""
    return sum(CONVOLUTION in one.operation for cell in genotype.cells.values() for one in cell.connections)


def without_search(table: TruthTable, loss: Estimates, found: list[Found]) -> list[dict[str, Any]]:
    """Cells that need no search: a random one, the largest, and those with as many convolutions as DARTS finds."""
    cells, rows = table.plan.cells, []
    pairs = [("sep_conv_3x3", 0), ("sep_conv_3x3", 1)]
    largest = number_of(table, Genotype.from_pairs(pairs, [2], pairs, [2]))
    darts = [one.cell for one in found if (one.method, one.hypergradient) == ("darts", "first_order")]
    like = {convolutions(cells[number]) for number in darts if number is not None}
    counts = [convolutions(cells[number]) for number in darts if number is not None]
    every = np.array([convolutions(cells[number]) for number in loss.cells])
    rows.append(
        {"": "all cells", "better than %": float(loss.better_than(loss.shrunken).mean())}
        | {"test loss": float(loss.shrunken.mean()), "n": len(loss.cells)}
    )
    if like:
        means = [loss.shrunken[every == count] for count in counts]
        better = statistics.fmean(float(loss.better_than(one).mean()) for one in means)
        rows.append(
            {"": "as many convolutions as DARTS", "better than %": better}
            | {"test loss": statistics.fmean(float(one.mean()) for one in means), "n": len(counts)}
        )
    if largest in loss.cells:
        rank = rank_cell(table, largest)
        rows.append({"": "the largest cell", "better than %": rank.better_than, "test loss": rank.loss, "n": 1})
    return rows


def report(measured: dict[str, list[Any]]) -> Result:
    """A table of methods, one of cells without a search, and one of rankings."""
    table, found = load_table(options.table), read_list(SHIPPED / f"{options.table}.found.json")
    loss, groups = estimate(table), dict[tuple[str, str], list[Found]]()
    for one in found:
        groups.setdefault((one.method, one.hypergradient), []).append(one)
    rows = [row_of(table, several) for several in groups.values()]
    names = [] if options.rankings == "-" else options.rankings.split(",") if options.rankings else list(RANKINGS)
    scored = [compare_ranking(table, name, range(min(3, options.seeds))) for name in names]
    rankings = [
        {
            "ranking": one.ranking,
            "cells": one.cells,
            "tau": statistics.fmean(one.tau),
            "from": min(one.tau),
            "to": max(one.tau),
            "best is better than %": one.better_than,
            "seconds": one.seconds,
        }
        for one in scored
    ]
    tables = {"Methods": rows, "Without a search": without_search(table, loss, found)}
    return {
        "best_possible_tau": loss.expected_tau(table.plan.first_seeds),
        "n": options.seeds,
        "spread": None,
        "tables": tables | ({"Rankings": rankings} if rankings else {}),
    }


if __name__ == "__main__":
    options = tyro.cli(Report, description=__doc__)
    if options.search:
        make_searches(options)
    else:
        run(options, {"report": 1}, lambda name: {}, report)
