"""The search: a generator over an explicit state.

    state = SearchState.create(SearchConfig(...))
    for event in search(state):      # the loop is yours: print, draw, record, break, continue later
        ...
    state.genotype()

One step, in the published order: (1) Adam on alpha with the hypergradient, (2) clipped SGD on w.
(Liu et al. 2019, DARTS, algorithm 1.) The two losses are in `problem.bilevel_problem`.
"""

import time
from collections.abc import Iterator

import torch.nn.functional as F
from torch import Tensor

from ..base.seeds import seeded
from ..bilevel import VirtualStep
from ..data.batches import Batch
from .events import Event
from .method_steps import choose_if_due, learning_rate_of, switch_off_operations
from .run_state import run_steps
from .search_state import SearchState
from .steps import batch_accuracy, set_learning_rate


def alpha_step(state: SearchState, train_batch: Batch, val_batch: Batch, learning_rate: float) -> None:
    """Adam on alpha with the hypergradient; w is not touched. xi is the actual learning rate of w."""
    config, w, alpha = state.config, dict(state.net.named_parameters()), state.arch.parameters()
    virtual_step = VirtualStep(learning_rate, config.momentum, config.weight_decay, state.momentum())
    gradients = state.hypergradient(state.problem(virtual_step), w, alpha, train_batch, val_batch)
    state.update_alpha(gradients, learning_rate)


def weight_step(state: SearchState, batch: Batch, learning_rate: float) -> tuple[Tensor, Tensor]:
    """Clipped SGD on w; alpha is not touched. Gives the batch's loss and accuracy before the update, on the device."""
    weights = state.relaxation_in("w")(state.arch)
    logits = state.numerics(state.net, batch.images, weights)
    loss = batch.share * F.cross_entropy(logits, batch.labels)  # L_train(w, alpha)
    return state.update_weights(loss, learning_rate), batch_accuracy(logits, batch)


def one_step(state: SearchState) -> None:
    """Make one step of a search; its measurements are added to `state.unread`. Does not wait for the device."""
    begun, learning_rate = time.perf_counter(), learning_rate_of(state)  # published: a cosine by epoch
    set_learning_rate(state.optimizer, learning_rate)
    train_batch, val_batch = state.train(state.step), state.val(state.step)
    with seeded(state.config.seed, "step", state.step):
        switch_off_operations(state)
        if not state.is_frozen():
            alpha_step(state, train_batch, val_batch, learning_rate)
        loss, accuracy = weight_step(state, train_batch, learning_rate)
        choose_if_due(state)
    state.count_search_step(time.perf_counter() - begun, learning_rate, loss, accuracy)


def search(state: SearchState) -> Iterator[Event]:
    """Run the search from its current step; the state is complete whenever an event is yielded.

    With `report_every` above 1 the events of several steps come one after the other, and the state is that of the last.

    Args:
        state: advanced in place; stop with `break` and call `search(state)` again to continue.
    Yields:
        One `Event` per step; the last one holds the genotype after the last step.
    Raises:
        NonFiniteLoss: the loss or a gradient is no longer finite; that step's weights were not applied.
        RankError: in a data parallel search, another process ended or holds other numbers.
    """
    yield from run_steps(state, one_step)
