"""Known wrong answers to `11.first_order`."""

from ....items import Twin
from ..answers import exact, first_order
from . import hypergradients as wrong

TWINS = (
    Twin(
        "training batch",
        wrong.with_batches(first_order, lambda train, val: (train, train)),
        "You differentiate the training loss: by which batch does alpha judge the weights?",
    ),
    Twin(
        "both batches",
        lambda loss, w, alpha, train, val, xi: first_order(
            lambda a, b, batch: loss(a, b, train) + loss(a, b, val), w, alpha, train, val, xi
        ),
        "You add both losses before you differentiate: whose loss is the training loss?",
    ),
    Twin(
        "gradient of w",
        lambda loss, w, alpha, train, val, xi: wrong.of_w(loss, w, alpha, val),
        "You give the gradient with respect to w: which of the two dictionaries is to move?",
    ),
    Twin(
        "gradients of both",
        wrong.both(first_order),
        "You give gradients of w as well: which names does the caller look for?",
    ),
    Twin(
        "second order",
        exact,
        "You go through a virtual step of w: what does first order assume about w while alpha moves?",
    ),
    Twin(
        "direct term at w'",
        wrong.combine(lambda direct, implicit: direct),
        "You make a virtual step and then hold w' still: where is the loss asked in first order?",
    ),
    Twin(
        "times xi",
        wrong.change(first_order, lambda slope, _, xi: xi * slope),
        "Your gradient is multiplied by xi: who decides how long a step of alpha is?",
    ),
    Twin(
        "uphill",
        wrong.change(first_order, lambda slope, _, xi: -slope),
        "Your signs are turned round: does Adam want the gradient, or the way down?",
    ),
    Twin(
        "the first table only",
        wrong.first_table(first_order),
        "You give one of the tables: is `return` inside the loop, or do you differentiate by the first alone?",
    ),
    Twin(
        "the loss itself",
        lambda loss, w, alpha, train, val, xi: dict.fromkeys(alpha, loss(w, alpha, val).detach()),
        "You give the loss: what is its derivative?",
    ),
    *wrong.twins_of_form(first_order),
)
