"""`multiply-adds` is `count_multiply_adds` of the cell's network, for one picture of the batch."""

import pytest
import torch

import tiny
from dartslab import Network, count_multiply_adds
from dartslab.methods.rankings import RANKINGS
from dartslab.methods.rankings.ranking import Data


@pytest.mark.parametrize("size", [(8, 8), (12, 9)])
def test_the_score_is_the_number_of_multiply_adds(size: tuple[int, int]) -> None:
    cell, data = tiny.genotype(), Data(torch.zeros(5, 3, *size), classes=7, channels=4, layers=3, seed=0)
    network = Network(cell, channels=4, layers=3, classes=7, auxiliary=False, input_channels=3)
    assert RANKINGS["multiply-adds"].score(None, [cell], None, data) == [count_multiply_adds(network, (3, *size))]
