"""The loop that a search and a training run share: steps follow each other, and now and then their numbers are read.

Reading a number makes a program wait until its device has computed it, and a GPU then idles until the next step is
prepared. So what a step measured stays on the device until the run reports.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor

from .distributed import check_equal
from .run import Event, Guard, not_finite


class Unread(NamedTuple):
    """One step whose numbers are still on the device.

    Args:
        event: all but the numbers below.
        loss, accuracy: scalars.
        alpha, weights: of a search, {kind: [E, O]}: alpha and its mixing weights after the step.
    """

    event: Event
    loss: Tensor
    accuracy: Tensor
    alpha: Mapping[str, Tensor] | None = None
    weights: Mapping[str, Tensor] | None = None


class Reporting:
    """What `SearchState` and `TrainState` have in common: steps that are counted, and some of which are unread."""

    config: Any
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
        whole = self.config.epochs * self.train.per_epoch
        return min(self.config.steps, whole) if self.config.steps else whole

    def advance(
        self,
        seconds: float,
        learning_rate: float,
        loss: Tensor,
        accuracy: Tensor,
        alpha: Mapping[str, Tensor] | None = None,
        weights: Mapping[str, Tensor] | None = None,
        **fields: Any,
    ) -> None:
        """Count a step that was made, and keep what it measured until it is read.

        Args:
            seconds: that it took.
            learning_rate: of the weights, in it.
            loss, accuracy, alpha, weights: as in `Unread`.
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
        self.unread.append(Unread(event, loss, accuracy, alpha, weights))

    def learned(self) -> dict[str, Tensor]:
        """All that is learned, by name: what every process of a data parallel run holds alike."""
        raise NotImplementedError

    def is_measured(self, event: Event) -> bool:
        """Whether `measure` is asked after this step."""
        raise NotImplementedError

    def measure(self) -> dict[str, float]:
        """What is measured besides the step, as fields of its event."""
        raise NotImplementedError

    def told(self, done: Unread) -> Event:
        """The event of a step, its numbers read."""
        return replace(done.event, train_loss=done.loss.item(), train_accuracy=done.accuracy.item())

    def read(self) -> Iterator[Event]:
        """The events of steps that are done and were not yet read; waits for the device."""
        while self.unread:
            event = self.told(self.unread.pop(0))
            self.last_loss = event.train_loss
            yield event

    def forget_from(self, step: int) -> None:
        """Take back a step that was not applied, and those after it."""
        self.step = step - 1
        self.unread = [done for done in self.unread if done.event.step < step]
        if self.step == 0:
            self.optimizer.state.clear()  # fused SGD makes its buffers before it sees that the step is left out


State = TypeVar("State", bound=Reporting)


def run_steps(state: State, one_step: Callable[[State], None]) -> Iterator[Event]:
    """Run from where the state is to its last step; the state is complete whenever an event is yielded.

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
    yield from state.read()
    state.guard.begin()
    while state.step < state.steps:
        one_step(state)
        config, event = state.config, state.unread[-1].event
        measured = state.is_measured(event)
        reports = due(state.step, config.report_every) or due(state.step, config.checkpoint_every)
        if not (measured or event.epoch_done or reports):
            continue
        begun = time.perf_counter()
        check_equal(state.learned(), state.step)
        found = state.guard.found()
        if found:
            state.forget_from(found[1])
        else:
            numbers: Any = state.measure() if measured else {}
            state.seconds += time.perf_counter() - begun
            event = replace(event, seconds=state.seconds, **numbers)
            state.unread[-1] = state.unread[-1]._replace(event=event)
        yield from state.read()
        if found:
            raise not_finite(*found, state.last_loss)


def due(step: int, every: int) -> bool:
    """Whether something that happens every so many steps, never for 0, happens at this one."""
    return every > 0 and step % every == 0
