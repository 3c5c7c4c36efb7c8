"""The mixed operation and the search cell: a slow and simple reference. Every edge computes every operation.

Shapes: B batch, C channels, H W height and width, E edges, O operations.
"""

import torch
from torch import Tensor, nn

from .operations import FactorizedReduce, Norm, operation, relu_conv_norm, search_norm
from .space import INPUTS, SearchSpace


class MixedOp(nn.Module):
    """The mixed operation of one edge: all candidates, weighted and summed.

    o(x) = sum_k weights[k] op_k(x)        (Liu et al. 2019, DARTS, eq. 2)

    Args:
        operations: names of the candidates, O of them.
        channels: C.
        stride: 2 on the edges that leave an input of a reduction cell, else 1.
    """

    def __init__(self, operations: tuple[str, ...], channels: int, stride: int) -> None:
        super().__init__()
        self.candidates = nn.ModuleList()
        for name in operations:
            candidate = operation(name, channels, stride, search_norm)
            if name.endswith("pool_3x3"):  # a pool has no BatchNorm of its own; all candidates need the same scale
                candidate = nn.Sequential(candidate, search_norm(channels))
            self.candidates.append(candidate)

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        """x [B, C, H, W], weights [O] -> [B, C, H/stride, W/stride]."""
        return sum(weight * candidate(x) for weight, candidate in zip(weights, self.candidates, strict=True))


class Preprocess(nn.Module):
    """Bring the outputs of the two previous cells to C channels and the same resolution.

    Args:
        channels_before_last, channels_last: channels of the two inputs.
        channels: C, of both outputs.
        halve: the older input still has twice the resolution, because the previous cell reduced.
        norm: makes a BatchNorm.
    """

    def __init__(
        self, channels_before_last: int, channels_last: int, channels: int, halve: bool, norm: Norm = search_norm
    ):
        super().__init__()
        older = FactorizedReduce if halve else relu_conv_norm
        self.before_last = older(channels_before_last, channels, norm)
        self.last = relu_conv_norm(channels_last, channels, norm)

    def forward(self, s0: Tensor, s1: Tensor) -> tuple[Tensor, Tensor]:
        """[B, C0, H0, W0] and [B, C1, H, W] -> two of [B, C, H, W]."""
        return self.before_last(s0), self.last(s1)


class SearchCell(nn.Module):
    """One cell of the supernet: every node sums a mixed operation of every earlier state.

    s_j = sum_{i < j} o_ij(s_i) for j = 2 ... N + 1,  output = concat(s_2, ..., s_{N+1})   (DARTS, eq. 1)

    Args:
        space: edges and operations.
        channels_before_last, channels_last: channels of the two inputs.
        channels: C inside this cell; the output has N * C.
        reduction: the edges from the two inputs have stride 2.
        halve: the previous cell reduced, see `Preprocess`.
    """

    def __init__(
        self,
        space: SearchSpace,
        channels_before_last: int,
        channels_last: int,
        channels: int,
        reduction: bool,
        halve: bool,
    ) -> None:
        super().__init__()
        self.space = space
        self.reduction, self.channels = reduction, channels
        self.preprocess = Preprocess(channels_before_last, channels_last, channels, halve)
        self.mixed = nn.ModuleList(
            MixedOp(space.operations, channels, stride=2 if reduction and edge.source < INPUTS else 1)
            for edge in space.edges
        )

    def forward(self, s0: Tensor, s1: Tensor, weights: Tensor) -> Tensor:
        """s0 [B, C0, H0, W0], s1 [B, C1, H, W], weights [E, O] -> [B, N*C, H/stride, W/stride]."""
        edges = self.space.edges
        states = list(self.preprocess(s0, s1))
        for node in range(INPUTS, INPUTS + self.space.nodes):
            states.append(
                sum(self.mixed[row](states[edges[row].source], weights[row]) for row in self.space.rows(node))
            )
        return torch.cat(states[INPUTS:], dim=1)
