"""Known wrong answers to `02.softmax`. Shapes: E edges, O operations."""

import math

import torch
from torch import Tensor

from ....items import Twin
from ...properties import breaks_in, is_rounded, matches
from ..answers import softmax
from ..cases import TABLES, random_table


def _divide_by_row_sums(alpha: Tensor, T: float) -> Tensor:
    raised = torch.exp((alpha - alpha.max()) / T)
    return raised / raised.sum(-1)


def _in_place(alpha: Tensor, T: float) -> Tensor:
    alpha /= T
    return torch.softmax(alpha, -1)


def _numerator_only(alpha: Tensor, T: float) -> Tensor:
    return torch.exp(alpha / T) / torch.exp(alpha).sum(-1, keepdim=True)


def _divide_by_largest_sum(alpha: Tensor, T: float) -> Tensor:
    raised = torch.exp((alpha - alpha.max()) / T)
    return raised / raised.sum(-1, keepdim=True)


TWINS = (
    Twin(
        "no exponential",
        lambda alpha, T: alpha / T / (alpha / T).sum(-1, keepdim=True),
        "You divide the numbers by their sum: where is the exponential, and what happens to a negative alpha?",
    ),
    Twin(
        "temperature left out",
        lambda alpha, T: torch.softmax(alpha, -1),
        "Your weights do not depend on the temperature: where does T enter?",
    ),
    Twin(
        "temperature multiplied",
        lambda alpha, T: torch.softmax(alpha * T, -1),
        "A higher temperature makes your weights more unequal: should it not even them out?",
    ),
    Twin(
        "temperature after the softmax",
        lambda alpha, T: torch.softmax(alpha, -1) / T,
        "T acts on your weights when they are done, and they no longer sum to 1: what does T divide in (02.1)?",
        shows=matches(
            TABLES,
            random_table,
            lambda alpha, T: torch.softmax(alpha, -1) * T,
            lambda alpha, T: torch.softmax(alpha / T, -1) / T,
            lambda alpha, T: torch.softmax(alpha, -1) ** (1 / T),
        ),
    ),
    Twin(
        "temperature in the numerator only",
        _numerator_only,
        "T stands above the fraction bar and not below it: do your weights sum to 1 for every T?",
    ),
    Twin(
        "over edges instead of operations",
        lambda alpha, T: torch.softmax(alpha / T, 0),
        "For a table your columns sum to 1: which numbers compete with each other, those of one edge or those of one "
        "operation?",
    ),
    Twin(
        "over the whole table",
        lambda alpha, T: torch.softmax(alpha.flatten() / T, 0).reshape(alpha.shape),
        "For a table all your numbers together sum to 1: what should the weights of each edge sum to?",
    ),
    Twin(
        "axis 1 for a single edge",
        lambda alpha, T: torch.softmax(alpha / T, 1),
        "A single edge, alpha [O], has no axis 1: how do you name the last axis, however many there are?",
    ),
    Twin(
        "sum without keepdim",
        _divide_by_row_sums,
        "Right for one edge. For a table the sums have lost an axis: which sum does each number meet in the division?",
    ),
    Twin(
        "overflow",
        lambda alpha, T: torch.exp(alpha / T) / torch.exp(alpha / T).sum(-1, keepdim=True),
        "The formula is right, but the exponential of a large alpha is infinite: what may be subtracted from every "
        "alpha without changing a weight?",
        shows=lambda pairs: breaks_in(pairs, 1),
    ),
    Twin(
        "largest of the whole table",
        _divide_by_largest_sum,
        "A row far below the largest number of the table becomes 0 / 0: with which numbers does a row compete, and "
        "which largest one should it know?",
        shows=lambda pairs: breaks_in(pairs, 2),
    ),
    Twin(
        "not normalised",
        lambda alpha, T: torch.exp(alpha / T),
        "The exponentials are there, but do your weights of one edge sum to 1?",
        shows=matches(
            TABLES,
            random_table,
            lambda alpha, T: torch.exp((alpha - alpha.amax(-1, keepdim=True)) / T),
            lambda alpha, T: torch.exp((alpha - alpha.max()) / T),
            lambda alpha, T: torch.exp(alpha / T).clamp(max=1e300),
        ),
    ),
    Twin(
        "mean instead of sum",
        lambda alpha, T: softmax(alpha, T) * alpha.shape[-1],
        "Your weights are too large by the number of operations: do you divide by the mean where the sum belongs?",
    ),
    Twin(
        "sigmoid",
        lambda alpha, T: torch.sigmoid(alpha / T),
        "You treat each number alone, as a sigmoid does: how do the operations of one edge compete, and what do their "
        "weights sum to?",
    ),
    Twin(
        "logarithm",
        lambda alpha, T: torch.log_softmax(alpha / T, -1),
        "Your numbers are negative, the logarithms of the weights: which function gives the weights themselves?",
    ),
    Twin(
        "hard choice",
        lambda alpha, T: torch.nn.functional.one_hot(alpha.argmax(-1), alpha.shape[-1]).double(),
        "You make the choice itself, 1 for the strongest and 0 for the rest: how could alpha learn from that?",
    ),
    Twin(
        "powers of two",
        lambda alpha, T: softmax(alpha * math.log(2), T),
        "Your weights are too even at every T: which number does the exponential raise to a power?",
    ),
    Twin(
        "powers of alpha",
        lambda alpha, T: alpha**2 / (alpha**2).sum(-1, keepdim=True),
        "You make the numbers positive by a square or by their size: do -1 and 1 deserve the same weight?",
        shows=matches(TABLES, random_table, lambda alpha, T: alpha.abs() / alpha.abs().sum(-1, keepdim=True)),
    ),
    Twin(
        "sign of alpha",
        lambda alpha, T: torch.softmax(-alpha / T, -1),
        "The operation with the largest alpha gets the smallest weight: is there a minus too many?",
    ),
    Twin(
        "softmax twice",
        lambda alpha, T: torch.softmax(torch.softmax(alpha / T, -1), -1),
        "Your weights are nearly even: do they go through the softmax once more after they are done?",
    ),
    Twin(
        "changes alpha",
        _in_place,
        "The weights are right, but alpha itself has been divided by T: what does the next step of the search start "
        "from?",
    ),
    Twin(
        "rounded",
        lambda alpha, T: softmax(alpha, T).round(decimals=2),
        "Your weights are rounded, so they no longer sum to 1: is there a reason to round, other than printing?",
        shows=is_rounded,
    ),
)
