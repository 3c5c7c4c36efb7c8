"""Known wrong answers to `07.pull_on_alpha`."""

from collections.abc import Callable

import torch
from torch import Tensor

from ....items import Twin
from ..answers import pull_on_alpha


def of_scores(combine: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Another combination of the products <g, o(x)> [O] and the mixing weights [O]."""
    return lambda outputs, g, p: combine(outputs @ g, p)


def softmax_once_more(outputs: Tensor, g: Tensor, p: Tensor) -> Tensor:
    """The mixing weights taken for alpha."""
    return pull_on_alpha(outputs, g, torch.softmax(p, 0))


def without_g(outputs: Tensor, g: Tensor, p: Tensor) -> Tensor:
    """Outputs added up, whatever the loss wants."""
    return pull_on_alpha(outputs, torch.ones_like(g), p)


def cosines(outputs: Tensor, g: Tensor, p: Tensor) -> Tensor:
    """Cosines in place of products."""
    lengths = outputs.norm(dim=1).clamp(min=1e-12) * g.norm()
    alone = outputs @ g / lengths
    return p * (alone - p @ alone)


def in_place(outputs: Tensor, g: Tensor, p: Tensor) -> Tensor:
    """The right numbers, written into the mixing weights."""
    p *= (outputs @ g) - p @ (outputs @ g)
    return p


TWINS = (
    Twin(
        "without the mean",
        of_scores(lambda alone, p: p * alone),
        "Your numbers do not sum to 0: what do the other operations lose when one alpha rises?",
    ),
    Twin(
        "without p",
        of_scores(lambda alone, p: alone - p @ alone),
        "You leave out the factor in front: can an operation with a mixing weight near 0 still be pulled hard?",
    ),
    Twin(
        "products alone",
        of_scores(lambda alone, p: alone),
        "That is the derivative with respect to the mixing weights: what lies between them and alpha?",
    ),
    Twin(
        "the downhill direction",
        of_scores(lambda alone, p: -p * (alone - p @ alone)),
        "All signs are turned round: is the derivative asked for, or the direction in which alpha will move?",
    ),
    Twin(
        "mean over the numbers",
        lambda outputs, g, p: pull_on_alpha(outputs, g, p) / outputs.shape[1],
        "You take a mean over the numbers of an output: what is a scalar product made of?",
    ),
    Twin(
        "g left out",
        without_g,
        "Your result does not depend on g: who says which outputs the loss would like more of?",
    ),
    Twin(
        "softmax once more",
        softmax_once_more,
        "Your mixing weights are too alike, as after a second softmax: what do the given p sum to?",
    ),
    Twin(
        "plain mean",
        of_scores(lambda alone, p: p * (alone - alone.mean())),
        "Your mean counts all operations alike: which of them make up most of the mixture?",
    ),
    Twin(
        "sum instead of mean",
        of_scores(lambda alone, p: p * (alone - alone.sum())),
        "You subtract the sum of all products: with which weights does the mixture add them?",
    ),
    Twin(
        "p missing in front of the mean",
        of_scores(lambda alone, p: p * alone - p @ alone),
        "Only your first part is multiplied by p: to what should all numbers of an edge sum?",
    ),
    Twin(
        "p squared",
        of_scores(lambda alone, p: p**2 * (alone - p @ alone)),
        "One factor p is too many: how often does it stand in (07.1)?",
    ),
    Twin(
        "p (1 - p) only",
        of_scores(lambda alone, p: p * (1 - p) * alone),
        "You take each operation for itself: does the weight of the others stay when one alpha rises?",
    ),
    Twin(
        "plus the mean",
        of_scores(lambda alone, p: p * (alone + p @ alone)),
        "You add the mean: does an operation that is just as good as the mixture get pulled?",
    ),
    Twin(
        "divided by p",
        of_scores(lambda alone, p: (alone - p @ alone) / p),
        "You divide by p: what is the slope of a softmax where a weight is nearly 0?",
    ),
    Twin(
        "sizes of the products",
        of_scores(lambda alone, p: p * (alone.abs() - p @ alone.abs())),
        "You use the products without their signs: is an output that raises the loss as good as one that lowers it?",
    ),
    Twin(
        "cosines",
        cosines,
        "You divide by lengths: does it not matter how large an output is?",
    ),
    Twin(
        "one number",
        lambda outputs, g, p: p @ (outputs @ g),
        "You give one number for the edge: for how many alphas is a derivative asked?",
    ),
    Twin(
        "weighted outputs",
        lambda outputs, g, p: p[:, None] * outputs * g,
        "Your table still has an entry for each number of an output: over which axis is a scalar product a sum?",
    ),
    Twin(
        "over the wrong axis",
        lambda outputs, g, p: (outputs * g).sum(0),
        "You have a number for each place of an output: which axis belongs to the operations?",
    ),
    Twin(
        "changes p",
        in_place,
        "You write into the mixing weights that you were given: what does the network mix with in its next pass?",
    ),
)
