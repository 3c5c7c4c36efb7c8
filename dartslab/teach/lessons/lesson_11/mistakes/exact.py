"""Known wrong answers to `11.exact`. Sentences name the place, not the line."""

from ....items import Twin
from ..answers import exact, first_order
from . import hypergradients as wrong

TWINS = (
    Twin(
        "first order",
        first_order,
        "This is first order: where does w answer to alpha?",
    ),
    Twin(
        "implicit term left out",
        wrong.combine(lambda direct, implicit: direct),
        "You have the direct term alone: is the history of w' cut off, or is a difference multiplied by eps instead of "
        "divided?",
    ),
    Twin(
        "implicit term only",
        wrong.combine(lambda direct, implicit: implicit),
        "You have the implicit term alone: by which other way does alpha enter the validation loss?",
    ),
    Twin(
        "implicit term with the wrong sign",
        wrong.combine(lambda direct, implicit: direct - implicit),
        "Your implicit term has the wrong sign: in which direction did the virtual step go?",
    ),
    Twin(
        "implicit term without xi",
        lambda loss, w, alpha, train, val, xi: wrong.combine(lambda direct, implicit: direct + implicit / xi)(
            loss, w, alpha, train, val, xi
        ),
        "Your implicit term does not shrink with xi: how far does w' follow alpha in a short step?",
    ),
    Twin(
        "implicit term twice",
        wrong.combine(lambda direct, implicit: direct + 2 * implicit),  # points 2 eps apart, divided by eps
        "Your implicit term is twice as large: if it is a difference, how far are its two points apart?",
    ),
    Twin(
        "xi of 1",
        wrong.with_xi(lambda xi: 1.0),
        "Your virtual step has the length 1: what is xi for?",
    ),
    Twin(
        "uphill",
        wrong.with_xi(lambda xi: -xi),
        "Your virtual step goes up the training loss: which sign does descent have?",
    ),
    Twin(
        "virtual step on the validation batch",
        wrong.with_batches(exact, lambda train, val: (val, val)),
        "Your virtual step learns from the validation batch: from which batch does w learn?",
    ),
    Twin(
        "training batch for both",
        wrong.with_batches(exact, lambda train, val: (train, train)),
        "You never use the validation batch: which loss is asked at w'?",
    ),
    Twin(
        "batches exchanged",
        wrong.with_batches(exact, lambda train, val: (val, train)),
        "Your batches are exchanged: which one makes the step, and which one judges it?",
    ),
    Twin(
        "v at w",
        wrong.v_at_w,
        "Your v is the slope at w: where is the validation loss asked?",
    ),
    Twin(
        "direct term at w",
        wrong.direct_at_w,
        "Your direct term is taken at w: where have the weights gone in the meantime?",
    ),
    Twin(
        "mixed derivative at w'",
        wrong.mixed_at_w_prime,
        "Your mixed derivative is taken at w': from where did the virtual step begin?",
    ),
    Twin(
        "mixed derivative of the validation loss",
        wrong.mixed_of_val,
        "Your mixed derivative is that of the validation loss: which loss made the virtual step?",
    ),
    Twin(
        "times xi",
        wrong.change(exact, lambda slope, _, xi: xi * slope),
        "The whole gradient is multiplied by xi: which of its two terms has that factor?",
    ),
    Twin(
        "signs turned round",
        wrong.change(exact, lambda slope, _, xi: -slope),
        "All signs are turned round: does Adam want the gradient, or the way down?",
    ),
    Twin(
        "gradient of w",
        lambda loss, w, alpha, train, val, xi: wrong.of_w(
            loss, wrong.moved(w, wrong.of_w(loss, w, alpha, train), xi), alpha, val
        ),
        "You give v, the slope of the validation loss in w': what does alpha have to do with w'?",
    ),
    *wrong.twins_of_form(exact),
)
