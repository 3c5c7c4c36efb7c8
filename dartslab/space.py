"""The search space: which cells can be expressed at all. Plain integers and names, nothing from torch.

A cell is a directed acyclic graph. States 0 and 1 are its inputs (the outputs of the two previous cells); every
further state is a *node* that may read from all earlier states. With N nodes there are

    E = 2 + 3 + ... + (N + 1) = N (N + 3) / 2  edges          (N = 4: E = 14)

and every edge mixes the same O candidate operations. (Liu, Simonyan, Yang 2019, "DARTS", section 2.1.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb, prod
from numbers import Integral
from typing import Any, NamedTuple

from .base.messages import require, short, unknown

INPUTS = 2  # a convolutional cell reads the outputs of the two previous cells
NONE, SKIP = "none", "skip_connect"

# In the published order: the index of an operation is its column in alpha.
PUBLISHED_OPERATIONS = (
    NONE,
    "max_pool_3x3",
    "avg_pool_3x3",
    SKIP,
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
WITHOUT_NONE = tuple(name for name in PUBLISHED_OPERATIONS if name != NONE)
NOISE = "noise"  # of the space S4 of RobustDARTS (Zela et al. 2020): a harmful operation that a search should avoid
# Two that the cells of NASNet and AmoebaNet use, and noise.
KNOWN_OPERATIONS = (*PUBLISHED_OPERATIONS, "sep_conv_7x7", "conv_7x1_1x7", NOISE)
KINDS = ("normal", "reduce")


def tuple_of_names(what: str, names: Iterable[str]) -> tuple[str, ...]:
    """A list of names as a tuple.

    Args:
        what: what the names are, for the message.
        names: any list of names.
    Raises:
        UserError: not a list, or a single text, whose letters would be taken for names, or a list of something else.
    """
    try:
        found: tuple[Any, ...] = tuple(names)
    except TypeError:
        found = (None,)
    examples = {"kinds": "('normal', 'reduce')", "instruments": "('lambda_max', 'skips')"}
    example = examples.get(what, "('skip_connect', 'sep_conv_3x3')")
    require(
        not isinstance(names, str) and all(isinstance(name, str) for name in found),
        f"{what} are {short(repr(names))}; a list of names is needed, for example {what}={example}.",
    )
    return found


class Edge(NamedTuple):
    """One connection of the cell: the node `target` reads state `source`; a row of alpha."""

    target: int
    source: int

    @property
    def name(self) -> str:
        """As people read it: "0 → 2"."""
        return f"{self.source} → {self.target}"


@dataclass(frozen=True)
class SearchSpace:
    """What the search can choose from.

    Args:
        nodes: intermediate nodes in a cell, 1 to 7 (published: 4).
        operations: candidate operations on every edge, in the order of alpha's columns.
        kinds: the kinds of cell that own an alpha table; without "reduce" the supernet has no reduction cells, unless
            they are tied.
        tied: reduction cells read the alpha table of the normal cell, and one cell is derived for both. The only kind
            that owns a table is then "normal".
    Raises:
        UserError: an unknown or repeated operation or kind, too few or too many nodes, nothing to choose from, tied
            cells of which both own a table.
    """

    nodes: int = 4
    operations: tuple[str, ...] = PUBLISHED_OPERATIONS
    kinds: tuple[str, ...] = KINDS
    tied: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple_of_names("operations", self.operations))
        object.__setattr__(self, "kinds", tuple_of_names("kinds", self.kinds))
        for name in self.operations:
            if name not in KNOWN_OPERATIONS:
                raise unknown("operation", name, KNOWN_OPERATIONS)
        for kind in self.kinds:
            if kind not in KINDS:
                raise unknown("cell kind", kind, KINDS)
        require(
            isinstance(self.nodes, Integral) and 1 <= self.nodes <= 7,
            f"a cell has 1 to 7 nodes, got {short(repr(self.nodes))}; the published cell has 4.",
        )
        for what, names in (("operation", self.operations), ("cell kind", self.kinds)):
            repeated = sorted({name for name in names if names.count(name) > 1})
            require(not repeated, f"{what} {', '.join(repeated)} is listed twice; name each {what} once.")
        require(
            any(name != NONE for name in self.operations),
            f"operations are {list(self.operations)}; at least one other than 'none' is needed, add for example "
            "'skip_connect'.",
        )
        require("normal" in self.kinds, f"kinds are {list(self.kinds)}; the kind 'normal' is needed, add it.")
        require(isinstance(self.tied, bool), f"tied must be True or False, got {short(repr(self.tied))}.")
        require(
            not self.tied or self.kinds == ("normal",),
            f"kinds are {list(self.kinds)}, and in a tied space reduction cells read the table of the normal cell; "
            "pass kinds=('normal',).",
        )

    @classmethod
    def with_reduction(cls, nodes: int, operations: tuple[str, ...], tied: bool = False) -> "SearchSpace":
        """A space whose networks have normal and reduction cells, as the published one: two tables, or one where tied.

        Args:
            nodes, operations, tied: as above.
        """
        return cls(nodes, operations, ("normal",) if tied else KINDS, tied)

    @property
    def table_of(self) -> dict[str, str]:
        """Whose alpha table the cells of a network read: {kind of cell: kind that owns the table}."""
        return dict.fromkeys(KINDS, "normal") if self.tied else {kind: kind for kind in self.kinds}

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, E of them, in the order of alpha's rows: by target node, then by source."""
        states = range(INPUTS, INPUTS + self.nodes)
        return tuple(Edge(target, source) for target in states for source in range(target))

    @property
    def choices(self) -> list[int]:
        """The columns of alpha that can be derived: those of the operations other than `none`."""
        return [column for column, name in enumerate(self.operations) if name != NONE]

    def rows(self, target: int) -> list[int]:
        """The rows of alpha that belong to the edges into one node (`target` >= 2)."""
        return [row for row, edge in enumerate(self.edges) if edge.target == target]

    def count_cells(self, predecessors: int = 2) -> int:
        """How many different cells of one kind a derivation can produce.

        prod over nodes k = 1..N of  C(k + 1, p) (O - 1)^p   with p = predecessors kept per node; `none` never wins.
        N = 4, O = 8: 1,037,664,180.
        """
        choices = len(self.choices)
        return prod(comb(k + 1, p) * choices**p for k in range(1, self.nodes + 1) for p in [min(predecessors, k + 1)])


