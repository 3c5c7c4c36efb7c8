"""Wrong steps of the search, for `05.alternation`."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..answers import Half, Loss, Pair, alternation

Move = Callable[..., Pair]


def gradients(w: Tensor, alpha: Tensor, loss: Loss, batch: Tensor) -> Pair:
    """The gradients of the loss on one batch with respect to w and alpha."""
    w, alpha = w.detach().clone().requires_grad_(), alpha.detach().clone().requires_grad_()
    d_w, d_alpha = torch.autograd.grad(loss(w, alpha, batch), (w, alpha))
    return d_w, d_alpha


def with_halves(change: Callable[[Half, Half, int], tuple[Half, Half, int]]) -> Move:
    """The right step on other batches."""

    def move(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
        return alternation(w, alpha, loss, *change(train, val, step), rate)

    return move


def with_rates(for_w: Callable[[float], float], for_alpha: Callable[[float], float]) -> Move:
    """The right step with other rates."""

    def move(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
        alpha = alpha - for_alpha(rate) * gradients(w, alpha, loss, val(step))[1]
        return w - for_w(rate) * gradients(w, alpha, loss, train(step))[0], alpha

    return move


def take_signs(*arguments: Any) -> Pair:
    """Wrong: the first step of Adam, in float32, since Adam's is this only to within rounding."""
    w, alpha = with_slope(torch.sign)(*arguments)
    return w.float(), alpha.float()


def with_slope(change: Callable[[Tensor], Tensor]) -> Move:
    """The right step, with something else made of the gradient for alpha."""

    def move(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
        alpha = alpha - rate * change(gradients(w, alpha, loss, val(step))[1])
        return w - rate * gradients(w, alpha, loss, train(step))[0], alpha

    return move


def move_alpha_twice(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the optimizer of w moves alpha as well."""
    alpha = alpha - rate * gradients(w, alpha, loss, val(step))[1]
    d_w, d_alpha = gradients(w, alpha, loss, train(step))
    return w - rate * d_w, alpha - rate * d_alpha


def move_weights_twice(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the optimizer of alpha moves w as well."""
    d_w, d_alpha = gradients(w, alpha, loss, val(step))
    w, alpha = w - rate * d_w, alpha - rate * d_alpha
    return w - rate * gradients(w, alpha, loss, train(step))[0], alpha


def move_weights_first(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: w moves before alpha."""
    w = w - rate * gradients(w, alpha, loss, train(step))[0]
    return w, alpha - rate * gradients(w, alpha, loss, val(step))[1]


def move_at_once(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: both gradients at the old point."""
    d_w, d_alpha = gradients(w, alpha, loss, train(step))[0], gradients(w, alpha, loss, val(step))[1]
    return w - rate * d_w, alpha - rate * d_alpha


def move_on_both(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: both move on the sum of both losses."""
    on_train, on_val = gradients(w, alpha, loss, train(step)), gradients(w, alpha, loss, val(step))
    return w - rate * (on_train[0] + on_val[0]), alpha - rate * (on_train[1] + on_val[1])


def add_up_gradients(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the gradient of w is added to the one that is still there."""
    d_w, d_alpha = gradients(w, alpha, loss, val(step))  # backward fills both
    alpha = alpha - rate * d_alpha
    return w - rate * (d_w + gradients(w, alpha, loss, train(step))[0]), alpha


def look_ahead(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong here: the gradient of alpha through a virtual step of w."""
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    (d_w,) = torch.autograd.grad(loss(w, alpha, train(step)), w, create_graph=True)
    (d_alpha,) = torch.autograd.grad(loss(w - rate * d_w, alpha, val(step)), alpha)
    alpha = (alpha - rate * d_alpha).detach()
    return w.detach() - rate * gradients(w, alpha, loss, train(step))[0], alpha


def give_gradients(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the gradients instead of the new values."""
    new_w, new_alpha = alternation(w, alpha, loss, train, val, step, rate)
    return (w - new_w) / rate, (alpha - new_alpha) / rate


def give_moves(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the changes instead of the new values."""
    new_w, new_alpha = alternation(w, alpha, loss, train, val, step, rate)
    return new_w - w, new_alpha - alpha


def move_in_place(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the tensors that were passed in are moved."""
    new_w, new_alpha = alternation(w, alpha, loss, train, val, step, rate)
    return w.copy_(new_w), alpha.copy_(new_alpha)


def mark(w: Tensor, alpha: Tensor, loss: Loss, train: Half, val: Half, step: int, rate: float) -> Pair:
    """Wrong: the tensors that were passed in ask for gradients from now on."""
    moved = alternation(w, alpha, loss, train, val, step, rate)
    w.requires_grad_()
    alpha.requires_grad_()
    return moved


def give_back(*places: int) -> Move:
    """Wrong: one of the two, or both, as they came."""

    def move(w: Tensor, alpha: Tensor, *others: Any) -> Pair:
        new_w, new_alpha = alternation(w, alpha, *others)
        return w if 0 in places else new_w, alpha if 1 in places else new_alpha

    return move
