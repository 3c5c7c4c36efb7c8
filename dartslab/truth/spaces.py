"""The spaces of which every cell was trained, and how: `TRUTHS`. Loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..base.messages import unknown
from ..genotype import Genotype
from ..run.config import SearchConfig, TrainConfig
from .cells import list_cells, write_genotype


@dataclass(frozen=True)
class Truth:
    """A space, how its cells are trained, and how often.

    Args:
        name: of the table.
        sizes: what the search of this space changes about `SearchConfig.quick`.
        train: the training of a cell.
        plan: (how many cells, how many seeds) in turn: first of all cells, then of the best by mean validation loss
            over the seeds that all of those before have; 0 cells are all.
    """

    name: str
    sizes: Mapping[str, Any]
    train: TrainConfig
    plan: tuple[tuple[int, int], ...]

    def search_with(self, **changes: Any) -> SearchConfig:
        """A search of this space with some fields changed, such as the method."""
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
        """The number of each cell, by its texts."""
        return {write_genotype(cell): number for number, cell in enumerate(self.cells)}


TRUTHS = {truth.name: truth for truth in (Truth("lesson", {}, TrainConfig.quick(), ((0, 3), (40, 9))),)}


def truth_of(name: str) -> Truth:
    """The truth of this name.

    Raises:
        UserError: there is none.
    """
    if name not in TRUTHS:
        raise unknown("table of truth", name, TRUTHS)
    return TRUTHS[name]
