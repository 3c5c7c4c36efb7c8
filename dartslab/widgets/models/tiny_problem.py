"""A bilevel problem so small that its hypergradients can be computed while somebody turns a dial.

A network of mixed layers, like a cell in miniature: each layer weighs three operations by softmax(alpha). It exists
smooth and with kinks, in float32 and float64, with the same numbers in its weights. torch is loaded on first use.
"""

from functools import lru_cache
from typing import Any

from ...base.messages import unknown

NETWORKS = ("smooth", "ReLU")
PRECISIONS = ("float64", "float32")
WIDTH, LAYERS, BATCH, CLASSES = 12, 2, 32, 4
RADII = tuple(float(10 ** (half / 2)) for half in range(-16, 3))  # of the curves, two for each power of ten


@lru_cache(64)
def tiny_problem(seed: int, network: str, precision: str, xi: float) -> tuple[Any, Any, Any, Any, Any]:
    """The arguments of a hypergradient: (problem, w, alpha, train batch, validation batch).

    x <- sum_o softmax(alpha)[l, o] f_o(x W_lo + b_lo) for each layer l, then a linear classifier, cross-entropy. f is
    softplus, tanh, identity if smooth; ReLU, hard tanh, identity if not. One virtual step is SGD of size xi.

    Args:
        seed: of weights, alpha and data. Torch's global random state stays as it is.
        network: one of `NETWORKS`.
        precision: one of `PRECISIONS`; both hold the same numbers, drawn in float32.
        xi: step size of the virtual step.
    Raises:
        UserError: a network or precision that does not exist.
    """
    if network not in NETWORKS:
        raise unknown("network", network, NETWORKS)
    if precision not in PRECISIONS:
        raise unknown("precision", precision, PRECISIONS)
    import torch
    from torch.nn import functional as F

    from ...base.seeds import stream
    from ...bilevel import Bilevel, VirtualStep

    random = stream(seed, "tiny problem")
    dtype = getattr(torch, precision)

    def normal(*shape: int, scale: float = 1.0) -> Any:
        return (scale * torch.randn(shape, generator=random)).to(dtype)

    functions: tuple[Any, Any] = {"smooth": (F.softplus, torch.tanh), "ReLU": (F.relu, F.hardtanh)}[network]

    def loss(w: Any, alpha: Any, batch: Any) -> Any:
        x, labels = batch
        for layer, weights in enumerate(torch.softmax(alpha["alpha"], dim=1)):
            parts = x @ w[f"layer{layer}"] + w[f"bias{layer}"]  # [3, B, W]
            x = weights[0] * functions[0](parts[0]) + weights[1] * functions[1](parts[1]) + weights[2] * parts[2]
        return F.cross_entropy(x @ w["classifier"], labels)

    w = {"classifier": normal(WIDTH, CLASSES, scale=WIDTH**-0.5)}
    for layer in range(LAYERS):
        w[f"layer{layer}"] = normal(3, WIDTH, WIDTH, scale=WIDTH**-0.5)
        w[f"bias{layer}"] = normal(3, 1, WIDTH, scale=0.1)
    alpha = {"alpha": normal(LAYERS, 3, scale=0.5)}
    train, val = ((normal(BATCH, WIDTH), torch.arange(BATCH) % CLASSES) for _ in range(2))
    return Bilevel(loss, loss, VirtualStep(xi)), w, alpha, train, val


def relative_error(found: Any, truth: Any) -> float:
    """||found - truth|| / ||truth|| of two {"alpha": [layers, 3]}, in float64."""
    return float((found["alpha"].double() - truth["alpha"]).norm() / truth["alpha"].norm())


@lru_cache(64)
def truth(seed: int, network: str, xi: float) -> Any:
    """The exact hypergradient in float64, which everything is measured against."""
    from ...architect import exact

    return exact(*tiny_problem(seed, network, "float64", xi))


def errors_at(seed: int, xi: float, radius: float) -> dict[tuple[str, str], float]:
    """Relative error of the finite-difference hypergradient at one radius: {(network, precision): error}.

    The truth is the exact hypergradient in float64 for both precisions, so that rounding shows.

    Raises:
        UserError: a radius that is not above 0.
    """
    from ...architect import finite_difference

    return {
        (network, precision): relative_error(
            finite_difference(*tiny_problem(seed, network, precision, xi), radius=radius), truth(seed, network, xi)
        )
        for network in NETWORKS
        for precision in PRECISIONS
    }


def first_order_errors(seed: int, xi: float) -> dict[str, float]:
    """Relative error of the first-order hypergradient, which has no radius: {network: error}, in float64."""
    from ...architect import first_order

    return {
        network: relative_error(first_order(*tiny_problem(seed, network, "float64", xi)), truth(seed, network, xi))
        for network in NETWORKS
    }


@lru_cache(64)
def error_curves(seed: int, xi: float, radii: tuple[float, ...] = RADII) -> dict[tuple[str, str], tuple[float, ...]]:
    """`errors_at` for many radii: {(network, precision): errors, one for each radius}. Cached for the next call."""
    columns = [errors_at(seed, xi, radius) for radius in radii]
    return {key: tuple(column[key] for column in columns) for key in columns[0]}
