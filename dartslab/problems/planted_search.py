"""DARTS on a planted problem: the architect of every search here, and steps that take all pairs at once."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ..architect import HYPERGRADIENTS
from ..base.messages import unknown
from ..bilevel import Bilevel, VirtualStep
from .planted import EDGES, Planted, PlantedConfig, Pool

STEPS = 120
PAGE_HYPERGRADIENTS = ("single_level", "first_order", "exact")  # the hypergradients that a page computes too


class PlantedStep(NamedTuple):
    """A moment of a planted search."""

    step: int
    weights: Tensor  # mixing weights [E, O]
    alpha: Tensor  # [E, O]
    w: dict[str, Tensor]


def search_planted(
    problem: Planted,
    hypergradient: str = "exact",
    steps: int = STEPS,
    alpha_learning_rate: float = 0.1,
    learning_rate: float = 0.9,
    xi: float | None = None,
) -> Iterator[PlantedStep]:
    """DARTS on a planted problem: Adam on alpha with the hypergradient, then SGD on w, all pairs in every step.

    Args:
        problem: the hidden cell.
        hypergradient: a name in `HYPERGRADIENTS`.
        steps: how many.
        alpha_learning_rate: of Adam, with the published betas (0.5, 0.999).
        learning_rate: of SGD.
        xi: of the virtual step; `learning_rate` where None, as published.
    Yields:
        The start, then the moment after each step.
    Raises:
        UserError: an unknown hypergradient.
    """
    if hypergradient not in HYPERGRADIENTS:
        raise unknown("hypergradient", hypergradient, HYPERGRADIENTS)
    arch = problem.first_alpha.clone()
    alpha = {name: table.requires_grad_() for name, table in arch.parameters().items()}
    w = {name: value.clone().requires_grad_() for name, value in problem.first_weights.items()}
    adam = torch.optim.Adam(alpha.values(), lr=alpha_learning_rate, betas=(0.5, 0.999))
    sgd = torch.optim.SGD(w.values(), lr=learning_rate)
    bilevel = Bilevel(problem.loss, problem.loss, VirtualStep(learning_rate if xi is None else xi))

    def moment(step: int) -> PlantedStep:
        (table,) = alpha.values()
        kept = {name: value.detach().clone() for name, value in w.items()}
        return PlantedStep(step, problem.mixing_weights(alpha).detach(), table.detach().clone(), kept)

    yield moment(0)
    for step in range(1, steps + 1):
        gradients = HYPERGRADIENTS[hypergradient](bilevel, w, alpha, problem.train, problem.val)
        for name, table in alpha.items():
            table.grad = gradients[name].detach()
        adam.step()
        sgd.zero_grad()
        problem.loss(w, {name: table.detach() for name, table in alpha.items()}, problem.train).backward()
        sgd.step()
        yield moment(step)


def find(config: PlantedConfig, hypergradient: str = "exact", steps: int = STEPS, pool: Pool | None = None) -> bool:
    """Whether a search ends with the hidden operation ahead on all five edges."""
    problem = Planted(config, pool)
    (last,) = (moment for moment in search_planted(problem, hypergradient, steps) if moment.step == steps)
    return problem.count_right(last.weights) == len(EDGES)
