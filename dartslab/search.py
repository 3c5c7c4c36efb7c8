"""The search: a generator over an explicit state.

    state = SearchState.create(SearchConfig(...))
    for event in search(state):      # the loop is yours: print, draw, record, break, go on later
        ...
    state.genotype()

One step, in the published order: (1) Adam on alpha with the hypergradient, (2) clipped SGD on w.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from .arch import Arch
from .architect import HYPERGRADIENTS, Hypergradient
from .batches import Batch, Batches, Normalize, plain_batches, search_split
from .bilevel import Bilevel, Tensors, VirtualStep
from .config import SearchConfig, read_config
from .data import DataSet, Labelled, load_data
from .discretization import top_k
from .genotype import Genotype
from .messages import unknown
from .relaxation import RELAXATIONS, Relaxation, Weights
from .run import (
    Event,
    accuracy,
    check_finite,
    choose_device,
    cosine,
    evaluate,
    load_checkpoint,
    save_checkpoint,
    set_learning_rate,
    sgd_step,
)
from .seeds import seeded, stream
from .supernet import Supernet, from_reference, to_reference


@dataclass
class SearchState:
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
    STEERED: ClassVar[tuple[str, ...]] = ("alpha_learning_rate", "temperature")  # what `change` may change

    @classmethod
    def create(cls, config: SearchConfig, data: DataSet | None = None) -> "SearchState":
        """A search that has not begun.

        Args:
            config: the configuration.
            data: a data set already in memory; read by name where None.
        Raises:
            UserError: data, device or sizes that do not fit; see `load_data`, `search_split`, `Batches`.
        """
        device = choose_device(config.device, config.threads)
        data = data or load_data(config.data, config.root, config.image_size)
        halves = search_split(data.train.labels, config.seed, config.portion)
        normalize = Normalize.measured(data, device)

        def batches(index: Tensor, purpose: str) -> Batches:
            part: Labelled = data.train.pick(index).to(device)
            return Batches(part, normalize, config.batch_size, config.seed, purpose, config.crop_padding)

        with seeded(config.seed, "weights"):
            classes = len(data.classes)
            net = Supernet(config.space, config.channels, config.layers, classes, data.channels, config.cell).to(device)
        arch = Arch.create(config.space, config.alpha_scale, stream(config.seed, "alpha")).to(device)
        optimizer = torch.optim.SGD(
            net.parameters(), config.learning_rate, config.momentum, weight_decay=config.weight_decay, foreach=True
        )
        alpha_optimizer = torch.optim.Adam(
            arch.parameters().values(),
            config.alpha_learning_rate,
            betas=(config.alpha_beta1, 0.999),
            weight_decay=config.alpha_weight_decay,
            foreach=True,
        )
        train, val = batches(halves[0], "training"), batches(halves[1], "validation")
        return cls(config, data.classes, train, val, net, arch, optimizer, alpha_optimizer, device)

    @property
    def steps(self) -> int:
        """Steps of the whole search."""
        whole = self.config.epochs * self.train.per_epoch
        return min(self.config.steps, whole) if self.config.steps else whole

    @property
    def relaxation(self) -> Relaxation:
        """`arch -> mixing weights`, hyper-parameters bound."""
        return partial(RELAXATIONS[self.config.relaxation], temperature=self.config.temperature)

    @property
    def hypergradient(self) -> Hypergradient:
        """The chosen hypergradient, hyper-parameters bound."""
        bound: dict[str, dict[str, Any]] = {
            "finite_difference": {"radius": self.config.radius},
            "neumann": {"terms": self.config.terms},
        }
        return partial(HYPERGRADIENTS[self.config.method], **bound.get(self.config.method, {}))

    def weights(self) -> Weights:
        """The mixing weights now, {kind: [E, O]}, on the CPU."""
        return {kind: table.detach().cpu() for kind, table in self.relaxation(self.arch).items()}

    def genotype(self) -> Genotype:
        """What would be derived now, by the published rule."""
        return top_k(self.config.space, self.weights())

    def validate(self) -> tuple[float, float]:
        """Loss and accuracy of the supernet, as mixed now, on the whole half that alpha learns from."""
        batches = plain_batches(self.val.part, self.val.normalize, self.config.batch_size)
        weights = {kind: table.to(self.device) for kind, table in self.weights().items()}
        return evaluate(lambda x: self.net(x, weights), batches)

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
        self.alpha_optimizer.load_state_dict(contents["alpha_optimizer"])
        self.step, self.seconds, self.last_loss = contents["step"], contents["seconds"], contents["last_loss"]

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


def bilevel_problem(net: nn.Module, arch: Arch, relaxation: Relaxation, inner_step: VirtualStep) -> Bilevel:
    """The search as a `Bilevel` problem: both losses are the cross-entropy of the supernet, on different batches."""

    def loss(w: Tensors, alpha: Tensors, batch: Batch) -> Tensor:
        weights = relaxation(arch.with_parameters(alpha))
        return F.cross_entropy(functional_call(net, dict(w), (batch.images, weights)), batch.labels)

    return Bilevel(loss, loss, inner_step)


def alpha_step(state: SearchState, train_batch: Batch, val_batch: Batch, learning_rate: float) -> None:
    """Adam on alpha with the hypergradient; w is not touched. xi is the actual learning rate of w."""
    config, net = state.config, state.net
    virtual = VirtualStep(learning_rate, config.momentum, config.weight_decay, state.momentum())
    problem = bilevel_problem(net, state.arch, state.relaxation, virtual)
    w = dict(net.named_parameters())
    gradients = state.hypergradient(problem, w, state.arch.parameters(), train_batch, val_batch)
    for name, parameter in state.arch.parameters().items():
        check_finite(gradients[name], f"the hypergradient of {name}", state.step + 1, learning_rate, state.last_loss)
        parameter.grad = gradients[name]
    state.alpha_optimizer.step()


def weight_step(state: SearchState, batch: Batch, learning_rate: float) -> tuple[float, float]:
    """Clipped SGD on w; alpha is not touched. Gives the batch's loss and accuracy before the update."""
    logits = state.net(batch.images, state.relaxation(state.arch))
    loss = F.cross_entropy(logits, batch.labels)
    value = sgd_step(state.optimizer, loss, state.config.clip, state.step + 1, learning_rate, state.last_loss)
    return value, accuracy(logits, batch.labels)


