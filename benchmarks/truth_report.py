"""What every method finds, beside random search at the same cost, rankings and the largest cell.

    python benchmarks/truth_report.py --search --minutes 60     make the searches that are missing; goes on where it was
    python benchmarks/truth_report.py --save                    compare what was found with the table, and keep the page

The space is that of the table `lesson`, which `SearchConfig.quick` searches. Every method searches it with five seeds,
by first order and by `exact`, each with the settings that it brings. If a method refuses the space, `none` is left out,
or there are more channels; the row says so. The found cells are looked up.

*Better than*: the share of the other cells that are worse than the found one, in %, the mean over the searches.
*Regret*: estimated test loss minus that of the best cell, in nats, with half of the 95 % interval (Student's t). *Minus
random*: the same loss minus that of random search, which trains as many random cells as cost the same (*cells*), each
once, and keeps the best by validation loss. *Seconds*: processor time of a search. *Beside random search*: better or
worse if random search is outside of the interval.

Of many methods that are no better than random search, 5 % are called better or worse. *apart_after_correction* counts
the rows that remain if the level is 5 % divided by the number of rows (Bonferroni). *Once more*: every row that was
called better or worse, searched again with seeds that it has not used; *again_apart_after_correction* counts these rows
in the same way. *Rankings*: Kendall's tau between scores and
test loss; more than the best possible tau cannot be expected.
"""

import itertools
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro

from dartslab.base.messages import UserError
from dartslab.genotype import Genotype
from dartslab.methods import METHODS
from dartslab.methods.rankings import RANKINGS
from dartslab.truth.compare import UNDECIDED, Comparison, compare_groups
from dartslab.truth.describe import values_of_cells
from dartslab.truth.estimates import Estimates, estimate
from dartslab.truth.found import Found, find_cells, keep_found, read_found
from dartslab.truth.scores import compare_ranking
from dartslab.truth.table import TruthTable, load_table
from measure import RESULTS, Options, Result, run

ORDERS = "first_order", "exact"


@dataclass(frozen=True)
class Report(Options):
    """Compare every method with the table.

    Args:
        repeats: of the report; the same searches give the same numbers.
        minutes: no search is begun later.
        search: make the searches that are missing, instead of the report.
        table: name of the table.
        seeds: searches of each method and order.
        again: further searches of those that were called better or worse.
        jobs: searches at a time.
        folder: where each search is kept as soon as it is done.
        methods: names with commas between them; all where empty.
        rankings: names with commas between them; all where empty, none for "-".
    """

    repeats: int = 1
    search: bool = False
    table: str = "lesson"
    seeds: int = 5
    again: int = 10
    jobs: int = 2
    folder: Path = Path("runs/truth")
    methods: str = ""
    rankings: str = ""


def make_searches(options: Report) -> None:
    """Make what is missing, method by method; all searches that there are then go into one file."""
    names, done = options.methods.split(",") if options.methods else list(METHODS), []
    ends = time.monotonic() + 60 * options.minutes
    for name, order in itertools.product(names, ORDERS):
        if time.monotonic() > ends:
            print(f"out of time before {name}, {order}")
            break
        try:
            done += find_cells(options.table, name, range(options.seeds), options.folder, order, options.jobs)
        except UserError as error:
            print(f"{name}, {order}: {error}")  # the method refuses this order
    searches_of(options.table).parent.mkdir(exist_ok=True)
    keep_found(searches_of(options.table), done)
    apart = [one for one in compare_groups(load_table(options.table), done) if one.beside_random() != UNDECIDED]
    seeds, again = range(options.seeds, options.seeds + options.again), list[Found]()
    for one in apart:
        again += find_cells(options.table, one.method, seeds, options.folder, one.hypergradient, options.jobs)
    if again:
        keep_found(searches_of(options.table, again=True), again)
    print(f"{len(done)} searches, and {len(again)} with further seeds")


def searches_of(table: str, again: bool = False) -> Path:
    """The file of all searches of a table's space, or of those that were made again with further seeds."""
    return RESULTS / "searches" / f"{table}{'_again' if again else ''}.json"


def row_of(one: Comparison) -> dict[str, Any]:
    """The row of a method in one order."""
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
        "beside random search": one.beside_random(),
    }


def count_apart(compared: list[Comparison]) -> int:
    """How many rows are better or worse than random search if the level is divided by their number."""
    return sum(one.beside_random(len(compared)) != UNDECIDED for one in compared)


def convolutions(genotype: Genotype) -> int:
    """How many kept edges hold a convolution."""
    return sum("conv" in one.operation for cell in genotype.cells.values() for one in cell.connections)


def without_search(table: TruthTable, loss: Estimates, found: list[Found]) -> list[dict[str, Any]]:
    """Cells that need no search: all of them, those with as many convolutions as DARTS finds, and the largest."""
    cells = table.plan.cells
    counts = np.array([convolutions(cells[number]) for number in loss.cells])
    sizes = values_of_cells(table, "parameters", loss.cells.tolist())
    groups = {"all cells": [np.full(len(counts), True)], "the largest cell": [sizes == sizes.max()]}
    darts = [one for one in found if (one.method, one.hypergradient) == ("darts", "first_order")]
    like = [counts == convolutions(cells[one.cell]) for one in darts if one.cell is not None]
    groups |= {"as many convolutions as DARTS": like} if like else {}
    rows = []
    for name, several in groups.items():
        means = [loss.shrunken[one] for one in several]
        better = statistics.fmean(float(loss.better_than(one).mean()) for one in means)
        losses = statistics.fmean(float(one.mean()) for one in means)
        regret = losses - float(loss.shrunken[loss.order[0]])
        rows.append({"": name, "groups": len(several), "better than %": round(better, 1), "regret": f"{regret:.3f}"})
    return rows


def report(measured: dict[str, list[Any]]) -> Result:
    """A table of methods, one of cells without a search, and one of rankings."""
    table, found = load_table(options.table), read_found(searches_of(options.table))
    loss, compared = estimate(table), compare_groups(table, found)
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
    tables, repeated = {"Methods": [row_of(one) for one in compared]}, searches_of(options.table, again=True)
    again = compare_groups(table, read_found(repeated)) if repeated.exists() else []
    if again:
        tables["Once more, with further seeds"] = [row_of(one) for one in again]
    tables["Without a search"] = without_search(table, loss, found)
    return {
        "apart_after_correction": count_apart(compared),
        "again_apart_after_correction": count_apart(again),
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
