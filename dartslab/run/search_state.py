"""The complete state of a search: created from a configuration, saved, loaded, steered, and read for its genotype."""

from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..architect import Gradients, Hypergradient
from ..base.messages import unknown
from ..base.numerics import Numerics, match_formats, require_precision
from ..base.seeds import seeded, stream
from ..bilevel import Bilevel, VirtualStep
from ..data.batches import Batches, Normalize, plain_batches, search_split
from ..data.datasets import DataSet, Labelled, load_data
from ..fast.stacked import from_reference, to_reference
from ..genotype import Genotype
from ..methods import METHODS
from ..methods.method import Method, Moment, Phase
from ..relaxation import Arch, Relaxation, Weights
from ..supernet import Supernet
from .checkpoint import load_checkpoint, save_checkpoint
from .compiled import check_compiled, compile_cells
from .config import SearchConfig
from .device import choose_device
from .distributed import broadcast_, rank, ranks
from .events import Event
from .guard import Guard
from .memory import require_memory
from .networks import alpha_numerics_of, numerics_of, supernet_of
from .problem import bilevel_problem, hypergradient_of, moment_of, penalty_of, relaxation_of
from .run_state import RunState, Unread
from .steps import due, evaluate, set_learning_rate
from .stored import read_config


@dataclass
class SearchState(RunState):
    """The complete state of a search. `search` advances it; `save` and `load` store and restore it.

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
    unread: list[Unread] = field(default_factory=list, repr=False)  # steps whose events were not yet read
    guard: Guard = field(init=False, repr=False)  # is everything finite?
    kind: ClassVar[str] = "search"
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
        method = METHODS[config.method]
        halves = search_split(data.train.labels, config.seed, config.portion)
        normalize = Normalize.measured(data, device)

        def batches(index: Tensor, purpose: str) -> Batches:
            part: Labelled = data.train.pick(index).to(device)
            place: dict[str, Any] = {"rank": rank(), "ranks": ranks()}
            return Batches(part, normalize, config.batch_size, config.seed, purpose, config.crop_padding, **place)

        with seeded(config.seed, "weights"):
            net = supernet_of(config, data).to(device)
        numerics_of(config).prepare(net)
        arch = Arch.create(config.space, config.alpha_scale, stream(config.seed, "alpha"), method.edge_parameters)
        arch = arch.to(device)
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
        broadcast_(list(state.parameters().values()))
        if config.compile:
            check_compiled(config, arch, len(data.classes), device)
            compile_cells(net)
        return state

    def parameters(self) -> dict[str, Tensor]:
        """The weights w and alpha by name; the same in every process of a data parallel search."""
        return {**dict(self.net.named_parameters()), **self.arch.parameters()}

    @property
    def method(self) -> Method:
        """The published search that is run."""
        return METHODS[self.config.method]

    def moment(self, phase: Phase = "look", step: int | None = None) -> Moment:
        """When mixing weights are asked for: now, or at another step of the run; see `Moment`."""
        step = self.step if step is None else step
        return moment_of(self.config, phase, step, step / (self.config.epochs * self.train.per_epoch))

    def relaxation_in(self, phase: Phase) -> Relaxation:
        """`arch -> mixing weights` in a phase of the present step."""
        return relaxation_of(self.config, self.moment(phase))

    @property
    def relaxation(self) -> Relaxation:
        """`arch -> mixing weights`, without chance."""
        return self.relaxation_in("look")

    @property
    def hypergradient(self) -> Hypergradient:
        """The chosen hypergradient, hyper-parameters bound."""
        return hypergradient_of(self.config)

    @property
    def numerics(self) -> Numerics:
        """How the network is run."""
        return numerics_of(self.config)

    def problem(self, virtual_step: VirtualStep) -> Bilevel:
        """The bilevel problem of the present step: all passes of a hypergradient see the same mixing weights."""
        moment = self.moment("alpha")
        numerics, penalty = alpha_numerics_of(self.config), penalty_of(self.config, moment)
        return bilevel_problem(self.net, self.arch, relaxation_of(self.config, moment), virtual_step, numerics, penalty)

    def weights(self) -> Weights:
        """The mixing weights now, without chance, {kind: [E, O]}, on the CPU."""
        return {kind: table.detach().cpu() for kind, table in self.relaxation(self.arch).items()}

    def genotype(self) -> Genotype:
        """What would be derived now, by the rule of the method."""
        return self.method.derive(self.config.space, self.weights())

    def is_frozen(self) -> bool:
        """Whether alpha stays unchanged in the next step."""
        return self.method.frozen(self.moment().progress)

    def switch_off_operations(self) -> None:
        """Mask the weakest operations of every edge, once the method says that fewer are kept from now on."""
        now = self.moment().progress
        counts = [count for progress, count in self.method.keep if progress <= now]
        if not counts:
            return
        for kind, table in self.relaxation(self.arch).items():
            mask = self.arch.mask.get(kind, torch.ones_like(table, dtype=torch.bool))
            if int(mask[0].sum()) > counts[-1]:
                strongest = table.masked_fill(~mask, -torch.inf).topk(counts[-1]).indices
                self.arch.mask[kind] = torch.zeros_like(mask).scatter_(1, strongest, True)

    def update_alpha(self, gradients: Gradients, learning_rate: float) -> None:
        """One step of Adam on alpha and beta; none, if a gradient is not finite.

        Args:
            gradients: the hypergradient, {name: tensor} as in `Arch.parameters`.
            learning_rate: of w, for the message where something is not finite.
        """
        for name, parameter in self.arch.parameters().items():
            self.guard.look(gradients[name], f"the hypergradient of {name}", self.step + 1, learning_rate)
            parameter.grad = gradients[name]
        self.alpha_optimizer.step()

    def count_search_step(self, seconds: float, learning_rate: float, loss: Tensor, accuracy: Tensor) -> None:
        """Count a step that was made, and keep alpha, beta and the mixing weights with what it measured."""
        weights = relaxation_of(self.config, self.moment("look", self.step + 1))(self.arch)
        tables = {"alpha": self.arch.alpha, "weights": weights, "beta": self.arch.beta}
        copies = {what: {kind: table.detach().clone() for kind, table in part.items()} for what, part in tables.items()}
        steered = {name: getattr(self.config, name) for name in self.STEERED}
        self.count_step(seconds, learning_rate, loss, accuracy, copies, **steered)

    def validate(self) -> tuple[float, float]:
        """Loss and accuracy of the supernet, as mixed now, on the whole half that alpha learns from.

        Several processes divide whole batches among themselves, so that BatchNorm sees what it sees in one.
        """
        whole = plain_batches(self.val.part, self.val.normalize, self.config.batch_size)
        batches = islice(whole, self.val.rank, None, self.val.ranks)
        weights = {kind: table.to(self.device) for kind, table in self.weights().items()}
        return evaluate(lambda x: self.numerics(self.net, x, weights), batches)

    def is_measured_after(self, event: Event) -> bool:
        """At the end of an epoch, at the end, and every `validate_every` steps."""
        return event.epoch_done or event.step == event.steps or due(event.step, self.config.validate_every)

    def measure(self) -> dict[str, float]:
        """Validate."""
        val_loss, val_accuracy = self.validate()
        return {"val_loss": val_loss, "val_accuracy": val_accuracy}

    def make_event(self, done: Unread) -> Event:
        """The event of a step with its numbers, its tables, and what would be derived from its mixing weights."""
        assert done.tables is not None
        tables: dict[str, Any] = {
            what: {kind: table.cpu().numpy() for kind, table in part.items()} for what, part in done.tables.items()
        }
        genotype = self.method.derive(self.config.space, tables["weights"])
        return replace(super().make_event(done), genotype=genotype, **tables)

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
        """The complete state without the data; tensors are shared, not copied."""
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
        """Restore what `contents` returned; the configuration stays as it is, even if it was changed since."""
        self.net.load_state_dict(contents["net"])
        arch = Arch(**contents["arch"])
        for name, tensor in arch.parameters().items():
            self.arch.parameters()[name].copy_(tensor)
        self.arch.mask.clear()
        self.arch.mask.update({kind: mask.to(self.device) for kind, mask in arch.mask.items()})
        self.optimizer.state.clear()
        if contents["momentum"]:
            buffers = from_reference(self.net, contents["momentum"])
            for name, parameter in self.net.named_parameters():
                self.optimizer.state[parameter]["momentum_buffer"] = buffers[name].to(parameter)
            match_formats(self.optimizer)
        self.alpha_optimizer.load_state_dict(contents["alpha_optimizer"])
        self.unread.clear()
        self.step, self.seconds, self.last_loss = contents["step"], contents["seconds"], contents["last_loss"]
        broadcast_([*self.parameters().values(), *self.momentum().values()])

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, atomically; see `save_checkpoint`."""
        save_checkpoint(path, "search", self.config, self.contents())

    @classmethod
    def load(cls, path: str | Path, data: DataSet | None = None, **free: Any) -> "SearchState":
        """Continue where `save` left off, with the same numbers as a search that was never stopped.

        Args:
            path: the checkpoint.
            data: as in `create`.
            free: fields that may change between the two, see `stored.FREE_FIELDS`; for example `device="cpu"`.
        Raises:
            UserError: no complete checkpoint of a search, or a configuration this dartslab does not know.
        """
        stored = load_checkpoint(path, "search")
        state = cls.create(read_config(SearchConfig, stored["config"] | free, path), data)
        state.load_contents(stored)
        return state
