"""Is a method better than chance? Its cells are looked up, beside what random search finds at the same cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from ..base.messages import require
from ..base.statistics import LEVEL, t_quantile
from .estimates import Estimates, estimate, kendall_tau
from .found import Found, cells_of
from .rank import RandomSearch, search_at_random
from .table import TruthTable

LEAST = 2  # searches that an interval takes
ALLOWED = 5  # searches below which a comparison says that they are few


@dataclass(frozen=True)
class Comparison:
    """What the searches of one method found, and random search at their cost.

    Args:
        method: its name.
        hypergradient: of its searches.
        searches: how many were made.
        cells: those they found, numbers in the table.
        outside: searches whose cell the table's space does not have.
        better_than: mean over searches of the share of cells that the found one is better than, in %.
        regret: mean test loss of the found cells minus that of the best cell, in nats.
        points: mean accuracy of the best cell minus that of the found ones, in points.
        limit: half of the 95 % interval of the found cells' mean test loss, and so of `regret` and `minus_random`;
            None with one search.
        spread: standard deviation of the test loss over searches; None with one search.
        seconds, passes: medians of a search: processor time, and forward plus backward passes of the supernet.
        random: random search with as many cells as can be trained in the time of a search.
        minus_random: mean test loss of the found cells minus that of random search, in nats; below 0 is better.
        changed: what was changed so that the method accepts the space.
    """

    method: str
    hypergradient: str
    searches: int
    cells: tuple[int, ...]
    outside: int
    better_than: float
    regret: float
    points: float
    limit: float | None
    spread: float | None
    seconds: float
    passes: float
    random: RandomSearch
    minus_random: float
    changed: str

    def __str__(self) -> str:
        """What the command line prints: three lines."""
        interval = "" if self.limit is None else f" +- {self.limit:.3f}"
        spread = "" if self.spread is None else f", sd over searches {self.spread:.3f}"
        notes = [f"searched {self.changed}"] if self.changed else []
        notes += [f"{self.outside} of {self.searches} cells are outside of the space"] if self.outside else []
        beaten = f"{self.better_than:.0f} % of the cells on average (random search {self.random.better_than:.0f} %)"
        return (
            f"{self.method}, {self.hypergradient}{''.join(f', {note}' for note in notes)}: {self.verdict}\n"
            f"  better than {beaten}; regret {self.regret:.3f}{interval} nats{spread}, {self.points:.1f} points\n"
            f"  a search takes {self.seconds:.0f} s and {self.passes:.0f} passes; minus random search "
            f"{self.minus_random:+.3f}{interval} nats"
        )

    @property
    def verdict(self) -> str:
        """The sentence that these searches allow."""
        others = f"random search of {self.random.cells} cell{'s' * (self.random.cells > 1)}, which costs as much"
        count = f"n = {len(self.cells)}"
        if self.limit is None:
            return f"cannot be compared with {others}: one search has no interval; make {ALLOWED} or more"
        if abs(self.minus_random) <= self.limit:
            return f"cannot be told apart from {others}, at {count}"
        return f"{'better' if self.minus_random < 0 else 'worse'} than {others}, at {count}"


def compare_searches(table: TruthTable, found: Sequence[Found], seconds_of_training: float) -> Comparison:
    """Compare the searches of one method with random search at the same cost.

    An interval is m +- t sqrt(s^2 / n + u^2): s is the standard deviation between the n searches, u what the table
    itself does not know of the mean of these cells, t the quantile of Student's distribution with n - 1 degrees of
    freedom. (A bootstrap of five searches holds the truth in about 83 of 100 cases, not in 95.)

    Args:
        table: complete or not.
        found: searches of one method with different seeds.
        seconds_of_training: processor time of one training of a cell, measured on the machine of the searches.
    Raises:
        UserError: no search, or none whose cell the table has.
    """
    require(len(found) > 0, "there is no search to compare; make one with each of five seeds.")
    cells = cells_of(found)
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    places = np.array([loss.place(cell) for cell in cells])
    seconds = float(np.median([one.seconds for one in found]))
    affordable = max(1, min(len(loss.cells), round(seconds / seconds_of_training)))
    random = search_at_random(table, affordable)
    values = loss.shrunken[places]
    best = loss.order[0]
    beaten = [(loss.shrunken > value).sum() / max(len(loss.cells) - 1, 1) for value in values]
    minus = float(values.mean()) - random.mean
    return Comparison(
        method=found[0].method,
        hypergradient=found[0].hypergradient,
        searches=len(found),
        cells=tuple(cells),
        outside=len(found) - len(cells),
        better_than=100 * float(np.mean(beaten)),
        regret=float(values.mean() - loss.shrunken[best]),
        points=100 * float(accuracy.shrunken[best] - accuracy.shrunken[places].mean()),
        limit=_limit(loss, places),
        spread=float(values.std(ddof=1)) if len(values) >= LEAST else None,
        seconds=seconds,
        passes=float(np.median([one.forward + one.backward for one in found])),
        random=random,
        minus_random=minus,
        changed=found[0].changed,
    )


def _limit(loss: Estimates, places: np.ndarray) -> float | None:
    """Half of the 95 % interval of the mean over the cells at `places`."""
    count = len(places)
    if count < LEAST:
        return None
    unknown = float(loss.draws()[:, places].mean(axis=1).var())
    variance = float(loss.shrunken[places].var(ddof=1)) / count + unknown
    return t_quantile(count - 1, LEVEL) * sqrt(variance)


@dataclass(frozen=True)
class RankingComparison:
    """How far the scores of a ranking order the cells as their trainings do.

    Args:
        ranking: its name.
        cells: scored cells.
        tau: Kendall's tau between scores and estimated test losses, one for each seed; 1 is the same order.
        ceiling: tau that is to be expected between the table itself and the true losses.
        better_than: mean over seeds of the share of cells that the one with the best score is better than, in %.
        seconds: processor time of all scores of one seed.
    """

    ranking: str
    cells: int
    tau: tuple[float, ...]
    ceiling: float
    better_than: float
    seconds: float

    def __str__(self) -> str:
        """What the command line prints: a line."""
        taus = f"{np.mean(self.tau):+.2f}"
        if len(self.tau) > 1:
            taus += f" ({min(self.tau):+.2f} to {max(self.tau):+.2f})"
        return (
            f"{self.ranking}: Kendall's tau with the test loss {taus}, {self.cells} cells and {len(self.tau)} seeds; "
            f"{self.ceiling:.2f} is to be expected of the table itself. Its best cell is better than "
            f"{self.better_than:.0f} % of the cells. {self.seconds:.0f} s"
        )


def compare_scores(
    table: TruthTable, ranking: str, scores: Sequence[Sequence[float]], cells: Sequence[int], seconds: float
) -> RankingComparison:
    """Compare the scores of a ranking with the table.

    Args:
        table: complete or not.
        ranking: its name.
        scores: [seeds, n], higher is better.
        cells: [n], numbers of the scored cells.
        seconds: of one seed.
    """
    loss = estimate(table, "test_loss")
    places = np.array([loss.place(cell) for cell in cells])
    values = loss.shrunken[places]
    taus = tuple(kendall_tau(np.asarray(each), -values) for each in scores)
    tops = [values[int(np.argmax(each))] for each in scores]
    beaten = [(loss.shrunken > top).sum() / max(len(loss.cells) - 1, 1) for top in tops]
    trainings = table.truth.plan[0][1]
    return RankingComparison(
        ranking, len(cells), taus, loss.expected_tau(trainings), 100 * float(np.mean(beaten)), seconds
    )


def as_row(comparison: Comparison) -> dict[str, Any]:
    """What is printed of a comparison, as plain values."""
    return vars(comparison) | {"random": vars(comparison.random), "verdict": comparison.verdict}
