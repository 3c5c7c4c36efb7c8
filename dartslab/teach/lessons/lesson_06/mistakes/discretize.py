"""Known wrong answers to `06.discretize`. Shapes: E edges, O operations."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ....items import Twin
from ..answers import discretize

Tables = tuple[Tensor, Tensor]


def first_by(table: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tables]:
    """An answer with another first table."""
    return lambda weights, kept: (table(weights, kept), kept.to(weights.dtype))


def second_by(table: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tables]:
    """An answer with another second table."""
    return lambda weights, kept: (discretize(weights, kept)[0], table(weights, kept))


def strongest_operation(weights: Tensor, kept: Tensor) -> Tensor:
    """The operation chosen anew from the weights, `none` among them."""
    one_hot = torch.nn.functional.one_hot(weights.argmax(1), weights.shape[1])
    return one_hot.to(weights.dtype) * kept.any(1, keepdim=True)


def one_on_every_edge(weights: Tensor, kept: Tensor) -> Tensor:
    """The marks, and the largest weight on the edges that are not kept."""
    one_hot = torch.nn.functional.one_hot(weights.argmax(1), weights.shape[1]).to(weights.dtype)
    return torch.where(kept.any(1, keepdim=True), kept.to(weights.dtype), one_hot)


def strongest_rows(weights: Tensor, kept: Tensor) -> Tensor:
    """As many rows as are kept, but those with the largest weights."""
    rows = weights.amax(1).topk(int(kept.any(1).sum())).indices
    return torch.zeros_like(weights).index_copy(0, rows, weights[rows])


def rows_shared_out(weights: Tensor, kept: Tensor) -> Tensor:
    """All rows of a column of marks, which a forgotten axis gives."""
    return weights * kept.any(1)


def without_first_column(weights: Tensor, kept: Tensor) -> Tensor:
    """The first column set to 0, as if `none` had to go."""
    mixed = weights * kept.any(1, keepdim=True)
    mixed[:, 0] = 0
    return mixed


def change_in_place(weights: Tensor, kept: Tensor) -> Tables:
    """Wrong: the caller's weights are changed."""
    weights *= kept.any(1, keepdim=True)
    return weights, kept.to(weights.dtype)


TWINS = (
    Twin(
        "the kept weight instead of 1",
        second_by(lambda weights, kept: weights * kept),
        "Your kept operation still has its mixing weight: what weight does the only operation on an edge have?",
    ),
    Twin(
        "all edges stay",
        first_by(lambda weights, kept: weights),
        "Your first table still mixes on every edge: which rows had to go?",
    ),
    Twin(
        "the two exchanged",
        lambda weights, kept: discretize(weights, kept)[::-1],
        "Both tables are right: in which order should they be returned?",
    ),
    Twin(
        "one operation at once",
        first_by(lambda weights, kept: weights * kept),
        "Your first table has one operation on each edge: what should still be mixed at this stage?",
    ),
    Twin(
        "weights in the wrong table",
        lambda weights, kept: (kept.to(weights.dtype), weights * kept),
        "Your first table holds ones and your second one weights, and both have one operation on an edge: which of the "
        "two stages still mixes?",
    ),
    Twin(
        "the largest weight wins",
        second_by(strongest_operation),
        "You choose the operation again from the weights: which operation has the largest weight, and may it be kept?",
    ),
    Twin(
        "the strongest rows",
        first_by(strongest_rows),
        "You choose the edges again from the weights: where does it say which of them are kept?",
    ),
    Twin(
        "an operation on every edge",
        second_by(one_on_every_edge),
        "Your second table has an operation on every edge: what is on an edge that is not kept?",
    ),
    Twin(
        "a 1 everywhere on kept edges",
        second_by(lambda weights, kept: kept.any(1, keepdim=True).expand_as(kept).to(weights.dtype)),
        "Your second table has 1 for all operations of a kept edge: how many operations does it keep?",
    ),
    Twin(
        "columns instead of rows",
        first_by(lambda weights, kept: weights * kept.any(0)),
        "You keep columns, that is operations: along which axis lies one edge?",
    ),
    Twin(
        "a row of marks instead of a column",
        first_by(rows_shared_out),
        "Your marks of edges lie along the operations: which axis must stay, so that each mark meets its row?",
    ),
    Twin(
        "all instead of any",
        first_by(lambda weights, kept: weights * kept.all(1, keepdim=True)),
        "You ask whether everything in a row is marked: how many marks does a kept edge have?",
    ),
    Twin(
        "kept and dropped exchanged",
        first_by(lambda weights, kept: weights * ~kept.any(1, keepdim=True)),
        "Your first table holds just the edges that should go: which way round is the condition?",
    ),
    Twin(
        "marks turned round",
        second_by(lambda weights, kept: (~kept).to(weights.dtype)),
        "Your second table has a 1 at everything that is not kept: which way round is the condition?",
    ),
    Twin(
        "first column left out",
        first_by(without_first_column),
        "You set the first column to 0: does none leave the mixture already when edges are dropped?",
    ),
    Twin(
        "softmax once more",
        first_by(lambda weights, kept: torch.softmax(weights, 1) * kept.any(1, keepdim=True)),
        "Your kept edges have other weights than before: are these alphas, or mixing weights, which sum to 1 already?",
    ),
    Twin(
        "shared out over the edges",
        first_by(
            lambda weights, kept: weights * kept.any(1, keepdim=True) / (weights * kept.any(1, keepdim=True)).sum()
        ),
        "You divide the kept edges by their sum: do the weights of one edge change when another goes?",
    ),
    Twin(
        "ones shared out",
        second_by(lambda weights, kept: kept.to(weights.dtype) / kept.sum()),
        "Your ones are divided by their number: what weight does the only operation on an edge have?",
    ),
    Twin(
        "True and False",
        second_by(lambda weights, kept: kept),
        "Your second table holds True and False: which numbers are they to be as weights?",
        shows=lambda pairs: all(got[1].dtype in (torch.bool, np.bool_) for _, got in pairs),
    ),
    Twin(
        "only the first table",
        lambda weights, kept: discretize(weights, kept)[0],
        "You return the first table: where is the second?",
    ),
    Twin(
        "only the second table",
        lambda weights, kept: discretize(weights, kept)[1],
        "You return the second table: where is the first?",
    ),
    Twin(
        "rows cut away",
        lambda weights, kept: tuple(table[kept.any(1)] for table in discretize(weights, kept)),
        "Your tables have lost the rows of the dropped edges: what stands in the rows of a table [E, O] instead?",
    ),
    Twin(
        "the second table twice",
        lambda weights, kept: (kept.to(weights.dtype), kept.to(weights.dtype)),
        "Both tables hold the kept operations alone: are they two tensors, or two names of one?",
    ),
    Twin(
        "the first table twice",
        lambda weights, kept: (discretize(weights, kept)[0], discretize(weights, kept)[0]),
        "Both tables still mix: what is left on an edge after the second cut?",
    ),
    Twin(
        "changed in place",
        change_in_place,
        "You write into the weights that you were given: which stage does the caller then still have?",
    ),
)
