"""Known wrong answers to `03.virtual_step`."""

import torch
from torch import Tensor
from torch.func import grad

from ....items import Twin
from ...properties import Pairs, matches
from ..answers import Loss, virtual_step
from ..cases import STEPS, random_step


def _in_place(train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    w -= xi * grad(train_loss)(w, alpha)
    return w


def _two_steps(train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    return virtual_step(train_loss, virtual_step(train_loss, w, alpha, xi), alpha, xi)


def _direction_only(train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    gradient = grad(train_loss)(w, alpha)
    return w - xi * gradient / gradient.norm()


def _gradients_add_up(train_loss: Loss, w: Tensor, alpha: Tensor, xi: float) -> Tensor:
    w.requires_grad_()
    train_loss(w, alpha).backward()
    assert w.grad is not None
    return w.detach() - xi * w.grad


def _has_fixed_length(pairs: Pairs) -> bool:
    """Whether all steps have the right direction and one length, other than 1."""
    return any(
        matches(STEPS, random_step, lambda loss, w, alpha, xi, length=length: virtual_step(loss, w, alpha, length))(
            pairs
        )
        for length in (0.01, 0.025, 0.05, 0.1, 0.25, 0.5)
    )


TWINS = (
    Twin(
        "w does not move",
        lambda train_loss, w, alpha, xi: w.clone(),
        "Your w' is w itself: was the step computed and then lost, for example in a name that is never returned?",
    ),
    Twin(
        "xi left out",
        lambda train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, 1.0),
        "Your step has the same length for every xi: how far should the weights go along the gradient?",
    ),
    Twin(
        "a fixed xi",
        lambda train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, 0.25),
        "Your step has one length, whatever xi is: do you use the argument, or a number from the text?",
        shows=_has_fixed_length,
    ),
    Twin(
        "uphill",
        lambda train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, -xi),
        "Your step makes the training loss larger: which way does gradient descent go?",
    ),
    Twin(
        "only the change",
        lambda train_loss, w, alpha, xi: -xi * grad(train_loss)(w, alpha),
        "You return the change of the weights: where do they arrive if they start at w?",
        shows=matches(STEPS, random_step, lambda train_loss, w, alpha, xi: xi * grad(train_loss)(w, alpha)),
    ),
    Twin(
        "only the gradient",
        lambda train_loss, w, alpha, xi: grad(train_loss)(w, alpha),
        "You return the gradient: where do the weights arrive if they start at w and go along it?",
    ),
    Twin(
        "derivative with respect to alpha",
        lambda train_loss, w, alpha, xi: w - xi * grad(train_loss, argnums=1)(w, alpha),
        "You differentiate with respect to alpha: what moves in the lower problem?",
    ),
    Twin(
        "alpha moves",
        lambda train_loss, w, alpha, xi: alpha - xi * grad(train_loss, argnums=1)(w, alpha),
        "You move alpha: which of the two makes the virtual step?",
        shows=matches(
            STEPS,
            random_step,
            lambda train_loss, w, alpha, xi: (
                virtual_step(train_loss, w, alpha, xi),
                alpha - xi * grad(train_loss, argnums=1)(w, alpha),
            ),
        ),
    ),
    Twin(
        "arguments exchanged",
        lambda train_loss, w, alpha, xi: w - xi * grad(train_loss)(alpha, w),
        "You hand the loss alpha first: in which order does `train_loss` take its two tensors?",
    ),
    Twin(
        "the loss itself",
        lambda train_loss, w, alpha, xi: w - xi * train_loss(w, alpha),
        "You subtract the loss: what tells the weights in which direction it falls?",
    ),
    Twin(
        "changes w",
        _in_place,
        "The numbers are right, but w itself has moved: what does the network go on with if the step is only imagined?",
    ),
    Twin(
        "two steps",
        _two_steps,
        "You make two steps: how many times does (03.4) go down the gradient?",
    ),
    Twin(
        "length of the gradient lost",
        _direction_only,
        "All your steps are equally long: does (03.4) divide the gradient by its length?",
        shows=matches(STEPS, random_step, lambda loss, w, alpha, xi: w - xi * torch.sign(grad(loss)(w, alpha))),
    ),
    Twin(
        "a factor besides xi",
        lambda train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, xi / 2),
        "Your step is half or twice as long as it should be: does (03.4) have a factor besides xi?",
        shows=matches(STEPS, random_step, lambda loss, w, alpha, xi: virtual_step(loss, w, alpha, 2 * xi)),
    ),
    Twin(
        "divided by xi",
        lambda train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, 1 / xi),
        "A small xi makes your step long: what stands between xi and the gradient in (03.4)?",
    ),
    Twin(
        "mean of the gradient",
        lambda train_loss, w, alpha, xi: w - xi * grad(train_loss)(w, alpha).mean(),
        "All weights move by the same amount: has every weight not a slope of its own?",
        shows=matches(STEPS, random_step, lambda loss, w, alpha, xi: w - xi * grad(loss)(w, alpha).sum()),
    ),
    Twin(
        "gradient of the toy",
        lambda train_loss, w, alpha, xi: w - xi * 2 * (w - alpha),
        "You wrote down the gradient of the toy, 2 (w - a): where does `train_loss` enter?",
    ),
    Twin(
        "a plain number",
        lambda train_loss, w, alpha, xi: virtual_step(train_loss, w, alpha, xi).item(),
        "`.item()` works for a single weight and gives no tensor: what shape has w' if there are several weights?",
    ),
    Twin(
        "gradients add up",
        _gradients_add_up,
        "You call backward on the w that was passed in: what does its .grad hold if somebody has used it before?",
    ),
)
