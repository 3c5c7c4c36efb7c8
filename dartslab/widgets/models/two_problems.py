"""Two bilevel problems by their derivatives: the toy, and a network of nine numbers. Plain numpy.

`hypergradient_beats_model.js` has the same two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Problem:
    """The derivatives of L_train and L_val. Each takes (a, w), arrays [A] and [W]; `along` takes v, [W], besides.

    `along` is the product [d^2_{a, w} L_train] v, [A].
    """

    train_by_w: Callable[[Array, Array], Array]
    train_by_a: Callable[[Array, Array], Array]
    val_by_w: Callable[[Array, Array], Array]
    val_by_a: Callable[[Array, Array], Array]
    along: Callable[[Array, Array, Array], Array]


# L_train = (w - a)^2, L_val = a w - 2 a + 1, as `bilevel.toy_problem`. So d_w L_train = 2 (w - a), d_a L_train =
# -2 (w - a), d_w L_val = a, d_a L_val = w - 2, and d^2_{a, w} L_train = -2.
TOY = Problem(
    train_by_w=lambda a, w: 2 * (w - a),
    train_by_a=lambda a, w: -2 * (w - a),
    val_by_w=lambda a, w: a,
    val_by_a=lambda a, w: w - 2,
    along=lambda a, w, v: -2 * v,
)

# A tiny network: one edge, three operations with two weights each. Its numbers were looked for, so that first order and
# exact disagree in sign.
OPERATIONS = ("linear", "tanh", "softplus")
ALPHA, WEIGHTS = [0.3, -0.5, 0.1], [[0.2, 1.0, -0.5], [1.5, 1.5, 1.2]]
BATCHES: dict[str, dict[str, list[Any]]] = {
    "train": {"x": [[1.9, -1.1], [0.7, -1.7], [-1.6, 0.2], [0.9, -1.3]], "y": [2.3, 1.9, -1.5, 1.7]},
    "val": {"x": [[0.9, 1.4], [-1.2, 0.7], [-0.5, 0.9], [1.3, -1.6]], "y": [-2.0, -1.9, -1.7, 2.3]},
}


def tiny_network() -> Problem:
    """A mixed operation on two numbers x, and the squared error as both losses, one batch of four for each.

        out = sum_o p_o f_o(z_o),   z_o = w_o . x,   p = softmax(alpha),   L = mean over the batch of (out - y)^2 / 2

    f is the identity, tanh, softplus; w is [2, 3], handed over as [6]. With e = out - y and means over the batch:

        dL/dw_o = mean e p_o f'_o(z_o) x
        dL/dp_o = mean e f_o(z_o),   dL/dalpha_o = p_o (dL/dp_o - sum_q p_q dL/dp_q)

    Along v the f_o(z_o) change by m_o = f'_o(z_o) v_o . x, and e by sum_q p_q m_q. p stays, so [d^2_{alpha, w} L] v is
    the second line with mean ((sum_q p_q m_q) f_o(z_o) + e m_o) for dL/dp_o.
    """
    parts = {name: (np.array(batch["x"]), np.array(batch["y"])) for name, batch in BATCHES.items()}

    def forward(a: Array, w: Array, half: str) -> tuple[Array, ...]:
        """x [B, 2], p [O], f(z) and f'(z) [B, O], error [B]."""
        x, y = parts[half]
        p = np.exp(a - a.max()) / np.exp(a - a.max()).sum()
        linear, bent, soft = (x @ w.reshape(2, 3)).T
        values = np.stack([linear, np.tanh(bent), np.log1p(np.exp(soft))], axis=1)
        slopes = np.stack([np.ones_like(linear), 1 - np.tanh(bent) ** 2, 1 / (1 + np.exp(-soft))], axis=1)
        return x, p, values, slopes, values @ p - y

    def by_w(half: str) -> Callable[[Array, Array], Array]:
        def gradient(a: Array, w: Array) -> Array:
            x, p, _, slopes, error = forward(a, w, half)
            return np.ravel(x.T @ (error[:, None] * p * slopes) / len(x))

        return gradient

    def by_a(half: str) -> Callable[[Array, Array], Array]:
        def gradient(a: Array, w: Array) -> Array:
            x, p, values, _, error = forward(a, w, half)
            of_p = error @ values / len(x)
            return np.asarray(p * (of_p - p @ of_p))

        return gradient

    def along(a: Array, w: Array, v: Array) -> Array:
        x, p, values, slopes, error = forward(a, w, "train")
        moved = slopes * (x @ v.reshape(2, 3))  # the derivative of every f(z) along v
        of_p = (moved @ p @ values + error @ moved) / len(x)
        return np.asarray(p * (of_p - p @ of_p))

    return Problem(by_w("train"), by_a("train"), by_w("val"), by_a("val"), along)


NETWORK = tiny_network()
