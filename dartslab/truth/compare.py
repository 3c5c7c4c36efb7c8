"""Is a method better than chance? The cells that it finds are compared with random search at the same cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from ..base.messages import counted, require
from ..base.statistics import LEVEL, t_quantile
from .estimates import Estimates, estimate
from .found import Found
from .rank import RandomSearch, search_at_random
from .table import TruthTable

LEAST = 2  # searches that an interval needs
BETTER, WORSE, UNDECIDED = "better", "worse", "cannot be told apart"


@dataclass(frozen=True)
class Comparison:
    """What the searches of one method found, and random search at their cost.

    Args:
        method: its name.
        hypergradient: of its searches.
        searches: how many were made.
        cells: numbers of the found cells that are compared.
        outside: searches whose cell is not in the space of the table.
        untrained: searches whose cell is not trained yet.
        better_than: share of the other cells that are worse than the found cell, in %; mean over searches.
        regrets: test loss of each found cell minus that of the best cell, in nats.
        points: test accuracy of the best cell minus the mean of the found cells, in percentage points.
        limit: half of the width of the 95 % interval of the found cells' mean test loss, and so of `regret` and
            `minus_random`, in nats; None with one search.
        spread: standard deviation of the test loss over searches, in nats; None with one search.
        seconds, passes: processor time, and forward plus backward passes of the supernet; medians over searches.
        random: random search with as many cells as can be trained in the time of one search.
        minus_random: mean test loss of the found cells minus that of random search, in nats; below 0 is better.
        changed: what was changed so that the method accepts the space, in words.

    All losses and accuracies are the estimates of `estimate`.
    """

    method: str
    hypergradient: str
    searches: int
    cells: tuple[int, ...]
    outside: int
    untrained: int
    better_than: float
    regrets: tuple[float, ...]
    points: float
    limit: float | None
    spread: float | None
    seconds: float
    passes: float
    random: RandomSearch
    minus_random: float
    changed: str

    def __str__(self) -> str:
        """The three lines that the command prints."""
        interval = "" if self.limit is None else f" +- {self.limit:.3f}"
        spread = "" if self.spread is None else f", standard deviation {self.spread:.3f}"
        notes = [f"searched {self.changed}"] if self.changed else []
        notes += [f"{self.outside} of {self.searches} cells are outside of the space"] if self.outside else []
        notes += [f"{self.untrained} of {self.searches} cells are not trained yet"] if self.untrained else []
        beaten = f"{self.better_than:.0f} % of the cells on average (random search {self.random.better_than:.0f} %)"
        return (
            f"{self.method}, {self.hypergradient}{''.join(f', {note}' for note in notes)}: {self.verdict}\n"
            f"  better than {beaten}; regret {self.regret:.3f}{interval} nats{spread}; accuracy {self.points:.1f} "
            f"points below the best cell\n"
            f"  a search takes {self.seconds:.0f} s and {self.passes:.0f} passes; test loss minus that of random "
            f"search {self.minus_random:+.3f}{interval} nats"
        )

    @property
    def regret(self) -> float:
        """The mean of `regrets`, in nats."""
        return sum(self.regrets) / len(self.regrets)

    @property
    def verdict(self) -> str:
        """The sentence that these searches allow."""
        same_cost = f"it trains {counted(self.random.cells, 'cell')} at the cost of a search"
        if self.limit is None:
            return f"cannot be compared with random search ({same_cost}) by a single cell; make more searches"
        found = self.beside_random()
        than = "from" if found == UNDECIDED else "than"
        return f"{found} {than} random search at n = {len(self.cells)} ({same_cost})"

    def beside_random(self, comparisons: int = 1) -> str:
        """BETTER or WORSE if random search is outside of the interval of the found cells, else UNDECIDED.

        Args:
            comparisons: how many methods are judged. The interval is that of 1 - .05 / comparisons (Bonferroni): if all
                methods are as good as random search, one of them is called better or worse in at most 5 % of cases.
        """
        if self.limit is None:
            return UNDECIDED
        freedom = len(self.cells) - 1
        wider = t_quantile(freedom, 1 - (1 - LEVEL) / comparisons) / t_quantile(freedom, LEVEL)
        if abs(self.minus_random) <= self.limit * wider:
            return UNDECIDED
        return BETTER if self.minus_random < 0 else WORSE


def compare_searches(table: TruthTable, found: Sequence[Found]) -> Comparison:
    """Compare the searches of one method with random search at the same cost.

    The 95 % interval is m +- t sqrt(s^2 / n + u^2). m and s are the mean and the standard deviation of the test losses
    that the n searches found, u is the standard deviation of the error of m in the table, and t is the quantile of
    Student's distribution with n - 1 degrees of freedom. (A bootstrap interval of five searches contains the true mean
    in about 83 of 100 cases, not in 95: tests/truth/test_compare.py measures it.)

    Args:
        table: complete or not.
        found: searches of one method with different seeds. Cells that are not trained yet are left out. This favours
            no cell, because the trained cells are a random sample.
    Raises:
        UserError: there is no search, or none found a cell that is trained.
    """
    require(len(found) > 0, "there is no search to compare; make one with each of five seeds.")
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    inside = [one.cell for one in found if one.cell is not None]
    cells = [cell for cell in inside if cell in loss.cells]
    require(
        len(cells) > 0,
        f"none of the {len(found)} cells that {found[0].method} found can be compared: the space lacks "
        f"{len(found) - len(inside)}, and {len(inside)} are not trained yet; make more searches with --seeds, or more "
        "of the table.",
    )
    places = np.array([loss.place(cell) for cell in cells])
    affordable = round(float(np.median([one.seconds / one.training for one in found])))
    random = search_at_random(table, max(1, min(len(loss.cells), affordable)))
    values = loss.shrunken[places]
    best = loss.order[0]
    minus = float(values.mean()) - random.mean
    return Comparison(
        method=found[0].method,
        hypergradient=found[0].hypergradient,
        searches=len(found),
        cells=tuple(cells),
        outside=len(found) - len(inside),
        untrained=len(inside) - len(cells),
        better_than=float(loss.better_than(values).mean()),
        regrets=tuple((values - loss.shrunken[best]).tolist()),
        points=100 * float(accuracy.shrunken[best] - accuracy.shrunken[places].mean()),
        limit=_limit(loss, places),
        spread=float(values.std(ddof=1)) if len(values) >= LEAST else None,
        seconds=float(np.median([one.seconds for one in found])),
        passes=float(np.median([one.forward + one.backward for one in found])),
        random=random,
        minus_random=minus,
        changed=found[0].changed,
    )


def compare_groups(table: TruthTable, found: Iterable[Found]) -> list[Comparison]:
    """A comparison for each method with each hypergradient, as `compare_searches`; the smallest regret first."""
    groups: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        groups.setdefault((one.method, one.hypergradient), []).append(one)
    return sorted((compare_searches(table, several) for several in groups.values()), key=lambda one: one.regret)


def _limit(loss: Estimates, places: np.ndarray) -> float | None:
    """Half of the 95 % interval of the mean over the cells at `places`."""
    count = len(places)
    if count < LEAST:
        return None
    unknown = float(loss.draws()[:, places].mean(axis=1).var())
    variance = float(loss.shrunken[places].var(ddof=1)) / count + unknown
    return t_quantile(count - 1, LEVEL) * sqrt(variance)


def as_row(comparison: Comparison) -> dict[str, Any]:
    """The numbers of a comparison as plain values, for JSON."""
    own = {"random": vars(comparison.random), "regret": comparison.regret, "verdict": comparison.verdict}
    return vars(comparison) | own


def as_regrets(comparison: Comparison) -> dict[str, Any]:
    """The regrets of the searches and of random search, as the arguments of `dartslab.draw.regrets.RegretRow`."""
    random, order = comparison.random, comparison.hypergradient
    best = random.mean + comparison.minus_random - comparison.regret  # the loss of the best cell
    return {
        "name": comparison.method if order == "first_order" else f"{comparison.method}, {order}",
        "regrets": comparison.regrets,
        "limit": comparison.limit,
        "cells": random.cells,
        "random": random.mean - best,
        "low": random.low - best,
        "high": random.high - best,
    }
