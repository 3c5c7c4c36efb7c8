"""The plan of each table: which space, how its cells are trained, and how often. Loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..base.messages import look_up
from ..genotype import Genotype
from ..run.config import SearchConfig, TrainConfig
from .cells import list_cells, write_genotype


@dataclass(frozen=True)
class TablePlan:
    """What a complete table has.

    Args:
        name: of the table.
        sizes: what the search of this space changes about `SearchConfig.quick`.
        train: the training of a cell.
        rounds: (how many cells, how many seeds) for each round. The first round trains all cells, written as 0. Each
            later round trains the best cells of the round before, by mean validation loss over its seeds.
    """

    name: str
    sizes: Mapping[str, Any]
    train: TrainConfig
    rounds: tuple[tuple[int, int], ...]

    @property
    def first_seeds(self) -> int:
        """How many seeds every cell is trained with; these seeds are 0, 1, ..."""
        return self.rounds[0][1]

    def search_with(self, **changes: Any) -> SearchConfig:
        """A search of this space with some settings changed, such as the method."""
        return SearchConfig.quick(**(dict(self.sizes) | changes))

    @cached_property
    def search(self) -> SearchConfig:
        """The search of this space by DARTS; its pictures are those of the trainings."""
        return self.search_with()

    @cached_property
    def cells(self) -> list[Genotype]:
        """Every cell of the space, in the order of their numbers in the table."""
        return list_cells(self.search.space)

    @cached_property
    def numbers(self) -> dict[tuple[str, ...], int]:
        """The number of each cell, by the lines of `write_genotype`."""
        return {write_genotype(cell): number for number, cell in enumerate(self.cells)}


PLANS = {"lesson": TablePlan("lesson", {}, TrainConfig.quick(), ((0, 3), (40, 9)))}


def plan_of(name: str) -> TablePlan:
    """The plan of the table of this name.

    Raises:
        UserError: there is none.
    """
    return look_up("table", name, PLANS)
