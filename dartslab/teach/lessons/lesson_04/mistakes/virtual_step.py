"""Known wrong answers to `04.virtual_step`."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import Weights, virtual_step

Rule = Callable[[Tensor, Any, Tensor, float, float, float], Tensor]


def buffer(m: Weights, name: str) -> Any:
    """The momentum buffer of one weight; 0 before the first step."""
    return m.get(name, 0.0)


def each(rule: Rule) -> Callable[..., Weights]:
    """An answer that makes something else of every weight, its buffer and its gradient."""

    def answer(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
        return {name: rule(w[name], buffer(m, name), g[name], xi, mu, decay) for name in w}

    return answer


def step_in_place(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """Wrong: moves w itself."""
    for name in w:
        w[name] -= xi * (mu * buffer(m, name) + g[name] + decay * w[name])
    return w


def buffer_in_place(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """Wrong: moves the buffer."""
    found = virtual_step(w, m, g, xi, mu, decay)
    for part in m.values():
        part.add_(1)
    return found


def buffer_expected(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """Wrong: there must be a buffer."""
    return {name: w[name] - xi * (mu * m[name] + g[name] + decay * w[name]) for name in w}


def still_without_buffer(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """Wrong: no step where there is no buffer."""
    return virtual_step(w, m, g, xi, mu, decay) if m else w


def first_only(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """Wrong: `return` in the loop."""
    return dict(list(virtual_step(w, m, g, xi, mu, decay).items())[:1])


TWINS = (
    Twin(
        "momentum left out",
        each(lambda w, m, g, xi, mu, decay: w - xi * (g + decay * w)),
        "Your step does not depend on the buffer: does SGD with momentum forget its speed before every step?",
    ),
    Twin(
        "decay left out",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + g)),
        "Your step does not depend on the weight decay: what does it pull every weight towards?",
    ),
    Twin(
        "plain gradient descent",
        each(lambda w, m, g, xi, mu, decay: w - xi * g),
        "This is a plain gradient step: which two things does the optimiser of w add to the gradient?",
    ),
    Twin(
        "gradient left out",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + decay * w)),
        "Your step does not depend on the gradient: what are the three parts of the direction?",
    ),
    Twin(
        "mu left out",
        each(lambda w, m, g, xi, mu, decay: w - xi * (m + g + decay * w)),
        "You add the whole buffer: by how much is it made smaller first?",
    ),
    Twin(
        "xi left out",
        each(lambda w, m, g, xi, mu, decay: w - (mu * m + g + decay * w)),
        "Your step does not depend on xi: how long is it to be?",
    ),
    Twin(
        "uphill",
        each(lambda w, m, g, xi, mu, decay: w + xi * (mu * m + g + decay * w)),
        "You go up the loss: which sign does a step of descent have?",
    ),
    Twin(
        "momentum backwards",
        each(lambda w, m, g, xi, mu, decay: w - xi * (-mu * m + g + decay * w)),
        "Your momentum brakes: does the buffer hold gradients, which add to the new one, or steps?",
    ),
    Twin(
        "decay that pushes outwards",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + g - decay * w)),
        "Your weight decay makes large weights larger: which sign does the derivative of the square of w have?",
    ),
    Twin(
        "decay twice",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + g + 2 * decay * w)),
        "Your weight decay is twice as strong: does PyTorch add decay w to the gradient, or the derivative of "
        "decay w^2?",
    ),
    Twin(
        "decay outside of the step size",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + g) - decay * w),
        "Your weight decay does not shrink with the learning rate: is it part of the direction, or added separately?",
    ),
    Twin(
        "momentum outside of the step size",
        each(lambda w, m, g, xi, mu, decay: w - xi * (g + decay * w) - mu * m),
        "Your momentum does not shrink with xi: does the buffer hold gradients, or finished steps?",
    ),
    Twin(
        "finished steps in the buffer",
        each(lambda w, m, g, xi, mu, decay: w - xi * (g + decay * w) + mu * m),
        "You add mu m to the weights: does the buffer hold gradients, or finished steps?",
    ),
    Twin(
        "xi for the gradient alone",
        each(lambda w, m, g, xi, mu, decay: w - xi * g - mu * m - decay * w),
        "xi multiplies the gradient alone: where does the bracket begin, and where does it end?",
    ),
    Twin(
        "mu for everything",
        each(lambda w, m, g, xi, mu, decay: w - xi * mu * (m + g + decay * w)),
        "mu multiplies the whole bracket: which of the three parts is old and to be made smaller?",
    ),
    Twin(
        "mu for buffer and gradient",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * (m + g) + decay * w)),
        "mu multiplies the gradient as well: which of the two is old and to be made smaller?",
    ),
    Twin(
        "decay of the buffer",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + g + decay * m)),
        "Your decay is multiplied by the buffer: what is it that decays?",
    ),
    Twin(
        "decay of the gradient",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + g + decay * g)),
        "Your decay is multiplied by the gradient: what is it that decays?",
    ),
    Twin(
        "a running average",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + (1 - mu) * g + decay * w)),
        "You make the gradient smaller by 1 - mu, as Adam does: does SGD with momentum do that?",
    ),
    Twin(
        "a running average of gradient and decay",
        each(lambda w, m, g, xi, mu, decay: w - xi * (mu * m + (1 - mu) * (g + decay * w))),
        "You make gradient and decay smaller by 1 - mu, as Adam does: does SGD with momentum do that?",
    ),
    Twin(
        "Nesterov",
        each(lambda w, m, g, xi, mu, decay: w - xi * (g + decay * w + mu * (mu * m + g + decay * w))),
        "You look ahead along the new buffer, as Nesterov's momentum does: what does plain momentum add?",
    ),
    Twin(
        "only the change",
        each(lambda w, m, g, xi, mu, decay: -xi * (mu * m + g + decay * w)),
        "You return by how much w changes: where is w after the step?",
    ),
    Twin(
        "the direction",
        each(lambda w, m, g, xi, mu, decay: mu * m + g + decay * w),
        "You return the direction of the step: where is w once it has gone xi along it, downhill?",
    ),
    Twin(
        "no step without a buffer",
        still_without_buffer,
        "Where the buffer is empty you do not move at all: what is left of the direction before the first step?",
    ),
    Twin(
        "a buffer expected",
        buffer_expected,
        "Before the first step the buffer has no entries: what should stand in for the missing one?",
    ),
    Twin(
        "in place",
        step_in_place,
        "The numbers are right, but the tensors that you were given have changed: should a virtual step move them?",
    ),
    Twin(
        "buffer in place",
        buffer_in_place,
        "The numbers are right, but the buffer that you were given has changed: should a virtual step touch the "
        "optimiser's state?",
    ),
    Twin(
        "first weight only",
        first_only,
        "Only the first weight is there: is `return` inside the loop?",
        shows=lambda pairs: all(set(got) == set(list(wanted)[:1]) for wanted, got in pairs),
    ),
    Twin(
        "a list",
        lambda *arguments: list(virtual_step(*arguments).values()),
        "You return the new weights in a list: by what would the caller find one of them, as in w?",
        shows=lambda pairs: all(
            isinstance(got, (list, tuple)) and len(got) == len(wanted) and all(isinstance(p, torch.Tensor) for p in got)
            for wanted, got in pairs
        ),
    ),
)
