"""The cell of PC-DARTS: only C/k of the channels go through the operations of an edge, the others pass by.

    x = (x', x'')                     x' the first C/k channels of a state, x'' the rest
    f_ij(x) = ( o_ij(x'), x'' )       o_ij the mixed operation; x'' by max-pooling 2x2 where the edge has stride 2
    s_j = shuffle( sum_{i < j} b_ij f_ij(s_i) )            b_ij the edge weight: softmax of beta over the edges into j

(Xu et al. 2020, PC-DARTS, eq. 2 and 3.) The shuffle deals the channels anew, so that the edges from s_j send other
channels through their operations than those into it did.

All edges are shuffled alike, so the sum is shuffled once. Then s_j has two parts: the first is the sum of `FusedCell`
on C/k channels, and x'' is one more state that edges share, with the weights b_ij.

The mixing weights of an edge, a row of [E, O], sum to b_ij: that is where the cell reads it.
"""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ..cell import Preprocess
from ..space import INPUTS, SearchSpace
from .fused import FusedCell, add_to_node
from .plans import Plan, mix_states, plan_for, preprocess_input, to_plan_format
from .waves import Wave


class PartialCell(FusedCell):
    """A search cell with 1/k of the channels in its operations; see the head of this file. Arguments as `SearchCell`.

    `channels` is C/k, that of the operations.
    """

    k = 4

    def __init__(
        self,
        space: SearchSpace,
        channels_before_last: int,
        channels_last: int,
        channels: int,
        reduction: bool,
        halve: bool,
    ) -> None:
        super().__init__(space, channels_before_last, channels_last, channels // self.k, reduction, halve)
        self.preprocess = Preprocess(channels_before_last, channels_last, channels, halve)

    def forward(self, s0: Tensor, s1: Tensor, weights: Tensor) -> Tensor:
        """s0 [B, C0, H0, W0], s1 [B, C1, H, W], weights [E, O] -> [B, N*C, H/stride, W/stride]."""
        plan = self.plan or plan_for(s1[:, : self.channels])
        inputs = self.preprocess.before_last, self.preprocess.last
        states = [preprocess_input(module, s, plan) for module, s in zip(inputs, (s0, s1), strict=True)]
        mixed: dict[int, Tensor] = {}  # node -> the sum of what came through operations, [B, C/k, H, W]
        passed: dict[int, Tensor] = {}  # node -> the sum of what passed by, [B, C - C/k, H, W]
        edge_weights = weights.sum(1)
        for wave, parts in zip(self.waves, self.parts_of_waves(weights, plan), strict=True):
            states += [self.join(mixed[s], passed.get(s), plan) for s in wave.sources if s >= INPUTS]
            sources = [states[source] for source in wave.sources]
            self.add_wave(wave, [s[:, : self.channels] for s in sources], parts, mixed, plan)
            if self.k > 1:
                self.pass_by(wave, [s[:, self.channels :] for s in sources], edge_weights, passed, plan)
        states.append(self.join(mixed[len(states)], passed.get(len(states)), plan))
        return torch.cat(states[INPUTS:], 1)

    def pass_by(
        self, wave: Wave, rests: list[Tensor], edge_weights: Tensor, passed: dict[int, Tensor], plan: Plan
    ) -> None:
        """Add the channels without operations, each edge of one wave times its edge weight.

        Args:
            wave: S sources, n nodes and the E edges between them.
            rests: S of [B, C - C/k, H, W].
            edge_weights: of all edges of the cell, [E].
            passed: {node: [B, C - C/k, H/stride, W/stride]} where something was added before; changed.
            plan: how the sum is computed.
        """
        if wave.stride == 2:
            rests = [F.max_pool2d(rest, 2, ceil_mode=True) for rest in rests]
        nodes = len(wave.nodes)
        by_node = [row for place in range(nodes) for row in wave.rows[place::nodes]]
        sums = mix_states(edge_weights[by_node].view(nodes, -1), rests, plan)
        if plan.together:
            sums = list(sums[0].chunk(nodes, 1))
        for node, part in zip(wave.nodes, sums, strict=True):
            add_to_node(passed, node, part)

    def join(self, mixed: Tensor, passed: Tensor | None, plan: Plan) -> Tensor:
        """Both parts of a node as one state [B, C, H, W], its channels shuffled."""
        if passed is None:
            return mixed
        return to_plan_format(shuffle_channels(torch.cat([mixed, passed], 1), self.k), plan)


def shuffle_channels(x: Tensor, k: int) -> Tensor:
    """Deal the channels anew: k groups of C/k become C/k groups with one channel of each. x [B, C, H, W]."""
    return x.unflatten(1, (k, -1)).transpose(1, 2).flatten(1, 2)


@cache
def partial_cell(k: int) -> type[PartialCell]:
    """The class of cells that send 1/k of the channels through the operations; k must divide C."""
    return type(f"PartialCell{k}", (PartialCell,), {"k": k})
