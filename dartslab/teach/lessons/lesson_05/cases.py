"""What the exercises of lesson 05 are made of: random cases and comparisons.

Shapes: N pictures, O operations, T rows of a record.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....space import PUBLISHED_OPERATIONS
from ...values import is_array, wrong_type
from .answers import Pair

SEEDS = 8  # random cases of each exercise
Maker = Callable[[], Any]


def arguments_of_all(fixed: tuple[Maker, ...], random: Callable[[np.random.Generator], Any]) -> list[Any]:
    """The arguments of all cases of an exercise, in their order."""
    return [make() for make in fixed] + [random(np.random.default_rng(seed)) for seed in range(SEEDS)]


# the margin of an edge

EDGES: tuple[Maker, ...] = (
    lambda: (np.array([0.0, 1.0, 0.5]), ("none", "skip_connect", "sep_conv_3x3")),
    lambda: (np.array([2.0, 0.3, 1.0, -0.5]), ("none", "skip_connect", "sep_conv_3x3", "max_pool_3x3")),
    lambda: (np.array([0.7, 0.7, -1.0, 0.2]), ("skip_connect", "sep_conv_3x3", "none", "max_pool_3x3")),  # a tie
    lambda: (np.array([-2.0, -0.4, -1.1, -0.3]), ("skip_connect", "sep_conv_3x3", "max_pool_3x3", "none")),
)


def random_edge(rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    """Arguments of `margin`."""
    operations = tuple(rng.permutation(PUBLISHED_OPERATIONS).tolist())
    return rng.normal(size=len(operations)), operations


# the order of a step


def letters_of(got: Any) -> str:
    """The capital letters of an order, however they are separated: those of "b -> d" are "BD"."""
    return re.sub(r"[\s,;.|>→\-\[\]()'\"]", "", str(got)).upper()


def same_letters(expected: Any, got: Any) -> str | None:
    """None where a text holds the letters expected, in their order."""
    if not isinstance(got, str) or not isinstance(expected, str):
        return None if type(got) is type(expected) and got == expected else wrong_type(expected, got)
    return None if letters_of(got) == letters_of(expected) else "is another order"


# two halves of the training set

LABELS: tuple[Maker, ...] = (
    lambda: (np.array([0, 0, 1, 1]),),
    lambda: (np.array([0, 1, 1, 0, 2, 2, 0, 0]),),
    lambda: (np.array([3, 12, 12, 3, 3, 3, 12, 12, 12, 12]),),  # labels are names: they need not follow one another
    lambda: (np.array([1, 1, 0, 0, 0, 0]),),
)


@dataclass(frozen=True, repr=False)
class Division:
    """Two lists of numbers that an answer gives for labels [N]; what matters of it is the same for many answers."""

    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @property
    def every(self) -> np.ndarray:
        """The numbers of both lists."""
        return np.concatenate([self.first, self.second])

    @property
    def are_indices(self) -> bool:
        """Whether all numbers are indices of pictures."""
        pictures = len(self.labels)
        return self.every.dtype.kind in "iu" and bool(((self.every >= -pictures) & (self.every < pictures)).all())

    def halves(self) -> tuple[list[int], list[int]]:
        """Both lists as indices from 0 on."""
        first, second = (np.arange(len(self.labels))[half].tolist() for half in (self.first, self.second))
        return first, second

    @property
    def shared(self) -> int:
        """How many pictures are in both."""
        first, second = self.halves()
        return len(set(first) & set(second))

    @property
    def missing(self) -> int:
        """How many pictures are in neither."""
        first, second = self.halves()
        return len(self.labels) - len({*first, *second})

    @property
    def repeated(self) -> int:
        """How many pictures are named again in the same list."""
        return sum(len(half) - len(set(half)) for half in self.halves())

    @property
    def counts(self) -> list[list[int]]:
        """For each list, how many pictures of each class it names."""
        classes = np.unique(self.labels)
        return [[int((self.labels[half] == label).sum()) for label in classes] for half in self.halves()]

    def facts(self) -> tuple[Any, ...]:
        """All that matters of it."""
        if not self.are_indices:
            return self.first.tolist(), self.second.tolist()
        return self.shared, self.missing, self.repeated, *self.counts

    def __repr__(self) -> str:
        if not self.are_indices:
            return f"w: {self.first.tolist()}, alpha: {self.second.tolist()}"
        first, second = self.counts
        return f"{self.shared} in both, {self.missing} in neither, per class {first} for w and {second} for alpha"


def describe_split(answer: Any, labels: np.ndarray) -> Any:
    """What an answer gives, as a `Division`; the answer itself where it is not two lists of numbers."""
    before = labels.copy()
    given = answer(labels)
    try:
        first, second = (np.asarray(half if is_array(half) else list(half)) for half in given)
    except (TypeError, ValueError):
        return given
    if not all(half.ndim == 1 and half.dtype.kind in "biuf" for half in (first, second)):
        return given
    first, second = (half if half.size else half.astype(int) for half in (first, second))
    return Division(before, first, second)


def same_split(expected: Any, got: Any) -> str | None:
    """None where every class is divided as in the division expected, else what is wrong with it."""
    if not isinstance(got, Division) or not isinstance(expected, Division):
        return "is not two lists of indices of pictures"
    if expected.facts() == got.facts():
        return None
    if not got.are_indices:
        return f"holds numbers that are no indices of the {len(got.labels)} pictures"
    if got.repeated:
        return f"names {got.repeated} pictures again that the same half has already"
    if got.shared:
        return f"has {got.shared} of {len(got.labels)} pictures in both halves"
    if got.missing:
        return f"has {got.missing} of {len(got.labels)} pictures in neither half"
    return "does not divide every class evenly"


def random_labels(rng: np.random.Generator) -> tuple[np.ndarray]:
    """Arguments of `split`: an even number of pictures of each class."""
    classes = np.sort(rng.permutation(16)[: rng.integers(2, 5)])
    return (rng.permutation(np.repeat(classes, 2 * rng.integers(1, 4, size=len(classes)))),)


# one step of the search


def fit(w: Tensor, alpha: Tensor, batch: Tensor) -> Tensor:
    """A loss that depends on everything."""
    return ((w * torch.sigmoid(alpha) - batch) ** 2).mean() + 0.1 * (w * alpha).sum() * batch.mean()


def fit_mixture(w: Tensor, alpha: Tensor, batch: Tensor) -> Tensor:
    """A loss of three weights and two alphas: a mixture of a straight line and a square."""
    first, second = torch.softmax(alpha, 0)
    return ((first * (w[0] + w[1] * batch) + second * w[2] * batch**2 - torch.sin(3 * batch)) ** 2).mean()


def training_batch(step: int) -> Tensor:
    """The training batch of a step [2]."""
    return torch.tensor([1.0, 2.0], dtype=torch.float64) + step


def validation_batch(step: int) -> Tensor:
    """The validation batch of a step [2]."""
    return torch.tensor([-1.0, 0.5], dtype=torch.float64) * (step + 1)


def start(w: list[float], alpha: list[float], loss: Any, step: int, rate: float) -> tuple[Any, ...]:
    """Arguments of `alternation`."""
    tensors = (torch.tensor(values, dtype=torch.float64) for values in (w, alpha))
    return *tensors, loss, training_batch, validation_batch, step, rate


STARTS: tuple[Maker, ...] = (
    lambda: start([1.0], [0.0], fit, 0, 0.1),
    lambda: start([0.4, -0.3, 0.2], [0.5, -0.7], fit_mixture, 1, 0.02),
)


def random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `alternation`."""
    w, alpha = rng.normal(size=2).tolist(), rng.normal(size=2).tolist()
    return start(w, alpha, fit, int(rng.integers(0, 5)), float(rng.uniform(0.05, 0.3)))


def step_and_marks(answer: Any, w: Tensor, alpha: Tensor, *others: Any) -> Any:
    """What an answer gives; a text where it leaves a gradient, or the wish for one, on the tensors passed in."""
    result: Pair = answer(w, alpha, *others)
    marked = any(tensor.requires_grad or tensor.grad is not None for tensor in (w, alpha))
    return "gradients on the tensors that were passed in" if marked else result


# the last change of a record

RECORDS: tuple[Maker, ...] = (
    lambda: (np.array([4, 5]), np.array([0, 1])),
    lambda: (np.arange(1, 7), np.array([0, 0, 1, 1, 2, 2])),
    lambda: (np.arange(1, 7), np.array([0, 1, 0, 0, 0, 0])),  # going back is a change too
    lambda: (np.arange(11, 17), np.zeros(6, dtype=int)),
    lambda: (np.arange(3, 12), np.array([5, 5, 0, 2, 2, 2, 2, 1, 1])),
    lambda: (np.arange(2, 9), np.array([1, 1, 4, 4, 4, 4, 3])),
)


def random_record(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Arguments of `last_change`."""
    rows = int(rng.integers(2, 12))
    return int(rng.integers(1, 50)) + np.arange(rows), rng.integers(0, 3, size=rows)
