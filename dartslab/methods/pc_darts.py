"""PC-DARTS: 1/k of the channels go through the operations of an edge, and every edge has a parameter beta.

weights[e, o] = softmax(alpha_e)[o] * b_e           b_e = softmax(beta over the edges into one node)[e], the edge weight
f_e(x)        = ( sum_o softmax(alpha_e)[o] o(x'),  x'' )       x' the first C/k channels, x'' the others
s_j           = shuffle( sum over the edges e = (i, j) of b_e f_e(s_i) )

(Xu et al. 2020, PC-DARTS, eq. 2 and 3; the cell is in `fast/partial.py`.) The strength of an edge is the largest
weights[e, o] with o other than `none`, so beta counts. alpha and beta wait for the first 15 of 50 epochs.

The paper has k = 4. Here k is 2 where C/4 is not even: a quarter may then be a single channel, which has nothing to
mix. For another k: METHODS["mine"] = partial_channels(8), or METHOD = partial_channels(8) in a file of your own.
"""

from typing import Any

import torch

from ..base.messages import require
from ..fast.partial import PartialCell, partial_cell
from ..relaxation import Arch, Weights, softmax
from ..space import INPUTS
from .method import Method, Moment, Number

WAITS = 15 / 50  # part of the search
DEFAULTS = {
    **{"hypergradient": "first_order", "batch_size": 256, "learning_rate": 0.1, "learning_rate_min": 0.0},
    **{"alpha_learning_rate": 6e-4, "alpha_beta1": 0.5, "alpha_weight_decay": 1e-3},
}


def weigh_edges(arch: Arch, moment: Moment) -> Weights:
    """softmax(alpha) times the edge weight, softmax(beta) over the edges into a node; a row sums to the edge weight."""
    space, weights = moment.space, softmax(arch, moment.temperature)
    into = [len(space.rows(node)) for node in range(INPUTS, INPUTS + space.nodes)]  # rows are in the order of nodes
    for kind, beta in arch.beta.items():
        edge_weights = torch.cat([part.softmax(0) for part in beta.split(into)])
        weights[kind] = weights[kind] * edge_weights[:, None]
    return weights


def choose_k(channels: int) -> int:
    """4 as in the paper, where a quarter of the channels of the first cell is an even number; else 2."""
    return 4 if channels % 8 == 0 else 2


def partial_channels(k: int | None = None) -> Method:
    """PC-DARTS with 1/k of the channels in the operations; what `choose_k` says where None."""
    require(k is None or k >= 1, f"pc-darts divides the channels into k parts, and k is {k}; the paper has 4.")

    def cell(config: Any) -> type[PartialCell]:
        parts = k or choose_k(config.channels)
        require(
            config.channels % parts == 0,
            f"pc-darts divides the channels by {parts}, got channels={config.channels}; use a multiple of {parts}.",
        )
        return partial_cell(parts)

    def check(config: Any) -> None:
        cell(config)

    return Method(
        "pc-darts",
        "Xu, Xie, Zhang, Chen, Qi, Tian, Xiong 2020, PC-DARTS: Partial Channel Connections for Memory-Efficient "
        "Architecture Search",
        weights=weigh_edges,
        edge_parameters=True,
        cell=cell,
        frozen=lambda progress: progress < WAITS,
        defaults=DEFAULTS,
        numbers=(
            Number("alpha and beta wait", "15 of 50 epochs", WAITS),
            Number("channels in operations", f"1/4; here {f'1/{k}' if k else '1/4, or 1/2 if a quarter is not even'}"),
        ),
        check=check,
    )


METHOD = partial_channels()
