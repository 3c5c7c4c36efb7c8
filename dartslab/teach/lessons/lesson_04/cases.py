"""What the exercises of lesson 04 are made of: cases and comparisons.

Shapes: O operations, n pictures of height H and width W.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...values import difference, is_unchanged
from .answers import Weights

Maker = Callable[[], Any]
STACKS: tuple[Maker, ...] = (lambda: (3, 4), lambda: (4, 1), lambda: (8, 16), lambda: (20, 36), lambda: (11, 5))


def random_stack(rng: np.random.Generator) -> tuple[int, int]:
    """Arguments of `cell_channels`."""
    return int(rng.integers(2, 22)), int(rng.integers(1, 40))


# one step of the weights


def one(value: float) -> Weights:
    """One weight of one number."""
    return {"w": torch.tensor([value], dtype=torch.float64)}


STEPS: tuple[Maker, ...] = (
    lambda: (one(1.0), {}, one(2.0), 0.1, 0.9, 0.0),
    lambda: (one(1.0), one(3.0), one(2.0), 0.1, 0.9, 0.5),
    lambda: (one(-1.0), {}, one(0.5), 0.2, 0.9, 0.3),
)


def random_weights(rng: np.random.Generator) -> Weights:
    """Two tensors of different shapes."""
    return {"stem": torch.tensor(rng.normal(size=3)), "cell": torch.tensor(rng.normal(size=(2, 2)))}


def random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `virtual_step`; in some cases the buffer is still empty."""
    w, m, g = (random_weights(rng) for _ in range(3))
    return w, m if rng.random() < 0.7 else {}, g, *(float(rng.uniform(0.1, 0.9)) for _ in range(3))


# finite differences


def cubic_gradient(w: Weights) -> Tensor:
    """A gradient whose second derivative is 3 w^2."""
    return torch.cat([part.flatten() ** 3 for part in w.values()])


POINTS: tuple[Maker, ...] = (
    lambda: (cubic_gradient, one(1.0), one(2.0), 0.1),
    lambda: (
        cubic_gradient,
        {"a": torch.tensor([1.0, -0.3]).double(), "b": torch.tensor([0.7]).double()},
        {"a": torch.tensor([3.0, 0.1]).double(), "b": torch.tensor([-0.4]).double()},
        0.2,
    ),
)


def random_gradient(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `finite_difference`, with a gradient that is smooth and not linear."""
    a, b = torch.tensor(rng.normal(size=(3, 3))), torch.tensor(rng.normal(size=(3, 4)))

    def gradient(w: Weights) -> Tensor:
        return a @ torch.sin(w["stem"]) + b @ torch.exp(w["cell"].flatten())

    return gradient, random_weights(rng), random_weights(rng), float(rng.uniform(0.05, 0.5))


# one edge of a cell


def edge(p: list[float], outputs: list[Any], slope: list[Any], gain: float) -> tuple[Any, ...]:
    """Arguments of `edge_gradient`, in float64."""
    return *(torch.tensor(part, dtype=torch.float64) for part in (p, outputs, slope)), gain


ONE_EDGE: tuple[Maker, ...] = (
    lambda: edge([0.5, 0.5], [[[[1.0]]], [[[3.0]]]], [[[2.0]]], 1.0),
    lambda: edge([0.75, 0.25], [[[[1.0, -2.0]]], [[[3.0, 0.5]]]], [[[2.0, -1.0]]], 1.2),
    lambda: edge(
        [0.2, 0.3, 0.5], [[[[1.0]], [[2.0]]], [[[-1.0]], [[0.5]]], [[[3.0]], [[-2.0]]]], [[[1.0]], [[-3.0]]], 0.8
    ),
)


def random_one_edge(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `edge_gradient`: two to five operations, two or three pictures of different height and width."""
    operations, n, height, width = (int(rng.integers(*bounds)) for bounds in ((2, 6), (2, 4), (2, 4), (4, 6)))
    p = torch.softmax(torch.tensor(rng.normal(size=operations)), 0)
    outputs = torch.tensor(rng.normal(size=(operations, n, height, width)))
    return p, outputs, torch.tensor(rng.normal(size=(n, height, width))), float(rng.uniform(0.6, 1.4))


# a measurement at other weights


@dataclass(frozen=True)
class Measured:
    """What an answer measures, and what it leaves behind.

    Args:
        value: what it gives.
        weights: the network's weights afterwards.
        is_v_changed: whether the direction is not what it was.
        is_trainable: whether the weights still ask for gradients.
    """

    value: Any
    weights: Weights
    is_v_changed: bool
    is_trainable: bool

    def __repr__(self) -> str:
        return f"{self.value}"

    def moved_from(self, before: Weights) -> list[float]:
        """How far each tensor is from what it was, at most."""
        return [float((self.weights[name] - part).abs().max()) for name, part in before.items()]


def alpha_gradient(net: nn.Module) -> Tensor:
    """A measurement that needs gradients: for an input of ones, standing in for alpha."""
    alpha = torch.ones(3, requires_grad=True)
    return torch.autograd.grad(net(alpha).square().sum(), alpha)[0]


def outputs(net: nn.Module) -> Tensor:
    """A measurement without gradients."""
    return net(torch.ones(3)).detach()


def weights_after(answer: Any, net: nn.Module, v: Weights, eps: float, measure: Any) -> Measured:
    """What an answer gives, and what it leaves behind."""
    before = {name: part.clone() for name, part in v.items()}
    value = answer(net, v, eps, measure)
    weights = {name: p.detach().clone() for name, p in net.named_parameters()}
    return Measured(value, weights, not is_unchanged(before, v), all(p.requires_grad for p in net.parameters()))


def same_measurement(expected: Measured, got: Measured) -> str | None:
    """The measurement may be rounded, the weights may not."""
    if phrase := difference(expected.value, got.value):
        return phrase
    if moved := sum(int((part != got.weights[name]).sum()) for name, part in expected.weights.items()):
        return f"is right, but {moved} of the weights are not what they were"
    if expected.is_v_changed != got.is_v_changed:
        return "is right, but the direction v is not what it was"
    return (
        None if expected.is_trainable == got.is_trainable else "is right, but the weights no longer ask for gradients"
    )


def small_net(rng: np.random.Generator, measure: Any, deep: bool) -> tuple[Any, ...]:
    """Arguments of `measure_at`: one or two layers, a direction, a step, a measurement."""
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Sequential(nn.Linear(4, 2))) if deep else nn.Linear(3, 4)
    v = {name: torch.tensor(rng.normal(size=p.shape), dtype=p.dtype) for name, p in net.named_parameters()}
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.tensor(rng.normal(size=p.shape)))
    return net, v, float(rng.uniform(0.05, 0.5)), measure


NETS: tuple[Maker, ...] = (
    lambda: small_net(np.random.default_rng(10), outputs, deep=False),
    lambda: small_net(np.random.default_rng(11), alpha_gradient, deep=True),
)


def random_net(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `measure_at`."""
    return small_net(rng, (outputs, alpha_gradient)[int(rng.integers(0, 2))], deep=bool(rng.random() < 0.5))
