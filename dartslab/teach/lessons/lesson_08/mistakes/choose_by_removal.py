"""Known wrong answers to `08.choose_by_removal`. Shapes: E edges, O operations."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import choose_by_removal

Names = tuple[str, ...]
Measure = Callable[[Tensor], float]
Change = Callable[[Tensor, int, int], Tensor]  # (a copy of the weights, edge, column) -> the table that is measured


def best(change: Change, largest: bool = False, none_too: bool = False) -> Callable[..., str]:
    """An answer that measures other tables; it takes the smallest accuracy, or the largest."""

    def answer(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
        found = {
            name: (-1 if largest else 1) * accuracy(change(weights.clone(), edge, column))
            for column, name in enumerate(operations)
            if none_too or name != "none"
        }
        return min(found, key=found.__getitem__)

    return answer


def without(table: Tensor, edge: int, column: int) -> Tensor:
    """Right: the operation has weight 0."""
    table[edge, column] = 0
    return table


def renormalised(table: Tensor, edge: int, column: int) -> Tensor:
    """The rest made to sum to 1 again."""
    table[edge, column] = 0
    table[edge] /= table[edge].sum()
    return table


def alone(table: Tensor, edge: int, column: int, weight: float = 1.0) -> Tensor:
    """The operation alone on its edge."""
    kept = table[edge, column].item() if weight == 0 else weight
    table[edge] = 0
    table[edge, column] = kept
    return table


def whole_edge(table: Tensor, edge: int, column: int) -> Tensor:
    """All operations of the edge removed."""
    table[edge] = 0
    return table


def on_every_edge(table: Tensor, edge: int, column: int) -> Tensor:
    """The operation removed from all edges."""
    table[:, column] = 0
    return table


def raised(table: Tensor, edge: int, column: int) -> Tensor:
    """Weight 1, the others as they were."""
    table[edge, column] = 1
    return table


def as_if_alpha(table: Tensor, edge: int, column: int) -> Tensor:
    """A softmax of the weights without the operation, as a mask on alpha would give."""
    table[edge, column] = -torch.inf
    return table.softmax(1)


def smaller(table: Tensor, edge: int, column: int) -> Tensor:
    """Half of the weight is left."""
    table[edge, column] /= 2
    return table


def missed_for_its_weight(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """What the removal costs, divided by the weight that was removed."""
    whole, found = accuracy(weights), {}
    for column, name in enumerate(operations):
        if name != "none":
            found[name] = (whole - accuracy(without(weights.clone(), edge, column))) / float(weights[edge, column])
    return max(found, key=found.__getitem__)


def softmax_again(table: Tensor, edge: int, column: int) -> Tensor:
    """A softmax over weights of which one is 0."""
    table[edge, column] = 0
    return table.softmax(1)


def halved(table: Tensor, edge: int, column: int) -> Tensor:
    """Shared out evenly among the others."""
    rest = table[edge, column] / (table.shape[1] - 1)
    table[edge] += rest
    table[edge, column] = 0
    return table


def largest_weight(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """The choice of DARTS."""
    return max((float(weights[edge, c]), name) for c, name in enumerate(operations) if name != "none")[1]


def largest_weight_or_none(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """The largest weight, `none` among them."""
    return operations[int(weights[edge].argmax())]


def one_after_the_other(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """What was removed stays removed."""
    table, found = weights.clone(), {}
    for column, name in enumerate(operations):
        if name != "none":
            table[edge, column] = 0
            found[name] = accuracy(table)
    return min(found, key=found.__getitem__)


def largest_drop_in_turn(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """What was removed stays removed, and each is compared with the one before."""
    table, found = weights.clone(), {}
    for column, name in enumerate(operations):
        if name != "none":
            before = accuracy(table)
            table[edge, column] = 0
            found[name] = before - accuracy(table)
    return max(found, key=found.__getitem__)


def in_place(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """Wrong: the caller's table is used up."""
    found = {}
    for column, name in enumerate(operations):
        if name != "none":
            weights[edge, column] = 0
            found[name] = accuracy(weights)
    return min(found, key=found.__getitem__)


