"""Eigenvalues of a symmetric matrix H of which only the product v -> H v is known.

    power iteration    v <- H v / |H v|,   lambda = v . H v      the Rayleigh quotient, which keeps the sign
    Lanczos            Q^T H Q = T with orthonormal columns Q = [v, H v, H^2 v, ...] and T tridiagonal; the eigenvalues
                       of T, the Ritz values, approach those of H, the outermost first

(Golub, Van Loan 2013, Matrix Computations, chapters 8.2 and 10.1.) The cost is the number of products; the rest is
small. Vectors are flat, [n]; they may lie on any device.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from .messages import require
from .seeds import stream

Product = Callable[[Tensor], Tensor]  # v [n] -> H v [n]


class Spectrum(NamedTuple):
    """What Lanczos finds of the eigenvalues of H.

    Args:
        values: Ritz values, float64 [m], ascending. With m = n they are the eigenvalues.
        weights: float64 [m], how much of the start each stands for; they sum to 1. With a random start they say how
            the eigenvalues are spread (Lin, Saad, Yang 2016).
    """

    values: Tensor
    weights: Tensor


def random_start(size: int, seed: int = 0) -> Tensor:
    """A random direction of length 1, float64 [n]: always the same for one seed, and not the global stream's."""
    v = torch.randn(size, generator=stream(seed, "eigenvalues"), dtype=torch.float64)
    return v / v.norm()


def power_iteration(product: Product, start: Tensor, most: int = 100, tolerance: float = 1e-6) -> tuple[float, Tensor]:
    """The eigenvalue of the largest magnitude, with its sign, and its eigenvector.

    |H v| would lose the sign; the Rayleigh quotient v . H v has it.

    Args:
        product: v -> H v.
        start: [n], not 0.
        most: products at most.
        tolerance: end when |H v - lambda v| is at most so much of |H v|.
    Returns:
        lambda, and v [n] of length 1.
    Raises:
        UserError: a start of length 0, or less than one product.
    """
    require(most >= 1, f"power iteration needs at least 1 product, got {most}; 100 are usual.")
    v = start / _length(start)
    value = 0.0
    for _ in range(most):
        image = product(v)
        value, length = float(v @ image), float(image.norm())
        if length == 0 or float((image - value * v).norm()) <= tolerance * length:
            break
        v = image / length
    return value, v


def largest_eigenvalue(product: Product, start: Tensor, most: int = 100, tolerance: float = 1e-6) -> float:
    """The largest eigenvalue in the order of numbers, by power iteration: 1 is larger than -5.

    Where the eigenvalue of the largest magnitude is below 0, the iteration is made again with H - lambda I, whose
    eigenvalue of the largest magnitude belongs to the largest of H. At most twice `most` products; arguments as in
    `power_iteration`.
    """
    value, _ = power_iteration(product, start, most, tolerance)
    if value >= 0:
        return value
    above, _ = power_iteration(lambda v: product(v) - value * v, start, most, tolerance)
    return value + above


def lanczos(product: Product, start: Tensor, steps: int) -> Spectrum:
    """The spectrum of H as m products approximate it; fewer products where the start reaches no more directions.

    Each new vector is made orthogonal to all earlier ones, twice: rounding would otherwise bring found eigenvalues back
    as copies.

    Args:
        product: v -> H v.
        start: [n], not 0.
        steps: m >= 1; more than n are not made.
    Returns:
        The Ritz values and their weights; NaN where a product is not finite, as where a search diverges.
    Raises:
        UserError: a start of length 0, or no steps.
    """
    require(steps >= 1, f"Lanczos needs at least 1 step, got {steps}; 20 find the largest eigenvalue of a search.")
    found = [start.double() / _length(start.double())]
    diagonal, off_diagonal = [], []
    largest = 0.0
    while True:
        image = product(found[-1].to(start)).double()
        if not bool(torch.isfinite(image).all()):
            nothing = torch.full((len(found),), torch.nan, dtype=torch.float64)
            return Spectrum(nothing, nothing)
        diagonal.append(float(found[-1] @ image))
        largest = max(largest, float(image.norm()))
        basis = torch.stack(found, 1)
        for _ in range(2):
            image = image - basis @ (basis.T @ image)
        length = float(image.norm())
        precision = torch.finfo(start.dtype).eps
        if len(found) == min(steps, len(start)) or length <= 10 * precision * largest:
            break
        off_diagonal.append(length)
        found.append(image / length)
    off = torch.tensor(off_diagonal, dtype=torch.float64)
    t = torch.diag(torch.tensor(diagonal, dtype=torch.float64)) + torch.diag(off, 1) + torch.diag(off, -1)
    values, vectors = torch.linalg.eigh(t)
    return Spectrum(values, vectors[0] ** 2)


def dense_matrix(product: Product, like: Tensor) -> Tensor:
    """H itself, [n, n], by n products; `like` [n] gives n, type and device. For small n, and for tests."""
    return torch.stack([product(unit) for unit in torch.eye(len(like), dtype=like.dtype, device=like.device)], 1)


def _length(v: Tensor) -> float:
    length = float(v.norm())
    require(length > 0, "the start of an iteration is 0, and H 0 = 0 says nothing; use random_start.")
    return length
