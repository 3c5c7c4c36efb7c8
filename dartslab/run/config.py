"""What decides a run: `SearchConfig` and `TrainConfig`, and what they share.

Each is frozen, checked when it is made, and stored with its run; the flags of the command line come from its fields.
Nothing here loads torch: names are text, and `problem` holds the tables from a name to its class or function.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from ..base.messages import UserError, require, short, unknown
from ..instruments import INSTRUMENTS
from ..methods import METHODS
from ..space import PUBLISHED_OPERATIONS, STEMS, SearchSpace, tuple_of_names
from .shared_config import AUGMENTATIONS, CELLS, HYPERGRADIENTS, RELAXATIONS, SCHEDULES, TRAIN_SCHEDULES, RunConfig

QUICK_OPERATIONS = ("none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3")
LEAST_LAYERS = 3  # of a search: cells L // 3 and 2 L // 3 are reduction cells, so that cell 0 is a normal cell


@dataclass(frozen=True)
class SearchConfig(RunConfig):
    """Everything that decides what a search computes. The defaults are the published CIFAR-10 search.

    Args:
        method: the published search; darts, or another name that `METHODS` knows.
        portion: share of the training set on which w learns; alpha learns on the rest.
        nodes: nodes in a cell.
        operations: candidate operations on every edge.
        tied: reduction cells read the alpha table of the normal cell, so that one cell is found for both.
        hypergradient: first_order, finite_difference, exact, neumann or single_level.
        radius: R of finite_difference.
        terms: K of neumann.
        relaxation: what DARTS makes mixing weights of alpha with: softmax, and nothing else yet. A method that makes
            them in another way ignores it.
        temperature: of the softmax; a search whose method has no temperature says so.
        cell: how cells are computed; fused, or reference, which is slower. Equal but for rounding. A search whose
            method has cells of its own says that it uses those.
        compile: compile every cell with torch.compile, after a check that this changes no hypergradient. Takes minutes
            on a processor, where it does not pay.
        schedule: of the learning rate of w; cosine by epoch (published), or linear by step: up during a tenth of the
            steps, then straight down.
        alpha_waits: epochs at the start in which w learns alone and alpha stays as it is (published: 0).
        alpha_scale: alpha starts at this times N(0, 1).
        alpha_learning_rate: of Adam on alpha.
        alpha_beta1: first beta of Adam on alpha; the second is 0.999.
        alpha_weight_decay: of Adam on alpha.
        validate_every: measure the validation part every so many steps, and at the end; 0 at the end of each epoch.
        instruments: what else is measured, such as lambda_max and skips; `INSTRUMENTS` has the names and their costs.
            They change nothing about the search.
        measure_every: measure them every so many steps, and at the end; 0 at the end of each epoch.
    Raises:
        UserError: a value that is not allowed.
    """

    ABOVE_ZERO: ClassVar[tuple[str, ...]] = ("radius", "temperature", "alpha_learning_rate", "terms")
    FROM_ZERO: ClassVar[tuple[str, ...]] = (
        "alpha_scale",
        "alpha_weight_decay",
        "validate_every",
        "measure_every",
        "alpha_beta1",
        "alpha_waits",
    )
    BELOW_ONE: ClassVar[tuple[str, ...]] = ("alpha_beta1",)
    NAMES: ClassVar[Mapping[str, Iterable[str]]] = {
        "method": METHODS,
        "hypergradient": HYPERGRADIENTS,
        "relaxation": RELAXATIONS,
        "cell": CELLS,
        "schedule": SCHEDULES,
    }

    method: str = "darts"
    portion: float = 0.5
    nodes: int = 4
    operations: tuple[str, ...] = PUBLISHED_OPERATIONS
    tied: bool = False
    hypergradient: str = "finite_difference"
    radius: float = 0.01
    terms: int = 3
    relaxation: str = "softmax"
    temperature: float = 1.0
    cell: str = "fused"
    compile: bool = False
    schedule: str = "cosine"
    alpha_waits: int = 0
    alpha_scale: float = 1e-3
    alpha_learning_rate: float = 3e-4
    alpha_beta1: float = 0.5
    alpha_weight_decay: float = 1e-3
    validate_every: int = 0
    instruments: tuple[str, ...] = ()
    measure_every: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple_of_names("operations", self.operations))
        object.__setattr__(self, "instruments", tuple_of_names("instruments", self.instruments))
        self.check_values()
        self._check_instruments()
        require(
            self.alpha_waits < self.epochs,
            f"alpha waits in {self.alpha_waits} of {self.epochs} epochs, so it would never move; let it wait in fewer.",
        )
        _ = self.space  # checks nodes and operations

    def _check_instruments(self) -> None:
        repeated = sorted({name for name in self.instruments if self.instruments.count(name) > 1})
        require(not repeated, f"instruments list {', '.join(repeated)} twice; name each instrument once.")
        for name in self.instruments:
            if name not in INSTRUMENTS:
                raise unknown("instrument", name, INSTRUMENTS)
            require(
                not (self.compile and INSTRUMENTS[name].twice),
                f"{name} takes second derivatives, which may be lost in compiled cells; search with compile=False, or "
                "leave it out.",
            )

    @property
    def space(self) -> SearchSpace:
        """The search space that `nodes`, `operations` and `tied` describe."""
        return SearchSpace.with_reduction(self.nodes, self.operations, self.tied)

    def require_both_kinds(self, stored: bool = False) -> None:
        """Raise `UserError` where the supernet has no normal cell; not for a search that was stored earlier.

        In a tied space any cell moves the one table, so a single cell is enough.
        """
        require(
            stored or self.tied or self.layers >= LEAST_LAYERS,
            f"a search needs at least {LEAST_LAYERS} cells, got layers={self.layers}: with fewer, all of them are "
            f"reduction cells, and a normal cell would be derived from numbers that nothing moved; use {LEAST_LAYERS} "
            "or more.",
        )

    @classmethod
    def published(cls, **changes: Any) -> "SearchConfig":
        """The published CIFAR-10 search, with the settings of the method where it has its own."""
        return cls._preset({}, {}, changes)

    @classmethod
    def lesson(cls, **changes: Any) -> "SearchConfig":
        """The small search of the lessons: about a minute on two cores.

        alpha's learning rate is 0.05 instead of 3e-4, for every method: with the published value alpha hardly leaves
        the uniform mixture in 141 steps; `benchmarks/alpha_learning_rate.py` shows how far it moves for each. One
        thread, because at this size a second one gains next to nothing on two free cores and loses much on busy ones;
        see `benchmarks/results/search_step.md`.
        """
        sizes: dict[str, Any] = {
            "data": "fashion-mini",
            "image_size": 16,
            "nodes": 2,
            "channels": 4,
            "layers": 3,
            "epochs": 3,
            "batch_size": 64,
            "crop_padding": 2,
            "learning_rate": 0.05,
            "alpha_learning_rate": 0.05,
            "threads": 1,
        }
        return cls._preset(sizes, {"hypergradient": "first_order"}, changes)

    @classmethod
    def quick(cls, **changes: Any) -> "SearchConfig":
        """A search of ten to twenty seconds that beats random cells, see `benchmarks/results/beats_chance.md`.

        One node and six operations, so that cells differ in what they are worth; w learns alone at first, so that
        alpha does not judge convolutions that have learned nothing; and the learning rate falls by step.
        """
        sizes: dict[str, Any] = {
            "nodes": 1,
            "operations": QUICK_OPERATIONS,
            "crop_padding": 0,
            "learning_rate": 0.1,
            "learning_rate_min": 0.0,
            "schedule": "linear",
            "alpha_waits": 2,
        }
        return cls.lesson(**(sizes | changes))

    @classmethod
    def _preset(cls, sizes: dict[str, Any], more: dict[str, Any], changes: dict[str, Any]) -> "SearchConfig":
        """The user's values come first, then the preset's sizes, the method's defaults, the rest of the preset."""
        name = changes.get("method", cls.method)
        known = isinstance(name, str) and name in METHODS  # what is not is refused with the other values
        given: Any = METHODS[name].defaults if known and name != cls.method else {}
        require(
            isinstance(given, Mapping),
            f"the defaults of {name} must be {{setting: value}}, got {short(repr(given))}; mend them.",
        )
        own = dict(given)
        strange = sorted(set(own) - {field.name for field in fields(cls)})
        require(not strange, f"{name} sets {', '.join(strange)}, which SearchConfig does not have; mend its defaults.")
        if own:
            try:
                cls(**own)  # also what the preset or the user sets otherwise must be allowed
            except UserError as error:
                raise UserError(f"the defaults of {name}: {error}") from error
        return cls(**(more | own | sizes | changes))


