"""Known wrong answers to `06.edge_strength`, most of them rules by which `06.top_k` can be wrong as well.

Shapes: E edges, O operations.
"""

from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import Names, edge_strength


def choices_of(operations: Names) -> list[int]:
    """The columns of all operations but `none`."""
    return [column for column, name in enumerate(operations) if name != "none"]


def weights_of_choices(alpha: Tensor, operations: Names) -> Tensor:
    """The mixing weights of all operations but `none`."""
    return torch.softmax(alpha, 1)[:, choices_of(operations)]


def largest_alpha(alpha: Tensor, operations: Names) -> Tensor:
    """The largest alpha of every edge, `none` left aside."""
    return alpha[:, choices_of(operations)].amax(1)


def all_but_none(alpha: Tensor, operations: Names) -> Tensor:
    """The weight of everything but `none` together."""
    return weights_of_choices(alpha, operations).sum(1)


def none_may_win(alpha: Tensor, operations: Names) -> Tensor:
    """The largest weight, even if it is that of `none`."""
    return torch.softmax(alpha, 1).amax(1)


def without_none(alpha: Tensor, operations: Names) -> Tensor:
    """`none` taken out before the softmax."""
    return torch.softmax(alpha[:, choices_of(operations)], 1).amax(1)


def over_edges(alpha: Tensor, operations: Names) -> Tensor:
    """Edges compete for an operation."""
    return torch.softmax(alpha, 0)[:, choices_of(operations)].amax(1)


def over_the_table(alpha: Tensor, operations: Names) -> Tensor:
    """All entries compete."""
    return torch.softmax(alpha.flatten(), 0).view(alpha.shape)[:, choices_of(operations)].amax(1)


def first_column(alpha: Tensor, operations: Names) -> Tensor:
    """`none` taken for the first column, wherever it stands."""
    return torch.softmax(alpha, 1)[:, 1:].amax(1)


def last_column(alpha: Tensor, operations: Names) -> Tensor:
    """`none` taken for the last column, wherever it stands."""
    return torch.softmax(alpha, 1)[:, :-1].amax(1)


def margin(alpha: Tensor, operations: Names) -> Tensor:
    """The lead of the strongest operation over the next."""
    ordered = weights_of_choices(alpha, operations).sort(dim=1).values
    return ordered[:, -1] - ordered[:, -2]


def less_none(alpha: Tensor, operations: Names) -> Tensor:
    """The strength minus the weight of `none`."""
    return edge_strength(alpha, operations) - torch.softmax(alpha, 1)[:, operations.index("none")]


def none_set_to_zero(alpha: Tensor, operations: Names) -> Tensor:
    """The alpha of `none` set to 0, which takes part."""
    mask = torch.tensor([name != "none" for name in operations])
    return weights_of_choices(alpha * mask, operations).amax(1)


def plain_exponentials(alpha: Tensor, operations: Names) -> Tensor:
    """A softmax that overflows."""
    raised = torch.exp(alpha)
    return (raised / raised.sum(1, keepdim=True))[:, choices_of(operations)].amax(1)


def zero_where_none_wins(alpha: Tensor, operations: Names) -> Tensor:
    """No strength where `none` is largest."""
    is_none = torch.tensor([name == "none" for name in operations])
    return edge_strength(alpha, operations) * ~is_none[alpha.argmax(1)]


def shift_numerator(alpha: Tensor, operations: Names) -> Tensor:
    """The largest alpha subtracted above the fraction bar only."""
    raised = torch.exp(alpha - alpha.amax(1, keepdim=True))
    return raised[:, choices_of(operations)].amax(1) / torch.exp(alpha).sum(1)


def none_lost_in_place(alpha: Tensor, operations: Names) -> Tensor:
    """`none` taken out before the softmax, in the caller's table."""
    alpha[:, operations.index("none")] = -torch.inf
    return torch.softmax(alpha, 1).amax(1)


def _holds_the_strengths_first(pairs: list[tuple[Any, Any]]) -> bool:
    return all(
        len(got) == 2 and torch.allclose(got[0], wanted) and got[1].dtype == torch.int64 for wanted, got in pairs
    )


