"""The rank of the derived cell after each step of a search, as curves and in words. No pyplot, as in `figures`."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from ..base.messages import require
from .style import QUIET, TEST, TRAIN, VALIDATION, plain_axes

LOOKS = ((TRAIN, "-"), (VALIDATION, "--"), (TEST, "-."))  # of the groups, in their order
FAINTEST = 0.35  # opacity of a group's last search


def rank_curves(courses: Mapping[str, Sequence[np.ndarray]], cells: int) -> Figure:
    """One line for each search, a colour and a style for each group; the best rank is at the top.

    The searches of a group grow fainter in their order.

    The dotted line is the mean rank of all cells, which a random cell has on average.

    Args:
        courses: {group: ranks [T] of each of its searches}, as `ranks_of_record` gives them; nan leaves a gap.
        cells: how many cells are ranked.
    Raises:
        UserError: no group, a group without a search, or more than three groups.
    """
    _check(courses)
    figure = Figure(figsize=(7, 2.8), layout="constrained", facecolor="white")
    panel = figure.subplots()
    plain_axes(panel)
    for (name, several), (color, style) in zip(courses.items(), LOOKS, strict=False):
        opacity = np.linspace(1, FAINTEST, max(2, len(several)))
        for number, ranks in enumerate(several):
            steps = np.arange(1, len(ranks) + 1)
            look = {"color": color, "linestyle": style, "linewidth": 1.4, "alpha": opacity[number]}
            panel.plot(steps, ranks, drawstyle="steps-post", label=None if number else name, **look)
    panel.axhline((cells + 1) / 2, color=QUIET, linestyle=":", linewidth=1.4, label="a random cell, on average")
    panel.set(xlabel="step", ylabel=f"rank of {cells:,}: 1 is the best", ylim=(cells * 1.03, 1 - cells * 0.03))
    panel.set_yticks([1, *(tick for tick in panel.get_yticks() if 1 < tick <= cells)])
    panel.legend(frameon=False, fontsize=8)
    return figure


def describe_ranks(courses: Mapping[str, Sequence[np.ndarray]]) -> str:
    """What `rank_curves` shows, in words: first, best and last rank of every search.

    Raises:
        UserError: as `rank_curves`.
    """
    _check(courses)
    said = []
    for name, several in courses.items():
        for ranks in several:
            known = ranks[np.isfinite(ranks)]
            if len(known):
                said.append(
                    f"{name}: rank {known[0]:.0f} at first, {known.min():.0f} at best, {known[-1]:.0f} at the end"
                )
            else:
                said.append(f"{name}: no rank is known")
    return "Rank of the derived cell. " + "; ".join(said) + "."


def _check(courses: Mapping[str, Sequence[np.ndarray]]) -> None:
    require(
        0 < len(courses) <= len(LOOKS) and all(len(several) for several in courses.values()),
        f"ranks of {len(courses)} groups of searches; give one to {len(LOOKS)} groups, each with a search.",
    )
