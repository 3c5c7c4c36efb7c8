"""The two losses of a search, and the other functions that its configuration chooses."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from ..architect import HYPERGRADIENTS, Gradients, Hypergradient
from ..base.numerics import PLAIN, without_tf32
from ..bilevel import Bilevel, Tensors, VirtualStep
from ..data.batches import Batch
from ..methods import METHODS
from ..methods.method import Moment, Phase
from ..relaxation import Arch, Relaxation, Weights
from .config import SearchConfig
from .distributed import mean_gradients
from .method_gives import penalty_at, weights_of


def bilevel_problem(
    net: nn.Module,
    arch: Arch,
    relaxation: Relaxation,
    inner_step: VirtualStep,
    numerics: Callable[..., Tensor] = PLAIN,
    penalty: Callable[[Arch, Weights], Tensor] | None = None,
) -> Bilevel:
    """The search as a `Bilevel` problem: both losses are the cross-entropy of the supernet, on different batches.

    L_train(w, alpha) = CE(net(x; w, weights(alpha)), y),    L_val = the same + penalty(alpha)

    In a data parallel search each process computes with its share of the batches, and gradients are averaged.

    Args:
        net: the supernet.
        arch: alpha, with beta and a mask where the method has them.
        relaxation: arch -> mixing weights.
        inner_step: the virtual step of w.
        numerics: how the network is run.
        penalty: (arch, weights) -> scalar; what a method adds to L_val.
    """

    def loss(w: Tensors, alpha: Tensors, batch: Batch, validation: bool) -> Tensor:
        now = arch.with_parameters(alpha)
        weights = relaxation(now)
        logits = numerics(lambda *given: functional_call(net, dict(w), given), batch.images, weights)
        value = F.cross_entropy(logits, batch.labels)
        if validation and penalty is not None:
            value = value + penalty(now, weights)
        return batch.share * value

    return Bilevel(partial(loss, validation=False), partial(loss, validation=True), inner_step, mean_gradients)


def moment_of(config: SearchConfig, phase: Phase, step: int = 0, progress: float = 0.0) -> Moment:
    """The moment at which mixing weights are computed: the step and the purpose."""
    return Moment(phase, progress, config.temperature, config.space, config.seed, step)


def relaxation_of(config: SearchConfig, moment: Moment) -> Relaxation:
    """`arch -> mixing weights` of the method at a moment."""
    method = METHODS[config.method]
    return lambda arch: weights_of(method, arch, moment)


def penalty_of(config: SearchConfig, moment: Moment) -> Callable[[Arch, Weights], Tensor] | None:
    """`(arch, weights) -> scalar`, which the method adds to L_val at a moment; None for nothing."""
    method = METHODS[config.method]
    return None if method.penalty is None else lambda arch, weights: penalty_at(method, arch, weights, moment)


def hypergradient_of(config: SearchConfig) -> Hypergradient:
    """The chosen hypergradient, its hyper-parameters bound."""
    bound: dict[str, dict[str, Any]] = {
        "finite_difference": {"radius": config.radius},
        "neumann": {"terms": config.terms},
    }
    function = partial(HYPERGRADIENTS[config.hypergradient], **bound.get(config.hypergradient, {}))
    return partial(_without_tf32, function) if config.hypergradient == "finite_difference" else function


def _without_tf32(function: Hypergradient, *given: Any) -> Gradients:
    """TF32, in which GPUs compute convolutions of float32 unless told otherwise, would spoil a finite difference."""
    with without_tf32():
        return function(*given)
