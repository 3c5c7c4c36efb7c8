"""The stack of cells that the supernet and the derived network share: kinds, channels, where the resolution halves.

Plain integers, nothing from torch; so a network is built without anything that searches.
"""

from collections.abc import Mapping
from typing import NamedTuple

from .messages import require

STEMS = ("cifar", "imagenet")
STEM_MULTIPLIER = 3  # the CIFAR stem makes 3C channels


class CellPlace(NamedTuple):
    """Where one cell stands in the skeleton."""

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
        stem_channels: channels that the first cell finds at its two inputs.
        stem_halves: the stem already reduced between those two inputs (the ImageNet stem).
    Returns:
        One `CellPlace` per layer.
    Raises:
        UserError: no layers or no channels.
    """
    require(layers >= 1, f"a network needs at least 1 cell, got layers={layers}; raise it.")
    require(channels >= 1, f"a network needs at least 1 channel, got channels={channels}; raise it.")
    places: list[CellPlace] = []
    before_last, last, halve = stem_channels, stem_channels, stem_halves
    for layer in range(layers):
        reduces = "reduce" in concatenated and layer in (layers // 3, 2 * layers // 3)
        channels *= 2 if reduces else 1
        place = CellPlace("reduce" if reduces else "normal", before_last, last, channels, halve)
        places.append(place)
        before_last, last, halve = last, concatenated[place.kind] * channels, reduces
    return places
