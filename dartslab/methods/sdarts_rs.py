"""SDARTS-RS: w learns with noise on the mixing weights, so that it fits all mixtures near alpha; alpha sees no noise.

weight step:  rows r = clamp(softmax(alpha) + delta, 0, 1),  delta ~ U(-eps, eps) each,   weights = r / sum(r)
alpha step:   weights = softmax(alpha)
eps = 0.03 + 0.27 progress

(Chen, Hsieh 2020, random smoothing: min over w of L_train(w, weights + delta).) A row that the clamp makes 0 throughout
stays as it was.
"""

import torch
from torch import Tensor

from ..relaxation import Arch, Weights, softmax
from .method import Method, Moment, Number


def add_noise(weights: Tensor, eps: float, generator: torch.Generator) -> Tensor:
    """Every weight moved by at most eps, and kept in [0, 1]; not yet renormalised."""
    delta = eps * (2 * torch.rand(weights.shape, generator=generator) - 1)
    return (weights + delta.to(weights)).clamp(0, 1)


def noisy_weights(arch: Arch, moment: Moment) -> Weights:
    """The softmax; with noise in the weight step."""
    weights = softmax(arch, moment.temperature)
    if moment.phase != "w":
        return weights
    generator = moment.generator()
    for kind, table in weights.items():
        noisy = add_noise(table, 0.03 + 0.27 * moment.progress, generator)
        total = noisy.sum(-1, keepdim=True)
        weights[kind] = torch.where(total > 0, noisy / total, table)
    return weights


METHOD = Method(
    "sdarts-rs",
    "Chen, Hsieh 2020, Stabilizing Differentiable Architecture Search via Perturbation-based Regularization",
    weights=noisy_weights,
    defaults={"hypergradient": "first_order"},
    numbers=(Number("eps grows", "from 0.03 to 0.3 in 50 epochs", 1.0),),
)
