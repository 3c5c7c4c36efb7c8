"""What the configurations of a search, a training and a whole experiment share: fields, and how they are checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from numbers import Integral, Real
from sys import float_info
from typing import Any, ClassVar

from ..base.messages import is_number, require, short, unknown
from ..methods.rankings import require_method

HYPERGRADIENTS = ("first_order", "finite_difference", "exact", "neumann", "single_level")
RELAXATIONS = ("softmax",)
CELLS = ("reference", "fused")
PRECISIONS = ("float32", "bfloat16")
SCHEDULES = ("cosine", "linear")
TRAIN_SCHEDULES = (*SCHEDULES, "exponential")
TYPES: dict[type, tuple[Any, str]] = {  # of a field's default: what it may hold
    bool: (bool, "True or False"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    str: (str, "a text"),
}
MOST = float_info.max  # a larger whole number is none that is computed with
AUGMENTATIONS = ("cifar", "imagenet")


@dataclass(frozen=True)
class SharedConfig:
    """What a search, a training and a whole experiment have in common.

    Args:
        data: fashion-mini, fashion-turned, fashion-mnist, cifar10, cifar100 or folder:PATH.
        root: folder with downloaded data sets.
        image_size: resize pictures to this many pixels; 0 keeps them.
        crop_padding: black pixels around a picture before the random crop; 0 for neither crop nor flip.
        learning_rate: of w at the start.
        precision: float32 or bfloat16, in which convolutions and products of the network are computed. All that is
            learned stays float32, and so do all passes of finite_difference.
        channels_last: keep pictures and weights pixel by pixel in memory; equal but for rounding.
        checkpoint_every: save every so many steps too; 0 only at the end of each epoch.
        report_every: read losses from the device every so many steps, and whenever the run saves or measures. The
            events of those steps then come one after the other. Above 1, a GPU is not kept waiting.
        device: auto, cpu, cuda, cuda:N or mps.
        threads: of torch on the processor; 0 leaves torch's choice. Bit for bit the same means with the same threads.
    """

    ABOVE_ZERO: ClassVar[tuple[str, ...]] = ("learning_rate", "report_every")
    FROM_ZERO: ClassVar[tuple[str, ...]] = ("image_size", "crop_padding", "checkpoint_every", "threads")
    BELOW_ONE: ClassVar[tuple[str, ...]] = ()
    NAMES: ClassVar[Mapping[str, Iterable[str]]] = {"precision": PRECISIONS}

    data: str = "cifar10"
    root: str = "data"
    image_size: int = 0
    crop_padding: int = 4
    learning_rate: float = 0.025
    precision: str = "float32"
    channels_last: bool = False
    checkpoint_every: int = 0
    report_every: int = 1
    device: str = "auto"
    threads: int = 0

    def check_values(self) -> None:
        """Raise `UserError` where a field is out of its range, or names what does not exist.

        The ranges are the class variables ABOVE_ZERO, FROM_ZERO and BELOW_ONE of the class and of those it builds on.
        """
        self._check_types()
        for name, known in self._of_all_classes("NAMES"):
            value = getattr(self, name)
            require(
                name != "method" or value not in HYPERGRADIENTS,
                f"method must be a published search, and {value!r} is a hypergradient; use hypergradient "
                f"(--hypergradient {value}).",
            )
            if name == "method":  # a file of one's own is kept with its digest
                object.__setattr__(self, name, require_method(value))
            elif value not in known:
                raise unknown(name, value, known)
        for bounds, words, is_allowed in (
            ("ABOVE_ZERO", "above 0", lambda value: value > 0),
            ("FROM_ZERO", "0 or more", lambda value: value >= 0),
            ("BELOW_ONE", "0 or more and below 1", lambda value: value < 1),
        ):
            for name in self._of_all_classes(bounds):
                value = getattr(self, name)
                default = type(self).__dataclass_fields__[name].default
                require(
                    is_number(value, -MOST, MOST) and is_allowed(value),
                    f"{name} must be {words}, got {short(value)}; its default is {default}.",
                )

    def _check_types(self) -> None:
        """Raise `UserError` where a field holds another type than its default; numbers of numpy become plain ones.

        Half a channel would else be found deep inside torch, and a text in a comparison.
        """
        for field in fields(self):
            value: Any = getattr(self, field.name)
            default: Any = field.default
            if type(default) not in TYPES:
                continue
            kind, words = TYPES[type(default)]
            right = isinstance(value, kind) and isinstance(value, bool) == isinstance(default, bool)
            require(right, f"{field.name} must be {words}, got {short(repr(value))}; its default is {default!r}.")
            if not isinstance(value, int | float | str):
                object.__setattr__(self, field.name, type(default)(value))

    def _of_all_classes(self, variable: str) -> list[Any]:
        found: list[Any] = []
        for cls in type(self).__mro__:
            given = vars(cls).get(variable, ())
            found += given.items() if isinstance(given, Mapping) else given
        return found


@dataclass(frozen=True)
class RunConfig(SharedConfig):
    """What a search and a training have in common.

    Args:
        channels: channels of the first cell.
        layers: number of cells.
        epochs: passes over the training pictures; of a search, over the half on which w learns.
        steps: stop after this many steps; 0 runs all epochs.
        batch_size: pictures in a batch.
        learning_rate_min: of w at the end of the cosine schedule.
        momentum: of SGD on w.
        weight_decay: of SGD on w.
        clip: largest norm of the gradient of w.
        seed: of every random decision.
    """

    ABOVE_ZERO: ClassVar[tuple[str, ...]] = ("epochs", "batch_size", "clip", "channels", "layers")
    FROM_ZERO: ClassVar[tuple[str, ...]] = ("steps", "learning_rate_min", "weight_decay", "momentum", "seed")
    BELOW_ONE: ClassVar[tuple[str, ...]] = ("momentum",)

    channels: int = 16
    layers: int = 8
    epochs: int = 50
    steps: int = 0
    batch_size: int = 64
    learning_rate_min: float = 0.001
    momentum: float = 0.9
    weight_decay: float = 3e-4
    clip: float = 5.0
    seed: int = 2
