"""What searches found, beside random search at the same cost: a row of dots for each method. No pyplot."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from ..base.messages import require
from .style import PASSIVE, QUIET, TEXT, TRAIN, VALIDATION, plain_axes

BAND = "#E3E3E3"  # the colour of random search


@dataclass(frozen=True)
class RegretRow:
    """The searches of one method. Regret is the test loss of a found cell minus that of the best cell, in nats.

    Args:
        name: of the method.
        regrets: one for each search.
        limit: half of the width of the 95 % interval of their mean; None with one search.
        cells: how many random cells cost as much as one search.
        random: mean regret of random search at this cost.
        low, high: between them lie 95 % of such random searches.
    """

    name: str
    regrets: tuple[float, ...]
    limit: float | None
    cells: int
    random: float
    low: float
    high: float

    @property
    def mean(self) -> float:
        """The mean regret of the searches."""
        return sum(self.regrets) / len(self.regrets)


def regret_dots(rows: Sequence[RegretRow]) -> Figure:
    """One row for each method, the first at the top; less regret, further left, is better.

    A dot is a search, the thick line their mean with its 95 % interval. The grey bar holds 95 % of the random searches
    at the same cost, and its line is their mean: a method whose interval contains this line cannot be told apart from
    random search.

    Args:
        rows: what is drawn.
    Raises:
        UserError: no row, or a row without a search.
    """
    _check(rows)
    figure = Figure(figsize=(7.4, 1.15 + 0.27 * len(rows)), layout="constrained", facecolor="white")
    panel = figure.subplots()
    plain_axes(panel)
    for place, row in enumerate(rows):
        panel.barh(place, row.high - row.low, left=row.low, height=0.62, color=BAND)
        panel.plot([row.random] * 2, [place - 0.31, place + 0.31], color=PASSIVE, linewidth=1.6)
        panel.scatter(row.regrets, [place] * len(row.regrets), s=20, color=TRAIN, alpha=0.75, linewidths=0, zorder=3)
        if row.limit is not None:
            ends = [row.mean - row.limit, row.mean + row.limit]
            panel.plot(ends, [place] * 2, color=VALIDATION, linewidth=1.5, zorder=2.5)
        panel.plot(row.mean, place, marker="|", markersize=11, markeredgewidth=2.2, color=VALIDATION, zorder=4)
    panel.axvline(0, color=QUIET, linewidth=0.8)
    panel.set_yticks(range(len(rows)), [f"{row.name}  ({len(row.regrets)}; {row.cells})" for row in rows])
    panel.set(xlabel="regret, nats: 0 is the best cell", ylim=(len(rows) - 0.4, -0.6))
    panel.set_title("(searches; random cells at the cost of one)", loc="left", fontsize=8, color=QUIET)
    panel.tick_params(axis="y", length=0, labelcolor=TEXT)
    panel.grid(visible=False, axis="y")
    key = [
        panel.scatter([], [], s=20, color=TRAIN, linewidths=0, label="a search"),
        *panel.plot([], [], color=VALIDATION, linewidth=1.5, marker="|", markeredgewidth=2.2, label="mean, 95 %"),
        panel.barh(0, 0, color=BAND, label="95 % of random searches"),
        *panel.plot([], [], color=PASSIVE, linewidth=1.6, label="their mean"),
    ]
    figure.legend(handles=key, loc="outside upper right", ncols=4, frameon=False, fontsize=8, labelcolor=QUIET)
    return figure


def describe_regrets(rows: Sequence[RegretRow]) -> str:
    """What `regret_dots` shows, in words.

    Raises:
        UserError: as `regret_dots`.
    """
    _check(rows)
    said = []
    for row in rows:
        interval = "" if row.limit is None else f" +- {row.limit:.3f}"
        said.append(f"{row.name} {row.mean:.3f}{interval} (random search {row.random:.3f}; n = {len(row.regrets)})")
    return f"Mean regret in nats: {'; '.join(said)}."


def _check(rows: Sequence[RegretRow]) -> None:
    require(
        len(rows) > 0 and all(row.regrets for row in rows),
        f"{len(rows)} rows were given, {sum(not row.regrets for row in rows)} of them without a search; give one row "
        "or more, each with a search.",
    )
