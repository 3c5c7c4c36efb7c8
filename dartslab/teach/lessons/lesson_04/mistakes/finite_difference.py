"""Known wrong answers to `04.finite_difference`."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import Weights

Gradient = Callable[[Weights], Tensor]


def _norm(v: Weights) -> Tensor:
    return torch.cat([part.flatten() for part in v.values()]).norm()


def _at(w: Weights, v: Weights, eps: Any) -> Weights:
    return {name: w[name] + eps * v[name] for name in w}


def _both(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> tuple[Tensor, Tensor, Tensor]:
    eps = R / _norm(v)
    return gradient(_at(w, v, eps)), gradient(_at(w, v, -eps)), eps


def one_sided(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: w + eps v against w, an error of first order in R."""
    plus, _, eps = _both(gradient, w, v, R)
    return (plus - gradient(w)) / eps


def a_norm_for_each_tensor(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: every tensor has an eps of its own."""
    own = {name: R / part.norm() for name, part in v.items()}
    plus = gradient({name: w[name] + own[name] * v[name] for name in w})
    minus = gradient({name: w[name] - own[name] * v[name] for name in w})
    return (plus - minus) / (2 * R / _norm(v))


def moved_in_place(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: w is moved, moved back and rounded three times."""
    eps, found = R / _norm(v), []
    for step in (eps, -2 * eps, eps):
        for name in w:
            w[name] += step * v[name]
        found.append(gradient(w))
    return (found[0] - found[1]) / (2 * eps)


def own_eps_averaged(gradient: Gradient, w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: every tensor has an eps of its own, and their mean is the distance."""
    own = {name: R / part.norm() for name, part in v.items()}
    plus, minus = ({name: w[name] + sign * own[name] * v[name] for name in w} for sign in (1, -1))
    return (gradient(plus) - gradient(minus)) / (2 * sum(own.values()) / len(own))


def with_eps(eps_of: Callable[[Weights, Weights, float], Any]) -> Callable[..., Tensor]:
    """An answer with another eps."""

    def answer(gradient: Gradient, w: Weights, v: Weights, R: float) -> Tensor:
        eps = eps_of(w, v, R)
        return (gradient(_at(w, v, eps)) - gradient(_at(w, v, -eps))) / (2 * eps)

    return answer


def with_end(end: Callable[[Tensor, Tensor, Any, float], Tensor]) -> Callable[..., Tensor]:
    """An answer that makes something else of the two gradients (plus, minus, eps, R)."""

    def answer(gradient: Gradient, w: Weights, v: Weights, R: float) -> Tensor:
        return end(*_both(gradient, w, v, R), R)

    return answer


def first_tensor_only(gradient: Gradient, w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: the other tensors stay where they are."""
    first, eps = next(iter(w)), R / _norm(v)
    plus, minus = ({**w, first: w[first] + sign * eps * v[first]} for sign in (1, -1))
    return (gradient(plus) - gradient(minus)) / (2 * eps)


def along_ones(gradient: Gradient, w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: eps is added to every weight."""
    eps = R / _norm(v)
    plus, minus = ({name: part + sign * eps for name, part in w.items()} for sign in (1, -1))
    return (gradient(plus) - gradient(minus)) / (2 * eps)


TWINS = (
    Twin(
        "multiplied by eps",
        with_end(lambda plus, minus, eps, R: (plus - minus) / 2 * eps),
        "Your product is nearly 0, and less for a smaller R: in which order does Python evaluate / 2 * eps?",
    ),
    Twin(
        "divided by eps alone",
        with_end(lambda plus, minus, eps, R: (plus - minus) / eps),
        "Your product is twice as large as it should be: how far apart are the two points?",
    ),
    Twin(
        "divided by 2 R",
        with_end(lambda plus, minus, eps, R: (plus - minus) / (2 * R)),
        "Your product is that of a v of length 1: how far apart are the points, counted in v?",
    ),
    Twin(
        "divided by 2 alone",
        with_end(lambda plus, minus, eps, R: (plus - minus) / 2),
        "Your product becomes smaller with R: by which distance must the difference be divided?",
    ),
    Twin(
        "not divided",
        with_end(lambda plus, minus, eps, R: plus - minus),
        "You return a difference of gradients: by which distance must it be divided to become a derivative?",
    ),
    Twin(
        "added instead of subtracted",
        with_end(lambda plus, minus, eps, R: (plus + minus) / (2 * eps)),
        "You add the two gradients: what remains of two gradients that hardly differ?",
    ),
    Twin(
        "both at the same point",
        lambda gradient, w, v, R: 0 * gradient(w),
        "Your product is 0: do the two gradients differ, and were they taken at two different points?",
    ),
    Twin(
        "the other way round",
        with_end(lambda plus, minus, eps, R: (minus - plus) / (2 * eps)),
        "Your product has the wrong sign: which of the two gradients is subtracted from which?",
    ),
    Twin(
        "one-sided",
        one_sided,
        "You compare w + eps v with w itself: what do you gain from the other side when R becomes 10 times smaller?",
    ),
    Twin(
        "summed",
        with_end(lambda plus, minus, eps, R: ((plus - minus) / (2 * eps)).sum()),
        "You return one number: for how many alphas is there a derivative?",
    ),
    Twin(
        "eps without the norm",
        with_eps(lambda w, v, R: R),
        "Your points are further apart for a longer v: how do you get eps from R?",
    ),
    Twin(
        "half the radius",
        with_eps(lambda w, v, R: R / 2 / _norm(v)),
        "Your points are R apart: how far should each of them be from w?",
    ),
    Twin(
        "a radius of its own",
        with_eps(lambda w, v, R: 0.01 / _norm(v)),
        "Your points are 0.01 away from w, whatever R is: where does R come in?",
    ),
    Twin(
        "R times the norm",
        with_eps(lambda w, v, R: R * _norm(v)),
        "Your points are further apart the longer v is: should eps grow or shrink with the length of v?",
    ),
    Twin(
        "the square of the norm",
        with_eps(lambda w, v, R: R / _norm(v) ** 2),
        "You divide R by the square of the length of v: which root is missing?",
    ),
    Twin(
        "the norm of w",
        with_eps(lambda w, v, R: R / _norm(w)),
        "You divide R by the length of w: along what do the points lie?",
    ),
    Twin(
        "the sum of the norms",
        with_eps(lambda w, v, R: R / sum(part.norm() for part in v.values())),
        "You add up the lengths of the tensors: how long is a vector whose parts have lengths 3 and 4?",
    ),
    Twin(
        "the mean of squares",
        with_eps(lambda w, v, R: R / torch.cat([part.flatten() for part in v.values()]).square().mean().sqrt()),
        "You take the mean of the squares: what is under the root of a length?",
    ),
    Twin(
        "the sum of absolute values",
        with_eps(lambda w, v, R: R / sum(part.abs().sum() for part in v.values())),
        "You divide by the sum of absolute values: what is the length of a vector with the entries 3 and 4?",
    ),
    Twin(
        "the largest entry",
        with_eps(lambda w, v, R: R / max(part.abs().max() for part in v.values())),
        "You divide by the largest entry of v: what is the length of a vector with the entries 3 and 4?",
    ),
    Twin(
        "the norm of the last tensor",
        with_eps(lambda w, v, R: R / list(v.values())[-1].norm()),
        "You take the length of one tensor, the last: what becomes of the others in your loop?",
    ),
    Twin(
        "the norm of the first tensor",
        with_eps(lambda w, v, R: R / next(iter(v.values())).norm()),
        "You take the length of one tensor, the first: how long is v with all its tensors together?",
    ),
    Twin(
        "a norm for each tensor",
        a_norm_for_each_tensor,
        "You give each tensor an eps of its own: do the two points still lie on one line through w, along v?",
    ),
    Twin(
        "a norm for each tensor, averaged",
        own_eps_averaged,
        "Each tensor moves by an eps of its own, and you divide by their mean: which one eps keeps both points on a "
        "line along v?",
    ),
    Twin(
        "first tensor only",
        first_tensor_only,
        "Only the first tensor of w moves: which weights does v name?",
    ),
    Twin(
        "v left out",
        along_ones,
        "You add eps to every weight: along which direction should w move?",
    ),
    Twin(
        "moved in place",
        moved_in_place,
        "The product is right, but some bits of w or v have changed: could the points be new tensors?",
    ),
)
