"""Right answers to the exercises of lesson 02. Shapes: E edges, O operations."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Operation = Callable[[Tensor], Tensor]


def softmax(alpha: Tensor, T: float) -> Tensor:
    """Mixing weights of one edge, alpha [O], or of a whole table, alpha [E, O]."""
    largest = alpha.amax(dim=-1, keepdim=True)  # of each row: without it no weight changes, and none overflows
    raised = torch.exp((alpha - largest) / T)
    return raised / raised.sum(dim=-1, keepdim=True)


def mixed_op(x: Tensor, ops: Sequence[Operation], alpha: Tensor) -> Tensor:
    """The sum of all operations of an edge, each weighted by its share in the softmax of alpha [O]."""
    weights = torch.softmax(alpha, dim=0)
    return sum(weight * op(x) for weight, op in zip(weights, ops, strict=True))


def mixed_node(inputs: Sequence[Tensor], ops: Sequence[Sequence[Operation]], alpha: Tensor) -> Tensor:
    """A node of a cell: the sum of the mixed operations of its edges; ops [E][O], alpha [E, O]."""
    edges = zip(inputs, ops, alpha, strict=True)  # an edge has its own input, operations and row of alpha
    return torch.stack([mixed_op(x, candidates, row) for x, candidates, row in edges]).sum(dim=0)


def entropy(weights: Tensor) -> Tensor:
    """-sum_o p_o log p_o in nats, weights [..., O] -> [...]; 0 log 0 counts as 0, its limit."""
    return -(weights * torch.where(weights > 0, weights, 1.0).log()).sum(dim=-1)


def softmax_gradient(alpha: Tensor, T: float, g: Tensor) -> Tensor:
    """dL/dalpha [O] from g = dL/dp [O], where p = softmax(alpha / T)."""
    p = torch.softmax(alpha / T, dim=0)
    return p * (g - (p * g).sum()) / T  # an operation counts by how far it differs from the weighted mean