TWINS = (
    Twin(
        "raw alpha",
        largest_alpha,
        "You compare alpha itself: what does adding 10 to one whole row do to your result?",
    ),
    Twin(
        "exponentials overflow",
        plain_exponentials,
        "The exponential of a large alpha is infinite, and your weight nan: what may be subtracted from a row without "
        "changing its softmax?",
    ),
    Twin(
        "sum of the others",
        all_but_none,
        "You add up everything but none: how many of these operations will stay on the edge?",
    ),
    Twin(
        "mean of the others",
        lambda alpha, operations: weights_of_choices(alpha, operations).mean(1),
        "You take the mean of everything but none: how many of these operations will stay on the edge?",
    ),
    Twin(
        "the smallest",
        lambda alpha, operations: weights_of_choices(alpha, operations).amin(1),
        "You take the smallest weight of an edge: which of its operations will be kept?",
    ),
    Twin(
        "none may win",
        none_may_win,
        "For some edges your number is the weight of none: can none be what is kept?",
    ),
    Twin(
        "none itself",
        lambda alpha, operations: torch.softmax(alpha, 1)[:, operations.index("none")],
        "You return the weight of none: which columns are left when none is put aside?",
    ),
    Twin(
        "softmax without none",
        without_none,
        "You leave out none before the softmax: does an edge that gives most of its weight to none still look weak?",
    ),
    Twin(
        "softmax without none, in place",
        none_lost_in_place,
        "You write into the alpha that you were given, and none takes no weight in your softmax: when may it be left "
        "aside?",
    ),
    Twin(
        "the alpha of none set to 0",
        none_set_to_zero,
        "You set the alpha of none to 0 before the softmax: which weight does exp(0) take, and which did none have?",
    ),
    Twin(
        "no strength where none wins",
        zero_where_none_wins,
        "Where none has the largest weight your edge has no strength at all: how strong is its best other operation?",
    ),
    Twin(
        "shifted above the fraction bar only",
        shift_numerator,
        "You subtract the largest alpha above the fraction bar and not below it: what do your weights sum to?",
    ),
    Twin(
        "less the weight of none",
        less_none,
        "You subtract the weight of none: is what none takes not missing from the other weights already?",
    ),
    Twin(
        "softmax over the edges",
        over_edges,
        "Your softmax lets edges compete for one operation: which numbers should sum to 1?",
    ),
    Twin(
        "softmax over the table",
        over_the_table,
        "Your softmax runs over the whole table: which numbers should sum to 1, all of them or those of one edge?",
    ),
    Twin(
        "softmax twice",
        lambda alpha, operations: edge_strength(torch.softmax(alpha, 1), operations),
        "Your weights are too alike, as after a second softmax: how often should alpha go through one?",
    ),
    Twin(
        "logarithms",
        lambda alpha, operations: edge_strength(alpha, operations).log(),
        "You return logarithms of weights, which are negative: how does one get back to the weights?",
    ),
    Twin(
        "sigmoid",
        lambda alpha, operations: torch.sigmoid(alpha)[:, choices_of(operations)].amax(1),
        "You take a sigmoid of every alpha on its own: how do the operations of an edge compete for a sum of 1?",
    ),
    Twin(
        "first column left out",
        first_column,
        "You leave out the first column, whatever it is: in which column is none?",
    ),
    Twin(
        "last column left out",
        last_column,
        "You leave out the last column, whatever it is: in which column is none?",
    ),
    Twin(
        "margin instead of strength",
        margin,
        "You return the lead over the runner-up: is that the strength of the edge?",
    ),
    Twin(
        "largest of each operation",
        lambda alpha, operations: weights_of_choices(alpha, operations).amax(0),
        "You have one number for each operation: along which axis lies one edge?",
    ),
    Twin(
        "largest of the table",
        lambda alpha, operations: weights_of_choices(alpha, operations).amax(),
        "You have one number for the whole table: over which axis should the largest be taken?",
    ),
    Twin(
        "an axis too many",
        lambda alpha, operations: edge_strength(alpha, operations)[:, None],
        "Your strengths stand in a table of one column: what does keepdim do?",
    ),
    Twin(
        "columns instead of weights",
        lambda alpha, operations: weights_of_choices(alpha, operations).argmax(1),
        "You return in which column the largest weight stands: how large is it?",
    ),
    Twin(
        "values and columns",
        lambda alpha, operations: tuple(weights_of_choices(alpha, operations).max(1)),
        "You return two things, the largest weights and their columns, as torch's `max` gives them: which is asked "
        "for?",
        shows=_holds_the_strengths_first,
    ),
)
