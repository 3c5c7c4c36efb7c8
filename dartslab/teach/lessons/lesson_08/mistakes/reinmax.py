"""Known wrong answers to `08.reinmax`. Shape: O operations."""

from collections.abc import Callable

import torch
from torch import Tensor

from ....items import Twin
from ..answers import reinmax


def times(q: Tensor, gradient: Tensor) -> Tensor:
    """(diag(q) - q q^T) gradient."""
    return q * (gradient - (q * gradient).sum())


def of(formula: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Callable[[Tensor, int, Tensor], Tensor]:
    """An answer that is a formula of p, the drawn operation as 0 and 1, and the gradient."""
    return lambda alpha, drawn, gradient: formula(
        alpha.softmax(0), torch.nn.functional.one_hot(torch.tensor(drawn), len(alpha)).to(alpha), gradient
    )


def in_place(alpha: Tensor, drawn: int, gradient: Tensor) -> Tensor:
    """Wrong: the middle is written into the caller's alpha."""
    p = alpha.softmax(0)
    alpha.copy_(p / 2)
    alpha[drawn] += 0.5
    return 2 * times(alpha, gradient) - times(p, gradient) / 2


TWINS = (
    Twin(
        "straight-through",
        of(lambda p, e, g: times(p, g)),
        "Your estimate does not depend on the draw: that is straight-through. Where does the drawn operation come in?",
    ),
    Twin(
        "the middle alone",
        of(lambda p, e, g: times((p + e) / 2, g)),
        "You have the middle, once: how often is it taken, and what is subtracted?",
    ),
    Twin(
        "twice the middle",
        of(lambda p, e, g: 2 * times((p + e) / 2, g)),
        "You subtract nothing: which term is missing?",
    ),
    Twin(
        "factor 2 forgotten",
        of(lambda p, e, g: times((p + e) / 2, g) - times(p, g) / 2),
        "The middle counts once in yours: which factor stands before it?",
    ),
    Twin(
        "half forgotten",
        of(lambda p, e, g: 2 * times((p + e) / 2, g) - times(p, g)),
        "You subtract all of the second term: which factor stands before it?",
    ),
    Twin(
        "plus a half",
        of(lambda p, e, g: 2 * times((p + e) / 2, g) + times(p, g) / 2),
        "You add the second term: which sign does it have?",
    ),
    Twin(
        "the two exchanged",
        of(lambda p, e, g: 2 * times(p, g) - times((p + e) / 2, g) / 2),
        "Your factors stand before the wrong terms: which of the two counts twice?",
    ),
    Twin(
        "sum instead of middle",
        of(lambda p, e, g: 2 * times(p + e, g) - times(p, g) / 2),
        "Your middle sums to 2: what makes a mean of two vectors?",
    ),
    Twin(
        "half of the draw only",
        of(lambda p, e, g: 2 * times(p + e / 2, g) - times(p, g) / 2),
        "You halve the draw and not p: what does your middle sum to?",
    ),
    Twin(
        "half of p only",
        of(lambda p, e, g: 2 * times(p / 2 + e, g) - times(p, g) / 2),
        "You halve p and not the draw: what does your middle sum to?",
    ),
    Twin(
        "the draw instead of the middle",
        of(lambda p, e, g: 2 * times(e, g) - times(p, g) / 2),
        "You use the draw itself: what is its J, and what lies half-way to p?",
    ),
    Twin(
        "difference instead of middle",
        of(lambda p, e, g: 2 * times((e - p) / 2, g) - times(p, g) / 2),
        "Your middle is a difference: what does a mean of two vectors add?",
    ),
    Twin(
        "the mean of alpha and the draw",
        lambda alpha, drawn, gradient: of(lambda p, e, g: 2 * times((alpha + e) / 2, g) - times(p, g) / 2)(
            alpha, drawn, gradient
        ),
        "You take the middle between alpha and the draw: which numbers are probabilities?",
    ),
    Twin(
        "softmax of the middle",
        of(lambda p, e, g: 2 * times(((p + e) / 2).softmax(0), g) - times(p, g) / 2),
        "You take a softmax of the middle: what does it sum to already?",
    ),
    Twin(
        "a raised alpha",
        lambda alpha, drawn, gradient: of(lambda p, e, g: 2 * times(((alpha + e) / 2).softmax(0), g) - times(p, g) / 2)(
            alpha, drawn, gradient
        ),
        "You mix the draw with alpha before the softmax: between which two vectors of probabilities is the middle?",
    ),
    Twin(
        "no alpha",
        lambda alpha, drawn, gradient: of(lambda p, e, g: 2 * times((alpha + e) / 2, g) - times(alpha, g) / 2)(
            alpha, drawn, gradient
        ),
        "You use alpha where p belongs: what turns alpha into probabilities?",
    ),
    Twin(
        "diagonal alone",
        of(lambda p, e, g: 2 * (p + e) / 2 * g - p * g / 2),
        "Your J is diag(q) alone: what is subtracted from it?",
    ),
    Twin(
        "q qᵀ added",
        of(lambda p, e, g: 2 * (p + e) / 2 * (g + ((p + e) / 2 * g).sum()) - p * (g + (p * g).sum()) / 2),
        "You add q qᵀ in J: does one weight of a softmax rise when another alpha does?",
    ),
    Twin(
        "gradient not centred by q",
        of(lambda p, e, g: 2 * (p + e) / 2 * (g - g.mean()) - p * (g - g.mean()) / 2),
        "You subtract the plain mean of the gradient: with which weights is it averaged in q qᵀ?",
    ),
    Twin(
        "gradient at the draw only",
        of(lambda p, e, g: 2 * times((p + e) / 2, g * e) - times(p, g * e) / 2),
        "Only the drawn operation gives a gradient in yours, as in GDAS: which of them are computed here?",
    ),
    Twin(
        "the first operation",
        lambda alpha, drawn, gradient: reinmax(alpha, 0, gradient),
        "You always draw the first operation: which one was drawn?",
    ),
    Twin(
        "the largest alpha",
        lambda alpha, drawn, gradient: reinmax(alpha, int(alpha.argmax()), gradient),
        "You take the largest alpha for the draw: which operation was drawn?",
    ),
    Twin(
        "the other sign",
        lambda alpha, drawn, gradient: -reinmax(alpha, drawn, gradient),
        "Your estimate has the other sign: what is asked for, the gradient or the step against it?",
    ),
    Twin(
        "one number",
        lambda alpha, drawn, gradient: (reinmax(alpha, drawn, gradient) * gradient).sum(),
        "You return one number: how many alphas are there?",
    ),
    Twin(
        "middle written into alpha",
        in_place,
        "You write into the alpha that you were given: what would the next draw start from?",
    ),
)
