"""Random search: a cell by chance. Of n random cells the first is as good as any, so the best of n is drawn uniformly.

score ~ U(0, 1), one draw for each cell

Its cells come from `derive.random_genotype`, uniformly. (Li, Talwalkar 2019, Random Search and Reproducibility for
Neural Architecture Search: hard to beat.)
"""

from collections.abc import Sequence

import torch

from ...genotype import Genotype
from ...space import SearchSpace
from .ranking import Data, Ranking, Searched


def by_chance(space: SearchSpace, cells: Sequence[Genotype], state: Searched | None, data: Data) -> list[float]:
    """A number from U(0, 1) for each cell."""
    found: list[float] = torch.rand(len(cells), generator=data.generator(), dtype=torch.float64).tolist()
    return found


PAPER = "Li, Talwalkar 2019, Random Search and Reproducibility for Neural Architecture Search"
RANKING = Ranking("random", PAPER, by_chance)
