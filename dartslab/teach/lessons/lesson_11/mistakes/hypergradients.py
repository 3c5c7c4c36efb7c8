"""Wrong hypergradients, for `11.first_order` and `11.exact`; all are called like the right ones."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import Loss, Tensors, exact, first_order

Rule = Callable[..., Tensors]


def leaves(tensors: Tensors) -> Tensors:
    """The same numbers, asking for gradients."""
    return {name: t.detach().clone().requires_grad_() for name, t in tensors.items()}


def of_w(loss: Loss, w: Tensors, alpha: Tensors, batch: Any) -> Tensors:
    """The gradient of a loss with respect to w."""
    w = leaves(w)
    return dict(zip(w, torch.autograd.grad(loss(w, alpha, batch), list(w.values())), strict=True))


def of_alpha(loss: Loss, w: Tensors, alpha: Tensors, batch: Any) -> Tensors:
    """The gradient of a loss with respect to alpha, at fixed w."""
    return first_order(loss, {name: t.detach() for name, t in w.items()}, alpha, batch, batch, 0.0)


def moved(w: Tensors, slope: Tensors, rate: float) -> Tensors:
    """w - rate slope, without history."""
    return {name: t.detach() - rate * slope[name] for name, t in w.items()}


def mixed(loss: Loss, w: Tensors, alpha: Tensors, train: Any, v: Tensors) -> Tensors:
    """The mixed second derivative times v: [d2 L_train / d alpha d w] v, at w."""
    w, alpha = leaves(w), leaves(alpha)
    slopes = torch.autograd.grad(loss(w, alpha, train), list(w.values()), create_graph=True)
    along = torch.stack([(slope * v[name]).sum() for name, slope in zip(w, slopes, strict=True)]).sum()
    return dict(zip(alpha, torch.autograd.grad(along, list(alpha.values())), strict=True))


def terms(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> tuple[Tensors, Tensors]:
    """Direct term, dL_val/dalpha at w', and implicit term, -xi [d2 L_train / d alpha d w] v."""
    w_prime = moved(w, of_w(loss, w, alpha, train), xi)
    product = mixed(loss, w, alpha, train, of_w(loss, w_prime, alpha, val))
    return of_alpha(loss, w_prime, alpha, val), {name: -xi * part for name, part in product.items()}


def combine(rule: Callable[[Tensor, Tensor], Tensor]) -> Rule:
    """Another combination of direct and implicit term."""

    def answer(*given: Any) -> Tensors:
        direct, implicit = terms(*given)
        return {name: rule(direct[name], implicit[name]) for name in direct}

    return answer


def change(right: Rule, rule: Callable[[Tensor, Tensor, float], Tensor]) -> Rule:
    """Something made of the right gradient, of alpha and of xi."""

    def answer(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
        found = right(loss, w, alpha, train, val, xi)
        return {name: rule(slope, alpha[name], xi) for name, slope in found.items()}

    return answer


def with_batches(right: Rule, pick: Callable[[Any, Any], tuple[Any, Any]]) -> Rule:
    """The right gradient on other batches."""
    return lambda loss, w, alpha, train, val, xi: right(loss, w, alpha, *pick(train, val), xi)


def with_xi(pick: Callable[[float], float]) -> Rule:
    """The exact one with another xi."""
    return lambda loss, w, alpha, train, val, xi: exact(loss, w, alpha, train, val, pick(xi))


def both(right: Rule) -> Rule:
    """The gradient with respect to w as well."""
    return lambda loss, w, alpha, train, val, xi: of_w(loss, w, alpha, val) | right(loss, w, alpha, train, val, xi)


def first_table(right: Rule) -> Rule:
    """The first table alone."""
    return lambda *given: dict(list(right(*given).items())[:1])


def marking(right: Rule) -> Rule:
    """The right numbers, but alpha asks for gradients afterwards."""

    def answer(loss: Loss, w: Tensors, alpha: Tensors, *others: Any) -> Tensors:
        found = right(loss, w, alpha, *others)
        for table in alpha.values():
            table.requires_grad_()
        return found

    return answer


def v_at_w(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
    """Wrong: v is taken at w."""
    direct, _ = terms(loss, w, alpha, train, val, xi)
    product = mixed(loss, w, alpha, train, of_w(loss, w, alpha, val))
    return {name: direct[name] - xi * product[name] for name in direct}


def direct_at_w(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
    """Wrong: the direct term is taken at w."""
    _, implicit = terms(loss, w, alpha, train, val, xi)
    direct = of_alpha(loss, w, alpha, val)
    return {name: direct[name] + implicit[name] for name in direct}


def mixed_at_w_prime(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
    """Wrong: the mixed derivative is taken at w'."""
    w_prime = moved(w, of_w(loss, w, alpha, train), xi)
    direct = of_alpha(loss, w_prime, alpha, val)
    product = mixed(loss, w_prime, alpha, train, of_w(loss, w_prime, alpha, val))
    return {name: direct[name] - xi * product[name] for name in direct}


def mixed_of_val(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
    """Wrong: the mixed derivative is taken of the validation loss."""
    w_prime = moved(w, of_w(loss, w, alpha, train), xi)
    direct = of_alpha(loss, w_prime, alpha, val)
    product = mixed(loss, w, alpha, val, of_w(loss, w_prime, alpha, val))
    return {name: direct[name] - xi * product[name] for name in direct}


def twins_of_form(right: Rule) -> tuple[Twin, ...]:
    """The right gradient, handed over wrongly: mistakes that every hypergradient can have."""
    return (
        Twin(
            "alpha moved",
            change(right, lambda slope, table, xi: table - xi * slope),
            "You give alpha after a step: what does the optimiser need before it makes one?",
        ),
        Twin(
            "a list",
            lambda *given: list(right(*given).values()),
            "Your gradients have lost their names: what does `zip` make of two lists, and `dict` of that?",
            shows=lambda pairs: all(
                isinstance(got, (list, tuple)) and len(got) == len(wanted) for wanted, got in pairs
            ),
        ),
        Twin(
            "no gradients",
            lambda loss, w, alpha, *others: dict.fromkeys(alpha),
            "Your gradients are None: into whose `.grad` did backward write, the copies' or the originals'?",
        ),
        Twin(
            "gradients left on the arguments",
            marking(right),
            "The tensors that were passed in ask for gradients from now on, or hold one: work on detached copies.",
        ),
    )
