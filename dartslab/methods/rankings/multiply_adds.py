"""Multiply-adds: the network that computes more is the better one.

score(cell) = sum over convolutions and linear layers of (numbers in the output) * (inputs of each), for one picture

(`network.count_multiply_adds`.) Nothing is computed: shapes are enough. Like `parameters` a plain count, which
Krishnakumar et al. 2022 (NAS-Bench-Suite-Zero: Accelerating Research on Zero Cost Proxies) compare with other scores.
"""

from ...genotype import Genotype
from ...network import count_multiply_adds
from .ranking import Data, Ranking, one_by_one


def multiply_adds(cell: Genotype, data: Data) -> float:
    """Multiply-adds of the network of a cell, for one picture."""
    _, channels, height, width = data.images.shape
    return float(count_multiply_adds(data.network(cell), (channels, height, width)))


PAPER = "Krishnakumar, White, Zela, Tu, Safari, Hutter 2022, NAS-Bench-Suite-Zero"
RANKING = Ranking("multiply-adds", PAPER, one_by_one(multiply_adds))
