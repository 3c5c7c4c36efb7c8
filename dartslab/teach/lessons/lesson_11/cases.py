"""What the exercises of lesson 11 are tried on: cells, losses of two dictionaries, whole searches.

Shapes: E edges, O operations; w, alpha and batches are in float64.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..lesson_02.cases import double, same, square, zero
from ..lesson_06.cases import alpha_of, random_node
from .answers import Edges, Loss, Operation, Tensors, exact, first_order

Maker = Callable[[], Any]
ONE_NODE: Edges = ((0, 2), (1, 2))
TWO_NODES: Edges = ((0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
OTHER_ORDER: Edges = ((1, 3), (1, 2), (2, 3), (0, 2))
THREE_NODES: Edges = (*TWO_NODES, (1, 4), (3, 4), (2, 4))


def numbers(*values: Any) -> Tensor:
    """Numbers, or rows of them."""
    return torch.tensor(values, dtype=torch.float64)


# a cell


def drawn_cell(rng: np.random.Generator, edges: Edges, ops: list[Operation]) -> tuple[Any, ...]:
    """Arguments of `cell`: two inputs [3], operations, alpha [E, O], edges, gains [E]."""
    inputs = [torch.tensor(rng.normal(size=3)) for _ in range(2)]
    alpha = torch.tensor(rng.normal(size=(len(edges), len(ops))))
    return inputs, ops, alpha, edges, torch.tensor(rng.uniform(0.5, 1.5, size=len(edges)))


CELLS: tuple[Maker, ...] = (
    lambda: (
        [numbers(1.0, 2.0), numbers(-1.0, 3.0)],
        [same, square],
        numbers((0.0, 1.0), (2.0, 0.0)),
        ONE_NODE,
        numbers(1.0, 0.5),
    ),
    lambda: drawn_cell(np.random.default_rng(20), TWO_NODES, [zero, same, square]),
    lambda: drawn_cell(np.random.default_rng(21), THREE_NODES, [square, double]),
)


def random_cell(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `cell`."""
    return drawn_cell(rng, (TWO_NODES, THREE_NODES)[int(rng.integers(0, 2))], [zero, square, same])


# hypergradients


def smooth(w: Tensors, alpha: Tensors, batch: Tensor) -> Tensor:
    """A loss in which every tensor of w meets every tensor of alpha."""
    p, q = torch.softmax(alpha["alpha.normal"], -1), torch.tanh(alpha["alpha.reduce"])
    got = w["gain"] * p.sum(0) + (w["bias"] * q).sum() * batch
    return (got - batch).square().mean() + 0.1 * (p * p).sum() * w["bias"].square().sum() + 0.05 * q.sum() * batch.sum()


def small(w: Tensors, alpha: Tensors, batch: Tensor) -> Tensor:
    """A loss of one weight and one alpha, on paper: (w a - batch)^2."""
    return (w["w"] * alpha["a"] - batch).square().sum()


def point(rng: np.random.Generator) -> tuple[Loss, Tensors, Tensors, Tensor, Tensor, float]:
    """Arguments of a hypergradient; as in a search, w asks for gradients and alpha does not."""
    w = {"gain": torch.tensor(rng.normal(size=3)), "bias": torch.tensor(rng.normal(size=2))}
    alpha = {"alpha.normal": torch.tensor(rng.normal(size=(2, 3))), "alpha.reduce": torch.tensor(rng.normal(size=2))}
    train, val = (torch.tensor(rng.normal(size=3)) for _ in range(2))
    asking = {name: t.requires_grad_() for name, t in w.items()}
    return smooth, asking, alpha, train, val, float(rng.uniform(0.1, 0.5))


def small_point(w: float, a: float, train: float, val: float, xi: float) -> tuple[Any, ...]:
    """Arguments of a hypergradient of `small`."""
    return small, {"w": numbers(w).requires_grad_()}, {"a": numbers(a)}, numbers(train), numbers(val), xi


POINTS: tuple[Maker, ...] = (
    lambda: small_point(1.0, 2.0, 3.0, 0.0, 0.1),
    lambda: small_point(-1.0, 0.5, 1.0, 2.0, 0.3),
    lambda: point(np.random.default_rng(30)),
)


def gradients_and_marks(answer: Any, loss: Loss, w: Tensors, alpha: Tensors, *others: Any) -> Any:
    """What an answer gives; a text where it leaves a gradient, or the wish for one, on what was passed in."""
    found = answer(loss, w, alpha, *others)
    marked = any(t.grad is not None for t in (*w.values(), *alpha.values()))
    marked |= any(t.requires_grad for t in alpha.values())
    return "gradients on the tensors that were passed in" if marked else found


