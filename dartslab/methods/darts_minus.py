"""DARTS-: every edge has one skip connection more, without alpha, which fades out.

o(x) = b skip(x) + sum_o p_o o(x),    p = softmax(alpha),    b = 1 - progress        (Chu et al. 2021, section 3.3)

A skip connection is an operation to choose, and also what lets gradients through while others are still untrained. The
second is now the task of b, so p need not rise for it.

At stride 1 this is p_skip + b in the place of p_skip: rows of the mixing weights sum to 1 + b. At stride 2 skip is a
factorized reduce, and that of b is a module of its own; the cell reads b as what a row sums to above 1, as a number.

alpha and w learn with b, and the supernet is validated with it; derivation, record and pictures see p. At last b = 0.
"""

from typing import Any

import torch
from torch import Tensor, nn

from ..base.messages import require
from ..fast.fused import FusedCell, add_to_node
from ..fast.plans import Plan
from ..fast.waves import WaveParts
from ..operations import FactorizedReduce, search_norm
from ..relaxation import Arch, Weights, softmax
from ..space import SKIP
from .method import Method, Moment, Number


def add_skip(arch: Arch, moment: Moment) -> Weights:
    """p, with b added to the weight of skip_connect on every edge."""
    weights = softmax(arch, moment.temperature)
    extra = torch.tensor([name == SKIP for name in moment.space.operations])
    return {kind: p + (1 - moment.progress) * extra.to(p) for kind, p in weights.items()}


def mix(arch: Arch, moment: Moment) -> Weights:
    """With b where a step is made; p alone where one looks."""
    return softmax(arch, moment.temperature) if moment.phase == "look" else add_skip(arch, moment)


def b_of(weights: Tensor) -> Tensor:
    """b of every edge, [E]; 0 where weights [E, O] sum to 1, or to less because operations were left out."""
    return (weights.detach().sum(1) - 1).clamp(min=0)


class AuxiliarySkipCell(FusedCell):
    """A cell whose edges of stride 2 have a factorized reduce more, with the weight b; arguments as there."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        rows, channels = self.waves[0].rows if self.reduction else (), self.channels
        self.auxiliary = nn.ModuleDict({str(row): FactorizedReduce(channels, channels, search_norm) for row in rows})

    def start_sums(self, inputs: list[Tensor], weights: Tensor) -> dict[int, Tensor]:
        """b skip(x) of every edge with stride 2."""
        b, sums = b_of(weights), dict[int, Tensor]()
        for name, skip in self.auxiliary.items():
            target, source = self.space.edges[int(name)]
            add_to_node(sums, target, b[int(name)] * skip(inputs[source]))
        return sums

    def parts_of_waves(self, weights: Tensor, plan: Plan) -> list[WaveParts]:
        """With p alone on the edges of stride 2."""
        if self.reduction:
            rows, b, weights = list(self.waves[0].rows), b_of(weights), weights.clone()
            weights[rows, self.space.operations.index(SKIP)] -= b[rows]
        return super().parts_of_waves(weights, plan)


METHOD = Method(
    "darts-minus",
    "Chu, Wang, Zhang, Lu, Wei, Yan 2021, DARTS-: Robustly Stepping out of Performance Collapse Without Indicators",
    weights=mix,
    validation=add_skip,
    cell=AuxiliarySkipCell,
    defaults={"hypergradient": "first_order"},
    numbers=(Number("b falls from 1 to 0", "in 50 of 50 epochs", 1.0),),
    check=lambda config: require(SKIP in config.operations, "darts-minus adds to skip_connect; add it to operations."),
)
