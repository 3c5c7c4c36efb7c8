"""What a published search changes about DARTS. Every default is DARTS itself.

w       <- w - xi d_w L_train(w, weights(alpha; moment))                    the weight step
alpha   <- alpha - eta d_alpha [ L_val(w', weights) + penalty ]             the step of alpha, unless frozen
genotype = derive(space, weights(alpha; "look"))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from ..base.seeds import stream
from ..cell import SearchCell
from ..derive import top_k
from ..genotype import Genotype
from ..relaxation import Arch, Weights, softmax
from ..space import SearchSpace

Phase = Literal["alpha", "w", "look"]


@dataclass(frozen=True)
class Moment:
    """When mixing weights are asked for.

    Args:
        phase: "alpha" or "w", the step that is made; "look" for validation, derivation, record and pictures, which
            must not depend on chance.
        progress: how much of the search is done, 0 to 1.
        temperature: of the softmax.
        space: the search space.
        seed, step: of the search; what `generator` depends on, besides the phase.
    """

    phase: Phase
    progress: float
    temperature: float
    space: SearchSpace
    seed: int = 0
    step: int = 0

    def generator(self) -> torch.Generator:
        """A fresh random generator of the CPU: the same draw however often it is asked for in one step and phase.

        So all passes of one hypergradient see one sample, and a resumed search draws what it would have drawn.
        """
        return stream(self.seed, "method", self.phase, self.step)


def softmax_weights(arch: Arch, moment: Moment) -> Weights:
    """The continuous relaxation of DARTS, at every moment."""
    return softmax(arch, moment.temperature)


def never(progress: float) -> bool:
    """alpha learns from the first step on."""
    return False


@dataclass(frozen=True)
class Method:
    """One published search: how it differs from DARTS.

    Args:
        name: as it is typed, for example "pc-darts".
        paper: authors, year, title.
        weights: (arch, moment) -> mixing weights {kind: [E, O]}. Rows need not sum to 1.
        penalty: (arch, weights, moment) -> scalar, added to L_val where alpha learns; nothing where None.
        edge_parameters: whether every edge also has a number beta; `Arch.beta`.
        cell: the class of the cells; what the configuration says where None.
        frozen: (progress) -> whether alpha waits; only w learns then.
        keep: ((progress, operations), ...), each later and smaller than the one before: from that progress on, only so
            many operations stay on every edge, those with the largest mixing weights; `Arch.mask` switches off others.
        derive: (space, weights {kind: float [E, O]}) -> genotype.
        defaults: fields of `SearchConfig` that the paper sets otherwise; a user's own settings come first.
    """

    name: str
    paper: str
    weights: Callable[[Arch, Moment], Weights] = softmax_weights
    penalty: Callable[[Arch, Weights, Moment], Tensor] | None = None
    edge_parameters: bool = False
    cell: type[SearchCell] | None = None
    frozen: Callable[[float], bool] = never
    keep: tuple[tuple[float, int], ...] = ()
    derive: Callable[[SearchSpace, Mapping[str, Any]], Genotype] = top_k
    defaults: Mapping[str, Any] = field(default_factory=dict)
