"""Known wrong answers to `03.finite_difference`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ...properties import matches
from ..answers import finite_difference
from ..cases import DIFFERENCES, random_difference

Gradient = Callable[[Tensor, Tensor], Tensor]  # (w, alpha) -> d_alpha L_train


def _with_eps(eps_of: Callable[[Tensor, float], Any]) -> Callable[..., Tensor]:
    """The finite difference with another eps, (v, radius) -> eps."""

    def answer(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
        eps = eps_of(v, radius)
        return -xi * (d(w + eps * v, alpha) - d(w - eps * v, alpha)) / (2 * eps)

    return answer


def _combined(combine: Callable[[Tensor, Tensor, Tensor, float], Tensor]) -> Callable[..., Tensor]:
    """Another combination of the two gradients: (plus, minus, eps, xi) -> the term."""

    def answer(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
        eps = radius / v.norm()
        return combine(d(w + eps * v, alpha), d(w - eps * v, alpha), eps, xi)

    return answer


def _with_radius(fixed: float) -> Callable[..., Tensor]:
    return lambda d, w, alpha, v, xi, radius: finite_difference(d, w, alpha, v, xi, fixed)


def _constant(fixed: float, v: Tensor, radius: float) -> float:
    return fixed


def _spectral(v: Tensor, radius: float) -> Tensor:
    return radius / torch.linalg.norm(v, 2) if v.ndim == 2 else radius / v.norm()


def _forward(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    eps = radius / v.norm()
    return -xi * (d(w + eps * v, alpha) - d(w, alpha)) / eps


def _backward(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    eps = radius / v.norm()
    return -xi * (d(w, alpha) - d(w - eps * v, alpha)) / eps


def _unit_direction(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    return finite_difference(d, w, alpha, v, xi, radius) / v.norm()


def _alpha_moves(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    eps = radius / v.norm()
    return -xi * (d(w, alpha + eps * v) - d(w, alpha - eps * v)) / (2 * eps)


def _around_w_prime(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    return finite_difference(d, w - xi * v, alpha, v, xi, radius)


def _same_for_all_weights(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    eps = radius / v.norm()
    return -xi * (d(w + eps, alpha) - d(w - eps, alpha)) / (2 * eps)


def _length_of_w(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    eps = radius / w.norm()
    return -xi * (d(w + eps * v, alpha) - d(w - eps * v, alpha)) / (2 * eps)


def _in_place(d: Gradient, w: Tensor, alpha: Tensor, v: Tensor, xi: float, radius: float) -> Tensor:
    eps = radius / v.norm()
    w += eps * v
    plus = d(w, alpha)
    w -= 2 * eps * v
    return -xi * (plus - d(w, alpha)) / (2 * eps)


def _plain_number(*given: Any) -> float:
    return finite_difference(*given).item()


TWINS = (
    Twin(
        "/ 2. * eps",
        _combined(lambda plus, minus, eps, xi: -xi * (plus - minus) / 2.0 * eps),
        "Your term is too small by a factor of eps squared: in which order does Python evaluate a / b * c?",
        shows=matches(
            DIFFERENCES,
            random_difference,
            _combined(lambda plus, minus, eps, xi: -xi * (plus - minus) * 2 * eps),
            _combined(lambda plus, minus, eps, xi: -xi * (plus - minus) * eps),
        ),
    ),
    Twin(
        "/ eps",
        lambda *given: 2 * finite_difference(*given),
        "Your term is twice as large as it should be: how far apart are the two points?",
    ),
    Twin(
        "not divided",
        _combined(lambda plus, minus, eps, xi: -xi * (plus - minus)),
        "You give the difference: what makes a slope of it?",
        shows=matches(DIFFERENCES, random_difference, _combined(lambda plus, minus, eps, xi: -xi * (plus - minus) / 2)),
    ),
    Twin(
        "brackets around the difference",
        _combined(lambda plus, minus, eps, xi: -xi * plus - minus / (2 * eps)),
        "Only one of the two gradients is divided by the distance: in which order does Python evaluate a - b / c?",
        shows=matches(
            DIFFERENCES,
            random_difference,
            _combined(lambda plus, minus, eps, xi: -xi * (plus - minus / (2 * eps))),
        ),
    ),
    Twin(
        "gradients added",
        _combined(lambda plus, minus, eps, xi: -xi * (plus + minus) / (2 * eps)),
        "You add the two gradients: what tells how the gradient changes from one point to the other?",
        shows=matches(DIFFERENCES, random_difference, _combined(lambda plus, minus, eps, xi: -xi * (plus + minus) / 2)),
    ),
    Twin(
        "both gradients at the same w",
        lambda d, w, alpha, v, xi, radius: torch.zeros_like(alpha),
        "You give zero: are your two gradients taken at two different weights, or twice at the same ones?",
    ),
    Twin(
        "xi missing",
        lambda d, w, alpha, v, xi, radius: finite_difference(d, w, alpha, v, 1.0, radius),
        "That is minus the product alone: how long was the virtual step?",
    ),
    Twin(
        "minus xi missing",
        lambda d, w, alpha, v, xi, radius: finite_difference(d, w, alpha, v, -1.0, radius),
        "That is the product alone: which factor, sign included, stands in front of it in the implicit term?",
    ),
    Twin(
        "sign flipped",
        lambda *given: -finite_difference(*given),
        "The size is right, the sign is not: look at the implicit term again, it begins with a sign.",
    ),
    Twin(
        "one side only",
        _forward,
        "You compare one side with the middle: that is exact for a straight line, but is it for a curve?",
        shows=matches(DIFFERENCES, random_difference, _backward),
    ),
    Twin(
        "norm left out",
        _with_eps(lambda v, radius: radius),
        "You move by `radius` times v to either side: how far is that if v is long, and which distance should the "
        "radius be?",
    ),
    Twin(
        "length squared",
        _with_eps(lambda v, radius: radius / (v**2).sum()),
        "You divide the radius by the square of the length of v: how far from w are your points if v is long?",
    ),
    Twin(
        "sum of sizes as length",
        _with_eps(lambda v, radius: radius / v.abs().sum()),
        "You take the sum of the sizes of v for its length: what is the length of (3, 4)?",
    ),
    Twin(
        "largest entry as length",
        _with_eps(lambda v, radius: radius / v.abs().max()),
        "You take the largest entry of v for its length: what is the length of (3, 4)?",
    ),
    Twin(
        "mean as length",
        _with_eps(lambda v, radius: radius / (v**2).mean().sqrt()),
        "You take a mean where the length of v has a sum: what is the length of (3, 4)?",
    ),
    Twin(
        "norm of a matrix",
        _with_eps(_spectral),
        "Right for a vector. For a matrix `linalg.norm(v, 2)` is the largest stretch: which norm takes all entries for "
        "one long vector?",
    ),
    Twin(
        "length multiplied",
        _with_eps(lambda v, radius: radius * v.norm()),
        "You multiply the radius by the length of v: how far from w are your points if v is long?",
    ),
    Twin(
        "half the distance",
        lambda d, w, alpha, v, xi, radius: finite_difference(d, w, alpha, v, xi, radius / 2) / 2,
        "Your points are eps v apart and you divide by 2 eps: do the two distances agree?",
    ),
    Twin(
        "length of w",
        _length_of_w,
        "You divide the radius by the length of w: along which vector do you move?",
    ),
    Twin(
        "direction of length 1",
        _unit_direction,
        "That is the slope along a direction of length 1: how long is v, and where is its length in your term?",
    ),
    Twin(
        "radius fixed",
        _with_radius(0.01),
        "Your points are equally far from w for every radius: do you use the argument, or a number from the text?",
        shows=matches(
            DIFFERENCES,
            random_difference,
            *(_with_radius(fixed) for fixed in (0.1, 0.001)),
            *(_with_eps(partial(_constant, fixed)) for fixed in (0.1, 0.01, 0.001)),
        ),
    ),
    Twin(
        "alpha moves",
        _alpha_moves,
        "You move alpha along v: which of the two has entries that belong to those of v?",
    ),
    Twin(
        "around w'",
        _around_w_prime,
        "Your points lie around w - xi v: around which weights is the mixed derivative taken?",
    ),
    Twin(
        "same for all weights",
        _same_for_all_weights,
        "All weights move by the same eps: along which direction is the slope asked for?",
    ),
    Twin(
        "changes w",
        _in_place,
        "You move w itself and leave it there: what does the network go on with?",
    ),
    Twin(
        "a plain number",
        _plain_number,
        "`.item()` works where alpha is a single number: what is the shape of the term if there are several alphas?",
    ),
)
