"""Known wrong answers to `03.recognise`. E edges, O operations."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import recognise
from ..cases import EDGE

Names = tuple[str, ...]
Rule = Callable[[list[float], float, float], bool]  # (row, its largest entry, times) -> is the edge recognised


def by(rule: Rule) -> Callable[[Tensor, Names, float], list[str | None]]:
    """An answer that names the operation with the largest mixing weight where the rule says so."""

    def answer(weights: Tensor, names: Names, times: float) -> list[str | None]:
        rows = weights.tolist()
        return [names[row.index(max(row))] if rule(row, max(row), times) else None for row in rows]

    return answer


def second(row: list[float]) -> float:
    """The second largest entry."""
    return sorted(row)[-2]


def along_columns(weights: Tensor, names: Names, times: float) -> list[str | None]:
    """Wrong: edges compete for one operation."""
    return [
        name if float(two[0]) >= times * float(two[1]) else None
        for name, two in zip(names, weights.topk(2, dim=0).values.T, strict=True)
    ]


def in_place(weights: Tensor, names: Names, times: float) -> list[str | None]:
    """Wrong: the largest entry is taken out of the caller's table."""
    found = recognise(weights, names, times)
    for row in weights:
        row[row.argmax()] = 0
    return found


def other_name(pick: Callable[[list[float]], float]) -> Callable[[Tensor, Names, float], list[str | None]]:
    """An answer that is sure where the right one is, and names another operation."""

    def answer(weights: Tensor, names: Names, times: float) -> list[str | None]:
        others = [names[row.index(pick(row))] for row in weights.tolist()]
        return [other if name else None for name, other in zip(recognise(weights, names, times), others, strict=True)]

    return answer


def changed(entry: Callable[[str | None, Names], Any]) -> Callable[[Tensor, Names, float], list[Any]]:
    """The right edges, written otherwise."""
    return lambda weights, names, times: [entry(name, names) for name in recognise(weights, names, times)]


def of_first_edge(weights: Tensor, names: Names, times: float) -> str | None:
    """Wrong: `return` in the loop."""
    return recognise(weights, names, times)[0]


TWINS = (
    Twin(
        "every edge named",
        by(lambda row, first, times: True),
        "You name an operation on every edge, however close the second comes: what does the last argument ask for?",
    ),
    Twin(
        "strictly more",
        by(lambda row, first, times: first > times * second(row)),
        "An edge whose first has exactly so many times the second stays unnamed: what does `at least` allow?",
    ),
    Twin(
        "a difference",
        by(lambda row, first, times: first - second(row) >= times),
        "You name no edge at all: can the difference of two mixing weights, which sum to 1, be as large as that?",
    ),
    Twin(
        "times more",
        by(lambda row, first, times: first - second(row) >= times * second(row)),
        "You ask for one time the second too much: is three times as much the same as three times more?",
    ),
    Twin(
        "against all others together",
        by(lambda row, first, times: first >= times * (sum(row) - first)),
        "You compare with the sum of all others: which single one has to be beaten?",
    ),
    Twin(
        "against the mean of the others",
        by(lambda row, first, times: first >= times * (sum(row) - first) / (len(row) - 1)),
        "You compare with the mean of the others: could one of them still be close to the first?",
    ),
    Twin(
        "against the smallest",
        by(lambda row, first, times: first >= times * min(row)),
        "You compare with the smallest mixing weight: which other operation is the rival?",
    ),
    Twin(
        "against an equal share",
        by(lambda row, first, times: first >= times / len(row)),
        "You compare with 1 / O, where all begin: where does the second largest come in?",
    ),
    Twin(
        "equal ones taken for one",
        by(lambda row, first, times: first >= times * sorted(set(row))[-2]),
        "Where two operations share the lead you name one of them: what does a set do with equal numbers?",
    ),
    Twin(
        "softmax once more",
        lambda weights, names, times: recognise(torch.softmax(weights, 1), names, times),
        "You take a softmax of mixing weights, which then differ much less: of what are they the softmax already?",
    ),
    Twin(
        "the other way round",
        by(lambda row, first, times: first < times * second(row)),
        "You name the edges that are undecided, and no others: which way does your comparison point?",
    ),
    Twin(
        "columns compared",
        along_columns,
        "You compare edges with each other in each column: which numbers compete, those of one edge or of one "
        "operation?",
    ),
    Twin(
        "the second named",
        other_name(second),
        "You are sure on the right edges, and name the second operation: from which end does your order begin?",
    ),
    Twin(
        "the weakest named",
        other_name(min),
        "You are sure on the right edges, and name the weakest operation: from which end does your order begin?",
    ),
    Twin(
        "positions in a sorted row",
        changed(lambda name, names: name and names[0]),
        "You always name the first operation: what does sorting do to the columns?",
    ),
    Twin(
        "the last after sorting",
        changed(lambda name, names: name and names[-1]),
        "You always name the last operation: what does sorting do to the columns?",
    ),
    Twin(
        "columns instead of names",
        changed(lambda name, names: None if name is None else names.index(name)),
        "You are sure on the right edges, but you give the column of an operation: what is its name?",
    ),
    Twin(
        "yes and no",
        changed(lambda name, names: name is not None),
        "You say which edges are decided: for which operation?",
    ),
    Twin(
        "an empty text",
        changed(lambda name, names: name or ""),
        "Your names are right; an undecided edge has an empty text: what is it to have?",
    ),
    Twin(
        "none as a word",
        changed(lambda name, names: name or "none"),
        "Your names are right; an undecided edge has the word `none`, the name of an operation: is that None?",
        shows=lambda pairs: all(
            [name or "none" for name in wanted] == [str(name).lower() for name in got] and None not in got
            for wanted, got in pairs
        ),
    ),
    Twin(
        "undecided edges left out",
        lambda weights, names, times: [name for name in recognise(weights, names, times) if name],
        "Your list is too short where an edge is undecided: how would one see which edge a name belongs to?",
    ),
    Twin(
        "a dictionary",
        lambda weights, names, times: dict(enumerate(recognise(weights, names, times))),
        "You return a dictionary: what has one entry for each edge, in their order?",
        shows=lambda pairs: all(isinstance(got, dict) for _, got in pairs),
    ),
    Twin(
        "first edge only",
        of_first_edge,
        "You answer for the first edge only: is `return` inside the loop?",
        shows=lambda pairs: all(wanted[0] == got for wanted, got in pairs),
    ),
    Twin(
        "first taken out in place",
        in_place,
        "The names are right, but you write into the mixing weights that you were given: who else may need them?",
    ),
    Twin(
        "names from outside",
        lambda weights, names, times: recognise(weights, (*EDGE, "?", "?"), times),
        "You name operations that are not on the list: whose names do you use?",
    ),
)
