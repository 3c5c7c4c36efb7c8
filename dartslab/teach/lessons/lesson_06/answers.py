"""Right answers to the exercises of lesson 06. Shapes: E edges, S edges into one node, O operations."""

from collections.abc import Sequence

import torch
from torch import Tensor

Names = tuple[str, ...]


def edge_strength(alpha: Tensor, operations: Names) -> Tensor:
    """The largest mixing weight of every edge over the operations other than `none`: alpha [E, O] -> [E]."""
    weights = torch.softmax(alpha, dim=1)  # over all operations: `none` takes its share
    choices = [column for column, name in enumerate(operations) if name != "none"]
    return weights[:, choices].amax(dim=1)


def top_k(alpha: Tensor, operations: Names, k: int) -> list[tuple[int, str]]:
    """The k strongest edges into one node as (predecessor, operation); row s of alpha [S, O] is the edge from s."""
    strengths = edge_strength(alpha, operations).tolist()
    choices = [column for column, name in enumerate(operations) if name != "none"]
    strongest = sorted(range(len(alpha)), key=lambda source: -strengths[source])[:k]  # ties keep their order
    return [(source, operations[max(choices, key=lambda column: alpha[source, column])]) for source in strongest]


def arrows(pairs: Sequence[tuple[str, int]]) -> list[tuple[int, int, str]]:
    """The published flat list as (from state, to node, operation); two entries belong to each node."""
    return [(source, 2 + place // 2, name) for place, (name, source) in enumerate(pairs)]  # 0, 1: inputs


def discretize(weights: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
    """Two tables [E, O]: the kept edges still mixed, and the kept operations alone with weight 1."""
    rows = kept.any(dim=1, keepdim=True)
    return weights * rows, kept.to(weights.dtype)
