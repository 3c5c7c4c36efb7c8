"""What the exercises of lesson 06 are made of: right answers, wrong ones, cases. Shapes as in `lesson_06`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...values import wrong_type

Names = tuple[str, ...]
Rule = Callable[[Tensor, Names], Tensor]
SHORT = ("none", "conv", "pool")
EIGHT = (
    "none",
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)


def edge_strength(alpha: Tensor, operations: Names) -> Tensor:
    """The largest mixing weight of every edge over the operations other than `none`: alpha [E, O] -> [E]."""
    weights = torch.softmax(alpha, dim=1)  # over all operations: `none` takes its share
    choices = [column for column, name in enumerate(operations) if name != "none"]
    return weights[:, choices].amax(dim=1)


def top_k(alpha: Tensor, operations: Names, k: int) -> list[tuple[int, str]]:
    """The k strongest edges into one node as (predecessor, operation); row s of alpha [S, O] is the edge from s."""
    strengths = edge_strength(alpha, operations).tolist()
    choices = [column for column, name in enumerate(operations) if name != "none"]
    strongest = sorted(range(len(alpha)), key=lambda source: -strengths[source])[:k]  # ties keep their order
    return [(source, operations[max(choices, key=lambda column: alpha[source, column])]) for source in strongest]


def arrows(pairs: Sequence[tuple[str, int]]) -> list[tuple[int, int, str]]:
    """The published flat list as (from state, to node, operation); two entries belong to each node."""
    return [(source, 2 + place // 2, name) for place, (name, source) in enumerate(pairs)]  # 0, 1: inputs


def discretize(weights: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
    """Two tables [E, O]: the kept edges still mixed, and the kept operations alone with weight 1."""
    rows = kept.any(dim=1, keepdim=True)
    return weights * rows, kept.to(weights.dtype)


# what the wrong answers are made of


def choices_of(operations: Names) -> list[int]:
    """The columns of all operations but `none`."""
    return [column for column, name in enumerate(operations) if name != "none"]


def largest_alpha(alpha: Tensor, operations: Names) -> Tensor:
    """The largest alpha of every edge, `none` left aside."""
    return alpha[:, choices_of(operations)].amax(1)


def all_but_none(alpha: Tensor, operations: Names) -> Tensor:
    """The weight of everything but `none` together."""
    return torch.softmax(alpha, 1)[:, choices_of(operations)].sum(1)


def none_may_win(alpha: Tensor, operations: Names) -> Tensor:
    """The largest weight, even if it is that of `none`."""
    return torch.softmax(alpha, 1).amax(1)


def without_none(alpha: Tensor, operations: Names) -> Tensor:
    """`none` taken out before the softmax."""
    return torch.softmax(alpha[:, choices_of(operations)], 1).amax(1)


def over_edges(alpha: Tensor, operations: Names) -> Tensor:
    """Edges compete for an operation."""
    return torch.softmax(alpha, 0)[:, choices_of(operations)].amax(1)


def first_column(alpha: Tensor, operations: Names) -> Tensor:
    """`none` taken for the first column, wherever it stands."""
    return torch.softmax(alpha, 1)[:, 1:].amax(1)


def margin(alpha: Tensor, operations: Names) -> Tensor:
    """The lead of the strongest operation over the next."""
    ordered = torch.softmax(alpha, 1)[:, choices_of(operations)].sort(dim=1).values
    return ordered[:, -1] - ordered[:, -2]


def keep_by(rule: Rule, choices: Callable[[Names], Iterable[int]] = choices_of) -> Callable[..., list[tuple[int, str]]]:
    """`top_k` with another strength of an edge, and with other operations to choose from."""

    def answer(alpha: Tensor, operations: Names, k: int) -> list[tuple[int, str]]:
        strongest = rule(alpha, operations).argsort(descending=True)[:k].tolist()
        return [(s, operations[max(choices(operations), key=lambda column: alpha[s, column])]) for s in strongest]

    return answer


def largest_entries(alpha: Tensor, operations: Names, k: int) -> list[tuple[int, str]]:
    """The k largest entries of the whole table, even two in one row."""
    table = torch.softmax(alpha, 1)
    entries = sorted((-float(table[s, o]), s, operations[o]) for s in range(len(alpha)) for o in choices_of(operations))
    return [(s, name) for _, s, name in entries[:k]]


def strongest_operation(weights: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
    """The operation chosen anew from the weights, `none` among them."""
    rows = kept.any(1, keepdim=True)
    one_hot = torch.nn.functional.one_hot(weights.argmax(1), weights.shape[1]).to(weights.dtype)
    return weights * rows, one_hot * rows


# cases


def alpha_of(*rows: Sequence[float]) -> Tensor:
    """An alpha whose mixing weights are these rows."""
    return torch.tensor(rows, dtype=torch.float64).log()


def reported_node() -> Tensor:
    """The node of khanrc/pt.darts#38: best entries 5, 11 and 15."""
    alpha = torch.tensor([[1.0] * 8, [10.0] * 8, [10.0] * 8], dtype=torch.float64)
    alpha[0, 4], alpha[1, 3], alpha[2, 1] = 5, 11, 15
    return alpha


def random_node(rng: np.random.Generator) -> tuple[Tensor, Names]:
    """Alpha and the names of its columns."""
    edges, names = int(rng.integers(3, 6)), [str(name) for name in rng.permutation(EIGHT)[: rng.integers(3, 7)]]
    if "none" not in names:
        names[-1] = "none"
    offsets = rng.normal(scale=3, size=(edges, 1))  # changes no mixing weight
    alpha = torch.tensor(offsets + rng.normal(scale=1.5, size=(edges, len(names))))
    return alpha, tuple(names)


def random_top_k(rng: np.random.Generator) -> tuple[Tensor, Names, int]:
    """A node, and how many of its edges stay."""
    alpha, names = random_node(rng)
    return alpha, names, int(rng.integers(1, len(alpha)))


def random_pairs(rng: np.random.Generator) -> tuple[list[tuple[str, int]]]:
    """A flat list of one to four nodes."""
    sources = [int(s) for node in range(2, 2 + rng.integers(1, 5)) for s in rng.permutation(node)[:2]]
    return ([(str(rng.choice(EIGHT[1:])), source) for source in sources],)


def mark_kept(weights: Sequence[Sequence[float]], *kept: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Weights, and True at what is kept."""
    table = torch.tensor(weights, dtype=torch.float64)
    marks = torch.zeros(table.shape, dtype=torch.bool)
    for row, column in kept:
        marks[row, column] = True
    return table, marks


def random_table(rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Weights with all rows but one kept."""
    edges, operations = int(rng.integers(2, 6)), int(rng.integers(3, 7))
    table = torch.softmax(torch.tensor(rng.normal(size=(edges, operations))), 1)
    rows = rng.permutation(edges)[: max(1, edges - 1)]
    return mark_kept(table.tolist(), *((int(row), int(rng.integers(1, operations))) for row in rows))


def same_entries(expected: Any, got: Any) -> str | None:
    """None where both hold the same entries, in whatever order."""
    if not isinstance(got, (list, tuple, set, frozenset)):
        return wrong_type(expected, got)
    if len(got) != len(expected):
        return f"has {len(got)} entries where {len(expected)} are expected"
    wanted, found = (
        sorted(tuple(p if isinstance(p, str) else float(p) for p in entry) for entry in side)
        for side in (expected, got)
    )
    return None if found == wanted else "holds other entries"
