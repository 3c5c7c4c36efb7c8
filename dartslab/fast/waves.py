"""What the fused cell computes together: waves of edges, and the weights and gains of each wave.

Shapes: C channels, E edges, O operations, S sources, n nodes; T operations that are convolutions, Q shared states.
"""

from typing import NamedTuple

from torch import Tensor


class Wave(NamedTuple):
    """Sources that are computed together, the nodes that they reach, and the rows of alpha of the edges between."""

    sources: tuple[int, ...]
    nodes: tuple[int, ...]
    rows: tuple[int, ...]  # by source, then by node
    stride: int


class Halves(NamedTuple):
    """The identity at stride 2, which is a factorized reduce: its pointwise convolutions and its gain."""

    weight: Tensor
    gain: Tensor


class WaveWeights(NamedTuple):
    """Weights and gains of all convolutions of one wave, side by side; by operation, then by source, then by node.

    Args:
        first: {operation: depthwise filters [S*n*C, 1, k, k]} of its first or only convolution.
        middle: pointwise weights between the two convolutions of the separable operations; None without such.
        second: {operation: depthwise filters} of the second convolution of the separable operations.
        last: [T*S*n*C, C, 1, 1], the last pointwise weights; None where no operation is a convolution.
        gain: [T*S*n], with native gradients [T*S*n*C]; None as above.
        halves: None at stride 1 and without skip_connect.
    """

    first: dict[str, Tensor]
    middle: Tensor | None
    second: dict[str, Tensor]
    last: Tensor | None
    gain: Tensor | None
    halves: Halves | None


class Separable(NamedTuple):
    """Weights and gain [1] of a separable convolution on one edge: depthwise and pointwise, twice."""

    first: Tensor
    middle: Tensor
    second: Tensor
    last: Tensor
    gain: Tensor


class DilatedWeights(NamedTuple):
    """Weights and gain [1] of a dilated convolution on one edge: depthwise and pointwise, once."""

    first: Tensor
    last: Tensor
    gain: Tensor


class EdgeParts(NamedTuple):
    """Weights and gains of the convolutions of one edge."""

    separable: list[Separable]
    dilated: list[DilatedWeights]
    halves: Halves | None


class WaveParts(NamedTuple):
    """Weights and gains of one wave. A gain is a mixing weight, gathered from the table [E, O].

    Args:
        others: {operation that the fused cell has no rule for: a gain [1] for each edge}.
        shared: [n, Q], gains of pools and identities; None without such.
        joined: the convolutions of all edges, if the plan computes them together; else None.
        edges: the convolutions of each edge, if the plan computes each by itself; else empty.
    """

    others: dict[str, list[Tensor]]
    shared: Tensor | None
    joined: WaveWeights | None
    edges: list[EdgeParts]
