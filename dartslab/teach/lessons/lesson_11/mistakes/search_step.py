"""Known wrong answers to `11.search_step`."""

from collections.abc import Callable
from typing import Any

from ....items import Twin
from ..answers import Loss, Optimizer, Tensors, first_order, search_step

Step = Callable[..., None]


def move_alpha(slopes: Tensors, alpha: Tensors, adam: Optimizer) -> None:
    """Adam's half of a step."""
    for name, slope in slopes.items():
        alpha[name].grad = slope.detach()
    adam.step()


def move_w(loss: Loss, w: Tensors, alpha: Tensors, batch: Any, sgd: Optimizer) -> None:
    """SGD's half of a step."""
    sgd.zero_grad()
    loss(w, alpha, batch).backward()
    sgd.step()


def with_batches(pick: Callable[[Any, Any], tuple[Any, Any, Any]]) -> Step:
    """The right step; `pick` gives the training and validation batch of alpha, and the batch of w."""

    def step(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
        for_train, for_val, for_w = pick(train, val)
        move_alpha(hypergradient(loss, w, alpha, for_train, for_val, sgd.param_groups[0]["lr"]), alpha, adam)
        move_w(loss, w, alpha, for_w, sgd)

    return step


def with_slopes(rule: Callable[..., Tensors]) -> Step:
    """The right step with another gradient of alpha: rule(hypergradient, loss, w, alpha, train, val, xi, adam)."""

    def step(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
        xi = sgd.param_groups[0]["lr"]
        move_alpha(rule(hypergradient, loss, w, alpha, train, val, xi, adam), alpha, adam)
        move_w(loss, w, alpha, train, sgd)

    return step


def w_first(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: w moves before alpha."""
    move_w(loss, w, alpha, train, sgd)
    move_alpha(hypergradient(loss, w, alpha, train, val, sgd.param_groups[0]["lr"]), alpha, adam)


def at_once(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: both gradients are taken at the old point."""
    slopes = hypergradient(loss, w, alpha, train, val, sgd.param_groups[0]["lr"])
    sgd.zero_grad()
    loss(w, alpha, train).backward()
    move_alpha(slopes, alpha, adam)
    sgd.step()


def piled_up(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: gradients of w are never set to zero."""
    move_alpha(hypergradient(loss, w, alpha, train, val, sgd.param_groups[0]["lr"]), alpha, adam)
    loss(w, alpha, train).backward()
    sgd.step()


def alpha_twice(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: Adam moves alpha on the training batch as well."""
    search_step(loss, w, alpha, train, val, hypergradient, adam, sgd)
    move_alpha(first_order(loss, w, alpha, train, train, 0.0), alpha, adam)


def alpha_only(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: w stays."""
    move_alpha(hypergradient(loss, w, alpha, train, val, sgd.param_groups[0]["lr"]), alpha, adam)


def w_only(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: alpha stays."""
    move_w(loss, w, alpha, train, sgd)


def without_adam(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: alpha makes a plain step of descent, of the length of w's."""
    xi = sgd.param_groups[0]["lr"]
    for name, slope in hypergradient(loss, w, alpha, train, val, xi).items():
        alpha[name].sub_(xi * slope)
    move_w(loss, w, alpha, train, sgd)


def without_sgd(loss, w, alpha, train, val, hypergradient, adam, sgd):  # type: ignore[no-untyped-def]
    """Wrong: w makes a plain step, without the momentum that its optimiser has."""
    xi = sgd.param_groups[0]["lr"]
    move_alpha(hypergradient(loss, w, alpha, train, val, xi), alpha, adam)
    sgd.zero_grad()
    loss(w, alpha, train).backward()
    for t in w.values():
        t.data -= xi * t.grad


TWINS = (
    Twin("w first", w_first, "You move w before alpha: which of the two begins in algorithm 1?"),
    Twin(
        "both at the old point",
        at_once,
        "The gradient of w is taken before alpha has moved: which alpha does the weight step see?",
    ),
    Twin(
        "gradients piled up",
        piled_up,
        "The gradient of w still holds those of earlier steps: who sets it to zero?",
    ),
    Twin(
        "training batch for alpha",
        with_batches(lambda train, val: (train, train, train)),
        "alpha judges w by the batch that w learns from: which batch is missing in your step?",
    ),
    Twin(
        "w on the validation batch",
        with_batches(lambda train, val: (train, val, val)),
        "w learns from the validation batch: which one is its own?",
    ),
    Twin(
        "batches exchanged for alpha",
        with_batches(lambda train, val: (val, train, train)),
        "You hand the two batches to the hypergradient in the wrong order: how is it called in the text?",
    ),
    Twin(
        "halves exchanged",
        with_batches(lambda train, val: (val, train, val)),
        "w learns from the validation batch and alpha from the training batch: which is whose?",
    ),
    Twin(
        "another hypergradient",
        with_slopes(
            lambda hypergradient, loss, w, alpha, train, val, xi, adam: first_order(loss, w, alpha, train, val, xi)
        ),
        "alpha moves as by first order, whatever you are given: is xi 0, or is `hypergradient` never called?",
    ),
    Twin(
        "xi from Adam",
        with_slopes(
            lambda hypergradient, loss, w, alpha, train, val, xi, adam: hypergradient(
                loss, w, alpha, train, val, adam.param_groups[0]["lr"]
            )
        ),
        "Your xi is the learning rate of Adam: whose step does the virtual step imagine?",
    ),
    Twin(
        "xi of 1",
        with_slopes(
            lambda hypergradient, loss, w, alpha, train, val, xi, adam: hypergradient(loss, w, alpha, train, val, 1.0)
        ),
        "Your xi is always 1: how long is the next step of w?",
    ),
    Twin(
        "uphill",
        with_slopes(
            lambda hypergradient, loss, w, alpha, train, val, xi, adam: {
                name: -slope for name, slope in hypergradient(loss, w, alpha, train, val, xi).items()
            }
        ),
        "alpha goes up the validation loss: does Adam want the gradient or its opposite?",
    ),
    Twin(
        "alpha twice",
        alpha_twice,
        "alpha moves again after w has moved: how often does Adam step?",
    ),
    Twin(
        "w stays",
        alpha_only,
        "w never moves: is a `step()` missing, or do you set its gradient to zero after it was computed?",
    ),
    Twin(
        "alpha stays",
        w_only,
        "alpha never moves: where does its gradient have to stand, under each name, before Adam steps?",
    ),
    Twin(
        "alpha without Adam",
        without_adam,
        "alpha makes a plain step of descent: which optimiser holds it?",
    ),
    Twin(
        "w without its optimiser",
        without_sgd,
        "w makes a plain step of descent, and the momentum is lost: which optimiser holds w?",
    ),
)
