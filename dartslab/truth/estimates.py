"""What a table says about the true value of a cell, although trainings of one cell differ.

The model is the usual one of random effects. Training j of cell i gives

    x_ij = m + c_i + e_ij,    c_i ~ N(0, between^2),    e_ij ~ N(0, within^2),

and the true value of a cell, the mean over all seeds there could be, is m + c_i. Given its n trainings it is normal,

    m + B (mean_j x_ij - m)  +-  between sqrt(1 - B),    B = between^2 / (between^2 + within^2 / n):

the mean of a few trainings, moved towards the mean of all cells. The raw mean of the best of many cells is partly luck,
and the estimate takes that part away. (Robinson 1991, That BLUP is a good thing.)
"""

from dataclasses import dataclass
from math import asin, pi, sqrt

import numpy as np

from ..base.messages import require, unknown
from .table import COLUMNS, TruthTable

DRAWS = 2000


@dataclass(frozen=True)
class Estimates:
    """The values of all cells that were trained often enough, in one column of a table.

    Args:
        column: of the table.
        cells: their numbers, int [n].
        counts: trainings of each, int [n].
        raw: means over them, [n].
        shrunken: best estimates of the true values, [n].
        errors: standard deviations of the true values around them, [n].
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
        """1 where less is better, as of a loss; -1 where more is, as of an accuracy."""
        return 1 if self.column.endswith("loss") else -1

    @property
    def order(self) -> np.ndarray:
        """Places in `cells`, from the best estimate to the worst."""
        return np.argsort(self.sign * self.shrunken, kind="stable")

    def better_than(self, values: np.ndarray) -> np.ndarray:
        """The share of the other cells that are worse than each of these values, in %: 100 for that of the best."""
        worse = self.sign * self.shrunken > self.sign * np.asarray(values)[:, None]
        return 100 * worse.sum(axis=1) / max(len(self.cells) - 1, 1)

    def expected_tau(self, trainings: int) -> float:
        """Kendall's tau that is to be expected between the means of so many trainings and the true values.

        For normal values with correlation r it is 2 / pi asin(r), here r^2 = between^2 / (between^2 + within^2 / n).
        """
        return 2 / pi * asin(sqrt(self.between**2 / (self.between**2 + self.within**2 / trainings)))

    @property
    def tau_of_seeds(self) -> float:
        """Kendall's tau that is to be expected between one training of each cell and another one."""
        return 2 / pi * asin(self.between**2 / (self.between**2 + self.within**2))

    def draws(self, count: int = DRAWS, seed: int = 0) -> np.ndarray:
        """True values as they may be, given the table: [count, n]."""
        normal = np.random.default_rng(seed).standard_normal((count, len(self.cells)))
        return self.shrunken + self.errors * normal

    def place(self, cell: int) -> int:
        """Where a cell stands in `cells`.

        Raises:
            UserError: it was not trained often enough yet.
        """
        found = np.flatnonzero(self.cells == cell)
        require(
            len(found) == 1,
            f"cell {cell} is not among the {len(self.cells):,} cells of the table that were trained often enough; "
            "choose one of those, or let the table be completed.",
        )
        return int(found[0])


def estimate(table: TruthTable, column: str = "test_loss") -> Estimates:
    """Estimates from all trainings of each cell that has as many seeds as the plan gives every cell.

    The two standard deviations come from these first seeds alone, because the cells that were trained more often were
    chosen for being good.

    Args:
        table: complete or not.
        column: a loss or an accuracy.
    Raises:
        UserError: another column, or fewer than two cells that were trained twice.
    """
    measured = [name for name in COLUMNS if name.endswith(("_loss", "_accuracy"))]
    if column not in measured:
        raise unknown("measured column", column, measured)
    seeds = table.plan.first_seeds
    first, every = table.of_first_seeds(column), table.of_each_cell(column)
    whole = np.array(list(first), dtype=int)
    require(
        len(whole) > 1 and seeds > 1,
        f"the table has {len(whole)} cells with {seeds} trainings; two with two or more are needed, make more of it.",
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
    """Kendall's tau-b: pairs in the same order minus pairs in the opposite one, over what there could be; ties apart.

    Args:
        first, second: [n] each.
    Returns:
        -1 to 1; nan where all values of one are equal.
    """
    upper = np.triu_indices(len(first), 1)
    a, b = (np.sign(np.subtract.outer(values, values))[upper] for values in map(np.asarray, (first, second)))
    possible = sqrt(float((a != 0).sum()) * float((b != 0).sum()))
    return float((a * b).sum()) / possible if possible else float("nan")
