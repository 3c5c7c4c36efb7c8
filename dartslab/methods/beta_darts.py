"""Beta-DARTS: a penalty on the softmax of alpha, growing over the search, keeps operations from running away.

L_val + lambda mean_e log sum_o exp(alpha[e, o]),   mean over the E edges of all kinds together (2 E of two)
lambda = 25 progress                                 the code's 50 epoch / 100, in a search of 50 epochs

(Ye, Li, Li, Chen, Fan, Ouyang 2022.) Its gradient is lambda softmax(alpha) / (2 E), for every hypergradient, since it
does not depend on w. A constant added to a row of alpha changes nothing in DARTS; it changes this penalty.
"""

import torch
from torch import Tensor

from ..relaxation import Arch, Weights
from .method import Method, Moment, Number


def beta_decay(arch: Arch, weights: Weights, moment: Moment) -> Tensor:
    """lambda times the mean of logsumexp(alpha) over all edges."""
    return 25 * moment.progress * torch.cat(list(arch.alpha.values())).logsumexp(-1).mean()


METHOD = Method(
    "beta-darts",
    "Ye, Li, Li, Chen, Fan, Ouyang 2022, Beta-DARTS: Beta-Decay Regularization for Differentiable Architecture Search",
    penalty=beta_decay,
    defaults={"hypergradient": "first_order"},
    numbers=(Number("lambda grows", "from 0 to 25 in 50 epochs", 1.0),),
)
