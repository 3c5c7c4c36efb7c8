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

The weights of one layer of one operation are one parameter for all edges, in the order in which edges are used.
`state_dict` and `load_state_dict` speak the names and shapes of `SearchCell`: either cell opens what the other saved.

How many branches stand side by side is the one choice that depends on the machine, see `plans.plan_for`.

Shapes: B batch, C channels, H W height and width; S sources that go together, n nodes that they reach, E = n S edges in
the order of sources, then nodes; T operations that are convolutions, Q states that edges share.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .cell import SearchCell
from .depthwise import concatenated, depthwise, plus
from .normalized import Recipe, normalized
from .operations import diagonals
from .plans import (
    Plan,
    joined_filters,
    mixed_by,
    plan_for,
    preprocessed,
    repeated_for_all,
)
from .pools import pooled
from .space import INPUTS, NONE

# Where depthwise and pointwise convolutions stand in the reference's nn.Sequential of an operation.
SEPARABLE = dict.fromkeys(("sep_conv_3x3", "sep_conv_5x5", "sep_conv_7x7"), (1, 2, 5, 6))
DILATED = dict.fromkeys(("dil_conv_3x3", "dil_conv_5x5"), (1, 2))
PLACES = SEPARABLE | DILATED
POOLS = ("max_pool_3x3", "avg_pool_3x3")
SKIP = "skip_connect"
KNOWN = {NONE, SKIP, *POOLS, *PLACES}


class Wave(NamedTuple):
    """Sources that go together, the nodes that they reach, and the rows of alpha of the edges between them."""

    sources: tuple[int, ...]
    nodes: tuple[int, ...]
    rows: tuple[int, ...]  # by source, then by node
    stride: int


