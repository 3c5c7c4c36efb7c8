"""FairDARTS: operations no longer compete; each has a sigmoid of its own, pushed towards 0 or 1.

s[e, o] = sigmoid(alpha[e, o] / T),  T = 1,  alpha = 0 at the start        changing one alpha changes one weight
L_val - 10 mean((s - 1/2)^2)                mean over all s; largest at s = 1/2, so it pushes every alpha away from 0
derived: per node the 2 strongest edges, of those whose best s is .85 or more (`derive.strong_edges`)

(Chu, Zhou, Zhang, Li 2020; numbers from their code.) A node may end without input; then it leaves the concatenation,
and no edge from it is kept. The space has no `none`: an operation is switched off by its own sigmoid.
"""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ..base.messages import require
from ..derive import edge_strengths, edges_from_inputs, strong_edges
from ..genotype import Genotype
from ..relaxation import Arch, Weights
from ..space import NONE, WITHOUT_NONE, SearchSpace
from .method import Method, Moment, Number

THRESHOLD = 0.85


def sigmoids(arch: Arch, moment: Moment) -> Weights:
    """Independent weights in (0, 1)."""
    return {kind: torch.sigmoid(alpha / moment.temperature) for kind, alpha in arch.alpha.items()}


def push_apart(arch: Arch, weights: Weights, moment: Moment) -> Tensor:
    """-10 mean((s - 1/2)^2), which is smallest where every s is 0 or 1."""
    return -10 * ((torch.cat(list(weights.values())) - 0.5) ** 2).mean()


def derive(space: SearchSpace, weights: Mapping[str, Any]) -> Genotype:
    """The edges that reach the threshold."""
    return strong_edges(space, weights, THRESHOLD)


def remarks(space: SearchSpace, weights: Mapping[str, Any]) -> list[str]:
    """One sentence for each cell in which no edge reached the threshold, so that one below it was kept."""
    largest = {kind: edge_strengths(space, weights[kind])[edges_from_inputs(space)].max() for kind in space.kinds}
    cells = {kind: "cell" if space.tied else f"{kind} cell" for kind in space.kinds}
    return [f"fair-darts: no edge of the {cells[kind]} reached {THRESHOLD}, and the strongest from an input, "
            f"{value:.2f}, was kept alone" for kind, value in largest.items() if value < THRESHOLD]  # fmt: skip


def idle(config: Any, steps: int) -> list[str]:
    """Adam moves alpha by about its rate in a step: is that enough for the threshold?"""
    most = 1 / (1 + math.exp(-min(config.alpha_learning_rate * steps / config.temperature, 500)))
    return [f"fair-darts: in {steps} steps at a rate of {config.alpha_learning_rate:g} a sigmoid gets from 0.5 to "
            f"{most:.2f} or so, and an edge is kept from {THRESHOLD} on"] if most < THRESHOLD else []  # fmt: skip


def check(config: Any) -> None:
    """Refuses `none`."""
    others = " ".join(name for name in config.operations if name != NONE)
    require(NONE not in config.operations, f"fair-darts has no operation none; search with --operations {others}.")


METHOD = Method(
    "fair-darts", "Chu, Zhou, Zhang, Li 2020, Fair DARTS: Eliminating Unfair Advantages in Differentiable "
    "Architecture Search", sigmoids, penalty=push_apart, derive=derive, idle=idle, remarks=remarks, check=check,
    defaults={"operations": WITHOUT_NONE, "batch_size": 128,
              "hypergradient": "first_order", "learning_rate": 0.005, "alpha_scale": 0.0,
              "alpha_learning_rate": 3e-3, "alpha_beta1": 0.9},
    numbers=(Number("threshold", "0.85"), Number("weight of the extra loss", "10")),
)  # fmt: skip
