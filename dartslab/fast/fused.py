"""The search cell again, computed per source instead of per edge: equal to `cell.py`, and faster.

It rests on four observations about the sum that a cell is,

    s_j = sum_{i < j} sum_o weights[ij, o] op_ij,o(s_i)

1. **One source, all its outgoing edges at once.** Every edge that leaves s_i begins with the same relu(s_i), the same
   pools of s_i, or s_i itself. These are made once. The two inputs of the cell are there together and go together.
2. **Pools and the identity have no parameters**, so nothing about them differs from edge to edge but the mixing weight:
   all outgoing edges are one matrix product, [n, Q] weights times Q shared states.
3. **Every convolution ends in a pointwise convolution and a BatchNorm, and the mixing weight is the gain of that
   BatchNorm**: one function with its own gradient, `normalized.normalized`. BatchNorm works channel by channel, so the
   channels of T operations on E edges may stand side by side in one tensor [B, T*E*C, H, W].
4. **`none` adds nothing** and is not computed. Its alpha has a gradient all the same, through the softmax.

How its weights are kept is in `stacked.py`. How many branches stand side by side is the one choice that depends on the
machine, see `plans.plan_for`.

Shapes: B batch, C channels, H W height and width; S sources that go together, n nodes that they reach, E = n S edges in
the order of sources, then nodes; T operations that are convolutions, Q states that edges share.
"""

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..space import INPUTS
from .conv_norm import Filters, normalized
from .depthwise import depthwise
from .plans import Plan, joined_filters, mixed_by, plan_for, preprocessed
from .pools import diagonals, pooled
from .stacked import SKIP, StackedCell, Wave
from .sums import concatenated, plus


