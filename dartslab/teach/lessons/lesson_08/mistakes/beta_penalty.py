"""Known wrong answers to `08.beta_penalty`. Shapes: E edges, O operations."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ....items import Twin

Tables = Mapping[str, Tensor]


def rows(alpha: Tables) -> Tensor:
    """The edges of all kinds together."""
    return torch.cat(list(alpha.values()))


def of_rows(formula: Callable[[Tensor], Tensor]) -> Callable[[Tables, float], Tensor]:
    """25 progress times a formula of all rows."""
    return lambda alpha, progress: 25 * progress * formula(rows(alpha))


def of_kinds(gather: Callable[[Tensor], Tensor]) -> Callable[[Tables, float], Tensor]:
    """25 progress times something of the means of the kinds."""
    return lambda alpha, progress: (
        25 * progress * gather(torch.stack([table.logsumexp(1).mean() for table in alpha.values()]))
    )


def weighted(weight: Callable[[float], float]) -> Callable[[Tables, float], Tensor]:
    """The right mean with another weight."""
    return lambda alpha, progress: weight(progress) * rows(alpha).logsumexp(1).mean()


TWINS = (
    Twin(
        "kinds added up",
        of_kinds(lambda means: means.sum()),
        "You add the means of the kinds: over how many edges is one mean to be taken?",
    ),
    Twin(
        "mean of the kinds' means",
        of_kinds(lambda means: means.mean()),
        "You take the mean of two means: does an edge count as much where its kind has more of them?",
    ),
    Twin(
        "normal cells only",
        of_kinds(lambda means: means[0]),
        "You look at the first kind only: which edges have no penalty then?",
    ),
    Twin(
        "the last kind only",
        of_kinds(lambda means: means[-1]),
        "You look at the last kind only, perhaps because of a return in a loop: which edges have no penalty then?",
    ),
    Twin(
        "sum over the edges",
        of_rows(lambda table: table.logsumexp(1).sum()),
        "You add the edges up: would the penalty be as strong in a cell with more edges?",
    ),
    Twin(
        "divided by all entries",
        of_rows(lambda table: table.logsumexp(1).sum() / table.numel()),
        "You divide by the number of alphas: how many numbers does logsumexp leave of an edge?",
    ),
    Twin(
        "over the edges",
        of_rows(lambda table: table.logsumexp(0).mean()),
        "You sum over the edges of each operation: over what does the sum of one edge run?",
    ),
    Twin(
        "one logsumexp of everything",
        of_rows(lambda table: table.flatten().logsumexp(0)),
        "You take one logarithm of all edges together: whose logarithms are averaged?",
    ),
    Twin(
        "logarithm of the mean over edges",
        of_rows(lambda table: table.exp().sum(1).mean().log()),
        "You average first and take the logarithm then: which of the two comes first?",
    ),
    Twin(
        "logarithm forgotten",
        of_rows(lambda table: table.exp().sum(1).mean()),
        "You have no logarithm: how fast would the penalty grow with alpha?",
    ),
    Twin(
        "exponential forgotten",
        of_rows(lambda table: table.sum(1).mean()),
        "You add the alphas themselves: which of them should count most?",
    ),
    Twin(
        "mean over the operations in the logarithm",
        of_rows(lambda table: table.exp().mean(1).log().mean()),
        "You average the exponentials of an edge: what does the logarithm need, a mean or a sum?",
    ),
    Twin(
        "logsumexp of the mixing weights",
        of_rows(lambda table: table.softmax(1).logsumexp(1).mean()),
        "You apply logsumexp to the mixing weights: of which numbers is it the smooth maximum?",
    ),
    Twin(
        "logarithm of the mixing weights",
        of_rows(lambda table: table.log_softmax(1).sum(1).mean()),
        "You add logarithms of mixing weights: which single number of an edge is asked for?",
    ),
    Twin(
        "the largest alpha",
        of_rows(lambda table: table.amax(1).mean()),
        "You take the largest alpha of each edge: what do the others of the edge feel?",
    ),
    Twin(
        "alpha squared",
        of_rows(lambda table: (table**2).sum(1).mean()),
        "You penalise squares, as weight decay does: which function of an edge does Beta-DARTS take?",
    ),
    Twin(
        "the gradient",
        of_rows(lambda table: table.softmax(1) / len(table)),
        "You return the gradient of the penalty: the penalty itself is one number.",
    ),
    Twin(
        "one number for each edge",
        of_rows(lambda table: table.logsumexp(1)),
        "You return a number for each edge: how do they become one penalty?",
    ),
    Twin(
        "the same weight all the time",
        weighted(lambda progress: 25),
        "Your penalty is as strong at the start as at the end: what should its weight do?",
    ),
    Twin(
        "weight forgotten",
        weighted(lambda progress: 1),
        "Your mean has no weight before it: what is it multiplied by, and does that change?",
    ),
    Twin(
        "25 forgotten",
        weighted(lambda progress: progress),
        "Your weight grows to 1: to what should it grow?",
    ),
    Twin(
        "50 instead of 25",
        weighted(lambda progress: 50 * progress),
        "Your weight grows to 50: what is it divided by in the text?",
    ),
    Twin(
        "falling weight",
        weighted(lambda progress: 25 * (1 - progress)),
        "Your weight falls: when do operations run away, early or late?",
    ),
    Twin(
        "the wrong sign",
        weighted(lambda progress: -25 * progress),
        "Your penalty is negative: is a large alpha to cost something, or to pay?",
    ),
)
