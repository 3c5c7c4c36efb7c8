"""DrNAS: mixing weights are drawn from a Dirichlet distribution, whose concentration is what alpha stands for.

c = elu(alpha) + 1,   weights ~ Dir(c) on each edge:  G_o ~ Gamma(c_o),  weights = G / sum(G)     differentiable in c
L_val + lambda / 2 |alpha|^2,  lambda = 1e-3              alpha = 0 is c = 1, the uniform distribution over the simplex
two stages of 25 epochs; alpha waits in the first 10 of each; after the first, 4 operations stay on every edge

(Chen, Wang, Cheng, Tang, Hsieh 2021; numbers from their code. There the penalty is Adam's decay of alpha, so that decay
is 0 here.) Where one only looks, the weights are their mean, c / sum(c). The code derives from softmax(alpha), which
gives each edge the same operation, and sometimes a node other edges. The temperature has no meaning here.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..relaxation import Arch, Weights
from ..space import WITHOUT_NONE
from .method import Method, Moment, Number


def concentration(alpha: Tensor) -> Tensor:
    """c = elu(alpha) + 1 > 0; at least 1e-6, because rounding would make it 0 where alpha is below -16."""
    return (F.elu(alpha) + 1).clamp(min=1e-6)


def dirichlet(arch: Arch, moment: Moment) -> Weights:
    """A sample with a gradient, or the mean where one only looks; what `Arch.mask` switches off gets 0."""
    weights, generator = {}, moment.generator()
    for kind, alpha in arch.alpha.items():
        sizes = concentration(alpha)
        if moment.phase != "look":
            sizes = torch._standard_gamma(sizes.cpu(), generator=generator).to(alpha)
        if kind in arch.mask:
            sizes = sizes * arch.mask[kind]
        weights[kind] = sizes / sizes.sum(-1, keepdim=True)
    return weights


def pull_to_uniform(arch: Arch, weights: Weights, moment: Moment) -> Tensor:
    """lambda / 2 |alpha|^2: the same gradient as Adam's decay of alpha."""
    return 1e-3 / 2 * torch.stack([(alpha**2).sum() for alpha in arch.alpha.values()]).sum()


def begins_a_stage(progress: float) -> bool:
    """The first 10 of 25 epochs of each half."""
    return round((2 * progress) % 1, 9) < 10 / 25


METHOD = Method(
    "drnas",
    "Chen, Wang, Cheng, Tang, Hsieh 2021, DrNAS: Dirichlet Neural Architecture Search",
    weights=dirichlet,
    penalty=pull_to_uniform,
    frozen=begins_a_stage,
    keep=((0.5, 4),),
    defaults={
        "operations": WITHOUT_NONE,
        "channels": 36,
        "layers": 20,
        "learning_rate": 0.1,
        "learning_rate_min": 0.0,
        "alpha_learning_rate": 6e-4,
        "alpha_weight_decay": 0.0,
        "hypergradient": "first_order",
    },
    numbers=(
        Number("alpha waits", "10 of 25 epochs in both stages", 0.2),
        Number("4 of 7 operations stay", "from epoch 25 of 50", 0.5),
        Number("partial channels", "k = 6, then 4; all channels here"),
    ),
)
