"""A choice has no derivative, a mixture has one: the loss of both along a line through the space of alpha.

A dial d points at the operations in turn: alpha_o = STEEP (o d - o^2 / 2) is the largest where o is nearest to d. The
choice keeps the operation with the largest alpha, so its loss is a staircase over d. The mixture weighs all by
p = softmax(alpha / T) (Liu et al. 2019, DARTS, eq. 2), so its loss is smooth:

    dL/dd = sum_o dL/dalpha_o STEEP o,  dL/dalpha_o = p_o (g_o - sum_q p_q g_q) / T

`no_derivative_model.js` is the same.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...derive import softmax
from .one_edge import OneEdge

OPERATIONS = ("outline", "mirror", "average", "shift", "skip", "maximum", "conv 3×3")
TARGET = {"shift": 1.0}
STEEP = 3.0
LEARNING_RATE = 0.1  # of gradient descent on the dial
ENDS = (-0.4, len(OPERATIONS) - 0.6)  # of the dial
STEPS = 200
POINTS = 161  # of the curve


def alpha_at(dial: Any) -> np.ndarray:
    """Alpha of all operations where the dial stands, [...] -> [..., O]."""
    o = np.arange(len(OPERATIONS))
    return STEEP * (o * np.asarray(dial, dtype=float)[..., None] - o**2 / 2)


class Dial:
    """The losses along the dial.

    Args:
        seed: draws the pictures and the kernel of the convolution.
        temperature: T > 0 of the softmax.
    Attributes:
        alone: the loss of each operation alone, [O]: the steps of the staircase.
    """

    def __init__(self, seed: int, temperature: float) -> None:
        self.temperature = temperature
        self.edge = OneEdge(seed, OPERATIONS, TARGET)
        self.table = self.edge.coefficients(self.edge.kernels)
        self.alone = self.edge.distances(self.table)

    def mixture(self, dial: Any) -> np.ndarray:
        """The loss of the mixture, [...] -> [...]."""
        return self.edge.distances(softmax(alpha_at(dial), self.temperature) @ self.table)

    def slope(self, dial: float) -> float:
        """The derivative of `mixture` with respect to the dial."""
        p = softmax(alpha_at(dial), self.temperature)
        rest = p @ self.table
        rest[-1] -= 1.0
        g = 2 * self.table @ (self.edge.products @ rest)
        return float((STEEP * np.arange(len(p)) * p * (g - p @ g)).sum() / self.temperature)

    def choice(self, dial: float) -> float:
        """The loss of the operation with the largest alpha; its derivative is 0 on every step of the staircase."""
        return float(self.alone[int(alpha_at(dial).argmax())])


def dial_frame(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the view shows, as plain values.

    Args:
        settings: seed, temperature, step, and where the ball on either curve starts: choice, mixture.
    Returns:
        temperature and step; operations and alone [O]; curve: loss of the mixture at `POINTS` places between `ENDS`;
        choice: {at, loss}; mixture: {at, loss, slope, p [O]}; losses: of the mixture at each step so far [step + 1].
    """
    dial = Dial(settings["seed"], settings["temperature"])
    at, losses = float(settings["mixture"]), []
    for step in range(settings["step"] + 1):
        losses.append(float(dial.mixture(at)))
        if step < settings["step"]:
            at = min(max(at - LEARNING_RATE * dial.slope(at), ENDS[0]), ENDS[1])
    return {
        "temperature": settings["temperature"],
        "step": settings["step"],
        "operations": list(OPERATIONS),
        "alone": dial.alone.tolist(),
        "curve": dial.mixture(np.linspace(*ENDS, POINTS)).tolist(),
        "choice": {"at": float(settings["choice"]), "loss": dial.choice(settings["choice"])},
        "mixture": {
            "at": at,
            "loss": losses[-1],
            "slope": dial.slope(at),
            "p": softmax(alpha_at(at), settings["temperature"]).tolist(),
        },
        "losses": losses,
    }
