"""The spaces of which every cell was trained, and how: `TRUTHS`. Loads no torch."""

from dataclasses import dataclass
from functools import cached_property

from ..base.messages import unknown
from ..genotype import Genotype
from ..run.config import SearchConfig, TrainConfig
from .cells import list_cells, write_genotype


@dataclass(frozen=True)
class Truth:
    """A space, how its cells are trained, and how often.

    Args:
        name: of the table.
        search: a search of this space at lesson size; its pictures are those of the trainings.
        train: the training of a cell.
        plan: (how many cells, how many seeds) in turn: first of all cells, then of the best by mean validation loss
            over the seeds that all of those before have; 0 cells are all.
    """

    name: str
    search: SearchConfig
    train: TrainConfig
    plan: tuple[tuple[int, int], ...]

    @cached_property
    def cells(self) -> list[Genotype]:
        """Every cell of the space, in the order of their numbers in the table."""
        return list_cells(self.search.space)

    @cached_property
    def numbers(self) -> dict[tuple[str, ...], int]:
        """The number of each cell, by its texts."""
        return {write_genotype(cell): number for number, cell in enumerate(self.cells)}


TRUTHS = {
    truth.name: truth for truth in (Truth("lesson", SearchConfig.quick(), TrainConfig.quick(), ((0, 3), (40, 9))),)
}


def truth_of(name: str) -> Truth:
    """The truth of this name.

    Raises:
        UserError: there is none.
    """
    if name not in TRUTHS:
        raise unknown("table of truth", name, TRUTHS)
    return TRUTHS[name]
