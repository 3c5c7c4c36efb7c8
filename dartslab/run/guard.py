"""Finds losses and gradients that are not finite, without waiting for the device, and reports the first."""

from typing import Any

import torch
from torch import Tensor

from .errors import NonFiniteLoss


class Guard:
    """Checks whether numbers are finite, without waiting for the device that computes them.

    Once something is not finite, the guarded optimisers change nothing any more, so that weights and alpha stay as they
    were before that step, however late `find_first` is called. (They read `found_inf`,
    torch's own way to leave out a step.)

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
        """Record whether every number is finite; raises nothing."""
        self.looked.append((what, step, learning_rate))
        bad = ~torch.isfinite(value.detach()).all()
        self.first.copy_(torch.where((self.broken == 0) & bad, len(self.looked), self.first))
        self.broken.copy_(torch.where(bad, 1.0, self.broken))

    def find_first(self) -> tuple[str, int, float] | None:
        """What was not finite first, at which step and with which learning rate. Waits for the device."""
        number = int(self.first)
        found = self.looked[number - 1] if number else None
        self.looked.clear()
        return found


def non_finite_error(what: str, step: int, learning_rate: float, last: float | None, cause: str = "") -> NonFiniteLoss:
    """The error for what a `Guard` found.

    Args:
        what, step, learning_rate: as `Guard.find_first` gives them.
        last: the training loss of the step before.
        cause: what gave numbers that are not finite from such that are, and what to do; "" where nothing is known.
    """
    before = "there was no step before" if last is None else f"the last finite training loss was {last:.4g}"
    advice = "Start again with a lower learning rate or a lower clip."
    return NonFiniteLoss(
        f"{what} is not finite at step {step} (learning rate {learning_rate:.4g}; {before}); the run stopped and the "
        f"last checkpoint is kept. {cause or advice}"
    )
