"""The Hessian H = d^2 L_val / d alpha^2 at fixed w: its largest eigenvalue, and its spectrum.

A search that ends where L_val is sharp (a large eigenvalue) loses much accuracy by discretization (Zela et al. 2020,
Understanding and Robustifying Differentiable Architecture Search). H is never built: products H v are enough, and
Lanczos finds the outermost eigenvalues first. L_val is the cross-entropy on one batch; the decay of alpha, which adds a
constant to every eigenvalue, and a method's penalty are left out.
"""

from typing import Any

from torch import Tensor

from ..base.eigenvalues import Spectrum, lanczos, random_start
from ..bilevel import Average, Loss, Tensors, hessian_product, own_gradients
from .instrument import Subject

STEPS = 20  # of Lanczos
STEPS_TO_LARGEST = 10  # how close they come at the lesson's size: tests/instruments/test_curvature.py


def hessian_spectrum(
    loss: Loss, w: Tensors, alpha: Tensors, batch: Any, steps: int = STEPS, average: Average = own_gradients
) -> Spectrum:
    """The spectrum of the Hessian in alpha, by Lanczos from a random direction, always the same one.

    Cost: 1 forward, 1 backward, at most `steps` products.

    Args:
        loss: L_val.
        w, alpha: where.
        batch: of pictures.
        steps: of Lanczos; with as many as alpha has numbers, the outermost values are those of the dense Hessian.
        average: as in `Bilevel`.
    Returns:
        Ritz values, ascending, and their weights, [m] each.
    """
    like = next(iter(alpha.values()))
    start = random_start(sum(table.numel() for table in alpha.values())).to(like)
    return lanczos(hessian_product(loss, w, alpha, batch, average), start, steps)


def lambda_max(subject: Subject) -> float:
    """The largest eigenvalue, in the order of numbers. Cost: 1 forward, 1 backward, at most 10 products."""
    return float(_spectrum(subject, STEPS_TO_LARGEST).values[-1])


def spectrum_ends(subject: Subject) -> dict[str, float]:
    """The smallest eigenvalue, the largest, and an estimate of the mean of all: v . H v for one random direction v.

    Cost: 1 forward, 1 backward, at most 20 products.
    """
    values, weights = _spectrum(subject, STEPS)
    mean: Tensor = weights @ values
    return {"smallest": float(values[0]), "mean": float(mean), "largest": float(values[-1])}


def _spectrum(subject: Subject, steps: int) -> Spectrum:
    alpha = subject.arch.parameters()
    return hessian_spectrum(subject.loss_in_alpha, subject.w, alpha, subject.val_batch, steps, subject.average)
