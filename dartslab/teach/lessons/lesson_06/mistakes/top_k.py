"""Known wrong answers to `06.top_k`. Shapes: S edges into one node, O operations."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import Names, edge_strength, top_k
from ..cases import is_tensor_in
from . import edge_strength as rules
from .edge_strength import choices_of

Kept = list[tuple[int, str]]
Rule = Callable[[Tensor, Names], Tensor]


def keep_by(rule: Rule, choices: Callable[[Names], Iterable[int]] = choices_of) -> Callable[..., Kept]:
    """`top_k` with another strength of an edge, and with other operations to choose from."""

    def answer(alpha: Tensor, operations: Names, k: int) -> Kept:
        strongest = rule(alpha, operations).argsort(descending=True)[:k].tolist()
        return [(s, operations[max(choices(operations), key=lambda column: alpha[s, column])]) for s in strongest]

    return answer


def change(entry: Callable[[int, str, Names], Any]) -> Callable[..., list[Any]]:
    """The right edges, written otherwise."""
    return lambda alpha, operations, k: [entry(s, name, operations) for s, name in top_k(alpha, operations, k)]


def largest_entries(alpha: Tensor, operations: Names, k: int) -> Kept:
    """The k largest entries of the whole table, even two in one row."""
    table = torch.softmax(alpha, 1)
    entries = sorted((-float(table[s, o]), s, operations[o]) for s in range(len(alpha)) for o in choices_of(operations))
    return [(s, name) for _, s, name in entries[:k]]


def not_translated(alpha: Tensor, operations: Names, k: int) -> Kept:
    """Columns counted without `none`, and looked up with it."""
    columns = alpha[:, choices_of(operations)].argmax(1)
    return [(s, operations[int(columns[s])]) for s, _ in top_k(alpha, operations, k)]


def without_first_column(alpha: Tensor, operations: Names, k: int) -> Kept:
    """`none` taken for the first column, wherever it stands."""
    return keep_by(rules.first_column, lambda names: range(1, len(names)))(alpha, operations, k)


def without_edges_of_none(alpha: Tensor, operations: Names, k: int) -> Kept:
    """Edges on which `none` is largest are dropped."""
    return [
        (s, name) for s, name in top_k(alpha, operations, len(alpha)) if operations[int(alpha[s].argmax())] != "none"
    ][:k]


def one_operation_for_all(alpha: Tensor, operations: Names, k: int) -> Kept:
    """The operation of the strongest edge on all of them."""
    found = top_k(alpha, operations, k)
    return [(s, found[0][1]) for s, _ in found]


def weakest_operations(alpha: Tensor, operations: Names, k: int) -> Kept:
    """The right edges, each with its weakest operation."""
    weakest = {s: min(choices_of(operations), key=lambda c: alpha[s, c]) for s in range(len(alpha))}
    return [(s, operations[weakest[s]]) for s, _ in top_k(alpha, operations, k)]


def none_lost_in_place(alpha: Tensor, operations: Names, k: int) -> Kept:
    """`none` taken out before the softmax, in the caller's table."""
    alpha[:, operations.index("none")] = -torch.inf
    return keep_by(rules.none_may_win, lambda names: range(len(names)))(alpha, operations, k)


