"""Everything a search is at one moment: made from a configuration, saved, loaded, steered, asked for its genotype."""

from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..architect import Hypergradient
from ..base.messages import unknown
from ..base.numerics import match_formats, require_precision
from ..base.seeds import seeded, stream
from ..data.batches import Batches, Normalize, plain_batches, search_split
from ..data.datasets import DataSet, Labelled, load_data
from ..derive import top_k
from ..fast.stacked import from_reference, to_reference
from ..genotype import Genotype
from ..relaxation import Arch, Relaxation, Weights
from ..supernet import Supernet
from .checkpoint import load_checkpoint, save_checkpoint
from .compiled import check_compiled, compile_cells
from .config import CELLS, SearchConfig, read_config
from .device import choose_device
from .distributed import broadcast_, rank, ranks
from .events import Event
from .memory import require_memory
from .problem import bound_hypergradient, bound_relaxation
from .steps import Guard, Reporting, Unread, due, evaluate, set_learning_rate


@dataclass
class SearchState(Reporting):
    """Everything a search is at one moment; `search` moves it on, `save` and `load` carry it over a break.

    Args:
        config: as given.
        classes: names of the classes.
        train, val: the two halves of the training set, on the device.
        net: the supernet with the weights w.
        arch: the architecture parameters.
        step: steps done.
        seconds: time spent in steps.
    """

    config: SearchConfig
    classes: tuple[str, ...]
    train: Batches
    val: Batches
    net: Supernet
    arch: Arch
    optimizer: torch.optim.SGD
    alpha_optimizer: torch.optim.Adam
    device: torch.device
    step: int = 0
    seconds: float = 0.0
    last_loss: float | None = field(default=None, repr=False)
    unread: list[Unread] = field(default_factory=list, repr=False)  # steps whose events nobody has read
    guard: Guard = field(init=False, repr=False)  # is everything finite?
    STEERED: ClassVar[tuple[str, ...]] = ("alpha_learning_rate", "temperature")  # what `change` may change

    def __post_init__(self) -> None:
        self.guard = Guard(self.device, self.optimizer, self.alpha_optimizer)

    @classmethod
    def create(cls, config: SearchConfig, data: DataSet | None = None) -> "SearchState":
        """A search that has not begun.

        Args:
            config: the configuration.
            data: a data set already in memory; read by name where None.
        Raises:
            UserError: data, device, memory or sizes that do not fit; see `load_data`, `search_split`, `Batches`.
        """
        device = choose_device(config.device, config.threads)
        data = data or load_data(config.data, config.root, config.image_size)
        require_precision(config.precision, device)
        require_memory(config, data, device)
        halves = search_split(data.train.labels, config.seed, config.portion)
        normalize = Normalize.measured(data, device)

        def batches(index: Tensor, purpose: str) -> Batches:
            part: Labelled = data.train.pick(index).to(device)
            place: dict[str, Any] = {"rank": rank(), "ranks": ranks()}
            return Batches(part, normalize, config.batch_size, config.seed, purpose, config.crop_padding, **place)

        with seeded(config.seed, "weights"):
            classes = len(data.classes)
            net = Supernet(config.space, config.channels, config.layers, classes, data.channels, CELLS[config.cell]).to(
                device
            )
        config.numerics.prepared(net)
        arch = Arch.create(config.space, config.alpha_scale, stream(config.seed, "alpha")).to(device)
        optimizer = torch.optim.SGD(
            net.parameters(), config.learning_rate, config.momentum, weight_decay=config.weight_decay, fused=True
        )
        alpha_optimizer = torch.optim.Adam(
            arch.parameters().values(),
            config.alpha_learning_rate,
            betas=(config.alpha_beta1, 0.999),
            weight_decay=config.alpha_weight_decay,
            fused=True,
        )
        train, val = batches(halves[0], "training"), batches(halves[1], "validation")
        state = cls(config, data.classes, train, val, net, arch, optimizer, alpha_optimizer, device)
        broadcast_(list(state.learned().values()))
        if config.compile:
            check_compiled(config, arch, len(data.classes), device)
            compile_cells(net)
        return state

    def learned(self) -> dict[str, Tensor]:
        """The weights w and alpha, by name: what every process of a data parallel search holds alike."""
        return {**dict(self.net.named_parameters()), **self.arch.parameters()}

    @property
    def relaxation(self) -> Relaxation:
        """`arch -> mixing weights`, hyper-parameters bound."""
        return bound_relaxation(self.config)

    @property
    def hypergradient(self) -> Hypergradient:
        """The chosen hypergradient, hyper-parameters bound."""
        return bound_hypergradient(self.config)

    def weights(self) -> Weights:
        """The mixing weights now, {kind: [E, O]}, on the CPU."""
        return {kind: table.detach().cpu() for kind, table in self.relaxation(self.arch).items()}

    def genotype(self) -> Genotype:
        """What would be derived now, by the published rule."""
        return top_k(self.config.space, self.weights())

    def validate(self) -> tuple[float, float]:
        """Loss and accuracy of the supernet, as mixed now, on the whole half that alpha learns from.

        Several processes divide whole batches among themselves, so that BatchNorm sees what it sees in one.
        """
        whole = plain_batches(self.val.part, self.val.normalize, self.config.batch_size)
        batches = islice(whole, self.val.rank, None, self.val.ranks)
        weights = {kind: table.to(self.device) for kind, table in self.weights().items()}
        return evaluate(lambda x: self.config.numerics(self.net, x, weights), batches)

    def is_measured(self, event: Event) -> bool:
        """At the end of an epoch, at the end, and every `validate_every` steps."""
        return event.epoch_done or event.step == event.steps or due(event.step, self.config.validate_every)

    def measure(self) -> dict[str, float]:
        """Validate."""
        val_loss, val_accuracy = self.validate()
        return {"val_loss": val_loss, "val_accuracy": val_accuracy}

    def told(self, done: Unread) -> Event:
        """The event of a step with its numbers, alpha and what would be derived from its mixing weights."""
        assert done.alpha is not None and done.weights is not None
        return replace(
            super().told(done),
            alpha={kind: table.cpu().numpy() for kind, table in done.alpha.items()},
            genotype=top_k(self.config.space, {kind: table.cpu() for kind, table in done.weights.items()}),
        )

    def change(self, **changes: Any) -> None:
        """Steer the search from the next step on.

        Args:
            changes: `alpha_learning_rate`, `temperature`.
        Raises:
            UserError: another field, or a value it cannot have.
        """
        for name in changes:
            if name not in self.STEERED:
                raise unknown("field to change while a search runs:", name, self.STEERED)
        self.config = replace(self.config, **changes)
        set_learning_rate(self.alpha_optimizer, self.config.alpha_learning_rate)

    def momentum(self) -> dict[str, Tensor]:
        """The momentum buffers m of w by the names of its parameters; none before the first step."""
        buffers = {name: self.optimizer.state[p].get("momentum_buffer") for name, p in self.net.named_parameters()}
        return {name: buffer for name, buffer in buffers.items() if buffer is not None}

    def contents(self) -> dict[str, Any]:
        """What makes this moment of the search, without the data: tensors are shared, not copied."""
        return {
            "step": self.step,
            "seconds": self.seconds,
            "last_loss": self.last_loss,
            "net": self.net.state_dict(),
            "arch": self.arch.state_dict(),
            "momentum": to_reference(self.net, self.momentum()),
            "alpha_optimizer": self.alpha_optimizer.state_dict(),
        }

    def load_contents(self, contents: dict[str, Any]) -> None:
        """Go to the moment that `contents` described; the configuration stays, also where it was changed since."""
        self.net.load_state_dict(contents["net"])
        for name, tensor in Arch(**contents["arch"]).parameters().items():
            self.arch.parameters()[name].copy_(tensor)
        self.optimizer.state.clear()
        if contents["momentum"]:
            buffers = from_reference(self.net, contents["momentum"])
            for name, parameter in self.net.named_parameters():
                self.optimizer.state[parameter]["momentum_buffer"] = buffers[name].to(parameter)
            match_formats(self.optimizer)
        self.alpha_optimizer.load_state_dict(contents["alpha_optimizer"])
        self.unread.clear()
        self.step, self.seconds, self.last_loss = contents["step"], contents["seconds"], contents["last_loss"]
        broadcast_([*self.learned().values(), *self.momentum().values()])

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, atomically; see `save_checkpoint`."""
        save_checkpoint(path, "search", self.config, self.contents())

    @classmethod
    def load(cls, path: str | Path, data: DataSet | None = None, **free: Any) -> "SearchState":
        """Go on where `save` left off: the same numbers as a search that was never stopped.

        Args:
            path: the checkpoint.
            data: as in `create`.
            free: fields that may change between the two, see `config.FREE_FIELDS`; for example `device="cpu"`.
        Raises:
            UserError: no complete checkpoint of a search, or a configuration this dartslab does not know.
        """
        stored = load_checkpoint(path, "search")
        state = cls.create(read_config(SearchConfig, stored["config"] | free, path), data)
        state.load_contents(stored)
        return state
