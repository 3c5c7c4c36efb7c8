"""What a search knows about its space while it runs: the order of the cells, and the rank of the derived cell.

    python benchmarks/truth_course.py --save

DARTS searches the space of the table `lesson` with several seeds. w learns alone for two epochs, then alpha moves for
one, as in `SearchConfig.quick`, or for more. At some steps, cells that were drawn at random are judged in two ways
without training them. *Supernet*: minus the validation loss of the supernet restricted to the cell, which keeps its w.
*Alpha*: the sum of log softmax(alpha) over the operations of the cell. Both are compared with the estimated test loss
of the table, by Kendall's tau: 1 is the same order, 0 no relation. *Derived*: the share of all other cells that are
worse than the cell that would be derived at this step, in %. Numbers are means over the seeds, with the standard
deviation. Before alpha moves it is at its random start, and its order says nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tyro

from dartslab.methods.rankings.random_shared import only
from dartslab.run.search import search
from dartslab.run.search_state import SearchState
from dartslab.truth.estimates import Estimates, estimate, kendall_tau
from dartslab.truth.rank import number_of
from dartslab.truth.table import TruthTable, load_table
from measure import Options, Result, run

TABLE = "lesson"


@dataclass(frozen=True)
class Course(Options):
    """Follow searches through the table.

    Args:
        repeats: of each search; the same seed gives the same numbers.
        seeds: searches of each order and length.
        cells: how many cells are judged.
        epochs: in which alpha moves, with commas between them; `exact` is followed for the first number only.
        first: after so many steps of alpha it is read for the first time, then after twice as many, and so on.
    """

    repeats: int = 1
    seeds: int = 5
    cells: int = 150
    epochs: str = "1,4"
    first: int = 6


def names(options: Course) -> list[str]:
    """The searches, each named by hypergradient, epochs in which alpha moves, and seed."""
    short, *longer = options.epochs.split(",")
    kinds = [("first_order", short), ("exact", short), *(("first_order", one) for one in longer)]
    return [f"{order} {epochs} {seed}" for order, epochs in kinds for seed in range(options.seeds)]


def follow(name: str) -> list[dict[str, Any]]:
    """Make one search, and a row for each step at which cells are judged."""
    order, epochs, seed = name.split()
    table = load_table(TABLE)
    truth, waits = estimate(table), table.plan.search.alpha_waits
    config = table.plan.search_with(seed=int(seed), hypergradient=order, epochs=waits + int(epochs))
    state, chosen = SearchState.create(config), np.random.default_rng(0).permutation(len(truth.cells))[: options.cells]
    alone, rows = waits * state.train.per_epoch, []
    for event in search(state):
        moved = event.step - alone
        doubled = moved > 0 and moved % options.first == 0 and (moved // options.first).bit_count() == 1
        if doubled or event.step in (alone // 2, alone, event.steps):
            rows.append({"step": event.step, "moved": max(0, moved)} | judge(state, table, truth, chosen))
    return rows


def judge(state: SearchState, table: TruthTable, truth: Estimates, chosen: np.ndarray) -> dict[str, float]:
    """How well the supernet and alpha order the chosen cells, and how good the derived cell is."""
    space, loss = table.plan.search.space, truth.shrunken[chosen]
    kept = [only(space, table.plan.cells[number]) for number in truth.cells[chosen].tolist()]
    logs = {kind: weights.detach().log() for kind, weights in state.weights().items()}
    scores = [sum(float(logs[kind][one[kind] > 0].sum()) for kind in space.kinds) for one in kept]
    alpha = kendall_tau(-np.array(scores), loss)
    supernet = kendall_tau(np.array([state.validate(one)[0] for one in kept]), loss)
    place = truth.place(number_of(table, state.genotype()))
    better = float(truth.better_than(truth.shrunken[[place]])[0])
    return {"supernet": supernet, "alpha": alpha, "derived": better}


def report(measured: dict[str, list[list[dict[str, Any]]]]) -> Result:
    """A table for each kind of search: a row for each step, means over the seeds."""
    groups: dict[str, list[list[dict[str, Any]]]] = {}
    table = load_table(TABLE)
    waits = table.plan.search.alpha_waits
    for name, (rows,) in measured.items():
        order, epochs, _ = name.split()
        groups.setdefault(f"{order}, alpha moves in the last {epochs} of {waits + int(epochs)} epochs", []).append(rows)
    return {
        "best_possible_tau": estimate(table).expected_tau(table.plan.first_seeds),
        "n": options.seeds,
        "spread": None,
        "tables": {title: [row_of(several) for several in zip(*runs, strict=True)] for title, runs in groups.items()},
    }


def row_of(several: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """Means and standard deviations over the searches at one step."""
    row: dict[str, Any] = {"step": several[0]["step"], "steps of alpha": several[0]["moved"]}
    for name, digits in (("supernet", 2), ("alpha", 2), ("derived", 0)):
        values = [one[name] for one in several]
        spread = f" +- {np.std(values, ddof=1):.{digits}f}" if len(values) > 1 else ""
        row[name] = f"{np.mean(values):.{digits}f}{spread}"
    return row


if __name__ == "__main__":
    options = tyro.cli(Course, description=__doc__)
    run(options, dict.fromkeys(names(options), 1), follow, report)
