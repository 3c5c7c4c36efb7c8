"""How the fused cell keeps its weights, and how it hands them out with the mixing weights.

The weights of one layer of one operation are one parameter for all edges: few tensors for optimisers and
hypergradients, and no copy where many edges are computed together. `state_dict` and `load_state_dict` use the names and
shapes of `SearchCell`, so each of the two cells reads what the other saved.

Shapes: E edges, O operations.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ..cell import SearchCell
from ..space import INPUTS, NONE, SKIP
from .plans import Plan
from .waves import DilatedWeights, EdgeParts, Halves, Separable, Wave, WaveParts, WaveWeights

# Where the depthwise and pointwise convolutions are in the reference's nn.Sequential of an operation.
SEPARABLE = dict.fromkeys(("sep_conv_3x3", "sep_conv_5x5", "sep_conv_7x7"), (1, 2, 5, 6))
DILATED = dict.fromkeys(("dil_conv_3x3", "dil_conv_5x5"), (1, 2))
PLACES = SEPARABLE | DILATED
POOLS = ("max_pool_3x3", "avg_pool_3x3")
KNOWN = {NONE, SKIP, *POOLS, *PLACES}

# The name of a piece of a parameter or of the mixing weights: the number of the wave and what it is for; where each
# edge has a piece of its own, also the edge's number within the wave and the operation.
Name = tuple[int, str] | tuple[int, str, int, str]


class StackedCell(SearchCell):
    """A `SearchCell` with stacked weights; it leaves to `FusedCell` how to compute with them. Arguments as there."""

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
        self.stacked: dict[str, list[str]] = {}  # parameter -> the reference's parameters that it is made of, in order
        self.layers: dict[str, list[str]] = {}  # parameter -> the operations that it belongs to, in order
        for name in self.separable + self.dilated:
            self._stack(f"first_{name}", [name], 0)
        self._stack("middle", self.separable, 1)
        for name in self.separable:
            self._stack(f"second_{name}", [name], 2)
        self._stack("last", self.separable + self.dilated, -1)
        if SKIP in operations and self.reduction:
            of = f"candidates.{operations.index(SKIP)}"
            halves = [f"mixed.{row}.{of}.{half}.weight" for row in self.waves[0].rows for half in ("even", "odd")]
            self._adopt("halves", [SKIP], halves)
        for row in range(len(edges)):
            for column, name in enumerate(operations):
                if name in KNOWN:  # keeps the place, so that the others keep their names
                    self.get_submodule(f"mixed.{row}.candidates").add_module(str(column), nn.Identity())
        self._gathers: dict[tuple[Plan, torch.device], tuple[Tensor, dict[Name, int]]] = {}

    def _stack(self, key: str, names: list[str], place: int) -> None:
        """One convolution of some operations as one parameter: by wave, then by operation, then by edge."""
        columns = {name: self.space.operations.index(name) for name in names}
        self._adopt(
            key,
            names,
            [
                f"mixed.{row}.candidates.{columns[name]}.{PLACES[name][place]}.weight"
                for wave in self.waves
                for name in names
                for row in wave.rows
            ],
        )

    def _adopt(self, key: str, operations: list[str], names: list[str]) -> None:
        if names:
            self.stacked[key], self.layers[key] = names, operations
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

    def parts_of_waves(self, weights: Tensor, plan: Plan) -> list[WaveParts]:
        """The weights and gains of each wave, as the plan needs them; mixing weights [E, O]."""
        gains, layers = self.gather_gains(weights, plan), self.split_layers(plan)
        return [self._parts_of_wave(number, wave, gains, layers, plan) for number, wave in enumerate(self.waves)]

    def _parts_of_wave(
        self, number: int, wave: Wave, gains: dict[Name, Tensor], layers: dict[Name, Tensor], plan: Plan
    ) -> WaveParts:
        edges = range(len(wave.rows))
        others = {name: [gains[number, "others", edge, name] for edge in edges] for name in self.others}
        shared = gains.get((number, "shared"))
        if shared is not None:
            shared = shared.view(len(wave.nodes), -1)
        if not plan.together:
            return WaveParts(others, shared, None, [self._parts_of_edge(number, e, gains, layers) for e in edges])
        halves = None
        if (number, "halves") in gains:
            halves = Halves(layers[number, "halves"], gains[number, "halves"])
        joined = WaveWeights(
            first={name: layers[number, f"first_{name}"] for name in self.separable + self.dilated},
            middle=layers.get((number, "middle")),
            second={name: layers[number, f"second_{name}"] for name in self.separable},
            last=layers.get((number, "last")),
            gain=gains.get((number, "last")),
            halves=halves,
        )
        return WaveParts(others, shared, joined, [])

    def _parts_of_edge(
        self, number: int, edge: int, gains: dict[Name, Tensor], layers: dict[Name, Tensor]
    ) -> EdgeParts:
        def layer(key: str, name: str) -> Tensor:
            return layers[number, key, edge, name]

        def gain(key: str, name: str) -> Tensor:
            return gains[number, key, edge, name]

        separable = [
            Separable(
                layer(f"first_{name}", name),
                layer("middle", name),
                layer(f"second_{name}", name),
                layer("last", name),
                gain("last", name),
            )
            for name in self.separable
        ]
        dilated = [
            DilatedWeights(layer(f"first_{name}", name), layer("last", name), gain("last", name))
            for name in self.dilated
        ]
        halves = None
        if (number, "halves", edge, SKIP) in gains:
            halves = Halves(layer("halves", SKIP), gain("halves", SKIP))
        return EdgeParts(separable, dilated, halves)

    def gather_gains(self, weights: Tensor, plan: Plan) -> dict[Name, Tensor]:
        """Mixing weights [E, O], gathered once for the whole cell -> {name: gains}."""
        key = (plan, weights.device)
        if key not in self._gathers:
            places = self.places_of_gains(plan)
            flat = torch.tensor([place for piece in places.values() for place in piece], device=weights.device)
            self._gathers[key] = flat, {name: len(piece) for name, piece in places.items()}
        flat, sizes = self._gathers[key]
        pieces = weights.flatten().index_select(0, flat).split(list(sizes.values()))
        return dict(zip(sizes, pieces, strict=True))

    def places_of_gains(self, plan: Plan) -> dict[Name, list[int]]:
        """{name: where its gains are in the flattened table [E*O]}."""
        operations = self.space.operations

        def at(row: int, name: str) -> int:
            return row * len(operations) + operations.index(name)

        places: dict[Name, list[int]] = {}
        times = self.channels if plan.native else 1  # PyTorch's BatchNorm takes a gain for each channel
        for number, wave in enumerate(self.waves):
            for name in self.others:
                for edge, row in enumerate(wave.rows):
                    places[number, "others", edge, name] = [at(row, name)]
            shared = self.pools
            if SKIP in operations and wave.stride == 1:
                shared = [SKIP, *self.pools]
            if shared:
                by_node = [wave.rows[place :: len(wave.nodes)] for place in range(len(wave.nodes))]
                places[number, "shared"] = [at(row, name) for rows in by_node for name in shared for row in rows]
            convolutions = {"last": self.separable + self.dilated}
            if SKIP in operations and wave.stride == 2:
                convolutions["halves"] = [SKIP]
            for key, names in convolutions.items():
                if plan.together and names:
                    places[number, key] = [at(row, name) for name in names for row in wave.rows for _ in range(times)]
                elif not plan.together:
                    for edge, row in enumerate(wave.rows):
                        for name in names:
                            places[number, key, edge, name] = [at(row, name)] * times
        return places

    def split_layers(self, plan: Plan) -> dict[Name, Tensor]:
        """The stacked parameters in pieces, {name: weights}: one for each wave, or for each edge and operation."""
        pieces: dict[Name, Tensor] = {}
        for key, operations in self.layers.items():
            whole = getattr(self, key)
            waves = self.waves[:1] if key == "halves" else self.waves
            if plan.together:
                sizes = [len(wave.rows) * len(operations) * self.channels for wave in waves]
                pieces.update({(number, key): piece for number, piece in enumerate(whole.split(sizes))})
            else:
                names = [
                    (number, key, edge, name)
                    for number, wave in enumerate(waves)
                    for name in operations
                    for edge in range(len(wave.rows))
                ]
                pieces.update(zip(names, whole.split(self.channels), strict=True))
        return pieces


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
