"""`parameters` is `count_parameters` of the cell's network."""

import torch

import tiny
from dartslab import Network, count_parameters
from dartslab.methods.rankings import RANKINGS
from dartslab.methods.rankings.ranking import Data


def test_the_score_is_the_number_of_trainable_numbers() -> None:
    cell, data = tiny.genotype(), Data(torch.zeros(2, 3, 8, 8), classes=7, channels=4, layers=3, seed=0)
    network = Network(cell, channels=4, layers=3, classes=7, auxiliary=False, input_channels=3)
    assert RANKINGS["parameters"].score(None, [cell], None, data) == [count_parameters(network)]
