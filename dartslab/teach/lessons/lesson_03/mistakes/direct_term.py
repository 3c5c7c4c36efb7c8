"""Known wrong answers to `03.direct_term`."""

from torch import Tensor
from torch.func import grad

from ....items import Twin
from ...properties import Pairs, matches
from ..answers import Loss, direct_term, implicit_term, virtual_step
from ..cases import HYPERGRADIENTS, curved_losses, val_gradient, whole_hypergradient


def _at(val_loss: Loss, w: Tensor, alpha: Tensor) -> Tensor:
    return grad(val_loss, argnums=1)(w, alpha)


def _alpha_moves_too(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    w_step, alpha_step = grad(train_loss, argnums=(0, 1))(w, alpha)
    return _at(val_loss, w - xi * w_step, alpha - xi * alpha_step)


def _in_place(val_loss: Loss, train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    w -= xi * grad(train_loss)(w, alpha)
    return _at(val_loss, w, alpha)


def _has_fixed_length(pairs: Pairs) -> bool:
    """Whether the virtual step has one length, other than 1, for every xi."""
    return any(
        matches(
            HYPERGRADIENTS, curved_losses, lambda val, train, w, a, xi, one=one: direct_term(val, train, w, a, one)
        )(pairs)
        for one in (0.01, 0.025, 0.05, 0.1, 0.25, 0.5)
    )


TWINS = (
    Twin(
        "at w (first order)",
        lambda val_loss, train_loss, w, alpha, xi: _at(val_loss, w, alpha),
        "Your number does not depend on xi, so it is the first-order one: at which weights is the validation loss "
        "evaluated after the virtual step?",
    ),
    Twin(
        "through w'",
        whole_hypergradient,
        "You give the derivative through w' as well, both terms at once: what is left if w' is held fixed?",
    ),
    Twin(
        "the other term",
        implicit_term,
        "You give what reaches alpha through w', the implicit term: what is left if w' is held fixed?",
    ),
    Twin(
        "of the training loss",
        lambda val_loss, train_loss, w, alpha, xi: _at(train_loss, virtual_step(train_loss, w, alpha, xi), alpha),
        "You differentiate the training loss: which loss is alpha meant to lower?",
        shows=matches(HYPERGRADIENTS, curved_losses, lambda val, train, w, alpha, xi: _at(train, w, alpha)),
    ),
    Twin(
        "with respect to w'",
        lambda val_loss, train_loss, w, alpha, xi: val_gradient(
            val_loss, virtual_step(train_loss, w, alpha, xi), alpha
        ),
        "You differentiate with respect to the weights, and that gives v: which variable moves in the direct term?",
        shows=matches(HYPERGRADIENTS, curved_losses, lambda val, train, w, alpha, xi: val_gradient(val, w, alpha)),
    ),
    Twin(
        "both derivatives",
        lambda val_loss, train_loss, w, alpha, xi: grad(val_loss, argnums=(0, 1))(
            virtual_step(train_loss, w, alpha, xi), alpha
        ),
        "You return two derivatives, by the weights and by alpha: which of them is the direct term?",
    ),
    Twin(
        "virtual step uphill",
        lambda val_loss, train_loss, w, alpha, xi: direct_term(val_loss, train_loss, w, alpha, -xi),
        "Your virtual step goes up the training loss: which sign does the gradient have in (03.4)?",
    ),
    Twin(
        "virtual step on the validation loss",
        lambda val_loss, train_loss, w, alpha, xi: _at(val_loss, virtual_step(val_loss, w, alpha, xi), alpha),
        "Your virtual step goes down the validation loss: on which loss do the weights learn?",
    ),
    Twin(
        "virtual step along alpha's gradient",
        lambda val_loss, train_loss, w, alpha, xi: _at(val_loss, w - xi * grad(train_loss, argnums=1)(w, alpha), alpha),
        "Your virtual step follows the derivative by alpha: which derivative moves the weights?",
    ),
    Twin(
        "two virtual steps",
        lambda val_loss, train_loss, w, alpha, xi: direct_term(
            val_loss, train_loss, virtual_step(train_loss, w, alpha, xi), alpha, xi
        ),
        "You make two virtual steps: how many does (03.4) make?",
    ),
    Twin(
        "only the change of w",
        lambda val_loss, train_loss, w, alpha, xi: _at(val_loss, -xi * grad(train_loss)(w, alpha), alpha),
        "You evaluate at the change of the weights: where do they arrive if they start at w?",
    ),
    Twin(
        "virtual step without xi",
        lambda val_loss, train_loss, w, alpha, xi: direct_term(val_loss, train_loss, w, alpha, 1.0),
        "Your virtual step is equally long for every xi: where does its length enter?",
    ),
    Twin(
        "a fixed xi",
        lambda val_loss, train_loss, w, alpha, xi: direct_term(val_loss, train_loss, w, alpha, 0.25),
        "Your virtual step has one length, whatever xi is: do you use the argument, or a number from the text?",
        shows=_has_fixed_length,
    ),
    Twin(
        "times xi",
        lambda val_loss, train_loss, w, alpha, xi: -xi * direct_term(val_loss, train_loss, w, alpha, xi),
        "You multiply by xi once more: in front of which of the two terms does it stand in (03.7)?",
        shows=matches(
            HYPERGRADIENTS,
            curved_losses,
            lambda val, train, w, alpha, xi: xi * direct_term(val, train, w, alpha, xi),
        ),
    ),
    Twin(
        "sign flipped",
        lambda *given: -direct_term(*given),
        "The size is right, the sign is not: does a minus stand in front of the direct term in (03.7)?",
    ),
    Twin(
        "alpha moves too",
        _alpha_moves_too,
        "Your alpha makes a step as well: which of the two moves in the virtual step?",
    ),
    Twin(
        "changes w",
        _in_place,
        "The number is right, but w itself has moved: what does the network go on with if the step is only imagined?",
    ),
    Twin(
        "the loss itself",
        lambda val_loss, train_loss, w, alpha, xi: val_loss(virtual_step(train_loss, w, alpha, xi), alpha),
        "You return the validation loss at w': what is its derivative by alpha?",
    ),
    Twin(
        "difference of losses",
        lambda val_loss, train_loss, w, alpha, xi: (
            val_loss(virtual_step(train_loss, w, alpha, xi), alpha) - val_loss(w, alpha)
        ),
        "You return by how much the step changes the validation loss: what is asked for is a derivative, by which "
        "variable?",
    ),
    Twin(
        "formula of the toy",
        lambda val_loss, train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, xi) - 2,
        "You wrote down the direct term of the toy, w' - 2: where does `val_loss` enter?",
    ),
)