class FusedCell(StackedCell):
    """A `SearchCell` that computes the same numbers per source; see the head of this file. Arguments as there."""

    plan: Plan | None = None  # instead of the one that `plan_for` chooses

    def forward(self, s0: Tensor, s1: Tensor, weights: Tensor) -> Tensor:
        """s0 [B, C0, H0, W0], s1 [B, C1, H, W], weights [E, O] -> [B, N*C, H/stride, W/stride]."""
        plan = self.plan or plan_for(s1[:, : self.channels])
        inputs = self.preprocess.before_last, self.preprocess.last
        states = [preprocessed(module, s, plan) for module, s in zip(inputs, (s0, s1), strict=True)]
        gains = self.gains_in_order(weights, plan)
        filters = {key: self.filters_in_order(key, plan) for key in self.stacked}
        sums: list[Any] = [None] * self.space.nodes  # for each node what has arrived so far
        for wave in self.waves:
            states += [sums[source - INPUTS] for source in wave.sources if source >= INPUTS]
            self.leave(wave, [states[source] for source in wave.sources], gains, filters, sums, plan)
        return torch.cat(sums, dim=1)

    def leave(
        self,
        wave: Wave,
        sources: list[Tensor],
        gains: Iterator[Tensor],
        filters: dict[str, Iterator[list[Tensor]]],
        sums: list[Any],
        plan: Plan,
    ) -> None:
        """Add to the nodes what some sources send to them.

        Args:
            wave: S sources, n nodes and the E edges between them.
            sources: S of [B, C, H, W].
            gains: see `gains_in_order`.
            filters: see `filters_in_order`.
            sums: for all nodes [B, C, H/stride, W/stride], or None where nothing has arrived yet; changed.
            plan: how.
        """
        count = len(wave.nodes)
        places = [node - INPUTS for node in wave.nodes]
        for name in self.others:  # operations without a rule of their own run as in the reference
            for edge, row in enumerate(wave.rows):
                candidate = self.get_submodule(f"mixed.{row}.candidates.{self.space.operations.index(name)}")
                place = places[edge % count]
                # a single number as gain: a table [1] of float32 would make float32 of a bfloat16 state
                sums[place] = plus(sums[place], next(gains)[0] * candidate(sources[edge // count]))
        if plan.together:
            sources = [concatenated(sources)]
        mixed = self.mix_shared(sources, wave, gains, plan)
        if plan.together:
            whole = self.convolve(F.relu(sources[0]), wave, gains, filters, mixed[0] if mixed else None, plan.native)
            mixed = [] if whole is None else list(whole.chunk(count, 1))
        for place, part in zip(places, mixed, strict=False):
            sums[place] = plus(sums[place], part)
        if not plan.together:
            relus = [F.relu(source) for source in sources]
            halves: list[Any] = [None] * len(relus)
            if wave.stride == 2:  # once for all edges
                halves = [(even, torch.cat((even, odd), 1)) for even, odd in map(diagonals, relus)]
            for edge in range(len(wave.rows)):
                place, source = places[edge % count], edge // count
                sums[place] = self.convolve_edge(relus[source], halves[source], gains, filters, sums[place])

    def mix_shared(self, sources: list[Tensor], wave: Wave, gains: Iterator[Tensor], plan: Plan) -> list[Tensor]:
        """Pools and identities of S sources, weighted and summed for each node.

        A pool is followed by BatchNorm, as in the reference; at stride 2 the identity is a convolution and not shared.

        Args:
            sources: S of [B, C, H, W], or one tensor of them side by side.
            wave, gains, plan: as in `leave`.
        Returns:
            As `mixed_by` does; nothing where no edge has such an operation.
        """
        shared = list(sources) if SKIP in self.space.operations and wave.stride == 1 else []
        pools = [pooled(name, x, wave.stride, plan.native) for name in self.pools for x in sources]
        if plan.together and pools:
            pools = [concatenated(pools)]
        shared += [normalized(pool, None, native=plan.native) for pool in pools]
        return mixed_by(next(gains).view(len(wave.nodes), -1), shared, plan) if shared else []

    def convolve(
        self,
        relu: Tensor,
        wave: Wave,
        gains: Iterator[Tensor],
        filters: dict[str, Iterator[list[Tensor]]],
        onto: Tensor | None,
        native: bool,
    ) -> Tensor | None:
        """The convolutions of all edges side by side, weighted, summed over operations and sources, added to `onto`.

        A separable convolution is ReLU, depthwise, pointwise, BatchNorm, twice; a dilated one is that once.

        Args:
            relu: relu of the sources side by side, [B, S*C, H, W].
            wave, gains, filters: as in `leave`.
            onto: [B, n*C, H/stride, W/stride] or None.
            native: leave the gradients to PyTorch.
        Returns:
            [B, n*C, H/stride, W/stride], or None where there is no convolution and nothing to add to.
        """
        own = {key: next(layer)[0] for key, layer in filters.items() if key != "halves" or wave.stride == 2}
        count, nodes = len(wave.sources), len(wave.nodes)
        # Stride 2 and dilation 2 read every second pixel only: an ordinary convolution of those.
        halves = diagonals(relu, native) if wave.stride == 2 else (relu, relu)
        h = []
        if self.separable:
            first, second = (joined_filters(own, layer, self.separable) for layer in ("first", "second"))
            x = depthwise(relu, first, wave.stride, 1, False, native, count, len(self.separable))
            w = own["middle"]
            x = normalized(x, w, groups=len(w) // w.shape[1], native=native)
            h.append(depthwise(x, second, relu=True, native=native))
        if self.dilated:
            first = joined_filters(own, "first", self.dilated)
            h.append(depthwise(halves[0], first, 1, 2 // wave.stride, False, native, count, len(self.dilated)))
        y = onto
        if h:
            x, w = concatenated(h), own["last"]
            y = normalized(x, w, next(gains), y, len(w) // w.shape[1], native, nodes)
        if "halves" in own:
            pairs = zip(*(half.chunk(count, 1) for half in halves), strict=True)
            two = torch.cat([half for pair in pairs for half in pair * nodes], 1)
            y = normalized(two, own["halves"], next(gains), y, 2 * count * nodes, native, nodes)
        return y

    def convolve_edge(
        self,
        relu: Tensor,
        halves: tuple[Tensor, Tensor] | None,
        gains: Iterator[Tensor],
        filters: dict[str, Iterator[list[Tensor]]],
        onto: Tensor | None,
    ) -> Tensor | None:
        """The same for one edge, one convolution after the other.

        Args:
            relu: relu of the source, [B, C, H, W].
            halves: if the edge has stride 2, the first of its `diagonals`, and both side by side.
            gains, filters: as in `leave`.
            onto: [B, C, H/stride, W/stride] or None.
        Returns:
            [B, C, H/stride, W/stride], or None where there is no convolution and nothing to add to.
        """
        own = {key: iter(next(layer)) for key, layer in filters.items() if key != "halves" or halves is not None}
        stride, read = (1, relu) if halves is None else (2, halves[0])
        y = onto
        for name in self.separable:
            first = Filters(next(own[f"first_{name}"]), stride, again=True)
            second = Filters(next(own[f"second_{name}"]), relu=True)
            middle = normalized(relu, next(own["middle"]), filters=first)
            y = normalized(middle, next(own["last"]), next(gains), y, filters=second)
        for name in self.dilated:
            first = Filters(next(own[f"first_{name}"]), dilation=2 // stride)  # see `convolve`
            y = normalized(read, next(own["last"]), next(gains), y, filters=first)
        if halves is not None and "halves" in own:
            y = normalized(halves[1], next(own["halves"]), next(gains), y, groups=2)
        return y
