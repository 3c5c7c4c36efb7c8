"""What a configuration describes: networks, how they are run, optimisers, and the loss of a training."""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..base.messages import require, short
from ..base.numerics import Numerics
from ..base.seeds import seeded, stream
from ..cell import SearchCell
from ..data.datasets import DataSet
from ..fast.fused import FusedCell
from ..genotype import Genotype
from ..methods import METHODS
from ..methods.method import Method
from ..network import Network
from ..relaxation import Arch
from ..space import NOISE
from ..supernet import Supernet
from .config import SearchConfig, TrainConfig
from .shared_config import RunConfig

CELLS: dict[str, type[SearchCell]] = {"reference": SearchCell, "fused": FusedCell}


def numerics_of(config: RunConfig) -> Numerics:
    """How the network is run."""
    return Numerics(config.precision, config.channels_last)


def alpha_numerics_of(config: SearchConfig) -> Numerics:
    """Like `numerics_of`, except that finite_difference always runs in float32.

    Its two points lie about 1e-2 apart, spread over all weights. Most weights move by less than bfloat16 can tell
    apart, and what is left of the difference is rounding. Only those two passes need float32; the other two have it as
    well, so that finite_difference is one thing, the same whatever the precision. `exact` has the same cost, no radius
    and no such difference, and is computed in bfloat16.
    """
    precision = "float32" if config.hypergradient == "finite_difference" else config.precision
    return Numerics(precision, config.channels_last)


def alpha_passes(config: SearchConfig, step: int) -> Callable[..., Tensor]:
    """How the passes of one hypergradient are run: as `alpha_numerics_of` says, with the same `noise` in all of them.

    Otherwise a difference between two passes would be that of their noise.
    """
    numerics = alpha_numerics_of(config)
    if NOISE not in config.operations:
        return numerics

    def run(*given: Any) -> Tensor:
        with seeded(config.seed, NOISE, step):
            found: Tensor = numerics(*given)
        return found

    return run


def cell_of(config: SearchConfig) -> type[SearchCell]:
    """The class of the supernet's cells: that of the method, or else what the configuration says."""
    cell = METHODS[config.method].cell or CELLS[config.cell]
    found = cell if isinstance(cell, type) else cell(config)
    require(
        isinstance(found, type) and issubclass(found, SearchCell),
        f"{config.method}: `cell` must give a class of cells, made from SearchCell, got {short(repr(found))}; mend it.",
    )
    return found


def supernet_of(config: SearchConfig, data: DataSet) -> Supernet:
    """The supernet of a search on these data."""
    return Supernet(config.space, config.channels, config.layers, len(data.classes), data.channels, cell_of(config))


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


def arch_of(config: SearchConfig, method: Method) -> Arch:
    """Alpha at its start, and beta where the method has edge parameters."""
    return Arch.create(config.space, config.alpha_scale, stream(config.seed, "alpha"), method.edge_parameters)


def sgd_of(config: RunConfig, net: nn.Module) -> torch.optim.SGD:
    """SGD with momentum and weight decay, on w."""
    rate, momentum, decay = config.learning_rate, config.momentum, config.weight_decay
    return torch.optim.SGD(net.parameters(), rate, momentum, weight_decay=decay, fused=True)


def adam_of(config: SearchConfig, arch: Arch) -> torch.optim.Adam:
    """Adam on alpha, and on beta where edges have parameters."""
    tables, betas = arch.parameters().values(), (config.alpha_beta1, 0.999)
    decay = config.alpha_weight_decay
    return torch.optim.Adam(tables, config.alpha_learning_rate, betas=betas, weight_decay=decay, fused=True)


def least_pictures(config: SearchConfig | TrainConfig, data: DataSet) -> int:
    """How many pictures a batch needs at least: 2 where one would leave BatchNorm a single number of a channel, else 1.

    That is so where the cells have halved the pictures down to one pixel, and in the auxiliary head for CIFAR, which
    ends in a BatchNorm of one pixel.
    """
    halvings = len({config.layers // 3, 2 * config.layers // 3})
    if isinstance(config, TrainConfig):
        halvings += 3 if config.stem == "imagenet" else 0
        if config.auxiliary > 0 and config.stem == "cifar":
            return 2
    return 2 if prod(-(-side // 2**halvings) for side in data.size) == 1 else 1


def training_loss(config: TrainConfig, logits: Tensor, auxiliary: Tensor | None, labels: Tensor) -> Tensor:
    """Cross-entropy, label-smoothed, plus the auxiliary head's with its weight; logits [B, classes], labels [B]."""
    loss = F.cross_entropy(logits, labels, label_smoothing=config.label_smoothing)
    if auxiliary is not None:
        loss = loss + config.auxiliary * F.cross_entropy(auxiliary, labels, label_smoothing=config.label_smoothing)
    return loss
