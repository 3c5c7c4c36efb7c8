"""Known wrong answers to `05.alternation`."""

from collections.abc import Callable
from typing import Any

from ....items import Twin
from ....values import difference
from ..answers import alternation
from ..cases import STARTS, arguments_of_all, random_step
from . import moves


def _uses_one_rate(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether every case was moved with the same rate, whatever it was asked for."""
    cases = arguments_of_all(STARTS, random_step)
    w, alpha, loss, _, val, step, _ = cases[0]
    rate = float((alpha - pairs[0][1][1]) / moves.gradients(w, alpha, loss, val(step))[1])
    move = moves.with_rates(lambda _: rate, lambda _: rate)
    return rate != 0 and all(difference(move(*case), got) is None for case, (_, got) in zip(cases, pairs, strict=True))


def _gives_back(place: int) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether one of the two is returned as it came, and the other is right."""

    def shows(pairs: list[tuple[Any, Any]]) -> bool:
        cases = arguments_of_all(STARTS, random_step)
        return all(
            difference(case[place], got[place]) is None and difference(wanted[1 - place], got[1 - place]) is None
            for case, (wanted, got) in zip(cases, pairs, strict=True)
        )

    return shows


TWINS = (
    Twin(
        "same batch for both",
        moves.with_halves(lambda train, val, step: (train, train, step)),
        "Both updates use the same batch: what keeps alpha from favouring what w has memorised?",
    ),
    Twin(
        "validation half for both",
        moves.with_halves(lambda train, val, step: (val, val, step)),
        "w learns from the validation batch as well: by which pictures could alpha then judge it?",
    ),
    Twin(
        "validation from the training half",
        moves.with_halves(lambda train, val, step: (train, lambda k: train(k + 1), step)),
        "alpha gets another batch, but of the training half: w has learned, or will learn, from these pictures, so "
        "which half is for alpha?",
    ),
    Twin(
        "halves exchanged",
        moves.with_halves(lambda train, val, step: (val, train, step)),
        "w learns from the validation half and alpha from the training half: which is which?",
    ),
    Twin(
        "always the first batches",
        moves.with_halves(lambda train, val, step: (train, val, 0)),
        "You take the batches of step 0 in every step: what is `step` for?",
    ),
    Twin(
        "the next step's batches",
        moves.with_halves(lambda train, val, step: (train, val, step + 1)),
        "You take the batches of the next step: which ones belong to this one?",
    ),
    Twin(
        "the next training batch",
        moves.with_halves(lambda train, val, step: (lambda k: train(k + 1), val, step)),
        "Your training batch is that of the next step: does the weight step belong to another step than alpha's?",
    ),
    Twin(
        "the weights' optimiser holds alpha",
        moves.move_alpha_twice,
        "alpha moves a second time in the weight step, as if the optimiser of w held it too: what may that step "
        "change?",
    ),
    Twin(
        "alpha's optimiser holds the weights",
        moves.move_weights_twice,
        "w moves already in alpha's step, on the validation half, as if alpha's optimiser held it too: what may that "
        "step change?",
    ),
    Twin(
        "w first",
        moves.move_weights_first,
        "You move w first, so alpha's gradient is taken at the new w: which of the two begins in the published order?",
    ),
    Twin(
        "both at once",
        moves.move_at_once,
        "Both gradients are taken at the old point: which alpha should the weight step see?",
    ),
    Twin(
        "both on the sum of both losses",
        moves.move_on_both,
        "You move both on the sum of both losses: which half is whose in (05.4)?",
    ),
    Twin(
        "gradients piled up",
        moves.add_up_gradients,
        "The gradient of w still holds what alpha's backward pass left there: what must be set to zero in between?",
    ),
    Twin(
        "second order",
        moves.look_ahead,
        "You differentiate alpha through a virtual step of w, as in the second-order search: what does (05.4) hold "
        "fixed while alpha moves?",
    ),
    Twin(
        "uphill",
        moves.with_rates(lambda rate: -rate, lambda rate: -rate),
        "Both go up their loss: in which direction does descent move?",
    ),
    Twin(
        "alpha uphill",
        moves.with_rates(lambda rate: rate, lambda rate: -rate),
        "alpha goes up the validation loss: is it to be made large or small?",
    ),
    Twin(
        "w uphill",
        moves.with_rates(lambda rate: -rate, lambda rate: rate),
        "w goes up the training loss: is it to be made large or small?",
    ),
    Twin(
        "a rate of its own",
        moves.with_rates(lambda rate: 0.1, lambda rate: 0.1),
        "Your steps are equally long whatever `rate` is: where does it come in?",
        shows=_uses_one_rate,
    ),
    Twin(
        "alpha not moved",
        moves.give_back(1),
        "Your w is right, and alpha comes back as it was: where does its new value get lost?",
        shows=_gives_back(1),
    ),
    Twin(
        "w not moved",
        moves.give_back(0),
        "Your alpha is right, and w comes back as it was: where does its new value get lost?",
        shows=_gives_back(0),
    ),
    Twin(
        "nothing moved",
        moves.give_back(0, 1),
        "w and alpha come back as they were: do you return the new values, or the ones you were given?",
    ),
    Twin(
        "results exchanged",
        lambda *arguments: alternation(*arguments)[::-1],
        "Both results are right, but you return alpha first: which order is asked for?",
    ),
    Twin(
        "the sign of the gradient",
        moves.take_signs,
        "Every alpha moves by the same distance, as in the first step of Adam: what does plain gradient descent do "
        "with a small gradient?",
    ),
    Twin(
        "the mean of the gradient",
        moves.with_slope(lambda slope: slope.mean()),
        "All alphas move by the same number, the mean of their gradients: has each not a slope of its own?",
    ),
    Twin(
        "gradients returned",
        moves.give_gradients,
        "You return the two gradients: where are w and alpha once they have moved?",
    ),
    Twin(
        "changes returned",
        moves.give_moves,
        "You return by how much both change: where are they after the step?",
    ),
    Twin(
        "moved in place",
        moves.move_in_place,
        "You move the tensors that were passed in, and the caller still needs their old values: how do you make new "
        "ones?",
    ),
    Twin(
        "gradients left on the arguments",
        moves.mark,
        "The tensors that were passed in ask for gradients from now on, or hold one: work on copies, and leave them "
        "as they came.",
    ),
)
