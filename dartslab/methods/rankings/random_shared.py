"""Random search with shared weights: the best of n random cells by the accuracy of a trained supernet.

score(cell) = accuracy on the validation half of supernet(x; w, P),   P[e, o] = 1 where the cell keeps o on e, else 0

(Li, Talwalkar 2019, Random Search and Reproducibility for Neural Architecture Search.) w comes from whatever
search is given. There w was trained on one random cell a step; w of a DARTS search was trained on the mixture.
"""

from collections.abc import Sequence

import torch

from ...derive import kept_entries
from ...genotype import Genotype
from ...relaxation import Weights
from ...space import SearchSpace
from .ranking import Data, Ranking, Searched


def only(space: SearchSpace, cell: Genotype) -> Weights:
    """Mixing weights with which the supernet computes one cell: 1 for what it keeps, 0 for all else, {kind: [E, O]}."""
    return {kind: torch.from_numpy(kept_entries(space, cell.cells[kind])).float() for kind in space.kinds}


def shared(space: SearchSpace, cells: Sequence[Genotype], state: Searched | None, data: Data) -> list[float]:
    """The accuracy of the supernet restricted to each cell, 0 to 1."""
    assert state is not None  # see `run.rank`
    return [state.validate(only(space, cell))[1] for cell in cells]


PAPER = "Li, Talwalkar 2019, Random Search and Reproducibility for Neural Architecture Search"
RANKING = Ranking("random-shared", PAPER, shared, searched=True, passes=(1, 0))
