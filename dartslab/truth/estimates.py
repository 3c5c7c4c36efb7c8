"""Estimate the true value of a cell from a few trainings, which differ from seed to seed.

The model is the usual one of random effects. Training j of cell i gives

    x_ij = m + c_i + e_ij,    c_i ~ N(0, between^2),    e_ij ~ N(0, within^2).

N(0, s^2) is the normal distribution with mean 0 and standard deviation s, and m is the mean of all cells. The true
value of cell i, its mean over all possible seeds, is m + c_i. Given the n trainings of the cell, its true value is
normally distributed, with

    mean                  m + B (mean_j x_ij - m),    B = between^2 / (between^2 + within^2 / n),
    standard deviation    between * sqrt(1 - B).

So the mean of a few trainings is moved towards the mean of all cells. The raw mean of the best of many cells is partly
luck, and the estimate corrects this. (Robinson 1991, That BLUP is a good thing.)
"""

from dataclasses import dataclass
from math import asin, pi, sqrt

import numpy as np

from ..base.messages import counted, require, unknown
from .table import COLUMNS, TruthTable

DRAWS = 2000


@dataclass(frozen=True)
class Estimates:
    """The values of all cells that were trained often enough, in one column of a table.

    Args:
        column: of the table.
        cells: their numbers, int [n].
        counts: how many trainings each cell has, int [n].
        raw: means over these trainings, [n].
        shrunken: best estimates of the true values, [n].
        errors: standard deviations of the true values around these estimates, [n].
        mean: of all cells.
        between: standard deviation of the true values between cells.
        within: standard deviation between trainings of one cell.
    """

    column: str
    cells: np.ndarray
    counts: np.ndarray
    raw: np.ndarray
    shrunken: np.ndarray
    errors: np.ndarray
    mean: float
    between: float
    within: float

    @property
    def sign(self) -> int:
        """1 for a loss, where less is better; -1 for an accuracy, where more is better."""
        return 1 if self.column.endswith("loss") else -1

    @property
    def order(self) -> np.ndarray:
        """Places in `cells`, from the best estimate to the worst."""
        return np.argsort(self.sign * self.shrunken, kind="stable")

    def better_than(self, values: np.ndarray) -> np.ndarray:
        """The share of the other cells that are worse than each of these values, in %: 100 for the best value."""
        worse = self.sign * self.shrunken > self.sign * np.asarray(values)[:, None]
        return 100 * worse.sum(axis=1) / max(len(self.cells) - 1, 1)

    def expected_tau(self, trainings: int) -> float:
        """Kendall's tau that is expected between the means of n = `trainings` trainings and the true values.

        For normally distributed values with correlation r it is 2 / pi asin(r). Here
        r^2 = between^2 / (between^2 + within^2 / n).
        """
        return 2 / pi * asin(sqrt(self.between**2 / (self.between**2 + self.within**2 / trainings)))

    @property
    def tau_of_seeds(self) -> float:
        """Kendall's tau that is expected between one training of each cell and another training of each cell."""
        return 2 / pi * asin(self.between**2 / (self.between**2 + self.within**2))

    def draws(self, count: int = DRAWS, seed: int = 0) -> np.ndarray:
        """Random draws of the true values, given the table: [count, n]."""
        normal = np.random.default_rng(seed).standard_normal((count, len(self.cells)))
        return self.shrunken + self.errors * normal

    def place(self, cell: int) -> int:
        """The place of a cell in `cells`.

        Raises:
            UserError: the cell is not trained often enough yet.
        """
        found = np.flatnonzero(self.cells == cell)
        require(
            len(found) == 1,
            f"cell {cell} is not among the {len(self.cells):,} cells of the table that were trained often enough; "
            "choose one of those, or let the table be completed.",
        )
        return int(found[0])


def estimate(table: TruthTable, column: str = "test_loss") -> Estimates:
    """Estimate the true value of each cell that has the first seeds of the plan, from all trainings of the cell.

    The two standard deviations are computed from these first seeds alone, because cells with more trainings were
    selected for their small loss.

    Args:
        table: complete or not.
        column: a loss or an accuracy.
    Raises:
        UserError: the column is no loss or accuracy, or fewer than two cells have two trainings.
    """
    measured = [name for name in COLUMNS if name.endswith(("_loss", "_accuracy"))]
    if column not in measured:
        raise unknown("measured column", column, measured)
    seeds = table.plan.first_seeds
    first, every = table.of_first_seeds(column), table.of_each_cell(column)
    whole = np.array(list(first), dtype=int)
    require(
        len(whole) > 1 and seeds > 1,
        f"the table has {counted(len(whole), 'cell')} with {counted(seeds, 'training')}; two cells with two or more "
        "are needed, train more cells.",
    )
    shared = np.stack(list(first.values()))  # [n, seeds]
    within = float(np.sqrt(shared.var(axis=1, ddof=1).mean()))
    mean = float(shared.mean())
    between = sqrt(max(0.0, float(shared.mean(axis=1).var(ddof=1)) - within**2 / seeds))
    found = [every[cell] for cell in first]
    counts, raw = np.array([len(one) for one in found]), np.array([one.mean() for one in found])
    weight = between**2 / np.maximum(between**2 + within**2 / counts, np.finfo(float).tiny)
    shrunken = mean + weight * (raw - mean)
    return Estimates(column, whole, counts, raw, shrunken, between * np.sqrt(1 - weight), mean, between, within)


def kendall_tau(first: np.ndarray, second: np.ndarray) -> float:
    """Kendall's tau-b: (pairs in the same order - pairs in the opposite order) / sqrt(a b).

    a and b are the numbers of pairs that are not tied in `first` and in `second`.

    Args:
        first, second: [n] each.
    Returns:
        -1 to 1; nan where all values of one are equal.
    """
    upper = np.triu_indices(len(first), 1)
    a, b = (np.sign(np.subtract.outer(values, values))[upper] for values in map(np.asarray, (first, second)))
    possible = sqrt(float((a != 0).sum()) * float((b != 0).sum()))
    return float((a * b).sum()) / possible if possible else float("nan")