def search(state: SearchState) -> Iterator[Event]:
    """Run the search from where the state is; the state is complete whenever an event is yielded.

    Args:
        state: is moved on in place; stop with `break` and call `search(state)` again to go on.
    Yields:
        One `Event` per step; the last one holds the genotype after the last step.
    Raises:
        NonFiniteLoss: the loss or a gradient is no longer finite; that step's weights were not applied.
    """
    config = state.config
    while state.step < state.steps:
        begun = time.perf_counter()
        epoch, position = divmod(state.step, state.train.per_epoch)
        learning_rate = float(cosine(config.learning_rate, config.learning_rate_min, epoch / config.epochs))
        set_learning_rate(state.optimizer, learning_rate)
        train_batch, val_batch = state.train(state.step), state.val(state.step)
        with seeded(config.seed, "step", state.step):
            alpha_step(state, train_batch, val_batch, learning_rate)
            loss, right = weight_step(state, train_batch, learning_rate)
        state.step += 1
        state.last_loss = loss
        due = config.validate_every and state.step % config.validate_every == 0
        epoch_done = position == state.train.per_epoch - 1
        measured = due or epoch_done or state.step == state.steps
        val_loss, val_accuracy = state.validate() if measured else (None, None)
        state.seconds += time.perf_counter() - begun
        yield Event(
            step=state.step,
            steps=state.steps,
            epoch=epoch,
            learning_rate=learning_rate,
            alpha_learning_rate=state.config.alpha_learning_rate,
            temperature=state.config.temperature,
            train_loss=loss,
            train_accuracy=right,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=state.seconds,
            alpha={kind: table.detach().cpu().numpy().copy() for kind, table in state.arch.alpha.items()},
            genotype=state.genotype(),
            epoch_done=epoch_done,
        )
