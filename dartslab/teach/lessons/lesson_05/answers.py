"""Exercises of lesson 05 about one step of a search. Shapes: N pictures."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...items import Exercise, Twin
from ...values import difference, is_array, wrong_type

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
Half = Callable[[int], Tensor]
Pair = tuple[Tensor, Tensor]


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pictures that w learns from and those that alpha learns from, as two arrays of indices; labels is [N]."""
    for_w, for_alpha = [], []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        for_w.append(members[: len(members) // 2])
        for_alpha.append(members[len(members) // 2 :])
    return np.concatenate(for_w), np.concatenate(for_alpha)


def _halves(given: Any, pictures: int) -> list[np.ndarray] | None:
    """Two lists, sets, arrays of indices or masks as two arrays of indices; None where it is something else."""
    try:
        first, second = (np.asarray(half if is_array(half) else list(half)) for half in given)
        halves = [np.arange(pictures)[half if half.size else []] for half in (first, second)]
    except (TypeError, ValueError, IndexError):
        return None
    return halves if all(half.ndim == 1 for half in halves) else None


def _described(answer: Any, labels: np.ndarray) -> Any:
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


def _same_split(expected: dict[str, Any], got: Any) -> str | None:
    described = isinstance(got, dict) and set(got) == set(expected)
    return difference(expected, got) if described else "is not two lists of indices of pictures"


def _by_order(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    index = np.arange(len(labels))
    return index[: len(labels) // 2], index[len(labels) // 2 :]


def _by_class(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    classes = np.unique(labels)
    known = np.isin(labels, classes[: len(classes) // 2])
    return np.flatnonzero(known), np.flatnonzero(~known)


def _shuffled(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    index = np.random.default_rng(0).permutation(len(labels))
    return index[: len(labels) // 2], index[len(labels) // 2 :]


def _random_labels(rng: np.random.Generator) -> tuple[np.ndarray]:
    classes = int(rng.integers(2, 5))
    return (rng.permutation(np.repeat(np.arange(classes), 2 * rng.integers(1, 4, size=classes))),)


def alternation(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """w and alpha after one step of the search, both moved by plain gradient descent with `rate`.

    loss(w, alpha, batch) is a scalar; train(step) and val(step) give the batches of a step.
    """
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    (d_alpha,) = torch.autograd.grad(loss(w, alpha, val(step)), alpha)
    alpha = (alpha - rate * d_alpha).detach()  # alpha first, on the validation half
    (d_w,) = torch.autograd.grad(loss(w, alpha, train(step)), w)  # at the new alpha, on the training half
    return (w - rate * d_w).detach(), alpha


def _gradients(w: Tensor, alpha: Tensor, loss: Loss, batch: Tensor) -> Pair:
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    d_w, d_alpha = torch.autograd.grad(loss(w, alpha, batch), (w, alpha))
    return d_w, d_alpha


def _owned_by_the_weights(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    alpha = alpha - rate * _gradients(w, alpha, loss, val(step))[1]
    d_w, d_alpha = _gradients(w, alpha, loss, train(step))
    return w - rate * d_w, alpha - rate * d_alpha


def _weights_first(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    w = w - rate * _gradients(w, alpha, loss, train(step))[0]
    return w, alpha - rate * _gradients(w, alpha, loss, val(step))[1]


def _at_once(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    d_w, d_alpha = _gradients(w, alpha, loss, train(step))[0], _gradients(w, alpha, loss, val(step))[1]
    return w - rate * d_w, alpha - rate * d_alpha


def _gradients_piled_up(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    d_w, d_alpha = _gradients(w, alpha, loss, val(step))  # backward fills both
    alpha = alpha - rate * d_alpha
    return w - rate * (d_w + _gradients(w, alpha, loss, train(step))[0]), alpha


def fit(w: Tensor, alpha: Tensor, batch: Tensor) -> Tensor:
    """A loss that depends on everything."""
    return ((w * torch.sigmoid(alpha) - batch) ** 2).mean() + 0.1 * (w * alpha).sum() * batch.mean()


def _training_batch(step: int) -> Tensor:
    return torch.tensor([1.0, 2.0], dtype=torch.float64) + step


def _validation_batch(step: int) -> Tensor:
    return torch.tensor([-1.0, 0.5], dtype=torch.float64) * (step + 1)


def _random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    w, alpha = (torch.tensor(rng.normal(size=2)) for _ in range(2))
    return w, alpha, fit, _training_batch, _validation_batch, int(rng.integers(0, 5)), float(rng.uniform(0.05, 0.3))


def _in_letters(expected: str, got: Any) -> str | None:
    if not isinstance(got, (str, list, tuple, np.ndarray)):  # a set has no order
        return wrong_type(expected, got)
    letters = re.sub(r"[\s,;.|>→\-\[\]()'\"]", "", str(got)).upper()  # "b -> d" and ["B", "D"] are the same answer
    return None if letters == expected else "is another order"


EXERCISES = (
    Exercise(
        name="05.step_order",
        title="What happens in a step, in order",
        minutes=2,
        points=1,
        difficulty=1,
        reference="BDCA",
        compare=_in_letters,
        twins=(
            Twin(
                "w first",
                "CABD",
                "You move w before alpha: that is a search too, but what did the two library calls above do first?",
            ),
            Twin(
                "both gradients at the old point",
                "BCDA",
                "You take the gradient of w before alpha has moved: which alpha do the mixing weights of the training "
                "loss come from?",
            ),
            Twin(
                "both gradients at the old point, w's first",
                "CBDA",
                "Your gradient of w is taken before anything has moved: which alpha does the weight step see?",
            ),
            Twin(
                "both gradients at the old point, w moved first",
                "CBAD",
                "You take both gradients, then make both moves: which alpha does the weight step see, and who moves "
                "first?",
            ),
            Twin(
                "moves before gradients",
                "DBAC",
                "You move before you know where to: what does an optimiser need before its step?",
            ),
        ),
        hints=(
            "There are two pairs: a gradient, and the move that uses it.",
            "The published search begins with alpha; the weights then answer to the new mixture.",
            "First the pair of alpha on the validation batch, then the pair of w on the training batch.",
        ),
        harder="Swap the two pairs in your mind: which of the two parameters then sees the other one's newest value?",
    ),
    Exercise(
        name="05.split",
        title="Two halves of the training set",
        minutes=6,
        points=2,
        difficulty=2,
        reference=split,
        use=_described,
        compare=_same_split,
        draws=True,
        fixed=(
            lambda: (np.array([0, 0, 1, 1]),),
            lambda: (np.array([0, 1, 1, 0, 2, 2, 0, 0]),),
        ),
        random=_random_labels,
        twins=(
            Twin(
                "all pictures for both",
                lambda labels: (np.arange(len(labels)), np.arange(len(labels))),
                "w and alpha see the same pictures: what does a low loss on them then say about new ones?",
            ),
            Twin(
                "alpha gets the training half",
                lambda labels: (split(labels)[0], split(labels)[0]),
                "Your second half is the first one once more: who learns from the rest?",
            ),
            Twin(
                "cut in the middle",
                _by_order,
                "You cut the list where it stands: what if the file is sorted by class?",
            ),
            Twin(
                "shuffled, classes left to chance",
                _shuffled,
                "Your halves are disjoint, but some class has more pictures in one of them: how can chance be kept "
                "out of the counts?",
            ),
            Twin(
                "whole classes",
                _by_class,
                "You hand out whole classes: how should alpha judge weights that never saw a trouser?",
            ),
        ),
        hints=(
            "Three things are wanted: no picture in both, none left over, and every class divided evenly.",
            "Go through the classes one by one and divide the pictures of each.",
            "`np.flatnonzero(labels == label)` gives the pictures of a class; half of them go to one list, the rest "
            "to the other.",
        ),
        harder="Take a seed and shuffle within each class, so that another seed gives other halves.",
    ),
    Exercise(
        name="05.alternation",
        title="One step of the search",
        minutes=8,
        points=3,
        difficulty=3,
        reference=alternation,
        fixed=(
            lambda: (
                torch.tensor([1.0], dtype=torch.float64),
                torch.tensor([0.0], dtype=torch.float64),
                fit,
                _training_batch,
                _validation_batch,
                0,
                0.1,
            ),
        ),
        random=_random_step,
        twins=(
            Twin(
                "same batch for both",
                lambda w, alpha, loss, train, val, step, rate: alternation(w, alpha, loss, train, train, step, rate),
                "Both updates use one and the same batch: what keeps alpha from preferring what w knows by heart?",
            ),
            Twin(
                "validation from the training half",
                lambda w, alpha, loss, train, val, step, rate: alternation(
                    w, alpha, loss, train, lambda k: train(k + 1), step, rate
                ),
                "alpha gets another batch, but of the training half: w has learned, or will learn, from these "
                "pictures, so which half is for alpha?",
            ),
            Twin(
                "halves exchanged",
                lambda w, alpha, loss, train, val, step, rate: alternation(w, alpha, loss, val, train, step, rate),
                "w learns from the validation half and alpha from the training half: which is which?",
            ),
            Twin(
                "the weights' optimiser holds alpha",
                _owned_by_the_weights,
                "alpha moves a second time in the weight step, as if the optimiser of w held it too: what may that "
                "step change?",
            ),
            Twin(
                "w first",
                _weights_first,
                "You move w first, so alpha's gradient is taken at the new w: which of the two begins in the published "
                "order?",
            ),
            Twin(
                "both at once",
                _at_once,
                "Both gradients are taken at the old point: which alpha should the weight step see?",
            ),
            Twin(
                "gradients piled up",
                _gradients_piled_up,
                "The gradient of w still holds what alpha's backward pass left there: what has to be emptied in "
                "between?",
            ),
        ),
        hints=(
            "Two gradients, each with respect to one thing only; `torch.autograd.grad(loss, thing)` gives just that.",
            "alpha moves first, by the loss on its own half; the weight step then uses the new alpha.",
            "Make copies that require gradients, move alpha with val(step), then differentiate the loss on train(step) "
            "at the moved alpha by w.",
        ),
        harder="Give w a momentum of 0.9, and return the buffer too, so that the next step can go on with it.",
    ),
)
