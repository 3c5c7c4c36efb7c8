"""What an operation is worth: how much worse the supernet is without it; and whether alpha knows.

    value(e, o) = L(weights with weights[e, o] = 0) - L(weights)

The other operations of the edge keep their weights: they are not made to sum to 1 again. `none`, which adds nothing,
takes over the weight, because in some cells the sum of a row also says how much of the state passes by (PC-DARTS).
(Wang et al. 2021, Rethinking Architecture Selection in Differentiable NAS, where the accuracy is used, and where alpha
is found to rank operations badly.) Plain arrays; no torch.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from ..space import NONE, SearchSpace
from .instrument import Subject

Evaluate = Callable[[Mapping[str, np.ndarray]], tuple[float, float]]  # mixing weights -> (loss, accuracy)


def operation_values(
    evaluate: Evaluate, space: SearchSpace, weights: Mapping[str, np.ndarray], by: Literal["loss", "accuracy"] = "loss"
) -> dict[str, np.ndarray]:
    """How much worse it gets without each operation.

    Cost: 1 evaluation, and 1 for each operation on each edge of each kind; none for `none`, which adds nothing, and for
    an operation of weight 0.

    Args:
        evaluate: mixing weights {kind: [E, O]} -> (loss, accuracy).
        space: names the columns.
        weights: {kind: [E, O]}.
        by: loss in nats, finer; or accuracy, as published.
    Returns:
        {kind: [E, O]}, above 0 where the operation is of use.
    """

    def badness(tables: Mapping[str, np.ndarray]) -> float:
        loss, accuracy = evaluate(tables)
        return loss if by == "loss" else -accuracy

    whole = badness(weights)
    values = {kind: np.zeros(np.shape(table)) for kind, table in weights.items()}
    for kind, table in weights.items():
        for row, column in np.argwhere(np.asarray(table) != 0):
            if space.operations[column] != NONE:
                without = np.array(table)
                without[row, column] = 0.0
                if NONE in space.operations:
                    without[row, space.operations.index(NONE)] += table[row, column]
                values[kind][row, column] = badness({**weights, kind: without}) - whole
    return values


def ranks(numbers: np.ndarray) -> np.ndarray:
    """1 for the smallest of [n] numbers; equal ones share the mean of their ranks."""
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def spearman(one: np.ndarray, other: np.ndarray) -> float | None:
    """The correlation of the ranks of [n] and [n] numbers (Spearman 1904), -1..1.

    None where all of one are equal, or a number is not finite.
    """
    if not np.isfinite([one, other]).all():
        return None
    first, second = (ranks(np.asarray(numbers)) for numbers in (one, other))
    first, second = first - first.mean(), second - second.mean()
    length = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float(first @ second) / length if length > 0 else None


def rank_correlation(space: SearchSpace, values: np.ndarray, weights: np.ndarray) -> float | None:
    """The rank correlation of values with mixing weights on each edge, the mean over edges. Cost: no pass.

    On one edge mixing weights and alpha have the same order. Between edges alpha cannot be compared, since a constant
    added to a row changes nothing.

    Args:
        space: names the columns; `none` is left aside.
        values, weights: of one kind, [E, O]; operations of weight 0, switched off, are left aside.
    Returns:
        -1..1; None where no edge has operations of different value and weight.
    """
    choices = np.array([name != NONE for name in space.operations])
    found = []
    for row, value in zip(np.asarray(weights), np.asarray(values), strict=True):
        there = choices & (row != 0)
        correlation = spearman(value[there], row[there]) if there.any() else None
        if correlation is not None:
            found.append(correlation)
    return float(np.mean(found)) if found else None


def value_rank(subject: Subject) -> dict[str, float]:
    """The rank correlation of each kind: 1 where alpha ranks the operations of every edge by their value.

    Cost: 1 + (operations other than `none`, on all edges of all kinds) forward passes of 256 pictures.
    """
    values = operation_values(subject.evaluate, subject.space, subject.weights)
    found = ((kind, rank_correlation(subject.space, values[kind], table)) for kind, table in subject.weights.items())
    return {kind: value for kind, value in found if value is not None}
