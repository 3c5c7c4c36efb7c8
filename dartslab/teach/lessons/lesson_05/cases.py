"""What the exercises of lesson 05 are made of: random cases, comparisons, wrong answers.

Shapes: N pictures, O operations, T rows of a record.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....derive import softmax
from ....space import PUBLISHED_OPERATIONS
from ...values import difference, is_array, wrong_type
from .answers import Half, Loss, Pair

# the margin of an edge


def lead(values: Any) -> float:
    """The largest of some values minus the second largest."""
    return float(np.sort(values)[-1] - np.sort(values)[-2])


def not_none(operations: tuple[str, ...]) -> np.ndarray:
    """True [O] for every operation but `none`."""
    return np.array([name != "none" for name in operations])


def largest_minus(alpha: np.ndarray, operations: tuple[str, ...], what: Callable[[np.ndarray], float]) -> float:
    """The largest mixing weight but that of `none`, minus what a function makes of all weights."""
    weights = softmax(alpha)
    return float(weights[not_none(operations)].max() - what(weights))


def random_edge(rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    """Arguments of `margin`."""
    operations = tuple(rng.permutation(PUBLISHED_OPERATIONS).tolist())
    return rng.normal(size=len(operations)), operations


# the order of a step


def same_letters(expected: str, got: Any) -> str | None:
    """None where the letters are those expected, however they are separated."""
    if not isinstance(got, (str, list, tuple, np.ndarray)):  # a set has no order
        return wrong_type(expected, got)
    letters = re.sub(r"[\s,;.|>→\-\[\]()'\"]", "", str(got)).upper()  # "b -> d" and ["B", "D"] are the same answer
    return None if letters == expected else "is another order"


# two halves of the training set


def _halves(given: Any, pictures: int) -> list[np.ndarray] | None:
    """Two lists, sets, arrays of indices or masks as two arrays of indices; None where it is something else."""
    try:
        first, second = (np.asarray(half if is_array(half) else list(half)) for half in given)
        halves = [np.arange(pictures)[half if half.size else []] for half in (first, second)]
    except (TypeError, ValueError, IndexError):
        return None
    return halves if all(half.ndim == 1 for half in halves) else None


def describe_split(answer: Any, labels: np.ndarray) -> Any:
    """What matters of a split, many are right; the answer itself where it is none."""
    given = answer(labels)
    if (halves := _halves(given, len(labels))) is None:
        return given
    first, second = (set(half.tolist()) for half in halves)
    counts = [[int((labels[half] == label).sum()) for label in np.unique(labels)] for half in halves]
    return {
        "pictures in both": len(first & second),
        "pictures in neither": len(labels) - len(first | second),
        "per class, for w": counts[0],
        "per class, for alpha": counts[1],
    }


def same_split(expected: dict[str, Any], got: Any) -> str | None:
    """None where a split gives every class to both halves evenly."""
    described = isinstance(got, dict) and set(got) == set(expected)
    return difference(expected, got) if described else "is not two lists of indices of pictures"


def split_by_order(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: cut in the middle of the list."""
    index = np.arange(len(labels))
    return index[: len(labels) // 2], index[len(labels) // 2 :]


def split_by_class(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: whole classes."""
    classes = np.unique(labels)
    known = np.isin(labels, classes[: len(classes) // 2])
    return np.flatnonzero(known), np.flatnonzero(~known)


def split_at_random(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong: shuffled, without regard to classes."""
    index = np.random.default_rng(0).permutation(len(labels))
    return index[: len(labels) // 2], index[len(labels) // 2 :]


def random_labels(rng: np.random.Generator) -> tuple[np.ndarray]:
    """Arguments of `split`: an even number of pictures of each class."""
    classes = int(rng.integers(2, 5))
    return (rng.permutation(np.repeat(np.arange(classes), 2 * rng.integers(1, 4, size=classes))),)


# one step of the search


def _gradients(w: Tensor, alpha: Tensor, loss: Loss, batch: Tensor) -> Pair:
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    d_w, d_alpha = torch.autograd.grad(loss(w, alpha, batch), (w, alpha))
    return d_w, d_alpha


def move_alpha_twice(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the optimizer of w moves alpha as well."""
    alpha = alpha - rate * _gradients(w, alpha, loss, val(step))[1]
    d_w, d_alpha = _gradients(w, alpha, loss, train(step))
    return w - rate * d_w, alpha - rate * d_alpha


def move_weights_first(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: w moves before alpha."""
    w = w - rate * _gradients(w, alpha, loss, train(step))[0]
    return w, alpha - rate * _gradients(w, alpha, loss, val(step))[1]


def move_at_once(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: both gradients at the old point."""
    d_w, d_alpha = _gradients(w, alpha, loss, train(step))[0], _gradients(w, alpha, loss, val(step))[1]
    return w - rate * d_w, alpha - rate * d_alpha


def add_up_gradients(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the gradient of w is added to the one that is still there."""
    d_w, d_alpha = _gradients(w, alpha, loss, val(step))  # backward fills both
    alpha = alpha - rate * d_alpha
    return w - rate * (d_w + _gradients(w, alpha, loss, train(step))[0]), alpha


def fit(w: Tensor, alpha: Tensor, batch: Tensor) -> Tensor:
    """A loss that depends on everything."""
    return ((w * torch.sigmoid(alpha) - batch) ** 2).mean() + 0.1 * (w * alpha).sum() * batch.mean()


def training_batch(step: int) -> Tensor:
    """The training batch of a step [2]."""
    return torch.tensor([1.0, 2.0], dtype=torch.float64) + step


def validation_batch(step: int) -> Tensor:
    """The validation batch of a step [2]."""
    return torch.tensor([-1.0, 0.5], dtype=torch.float64) * (step + 1)


def random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `alternation`."""
    w, alpha = (torch.tensor(rng.normal(size=2)) for _ in range(2))
    return w, alpha, fit, training_batch, validation_batch, int(rng.integers(0, 5)), float(rng.uniform(0.05, 0.3))


# the last change of a record


def first_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """Wrong: the first change."""
    changed = np.flatnonzero(np.diff(genotypes)) + 1
    return int(steps[changed[0]]) if len(changed) else int(steps[0])


def row_before_last_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """Wrong: the row before the last change."""
    changed = np.flatnonzero(np.diff(genotypes))
    return int(steps[changed[-1]]) if len(changed) else int(steps[0])


def row_of_last_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """Wrong: the number of the row instead of its step."""
    changed = np.flatnonzero(np.diff(genotypes)) + 1
    return int(changed[-1]) if len(changed) else 0


def last_new_genotype(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """Wrong: the last genotype that was new."""
    _, first = np.unique(genotypes, return_index=True)
    return int(steps[first.max()])


def start_of_last_genotype(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """Wrong: the first step of the last genotype, though it was left in between."""
    return int(steps[np.flatnonzero(genotypes == genotypes[-1])[0]])


def random_record(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Arguments of `last_change`."""
    rows = int(rng.integers(2, 12))
    return int(rng.integers(1, 50)) + np.arange(rows), rng.integers(0, 3, size=rows)
