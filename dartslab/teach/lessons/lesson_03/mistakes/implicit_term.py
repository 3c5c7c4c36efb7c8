"""Known wrong answers to `03.implicit_term`."""

import torch
from torch import Tensor
from torch.func import grad, jacrev

from ....items import Twin
from ...properties import matches
from ..answers import Loss, direct_term, implicit_term, virtual_step
from ..cases import HYPERGRADIENTS, curved_losses, mixed_product, val_gradient, whole_hypergradient


def _v(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    return val_gradient(val_loss, virtual_step(train_loss, w, alpha, xi), alpha)


def _product(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    return mixed_product(train_loss, w, alpha, _v(val_loss, train_loss, w, alpha, xi))


def _at_w_prime(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    w_prime = virtual_step(train_loss, w, alpha, xi)
    return -xi * mixed_product(train_loss, w_prime, alpha, val_gradient(val_loss, w_prime, alpha))


def _places_exchanged(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    w_prime = virtual_step(train_loss, w, alpha, xi)
    return -xi * mixed_product(train_loss, w_prime, alpha, val_gradient(val_loss, w, alpha))


def _v_moves(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    def product(arch: Tensor) -> Tensor:
        return (grad(train_loss)(w, arch) * _v(val_loss, train_loss, w, arch, xi)).sum()

    return -xi * grad(product)(alpha)


def _only_v_moves(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    v_of = grad(lambda arch: (grad(train_loss)(w, alpha) * _v(val_loss, train_loss, w, arch, xi)).sum())
    return -xi * v_of(alpha)


def _second_by_w(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    v = _v(val_loss, train_loss, w, alpha, xi)
    return -xi * grad(lambda weights: (grad(train_loss)(weights, alpha) * v).sum())(w)


def _v_by_alpha(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    v = grad(val_loss, argnums=1)(virtual_step(train_loss, w, alpha, xi), alpha)
    return -xi * mixed_product(train_loss, w, alpha, v)


def _sums_multiplied(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    v = _v(val_loss, train_loss, w, alpha, xi)
    return -xi * v.sum() * mixed_product(train_loss, w, alpha, torch.ones_like(w))


def _mean_in_product(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    return implicit_term(val_loss, train_loss, w, alpha, xi) / w.numel()


def _not_added(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    v = _v(val_loss, train_loss, w, alpha, xi)
    return -xi * grad(lambda arch: grad(train_loss)(w, arch) * v)(alpha)


def _wrong_side(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    v = _v(val_loss, train_loss, w, alpha, xi)
    matrix = jacrev(grad(train_loss), argnums=1)(w, alpha).reshape(w.numel(), alpha.numel())
    return (-xi * matrix @ v.reshape(-1)).reshape(alpha.shape)


def _in_place(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    start = w.clone()
    w -= xi * grad(train_loss)(w, alpha)
    return -xi * mixed_product(train_loss, start, alpha, val_gradient(val_loss, w, alpha))


TWINS = (
    Twin(
        "dropped",
        lambda val_loss, train_loss, w, alpha, xi: torch.zeros_like(alpha),
        "You give zero, as if w' did not answer to alpha: is the gradient in the virtual step the same for every "
        "alpha, and is it still tied to alpha in your code?",
    ),
    Twin(
        "sign flipped",
        lambda *given: -implicit_term(*given),
        "The size is right, the sign is not: with which sign does the gradient enter the virtual step?",
    ),
    Twin(
        "xi missing",
        lambda *given: -_product(*given),
        "Your term does not shrink with the step: if xi is 0, does w' answer to alpha at all?",
    ),
    Twin(
        "minus xi missing",
        _product,
        "You give the mixed derivative times v: which factor, sign included, stands in front of it in (03.7)?",
    ),
    Twin(
        "xi twice",
        lambda val_loss, train_loss, w, alpha, xi: xi * implicit_term(val_loss, train_loss, w, alpha, xi),
        "Your term has one factor xi too many: how often does xi stand in front of the gradient in (03.4)?",
    ),
    Twin(
        "v at w",
        lambda val_loss, train_loss, w, alpha, xi: (
            -xi * mixed_product(train_loss, w, alpha, val_gradient(val_loss, w, alpha))
        ),
        "Nearly right: you take v at w. At which weights is the validation loss evaluated?",
    ),
    Twin(
        "v after a step uphill",
        lambda val_loss, train_loss, w, alpha, xi: (
            -xi * mixed_product(train_loss, w, alpha, _v(val_loss, train_loss, w, alpha, -xi))
        ),
        "Your v is taken after a step up the training loss: which sign does the gradient have in (03.4)?",
    ),
    Twin(
        "v of the training loss",
        lambda val_loss, train_loss, w, alpha, xi: -xi * _product(train_loss, train_loss, w, alpha, xi),
        "Your v is the slope of the training loss: of which loss do we want the change when w' moves?",
    ),
    Twin(
        "v by alpha",
        _v_by_alpha,
        "Your v is the derivative of the validation loss by alpha: by which variable is v taken in (03.6)?",
    ),
    Twin(
        "w' for v",
        lambda val_loss, train_loss, w, alpha, xi: (
            -xi * mixed_product(train_loss, w, alpha, virtual_step(train_loss, w, alpha, xi))
        ),
        "Your v is w' itself: what is v in (03.6), a place or a slope?",
    ),
    Twin(
        "v of length 1",
        lambda val_loss, train_loss, w, alpha, xi: (
            implicit_term(val_loss, train_loss, w, alpha, xi) / _v(val_loss, train_loss, w, alpha, xi).norm()
        ),
        "You divide v by its length: is there such a factor in (03.7)?",
    ),
    Twin(
        "v moves",
        _v_moves,
        "Your v changes with alpha while you differentiate: which factor of the product has to stay fixed?",
        shows=matches(HYPERGRADIENTS, curved_losses, _only_v_moves),
    ),
    Twin(
        "mixed derivative at w'",
        _at_w_prime,
        "Nearly right: you take the mixed derivative at w'. At which weights was the gradient of the virtual step "
        "taken?",
    ),
    Twin(
        "w and w' exchanged",
        _places_exchanged,
        "You take v at w and the mixed derivative at w': which of the two belongs to the place where the step began?",
    ),
    Twin(
        "of the validation loss",
        lambda val_loss, train_loss, w, alpha, xi: (
            -xi * mixed_product(val_loss, w, alpha, _v(val_loss, train_loss, w, alpha, xi))
        ),
        "Your mixed derivative is that of the validation loss: whose gradient moves the weights?",
        shows=matches(
            HYPERGRADIENTS,
            curved_losses,
            lambda val, train, w, alpha, xi: _at_w_prime(val, val, w, alpha, xi),
        ),
    ),
    Twin(
        "twice by w",
        _second_by_w,
        "You differentiate by w twice: the second derivative is a mixed one, by which two variables?",
    ),
    Twin(
        "first derivative only",
        lambda val_loss, train_loss, w, alpha, xi: -xi * grad(train_loss, argnums=1)(w, alpha),
        "You take the first derivative by alpha: how does the *gradient by w* change with alpha?",
    ),
    Twin(
        "not times v",
        lambda val_loss, train_loss, w, alpha, xi: -xi * mixed_product(train_loss, w, alpha, torch.ones_like(w)),
        "Where is v? It says how much the validation loss cares about each weight that alpha moves.",
    ),
    Twin(
        "sums multiplied",
        _sums_multiplied,
        "You multiply two sums: what is added up in a product of two vectors, and when?",
    ),
    Twin(
        "mean in the product",
        _mean_in_product,
        "Your term is too small by the number of weights: is the product of two vectors a mean?",
    ),
    Twin(
        "not added up",
        _not_added,
        "Right for a single weight. With several, `grad` needs one number: what makes one of the products with v?",
    ),
    Twin(
        "table on the wrong side",
        _wrong_side,
        "Your table of mixed derivatives has a row for each weight: along which of its axes does v belong?",
    ),
    Twin(
        "both terms",
        whole_hypergradient,
        "That is the whole hypergradient, direct term included: subtract what is there when w' is held fixed.",
    ),
    Twin(
        "the other term",
        direct_term,
        "You give the direct term, with w' held still: what reaches alpha through w'?",
    ),
    Twin(
        "formula of the toy",
        lambda val_loss, train_loss, w, alpha, xi: 2 * xi * alpha,
        "You wrote down the implicit term of the toy, 2 xi a: where do the two losses enter?",
    ),
    Twin(
        "changes w",
        _in_place,
        "The numbers are right, but w itself has moved: what does the network go on with if the step is only imagined?",
    ),
)
