"""Known wrong answers to `11.search_step`."""

from ....items import Twin
from ..answers import first_order
from . import steps as wrong

TWINS = (
    Twin("w first", wrong.w_first, "You move w before alpha: which of the two begins in algorithm 1?"),
    Twin(
        "both at the old point",
        wrong.at_once,
        "The gradient of w is taken before alpha has moved: which alpha does the weight step see?",
    ),
    Twin(
        "gradients piled up",
        wrong.piled_up,
        "The gradient of w still holds those of earlier steps: who sets it to zero?",
    ),
    Twin(
        "training batch for alpha",
        wrong.with_batches(lambda train, val: (train, train, train)),
        "alpha judges w by the batch that w learns from: which batch is missing in your step?",
    ),
    Twin(
        "w on the validation batch",
        wrong.with_batches(lambda train, val: (train, val, val)),
        "w learns from the validation batch: which one is its own?",
    ),
    Twin(
        "batches exchanged for alpha",
        wrong.with_batches(lambda train, val: (val, train, train)),
        "You hand the two batches to the hypergradient in the wrong order: how is it called in the text?",
    ),
    Twin(
        "halves exchanged",
        wrong.with_batches(lambda train, val: (val, train, val)),
        "w learns from the validation batch and alpha from the training batch: which is whose?",
    ),
    Twin(
        "another hypergradient",
        wrong.with_slopes(lambda g: first_order(g.loss, g.w, g.alpha, g.train, g.val, g.xi)),
        "alpha moves as by first order, whatever you are given: is xi 0, or is `hypergradient` never called?",
    ),
    Twin(
        "xi from Adam",
        wrong.with_xi(lambda given: given.adam.param_groups[0]["lr"]),
        "Your xi is the learning rate of Adam: whose step does the virtual step imagine?",
    ),
    Twin(
        "xi of 1",
        wrong.with_xi(lambda given: 1.0),
        "Your xi is the same number in every search: how long is the next step of w?",
        shows=wrong.is_one_xi,
    ),
    Twin(
        "uphill",
        wrong.with_slopes(lambda given: {name: -slope for name, slope in given.slopes().items()}),
        "alpha goes up the validation loss: does Adam want the gradient or its opposite?",
    ),
    Twin(
        "alpha twice",
        wrong.alpha_twice,
        "alpha moves again after w has moved: how often does Adam step?",
    ),
    Twin(
        "w stays",
        wrong.step_of(lambda given: given.move_alpha(given.slopes())),
        "w never moves: is a `step()` missing, or do you set its gradient to zero after it was computed?",
    ),
    Twin(
        "alpha stays",
        wrong.step_of(lambda given: given.move_w(given.train)),
        "alpha never moves: where does its gradient have to stand, under each name, before Adam steps?",
    ),
    Twin(
        "alpha without Adam",
        wrong.without_adam,
        "alpha makes a plain step of descent: which optimiser holds it?",
    ),
    Twin(
        "alpha without Adam, at Adam's rate",
        wrong.without_adam_own_rate,
        "alpha makes a plain step of descent at Adam's learning rate: who calls `adam.step()`?",
    ),
    Twin(
        "gradients of alpha piled up",
        wrong.alpha_piled_up,
        "The gradient of alpha still holds those of earlier steps: do you add to it, or replace it?",
    ),
    Twin("Adam twice", wrong.twice_adam, "Adam steps twice with one gradient: how often is `adam.step()` called?"),
    Twin("SGD twice", wrong.twice_sgd, "SGD steps twice with one gradient: how often is `sgd.step()` called?"),
    Twin(
        "new optimisers",
        wrong.new_optimizers,
        "Your optimisers have forgotten the steps before: who made those that you were given?",
    ),
    Twin(
        "w on both batches",
        wrong.w_on_both,
        "w learns from both batches: whose is the validation batch?",
    ),
    Twin(
        "w without its optimiser",
        wrong.without_sgd,
        "w makes a plain step of descent, and the momentum is lost: which optimiser holds w?",
    ),
)
