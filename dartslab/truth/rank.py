"""The rank of a cell among all cells of its space, and how much worse it is than the best one."""

from dataclasses import dataclass

import numpy as np

from ..base.messages import counted, require, short
from ..base.statistics import LEVEL
from ..genotype import Genotype
from ..run.record import Record
from .cells import write_genotype
from .estimates import DRAWS, Estimates, estimate
from .table import TruthTable


@dataclass(frozen=True)
class Rank:
    """The rank of one cell.

    Args:
        cell: its number in the table.
        trainings: how many trainings of this cell the table has.
        rank: by estimated test loss; 1 is the best.
        low, high: given the table, the true rank lies between them with a probability of 95 %.
        of: how many cells are ranked.
        loss, accuracy: estimates of the true test loss in nats and of the test accuracy in %.
        regret: loss minus that of the best cell, in nats.
        points: test accuracy of the cell with the smallest loss minus that of this cell, in percentage points; may be
            below 0.
        better_than: share of the other cells that are worse, in %: 100 for the best cell, 0 for the worst.
    """

    cell: int
    trainings: int
    rank: int
    low: int
    high: int
    of: int
    loss: float
    accuracy: float
    regret: float
    points: float
    better_than: float

    @property
    def percent(self) -> int:
        """`better_than` as a whole number; 100 for the best cell only."""
        return 100 if self.rank == 1 else min(99, round(self.better_than))

    def __str__(self) -> str:
        side = "above" if round(self.points, 1) < 0 else "below"
        return (
            f"rank {self.rank} of {self.of} (95 %: {self.low} to {self.high}), better than {self.percent} % of "
            f"the cells; test accuracy {self.accuracy:.1f} %, {abs(self.points):.1f} points {side} the best cell "
            f"({self.trainings} trainings)"
        )


def number_of(table: TruthTable, genotype: Genotype | int) -> int:
    """The number of a cell in the table; a number that there is stays as it is.

    Raises:
        UserError: the cell is not in the space of the table.
    """
    if not isinstance(genotype, Genotype):
        count = len(table.plan.cells)
        require(0 <= genotype < count, f"there is no cell {genotype}; the table has the cells 0 to {count - 1}.")
        return genotype
    space = table.plan.search.space
    one = "one tied cell" if space.tied else "a normal and a reduction cell"
    small = all(len(cell.nodes) <= space.nodes for cell in genotype.cells.values())  # numbering many nodes takes long
    texts = write_genotype(genotype) if small else ()
    require(
        genotype.tied == space.tied and texts in table.plan.numbers,
        f"the cell {short('; '.join(genotype.to_lines()))} is not in the table {table.plan.name}, which holds {one} of "
        f"{counted(space.nodes, 'node')} with the operations {', '.join(space.operations)}; search that space.",
    )
    return table.plan.numbers[texts]


def rank_cell(table: TruthTable, cell: Genotype | int) -> Rank:
    """The rank of a cell by test loss, as `estimate` estimates it.

    Args:
        table: complete or not; the cell is ranked among the cells that are done.
        cell: a genotype, or the number of a cell.
    Raises:
        UserError: the cell is not in the space of the table, or it is not trained yet.
    """
    number = number_of(table, cell)
    loss = estimate(table, "test_loss")
    place, drawn = loss.place(number), loss.draws()
    ranks = 1 + (drawn < drawn[:, [place]]).sum(axis=1)
    return _rank(loss, estimate(table, "test_accuracy"), place, _interval(ranks))


def rank_cells(table: TruthTable) -> list[Rank]:
    """The ranks of all cells that are done, as `rank_cell` gives them, in the order of the cells' numbers.

    Args:
        table: complete or not.
    Raises:
        UserError: fewer than two cells have two trainings.
    """
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    drawn = loss.draws()
    ranks = np.stack([1 + np.searchsorted(np.sort(values), values) for values in drawn])  # equal values share a rank
    intervals = _interval(ranks).T
    return [_rank(loss, accuracy, place, interval) for place, interval in enumerate(intervals)]


