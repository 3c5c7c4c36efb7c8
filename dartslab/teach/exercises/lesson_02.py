"""Exercises of lesson 02: the continuous relaxation. Shapes: E edges, O operations."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ..exercise import Exercise, Twin

Operation = Callable[[Tensor], Tensor]


def softmax(alpha: Tensor, T: float) -> Tensor:
    """Mixing weights of one edge, alpha [O], or of a whole table, alpha [E, O]."""
    raised = torch.exp((alpha - alpha.max()) / T)  # taking off the largest changes no weight, and nothing overflows
    return raised / raised.sum(dim=-1, keepdim=True)


def mixed_op(x: Tensor, ops: Sequence[Operation], alpha: Tensor) -> Tensor:
    """The sum of all operations of an edge, each weighted by its share in the softmax of alpha [O]."""
    weights = torch.softmax(alpha, dim=0)
    return sum(weight * op(x) for weight, op in zip(weights, ops, strict=True))


def _table(*rows: object) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def _random_table(rng: np.random.Generator) -> tuple[Tensor, float]:
    shape = tuple(int(n) for n in rng.integers(2, 5, size=int(rng.integers(1, 3))))  # [O] or [E, O]
    return torch.tensor(rng.normal(size=shape)), float(rng.uniform(0.3, 3.0))


def _weighted(x: Tensor, ops: Sequence[Operation], weights: Tensor) -> Tensor:
    return torch.stack([weight * op(x) for weight, op in zip(weights, ops, strict=True)]).sum(0)


def zero(x: Tensor) -> Tensor:
    """Nothing at all."""
    return 0 * x


def same(x: Tensor) -> Tensor:
    """The input itself."""
    return x


def double(x: Tensor) -> Tensor:
    """Twice the input."""
    return 2 * x


def square(x: Tensor) -> Tensor:
    """The squared input."""
    return x * x


def _random_edge(rng: np.random.Generator) -> tuple[Tensor, list[Operation], Tensor]:
    known: tuple[Operation, ...] = (zero, same, double, square)
    count = int(rng.integers(2, 5))
    ops = [known[k] for k in rng.permutation(4)[:count]]
    return torch.tensor(rng.normal(size=(2, 3))), ops, torch.tensor(rng.normal(size=count))


EXERCISES = (
    Exercise(
        name="02.softmax",
        title="From alpha to mixing weights",
        minutes=6,
        points=2,
        difficulty=1,
        reference=softmax,
        fixed=(
            lambda: (_table(1.0, 3.0), 1.0),
            lambda: (_table(1.0, 3.0), 2.0),
            lambda: (_table((1.0, 2.0, 3.0), (0.5, 0.5, 4.0)), 1.0),
            lambda: (_table(1000.0, 1001.0), 1.0),
        ),
        random=_random_table,
        twins=(
            Twin(
                "no exponential",
                lambda alpha, T: alpha / T / (alpha / T).sum(-1, keepdim=True),
                "You divide the numbers by their sum: what would become of a negative alpha, and where is the "
                "exponential?",
            ),
            Twin(
                "temperature left out",
                lambda alpha, T: torch.softmax(alpha, -1),
                "Your weights do not depend on the temperature: where does T enter?",
            ),
            Twin(
                "temperature multiplied",
                lambda alpha, T: torch.softmax(alpha * T, -1),
                "A higher temperature makes your weights more unequal: should it not even them out?",
            ),
            Twin(
                "over edges instead of operations",
                lambda alpha, T: torch.softmax(alpha / T, 0),
                "For a table your columns sum to 1: which numbers compete with each other, those of one edge or those "
                "of one operation?",
            ),
            Twin(
                "over the whole table",
                lambda alpha, T: torch.softmax(alpha.flatten() / T, 0).reshape(alpha.shape),
                "For a table all your numbers together sum to 1: how much should each edge hand out?",
            ),
            Twin(
                "overflow",
                lambda alpha, T: torch.exp(alpha / T) / torch.exp(alpha / T).sum(-1, keepdim=True),
                "The formula is right, but the exponential of a large alpha is infinite: what may be taken off every "
                "alpha without changing a weight?",
            ),
        ),
        hints=(
            "Three things happen to every alpha: it is divided, raised, and compared with the others of its edge.",
            "The weights of one edge sum to 1, and an edge is a row: look at what the last dimension stands for.",
            "Take the largest number off before the exponential; then sum over the last dimension and keep that "
            "dimension for the division.",
        ),
        harder="Write it without an exponential that can overflow or a row that can underflow to 0 / 0, for T = 0.001.",
    ),
    Exercise(
        name="02.mixed_op",
        title="A mixed operation",
        minutes=8,
        points=2,
        difficulty=2,
        reference=mixed_op,
        fixed=(
            lambda: (_table(1.0, 2.0), [zero, same], _table(0.0, 1.0)),
            lambda: (_table(1.0, -1.0), [same, double, square], _table(0.5, -1.0, 2.0)),
        ),
        random=_random_edge,
        twins=(
            Twin(
                "softmax left out",
                lambda x, ops, alpha: _weighted(x, ops, alpha),
                "You weight with alpha itself: do these numbers sum to 1, and may they be negative?",
            ),
            Twin(
                "all operations alike",
                lambda x, ops, alpha: sum(op(x) for op in ops) / len(ops),
                "You take the plain average: where does alpha enter?",
            ),
            Twin(
                "divided by the number of operations",
                lambda x, ops, alpha: mixed_op(x, ops, alpha) / len(ops),
                "Your result is too small by a factor: do the weights not sum to 1 already?",
            ),
            Twin(
                "only the strongest",
                lambda x, ops, alpha: ops[int(alpha.argmax())](x),
                "You keep the strongest operation alone: how would the others ever learn that they are better?",
            ),
            Twin(
                "softmax over an axis of length one",
                lambda x, ops, alpha: sum(op(x) for op in ops),
                "You add everything with weight 1: over how many numbers does your softmax run?",
            ),
            Twin(
                "the strongest, weighted",
                lambda x, ops, alpha: torch.softmax(alpha, 0).max() * ops[int(alpha.argmax())](x),
                "You weight rightly but let one operation through: what about the other ones?",
            ),
        ),
        hints=(
            "Every operation sees the same x, and every one has its own share in the result.",
            "First make shares of alpha that sum to 1; then add up share times operation of x.",
            "Walk through weights and operations side by side, as `zip` does, and add the products.",
        ),
        harder="Do the same for a whole node: several edges with an input each, and a table alpha [E, O].",
    ),
)
