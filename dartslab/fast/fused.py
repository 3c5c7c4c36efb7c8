"""The search cell again, computed per source instead of per edge: the same results as `cell.py`, and faster.

It rests on four observations about the sum that a cell computes,

    s_j = sum_{i < j} sum_o weights[ij, o] op_ij,o(s_i)

1. **One source, all its outgoing edges at once.** Every edge that leaves s_i begins with the same relu(s_i), the same
   pools of s_i, or s_i itself. These are computed once. The two inputs of the cell are known at the same time and are
   computed together.
2. **Pools and the identity have no parameters**, so edges differ in the mixing weight alone: all outgoing edges are one
   matrix product, [n, Q] weights times Q shared states.
3. **Every convolution ends in a pointwise convolution and a BatchNorm, and the mixing weight is the gain of that
   BatchNorm**: one function with an explicit gradient, `conv_norm.conv_norm`. BatchNorm works channel by channel, so
   the channels of T operations on E edges may be side by side in one tensor [B, T*E*C, H, W].
4. **`none` adds nothing** and is not computed. Its alpha still has a gradient, through the softmax.

How the weights are kept is in `stacked.py`. How many branches are side by side is the one choice that depends on the
machine, see `plans.plan_for`.

Shapes: B batch, C channels, H W height and width; S sources that are computed together, n nodes that they reach,
E = n S edges in the order of sources, then nodes; T operations that are convolutions, Q states that edges share.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..space import INPUTS
from .conv_norm import Filters, conv_norm
from .depthwise import depthwise
from .plans import Plan, join_filters, mix_states, plan_for, preprocess_input
from .pools import dense_diagonals, pool
from .stacked import SKIP, StackedCell
from .sums import add_onto, concatenate
from .waves import EdgeParts, Wave, WaveParts, WaveWeights


class FusedCell(StackedCell):
    """A `SearchCell` that computes the same numbers per source; see the head of this file. Arguments as there."""

    plan: Plan | None = None  # instead of the one that `plan_for` chooses

    def forward(self, s0: Tensor, s1: Tensor, weights: Tensor) -> Tensor:
        """s0 [B, C0, H0, W0], s1 [B, C1, H, W], weights [E, O] -> [B, N*C, H/stride, W/stride]."""
        plan = self.plan or plan_for(s1[:, : self.channels])
        inputs = self.preprocess.before_last, self.preprocess.last
        states = [preprocess_input(module, s, plan) for module, s in zip(inputs, (s0, s1), strict=True)]
        sums = self.start_sums(states, weights)  # node -> the sum of what earlier waves have added
        for wave, parts in zip(self.waves, self.parts_of_waves(weights, plan), strict=True):
            states += [sums[source] for source in wave.sources if source >= INPUTS]
            self.add_wave(wave, [states[source] for source in wave.sources], parts, sums, plan)
        return torch.cat([sums[node] for node in range(INPUTS, INPUTS + self.space.nodes)], dim=1)

    def start_sums(self, inputs: list[Tensor], weights: Tensor) -> dict[int, Tensor]:
        """What is in the nodes before the first wave: nothing. A method's cell may have more to add.

        Args:
            inputs: the two inputs of the cell after `Preprocess`, [B, C, H, W].
            weights: mixing weights [E, O].
        Returns:
            {node: [B, C, H/stride, W/stride]}.
        """
        return {}

    def add_wave(
        self, wave: Wave, sources: list[Tensor], parts: WaveParts, sums: dict[int, Tensor], plan: Plan
    ) -> None:
        """Add the mixed operations of the edges of one wave to the nodes in which they end.

        Args:
            wave: S sources, n nodes and the E edges between them.
            sources: S of [B, C, H, W].
            parts: weights and gains.
            sums: {node: [B, C, H/stride, W/stride]} where something was added before; changed.
            plan: how the sum is computed.
        """
        count = len(wave.nodes)
        for name, gains in parts.others.items():  # operations without a rule of their own run as in the reference
            for edge, row in enumerate(wave.rows):
                candidate = self.get_submodule(f"mixed.{row}.candidates.{self.space.operations.index(name)}")
                # a single number as gain: a tensor [1] of float32 would turn a bfloat16 state into float32
                part = gains[edge][0] * candidate(sources[edge // count])
                add_to_node(sums, wave.nodes[edge % count], part)
        if parts.joined is not None:
            source = concatenate(sources)
            mixed = self.mix_shared([source], wave, parts, plan)
            onto = mixed[0] if mixed else None
            whole = self.convolve_joined(F.relu(source), wave, parts.joined, onto, plan.native)
            if whole is not None:
                for node, part in zip(wave.nodes, whole.chunk(count, 1), strict=True):
                    add_to_node(sums, node, part)
            return
        for node, part in zip(wave.nodes, self.mix_shared(sources, wave, parts, plan), strict=False):
            add_to_node(sums, node, part)
        relus = [F.relu(source) for source in sources]
        halves: list[tuple[Tensor, Tensor] | None] = [None] * len(relus)
        if wave.stride == 2:  # once for all edges
            halves = [(even, torch.cat((even, odd), 1)) for even, odd in map(dense_diagonals, relus)]
        for edge, own in enumerate(parts.edges):
            node, place = wave.nodes[edge % count], edge // count
            found = convolve_edge(relus[place], halves[place], own, sums.get(node))
            if found is not None:
                sums[node] = found

    def mix_shared(self, sources: list[Tensor], wave: Wave, parts: WaveParts, plan: Plan) -> list[Tensor]:
        """Pools and identities of S sources, weighted and summed for each node.

        A pool is followed by BatchNorm, as in the reference; at stride 2 the identity is a convolution and not shared.

        Args:
            sources: S of [B, C, H, W], or one tensor of them side by side.
            wave, parts, plan: as in `add_wave`.
        Returns:
            As `mix_states`; an empty list where no edge has such an operation.
        """
        if parts.shared is None:
            return []
        shared = list(sources) if SKIP in self.space.operations and wave.stride == 1 else []
        pools = [pool(name, x, wave.stride, plan.native) for name in self.pools for x in sources]
        if plan.together and pools:
            pools = [concatenate(pools)]
        shared += [conv_norm(x, None, native=plan.native) for x in pools]
        return mix_states(parts.shared, shared, plan)

    def convolve_joined(
        self, relu: Tensor, wave: Wave, own: WaveWeights, onto: Tensor | None, native: bool
    ) -> Tensor | None:
        """The convolutions of all edges side by side, weighted, summed over operations and sources, added to `onto`.

        A separable convolution is (ReLU, depthwise, pointwise, BatchNorm) twice; a dilated one is that once.

        Args:
            relu: relu of the sources side by side, [B, S*C, H, W].
            wave: as in `add_wave`.
            own: weights and gains.
            onto: [B, n*C, H/stride, W/stride] or None.
            native: leave the gradients to PyTorch.
        Returns:
            [B, n*C, H/stride, W/stride], or None where there is no convolution and nothing to add to.
        """
        count, nodes = len(wave.sources), len(wave.nodes)
        # Stride 2 and dilation 2 read every second pixel only: an ordinary convolution of those.
        halves = dense_diagonals(relu, native) if wave.stride == 2 else (relu, relu)
        h = []
        if own.middle is not None:
            first, second = (join_filters([of[name] for name in self.separable]) for of in (own.first, own.second))
            copies = len(self.separable)
            x = depthwise(relu, first, stride=wave.stride, sources=count, copies=copies, native=native)
            x = conv_norm(x, own.middle, groups=count_groups(own.middle), native=native)
            h.append(depthwise(x, second, relu=True, native=native))
        if self.dilated:
            first, copies = join_filters([own.first[name] for name in self.dilated]), len(self.dilated)
            dilation = 2 // wave.stride
            h.append(depthwise(halves[0], first, dilation=dilation, sources=count, copies=copies, native=native))
        y = onto
        if own.last is not None:
            groups = count_groups(own.last)
            y = conv_norm(concatenate(h), own.last, gain=own.gain, onto=y, groups=groups, nodes=nodes, native=native)
        if own.halves is not None:
            pairs = zip(*(half.chunk(count, 1) for half in halves), strict=True)
            two = torch.cat([half for pair in pairs for half in pair * nodes], 1)
            weight, gain = own.halves
            y = conv_norm(two, weight, gain=gain, onto=y, groups=2 * count * nodes, nodes=nodes, native=native)
        return y


def convolve_edge(
    relu: Tensor, halves: tuple[Tensor, Tensor] | None, own: EdgeParts, onto: Tensor | None
) -> Tensor | None:
    """The convolutions of one edge, one after the other, weighted, summed and added to `onto`.

    Args:
        relu: relu of the source, [B, C, H, W].
        halves: if the edge has stride 2, the first of the `dense_diagonals` of relu, and both side by side.
        own: weights and gains.
        onto: [B, C, H/stride, W/stride] or None.
    Returns:
        [B, C, H/stride, W/stride], or None where there is no convolution and nothing to add to.
    """
    stride, read = (1, relu) if halves is None else (2, halves[0])
    y = onto
    for part in own.separable:
        x = conv_norm(relu, part.middle, filters=Filters(part.first, stride, recompute=True))
        y = conv_norm(x, part.last, gain=part.gain, onto=y, filters=Filters(part.second, relu=True))
    for branch in own.dilated:  # stride 2 and dilation 2: see `convolve_joined`
        filters = Filters(branch.first, dilation=2 // stride)
        y = conv_norm(read, branch.last, gain=branch.gain, onto=y, filters=filters)
    if halves is not None and own.halves is not None:
        y = conv_norm(halves[1], own.halves.weight, gain=own.halves.gain, onto=y, groups=2)
    return y


def count_groups(w: Tensor) -> int:
    """The groups of a pointwise convolution w [G*C, C, 1, 1] that leaves the number of channels as it is."""
    return len(w) // w.shape[1]


def add_to_node(sums: dict[int, Tensor], node: int, part: Tensor) -> None:
    """Add a part [B, C, H, W] to the sum of a node, which is made where it is not there yet."""
    sums[node] = add_onto(sums.get(node), part)
