"""`SearchConfig`, and what holds for every configuration.

Each is frozen, checked at construction and stored with its run; command-line flags come from its fields.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..architect import HYPERGRADIENTS
from ..base.messages import UserError, require, unknown
from ..base.numerics import PRECISIONS, Numerics
from ..cell import SearchCell
from ..data.augmentation import AUGMENTATIONS
from ..fast.fused import FusedCell
from ..relaxation import RELAXATIONS
from ..space import PUBLISHED_OPERATIONS, STEMS, SearchSpace

CELLS = {"reference": SearchCell, "fused": FusedCell}  # the same function; the second is faster

# Fields that may differ between a run and its continuation: they change where and how a run happens, not
# what it computes; `cell`, `compile` and `channels_last` only by rounding.
FREE_FIELDS = frozenset(
    {"root", "device", "checkpoint_every", "report_every", "steps", "cell", "compile", "channels_last"}
)
# Fields that runs were stored without, until they came. Their defaults are what was done before there was a choice.
ADDED_FIELDS = frozenset(
    {"precision", "channels_last", "report_every", "schedule", "learning_rate_decay", "augmentation"}
)


@dataclass(frozen=True)
class SearchConfig:
    """Everything that decides what a search computes. The defaults are the published CIFAR-10 search.

    Args:
        data: fashion-mini, fashion-mnist, cifar10, cifar100 or folder:PATH.
        root: folder with downloaded data sets.
        image_size: resize pictures to this many pixels; 0 keeps them.
        portion: share of the training set on which w learns; alpha learns on the rest.
        nodes: nodes in a cell.
        operations: candidate operations on every edge.
        channels: channels of the first cell.
        layers: cells in the supernet.
        epochs: passes over the half on which w learns.
        steps: stop after this many steps; 0 runs all epochs.
        batch_size: pictures in a batch, of either half.
        crop_padding: black pixels around a picture before the random crop; 0 for neither crop nor flip.
        learning_rate: of w at the start, SGD with a cosine schedule over the epochs.
        learning_rate_min: of w at the end of the schedule.
        momentum: of SGD on w.
        weight_decay: of SGD on w.
        clip: largest norm of the gradient of w.
        hypergradient: first_order, finite_difference, exact, neumann or single_level.
        radius: R of finite_difference.
        terms: K of neumann.
        relaxation: what makes mixing weights of alpha.
        temperature: of the softmax.
        cell: how cells are computed; fused, or reference, which is slower. Equal but for rounding.
        compile: compile every cell with torch.compile, after a check that this changes no hypergradient. Takes minutes
            on a processor, where it does not pay.
        precision: float32 or bfloat16, in which convolutions and products of the network are computed; all that is
            learned stays float32, and so do all passes of finite_difference. See `numerics`.
        channels_last: keep pictures and weights pixel by pixel in memory; equal but for rounding.
        alpha_scale: alpha starts at this times N(0, 1).
        alpha_learning_rate: of Adam on alpha.
        alpha_beta1: first beta of Adam on alpha; the second is 0.999.
        alpha_weight_decay: of Adam on alpha.
        validate_every: measure the validation part every so many steps too; 0 only at the end of each epoch.
        checkpoint_every: save every so many steps too; 0 only at the end of each epoch.
        report_every: read losses from the device every so many steps, and at every save and validation; the events of
            those steps then come one after the other. Above 1, a GPU is not kept waiting.
        seed: of every random decision.
        device: auto, cpu, cuda, cuda:N or mps.
        threads: of torch on the processor; 0 leaves torch's choice. Bit for bit the same means with the same threads.
    Raises:
        UserError: a value that is not allowed.
    """

    data: str = "cifar10"
    root: str = "data"
    image_size: int = 0
    portion: float = 0.5
    nodes: int = 4
    operations: tuple[str, ...] = PUBLISHED_OPERATIONS
    channels: int = 16
    layers: int = 8
    epochs: int = 50
    steps: int = 0
    batch_size: int = 64
    crop_padding: int = 4
    learning_rate: float = 0.025
    learning_rate_min: float = 0.001
    momentum: float = 0.9
    weight_decay: float = 3e-4
    clip: float = 5.0
    hypergradient: str = "finite_difference"
    radius: float = 0.01
    terms: int = 3
    relaxation: str = "softmax"
    temperature: float = 1.0
    cell: str = "fused"
    compile: bool = False
    precision: str = "float32"
    channels_last: bool = False
    alpha_scale: float = 1e-3
    alpha_learning_rate: float = 3e-4
    alpha_beta1: float = 0.5
    alpha_weight_decay: float = 1e-3
    validate_every: int = 0
    checkpoint_every: int = 0
    report_every: int = 1
    seed: int = 2
    device: str = "auto"
    threads: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple(self.operations))
        require_known(self, hypergradient=HYPERGRADIENTS, relaxation=RELAXATIONS, cell=CELLS, precision=PRECISIONS)
        above_zero = (
            "epochs batch_size learning_rate clip radius temperature alpha_learning_rate channels layers terms "
            "report_every"
        )
        from_zero = (
            "image_size steps crop_padding learning_rate_min weight_decay alpha_scale alpha_weight_decay "
            "validate_every checkpoint_every momentum alpha_beta1 seed threads"
        )
        require_positive(self, above_zero.split())
        require_positive(self, from_zero.split(), zero_allowed=True)
        require_below_one(self, ("momentum", "alpha_beta1"))
        _ = self.space  # checks nodes and operations

    @property
    def space(self) -> SearchSpace:
        """The search space that `nodes` and `operations` describe."""
        return SearchSpace(self.nodes, self.operations)

    @property
    def numerics(self) -> Numerics:
        """How the network is run."""
        return Numerics(self.precision, self.channels_last)

    @property
    def alpha_numerics(self) -> Numerics:
        """How the network is run for a hypergradient: as ever, but by finite_difference always in float32.

        Its two points lie about 1e-2 apart, spread over all weights: most weights move by less than bfloat16 can tell
        apart, and what is left of the difference is rounding. Only those two passes need float32; the other two have it
        as well, so that finite_difference is one thing, the same whatever the precision. `exact` has the same cost, no
        radius and no such difference, and is computed in bfloat16.
        """
        return (
            replace(self.numerics, precision="float32") if self.hypergradient == "finite_difference" else self.numerics
        )

    @classmethod
    def lesson(cls, **changes: Any) -> "SearchConfig":
        """The small search of the lessons: about a minute on two cores.

        alpha's learning rate is 0.05 instead of 3e-4: with the published value alpha hardly leaves the uniform mixture
        in 141 steps; `benchmarks/alpha_learning_rate.py` shows how far it moves for each. One thread, because at this
        size a second one gains next to nothing on two free cores and loses much on busy ones; see
        `benchmarks/results/search_step.md`.
        """
        small: dict[str, Any] = {
            "data": "fashion-mini",
            "image_size": 16,
            "nodes": 2,
            "channels": 4,
            "layers": 3,
            "epochs": 3,
            "crop_padding": 2,
            "learning_rate": 0.05,
            "hypergradient": "first_order",
            "alpha_learning_rate": 0.05,
            "threads": 1,
        }
        return cls(**(small | changes))


# What the flags of `search` may start from, by name.
SEARCH_PRESETS: dict[str, Callable[..., SearchConfig]] = {
    "lesson": SearchConfig.lesson,
    "published": SearchConfig,
}


def require_known(config: Any, **tables: Iterable[str]) -> None:
    """Raise `UserError` unless each of these fields of a configuration is in its list of names."""
    for name, table in tables.items():
        if getattr(config, name) not in table:
            raise unknown(name, getattr(config, name), table)


def require_positive(config: Any, names: Iterable[str], zero_allowed: bool = False) -> None:
    """Raise `UserError` unless these fields of a configuration are above zero (or at least zero)."""
    for name in names:
        value = getattr(config, name)
        good = np.isfinite(value) and (value > 0 or (zero_allowed and value == 0))
        bound = "0 or more" if zero_allowed else "above 0"
        require(
            good,
            f"{name} must be {bound}, got {value}; its default is {type(config).__dataclass_fields__[name].default}.",
        )


def require_below_one(config: Any, names: Iterable[str]) -> None:
    """Raise `UserError` unless these fields of a configuration are below 1."""
    for name in names:
        default = type(config).__dataclass_fields__[name].default
        require(
            getattr(config, name) < 1,
            f"{name} must be 0 or more and below 1, got {getattr(config, name)}; its default is {default}.",
        )


def read_config(cls: type, values: dict[str, Any], path: str | Path) -> Any:
    """A configuration from its stored fields; says so when they are another dartslab's.

    Those of `ADDED_FIELDS` that were not there yet when it was stored have their defaults.
    """
    different = (set(values) ^ {field.name for field in fields(cls)}) - (ADDED_FIELDS - set(values))
    if different:
        raise UserError(
            f"{path} has the configuration of another dartslab (fields {sorted(different)} differ); resume with the "
            "one that wrote it."
        )
    return cls(**values)


def changed_fields(stored: Any, asked: Any) -> list[str]:
    """What differs between two configurations, as "name: stored -> asked"; fields in FREE_FIELDS may differ."""
    return [
        f"{field.name}: {getattr(stored, field.name)!r} -> {getattr(asked, field.name)!r}"
        for field in fields(stored)
        if field.name not in FREE_FIELDS and getattr(stored, field.name) != getattr(asked, field.name)
    ]


SCHEDULES = ("cosine", "exponential")


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a derived network is trained. The defaults are the published CIFAR-10 evaluation.

    Args:
        data: fashion-mini, fashion-mnist, cifar10, cifar100 or folder:PATH.
        root: folder with downloaded data sets.
        image_size: resize pictures to this many pixels; 0 keeps them.
        channels: channels of the first cell.
        layers: cells in the network.
        stem: cifar, or imagenet for large pictures.
        auxiliary: weight of the auxiliary head's loss; 0 builds no such head.
        drop_path: probability of dropping a path at the end; it rises linearly from 0.
        cutout: side of the square cut out of each picture in pixels; 0 for none.
        label_smoothing: share of each label spread over all classes.
        augmentation: cifar, a random crop and a flip; or imagenet, a random resized crop, a flip and colour jitter.
        crop_padding: black pixels around a picture before cifar's random crop; 0 for neither crop nor flip.
        epochs: passes over the training set.
        steps: stop after this many steps; 0 runs all epochs.
        batch_size: pictures in a batch.
        learning_rate: of SGD at the start.
        schedule: of the learning rate; cosine over the epochs, or exponential, times learning_rate_decay each epoch.
        learning_rate_min: of SGD at the end of the cosine schedule; the exponential one has no end.
        learning_rate_decay: factor of the exponential schedule.
        momentum: of SGD.
        weight_decay: of SGD.
        clip: largest norm of the gradient.
        precision: float32 or bfloat16, in which convolutions and products of the network are computed; all that is
            learned stays float32. See `numerics`.
        channels_last: keep pictures and weights pixel by pixel in memory; equal but for rounding.
        checkpoint_every: save every so many steps too; 0 only at the end of each epoch.
        report_every: read losses from the device every so many steps, and at every save and epoch's end; the events of
            those steps then come one after the other. Above 1, a GPU is not kept waiting.
        seed: of every random decision.
        device: auto, cpu, cuda, cuda:N or mps.
        threads: of torch on the processor; 0 leaves torch's choice. Bit for bit the same means with the same threads.
    Raises:
        UserError: a value that is not allowed.
    """

    data: str = "cifar10"
    root: str = "data"
    image_size: int = 0
    channels: int = 36
    layers: int = 20
    stem: str = "cifar"
    auxiliary: float = 0.4
    drop_path: float = 0.2
    cutout: int = 16
    label_smoothing: float = 0.0
    augmentation: str = "cifar"
    crop_padding: int = 4
    schedule: str = "cosine"
    learning_rate_decay: float = 0.97
    epochs: int = 600
    steps: int = 0
    batch_size: int = 96
    learning_rate: float = 0.025
    learning_rate_min: float = 0.0
    momentum: float = 0.9
    weight_decay: float = 3e-4
    clip: float = 5.0
    precision: str = "float32"
    channels_last: bool = False
    checkpoint_every: int = 0
    report_every: int = 1
    seed: int = 0
    device: str = "auto"
    threads: int = 0

    def __post_init__(self) -> None:
        above_zero = "epochs batch_size learning_rate learning_rate_decay clip channels layers report_every"
        require_positive(self, above_zero.split())
        from_zero = (
            "image_size steps crop_padding learning_rate_min momentum weight_decay auxiliary drop_path cutout "
            "label_smoothing checkpoint_every seed threads"
        )
        require_positive(self, from_zero.split(), zero_allowed=True)
        require_below_one(self, ("momentum", "drop_path", "label_smoothing"))
        require_known(self, stem=STEMS, precision=PRECISIONS, schedule=SCHEDULES, augmentation=AUGMENTATIONS)
        require(
            self.learning_rate_decay <= 1,
            f"learning_rate_decay is what each epoch multiplies the learning rate by, at most 1, got "
            f"{self.learning_rate_decay}; 0.97 is published for ImageNet.",
        )

    @property
    def numerics(self) -> Numerics:
        """How the network is run."""
        return Numerics(self.precision, self.channels_last)

    @classmethod
    def cifar100(cls, **changes: Any) -> "TrainConfig":
        """The published CIFAR-10 evaluation on CIFAR-100: the same network with 100 classes, trained alike.

        The paper itself has no result on CIFAR-100; papers that compare its cells there commonly keep these sizes.
        """
        return cls(**({"data": "cifar100"} | changes))

    @classmethod
    def imagenet(cls, **changes: Any) -> "TrainConfig":
        """The published ImageNet evaluation: network, optimiser, schedule, loss and augmentation.

        Pictures are read at 224 pixels, and crops are taken from these. `docs/gpu.md` says what else differs.
        """
        published: dict[str, Any] = {
            "data": "folder:imagenet",
            "image_size": 224,
            "channels": 48,
            "layers": 14,
            "stem": "imagenet",
            "drop_path": 0.0,
            "cutout": 0,
            "label_smoothing": 0.1,
            "augmentation": "imagenet",
            "crop_padding": 0,
            "schedule": "exponential",
            "epochs": 250,
            "batch_size": 128,
            "learning_rate": 0.1,
            "weight_decay": 3e-5,
        }
        return cls(**(published | changes))

    @classmethod
    def lesson(cls, **changes: Any) -> "TrainConfig":
        """The small evaluation of the lessons: some ten seconds on two cores."""
        small: dict[str, Any] = {
            "data": "fashion-mini",
            "image_size": 16,
            "channels": 8,
            "layers": 3,
            "auxiliary": 0.0,
            "drop_path": 0.0,
            "cutout": 0,
            "crop_padding": 2,
            "epochs": 3,
            "batch_size": 64,
            "learning_rate": 0.05,
            "threads": 1,
        }
        return cls(**(small | changes))


# What the flags of `train` may start from, by name.
TRAIN_PRESETS: dict[str, Callable[..., TrainConfig]] = {
    "lesson": TrainConfig.lesson,
    "published": TrainConfig,
    "cifar100": TrainConfig.cifar100,
    "imagenet": TrainConfig.imagenet,
}