def _interval(ranks: np.ndarray) -> np.ndarray:
    """The 95 % interval of ranks [draws, ...], as int [2, ...]."""
    found: np.ndarray = np.quantile(ranks, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0, method="nearest").astype(int)
    return found


def _rank(loss: Estimates, accuracy: Estimates, place: int, interval: np.ndarray) -> Rank:
    """The rank of the cell at a place, with its interval."""
    best = loss.order[0]
    low, high = interval
    return Rank(
        cell=int(loss.cells[place]),
        trainings=int(loss.counts[place]),
        rank=1 + int((loss.shrunken < loss.shrunken[place]).sum()),
        low=int(low),
        high=int(high),
        of=len(loss.cells),
        loss=float(loss.shrunken[place]),
        accuracy=100 * float(accuracy.shrunken[place]),
        regret=float(loss.shrunken[place] - loss.shrunken[best]),
        points=100 * float(accuracy.shrunken[best] - accuracy.shrunken[place]),
        better_than=float(loss.better_than(loss.shrunken[[place]])[0]),
    )


def ranks_of_record(table: TruthTable, record: Record) -> np.ndarray:
    """The rank of the cell that would be derived after each step of a search: 1 is the best, by test loss.

    Args:
        table: complete or not; cells are ranked among those that are done.
        record: of a search of the table's space.
    Returns:
        float64 [T] for T steps; nan where the cell is not trained yet.
    Raises:
        UserError: a record without genotypes, or with a cell of another space.
    """
    require(len(record.genotypes) > 0, "the record holds no genotype; give that of a search.")
    loss = estimate(table, "test_loss")
    better = (loss.shrunken < loss.shrunken[:, None]).sum(axis=1)
    ranks = dict(zip(loss.cells.tolist(), 1.0 + better, strict=True))
    of_each = [ranks.get(number_of(table, Genotype.from_json(text)), np.nan) for text in record.genotypes]
    return np.array(of_each)[record.columns["genotype"].astype(int)]


@dataclass(frozen=True)
class RandomSearch:
    """What random search finds: it trains n random cells once, and chooses the best of them by validation loss.

    Args:
        cells: n.
        mean: estimated test loss of the chosen cell, in nats; mean over many searches.
        low, high: in 95 % of the searches the estimated test loss of the chosen cell lies between them.
        accuracy: estimated test accuracy of the chosen cell, in %; mean over the searches.
        better_than: share of the other cells that are worse than the chosen one, in %; mean over the searches.
    """

    cells: int
    mean: float
    low: float
    high: float
    accuracy: float
    better_than: float


def search_at_random(table: TruthTable, cells: int, searches: int = DRAWS, seed: int = 0) -> RandomSearch:
    """Repeat random search many times; the trainings of the table stand for new ones.

    Args:
        table: complete or not.
        cells: how many cells a search draws, without repetition.
        searches: how many searches are made.
        seed: of the draws.
    Raises:
        UserError: the table has fewer cells than a search draws, or a search draws none.
    """
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    count = len(loss.cells)
    require(1 <= cells <= count, f"random search draws {cells} of {count} cells; draw 1 to {count}.")
    seeds = table.plan.first_seeds
    validation = np.stack(list(table.of_first_seeds("validation_loss").values()))  # [n, seeds]
    generator = np.random.default_rng(seed)
    chosen = np.empty(searches, dtype=int)
    for number in range(searches):
        drawn = generator.permutation(count)[:cells]
        chosen[number] = drawn[validation[drawn, generator.integers(seeds, size=cells)].argmin()]
    found = loss.shrunken[chosen]
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return RandomSearch(
        cells=cells,
        mean=float(found.mean()),
        low=float(low),
        high=float(high),
        accuracy=100 * float(accuracy.shrunken[chosen].mean()),
        better_than=float(loss.better_than(found).mean()),
    )
