"""Known wrong answers to `08.auxiliary_skip`. Shapes: E edges, O operations."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ....items import Twin
from ..answers import auxiliary_skip

Answer = Callable[[Tensor, int, int, int], Tensor]


def column(alpha: Tensor, skip: int) -> Tensor:
    """1 at the skip, [O]."""
    return torch.nn.functional.one_hot(torch.tensor(skip), alpha.shape[1]).to(alpha)


def fall_by(b: Callable[[int, int], float]) -> Answer:
    """An answer with another b."""
    return lambda alpha, skip, epoch, epochs: alpha.softmax(1) + b(epoch, epochs) * column(alpha, skip)


def add(to: Callable[[Tensor, Tensor, float], Tensor]) -> Answer:
    """An answer that does something else with the right b: to(alpha, 1 at the skip, b)."""
    return lambda alpha, skip, epoch, epochs: to(alpha, column(alpha, skip), 1 - epoch / epochs)


def renormalised(alpha: Tensor, here: Tensor, b: float) -> Tensor:
    """Rows that sum to 1."""
    weights = alpha.softmax(1) + b * here
    return weights / weights.sum(1, keepdim=True)


def in_place(alpha: Tensor, skip: int, epoch: int, epochs: int) -> Tensor:
    """Wrong: the caller's alpha is changed."""
    alpha[:, skip] += 1 - epoch / epochs
    return alpha.softmax(1)


def a_row(alpha: Tensor, skip: int, epoch: int, epochs: int) -> Tensor:
    """Wrong: b in the row of that number; fails where there are fewer rows."""
    weights = alpha.softmax(1)
    weights[skip] += 1 - epoch / epochs
    return weights


TWINS = (
    Twin(
        "b times the skip's weight",
        add(lambda alpha, here, b: alpha.softmax(1) * (1 + b * here)),
        "You make the skip's own weight larger by a factor: would the extra skip then not depend on alpha?",
    ),
    Twin(
        "b instead of the skip's weight",
        add(lambda alpha, here, b: alpha.softmax(1) * (1 - here) + b * here),
        "You put b in the place of the skip's weight: where is then the skip that competes with the others?",
    ),
    Twin(
        "only the skip fades out",
        add(lambda alpha, here, b: alpha.softmax(1) * (1 - here + b * here)),
        "Your skip loses its own weight while b falls: what should be left of it when b is 0?",
    ),
    Twin(
        "rows made to sum to 1",
        add(renormalised),
        "Your rows sum to 1 again: what has b then taken from the other operations?",
    ),
    Twin(
        "a mixture of the softmax and a skip",
        add(lambda alpha, here, b: (1 - b) * alpha.softmax(1) + b * here),
        "You share 1 between the softmax and the skip: what do the convolutions get in the first epoch?",
    ),
    Twin(
        "b added to all",
        add(lambda alpha, here, b: alpha.softmax(1) + b),
        "You add b to every operation: which one has a helper?",
    ),
    Twin(
        "b added to all but the skip",
        add(lambda alpha, here, b: alpha.softmax(1) + b * (1 - here)),
        "You add b to every operation but the skip: which one has a helper?",
    ),
    Twin(
        "b added before the softmax",
        add(lambda alpha, here, b: (alpha + b * here).softmax(1)),
        "You add b to alpha: what does a softmax do to the other operations when one alpha rises?",
    ),
    Twin(
        "b subtracted",
        add(lambda alpha, here, b: alpha.softmax(1) - b * here),
        "Your b is below 0, and the skip loses weight: does a helper add something, and what is subtracted from what?",
    ),
    Twin(
        "b shared by the edges",
        add(lambda alpha, here, b: alpha.softmax(1) + b * here / len(alpha)),
        "You divide b by the number of edges: how many edges have a skip of their own beside the others?",
    ),
    Twin(
        "b on the first edge only",
        add(lambda alpha, here, b: alpha.softmax(1) + b * here * (torch.arange(len(alpha)) == 0)[:, None]),
        "Only your first edge has a helper: which axis are the edges?",
    ),
    Twin(
        "always the first column",
        lambda alpha, skip, epoch, epochs: auxiliary_skip(alpha, 0, epoch, epochs),
        "You add b to the first column: in which column is the skip?",
    ),
    Twin(
        "a row instead of a column",
        a_row,
        "You add b to one edge, and to all of its operations: which axis are the operations?",
    ),
    Twin(
        "rising b",
        fall_by(lambda epoch, epochs: epoch / epochs),
        "Your b rises: when does the network need this skip most, and when must it be gone?",
    ),
    Twin(
        "b stays 1",
        fall_by(lambda epoch, epochs: 1.0),
        "Your b stays as it is: what must it be when the cell is derived?",
    ),
    Twin(
        "b falls along a cosine",
        fall_by(lambda epoch, epochs: (1 + math.cos(math.pi * epoch / epochs)) / 2),
        "Your b falls along a cosine: along which line does it fall here?",
    ),
    Twin(
        "epochs counted from 1",
        fall_by(lambda epoch, epochs: 1 - (epoch - 1) / epochs),
        "Your b is above 1 in the first epoch: which number has that epoch?",
    ),
    Twin(
        "one epoch too early",
        fall_by(lambda epoch, epochs: 1 - (epoch + 1) / epochs),
        "Your b is below 1 in the first epoch: how many epochs are done by then?",
    ),
    Twin(
        "0 in the last epoch",
        fall_by(lambda epoch, epochs: 1 - epoch / (epochs - 1)),
        "Your b falls a little too fast, as if there were one epoch less: of how many epochs is `epoch` a part?",
    ),
    Twin(
        "whole numbers only",
        fall_by(lambda epoch, epochs: 1 - epoch // epochs),
        "Your b stays 1 until it is 0: what does // do to a part of the search?",
    ),
    Twin(
        "b falls by 1 in each epoch",
        fall_by(lambda epoch, epochs: max(0, 1 - epoch)),
        "Your b is 0 from the second epoch on: how long should this skip stay?",
    ),
    Twin(
        "no softmax",
        add(lambda alpha, here, b: alpha + b * here),
        "You add b to alpha and stop there: what multiplies the operations of an edge?",
    ),
    Twin(
        "softmax over the edges",
        add(lambda alpha, here, b: alpha.softmax(0) + b * here),
        "Your softmax lets edges compete for one operation: which numbers should sum to 1 before b comes?",
    ),
    Twin(
        "softmax over the whole table",
        add(lambda alpha, here, b: alpha.flatten().softmax(0).view_as(alpha) + b * here),
        "Your softmax runs over the whole table: what should sum to 1, one edge or all of them together?",
    ),
    Twin(
        "b forgotten",
        add(lambda alpha, here, b: alpha.softmax(1)),
        "You give the weights of DARTS: where is the auxiliary skip?",
    ),
    Twin(
        "b alone",
        add(lambda alpha, here, b: (b * here).expand_as(alpha)),
        "You give the auxiliary skip alone: what do the operations that compete have?",
    ),
    Twin(
        "alpha changed in place",
        in_place,
        "You write b into the alpha that you were given: may the auxiliary skip change what is learned?",
    ),
)
