"""synflow: linear in the weights of every layer, and equal to a sum over paths."""

import math

import pytest
import torch
from torch import nn

import tiny
from dartslab.genotype import Cell, Connection, Genotype
from dartslab.methods.rankings.ranking import Data
from dartslab.methods.rankings.synflow import flow, linearize, synflow

DATA = Data(torch.zeros(2, 1, 8, 8), classes=4, channels=2, layers=3, seed=0)


ONLY_LAST = Cell((Connection(2, 1, "sep_conv_3x3"), Connection(2, 1, "skip_connect")), (2,))
CHAIN = Genotype(ONLY_LAST, ONLY_LAST)  # reads the previous cell alone, so that all paths pass every cell


class Two(nn.Module):
    """Two linear layers around a ReLU, with the output of a `Network`."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.second(torch.relu(self.first(x))), None


def test_the_score_is_the_sum_over_all_paths_of_the_product_of_weights() -> None:
    torch.manual_seed(0)
    network = Two()
    first, second = network.first.weight.detach().double().abs(), network.second.weight.detach().double().abs()
    paths = sum(float(first[j, i] * second[k, j]) for i in range(3) for j in range(4) for k in range(2))
    expected = 2 * paths  # each of the two layers gives all of R
    assert flow(linearize(network), (3,)) == pytest.approx(math.log(expected), rel=1e-12)


@pytest.mark.parametrize("factor", [0.1, 3.0])
@pytest.mark.parametrize("layer", ["stem0.0", "classifier", "cells.1.preprocess.last.1"])
def test_a_layer_that_all_paths_pass_scales_the_score(layer: str, factor: float) -> None:
    network = linearize(DATA.network(CHAIN))
    before = flow(network, (1, 8, 8))
    with torch.no_grad():
        network.get_submodule(layer).weight.mul_(factor)
    assert flow(network, (1, 8, 8)) == pytest.approx(before + math.log(factor), rel=1e-12)


def test_the_sign_of_weights_and_what_batch_norm_keeps_do_not_matter() -> None:
    network = DATA.network(tiny.genotype())
    for parameter in network.parameters():
        parameter.data.neg_()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.fill_(7.0)
    assert flow(linearize(network), (1, 8, 8)) == synflow(tiny.genotype(), DATA)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def test_a_network_through_which_nothing_flows_has_minus_infinity() -> None:
    network = Two()
    nn.init.zeros_(network.first.weight)
    assert flow(linearize(network), (3,)) == -math.inf
