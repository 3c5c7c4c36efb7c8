"""Relaxations: what makes mixing weights of alpha. Each is a callable `arch -> {kind: [E, O]}`.

Hyper-parameters are bound with `functools.partial`, for example `partial(softmax, temperature=0.5)`.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .arch import Arch
from .messages import require

Weights = dict[str, Tensor]
Relaxation = Callable[[Arch], Weights]


def softmax(arch: Arch, temperature: float = 1.0) -> Weights:
    """The continuous relaxation of DARTS: on every edge a softmax over its operations.

    weights[e, o] = exp(alpha[e, o] / T) / sum_o' exp(alpha[e, o'] / T)     (Liu et al. 2019, DARTS, eq. 2; T = 1)

    Over the operations of one edge, never over edges: each row sums to 1, and adding a constant to a row changes
    nothing. T -> 0 approaches argmax. An operation whose mask is False gets weight 0.

    Args:
        arch: alpha {kind: [E, O]}.
        temperature: T > 0.
    Returns:
        {kind: [E, O]}, rows sum to 1.
    Raises:
        UserError: a temperature that is not positive.
    """
    require(
        temperature > 0,
        f"the softmax temperature must be above 0, got {temperature}; 1 is the published one.",
    )
    weights = {}
    for kind, alpha in arch.alpha.items():
        if kind in arch.mask:
            alpha = alpha.masked_fill(~arch.mask[kind], -torch.inf)
        weights[kind] = torch.softmax(alpha / temperature, dim=-1)
    return weights


RELAXATIONS: dict[str, Callable[..., Weights]] = {"softmax": softmax}
