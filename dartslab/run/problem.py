"""What a run computes, made from its configuration: networks, relaxation, hypergradient, losses."""

from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from ..architect import HYPERGRADIENTS, Hypergradient
from ..base.numerics import PLAIN, Numerics
from ..bilevel import Bilevel, Tensors, VirtualStep
from ..data.batches import Batch
from ..data.datasets import DataSet
from ..genotype import Genotype
from ..network import Network
from ..relaxation import RELAXATIONS, Arch, Relaxation
from .config import SearchConfig, TrainConfig
from .distributed import mean_gradients


def bilevel_problem(
    net: nn.Module,
    arch: Arch,
    relaxation: Relaxation,
    inner_step: VirtualStep,
    numerics: Numerics = PLAIN,
) -> Bilevel:
    """The search as a `Bilevel` problem: both losses are the cross-entropy of the supernet, on different batches.

    In a data parallel search each process computes with its share of the batches, and gradients are averaged.
    """

    def loss(w: Tensors, alpha: Tensors, batch: Batch) -> Tensor:
        weights = relaxation(arch.with_parameters(alpha))
        logits = numerics(lambda *given: functional_call(net, dict(w), given), batch.images, weights)
        return batch.share * F.cross_entropy(logits, batch.labels)

    return Bilevel(loss, loss, inner_step, mean_gradients)


def bound_relaxation(config: SearchConfig) -> Relaxation:
    """`arch -> mixing weights`, hyper-parameters bound."""
    return partial(RELAXATIONS[config.relaxation], temperature=config.temperature)


def bound_hypergradient(config: SearchConfig) -> Hypergradient:
    """The chosen hypergradient, hyper-parameters bound."""
    bound: dict[str, dict[str, Any]] = {
        "finite_difference": {"radius": config.radius},
        "neumann": {"terms": config.terms},
    }
    return partial(HYPERGRADIENTS[config.hypergradient], **bound.get(config.hypergradient, {}))


def network_of(config: TrainConfig, genotype: Genotype, data: DataSet) -> Network:
    """The network that is trained with this configuration, on these data."""
    return Network(
        genotype,
        config.channels,
        config.layers,
        len(data.classes),
        auxiliary=config.auxiliary > 0,
        stem=config.stem,
        input_channels=data.channels,
    )


def training_loss(config: TrainConfig, logits: Tensor, auxiliary: Tensor | None, labels: Tensor) -> Tensor:
    """Cross-entropy, label-smoothed, plus the auxiliary head's with its weight; logits [B, classes], labels [B]."""
    loss = F.cross_entropy(logits, labels, label_smoothing=config.label_smoothing)
    if auxiliary is not None:
        loss = loss + config.auxiliary * F.cross_entropy(auxiliary, labels, label_smoothing=config.label_smoothing)
    return loss
