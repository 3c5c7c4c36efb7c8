"""Known wrong answers to `02.softmax_gradient`. O operations."""

import torch
from torch import Tensor

from ....items import Twin
from ...properties import breaks_in, matches
from ..answers import softmax, softmax_gradient
from ..cases import SLOPES, random_gradient


def _mean(p: Tensor, g: Tensor) -> Tensor:
    return (p * g).sum()


def _jacobian(alpha: Tensor, T: float) -> Tensor:
    p = softmax(alpha, T)
    return torch.diag(p) - torch.outer(p, p)


def _naive_exponential(alpha: Tensor, T: float, g: Tensor) -> Tensor:
    p = torch.exp(alpha / T) / torch.exp(alpha / T).sum()
    return p * (g - _mean(p, g)) / T


def _in_place(alpha: Tensor, T: float, g: Tensor) -> Tensor:
    p = softmax(alpha, T)
    g -= _mean(p, g)
    return p * g / T


def _gradients_add_up(alpha: Tensor, T: float, g: Tensor) -> Tensor:
    alpha.requires_grad_()
    torch.softmax(alpha / T, 0).backward(g)
    assert alpha.grad is not None
    return alpha.grad


TWINS = (
    Twin(
        "softmax left out",
        lambda alpha, T, g: g.clone(),
        "You return dL/dp itself: how does p change when alpha does?",
    ),
    Twin(
        "diagonal only",
        lambda alpha, T, g: softmax(alpha, T) * (1 - softmax(alpha, T)) * g / T,
        "You follow what an alpha does to its own weight: what does it do to the weights of the others?",
    ),
    Twin(
        "others left out",
        lambda alpha, T, g: softmax(alpha, T) * g / T,
        "Your gradient does not sum to 0: what changes if the same number is added to every alpha?",
    ),
    Twin(
        "equal index left out",
        lambda alpha, T, g: -softmax(alpha, T) * _mean(softmax(alpha, T), g) / T,
        "You count how an alpha takes from all others: what does it do to its own weight, where the delta is 1?",
    ),
    Twin(
        "plain mean",
        lambda alpha, T, g: softmax(alpha, T) * (g - g.mean()) / T,
        "You compare with the plain mean of g: how large a part does each operation have in the mixture?",
    ),
    Twin(
        "plain sum",
        lambda alpha, T, g: softmax(alpha, T) * (g - g.sum()) / T,
        "You subtract the plain sum of g: with what is each g multiplied in the sum of (02.6)?",
    ),
    Twin(
        "divided once more",
        lambda alpha, T, g: softmax(alpha, T) * (g - (softmax(alpha, T) * g).mean()) / T,
        "You take the mean of p g: the weights sum to 1 already, so does a weighted mean divide by anything more?",
    ),
    Twin(
        "mean added",
        lambda alpha, T, g: softmax(alpha, T) * (g + _mean(softmax(alpha, T), g)) / T,
        "You add the weighted mean: is an operation to be compared with it, or helped by it?",
    ),
    Twin(
        "brackets",
        lambda alpha, T, g: (softmax(alpha, T) * g - _mean(softmax(alpha, T), g)) / T,
        "Only your first part is multiplied by the operation's own weight: what does the factor p in front of the "
        "brackets multiply?",
    ),
    Twin(
        "not times the weight",
        lambda alpha, T, g: (g - _mean(softmax(alpha, T), g)) / T,
        "In your result an operation with a weight near 0 has a gradient: what would a change of its alpha move?",
    ),
    Twin(
        "of the logarithm",
        lambda alpha, T, g: (g - softmax(alpha, T) * g.sum()) / T,
        "That is the gradient for the logarithm of the weights, as in a cross-entropy: g belongs to which numbers?",
    ),
    Twin(
        "temperature left out",
        lambda alpha, T, g: T * softmax_gradient(alpha, T, g),
        "Right at T = 1 and nowhere else: what is the derivative of alpha / T?",
    ),
    Twin(
        "times T",
        lambda alpha, T, g: T**2 * softmax_gradient(alpha, T, g),
        "You multiply by T: does a step of alpha move more or less inside alpha / T when T is large?",
    ),
    Twin(
        "T twice",
        lambda alpha, T, g: softmax_gradient(alpha, T, g) / T,
        "You divide by T twice: how often does alpha / T occur in the chain rule?",
    ),
    Twin(
        "weights at T = 1",
        lambda alpha, T, g: softmax_gradient(alpha, 1.0, g) / T,
        "Your factor in front is right; at which temperature are the mixing weights p of your formula?",
    ),
    Twin(
        "no temperature at all",
        lambda alpha, T, g: softmax_gradient(alpha, 1.0, g),
        "Your gradient is the one at T = 1 for every T: in which two places does the temperature enter?",
    ),
    Twin(
        "sign flipped",
        lambda alpha, T, g: -softmax_gradient(alpha, T, g),
        "This is the direction of descent, the negative gradient: does the minus sign belong to the gradient or to "
        "the step?",
    ),
    Twin(
        "the table of derivatives",
        lambda alpha, T, g: _jacobian(alpha, T) / T,
        "You return the table of all derivatives of p by alpha: what does the chain rule do with it and g?",
        shows=matches(SLOPES, random_gradient, lambda alpha, T, g: _jacobian(alpha, T)),
    ),
    Twin(
        "one number",
        lambda alpha, T, g: softmax_gradient(alpha, T, g).sum(),
        "You add all entries to one number: how many alphas are there, and does each need a slope of its own?",
        shows=matches(
            SLOPES,
            random_gradient,
            lambda alpha, T, g: _mean(softmax(alpha, T), g),
            lambda alpha, T, g: _mean(softmax(alpha, T), g) / T,
        ),
    ),
    Twin(
        "a step instead of the gradient",
        lambda alpha, T, g: alpha - softmax_gradient(alpha, T, g),
        "You return alpha after a step down the gradient: what is asked for is the gradient alone, is it not?",
    ),
    Twin(
        "overflow",
        _naive_exponential,
        "The formula is right, but the exponential of a large alpha is infinite: which softmax does not overflow?",
        shows=lambda pairs: breaks_in(pairs, 1),
    ),
    Twin(
        "changes g",
        _in_place,
        "The gradient is right, but you subtract from g itself: who else may need the slopes that you were given?",
    ),
    Twin(
        "gradients add up",
        _gradients_add_up,
        "You call backward on the tensor that was passed in: what does its .grad hold if somebody has used it before?",
    ),
)
