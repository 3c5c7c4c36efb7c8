"""Parameters: the larger network is the better one.

score(cell) = number of trainable numbers in its network        (`supernet.count_parameters`)

The simplest score without training. Krishnakumar et al. 2022 (NAS-Bench-Suite-Zero: Accelerating Research on Zero Cost
Proxies) compare it and `multiply-adds` with other scores.
"""

from ...genotype import Genotype
from ...supernet import count_parameters
from .ranking import Data, Ranking, one_by_one


def parameters(cell: Genotype, data: Data) -> float:
    """Trainable numbers in the network of a cell."""
    return float(count_parameters(data.network(cell)))


PAPER = "Krishnakumar, White, Zela, Tu, Safari, Hutter 2022, NAS-Bench-Suite-Zero"
RANKING = Ranking("parameters", PAPER, one_by_one(parameters))
