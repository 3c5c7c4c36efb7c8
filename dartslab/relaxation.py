"""The continuous relaxation: from the architecture parameters alpha to mixing weights.

    weights[e, o] = exp(alpha[e, o] / T) / sum_o' exp(alpha[e, o'] / T)          (Liu et al. 2019, DARTS, eq. 2)

The architecture parameters are not part of the network; the network is given its mixing weights as an argument.

    alpha[kind]: [E, O]   one row per edge, one column per operation; shared by all cells of that kind
    beta[kind]:  [E]      optional, one number per edge (partial-channel methods)
    mask[kind]:  [E, O]   optional, False where an operation is switched off

alpha is a table of plain numbers, not of probabilities. `softmax` turns it into mixing weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .base.messages import UserError, require
from .space import SearchSpace


@dataclass(frozen=True)
class Arch:
    """All architecture parameters of one search, by cell kind.

    Args:
        alpha: {kind: [E, O]}.
        beta: {kind: [E]} or empty.
        mask: {kind: bool [E, O]} or empty.
    """

    alpha: dict[str, Tensor]
    beta: dict[str, Tensor] = field(default_factory=dict)
    mask: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def create(
        cls,
        space: SearchSpace,
        scale: float = 1e-3,
        generator: torch.Generator | None = None,
        edge_parameters: bool = False,
    ) -> "Arch":
        """alpha = scale * N(0, 1), as in the published code (the paper says zeros: `scale=0`).

        Args:
            space: gives E, O and the kinds.
            scale: standard deviation of the initial values.
            generator: source of randomness; the global one where None.
            edge_parameters: also make beta, drawn in the same way.
        """
        rows, columns = len(space.edges), len(space.operations)
        alpha = {kind: scale * torch.randn(rows, columns, generator=generator) for kind in space.kinds}
        beta = {kind: scale * torch.randn(rows, generator=generator) for kind in space.kinds if edge_parameters}
        return cls(alpha, beta)

    def parameters(self) -> dict[str, Tensor]:
        """What is learned, as one flat dictionary: "alpha.normal", ..., "beta.normal", ... (no copies)."""
        return {f"alpha.{kind}": table for kind, table in self.alpha.items()} | {
            f"beta.{kind}": row for kind, row in self.beta.items()
        }

    def with_parameters(self, parameters: Mapping[str, Tensor]) -> "Arch":
        """The same Arch with other values: the inverse of `parameters`."""
        return replace(
            self,
            alpha={kind: parameters[f"alpha.{kind}"] for kind in self.alpha},
            beta={kind: parameters[f"beta.{kind}"] for kind in self.beta},
        )

    def clone(self) -> "Arch":
        """A copy that shares no memory and no gradient history."""
        return Arch(*({kind: t.detach().clone() for kind, t in part.items()} for part in self._parts()))

    def to(self, device: torch.device | str) -> "Arch":
        """The same numbers on a device."""
        return Arch(*({kind: t.to(device) for kind, t in part.items()} for part in self._parts()))

    def _parts(self) -> tuple[dict[str, Tensor], ...]:
        return self.alpha, self.beta, self.mask

    def state_dict(self) -> dict[str, dict[str, Tensor]]:
        """Everything, for saving."""
        return {"alpha": self.alpha, "beta": self.beta, "mask": self.mask}

    def save(self, path: str | Path) -> None:
        """Write all tables to a file that `load` reads."""
        torch.save(self.state_dict(), path)

    @classmethod
    def load(cls, path: str | Path) -> "Arch":
        """Read what `save` wrote.

        Raises:
            UserError: the file does not hold architecture parameters.
        """
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
        require(
            isinstance(state, dict) and set(state) == {"alpha", "beta", "mask"},
            f"{path} holds no Arch; name a file that Arch.save wrote.",
        )
        return cls(**state)

    def check(self, space: SearchSpace) -> None:
        """Raise `UserError` unless every table fits the space."""
        expected = (len(space.edges), len(space.operations))
        for kind in space.kinds:
            got = tuple(self.alpha[kind].shape) if kind in self.alpha else None
            if got != expected:
                raise UserError(
                    f"alpha of kind {kind!r} has shape {got}, this space needs {expected} (edges, operations); "
                    "create it with Arch.create(space)."
                )


Weights = dict[str, Tensor]
Relaxation = Callable[[Arch], Weights]


def softmax(arch: Arch, temperature: float = 1.0) -> Weights:
    """The continuous relaxation of DARTS: on every edge a softmax over its operations.

    weights[e, o] = exp(alpha[e, o] / T) / sum_o' exp(alpha[e, o'] / T)     (Liu et al. 2019, DARTS, eq. 2; T = 1)

    Over the operations of one edge, never over edges: each row sums to 1, and adding a constant to a row changes
    nothing. T -> 0 approaches argmax. An operation whose mask is False gets weight 0.

    Args:
        arch: alpha {kind: [E, O]}.
        temperature: T > 0.
    Returns:
        {kind: [E, O]}, rows sum to 1.
    Raises:
        UserError: a temperature that is not positive.
    """
    require(
        temperature > 0,
        f"the softmax temperature must be above 0, got {temperature}; the published value is 1.",
    )
    weights = {}
    for kind, alpha in arch.alpha.items():
        if kind in arch.mask:
            alpha = alpha.masked_fill(~arch.mask[kind], -torch.inf)
        weights[kind] = torch.softmax(alpha / temperature, dim=-1)
    return weights


RELAXATIONS: dict[str, Callable[..., Weights]] = {"softmax": softmax}
