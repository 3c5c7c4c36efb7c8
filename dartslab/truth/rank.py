"""Where a cell stands among all cells of its space, and what it loses against the best."""

from dataclasses import dataclass

import numpy as np

from ..base.messages import counted, require
from ..base.statistics import LEVEL
from ..genotype import Genotype
from ..run.record import Record
from .cells import write_genotype
from .estimates import DRAWS, estimate
from .table import TruthTable


@dataclass(frozen=True)
class Rank:
    """The rank of one cell.

    Args:
        cell: its number in the table.
        trainings: of this cell.
        rank: 1 is the best, by test loss.
        low, high: the true rank is between them with a probability of 95 %, given the table.
        of: cells that are ranked.
        loss, accuracy: estimates of the true test loss in nats and of the test accuracy in %.
        regret: loss minus that of the best cell, in nats.
        points: accuracy of the best cell by loss minus that of this one, in points; may be below 0.
        better_than: the share of the other cells that are worse, in %: 100 for the best, 0 for the worst.
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

    def __str__(self) -> str:
        return (
            f"rank {self.rank} of {self.of} (95 %: {self.low} to {self.high}), better than {self.better_than:.0f} % of "
            f"the cells; test accuracy {self.accuracy:.1f} %, {self.points:.1f} points below the best cell "
            f"({self.trainings} trainings)"
        )


def number_of(table: TruthTable, genotype: Genotype) -> int:
    """The number of a cell in the table.

    Raises:
        UserError: the table's space does not have it.
    """
    space = table.plan.search.space
    one = "one tied cell" if space.tied else "a normal and a reduction cell"
    small = all(len(cell.nodes) <= space.nodes for cell in genotype.cells.values())  # numbering many nodes takes long
    texts = write_genotype(genotype) if small else ()
    require(
        genotype.tied == space.tied and texts in table.plan.numbers,
        f"the cell {'; '.join(genotype.to_lines())} is not in the table {table.plan.name}, which holds {one} of "
        f"{counted(space.nodes, 'node')} with the operations {', '.join(space.operations)}; search that space.",
    )
    return table.plan.numbers[texts]


def rank_cell(table: TruthTable, cell: Genotype | int) -> Rank:
    """Where a cell stands by test loss, the estimates being those of `estimate`.

    Args:
        table: complete or not; the rank is among the cells that are done.
        cell: a genotype, or the number of a cell.
    Raises:
        UserError: a cell that the table does not have, or not yet.
    """
    number = number_of(table, cell) if isinstance(cell, Genotype) else cell
    loss, accuracy = estimate(table, "test_loss"), estimate(table, "test_accuracy")
    place, best = loss.place(number), loss.order[0]
    drawn = loss.draws()
    ranks = 1 + (drawn < drawn[:, [place]]).sum(axis=1)
    low, high = np.quantile(ranks, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest").astype(int)
    return Rank(
        cell=number,
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
        table: complete or not; ranks are among the cells that are done.
        record: of a search of the table's space.
    Returns:
        float64 [T]; nan where the table does not have the cell yet.
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
    """What random search finds: of n cells the best by the validation loss of one training each.

    Args:
        cells: n.
        mean: expected test loss of what is chosen, an estimate of the true one, in nats.
        low, high: 95 % of the searches lie between them.
        accuracy: expected test accuracy in %.
        better_than: the share of the cells that it is better than on average, in %.
    """

    cells: int
    mean: float
    low: float
    high: float
    accuracy: float
    better_than: float


def search_at_random(table: TruthTable, cells: int, searches: int = DRAWS, seed: int = 0) -> RandomSearch:
    """Random search, made many times with the trainings of the table.

    Args:
        table: complete or not.
        cells: n, drawn without repetition.
        searches: how many.
        seed: of the draws.
    Raises:
        UserError: fewer cells in the table than are to be drawn, or none to draw.
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
