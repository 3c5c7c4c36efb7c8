"""What the states of a search and of a training share, and the loop that advances them."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, TypeVar

import torch
from torch import Tensor

from ..base.seeds import seeded
from ..genotype import Genotype
from .distributed import check_equal
from .events import Event
from .guard import Guard, non_finite_error
from .steps import due, sgd_step


class Unread(NamedTuple):
    """One step whose numbers are still on the device.

    Args:
        event: all but the numbers below.
        loss, accuracy: scalars.
        tables: of a search: "alpha" and "weights", {kind: [E, O]} each, and "beta", {kind: [E]}, after the step.
        choices: that the method of a search had made by then.
    """

    event: Event
    loss: Tensor
    accuracy: Tensor
    tables: Mapping[str, Mapping[str, Tensor]] | None = None
    choices: tuple[Any, ...] = ()


class RunState:
    """What `SearchState` and `TrainState` have in common: counted steps, the last of which may be unread."""

    kind: ClassVar[str]  # "search" or "train", as records and checkpoints say
    config: Any
    pictures: dict[str, Any]
    train: Any
    optimizer: torch.optim.SGD
    guard: Guard
    step: int
    seconds: float
    last_loss: float | None
    unread: list[Unread]

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return min(self.config.steps, self.all_steps) if self.config.steps else self.all_steps

    @property
    def all_steps(self) -> int:
        """Steps of the whole run, where `config.steps` does not limit it."""
        whole: int = self.config.epochs * self.train.per_epoch
        return whole

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the record must know besides the configuration, as sentences."""
        joins = self.train.joins
        if not joins:
            return ()
        return (
            f"the last {joins} of {len(self.train.part.labels)} training pictures of an epoch join the batch before "
            "them: alone, BatchNorm could not normalise them",
        )

    @property
    def trained_genotype(self) -> Genotype | None:
        """What a training trains; None of a search."""
        return None

    def count_step(
        self,
        seconds: float,
        learning_rate: float,
        loss: Tensor,
        accuracy: Tensor,
        tables: Mapping[str, Mapping[str, Tensor]] | None = None,
        choices: tuple[Any, ...] = (),
        **fields: Any,
    ) -> None:
        """Count a step that was made, and keep what it measured until it is read.

        Args:
            seconds: that it took.
            learning_rate: of the weights, in it.
            loss, accuracy, tables, choices: as in `Unread`.
            fields: of its event, besides.
        """
        epoch, position = divmod(self.step, self.train.per_epoch)
        self.step += 1
        self.seconds += seconds
        event = Event(
            step=self.step,
            steps=self.steps,
            epoch=epoch,
            learning_rate=learning_rate,
            train_loss=math.nan,
            train_accuracy=math.nan,
            seconds=self.seconds,
            epoch_done=position == self.train.per_epoch - 1,
            **fields,
        )
        self.unread.append(Unread(event, loss, accuracy, tables, choices))

    def update_weights(self, loss: Tensor, learning_rate: float) -> Tensor:
        """One step of clipped SGD; none, if the loss or the gradient is not finite.

        Args:
            loss: scalar with a gradient history.
            learning_rate: of this step, for the message where something is not finite.
        Returns:
            The loss, without a gradient history.
        """
        return sgd_step(
            self.optimizer,
            loss,
            self.config.clip,
            lambda value, what: self.guard.look(value, what, self.step + 1, learning_rate),
        )

    def parameters(self) -> dict[str, Tensor]:
        """All learned tensors by name; the same in every process of a data parallel run."""
        raise NotImplementedError

    def is_measured_after(self, event: Event) -> bool:
        """Whether `measure` is called after this step."""
        raise NotImplementedError

    def measure(self, event: Event) -> dict[str, Any]:
        """Further measurements after a step, as fields of its event."""
        raise NotImplementedError

    def idle_settings(self) -> list[str]:
        """What was asked for and cannot act in this run, one sentence each."""
        return []

    def remarks(self) -> list[str]:
        """What must be said about the result, one sentence each."""
        return []

    def why_not_finite(self) -> str:
        """Where a step was not applied: what made its numbers not finite, in sentences; "" where nothing is known."""
        return ""

    def make_event(self, done: Unread) -> Event:
        """The event of a step, its numbers read."""
        return replace(done.event, train_loss=done.loss.item(), train_accuracy=done.accuracy.item())

    def read_events(self) -> Iterator[Event]:
        """The events of finished steps that were not yet read; waits for the device."""
        while self.unread:
            event = self.make_event(self.unread.pop(0))
            self.last_loss = event.train_loss
            yield event

    def forget_from(self, step: int) -> None:
        """Take back a step that was not applied, and those after it."""
        self.step = step - 1
        self.unread = [done for done in self.unread if done.event.step < step]
        if self.step == 0:
            self.optimizer.state.clear()  # fused SGD makes its buffers before it sees that the step is left out


State = TypeVar("State", bound=RunState)


def run_steps(state: State, one_step: Callable[[State], None]) -> Iterator[Event]:
    """Run from the present step to the last; the state is complete whenever an event is yielded.

    Numbers are read every `report_every` and `checkpoint_every` steps, at the end of an epoch, and where the state is
    measured; the time that the device still needs then is part of those steps.

    Args:
        state: is moved on in place.
        one_step: makes a step and adds to `state.unread` what it measured.
    Yields:
        One `Event` per step.
    Raises:
        NonFiniteLoss: a loss or a gradient is no longer finite; that step was not applied.
        RankError: another process ended or holds other numbers.
    """
    yield from state.read_events()
    state.guard.begin()
    while state.step < state.steps:
        one_step(state)
        config, event = state.config, state.unread[-1].event
        measured = state.is_measured_after(event)
        reports = due(state.step, config.report_every) or due(state.step, config.checkpoint_every)
        if not (measured or event.epoch_done or reports):
            continue
        begun = time.perf_counter()
        check_equal(state.parameters(), state.step)
        found = state.guard.find_first()
        if found:
            state.forget_from(found[1])
        else:
            with seeded(config.seed, "measure", state.step):  # `noise` draws in evaluation too
                numbers: Any = state.measure(event) if measured else {}
            state.seconds += time.perf_counter() - begun
            event = replace(event, seconds=state.seconds, **numbers)
            state.unread[-1] = state.unread[-1]._replace(event=event)
        yield from state.read_events()
        if found:
            raise non_finite_error(*found, state.last_loss, state.why_not_finite())
