"""Right answers to the exercises of lesson 06, each written differently."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F


def strength_in_numpy(alpha, operations):
    raised = np.exp(alpha.numpy() - alpha.numpy().max(1, keepdims=True))
    weights = raised / raised.sum(1, keepdims=True)
    return weights[:, np.array(operations) != "none"].max(1)


def strength_with_loops(alpha, operations):
    found = []
    for row in alpha.tolist():
        total = sum(math.exp(a - max(row)) for a in row)
        best = max(a for a, name in zip(row, operations, strict=True) if name != "none")
        found.append(math.exp(best - max(row)) / total)
    return found


def strength_by_masking(a, names):
    weights = a.float().softmax(-1)
    return weights.masked_fill(torch.tensor([name == "none" for name in names]), 0).max(dim=-1).values


def top_k_with_torch(alpha, operations, k):
    columns = [c for c, name in enumerate(operations) if name != "none"]
    best = torch.softmax(alpha, 1)[:, columns].max(1)
    kept = best.values.topk(k).indices.tolist()
    return [(source, operations[columns[int(best.indices[source])]]) for source in kept]


def top_k_in_numpy(alpha, operations, k):
    weights = np.exp(alpha.numpy() - alpha.numpy().max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    weights[:, operations.index("none")] = -1
    return [(source, operations[weights[source].argmax()]) for source in np.argsort(-weights.max(1))[:k]]


def top_k_by_predecessor(alpha, operations, k):
    """Listed by predecessor, as a tuple of lists; the order is free."""
    weights = torch.softmax(alpha, 1).tolist()
    entries = [
        max((weight, source, name) for weight, name in zip(row, operations, strict=True) if name != "none")
        for source, row in enumerate(weights)
    ]
    kept = sorted(entries, reverse=True)[:k]
    return tuple([source, name] for _, source, name in sorted(kept, key=lambda entry: entry[1]))


def arrows_by_node(pairs):
    found = []
    for node in range(len(pairs) // 2):
        for operation, source in pairs[2 * node : 2 * node + 2]:
            found.append((source, node + 2, operation))
    return found


def arrows_as_a_set(pairs):
    return {(source, (place + 4) // 2, name) for place, (name, source) in enumerate(pairs)}


def arrows_with_iterators(pairs):
    halves = zip(pairs[::2], pairs[1::2], strict=True)
    return [(s, node, op) for node, both in enumerate(halves, start=2) for op, s in both][::-1]


def arrows_one_by_one(pairs):
    return ((source, 2 + place // 2, name) for place, (name, source) in enumerate(pairs))


def top_k_as_a_view(alpha, operations, k):
    return dict(top_k_with_torch(alpha, operations, k)).items()


def tables_with_loops(weights, kept):
    mixed, discrete = torch.zeros_like(weights), torch.zeros_like(weights)
    for row in range(len(weights)):
        for column in range(weights.shape[1]):
            if kept[row, column]:
                mixed[row] = weights[row]
                discrete[row, column] = 1
    return mixed, discrete


def tables_in_numpy(weights, kept):
    weights, kept = weights.numpy(), kept.numpy()
    return [np.where(kept.any(1)[:, None], weights, 0), kept.astype(float)]


def tables_by_one_hot(weights, kept):
    rows = kept.sum(1)
    one_hot = F.one_hot(kept.int().argmax(1), kept.shape[1]) * rows[:, None]
    return torch.einsum("e,eo->eo", rows.double(), weights), one_hot.double()


RIGHT: dict[str, tuple[Any, ...]] = {
    "06.edge_strength": (strength_in_numpy, strength_with_loops, strength_by_masking),
    "06.top_k": (top_k_with_torch, top_k_in_numpy, top_k_by_predecessor, top_k_as_a_view),
    "06.arrows": (arrows_by_node, arrows_as_a_set, arrows_with_iterators, arrows_one_by_one),
    "06.discretize": (tables_with_loops, tables_in_numpy, tables_by_one_hot),
}
