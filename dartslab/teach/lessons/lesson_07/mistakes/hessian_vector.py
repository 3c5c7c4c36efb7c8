"""Known wrong answers to `07.hessian_vector`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import grad, hessian

from ....items import Twin
from ....values import as_array
from ..answers import hessian_vector

Loss = Callable[[Tensor], Tensor]
EPS = 1e-2


def of_gradient(combine: Callable[[Tensor, Tensor], Any]) -> Callable[[Loss, Tensor, Tensor], Any]:
    """Something made of the gradient and v, without a second derivative."""
    return lambda loss, alpha, v: combine(grad(loss)(alpha), v)


def of_product(combine: Callable[[Tensor, Tensor], Any]) -> Callable[[Loss, Tensor, Tensor], Any]:
    """Something made of the right product and v."""
    return lambda loss, alpha, v: combine(hessian_vector(loss, alpha, v), v)


def of_difference(distance: float) -> Callable[[Loss, Tensor, Tensor], Tensor]:
    """Gradients at alpha + eps v and alpha - eps v, and what their difference is divided by, in eps."""

    def answer(loss: Loss, alpha: Tensor, v: Tensor) -> Tensor:
        difference = grad(loss)(alpha + EPS * v) - grad(loss)(alpha - EPS * v)
        return difference / (distance * EPS) if distance else difference

    return answer


def dense(loss: Loss, alpha: Tensor) -> Tensor:
    """H itself, [n, n]."""
    return hessian(loss)(alpha).reshape(alpha.numel(), alpha.numel())


def row_sums(loss: Loss, alpha: Tensor, v: Tensor) -> Tensor:
    """The gradient added up before it is multiplied by v."""
    return hessian_vector(loss, alpha, torch.ones_like(v)) * v


def sums_multiplied(loss: Loss, alpha: Tensor, v: Tensor) -> Tensor:
    """Both factors of the scalar product added up on their own."""
    return hessian_vector(loss, alpha, torch.ones_like(v)) * v.sum()


def v_moves(loss: Loss, alpha: Tensor, v: Tensor) -> Tensor:
    """Where v is alpha itself it is differentiated too."""
    product = hessian_vector(loss, alpha, v)
    return product + grad(loss)(alpha) if v is alpha else product


def old_gradient(loss: Loss, alpha: Tensor, v: Tensor) -> Tensor:
    """What was left in alpha.grad is added."""
    product = hessian_vector(loss, alpha, v)
    return product if alpha.grad is None else product + alpha.grad


def _arrays(pairs: list[tuple[Any, Any]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Wanted and got as arrays of numbers; none where some are no numbers."""
    found = [(as_array(wanted), as_array(got)) for wanted, got in pairs]
    numbers = [(wanted, got) for wanted, got in found if wanted is not None and got is not None]
    return numbers if len(numbers) == len(pairs) else []


def _factor(pairs: list[tuple[Any, Any]], closeness: float = 0.05) -> float | None:
    """The factor by which all results are off, or nearly so; None where there is no such factor."""
    arrays = _arrays(pairs)
    if not arrays or any(wanted.shape != got.shape for wanted, got in arrays):
        return None
    wanted, got = (np.concatenate([pair[side].ravel() for pair in arrays]) for side in (0, 1))
    factor = float(wanted @ got / (wanted @ wanted))
    near = np.abs(got - factor * wanted).max() <= closeness * abs(factor) * np.abs(wanted).max()
    return factor if near else None


