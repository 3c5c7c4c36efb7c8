"""Exercises of lesson 00: a first search."""

import numpy as np

from ...space import PUBLISHED_OPERATIONS
from ..exercise import Exercise, Twin


def strongest(alpha: np.ndarray, operations: tuple[str, ...]) -> str:
    """The name of the strongest operation other than `none`; alpha is [O]."""
    order = np.argsort(-alpha)  # strongest first; the softmax keeps this order, so alpha will do
    return next(operations[k] for k in order if operations[k] != "none")


def _random(rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    operations = tuple(rng.permutation(PUBLISHED_OPERATIONS).tolist())  # `none` is not always the first
    return rng.normal(size=len(operations)), operations


EXERCISES = (
    Exercise(
        name="00.strongest",
        title="Derive one edge",
        minutes=3,
        points=1,
        difficulty=1,
        reference=strongest,
        fixed=(
            lambda: (np.array([0.5, 2.0, 1.0]), ("none", "skip_connect", "sep_conv_3x3")),
            lambda: (np.array([3.0, 1.0, 2.0]), ("none", "skip_connect", "sep_conv_3x3")),
        ),
        random=_random,
        twins=(
            Twin(
                "none can win",
                lambda alpha, operations: operations[int(np.argmax(alpha))],
                "Sometimes you keep `none`: may an edge of the derived cell hold nothing at all?",
            ),
            Twin(
                "the weakest",
                lambda alpha, operations: strongest(-alpha, operations),
                "You keep the operation with the smallest share: which way does your order run?",
            ),
            Twin(
                "the index instead of the name",
                lambda alpha, operations: operations.index(strongest(alpha, operations)),
                "You return a position: what is the operation at this position called?",
            ),
            Twin(
                "none left out by its position",
                lambda alpha, operations: operations[1 + int(np.argmax(alpha[1:]))],
                "You leave out the first operation: is it `none` in every list of operations?",
            ),
            Twin(
                "an index into the list without none",
                lambda alpha, operations: operations[
                    int(np.argmax([a for a, name in zip(alpha, operations, strict=True) if name != "none"]))
                ],
                "Once `none` is left out, later operations move up by one: which list does your index point into?",
            ),
        ),
        hints=(
            "The softmax does not change the order: the largest number in alpha has the largest share.",
            "Go through the operations from the strongest to the weakest, and stop at the first that may be kept.",
            "`np.argsort` of the negative numbers gives the positions, strongest first; look up each name and pass "
            'over "none".',
        ),
        harder="Return the two strongest operations and the margin between their shares.",
    ),
)
