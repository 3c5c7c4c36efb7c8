"""Evaluation: train the network a genotype stands for, from scratch, and test it once, at the end.

state = TrainState.create(TrainConfig(...), genotype)
for event in train(state):       # the same kind of events as a search
    ...
event.test_accuracy              # in the last event
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..base.numerics import match_formats, require_precision
from ..base.seeds import seeded
from ..data.batches import Batches, Normalize, plain_batches
from ..data.datasets import DataSet, Labelled
from ..data.digests import describe_pictures
from ..genotype import Genotype
from ..network import Network
from .checkpoint import load_checkpoint, save_checkpoint
from .config import TrainConfig
from .device import choose_device
from .events import Event
from .guard import Guard
from .memory import require_memory
from .networks import least_pictures, network_of, numerics_of, sgd_of, training_loss
from .run_data import check_same_pictures, open_data
from .run_state import RunState, Unread, run_steps
from .steps import accuracy, evaluate, scheduled_rate, set_learning_rate
from .stored import read_config


@dataclass
class TrainState(RunState):
    """Everything a training run is at one moment; `train` moves it on, `save` and `load` carry it over a break.

    Args:
        config: as given.
        genotype: what is trained.
        classes: names of the classes.
        train: the whole training set.
        test: the test set; `train` looks at it once.
        net: the derived network.
        step: steps done.
        seconds: time spent in steps.
    """

    kind: ClassVar[str] = "train"
    config: TrainConfig
    genotype: Genotype
    classes: tuple[str, ...]
    train: Batches
    test: Labelled
    net: Network
    optimizer: torch.optim.SGD
    pictures: dict[str, Any] = field(default_factory=dict, repr=False)  # see `describe_pictures`
    step: int = 0
    seconds: float = 0.0
    last_loss: float | None = field(default=None, repr=False)
    unread: list[Unread] = field(default_factory=list, repr=False)  # steps whose events were not yet read
    guard: Guard = field(init=False, repr=False)  # is everything finite?

    def __post_init__(self) -> None:
        self.guard = Guard(self.test.labels.device, self.optimizer)

    @classmethod
    def create(cls, config: TrainConfig, genotype: Genotype, data: DataSet | None = None) -> "TrainState":
        """A training run that has not begun.

        Args:
            config: the configuration.
            genotype: the cells.
            data: a data set already in memory; read by name where None.
        Raises:
            UserError: data, device, memory, channels or sizes that do not fit.
        """
        device = choose_device(config.device, config.threads)
        data = open_data(config, data)
        require_precision(config.precision, device)
        require_memory(config, data, device, genotype)
        normalize = Normalize.measured(data, device)
        batches = Batches(
            data.train.to(device),
            normalize,
            config.batch_size,
            config.seed,
            "training",
            config.crop_padding,
            config.cutout,
            augmentation=config.augmentation,
            least=least_pictures(config, data),
        )
        with seeded(config.seed, "weights"):
            net = network_of(config, genotype, data).to(device)
        numerics_of(config).prepare(net)
        optimizer, pictures = sgd_of(config, net), describe_pictures(data)
        return cls(config, genotype, data.classes, batches, data.test.to(device), net, optimizer, pictures)

    @property
    def trained_genotype(self) -> Genotype:
        """The genotype, which a record keeps."""
        return self.genotype

    def parameters(self) -> dict[str, Tensor]:
        """The weights, by name."""
        return dict(self.net.named_parameters())

    def is_measured_after(self, event: Event) -> bool:
        """Once, after the last step."""
        return event.step == event.steps

    def measure(self, event: Event) -> dict[str, Any]:
        """Look at the test set."""
        test_loss, test_accuracy = self.evaluate_test()
        return {"test_loss": test_loss, "test_accuracy": test_accuracy}

    def evaluate_test(self) -> tuple[float, float]:
        """Loss and accuracy on the test set. Do not choose by it: what is chosen by a test set is not tested."""
        self.net.eval()
        batches = plain_batches(self.test, self.train.normalize, self.config.batch_size)
        result = evaluate(lambda x: numerics_of(self.config)(self.net, x)[0], batches)
        self.net.train()
        return result

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, atomically; see `save_checkpoint`."""
        contents = {
            "genotype": self.genotype.to_json(),
            "step": self.step,
            "seconds": self.seconds,
            "last_loss": self.last_loss,
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
            "pictures": self.pictures,
            # What makes the network usable without its data set; see `export`.
            "classes": list(self.classes),
            "picture": list(self.test.images.shape[1:]),
            **{name: value.flatten().tolist() for name, value in self.train.normalize._asdict().items()},
        }
        save_checkpoint(path, "train", self.config, contents)

    @classmethod
    def load(cls, path: str | Path, data: DataSet | None = None, **free: Any) -> "TrainState":
        """Go on where `save` left off: the same numbers as a run that was never stopped.

        Args:
            path: the checkpoint.
            data: as in `create`.
            free: fields that may change between the two, see `stored.FREE_FIELDS`.
        Raises:
            UserError: no complete checkpoint of a training run, an unknown configuration, or other pictures.
        """
        stored = load_checkpoint(path, "train")
        config = read_config(TrainConfig, stored["config"] | free, path)
        state = cls.create(config, Genotype.from_json(stored["genotype"]), data)
        check_same_pictures(stored.get("pictures"), state.pictures, config.data, Path(path).parent)
        state.net.load_state_dict(stored["net"])
        state.optimizer.load_state_dict(stored["optimizer"])
        match_formats(state.optimizer)
        state.step, state.seconds, state.last_loss = stored["step"], stored["seconds"], stored["last_loss"]
        return state


def one_step(state: TrainState) -> None:
    """Move a training run on by one step; what it measured is added to `state.unread`. Waits for no device."""
    begun, config = time.perf_counter(), state.config
    epoch = state.step // state.train.per_epoch
    learning_rate = scheduled_rate(config, state.step, state.train.per_epoch)
    set_learning_rate(state.optimizer, learning_rate)
    batch = state.train(state.step)
    with seeded(config.seed, "step", state.step):
        logits, auxiliary = numerics_of(config)(state.net, batch.images, config.drop_path * epoch / config.epochs)
        loss = training_loss(config, logits, auxiliary, batch.labels)
        loss = state.update_weights(loss, learning_rate)
    state.count_step(time.perf_counter() - begun, learning_rate, loss, accuracy(logits, batch.labels))


def train(state: TrainState) -> Iterator[Event]:
    """Train from where the state is; the state is complete whenever an event is yielded.

    The drop-path probability rises by epoch, config.drop_path * epoch / epochs; `scheduled_rate` gives the rate.
    With `report_every` above 1 the events of several steps come one after the other, and the state is that of the last.

    Args:
        state: is moved on in place; stop with `break` and call `train(state)` again to go on.
    Yields:
        One `Event` per step; the last one holds the test loss and accuracy.
    Raises:
        NonFiniteLoss: the loss or a gradient is no longer finite; that step was not applied. (BatchNorm's running
            means have seen it and are not to be used: go on from the last checkpoint.)
    """
    state.net.train()
    yield from run_steps(state, one_step)
