"""naswot: K counts agreements at every ReLU, and pictures that no unit tells apart give -inf."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import tiny
from dartslab import random_genotype
from dartslab.methods.rankings.naswot import Agreement, log_determinant, naswot
from dartslab.methods.rankings.ranking import Data
from dartslab.space import SearchSpace

IMAGES = torch.randn(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
DATA = Data(IMAGES, classes=4, channels=2, layers=3, seed=0)


def test_k_counts_the_units_on_which_two_pictures_agree() -> None:
    x = torch.tensor([[1.0, -1.0, 2.0, -2.0], [1.0, 1.0, 3.0, -1.0], [-1.0, 1.0, -1.0, 1.0]])
    with Agreement(3, x.device) as agreement:
        F.relu(x)  # a function; 4 units
        nn.ReLU()(x[:, :2])  # a module; 2 units
    assert agreement.kernel.tolist() == [[6, 4, 0], [4, 6, 2], [0, 2, 6]]


def test_every_relu_of_a_network_is_counted() -> None:
    network = DATA.network(tiny.genotype())
    units = 0

    def count(module, given, output) -> None:
        nonlocal units
        units += output[0].numel()

    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(count)
    with Agreement(6, IMAGES.device) as agreement:
        network(IMAGES)
    functions = agreement.kernel[0, 0].item() - units  # a picture agrees with itself on all units
    assert functions > 0  # the factorized reduce has its ReLU as a function
    assert agreement.kernel.diagonal().unique().numel() == 1


def test_two_equal_pictures_give_minus_infinity() -> None:
    twice = IMAGES.clone()
    twice[4] = twice[1]
    cells = [tiny.genotype(), *(random_genotype(SearchSpace(2, tiny.OPERATIONS), n) for n in range(5))]
    for cell in cells:
        assert math.isfinite(naswot(cell, DATA))
        assert naswot(cell, replace(DATA, images=twice)) == -math.inf


@pytest.mark.parametrize("count", [2, 5, 40])
def test_the_logarithm_is_that_of_the_determinant(count: int) -> None:
    codes = (torch.rand(count, 300, generator=torch.Generator().manual_seed(count)) < 0.5).double()
    kernel = codes @ codes.T + (1 - codes) @ (1 - codes).T
    assert log_determinant(kernel) == pytest.approx(torch.linalg.slogdet(kernel).logabsdet.item(), rel=1e-9)
    kernel[-1], kernel[:, -1] = kernel[0], kernel[:, 0]
    kernel[-1, -1] = kernel[0, 0]
    assert log_determinant(kernel) == -math.inf


def test_batch_norm_is_in_training_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.methods.rankings.naswot.log_determinant", lambda kernel: kernel)
    other = IMAGES.clone()
    other[5] *= 30  # moves the statistics of the batch, and so what is active for the first two pictures
    kernels = [naswot(tiny.genotype(), replace(DATA, images=images)) for images in (IMAGES, other)]
    assert kernels[0][0, 1] != kernels[1][0, 1]
