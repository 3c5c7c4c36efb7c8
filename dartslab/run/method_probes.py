"""What the mixing weights of a method do, found by asking for them: no network, no picture and no step of a search."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..base.seeds import stream
from ..methods.method import PHASES, Method, Moment, Phase
from ..relaxation import Arch
from .config import SearchConfig
from .method_gives import penalty_at, weights_of
from .networks import arch_of
from .problem import moment_of


class NotFinite(NamedTuple):
    """What a method gave that is not finite.

    Args:
        function: of the method that gave it, "weights" or "penalty".
        phase: in which it was asked.
        is_gradient: whether the value itself is finite, and its gradient of alpha is not.
    """

    function: str
    phase: Phase
    is_gradient: bool


@torch.no_grad()
def uses_temperature(method: Method, config: SearchConfig) -> bool:
    """Whether another temperature gives other mixing weights, in some phase."""
    arch = arch_of(replace(config, alpha_scale=1.0), method)
    for phase in PHASES:
        moment = moment_of(config, phase)
        now, hotter = (weights_of(method, arch, replace(moment, temperature=t)) for t in (1.0, 2.0))
        if any(not torch.equal(now[kind], hotter[kind]) for kind in now):
            return True
    return False


def reaches_alpha(method: Method, config: SearchConfig) -> bool:
    """Whether the mixing weights give alpha a gradient at the start, amid or at the end of a search."""
    arch, tables = differentiable(arch_of(replace(config, alpha_scale=1.0), method))
    drawn = stream(0, "probe")
    for progress in (0.0, 0.5, 1.0):
        weights = weights_of(method, arch, moment_of(config, "alpha", 0, progress))
        total = sum((table * torch.randn(table.shape, generator=drawn)).sum() for table in weights.values())
        if any(bool((gradient != 0).any()) for gradient in gradients_of(total, tables)):
            return True
    return False


@torch.no_grad()
def largest_change(method: Method, config: SearchConfig, distance: float) -> float:
    """By what part of itself a mixing weight grows, if alpha and beta go that far from their start in its favour.

    In its favour: its own number of alpha goes up, and so does beta of its edge; all others go down. In a softmax at
    the uniform mixture of many operations this is exp(2 distance) - 1.

    Args:
        method: any, also one that `METHODS` does not know.
        config: of the search; its own `method` is not looked at.
        distance: that every number moves.
    """
    start, moment = arch_of(config, method), moment_of(config, "look")
    before, found = weights_of(method, start, moment), 0.0
    rows = range(len(config.space.edges) if method.edge_parameters else 1)
    for row, column in product(rows, range(len(config.space.operations))):
        moved = {name: table - distance for name, table in start.parameters().items()}
        for table in moved.values():
            table[..., column if table.ndim == 2 else row] += 2 * distance
        after = weights_of(method, start.with_parameters(moved), moment)
        grown = [torch.nan_to_num(after[kind] / table - 1, nan=0.0).max() for kind, table in before.items()]  # 0 / 0
        found = max(found, float(max(grown)))
    return found


def find_not_finite(method: Method, arch: Arch, moments: Iterable[Moment]) -> NotFinite | None:
    """The first that a method gives at these moments and that is not finite; None where all of it is."""
    arch, tables = differentiable(arch)
    for moment in moments:
        weights = weights_of(method, arch, moment)
        given: dict[str, Any] = {"weights": sum(table.sum() for table in weights.values())}
        if moment.phase == "alpha" and method.penalty is not None:
            given["penalty"] = penalty_at(method, arch, weights, moment)
        for function, value in given.items():
            is_finite = bool(torch.isfinite(torch.as_tensor(value).detach()))
            if not is_finite or any(not bool(torch.isfinite(part).all()) for part in gradients_of(value, tables)):
                return NotFinite(function, moment.phase, is_finite)
    return None


def differentiable(arch: Arch) -> tuple[Arch, list[Tensor]]:
    """Alpha and beta once more, such that they can be differentiated by: (all of them, their tables)."""
    alpha = {name: table.detach().clone().requires_grad_() for name, table in arch.parameters().items()}
    return arch.with_parameters(alpha), list(alpha.values())


def gradients_of(value: Any, tables: Sequence[Tensor]) -> list[Tensor]:
    """The gradient of a scalar in each table; 0 where it does not depend on it."""
    if not isinstance(value, Tensor) or not value.requires_grad:
        return [torch.zeros_like(table) for table in tables]
    return list(torch.autograd.grad(value, tables, retain_graph=True, materialize_grads=True))
