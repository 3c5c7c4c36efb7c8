"""What the exercises of lesson 00 are made of: edges and runs.

The fixed edges have a name each, so that a known mistake can say in which of them an answer is wrong.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....space import PUBLISHED_OPERATIONS
from ...items import Arguments, Maker

SMALL = ("none", "skip_connect", "sep_conv_3x3")
EDGES: dict[str, tuple[list[float], tuple[str, ...]]] = {
    "plain": ([0.5, 2.0, 1.0], SMALL),
    "none is largest": ([3.0, 1.0, 2.0], SMALL),
    "none in the middle": ([1.5, 2.5, 0.5, -4.0], ("max_pool_3x3", "none", "skip_connect", "sep_conv_3x3")),
    "none at the end": ([0.2, 0.9, 0.4, 1.1], ("skip_connect", "max_pool_3x3", "sep_conv_3x3", "none")),
    "all negative": ([-1.5, -3.0, -2.5], SMALL),
    "all negative, none is largest": (
        [-6.0, -4.0, -0.5, -5.0],
        ("skip_connect", "sep_conv_3x3", "none", "dil_conv_3x3"),
    ),
}
NEGATIVE = ("all negative", "all negative, none is largest")


def edge(name: str) -> Maker:
    """What makes the arguments of `strongest` for one of the fixed edges."""
    alpha, operations = EDGES[name]
    return lambda: (np.array(alpha), operations)


def random_edge(rng: np.random.Generator) -> Arguments:
    """Alpha of one edge [O] and its operations; `none` stands anywhere and is often the largest."""
    operations = tuple(rng.permutation(PUBLISHED_OPERATIONS).tolist())
    alpha = rng.normal(size=len(operations))
    alpha[operations.index("none")] += 3.0 * rng.integers(0, 2)
    return alpha, operations


def is_wrong_only_in(names: tuple[str, ...]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Of (wanted, got) in all cases: whether the answer is wrong in these fixed edges and in no other fixed one."""
    return lambda pairs: all(
        (got != wanted) == (name in names) for name, (wanted, got) in zip(EDGES, pairs, strict=False)
    )


def knows_other_operations(pairs: list[tuple[Any, Any]]) -> bool:
    """Of (wanted, got) in all cases: whether the answer names an operation that its edge does not have."""
    fixed = zip(EDGES.values(), pairs, strict=False)
    return any(got in PUBLISHED_OPERATIONS and got not in operations for (_, operations), (_, got) in fixed)


def random_runs(rng: np.random.Generator) -> Arguments:
    """Test accuracies of two cells, two to five runs each."""
    n, m = (int(count) for count in rng.integers(2, 6, size=2))
    return rng.uniform(0.6, 0.8, size=n), rng.uniform(0.6, 0.8, size=m)


def is_rounded(pairs: list[tuple[Any, Any]]) -> bool:
    """Of (wanted, got) in all cases: whether each is rounded or cut to the same few digits after the point."""
    wanted, got = (np.array([float(value) for value in values]) for values in zip(*pairs, strict=True))
    return not np.allclose(wanted, got, rtol=1e-6) and any(
        np.allclose(cut(wanted * 10**digits) / 10**digits, got, rtol=0, atol=1e-9)
        for digits in range(5)
        for cut in (np.round, np.trunc, np.floor, np.ceil)
    )