class FusedCell(SearchCell):
    """A `SearchCell` that computes the same numbers per source; see the head of this file. Arguments as there."""

    plan: Plan | None = None  # instead of the one that `plan_for` chooses

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        operations, edges = self.space.operations, self.space.edges
        last = INPUTS + self.space.nodes - 1
        self.waves: list[Wave] = []
        for sources in ((0, 1), *((node,) for node in range(INPUTS, last))):
            nodes = tuple(range(max(INPUTS, sources[-1] + 1), last + 1))
            rows = tuple(edges.index((node, source)) for source in sources for node in nodes)
            self.waves.append(Wave(sources, nodes, rows, 2 if self.reduction and sources == (0, 1) else 1))
        self.separable = [name for name in operations if name in SEPARABLE]
        self.dilated = [name for name in operations if name in DILATED]
        self.pools = [name for name in operations if name in POOLS]
        self.others = [name for name in operations if name not in KNOWN]
        self.stacked: dict[str, list[str]] = {}  # parameter -> the reference's parameters that lie in it, in order
        for name in self.separable + self.dilated:
            self._stack(f"first_{name}", [name], 0)
        self._stack("middle", self.separable, 1)
        for name in self.separable:
            self._stack(f"second_{name}", [name], 2)
        self._stack("last", self.separable + self.dilated, -1)
        if SKIP in operations and self.reduction:
            of = f"candidates.{operations.index(SKIP)}"
            halves = [f"mixed.{row}.{of}.{half}.weight" for row in self.waves[0].rows for half in ("even", "odd")]
            self._adopt("halves", halves)
        for row in range(len(edges)):
            for column, name in enumerate(operations):
                if name in KNOWN:  # keeps the place, so that the others keep their names
                    self.get_submodule(f"mixed.{row}.candidates").add_module(str(column), nn.Identity())
        self._gathers: dict[tuple[Plan, torch.device], tuple[Tensor, list[int]]] = {}

    def _stack(self, key: str, names: list[str], place: int) -> None:
        """One convolution of some operations as one parameter: by wave, then by operation, then by edge."""
        columns = {name: self.space.operations.index(name) for name in names}
        self._adopt(
            key,
            [
                f"mixed.{row}.candidates.{columns[name]}.{PLACES[name][place]}.weight"
                for wave in self.waves
                for name in names
                for row in wave.rows
            ],
        )

    def _adopt(self, key: str, names: list[str]) -> None:
        if names:
            self.stacked[key] = names
            parts = [self.get_parameter(name).detach() for name in names]
            self.register_parameter(key, nn.Parameter(torch.cat(parts)))

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        for key, names in self.stacked.items():
            whole = getattr(self, key) if keep_vars else getattr(self, key).detach()
            destination.update({prefix + name: part for name, part in zip(names, whole.chunk(len(names)), strict=True)})

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *others: Any) -> None:
        for key, names in self.stacked.items():
            if all(prefix + name in state_dict for name in names):
                state_dict[prefix + key] = torch.cat([state_dict.pop(prefix + name) for name in names])
        super()._load_from_state_dict(state_dict, prefix, *others)

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
            halves = [diagonals(relu) if wave.stride == 2 else None for relu in relus]  # once for all edges
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
        if self.pools:
            joined = concatenated(sources)
            pools = concatenated([pooled(name, joined, wave.stride, plan.native) for name in self.pools])
            normal = normalized(pools, None, native=plan.native)
            shared += [normal] if plan.together else normal.chunk(len(self.pools) * len(sources), 1)
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
        read, read_dilated, dilation = self.inputs(relu, wave, native)
        h = [
            depthwise(x, w, wave.stride, native=native, sources=count)
            for x, w in zip(read, joined_filters(own, "first", self.separable, native), strict=True)
        ]
        if h:
            x, w = concatenated(h), own["middle"]
            x = normalized(x, w, groups=len(w) // w.shape[1], native=native)
            middle = [F.relu(x)] if native else x.chunk(len(self.separable), 1)
            h = [
                depthwise(x, w, relu=not native, native=native)
                for x, w in zip(middle, joined_filters(own, "second", self.separable, native), strict=True)
            ]
        for x, name in zip(read_dilated, self.dilated, strict=True):
            h.append(depthwise(x, own[f"first_{name}"], dilation=dilation, native=native, sources=count))
        y = onto
        if h:
            x, w = concatenated(h), own["last"]
            y = normalized(x, w, next(gains), y, len(w) // w.shape[1], native, nodes)
        if "halves" in own:
            two = torch.cat([half for one in relu.chunk(count, 1) for half in diagonals(one) * nodes], 1)
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
            halves: its `diagonals`, if the edge has stride 2.
            gains, filters: as in `leave`.
            onto: [B, C, H/stride, W/stride] or None.
        Returns:
            [B, C, H/stride, W/stride], or None where there is no convolution and nothing to add to.
        """
        own = {key: iter(next(layer)) for key, layer in filters.items() if key != "halves" or halves is not None}
        stride, read = (1, relu) if halves is None else (2, halves[0])
        y = onto
        for name in self.separable:
            first, second = next(own[f"first_{name}"]), next(own[f"second_{name}"])
            h = depthwise(relu, first, stride)
            middle = normalized(h, next(own["middle"]), recipe=Recipe(relu, first, stride, 1))
            y = normalized(depthwise(middle, second, relu=True), next(own["last"]), next(gains), y)
        for name in self.dilated:
            h = depthwise(read, next(own[f"first_{name}"]), dilation=2 // stride)  # see `inputs`
            y = normalized(h, next(own["last"]), next(gains), y)
        if halves is not None and "halves" in own:
            y = normalized(torch.cat(halves, 1), next(own["halves"]), next(gains), y, groups=2)
        return y

    def inputs(self, relu: Tensor, wave: Wave, native: bool) -> tuple[list[Tensor], list[Tensor], int]:
        """What the first convolutions read: of separable operations, of dilated ones, and the dilation of those.

        PyTorch's own convolutions want the state once for each filter; `depthwise.depthwise` repeats it itself. With
        stride 2 and dilation 2 only every second pixel is read, which is an ordinary convolution of those.
        """
        separable, dilated = len(self.separable), len(self.dilated)
        if native:
            copies, nodes = [separable] * (separable > 0) + [1] * dilated, len(wave.nodes)
            repeated = repeated_for_all(relu, len(wave.sources), sum(copies), nodes)
            parts = list(repeated.split([n * nodes * relu.shape[1] for n in copies], 1))
            read, other = parts[: len(parts) - dilated], parts[len(parts) - dilated :]
            return read, [x[:, :, ::2, ::2] for x in other] if wave.stride == 2 else other, 2 // wave.stride
        second = relu[:, :, ::2, ::2] if wave.stride == 2 and dilated else relu
        return [relu] * separable, [second] * dilated, 2 // wave.stride

    def gains_in_order(self, weights: Tensor, plan: Plan) -> Iterator[Tensor]:
        """Mixing weights [E, O] gathered once for the whole cell, in pieces in the order in which `leave` uses them."""
        key = (plan, weights.device)
        if key not in self._gathers:
            pieces = self.order_of_gains(plan)
            places = torch.tensor([place for piece in pieces for place in piece], device=weights.device)
            self._gathers[key] = places, [len(piece) for piece in pieces]
        places, sizes = self._gathers[key]
        return iter(weights.flatten().index_select(0, places).split(sizes))

    def order_of_gains(self, plan: Plan) -> list[list[int]]:
        """For each piece the places of its numbers in the flattened table [E*O]."""
        operations = self.space.operations

        def at(row: int, name: str) -> int:
            return row * len(operations) + operations.index(name)

        pieces = []
        times = self.channels if plan.native else 1  # PyTorch's BatchNorm wants its gain once for each channel
        for wave in self.waves:
            pieces += [[at(row, name)] for name in self.others for row in wave.rows]
            shared = [name for name in operations if name == SKIP and wave.stride == 1] + self.pools
            by_node = [wave.rows[place :: len(wave.nodes)] for place in range(len(wave.nodes))]
            pieces += [[at(row, name) for rows in by_node for name in shared for row in rows]] * (len(shared) > 0)
            convolutions = self.separable + self.dilated
            skip = [name for name in operations if name == SKIP and wave.stride == 2]
            for rows in [wave.rows] if plan.together else [(row,) for row in wave.rows]:
                branches = [convolutions][: len(convolutions)] if plan.together else [[name] for name in convolutions]
                for names in branches + [skip] * len(skip):
                    pieces.append([at(row, name) for name in names for row in rows for _ in range(times)])
        return pieces

    def filters_in_order(self, key: str, plan: Plan) -> Iterator[list[Tensor]]:
        """One stacked parameter in pieces: for each wave one, or for each edge one for each operation."""
        whole, waves = getattr(self, key), self.waves if key != "halves" else self.waves[:1]
        edges = [len(wave.rows) for wave in waves]
        per_edge = len(whole) // sum(edges)  # filters
        if plan.together:
            return iter([[piece] for piece in whole.split([per_edge * count for count in edges])])
        pieces, operations, result = whole.split(self.channels), per_edge // self.channels, []
        for count in edges:
            own, pieces = pieces[: count * operations], pieces[count * operations :]
            result += [list(own[edge::count]) for edge in range(count)]
        return iter(result)
