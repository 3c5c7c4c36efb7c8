"""The search: a generator over an explicit state.

    state = SearchState.create(SearchConfig(...))
    for event in search(state):      # the loop is yours: print, draw, record, break, go on later
        ...
    state.genotype()

One step, in the published order: (1) Adam on alpha with the hypergradient, (2) clipped SGD on w.
"""

import time
from collections.abc import Iterator
from contextlib import nullcontext

import torch.nn.functional as F
from torch import Tensor

from ..base.numerics import without_tf32
from ..base.seeds import seeded
from ..bilevel import VirtualStep
from ..data.batches import Batch
from .distributed import mean
from .events import Event
from .problem import bilevel_problem
from .search_state import SearchState
from .steps import accuracy, cosine, run_steps, set_learning_rate, sgd_step


def alpha_step(state: SearchState, train_batch: Batch, val_batch: Batch, learning_rate: float) -> None:
    """Adam on alpha with the hypergradient; w is not touched. xi is the actual learning rate of w.

    TF32, in which GPUs compute convolutions of float32 unless told otherwise, would spoil a finite difference as
    bfloat16 would.
    """
    config, net = state.config, state.net
    virtual = VirtualStep(learning_rate, config.momentum, config.weight_decay, state.momentum())
    problem = bilevel_problem(net, state.arch, state.relaxation, virtual, config.alpha_numerics)
    w = dict(net.named_parameters())
    with without_tf32() if config.hypergradient == "finite_difference" else nullcontext():
        gradients = state.hypergradient(problem, w, state.arch.parameters(), train_batch, val_batch)
    for name, parameter in state.arch.parameters().items():
        state.guard.look(gradients[name], f"the hypergradient of {name}", state.step + 1, learning_rate)
        parameter.grad = gradients[name]
    state.alpha_optimizer.step()


def weight_step(state: SearchState, batch: Batch, learning_rate: float) -> tuple[Tensor, Tensor]:
    """Clipped SGD on w; alpha is not touched. Gives the batch's loss and accuracy before the update, on the device."""
    logits = state.config.numerics(state.net, batch.images, state.relaxation(state.arch))
    loss = batch.share * F.cross_entropy(logits, batch.labels)
    value = sgd_step(state.optimizer, loss, state.config.clip, state.guard, state.step + 1, learning_rate)
    (right,) = mean([batch.share * accuracy(logits, batch.labels)])
    return value, right


def one_step(state: SearchState) -> None:
    """Move a search on by one step; what it measured is added to `state.unread`. Waits for no device."""
    begun, config = time.perf_counter(), state.config
    epoch = state.step // state.train.per_epoch
    learning_rate = float(cosine(config.learning_rate, config.learning_rate_min, epoch / config.epochs))
    set_learning_rate(state.optimizer, learning_rate)
    train_batch, val_batch = state.train(state.step), state.val(state.step)
    with seeded(config.seed, "step", state.step):
        alpha_step(state, train_batch, val_batch, learning_rate)
        loss, right = weight_step(state, train_batch, learning_rate)
    seconds = time.perf_counter() - begun
    alpha = {kind: table.detach().clone() for kind, table in state.arch.alpha.items()}
    weights = {kind: table.detach() for kind, table in state.relaxation(state.arch).items()}
    steered = {name: getattr(config, name) for name in state.STEERED}
    state.advance(seconds, learning_rate, loss, right, alpha, weights, **steered)


def search(state: SearchState) -> Iterator[Event]:
    """Run the search from where the state is; the state is complete whenever an event is yielded.

    With `report_every` above 1 the events of several steps come one after the other, and the state is that of the last.

    Args:
        state: is moved on in place; stop with `break` and call `search(state)` again to go on.
    Yields:
        One `Event` per step; the last one holds the genotype after the last step.
    Raises:
        NonFiniteLoss: the loss or a gradient is no longer finite; that step's weights were not applied.
        RankError: in a data parallel search, another process ended or holds other numbers.
    """
    yield from run_steps(state, one_step)
