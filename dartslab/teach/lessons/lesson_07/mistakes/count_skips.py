"""Known wrong answers to `07.count_skips`."""

from collections.abc import Callable
from typing import Any

from .....genotype import Pairs
from ....items import Twin
from ....values import as_array
from ...properties import matches
from ..answers import count_skips
from ..cases import CELLS, random_pairs

KINDS = ("normal", "reduce")
Entries = list[tuple[str, int]]


def by_cell(fraction: Callable[[Entries, list[int]], float]) -> Callable[[Pairs], dict[str, float]]:
    """An answer with another number for each cell, made of its entries and the nodes that it concatenates."""
    return lambda pairs: {kind: fraction(getattr(pairs, kind), getattr(pairs, f"{kind}_concat")) for kind in KINDS}


def changed(change: Callable[[float], Any]) -> Callable[[Pairs], dict[str, Any]]:
    """The right fractions, changed."""
    return lambda pairs: {kind: change(found) for kind, found in count_skips(pairs).items()}


def skips_of(entries: Entries) -> int:
    """How many entries are skip connections."""
    return sum(operation == "skip_connect" for operation, _ in entries)


def by_number(edges: int) -> Callable[[Pairs], dict[str, float]]:
    """An answer that divides by the same number always."""
    return by_cell(lambda entries, concat: skips_of(entries) / edges)


def without_weights(entries: Entries) -> int:
    """How many entries are skip connections or poolings."""
    return sum(operation == "skip_connect" or "pool" in operation for operation, _ in entries)


def edges_of(entries: Entries) -> int:
    """How many edges the supernet's cell has, kept or not."""
    return sum(2 + node for node in range(len(entries) // 2))


def both_together(pairs: Pairs) -> dict[str, float]:
    """One fraction for both kinds."""
    entries = [*pairs.normal, *pairs.reduce]
    return dict.fromkeys(KINDS, skips_of(entries) / len(entries))


def of_both(pairs: Pairs) -> dict[str, float]:
    """Each kind divided by the edges of both."""
    return {kind: skips_of(getattr(pairs, kind)) / len([*pairs.normal, *pairs.reduce]) for kind in KINDS}


def _is_rounded(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether the fractions are right but for being rounded to one to three digits."""
    rounded = [[round(wanted[kind], digits) for wanted, _ in pairs for kind in KINDS] for digits in (1, 2, 3)]
    got = [as_array(given[kind]) for _, given in pairs for kind in KINDS]
    exact = [wanted[kind] for wanted, _ in pairs for kind in KINDS]
    return [float(one) for one in got if one is not None] in rounded and exact not in rounded


TWINS = (
    Twin(
        "poolings too",
        by_cell(lambda entries, concat: without_weights(entries) / len(entries)),
        "You count poolings as well: which of the operations without weights is asked for?",
    ),
    Twin(
        "poolings only",
        by_cell(lambda entries, concat: sum("pool" in name for name, _ in entries) / len(entries)),
        "You count poolings: what is the name of the operation that hands on its input?",
    ),
    Twin(
        "a number, not a fraction",
        by_cell(lambda entries, concat: skips_of(entries)),
        "You give how many skips there are: how many edges are kept in that cell?",
    ),
    Twin(
        "in percent",
        changed(lambda found: 100 * found),
        "Your numbers go up to 100: what is the largest fraction there can be?",
    ),
    Twin(
        "rounded",
        changed(lambda found: round(found, 2)),
        "Your fractions are right but for rounding: who rounds, the one who computes or the one who prints?",
        shows=_is_rounded,
    ),
    Twin(
        "whole numbers only",
        by_cell(lambda entries, concat: skips_of(entries) // len(entries)),
        "You give 0 or 1: what does // do with what is left over?",
    ),
    Twin(
        "the others",
        changed(lambda found: 1 - found),
        "You give the fraction of all that is no skip connection: which way round is the condition?",
    ),
    Twin(
        "both kinds together",
        both_together,
        "Both kinds have the same number with you: may one cell collapse and the other not?",
    ),
    Twin(
        "divided by the edges of both kinds",
        of_both,
        "You divide by the edges of both cells: among how many edges are the skips of one cell?",
    ),
    Twin(
        "the kinds exchanged",
        lambda pairs: dict(zip(KINDS, reversed(count_skips(pairs).values()), strict=True)),
        "Both numbers are right, each at the other's name: which cell does the first list belong to?",
    ),
    Twin(
        "concatenated nodes counted",
        by_cell(lambda entries, concat: skips_of(entries) / (len(entries) + len(concat))),
        "You divide by the kept edges and the concatenated nodes together: which of the two are edges?",
    ),
    Twin(
        "divided by the nodes",
        by_cell(lambda entries, concat: skips_of(entries) / (len(entries) // 2)),
        "You divide by the number of nodes: how many edges does a node keep?",
    ),
    Twin(
        "divided by what is concatenated",
        by_cell(lambda entries, concat: skips_of(entries) / len(concat)),
        "You divide by how many nodes are concatenated: does that number say how many edges are kept?",
    ),
    Twin(
        "divided by all edges",
        by_cell(lambda entries, concat: skips_of(entries) / edges_of(entries)),
        "You divide by all edges of the search space: how many of them does the derived cell still have?",
    ),
    Twin(
        "equal pairs once",
        by_cell(lambda entries, concat: skips_of(list(set(entries))) / len(set(entries))),
        "Two equal pairs count once with you: may two nodes keep the same operation from the same state?",
    ),
    Twin(
        "nodes with a skip",
        by_cell(
            lambda entries, concat: (
                sum(skips_of(entries[k : k + 2]) > 0 for k in range(0, len(entries), 2)) / (len(entries) // 2)
            )
        ),
        "You ask how many nodes have a skip at all: can a node not keep two of them?",
    ),
    Twin(
        "of the edges without weights",
        by_cell(lambda entries, concat: skips_of(entries) / max(1, without_weights(entries))),
        "You compare skips with poolings alone: what else may a kept edge hold?",
    ),
    Twin(
        "edges from the inputs",
        by_cell(lambda entries, concat: sum(source < 2 for _, source in entries) / len(entries)),
        "You count edges that begin at an input of the cell: where in a pair does the operation stand?",
    ),
    Twin(
        "none found",
        by_cell(lambda entries, concat: 0.0),
        "You find none anywhere: is an entry of the list a name, or a pair that holds one?",
    ),
    Twin(
        "a number of edges from elsewhere",
        by_number(8),
        "You divide by the same number always: do all cells keep as many edges as that of DARTS?",
        shows=matches(CELLS, random_pairs, *map(by_number, (4, 8, 14))),
    ),
    Twin(
        "normal cell only",
        lambda pairs: count_skips(pairs)["normal"],
        "You give one number: for which kinds of cell is one asked for?",
    ),
    Twin(
        "two numbers without names",
        lambda pairs: tuple(count_skips(pairs).values()),
        "Both numbers are right: how is the reader to know which belongs to which kind?",
    ),
)
