"""Searches that nobody published: each uses the seam of methods in another way, in this one file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dartslab.bilevel import Bilevel, Tensors
from dartslab.derive import top_k
from dartslab.genotype import Genotype
from dartslab.methods import METHODS
from dartslab.methods.method import Choices, Chooser, Method, Moment, Stop
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


def largest_alpha(problem: Bilevel, w: Tensors, alpha: Tensors, batch: Any) -> float:
    """How large the largest number of alpha is."""
    return max(float(table.abs().max()) for table in alpha.values())


def after_three(values: Sequence[float]) -> int | None:
    """Stop at the third measurement, and take the cell of the first."""
    return 0 if len(values) == 3 else None


def worst_to_lose(search: Chooser) -> list[Any]:
    """An edge by chance; on it the operation without which the loss is largest, and the others are switched off."""
    made, moment = {(kind, row) for kind, row, _ in search.choices}, search.moment()
    left = [(k, r) for k in moment.space.kinds for r in range(len(moment.space.edges)) if (k, r) not in made]
    kind, row = left[int(torch.randint(len(left), (), generator=moment.generator()))]
    losses = []
    for column, operation in enumerate(moment.space.operations):
        if operation == "none":
            losses.append(-np.inf)  # never chosen
            continue
        weights = {name: table.clone() for name, table in search.weights().items()}
        weights[kind][row, column] = 0.0
        losses.append(search.validate(weights)[0])
    best = int(np.argmax(losses))
    mask = search.arch.mask.setdefault(kind, torch.ones_like(search.arch.alpha[kind], dtype=torch.bool))
    mask[row] = torch.arange(mask.shape[1], device=mask.device) == best
    return [kind, row, best]


def chosen_operations(space: SearchSpace, weights: Mapping[str, Any], choices: Sequence[Any]) -> Genotype:
    """The chosen operations weigh most on their edges; the rest is `top_k`."""
    tables = {kind: np.array(table, dtype=np.float64) for kind, table in weights.items()}
    for kind, row, column in choices:
        tables[kind][row] = np.arange(len(space.operations)) == column
    return top_k(space, tables)


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
STOPPED = Method("stopped-toy", "nobody, a toy", stop=Stop("largest", largest_alpha, 0.2, after_three, needs=3))
CHOSEN = Method(
    "chosen-toy",
    "nobody, a toy",
    choices=Choices(lambda space: len(space.kinds) * len(space.edges), worst_to_lose, chosen_operations, train=0.1),
)
TOYS = (SAMPLED, WEIGHED, STOPPED, CHOSEN)


@contextmanager
def known() -> Iterator[None]:
    """METHODS knows them, for a while."""
    for method in TOYS:
        METHODS[method.name] = method
    try:
        yield
    finally:
        for method in TOYS:
            del METHODS[method.name]
