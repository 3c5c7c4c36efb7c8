"""Known wrong answers to `00.strongest`."""

from typing import Any

import numpy as np

from .....space import PUBLISHED_OPERATIONS
from ....items import Twin
from ....values import is_array
from .. import cases
from ..answers import strongest


def _candidates(alpha: np.ndarray, operations: tuple[str, ...]) -> list[tuple[float, str]]:
    """The numbers and names of what may be kept, in the order of the list."""
    return [(float(a), name) for a, name in zip(alpha, operations, strict=True) if name != "none"]


def _is_scalar(value: Any) -> bool:
    """Whether a value is a tensor or array with a single number and no axes."""
    return is_array(value) and not isinstance(value, np.str_) and value.ndim == 0


STRONGEST = (
    Twin(
        "the index instead of the name",
        lambda alpha, operations: operations.index(strongest(alpha, operations)),
        "You return a position: what is the operation at this position called?",
        shows=lambda pairs: all(isinstance(got, (int, np.integer)) for _, got in pairs),
    ),
    Twin(
        "the number instead of the name",
        lambda alpha, operations: max(_candidates(alpha, operations))[0],
        "You return a number of alpha or a mixing weight: the name of the operation that has it is asked for.",
        shows=lambda pairs: all(isinstance(got, (float, np.floating)) or _is_scalar(got) for _, got in pairs),
    ),
    Twin(
        "several things",
        lambda alpha, operations: [name for _, name in sorted(_candidates(alpha, operations), reverse=True)],
        "You return several things: one name is asked for, and which of them is it?",
        shows=lambda pairs: all(isinstance(got, (list, tuple)) or np.ndim(got) > 0 for _, got in pairs),
    ),
    Twin(
        "operations of another list",
        lambda alpha, operations: PUBLISHED_OPERATIONS[operations.index(strongest(alpha, operations))],
        "You name an operation that this edge does not have: do you look it up in the argument `operations`, or in a "
        "list from outside?",
        shows=cases.knows_other_operations,
    ),
    Twin(
        "a zero wins over negative numbers",
        lambda alpha, operations: operations[
            int(np.argmax([0.0 if name == "none" else a for a, name in zip(alpha, operations, strict=True)]))
        ],
        "You go wrong where all of alpha is negative: does a 0 stand for `none` there, or is it what your comparison "
        "begins with?",
        shows=cases.is_wrong_only_in(cases.NEGATIVE),
    ),
    Twin(
        "none can win",
        lambda alpha, operations: operations[int(np.argmax(alpha))],
        "Sometimes you keep `none`: may an edge of the derived cell hold nothing at all?",
    ),
    Twin(
        "nothing where none is largest",
        lambda alpha, operations: None if operations[k := int(np.argmax(alpha))] == "none" else operations[k],
        "Where `none` has the largest number you return nothing: which operation does the edge keep then?",
    ),
    Twin(
        "the next in the list after none",
        lambda alpha, operations: operations[
            (k + 1) % len(operations) if operations[k := int(np.argmax(alpha))] == "none" else k
        ],
        "Where `none` is largest you take its neighbour in the list: is that the second largest?",
    ),
    Twin(
        "always the second",
        lambda alpha, operations: operations[int(np.argsort(alpha)[-2])],
        "You always take the second largest: `none` is not always the largest, so what then?",
    ),
    Twin(
        "the weakest",
        lambda alpha, operations: strongest(-alpha, operations),
        "You keep the operation with the smallest mixing weight: in which direction do you sort?",
    ),
    Twin(
        "the weakest, none among them",
        lambda alpha, operations: operations[int(np.argmin(alpha))],
        "You take the smallest number of all: which end of the order is the strongest, and which name is never kept?",
    ),
    Twin(
        "sizes without signs",
        lambda alpha, operations: strongest(abs(alpha), operations),
        "You take the number that is farthest from 0: is the weight of a very negative alpha large or small?",
    ),
    Twin(
        "none left out by its position",
        lambda alpha, operations: operations[1 + int(np.argmax(alpha[1:]))],
        "You leave out the first operation: is it `none` in every list of operations?",
    ),
    Twin(
        "the last left out",
        lambda alpha, operations: operations[int(np.argmax(alpha[:-1]))],
        "You leave out the last operation: where in the list does `none` stand?",
    ),
    Twin(
        "an index into a list without its first",
        lambda alpha, operations: operations[int(np.argmax(alpha[1:]))],
        "You cut off the first number and look the position up in the whole list: what happens to all positions when "
        "the first is gone?",
    ),
    Twin(
        "an index into the list without none",
        lambda alpha, operations: operations[int(np.argmax([a for a, _ in _candidates(alpha, operations)]))],
        "Once `none` is left out, later operations move up by one: which list does your index point into?",
    ),
    Twin(
        "names without none, positions with it",
        lambda alpha, operations: [name for _, name in _candidates(alpha, operations)][int(np.argmax(alpha)) - 1],
        "Your position counts `none`, and your list of names does not: do both have the same length?",
    ),
    Twin(
        "the first that may be kept",
        lambda alpha, operations: _candidates(alpha, operations)[0][1],
        "You always give the first name that is not `none`: does your loop return before it has seen every operation?",
    ),
    Twin(
        "the last that may be kept",
        lambda alpha, operations: _candidates(alpha, operations)[-1][1],
        "You always give the last name that is not `none`: with what does your loop compare, and does it remember it?",
    ),
    Twin(
        "by the alphabet",
        lambda alpha, operations: max(name for _, name in _candidates(alpha, operations)),
        "You compare the names and not their numbers: what decides which operation is the strongest?",
    ),
)
