"""Two searches that nobody published: each uses the seam of methods in another way, in this one file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dartslab.derive import top_k
from dartslab.genotype import Genotype
from dartslab.methods import METHODS
from dartslab.methods.method import Method, Moment
from dartslab.relaxation import Arch, Weights, softmax
from dartslab.space import SearchSpace


def sample(arch: Arch, moment: Moment) -> Weights:
    """The softmax of alpha with Gumbel noise while a step is made; without noise where one only looks."""
    if moment.phase == "look":
        return softmax(arch, moment.temperature)
    generator = moment.generator()
    noisy = {}
    for kind, alpha in arch.alpha.items():
        uniform = torch.rand(alpha.shape, generator=generator).clamp(1e-6, 1 - 1e-6).to(alpha)
        noisy[kind] = torch.softmax((alpha - (-uniform.log()).log()) / moment.temperature, dim=-1)
    return noisy


def last_edges(space: SearchSpace, weights: Mapping[str, Any]) -> Genotype:
    """The two latest predecessors of every node, whatever their weights; each with its best operation."""
    later = {}
    for kind, table in weights.items():
        order = np.array([edge.source for edge in space.edges], dtype=np.float64)
        later[kind] = np.asarray(table, dtype=np.float64) / 10 + order[:, None]
    return top_k(space, later)


def weigh_edges(arch: Arch, moment: Moment) -> Weights:
    """The softmax of alpha times the softmax of beta over the edges into one node: rows do not sum to 1."""
    weights = softmax(arch, moment.temperature)
    space = moment.space
    for kind, beta in arch.beta.items():
        parts = [torch.softmax(beta[torch.tensor(space.rows(2 + node))], 0) for node in range(space.nodes)]
        weights[kind] = weights[kind] * torch.cat(parts)[:, None]
    return weights


def pull_together(arch: Arch, weights: Weights, moment: Moment) -> Tensor:
    """A small penalty on large alpha."""
    return 1e-3 * sum((table**2).sum() for table in arch.alpha.values())


SAMPLED = Method(
    "sampled-toy", "nobody, a toy", weights=sample, derive=last_edges, defaults={"epochs": 7, "radius": 0.02}
)
WEIGHED = Method(
    "weighed-toy",
    "nobody, a toy",
    weights=weigh_edges,
    penalty=pull_together,
    edge_parameters=True,
    frozen=lambda progress: progress < 0.25,
    keep=((0.5, 3), (0.75, 2)),
)


@contextmanager
def known() -> Iterator[None]:
    """METHODS knows both, for a while."""
    for method in (SAMPLED, WEIGHED):
        METHODS[method.name] = method
    try:
        yield
    finally:
        for method in (SAMPLED, WEIGHED):
            del METHODS[method.name]
