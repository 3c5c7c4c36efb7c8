"""synflow: how much flows through an untrained network if every weight is taken as positive.

theta -> |theta|,  BatchNorm taken out,  x = a picture of ones
R = sum of the outputs,   score = sum over theta of  theta dR/dtheta,   reported as its logarithm, in float64

(Tanaka, Kunin, Yamins, Ganguli 2020, Pruning neural networks without any data by iteratively conserving synaptic flow,
eq. 2; as a score of cells Abdelfattah, Mehrotra, Dudziak, Lane 2021.) R is linear in the weights of every layer. A bias
would begin a path of its own, and the paper's R, a product of layers, has none: biases are 0. With BatchNorm in place
the score is 0 or no number.
"""

import math

import torch
from torch import nn

from ...genotype import Genotype
from .ranking import Data, Ranking, one_by_one


def linearize(network: nn.Module) -> nn.Module:
    """The network in float64 with positive weights, no biases and no BatchNorm; changed in place."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
    for name, parameter in network.double().named_parameters():
        parameter.data = torch.zeros_like(parameter) if name.endswith("bias") else parameter.data.abs()
    return network


def flow(network: nn.Module, shape: tuple[int, ...]) -> float:
    """log of sum theta dR/dtheta for a linearized network and pictures [C, H, W]; -inf where nothing flows."""
    theta = list(network.parameters())
    logits, _ = network(torch.ones(1, *shape, dtype=torch.float64, device=theta[0].device))
    gradients = torch.autograd.grad(logits.sum(), theta, materialize_grads=True)  # 0 where no path leads through
    total = sum(float((t.detach() * gradient).sum()) for t, gradient in zip(theta, gradients, strict=True))
    return math.log(total) if total > 0 else -math.inf


def synflow(cell: Genotype, data: Data) -> float:
    """The score of a cell; one forward and one backward pass, of one picture."""
    return flow(linearize(data.network(cell)), tuple(data.images.shape[1:]))


PAPER = "Tanaka et al. 2020, Pruning neural networks without any data; Abdelfattah et al. 2021, Zero-Cost Proxies"
RANKING = Ranking("synflow", PAPER, one_by_one(synflow), passes=(1, 1))