@dataclass(frozen=True)
class TrainConfig(RunConfig):
    """Everything that decides how a derived network is trained. The defaults are the published CIFAR-10 evaluation.

    Args:
        stem: cifar, or imagenet for large pictures.
        auxiliary: weight of the auxiliary head's loss; 0 builds no such head.
        drop_path: probability of dropping a path at the end; it rises linearly from 0.
        cutout: side of the square cut out of each picture in pixels; 0 for none.
        label_smoothing: share of each label spread over all classes.
        augmentation: cifar, a random crop and a flip; or imagenet, a random resized crop, a flip and colour jitter.
        schedule: of the learning rate; cosine over the epochs, exponential, times learning_rate_decay each epoch, or
            linear, by step: up during a tenth of the steps, then straight down.
        learning_rate_decay: factor of the exponential schedule.
    Raises:
        UserError: a value that is not allowed.
    """

    ABOVE_ZERO: ClassVar[tuple[str, ...]] = ("learning_rate_decay",)
    FROM_ZERO: ClassVar[tuple[str, ...]] = ("auxiliary", "drop_path", "cutout", "label_smoothing")
    BELOW_ONE: ClassVar[tuple[str, ...]] = ("drop_path", "label_smoothing")
    NAMES: ClassVar[Mapping[str, Iterable[str]]] = {
        "stem": STEMS,
        "schedule": TRAIN_SCHEDULES,
        "augmentation": AUGMENTATIONS,
    }

    channels: int = 36
    layers: int = 20
    epochs: int = 600
    batch_size: int = 96
    learning_rate_min: float = 0.0
    seed: int = 0
    stem: str = "cifar"
    auxiliary: float = 0.4
    drop_path: float = 0.2
    cutout: int = 16
    label_smoothing: float = 0.0
    augmentation: str = "cifar"
    schedule: str = "cosine"
    learning_rate_decay: float = 0.97

    def __post_init__(self) -> None:
        self.check_values()
        require(
            self.learning_rate_decay <= 1,
            "learning_rate_decay multiplies the learning rate after each epoch and must be at most 1, got "
            f"{self.learning_rate_decay}; the paper uses 0.97 for ImageNet.",
        )

    @classmethod
    def cifar100(cls, **changes: Any) -> "TrainConfig":
        """The published CIFAR-10 evaluation on CIFAR-100: the same network with 100 classes, trained in the same way.

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
            "schedule": "linear",
            "threads": 1,
        }
        return cls(**(small | changes))

    @classmethod
    def quick(cls, **changes: Any) -> "TrainConfig":
        """The evaluation that belongs to `SearchConfig.quick`: some four seconds."""
        small: dict[str, Any] = {"channels": 4, "epochs": 2, "crop_padding": 0, "learning_rate": 0.1}
        return cls.lesson(**(small | changes))


# What the flags of `search` and of `train` may start from, by name.
SEARCH_PRESETS: dict[str, Callable[..., SearchConfig]] = {
    "lesson": SearchConfig.lesson,
    "quick": SearchConfig.quick,
    "published": SearchConfig.published,
}
TRAIN_PRESETS: dict[str, Callable[..., TrainConfig]] = {
    "lesson": TrainConfig.lesson,
    "quick": TrainConfig.quick,
    "published": TrainConfig,
    "cifar100": TrainConfig.cifar100,
    "imagenet": TrainConfig.imagenet,
}
