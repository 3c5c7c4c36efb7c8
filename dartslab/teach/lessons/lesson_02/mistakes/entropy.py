"""Known wrong answers to `02.entropy`. Shapes: E edges, O operations."""

import math

import torch
from torch import Tensor

from ....items import Twin
from ...properties import matches
from ..answers import entropy
from ..cases import WEIGHTS, are_positive, random_weights

SAFE = 1e-30  # inside a logarithm, where a weight may be 0


def _in_logarithm(weights: Tensor, small: float = 0.01) -> Tensor:
    return -(weights * (weights + small).log()).sum(-1)


def _write_ones(weights: Tensor) -> Tensor:
    weights[weights == 0] = 1.0
    return entropy(weights)


TWINS = (
    Twin(
        "bits",
        lambda weights: entropy(weights) / math.log(2),
        "Two halves give 1 in your unit, the bit: which logarithm gives nats?",
    ),
    Twin(
        "base ten",
        lambda weights: entropy(weights) / math.log(10),
        "Your logarithm is the one to base 10: which one gives nats?",
    ),
    Twin(
        "sign left out",
        lambda weights: -entropy(weights),
        "Your entropy is negative: what is the sign of the logarithm of a mixing weight?",
    ),
    Twin(
        "0 log 0",
        lambda weights: -(weights * weights.log()).sum(-1),
        "A mixing weight of 0 turns your result into nan: what is the limit of p log p as p goes to 0?",
    ),
    Twin(
        "nan replaced after the sum",
        lambda weights: (-(weights * weights.log()).sum(-1)).nan_to_num(),
        "One weight of 0 makes the entropy of its whole edge 0: what happens to the other operations if you mend nan "
        "only after the sum?",
    ),
    Twin(
        "over edges instead of operations",
        lambda weights: entropy(weights.T) if weights.ndim > 1 else entropy(weights),
        "For a table you give a number per column: do the mixing weights of a row sum to 1, or those of a column?",
    ),
    Twin(
        "axis 1 for a single edge",
        lambda weights: (-weights * weights.clamp(min=SAFE).log()).sum(1),
        "A single edge, weights [O], has no axis 1: how do you name the last axis, however many there are?",
    ),
    Twin(
        "one number for a table",
        lambda weights: entropy(weights).sum(),
        "For a table you give one number for all edges together: how undecided is each edge?",
    ),
    Twin(
        "mean over the edges",
        lambda weights: entropy(weights).mean(),
        "For a table you give the mean of all edges: how undecided is each of them?",
    ),
    Twin(
        "a plain number",
        lambda weights: entropy(weights).item(),
        "`.item()` works for a single number: how many entropies does a table have?",
    ),
    Twin(
        "softmax once more",
        lambda weights: entropy(torch.softmax(weights, -1)),
        "Your entropy of a decided edge is not 0: are the numbers that you get alpha, or already mixing weights?",
    ),
    Twin(
        "mean over the operations",
        lambda weights: entropy(weights) / weights.shape[-1],
        "Your entropy is too small by the number of operations: does (02.2) add them up or average them?",
        shows=matches(
            WEIGHTS, random_weights, lambda weights: (entropy(weights) / weights.shape[-1]).mean(), tolerance=1e-5
        ),
    ),
    Twin(
        "not summed",
        lambda weights: -weights * weights.clamp(min=SAFE).log(),
        "You give what every operation contributes: what makes one number per edge of them?",
    ),
    Twin(
        "divided by the largest entropy",
        lambda weights: entropy(weights) / math.log(weights.shape[-1]),
        "You give 1 for an edge that is quite undecided, a part of the largest entropy: is (02.2) divided by anything?",
    ),
    Twin(
        "weight left out",
        lambda weights: -weights.log().sum(-1),
        "You add up the logarithms alone: what stands in front of each of them in (02.2)?",
        shows=matches(WEIGHTS, random_weights, lambda p: -p.log().sum(-1), where=are_positive, tolerance=1e-4),
    ),
    Twin(
        "large number in the logarithm",
        _in_logarithm,
        "What you add inside the logarithm is so large that it changes the result: how small must it be, or what else "
        "helps at a weight of 0?",
        shows=matches(
            WEIGHTS,
            random_weights,
            *(lambda p, small=small: _in_logarithm(p, small) for small in (0.1, 0.05, 1e-3, 1e-4)),
            tolerance=1e-7,
        ),
    ),
    Twin(
        "exponential of the entropy",
        lambda weights: entropy(weights).exp(),
        "Two halves give 2: that is the number of operations in use, the exponential of the entropy. What is asked "
        "for in nats?",
    ),
    Twin(
        "last axis kept",
        lambda weights: entropy(weights)[..., None],
        "The numbers are right, but each stands in a row of its own: is the last axis still to be there after the sum?",
    ),
    Twin(
        "first operation skipped",
        lambda weights: entropy(weights[..., 1:]),
        "You leave out the first operation: does `none` have no weight?",
    ),
    Twin(
        "changes the weights",
        _write_ones,
        "The value is right, but you write into the weights that you were given: who else may need them?",
    ),
    Twin(
        "distance from the largest",
        lambda weights: math.log(weights.shape[-1]) - entropy(weights),
        "You give 0 for equal weights and much for a decided edge: which of the two is undecided?",
    ),
    Twin(
        "sum of squares",
        lambda weights: 1 - (weights**2).sum(-1),
        "You measure with squares, 1 minus their sum: that is a measure of the undecided too, but what is the entropy?",
    ),
    Twin(
        "each weight against its rest",
        lambda weights: entropy(weights) + entropy(1 - weights),
        "You count p and 1 - p for every operation, as for two outcomes: what does (02.2) add up?",
    ),
)
