"""The complete state of a search: created from a configuration, saved, loaded, steered, and read for its genotype."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..architect import Gradients, Hypergradient
from ..base.messages import unknown
from ..base.numerics import Numerics, require_precision
from ..base.seeds import seeded
from ..bilevel import Bilevel, VirtualStep
from ..data.batches import Batches
from ..data.datasets import DataSet
from ..data.digests import describe_pictures
from ..genotype import Genotype
from ..methods import METHODS
from ..methods.method import PHASES, Method, Moment, Phase
from ..relaxation import Arch, Relaxation, Weights
from ..supernet import Supernet
from .checkpoint import load_checkpoint, save_checkpoint
from .compiled import check_compiled, compile_cells
from .config import SearchConfig
from .device import choose_device
from .distributed import broadcast_
from .events import Event
from .guard import Guard
from .measuring import are_instruments_due, measure_instruments
from .memory import require_memory
from .method_gives import genotype_of, weights_of
from .method_steps import (
    Measurement,
    check_stop,
    further_steps,
    is_measured_to_stop,
    measure_to_stop,
    progress_at,
    taken_genotype,
    waiting_steps,
)
from .method_words import how_it_stopped, what_cannot_act, why_not_finite
from .networks import adam_of, alpha_passes, arch_of, numerics_of, sgd_of, supernet_of
from .problem import bilevel_problem, hypergradient_of, moment_of, penalty_of, relaxation_of
from .run_data import check_same_pictures, halves_of, open_data
from .run_state import RunState, Unread
from .search_contents import restore_search, search_contents
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
    pictures: dict[str, Any] = field(default_factory=dict, repr=False)  # see `describe_pictures`
    step: int = 0
    seconds: float = 0.0
    last_loss: float | None = field(default=None, repr=False)
    unread: list[Unread] = field(default_factory=list, repr=False)  # steps whose events were not yet read
    choices: list[Any] = field(default_factory=list)  # that the method made so far, see `Choices`
    measurements: list[Measurement] = field(default_factory=list)  # that may stop the search, see `Stop`
    taken: int | None = None  # the measurement whose cell is taken, once the method has stopped the search
    guard: Guard = field(init=False, repr=False)  # is everything finite?
    kind: ClassVar[str] = "search"
    STEERED: ClassVar[tuple[str, ...]] = ("alpha_learning_rate", "temperature")  # what `change` may change

    def __post_init__(self) -> None:
        self.guard = Guard(self.device, self.optimizer, self.alpha_optimizer)

    @classmethod
    def create(cls, config: SearchConfig, data: DataSet | None = None, stored: bool = False) -> "SearchState":
        """A search that has not begun.

        Args:
            config: the configuration.
            data: a data set already in memory; read by name where None.
            stored: the configuration is that of a search begun earlier, perhaps when more was allowed.
        Raises:
            UserError: data, device, memory or sizes that do not fit; see `open_data` and `halves_of`.
        """
        config.require_both_kinds(stored)
        method = METHODS[config.method]
        check_stop(method)
        if method.check is not None:
            method.check(config)
        device = choose_device(config.device, config.threads)
        data = open_data(config, data)
        require_precision(config.precision, device)
        require_memory(config, data, device)
        train, val = halves_of(config, data, device)
        with seeded(config.seed, "weights"):
            net = supernet_of(config, data).to(device)
        numerics_of(config).prepare(net)
        arch = arch_of(config, method).to(device)
        for phase in PHASES:
            weights_of(method, arch, moment_of(config, phase))
        optimizers = sgd_of(config, net), adam_of(config, arch)
        state = cls(config, data.classes, train, val, net, arch, *optimizers, device, describe_pictures(data))
        broadcast_(list(state.parameters().values()))
        if config.compile:
            check_compiled(config, arch, len(data.classes), device)
            compile_cells(net)
        return state

    def parameters(self) -> dict[str, Tensor]:
        """The weights w and alpha by name; the same in every process of a data parallel search."""
        return {**dict(self.net.named_parameters()), **self.arch.parameters()}

    @property
    def search_steps(self) -> int:
        """Steps in which alpha and w learn in turn; a method that makes choices trains further after them."""
        return self.config.epochs * self.train.per_epoch

    @property
    def waiting_steps(self) -> int:
        """Steps at the start in which alpha waits because of `alpha_waits`."""
        return waiting_steps(self.config, self.search_steps)

    @property
    def all_steps(self) -> int:
        """Steps of the whole run, where `config.steps` does not limit it."""
        return self.search_steps + further_steps(self.method, self.config.space, self.search_steps)

    @property
    def steps(self) -> int:
        """Steps of the whole run, which ends where the method stops it."""
        return super().steps if self.taken is None else self.measurements[-1].step

    @property
    def method(self) -> Method:
        """The published search that is run."""
        return METHODS[self.config.method]

    def moment(self, phase: Phase = "look", step: int | None = None) -> Moment:
        """When mixing weights are asked for: now, or at another step of the run; see `Moment`."""
        step = self.step if step is None else step
        return moment_of(self.config, phase, step, progress_at(step, self.search_steps, self.waiting_steps))

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
        numerics, penalty = alpha_passes(self.config, self.step), penalty_of(self.config, moment)
        return bilevel_problem(self.net, self.arch, relaxation_of(self.config, moment), virtual_step, numerics, penalty)

    def weights(self) -> Weights:
        """The mixing weights now, without chance, {kind: [E, O]}, on the CPU."""
        return {kind: table.detach().cpu() for kind, table in self.relaxation(self.arch).items()}

    def genotype(self) -> Genotype:
        """What would be derived now, by the rule of the method."""
        weights = {kind: table.numpy() for kind, table in self.weights().items()}
        return taken_genotype(self) or self.derive(weights, self.choices)

    def derive(self, weights: Mapping[str, Any], choices: Sequence[Any]) -> Genotype:
        """The genotype of mixing weights {kind: [E, O]} and of the choices made, by the rule of the method."""
        return genotype_of(self.method, self.config.space, weights, choices, self.step)

    def is_frozen(self) -> bool:
        """Whether alpha stays unchanged in the next step."""
        return self.step < self.waiting_steps or self.method.frozen(self.moment().progress)

    def idle_settings(self) -> list[str]:
        """What was asked for and cannot act in a search of this length, one sentence each."""
        found = what_cannot_act(self.method, self.config, self.search_steps, self.steps)
        if (every := self.config.measure_every) and not self.config.instruments:
            found.append(f"measure_every is {every} and no instruments are named; none is measured")
        return found

    def remarks(self) -> list[str]:
        """That the method stopped the search; what it says about the cells derived now; one sentence each."""
        weights = {kind: table.numpy() for kind, table in self.weights().items()}
        own = [] if self.method.remarks is None else self.method.remarks(self.config.space, weights)
        return [*how_it_stopped(self), *own]

    def why_not_finite(self) -> str:
        """That the method gave numbers that are not finite, though w and alpha are; "" where it did not."""
        with seeded(self.config.seed, "step", self.step):
            return why_not_finite(self)

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
        self.count_step(seconds, learning_rate, loss, accuracy, copies, tuple(self.choices), **steered)

    def validate(self, weights: Weights | None = None) -> tuple[float, float]:
        """Loss and accuracy of the supernet on the whole half that alpha learns from.

        Args:
            weights: {kind: [E, O]}; where None those of now, or what the method validates with.
        """
        if weights is None:
            weights = (self.method.validation or self.method.weights)(self.arch, self.moment())
        mixed = {kind: table.detach().to(self.device) for kind, table in weights.items()}
        return evaluate(lambda x: self.numerics(self.net, x, mixed), self.val.plain())

    def is_validated_after(self, event: Event) -> bool:
        """Every `validate_every` steps, or where that is 0 at the end of each epoch; and at the end."""
        every = self.config.validate_every
        return event.step == event.steps or (due(event.step, every) if every else event.epoch_done)

    def is_measured_after(self, event: Event) -> bool:
        """Where it is validated, where instruments are due, and where the method measures to stop early."""
        extra = are_instruments_due(self, event) or is_measured_to_stop(self, event.step)
        return self.is_validated_after(event) or extra

    def measure(self, event: Event) -> dict[str, Any]:
        """Measure for the method, which may end the search, and with the chosen instruments; validate."""
        found: dict[str, Any] = {}
        if is_measured_to_stop(self, event.step):
            found["instruments"] = measure_to_stop(self)
            found["steps"] = self.steps
        if are_instruments_due(self, event):
            found["instruments"] = measure_instruments(self) | found.get("instruments", {})
        if self.is_validated_after(event) or self.taken is not None:
            found["val_loss"], found["val_accuracy"] = self.validate()
        return found

    def make_event(self, done: Unread) -> Event:
        """The event of a step with its numbers, its tables, and what would be derived from its mixing weights."""
        assert done.tables is not None
        tables: dict[str, Any] = {
            what: {kind: table.cpu().numpy() for kind, table in part.items()} for what, part in done.tables.items()
        }
        taken = taken_genotype(self) if done.event.step == self.steps else None
        genotype = taken or self.derive(tables["weights"], done.choices)
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
        return search_contents(self)

    def load_contents(self, contents: dict[str, Any]) -> None:
        """Restore what `contents` returned; the configuration stays as it is, even if it was changed since."""
        restore_search(self, contents)

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, atomically; see `save_checkpoint`."""
        save_checkpoint(path, "search", self.config, self.contents() | {"pictures": self.pictures})

    @classmethod
    def load(cls, path: str | Path, data: DataSet | None = None, **free: Any) -> "SearchState":
        """Continue where `save` left off, with the same numbers as a search that was never stopped.

        Args:
            path: the checkpoint.
            data: as in `create`.
            free: fields that may change between the two, see `stored.FREE_FIELDS`; for example `device="cpu"`.
        Raises:
            UserError: no complete checkpoint of a search, an unknown configuration, or other pictures than before.
        """
        stored = load_checkpoint(path, "search")
        state = cls.create(read_config(SearchConfig, stored["config"] | free, path), data, stored=True)
        check_same_pictures(stored.get("pictures"), state.pictures, state.config.data, Path(path).parent)
        state.load_contents(stored)
        return state