def _is_flat(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether all numbers are right, and those of a table stand in one row."""
    arrays = _arrays(pairs)
    are_right = all(
        got.ndim == 1 and wanted.size == got.size and np.allclose(wanted.ravel(), got, rtol=1e-6, atol=1e-9)
        for wanted, got in arrays
    )
    return are_right and any(wanted.ndim > 1 for wanted, _ in arrays)


def _is_off_by(lowest: float, highest: float) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether one factor between two numbers nearly explains all results."""

    def shows(pairs: list[tuple[Any, Any]]) -> bool:
        factor = _factor(pairs)
        return factor is not None and lowest <= factor <= highest

    return shows


TWINS = (
    Twin(
        "gradient times v",
        of_gradient(lambda gradient, v: gradient * v),
        "You multiply the gradient by v, entry by entry: where is the second derivative?",
    ),
    Twin(
        "gradient alone",
        of_gradient(lambda gradient, v: gradient),
        "You give the gradient: how does it change when alpha moves along v?",
    ),
    Twin(
        "slope along v",
        of_gradient(lambda gradient, v: (gradient * v).sum()),
        "You give one number, the slope along v: what is *its* derivative with respect to alpha?",
    ),
    Twin(
        "zero",
        of_product(lambda product, v: torch.zeros_like(v)),
        "You give zero, as if the gradient were the same everywhere: does your first derivative still know how it was "
        "computed?",
    ),
    Twin(
        "gradient times slope",
        of_gradient(lambda gradient, v: gradient * (gradient * v).sum()),
        "You use the outer product of the gradient in place of H: is the curvature 0 wherever the gradient is?",
    ),
    Twin(
        "row sums times v",
        row_sums,
        "You add the gradient up and multiply by v at the end: what has to be multiplied before the second derivative?",
    ),
    Twin(
        "sums multiplied",
        sums_multiplied,
        "You multiply two sums: what is added up in a scalar product, and when?",
    ),
    Twin(
        "v left out",
        lambda loss, alpha, v: hessian_vector(loss, alpha, torch.ones_like(v)),
        "You differentiate the sum of the gradient: along which direction is that, and which one is asked for?",
    ),
    Twin(
        "diagonal only",
        lambda loss, alpha, v: dense(loss, alpha).diagonal().reshape(alpha.shape) * v,
        "You use the diagonal of H: does an alpha change the slope of its neighbours as well?",
    ),
    Twin(
        "H itself",
        lambda loss, alpha, v: dense(loss, alpha),
        "You built the whole matrix: what is left of it after the product with v?",
    ),
    Twin(
        "v . H v",
        of_product(lambda product, v: (product * v).sum()),
        "You give one number, v . H v: which step came after the product?",
    ),
    Twin(
        "added up",
        of_product(lambda product, v: product.sum()),
        "You add the product up to one number: what shape has H v?",
    ),
    Twin(
        "flat",
        of_product(lambda product, v: product.reshape(-1)),
        "Your numbers are right and stand in one long row: which shape has alpha?",
        shows=_is_flat,
    ),
    Twin(
        "a tuple",
        of_product(lambda product, v: (product,)),
        "You give back a tuple, as `torch.autograd.grad` does: how do you take the one tensor out of it?",
    ),
    Twin(
        "loss and product",
        lambda loss, alpha, v: (loss(alpha), hessian_vector(loss, alpha, v)),
        "You give two things, the loss and the product, as torch's `hvp` does: which is asked for?",
    ),
    Twin(
        "gradient added",
        lambda loss, alpha, v: hessian_vector(loss, alpha, v) + grad(loss)(alpha),
        "The gradient is in your result as well: into what does a second `backward` add?",
    ),
    Twin(
        "old gradient added",
        old_gradient,
        "Right, but for one case in which alpha.grad held something before: does your answer read or write it?",
    ),
    Twin(
        "v moves",
        v_moves,
        "Right, but where v and alpha are one tensor: is v a fixed direction in your scalar product?",
    ),
    Twin(
        "sign flipped",
        of_product(lambda product, v: -product),
        "The sizes are right, all signs are not: is H v asked for, or a step of descent?",
    ),
    Twin(
        "v of length 1",
        of_product(lambda product, v: product / v.norm()),
        "You divide v by its length first: is there such a factor in (07.3)?",
    ),
    Twin(
        "H twice",
        lambda loss, alpha, v: hessian_vector(loss, alpha, hessian_vector(loss, alpha, v)),
        "You apply H twice: how often does it stand in front of v?",
    ),
    Twin(
        "a difference not divided",
        of_difference(0),
        "You give a difference of two gradients, and it is small: what makes a slope of it?",
        shows=_is_off_by(1e-9, 0.4),
    ),
    Twin(
        "half the difference",
        lambda loss, alpha, v: hessian_vector(loss, alpha, v) / 2,
        "Your product is half of what it should be: how far apart are your two points, or where does a 1/2 come from?",
        shows=_is_off_by(0.47, 0.53),
    ),
    Twin(
        "a difference divided by eps",
        of_difference(1),
        "Your product is twice what it should be: how far apart are the two points?",
        shows=_is_off_by(1.9, 2.1),
    ),
    Twin(
        "a difference of two gradients",
        of_difference(2),
        "Nearly right: a difference of two gradients is exact only for a straight line. Whose derivative can autograd "
        "take?",
        shows=_is_off_by(0.97, 1.03),
    ),
)