def counted_without_none(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """A column counted among all, looked up among the choices."""
    choices = [name for name in operations if name != "none"]
    column = operations.index(choose_by_removal(accuracy, weights, edge, operations))
    return choices[column % len(choices)]


def first_column_left_out(accuracy: Measure, weights: Tensor, edge: int, operations: Names) -> str:
    """`none` taken for the first column, wherever it stands."""
    found = {o: accuracy(without(weights.clone(), edge, o)) for o in range(1, len(operations))}
    return operations[min(found, key=found.__getitem__)]


def another_edge(other: Callable[[int, int], int]) -> Callable[..., str]:
    """The right answer for an edge that was not asked for."""
    return lambda accuracy, weights, edge, operations: choose_by_removal(
        accuracy, weights, other(edge, len(weights)), operations
    )


def say(what: Callable[[Measure, Tensor, int, Names, str], Any]) -> Callable[..., Any]:
    """The right choice, said otherwise."""
    return lambda accuracy, weights, edge, operations: what(
        accuracy, weights, edge, operations, choose_by_removal(accuracy, weights, edge, operations)
    )


def accuracy_left(accuracy: Measure, weights: Tensor, edge: int, operations: Names, name: str) -> float:
    """What is left without the operation."""
    return accuracy(without(weights.clone(), edge, operations.index(name)))


TWINS = (
    Twin(  # weights of what is left through a softmax: in the published code they are not made to sum to 1
        "the rest made to sum to 1",
        best(renormalised),
        "You make what is left of the edge sum to 1: what else has then changed, besides the operation that is gone?",
    ),
    Twin(
        "masked before the softmax",
        best(as_if_alpha),
        "You take the softmax of what is left: are these alphas, or mixing weights?",
    ),
    Twin(
        "softmax once more",
        best(softmax_again),
        "You take a softmax of mixing weights: what weight does the removed operation have then?",
    ),
    Twin(
        "its weight shared out",
        best(halved),
        "You give the weight to the other operations: what else has then changed, besides the one that is gone?",
    ),
    Twin(
        "made smaller",
        best(smaller),
        "You make the weight smaller, and some of it is left: is half of an operation missed half as much?",
    ),
    Twin(
        "missed for its weight",
        missed_for_its_weight,
        "You divide by the weight what a removal costs: is a small operation missed as much as a large one?",
    ),
    Twin(
        "the largest weight",
        largest_weight,
        "You take the largest mixing weight, as DARTS does: what did the supernet lose without it?",
    ),
    Twin(
        "the largest weight, none among them",
        largest_weight_or_none,
        "You take the largest mixing weight, even of none: may none be kept, and what is the operation worth?",
    ),
    Twin(
        "the smallest cost",
        best(without, largest=True),
        "You take the operation without which the accuracy is best: is it missed?",
    ),
    Twin(
        "each alone, with weight 1",
        best(alone, largest=True),
        "You try every operation alone: what is asked, how good it is alone or how much it is missed?",
    ),
    Twin(
        "each alone, with its weight",
        best(lambda table, edge, column: alone(table, edge, column, 0), largest=True),
        "You keep one operation at a time, with its weight: are the others there when one is removed?",
    ),
    Twin(
        "the worst alone",
        best(alone),
        "You keep one operation at a time, and take the one with the smallest accuracy: what is removed?",
    ),
    Twin(
        "weight 1 instead of 0",
        best(raised, largest=True),
        "You raise an operation to weight 1: what would removing it look like?",
    ),
    Twin(
        "weight 1, smallest accuracy",
        best(raised),
        "You raise an operation to weight 1, and take the smallest accuracy: which number removes it?",
    ),
    Twin(
        "the whole edge removed",
        best(whole_edge),
        "Your accuracies are all the same: how much of the edge do you set to 0?",
    ),
    Twin(
        "removed on every edge",
        best(on_every_edge),
        "You remove the operation from all edges: from how many should it go?",
    ),
    Twin(
        "none may win",
        best(without, none_too=True),
        "Your edge may keep none: what would such an edge carry?",
    ),
    Twin(
        "smallest cost, none among them",
        best(without, largest=True, none_too=True),
        "You take the operation that is missed least, even none: which should stay?",
    ),
    Twin(
        "removed operations stay removed",
        one_after_the_other,
        "Your operations go one after the other: is the first one back when you measure the second?",
    ),
    Twin(
        "drops in turn",
        largest_drop_in_turn,
        "You compare each accuracy with the one before: what is missing already when you measure the second?",
    ),
    Twin(
        "the table used up",
        in_place,
        "You write into the weights that you were given: what will the next edge find there?",
    ),
    Twin(
        "always the first edge",
        another_edge(lambda edge, count: 0),
        "You always look at the first edge: which one is asked for?",
    ),
    Twin(
        "edges from 1",
        another_edge(lambda edge, count: edge - 1),
        "You look at the edge before the one that is asked for: which number has the first row?",
    ),
    Twin(
        "the edge after it",
        another_edge(lambda edge, count: (edge + 1) % count),
        "You look at the next edge: which number has the first row?",
    ),
    Twin(
        "first column left out",
        first_column_left_out,
        "You leave out the first column, whatever it is: in which column is none?",
    ),
    Twin(
        "columns counted without none",
        counted_without_none,
        "You find the column among all operations and look it up among those without none: which name has it?",
    ),
    Twin(
        "a column instead of a name",
        say(lambda accuracy, weights, edge, operations, name: operations.index(name)),
        "Your choice is right, and you give its column: what is the operation called?",
    ),
    Twin(
        "the accuracy that is left",
        say(accuracy_left),
        "You return an accuracy: without which operation was it measured?",
    ),
    Twin(
        "the cost",
        say(lambda *given: given[0](given[1]) - accuracy_left(*given)),
        "You return what the removal costs: of which operation?",
    ),
    Twin(
        "edge and name",
        say(lambda accuracy, weights, edge, operations, name: (edge, name)),
        "You return the edge as well: which part of it was asked for?",
    ),
)
