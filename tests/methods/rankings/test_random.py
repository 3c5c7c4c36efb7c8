"""Random search draws uniformly from all cells of the space."""

from collections import Counter
from itertools import product

import torch

from dartslab import Genotype, random_genotype
from dartslab.methods.rankings import RANKINGS
from dartslab.methods.rankings.ranking import Data
from dartslab.space import SearchSpace

SPACE = SearchSpace(1, ("none", "skip_connect", "sep_conv_3x3"))  # 2 operations on 2 edges, twice: 16 cells
CELLS, SEARCHES, OF = 16, 1600, 3
LARGEST = 37.7  # chi-square with 15 degrees of freedom is larger once in a thousand times


def chi_square(cells: list[Genotype]) -> float:
    """sum (found - expected)^2 / expected over all cells of the space."""
    found = Counter(tuple(sorted(c.normal.connections) + sorted(c.reduce.connections)) for c in cells)
    pairs = [((2, 0, a), (2, 1, b)) for a, b in product(SPACE.operations[1:], repeat=2)]
    everything = [normal + reduce for normal, reduce in product(pairs, repeat=2)]
    assert len(everything) == CELLS and set(found) <= set(everything)
    expected = len(cells) / CELLS
    return sum((found[cell] - expected) ** 2 / expected for cell in everything)


def best_of(first: int, pick) -> Genotype:
    """One random search: of some random cells the one that `pick` takes by their scores."""
    cells = [random_genotype(SPACE, OF * first + n) for n in range(OF)]
    scores = RANKINGS["random"].score(SPACE, cells, None, Data(torch.zeros(1, 1, 8, 8), 2, 2, 3, seed=first))
    return cells[pick(range(OF), scores)]


def test_random_search_is_uniform_over_cells() -> None:
    assert (
        chi_square([best_of(n, lambda places, scores: max(places, key=scores.__getitem__)) for n in range(SEARCHES)])
        < LARGEST
    )


def test_a_search_that_prefers_a_cell_is_told_apart_from_one_by_chance() -> None:
    def more_skips(n: int) -> Genotype:
        cells = [random_genotype(SPACE, OF * n + k) for k in range(OF)]
        return max(cells, key=lambda cell: str(cell.normal).count("skip_connect"))

    assert chi_square([more_skips(n) for n in range(SEARCHES)]) > LARGEST


def test_each_of_some_cells_is_first_equally_often() -> None:
    firsts = Counter(
        max(
            range(4),
            key=RANKINGS["random"].score(SPACE, [None] * 4, None, Data(torch.zeros(1), 2, 2, 3, n)).__getitem__,
        )
        for n in range(400)
    )
    assert sum((firsts[n] - 100) ** 2 / 100 for n in range(4)) < 16.3  # 3 degrees of freedom, once in a thousand
