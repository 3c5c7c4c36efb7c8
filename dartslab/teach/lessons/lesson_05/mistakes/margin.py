"""Known wrong answers to `05.margin`. Shapes: O operations."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .....derive import softmax
from ....items import Twin
from ..answers import margin

Names = tuple[str, ...]


def lead(values: Any) -> float:
    """The largest of some values minus the second largest."""
    return float(np.sort(values)[-1] - np.sort(values)[-2])


def choices_of(values: np.ndarray, operations: Names) -> np.ndarray:
    """The values [O] of all operations but `none`."""
    return values[np.array([name != "none" for name in operations])]


def of_choices(what: Callable[[np.ndarray], Any], of: Callable[[np.ndarray], np.ndarray] = softmax) -> Any:
    """An answer that makes something else of the mixing weights, or of other weights, but that of `none`."""
    return lambda alpha, operations: what(choices_of(of(alpha), operations))


def down_to_none(alpha: np.ndarray, operations: Names) -> float:
    """Wrong: the largest weight minus that of `none`."""
    weights = softmax(alpha)
    return float(choices_of(weights, operations).max() - weights[operations.index("none")])


def none_set_to_zero(alpha: np.ndarray, operations: Names) -> float:
    """Wrong: the alpha of `none` is set to 0 and takes part."""
    return lead(choices_of(softmax(np.where(np.array(operations) == "none", 0.0, alpha)), operations))


def zero_where_none_wins(alpha: np.ndarray, operations: Names) -> float:
    """Wrong: no margin where `none` is largest."""
    return 0.0 if operations[int(alpha.argmax())] == "none" else margin(alpha, operations)


def shift_in_place(alpha: np.ndarray, operations: Names) -> float:
    """Wrong: the caller's alpha is changed."""
    alpha -= alpha.max()
    return margin(alpha, operations)


def drop_ties(weights: np.ndarray) -> float:
    """Wrong: the second largest is looked for below the largest value."""
    below = weights[weights < weights.max()]
    return float(weights.max() - (below.max() if len(below) else 0))


TWINS = (
    Twin(
        "of raw alpha",
        of_choices(lead, lambda alpha: alpha),
        "You subtract alphas: can you compare such a margin with that of another edge, whose softmax has another "
        "denominator?",
    ),
    Twin(
        "none takes a place",
        lambda alpha, operations: lead(softmax(alpha)),
        "`none` is among your two best: can it ever be what the edge keeps?",
    ),
    Twin(
        "none left out of the softmax",
        lambda alpha, operations: lead(softmax(choices_of(alpha, operations))),
        "Your weights are a little too large: does `none` take no weight during the search?",
    ),
    Twin(
        "none by position",
        lambda alpha, operations: lead(softmax(alpha)[1:]),
        "You leave out the first operation, whatever it is: by what can `none` be found?",
    ),
    Twin(
        "last taken for none",
        lambda alpha, operations: lead(softmax(alpha)[:-1]),
        "You leave out the last operation, whatever it is: by what can `none` be found?",
    ),
    Twin(
        "the alpha of none set to 0",
        none_set_to_zero,
        "You set the alpha of `none` to 0, which is not to leave it aside: what is exp(0), and what does that do to "
        "the other weights?",
    ),
    Twin(
        "no margin where none wins",
        zero_where_none_wins,
        "Where `none` is largest your margin is 0: which operation would the edge keep there, and by how much?",
    ),
    Twin(
        "down to the smallest",
        of_choices(lambda weights: float(weights.max() - weights.min())),
        "You subtract the smallest weight: which operation is the first that could take over?",
    ),
    Twin(
        "down to none",
        down_to_none,
        "You subtract the weight of `none`: can `none` replace the operation that the edge keeps?",
    ),
    Twin(
        "down to the mean",
        of_choices(lambda weights: float(weights.max() - weights.mean())),
        "You subtract the mean of the weights: which single operation is the first that could take over?",
    ),
    Twin(
        "second less first",
        lambda alpha, operations: -margin(alpha, operations),
        "Your margin is negative: which of the two weights is subtracted from which?",
    ),
    Twin(
        "the ratio",
        of_choices(lambda weights: float(np.sort(weights)[-1] / np.sort(weights)[-2])),
        "You divide the two largest weights: is (05.3) a ratio or a difference?",
    ),
    Twin(
        "the largest alone",
        of_choices(lambda weights: float(weights.max())),
        "You give the largest weight itself: how far behind is the next one?",
    ),
    Twin(
        "the two weights",
        of_choices(lambda weights: np.sort(weights)[-2:]),
        "You give the two largest weights: what one number says how far they are apart?",
        shows=lambda pairs: all(
            np.shape(got) == (2,) and abs(abs(got[0] - got[1]) - wanted) < 1e-5 for wanted, got in pairs
        ),
    ),
    Twin(
        "places instead of weights",
        of_choices(lambda weights: int(abs(np.argsort(weights)[-1] - np.argsort(weights)[-2]))),
        "You subtract the places of the two best operations in the list: how large are their weights?",
    ),
    Twin(
        "not sorted",
        of_choices(lambda weights: float(abs(weights[-1] - weights[-2]))),
        "You subtract two neighbours in the list: are the last two operations the two with the largest weights?",
    ),
    Twin(
        "first two of the list",
        of_choices(lambda weights: float(abs(weights[0] - weights[1]))),
        "You subtract the first two operations of the list: are these the two with the largest weights?",
    ),
    Twin(
        "sorted, and the wrong end",
        of_choices(lambda weights: float(np.sort(weights)[1] - np.sort(weights)[0])),
        "You subtract the two smallest weights: at which end of a sorted list are the largest?",
    ),
    Twin(
        "ties dropped",
        of_choices(drop_ties),
        "You drop every weight that equals the largest: what is the margin if two operations are equally large?",
    ),
    Twin(
        "exponentials",
        of_choices(lead, np.exp),
        "Your exponentials are not mixing weights yet: what should they sum to?",
    ),
    Twin(
        "exponentials of shifted alpha",
        of_choices(lead, lambda alpha: np.exp(alpha - alpha.max())),
        "Your exponentials are no mixing weights yet: by what must each be divided, so that all of them sum to 1?",
    ),
    Twin(
        "sigmoid",
        of_choices(lead, lambda alpha: 1 / (1 + np.exp(-alpha))),
        "You take a sigmoid of every alpha on its own: how do the operations of an edge compete for a sum of 1?",
    ),
    Twin(
        "changed in place",
        shift_in_place,
        "The margin is right, but the alpha that you were given has changed: which line writes into it?",
    ),
    Twin(
        "percent",
        lambda alpha, operations: 100 * margin(alpha, operations),
        "Your margin is in percent: what do the mixing weights of an edge sum to?",
    ),
)