# steps and searches


def optimizers(w: Tensors, alpha: Tensors, rng: np.random.Generator) -> tuple[Any, Any]:
    """Adam on alpha and SGD on w, with rates of their own."""
    adam = torch.optim.Adam(alpha.values(), lr=float(rng.uniform(0.05, 0.2)), betas=(0.5, 0.999))
    return adam, torch.optim.SGD(w.values(), lr=float(rng.uniform(0.1, 0.3)), momentum=0.5)


def step_of(rng: np.random.Generator, hypergradient: Any) -> tuple[Any, ...]:
    """Arguments of `search_step`."""
    loss, w, alpha, train, val, _ = point(rng)
    return loss, w, alpha, train, val, hypergradient, *optimizers(w, alpha, rng)


def search_of(rng: np.random.Generator, hypergradient: Any, steps: int) -> tuple[Any, ...]:
    """Arguments of `whole_search`; every step has batches of its own."""
    loss, w, alpha, train, val, _ = point(rng)
    halves = (lambda step: train + 0.3 * step), (lambda step: val - 0.2 * step)
    return loss, w, alpha, *halves, hypergradient, *optimizers(w, alpha, rng), steps


ONE_STEP: tuple[Maker, ...] = (
    lambda: step_of(np.random.default_rng(40), first_order),
    lambda: step_of(np.random.default_rng(41), exact),
)
SEARCHES: tuple[Maker, ...] = (
    lambda: search_of(np.random.default_rng(50), first_order, 1),
    lambda: search_of(np.random.default_rng(51), exact, 3),
)


def random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `search_step`."""
    return step_of(rng, (first_order, exact)[int(rng.integers(0, 2))])


def random_search(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `whole_search`."""
    return search_of(rng, (first_order, exact)[int(rng.integers(0, 2))], int(rng.integers(2, 5)))


def after_steps(
    answer: Any,
    loss: Loss,
    w: Tensors,
    alpha: Tensors,
    train: Tensor,
    val: Tensor,
    hypergradient: Any,
    adam: Any,
    sgd: Any,
) -> dict[str, Tensor]:
    """w and alpha after three steps with batches that change: what an answer does, not what it gives.

    With them stands the xi that `hypergradient` was called with last, since first order does not show it.
    """
    called = [sgd.param_groups[0]["lr"]]

    def watched(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
        called.append(xi)
        return hypergradient(loss, w, alpha, train, val, xi)

    for step in range(3):
        answer(loss, w, alpha, train + 0.3 * step, val - 0.2 * step, watched, adam, sgd)
    moved = {name: t.detach().clone() for name, t in {**w, **alpha}.items()}
    return {**moved, "xi": numbers(float(called[-1]))}


# what is kept


def random_table(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `read_off`: alpha [E, O], names, edges, k."""
    _, names = random_node(rng)
    edges = (TWO_NODES, THREE_NODES, OTHER_ORDER)[int(rng.integers(0, 3))]
    offsets = rng.normal(scale=2, size=(len(edges), 1))  # changes no mixing weight
    alpha = torch.tensor(offsets + rng.normal(scale=1.5, size=(len(edges), len(names))))
    return alpha, names, edges, int(rng.integers(1, 3))


KEPT: tuple[Maker, ...] = (
    lambda: (alpha_of((0.1, 0.6, 0.3), (0.2, 0.3, 0.5)), ("none", "conv", "pool"), ONE_NODE, 1),
    lambda: (
        alpha_of((0.1, 0.6, 0.3), (0.2, 0.3, 0.5), (0.7, 0.2, 0.1), (0.1, 0.5, 0.4), (0.3, 0.1, 0.6)),
        ("none", "conv", "pool"),
        TWO_NODES,
        2,
    ),
    lambda: (
        alpha_of((0.3, 0.1, 0.6), (0.2, 0.7, 0.1), (0.5, 0.4, 0.1), (0.1, 0.2, 0.7)),
        ("conv", "pool", "none"),
        OTHER_ORDER,
        1,
    ),
    lambda: (
        alpha_of((0.6, 0.4), (0.3, 0.7), (0.9, 0.1), (0.2, 0.8), (0.45, 0.55)),
        ("blur", "turn"),
        TWO_NODES,
        3,
    ),
)
