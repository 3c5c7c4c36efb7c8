"""Right answers to the exercises of lesson 05, each written differently."""

from typing import Any

import numpy as np
import torch


def with_a_loop(steps, genotypes):
    last = steps[0]
    for k in range(1, len(steps)):
        if genotypes[k] != genotypes[k - 1]:
            last = steps[k]
    return last  # a number of numpy


def backwards(steps, genotypes):
    k = len(steps) - 1
    while k > 0 and genotypes[k] == genotypes[-1]:
        k -= 1
    return int(steps[0]) if genotypes[k] == genotypes[-1] else int(steps[k + 1])


def with_a_comprehension(s, g):
    return max([int(s[0])] + [int(step) for step, a, b in zip(s[1:], g, g[1:], strict=False) if a != b])


def with_torch(steps, genotypes):
    g = torch.as_tensor(genotypes)
    changed = torch.cat([torch.tensor([True]), g[1:] != g[:-1]])
    return torch.as_tensor(steps)[changed][-1]  # a tensor without dimensions


def as_a_float(steps, genotypes):
    rows = np.where(genotypes[1:] != genotypes[:-1])[0]
    return float(steps[rows.max() + 1]) if rows.size else float(steps[0])


RIGHT: dict[str, tuple[Any, ...]] = {
    "05.last_change": (with_a_loop, backwards, with_a_comprehension, with_torch, as_a_float)
}