STEMS = ("cifar", "imagenet")
STEM_MULTIPLIER = 3  # the CIFAR stem makes 3C channels


class CellPlace(NamedTuple):
    """One cell of the skeleton: its kind and its channels."""

    kind: str
    channels_before_last: int
    channels_last: int
    channels: int
    halve: bool

    @property
    def reduction(self) -> bool:
        """Whether this cell halves the resolution."""
        return self.kind == "reduce"


def skeleton(
    layers: int, channels: int, concatenated: Mapping[str, int], stem_channels: int, stem_halves: bool = False
) -> list[CellPlace]:
    """Plan the stack of cells: reduction cells at layers L//3 and 2L//3 (0-based), each doubling the channels.

    Args:
        layers: L, number of cells.
        channels: C of the first cell.
        concatenated: nodes that each kind concatenates, {kind: number}; without "reduce" there is no reduction.
        stem_channels: channels of the two inputs of the first cell.
        stem_halves: the second of these inputs has half the resolution of the first (the ImageNet stem).
    Returns:
        One `CellPlace` per layer.
    Raises:
        UserError: no layers or no channels.
    """
    require(layers >= 1, f"a network needs at least 1 cell, got layers={layers}; pass a larger number.")
    require(channels >= 1, f"a network needs at least 1 channel, got channels={channels}; pass a larger number.")
    places: list[CellPlace] = []
    before_last, last, halve = stem_channels, stem_channels, stem_halves
    for layer in range(layers):
        reduces = "reduce" in concatenated and layer in (layers // 3, 2 * layers // 3)
        channels *= 2 if reduces else 1
        place = CellPlace("reduce" if reduces else "normal", before_last, last, channels, halve)
        places.append(place)
        before_last, last, halve = last, concatenated[place.kind] * channels, reduces
    return places
