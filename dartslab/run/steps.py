"""What a search and a training run share: events, schedule, device, checks, checkpoints."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..data.batches import Batch
from .distributed import check_equal, mean, mean_numbers
from .events import Event


class NonFiniteLoss(RuntimeError):
    """The loss or a gradient is no longer a finite number; the step that met it was not applied."""


class Guard:
    """Looks whether numbers are finite, without waiting for the device that computes them.

    Once something is not finite, the guarded optimisers change nothing any more, so that weights and alpha stay as they
    were before that step, however late `found` asks. (They read `found_inf`, torch's own way to leave out a step.)

    Args:
        device: where the numbers are.
        optimizers: with `fused=True`.
    """

    def __init__(self, device: torch.device, *optimizers: Any) -> None:
        self.broken = torch.zeros((), device=device)  # 1 once something was not finite
        self.first = torch.zeros((), dtype=torch.int64, device=device)  # which of `looked` it was, counted from 1
        self.looked: list[tuple[str, int, float]] = []
        for optimizer in optimizers:
            optimizer.found_inf = self.broken

    def begin(self) -> None:
        """Forget what was found."""
        self.looked.clear()
        self.broken.zero_()
        self.first.zero_()

    def look(self, value: Tensor, what: str, step: int, learning_rate: float) -> None:
        """Remember whether every number is finite; nothing is raised yet."""
        self.looked.append((what, step, learning_rate))
        bad = ~torch.isfinite(value.detach()).all()
        self.first.copy_(torch.where((self.broken == 0) & bad, len(self.looked), self.first))
        self.broken.copy_(torch.where(bad, 1.0, self.broken))

    def found(self) -> tuple[str, int, float] | None:
        """What was first not finite, at which step, with which learning rate. Waits for the device."""
        number = int(self.first)
        found = self.looked[number - 1] if number else None
        self.looked.clear()
        return found


def not_finite(what: str, step: int, learning_rate: float, last: float | None) -> NonFiniteLoss:
    """The error for what a `Guard` found; `last` is the training loss of the step before."""
    before = "there was no step before" if last is None else f"the last finite training loss was {last:.4g}"
    return NonFiniteLoss(
        f"{what} is not finite at step {step} (learning rate {learning_rate:.4g}; {before}); the run stopped and the "
        "last checkpoint is kept. Start again with a lower learning rate or a lower clip."
    )


def cosine(start: float, end: float, position: float) -> float:
    """Cosine schedule: end + (start - end) (1 + cos(pi position)) / 2, position in 0..1 (Loshchilov, Hutter 2017)."""
    return end + (start - end) * (1 + np.cos(np.pi * position)) / 2


def set_learning_rate(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    """Give every group of an optimiser this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


def sgd_step(
    optimizer: torch.optim.SGD, loss: Tensor, clip: float, guard: Guard, step: int, learning_rate: float
) -> Tensor:
    """One step of SGD with the gradient clipped to a norm; none, if the loss or the gradient is not finite.

    Loss and gradient are the means over all processes before anything is decided, so all decide alike.

    Args:
        optimizer: owns all weights, guarded.
        loss: scalar with a gradient history.
        clip: largest norm of the whole gradient.
        guard: told whether loss and gradient are finite.
        step, learning_rate: for its message.
    Returns:
        The loss, without a gradient history.
    """
    optimizer.zero_grad()
    loss.backward()
    weights = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    learning = [weight for weight in weights if weight.grad is not None]
    value, *gradients = mean([loss.detach(), *(weight.grad for weight in learning)])
    for weight, gradient in zip(learning, gradients, strict=True):
        weight.grad = gradient
    guard.look(value, "the training loss", step, learning_rate)
    norm = torch.nn.utils.clip_grad_norm_(weights, clip)
    guard.look(norm, "the gradient of the weights", step, learning_rate)
    optimizer.step()
    return value


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of right answers in 0..1, on the device; logits [B, classes], labels [B]."""
    return (logits.argmax(1) == labels).float().mean()


def evaluate(forward: Callable[[Tensor], Tensor], batches: Iterable[Batch]) -> tuple[float, float]:
    """Mean loss and accuracy over batches, of all processes, without gradients; every picture counts the same."""
    loss = right = count = 0.0
    with torch.no_grad():
        for batch in batches:
            logits = forward(batch.images)
            loss += float(F.cross_entropy(logits, batch.labels, reduction="sum"))
            right += float((logits.argmax(1) == batch.labels).sum())
            count += len(batch.labels)
    loss, right, count = mean_numbers(loss, right, count)
    return loss / count, right / count


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
