"""What happened in one step of a run. Nothing from torch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..genotype import Genotype


@dataclass(frozen=True)
class Event:
    """What happened in one step. Losses in nats, accuracies in 0..1, None where nothing was measured.

    Args:
        step: steps done, 1 after the first.
        steps: steps of the whole run.
        epoch: 0-based epoch the step belonged to.
        learning_rate: of w, in this step.
        alpha_learning_rate, temperature: of alpha and of its softmax, in this step; both may be changed in between.
        train_loss, train_accuracy: on this step's training batch, before its update.
        val_loss, val_accuracy: on the whole validation part, every `validate_every` steps or at the end of an epoch.
        test_loss, test_accuracy: on the test set, once, after the last step of a training run.
        alpha: {kind: float32 [E, O]}, a copy; None when a derived network is trained.
        weights: the mixing weights that alpha gives, without chance, {kind: float32 [E, O]}.
        beta: {kind: float32 [E]}; empty unless the method has edge parameters.
        instruments: what was measured after this step, by name: by the chosen instruments, see `INSTRUMENTS`, and by
            the method, see `methods.method.Stop`. None where nothing was.
        genotype: what would be derived now.
        epoch_done: this step was the last of its epoch.
        seconds: time spent in steps since the run began, over all resumptions.
    """

    step: int
    steps: int
    epoch: int
    learning_rate: float
    train_loss: float
    train_accuracy: float
    seconds: float
    alpha_learning_rate: float | None = None
    temperature: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    alpha: Mapping[str, np.ndarray] | None = None
    weights: Mapping[str, np.ndarray] | None = None
    beta: Mapping[str, np.ndarray] | None = None
    instruments: Mapping[str, float] | None = None
    genotype: Genotype | None = None
    epoch_done: bool = False
