"""`TrainConfig`: how a derived network is trained, with the published evaluations as presets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .augmentation import AUGMENTATIONS
from .config import require_below_one, require_known, require_positive
from .messages import require
from .numerics import PRECISIONS, Numerics
from .skeleton import STEMS

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
