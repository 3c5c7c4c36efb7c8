"""How the fused cell keeps its weights, and in which order it takes them and the gains out again.

The weights of one layer of one operation are one parameter for all edges, in the order in which edges are used: few
tensors for optimisers and hypergradients, and no copy where many edges go together. `state_dict` and `load_state_dict`
speak the names and shapes of `SearchCell`, so either cell opens what the other saved.

Shapes: C channels, E edges, O operations.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..cell import SearchCell
from ..space import INPUTS, NONE
from .plans import Plan

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


class StackedCell(SearchCell):
    """A `SearchCell` with stacked weights. It knows no way to compute with them. Arguments as there."""

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

    def gains_in_order(self, weights: Tensor, plan: Plan) -> Iterator[Tensor]:
        """Mixing weights [E, O] gathered once for the whole cell, in pieces, in the order that `FusedCell` uses."""
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


def to_reference(net: nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of the shapes of a network's parameters (gradients, momentum) under the names of the reference cell.

    Args:
        net: a network with either cell.
        tensors: {name as in `net.named_parameters()`: tensor}.
    Returns:
        {name: tensor} as a network of reference cells would have them; views where a parameter is taken apart.
    """
    named: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        parts = _parts(net, name)
        named.update(zip(parts, tensor.chunk(len(parts)), strict=True))
    return named


def from_reference(net: nn.Module, named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `to_reference`, for all parameters of a network."""
    return {name: torch.cat([named[part] for part in _parts(net, name)]) for name, _ in net.named_parameters()}


def _parts(net: nn.Module, name: str) -> list[str]:
    """The reference's parameters that lie in one parameter; itself if it is one of them."""
    owner, _, key = name.rpartition(".")
    parts = getattr(net.get_submodule(owner), "stacked", {}).get(key)
    return [f"{owner}.{part}" for part in parts] if parts else [name]
