"""The parts of one step: the schedule, learning rates, accuracy, evaluation."""

from collections.abc import Callable, Iterable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..data.batches import Batch
from .config import SearchConfig, TrainConfig
from .distributed import mean, mean_numbers


def cosine(start: float, end: float, position: float) -> float:
    """Cosine schedule: end + (start - end) (1 + cos(pi position)) / 2, position in 0..1 (Loshchilov, Hutter 2017)."""
    return float(end + (start - end) * (1 + np.cos(np.pi * position)) / 2)


def linear(start: float, end: float, step: int, steps: int) -> float:
    """Up to `start` during a tenth of the steps, then straight down towards `end`; step is 0 ... steps - 1."""
    rising = max(1, round(0.1 * steps))
    if step < rising:
        return start * (step + 1) / rising
    return end + (start - end) * (steps - step) / (steps - rising)


def scheduled_rate(config: SearchConfig | TrainConfig, step: int, per_epoch: int) -> float:
    """The learning rate of w in a step, 0, 1, 2, ..., by the schedule of the configuration.

    Args:
        config: of a search or a training.
        step: how many steps were made before.
        per_epoch: steps in an epoch.
    """
    if config.schedule == "linear":
        return linear(config.learning_rate, config.learning_rate_min, step, config.epochs * per_epoch)
    epoch = step // per_epoch
    if isinstance(config, TrainConfig) and config.schedule == "exponential":
        return config.learning_rate * config.learning_rate_decay**epoch
    return cosine(config.learning_rate, config.learning_rate_min, epoch / config.epochs)


def set_learning_rate(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    """Give every group of an optimiser this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


def sgd_step(
    optimizer: torch.optim.SGD,
    loss: Tensor,
    clip: float,
    look: Callable[[Tensor, str], None] = lambda value, what: None,
) -> Tensor:
    """One step of SGD with the gradient clipped to a norm.

    Loss and gradient are the means over all processes before anything is decided, so all decide the same.

    Args:
        optimizer: owns all weights.
        loss: scalar with a gradient history.
        clip: largest norm of the whole gradient.
        look: is shown the loss and the norm of the gradient, with what they are in words, before the step is made.
    Returns:
        The loss, without a gradient history.
    """
    optimizer.zero_grad()
    loss.backward()
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    # the loss may not depend on a weight; its momentum and decay then go on, as they do in `VirtualStep`
    found = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in weights]
    value, *gradients = mean([loss.detach(), *found])
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient
    look(value, "the training loss")
    look(torch.nn.utils.clip_grad_norm_(weights, clip), "the gradient of the weights")
    optimizer.step()
    return value


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of right answers in 0..1, on the device; logits [B, classes], labels [B]."""
    return (logits.argmax(1) == labels).float().mean()


def batch_accuracy(logits: Tensor, batch: Batch) -> Tensor:
    """`accuracy` on a batch, the mean over all processes that share it."""
    (value,) = mean([batch.share * accuracy(logits, batch.labels)])
    return value


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


def due(step: int, every: int) -> bool:
    """Whether something that happens every so many steps (0: never) happens at this step."""
    return every > 0 and step % every == 0
