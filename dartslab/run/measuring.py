"""Instruments in a run: when they are due, and what they see of the search. They change nothing about it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from ..bilevel import Tensors
from ..data.batches import Batch
from ..instruments import INSTRUMENTS, Subject
from ..instruments.instrument import PICTURES
from .distributed import mean_gradients
from .events import Event
from .networks import alpha_passes
from .steps import due, evaluate

if TYPE_CHECKING:
    from .search_state import SearchState


def are_instruments_due(state: "SearchState", event: Event) -> bool:
    """Whether instruments are measured after a step: every `measure_every` steps, or each epoch; and at the end."""
    every = state.config.measure_every
    now = due(event.step, every) if every else event.epoch_done
    return bool(state.config.instruments) and (now or event.step == state.steps)


def measure_instruments(state: "SearchState") -> dict[str, float]:
    """Measure with every instrument that the configuration names, {name or "name.part": number}.

    The search goes on as if nothing had been measured: no tensor of it changes, and nothing is drawn from its chance.
    """
    subject = subject_of(state)
    found = [INSTRUMENTS[name].measure(subject) for name in state.config.instruments]
    return {name: value for numbers in found for name, value in numbers.items()}


def subject_of(state: "SearchState") -> Subject:
    """What instruments see: the search as it stands, with the batches of the step just made."""
    passes = alpha_passes(state.config, state.step)  # the same `noise` in all of them

    def loss(w: Tensors, weights: Any, batch: Batch) -> Tensor:
        logits = passes(lambda *given: functional_call(state.net, dict(w), given), batch.images, weights)
        return batch.share * F.cross_entropy(logits, batch.labels)

    def evaluate_weights(weights: Mapping[str, np.ndarray]) -> tuple[float, float]:
        mixed = {kind: torch.as_tensor(t, dtype=torch.float32, device=state.device) for kind, t in weights.items()}
        return evaluate(lambda x: passes(state.net, x, mixed), state.val.plain(PICTURES))

    step = max(0, state.step - 1)
    weights = {kind: table.numpy() for kind, table in state.weights().items()}
    w = dict(state.net.named_parameters())
    return Subject(
        state.config.space, weights, state.genotype(), state.net, w, state.arch, state.relaxation, loss,
        evaluate_weights, state.train(step), state.val(step), mean_gradients,
    )  # fmt: skip
