"""Known wrong answers to `11.whole_search`."""

from collections.abc import Callable
from typing import Any

from ....items import Twin
from ..answers import Half, Loss, Tensors, search_step, whole_search

Search = Callable[..., Any]


def change(rule: Callable[[list[Any]], Any]) -> Search:
    """Something made of the right history."""
    return lambda *given: rule(whole_search(*given))


def with_halves(pick: Callable[[Any, Any], tuple[Any, ...]]) -> Search:
    """The right search on other batches."""
    return lambda loss, w, alpha, train, val, *others: whole_search(loss, w, alpha, *pick(train, val), *others)


def with_steps(pick: Callable[[int], int]) -> Search:
    """The right search with another number of steps."""
    return lambda *given: whole_search(*(*given[:-1], pick(given[-1])))


def with_rows(row: Callable[[Tensors, Tensors], Tensors]) -> Search:
    """The right search; `row(w, alpha)` is what it writes down."""

    def search(loss: Loss, w: Tensors, alpha: Tensors, train: Half, val: Half, *others: Any) -> list[Tensors]:
        *moving, steps = others
        history = [row(w, alpha)]
        for step in range(steps):
            search_step(loss, w, alpha, train(step), val(step), *moving)
            history.append(row(w, alpha))
        return history

    return search


TWINS = (
    Twin(
        "rows that go on moving",
        with_rows(lambda w, alpha: dict(alpha)),
        "All rows of your history are the end of the search: does a row hold numbers, or the tensor that goes on "
        "moving?",
    ),
    Twin(
        "start left out",
        change(lambda history: history[1:]),
        "Your history begins after the first step: what stands in its first row?",
    ),
    Twin(
        "end left out",
        change(lambda history: history[:-1]),
        "The last step is missing in your history: do you write a row before a step or after it?",
    ),
    Twin(
        "start twice",
        change(lambda history: [history[0], *history[:-1]]),
        "Your history has the start twice and not the end: do you write a row before a step or after it?",
    ),
    Twin(
        "the end only",
        change(lambda history: history[-1]),
        "You give the last alpha alone: which list is asked for?",
    ),
    Twin(
        "one step too many",
        with_steps(lambda steps: steps + 1),
        "You make one step too many: where does your range end?",
    ),
    Twin(
        "one step only",
        change(lambda history: history[:2]),
        "Your history ends after one step: is `return` inside the loop?",
    ),
    Twin(
        "rows of None",
        change(lambda history: [history[0], *(None for _ in history[1:])]),
        "Your rows are None: does `search_step` return anything, or does it move alpha where it is?",
        shows=lambda pairs: all(got[-1] is None for _, got in pairs),
    ),
    Twin(
        "always the first batches",
        with_halves(lambda train, val: (lambda step: train(0), lambda step: val(0))),
        "Every step has the batches of step 0: what are train and val called with?",
    ),
    Twin(
        "always the first training batch",
        with_halves(lambda train, val: (lambda step: train(0), val)),
        "w learns from the batch of step 0 in every step: what is train called with?",
    ),
    Twin(
        "always the first validation batch",
        with_halves(lambda train, val: (train, lambda step: val(0))),
        "alpha is judged by the batch of step 0 in every step: what is val called with?",
    ),
    Twin(
        "counted from 1",
        with_halves(lambda train, val: (lambda step: train(step + 1), lambda step: val(step + 1))),
        "Your first step has the batches of step 1: with which number does the text begin?",
    ),
    Twin(
        "halves exchanged",
        with_halves(lambda train, val: (val, train)),
        "Your halves are exchanged: which one is w's?",
    ),
    Twin(
        "training half for both",
        with_halves(lambda train, val: (train, train)),
        "alpha gets batches of the training half: where does `val` come in?",
    ),
    Twin(
        "validation half for both",
        with_halves(lambda train, val: (val, val)),
        "w gets batches of the validation half: where does `train` come in?",
    ),
    Twin(
        "history of w",
        with_rows(lambda w, alpha: {name: t.detach().clone() for name, t in w.items()}),
        "Your rows hold w: which of the two dictionaries says what the search thinks of the operations?",
    ),
    Twin(
        "tables without names",
        change(lambda history: [list(tables.values()) for tables in history]),
        "Your rows have lost the names of their tables: which form does alpha have?",
    ),
)