def _pairs_otherwise(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether edges and operations are right, and only who has which is not."""
    return all(
        sorted(int(s) for s, _ in got) == sorted(s for s, _ in wanted)
        and sorted(name for _, name in got) == sorted(name for _, name in wanted)
        for wanted, got in pairs
    )


TWINS = (
    Twin(
        "raw alpha",
        keep_by(rules.largest_alpha),
        "You rank edges by alpha itself: may rows be compared before each of them sums to 1?",
    ),
    Twin(
        "sum of the others",
        keep_by(rules.all_but_none),
        "You rank edges by all operations but none together: how many of them does the edge keep?",
    ),
    Twin(
        "none may win",
        keep_by(rules.none_may_win, lambda operations: range(len(operations))),
        "Some of your edges keep none: what would such an edge carry?",
    ),
    Twin(
        "none ranks the edges",
        keep_by(rules.none_may_win),
        "You never keep none, but it raises an edge in your ranking: should a large weight of none make an edge "
        "strong?",
    ),
    Twin(
        "none kept on the right edges",
        keep_by(edge_strength, lambda operations: range(len(operations))),
        "Your edges are right, and some of them keep none: which operations may an edge choose from?",
    ),
    Twin(
        "edges dropped where none wins",
        without_edges_of_none,
        "You drop every edge on which none has the largest weight: how many edges does a node keep?",
    ),
    Twin(
        "softmax without none",
        keep_by(rules.without_none),
        "You remove none before the softmax: what becomes of an edge that gives none 0.9?",
    ),
    Twin(
        "softmax without none, in place",
        none_lost_in_place,
        "You write into the alpha that you were given, and none takes no weight in your softmax: when may it be left "
        "aside?",
    ),
    Twin(
        "softmax over the edges",
        keep_by(rules.over_edges),
        "Your softmax lets edges compete for one operation: which numbers should sum to 1?",
    ),
    Twin(
        "by margin",
        keep_by(rules.margin),
        "You rank edges by their lead over the runner-up: what was the strength of an edge?",
    ),
    Twin(
        "first column left out",
        without_first_column,
        "You leave out the first column, whatever it is: in which column is none?",
    ),
    Twin(
        "columns counted without none",
        not_translated,
        "Your columns are counted without none and looked up in the list with none: which name has the first of them?",
    ),
    Twin(
        "two operations of one edge",
        largest_entries,
        "You keep the largest entries of the table, even two in a row: can one edge hold two operations?",
    ),
    Twin(
        "one operation for all",
        one_operation_for_all,
        "All your edges keep the operation of the strongest one: what does each of them like best?",
    ),
    Twin(
        "the weakest operations",
        weakest_operations,
        "Your edges are right, and each keeps the operation with the smallest weight: which one should stay?",
    ),
    Twin(
        "the weakest edges",
        keep_by(lambda alpha, operations: -edge_strength(alpha, operations)),
        "You keep the weakest edges: in which direction do you sort?",
    ),
    Twin(
        "always two",
        lambda alpha, operations, k: top_k(alpha, operations, 2),
        "You always keep two edges: what is k for?",
    ),
    Twin(
        "all edges",
        lambda alpha, operations, k: top_k(alpha, operations, len(alpha)),
        "You keep every edge: how many of them is k?",
    ),
    Twin(
        "one too few",
        lambda alpha, operations, k: top_k(alpha, operations, k - 1),
        "You keep one edge less than asked for: where does your slice or loop end?",
    ),
    Twin(
        "one too many",
        lambda alpha, operations, k: top_k(alpha, operations, k + 1),
        "You keep one edge more than asked for: where does your slice or loop end?",
    ),
    Twin(
        "the nearest predecessors",
        lambda alpha, operations, k: [p for p in top_k(alpha, operations, 9) if p[0] >= len(alpha) - k],
        "You always keep the last rows: should the choice not depend on alpha?",
    ),
    Twin(
        "the first predecessors",
        lambda alpha, operations, k: [p for p in top_k(alpha, operations, 9) if p[0] < k],
        "You always keep the first rows: should the choice not depend on alpha?",
    ),
    Twin(
        "pairs the other way round",
        change(lambda s, name, operations: (name, s)),
        "Your edges are right, but you name the operation first: what comes first in a pair here?",
    ),
    Twin(
        "columns instead of names",
        change(lambda s, name, operations: (s, operations.index(name))),
        "Your edges are right, but you give the column of an operation: what is its name?",
    ),
    Twin(
        "predecessors from 1",
        change(lambda s, name, operations: (s + 1, name)),
        "Your predecessors are one too large: which state does row 0 come from?",
    ),
    Twin(
        "predecessors only",
        change(lambda s, name, operations: s),
        "You say which edges stay: which operation stays on each of them?",
        shows=lambda pairs: all(isinstance(source, int) for _, got in pairs for source in got),
    ),
    Twin(
        "operations only",
        change(lambda s, name, operations: name),
        "You say which operations stay: on the edge from which predecessor?",
    ),
    Twin(
        "predecessors as tensors",
        change(lambda s, name, operations: (torch.tensor(s), name)),
        "Your predecessors are tensors: are two of them equal as keys of a dictionary, and how does a tensor become a "
        "number?",
        shows=lambda pairs: (
            all(is_tensor_in(got) for _, got in pairs)
            and all({(int(s), name) for s, name in got} == set(wanted) for wanted, got in pairs)
        ),
    ),
    Twin(
        "strengths along with them",
        lambda alpha, operations, k: [
            (s, name, float(edge_strength(alpha, operations)[s])) for s, name in top_k(alpha, operations, k)
        ],
        "Your entries hold three things each: which two are asked for?",
        shows=lambda pairs: all(len(entry) == 3 for _, got in pairs for entry in got),
    ),
    Twin(
        "operations of other edges",
        lambda alpha, operations, k: list(
            zip(
                sorted(s for s, _ in top_k(alpha, operations, k)),
                [name for _, name in sorted(top_k(alpha, operations, k), reverse=True)],
                strict=True,
            )
        ),
        "You have the right predecessors and the right operations, but on each other's edges: do both lists have the "
        "same order?",
        shows=_pairs_otherwise,
    ),
)
