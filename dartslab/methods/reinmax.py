"""ReinMax: one operation per edge is sampled, as in GDAS, with a gradient that is accurate to second order.

p = softmax(alpha),   D ~ p (a row of 0 and one 1),   p' = (D + p) / 2,   J(q) = diag(q) - q q^T
weights = D as a number,   d weights / d alpha = 2 J(p') - J(p) / 2

(Liu, Dong, Liu, Yu, Gao 2023, algorithm 2, its temperature 1.) For every loss that is quadratic in the weights the mean
over D of the gradient is the gradient of the mean loss; the straight-through gradient, J(p), is not. This holds only
if all operations are computed, as they are here: an operation with weight 0 still gives alpha a gradient.
Validation, derivation and the record see p, without noise. J(q) alpha is written as q (alpha - <q, alpha>), q held.
"""

import torch
from torch import Tensor

from ..base.seeds import gumbel
from ..relaxation import Arch, Weights, softmax
from .method import Method, Moment


def times_jacobian(q: Tensor, alpha: Tensor) -> Tensor:
    """J(q) alpha = (diag(q) - q q^T) alpha, row by row; q [..., O] counts as a constant."""
    q = q.detach()
    return q * (alpha - (q * alpha).sum(-1, keepdim=True))


def estimator(sample: Tensor, p: Tensor, alpha: Tensor) -> Tensor:
    """The sample as a number, with the gradient of ReinMax; all [..., O], alpha as it enters the softmax."""
    surrogate = 2 * times_jacobian((sample + p) / 2, alpha) - times_jacobian(p, alpha) / 2
    return sample + (surrogate - surrogate.detach())


def sample_weights(arch: Arch, moment: Moment) -> Weights:
    """One sampled operation per edge; the softmax where one only looks."""
    weights = softmax(arch, moment.temperature)
    if moment.phase == "look":
        return weights
    generator = moment.generator()
    for kind, p in weights.items():
        best = (p.log() + gumbel(p.shape, generator).to(p)).argmax(-1)
        sample = torch.nn.functional.one_hot(best, p.shape[-1]).to(p)
        weights[kind] = estimator(sample, p, arch.alpha[kind] / moment.temperature)
    return weights


METHOD = Method(
    "reinmax",
    "Liu, Dong, Liu, Yu, Gao 2023, Bridging Discrete and Backpropagation: Straight-Through and Beyond",
    weights=sample_weights,
)
