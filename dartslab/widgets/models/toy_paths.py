"""The toy bilevel problem in closed form: hypergradients, fixed points, trajectories, contours. Pure numbers.

    L_val = a w - 2 a + 1,   L_train = w^2 - 2 a w + a^2      (Liu et al. 2019, DARTS, figure 2; `bilevel.toy_problem`)

Every hypergradient of this problem is  p w + q a - 2  with two numbers p and q that depend on which it is, so the
iteration is linear and everything about it is known. `bilevel_explorer.js` does the same in exported pages.
"""

import math
from typing import Any

import numpy as np

from ...base.messages import unknown

HYPERGRADIENTS = ("first_order", "exact", "finite_difference", "implicit")
LIMIT = 100.0  # a trajectory that comes this far out is cut off
WINDOW = (-3.5, 4.5)  # of a and of w: what the picture shows
FAR = max(abs(corner - 1) for corner in WINDOW) * math.sqrt(2)  # from the optimum (1, 1) to the furthest corner
LEVELS = (-23, -15, -9, -5, -2, 0, 2, 5, 9, 14)  # of the contours
DENSE, SPARSE = 100, 99  # the first iterations are all shown, of the later ones so many


def coefficients(hypergradient: str, xi: float, terms: int = 10, drop: bool = False) -> tuple[float, float]:
    """p and q of the hypergradient  p w + q a - 2.

    With w' = w - 2 xi (w - a), v = d_w' L_val = a and the mixed derivative of L_train -2:

        first order                 d_a L_val(w, a)                  w - 2
        exact, finite difference    d_a L_val(w', a) + 2 xi a        (1 - 2 xi) w + 4 xi a - 2
        implicit, K terms           d_a L_val(w, a) + 2 xi a sum_{k<K} (1 - 2 xi)^k = w + (1 - (1 - 2 xi)^K) a - 2

    The finite difference has no error here, since L_train is quadratic.

    Args:
        hypergradient: one of `HYPERGRADIENTS`; "implicit" is `architect.neumann`.
        xi: size of the virtual step.
        terms: K of the Neumann series.
        drop: leave the implicit term out, as if the weights did not answer to a; the direct term stays.
    Raises:
        UserError: a hypergradient that does not exist.
    """
    rest = 1 - 2 * xi
    if hypergradient in ("exact", "finite_difference"):
        return rest, 2 * xi if drop else 4 * xi
    if hypergradient == "implicit":
        return 1.0, 0.0 if drop else 1 - rest**terms
    if hypergradient == "first_order":
        return 1.0, 0.0
    raise unknown("hypergradient", hypergradient, HYPERGRADIENTS)


def fixed_point(p: float, q: float) -> float | None:
    """Where the iteration can rest: a = w = 2 / (p + q); None if p + q is zero.

    First order gives 2, one unrolled step 2 / (1 + 2 xi), K Neumann terms 2 / (2 - (1 - 2 xi)^K). The true optimum
    is 1.
    """
    return None if abs(p + q) < 1e-9 else 2 / (p + q)


def attracts(p: float, q: float, alpha_step: float, w_step: float) -> bool:
    """Whether the iteration comes to the fixed point from everywhere.

    It is linear; both eigenvalues are inside the unit circle if |trace| < 1 + determinant < 2 (Schur, Cohn, Jury).
    """
    trace = 1 - alpha_step * q + 1 - 2 * w_step - 2 * w_step * alpha_step * p
    determinant = (1 - alpha_step * q) * (1 - 2 * w_step)
    return abs(trace) < 1 + determinant < 2


def trajectory(
    hypergradient: str,
    xi: float,
    alpha_step: float = 0.1,
    w_step: float = 0.1,
    iterations: int = 400,
    start: tuple[float, float] = (2.0, -2.0),
    terms: int = 10,
    drop: bool = False,
) -> np.ndarray:
    """All points (a, w) of a run, [T + 1, 2]: a <- a - alpha_step (p w + q a - 2), then w <- w - 2 w_step (w - a).

    Args:
        hypergradient, xi, terms, drop: see `coefficients`.
        alpha_step, w_step: step sizes of a and of w.
        iterations: T; fewer are made if a point is further out than `LIMIT`, which is then the last.
        start: (a, w).
    """
    p, q = coefficients(hypergradient, xi, terms, drop)
    a, w = start
    points = [(a, w)]
    while len(points) <= iterations and max(abs(a), abs(w)) <= LIMIT:
        a = a - alpha_step * (p * w + q * a - 2)
        w = w - w_step * 2 * (w - a)
        points.append((a, w))
    return np.array(points, dtype=np.float64)


def shown_rows(last: int) -> list[int]:
    """Which of the points 0 to `last` are drawn: the first ones, where things move, and a part of the rest; <= 200."""
    stride = max(1, math.ceil((last - DENSE) / SPARSE))
    return [n for n in range(last) if n < DENSE or (n - DENSE) % stride == 0] + [last]


def left_at(points: np.ndarray) -> int | None:
    """The iteration at which a trajectory, [T + 1, 2], leaves `WINDOW` for good; None if its end is inside."""
    inside = np.flatnonzero(np.all((points >= WINDOW[0]) & (points <= WINDOW[1]), axis=1))
    after = int(inside[-1]) + 1 if len(inside) else 0
    return None if after == len(points) else after


def path(settings: dict[str, Any], hypergradient: str) -> dict[str, Any]:
    """One hypergradient's run as JSON-able columns.

    Args:
        settings: xi, alpha_step, w_step, iterations, a, w (the start), terms, drop.
    Returns:
        hypergradient, n (iterations), a, w, distance (to the optimum (1, 1)) at the shown points; end (a, w), last (its
        iteration), fixed (a = w of the fixed point, or None), attracts, gap (distance of the end to it, or None), left
        (the iteration that leaves the picture, or None).
    """
    terms, drop = settings["terms"], settings["drop"]
    steps = settings["alpha_step"], settings["w_step"]
    start = settings["a"], settings["w"]
    points = trajectory(hypergradient, settings["xi"], *steps, settings["iterations"], start, terms, drop)
    p, q = coefficients(hypergradient, settings["xi"], terms, drop)
    fixed = fixed_point(p, q)
    rows = shown_rows(len(points) - 1)
    a, w = points[rows].T
    gap = None if fixed is None else round(float(np.hypot(*(points[-1] - fixed))), 8)
    return {
        "hypergradient": hypergradient,
        "n": rows,
        "a": a.round(8).tolist(),
        "w": w.round(8).tolist(),
        "distance": np.hypot(a - 1, w - 1).round(8).tolist(),
        "end": points[-1].round(8).tolist(),
        "last": len(points) - 1,
        "fixed": None if fixed is None else round(fixed, 8),
        "attracts": fixed is not None and attracts(p, q, *steps),
        "gap": gap,
        "left": left_at(points),
    }


def contours(samples: int = 40) -> list[dict[str, Any]]:
    """The lines L_val = c inside `WINDOW`: w = 2 + (c - 1) / a, a hyperbola whose branches end at either side.

    Returns:
        level (c) and points ([samples, 2] of (a, w), the last one at the border) of each branch that is visible.
    """
    low, high = WINDOW
    found = []
    for level in LEVELS:
        k = level - 1
        for side, border in ((1, high), (-1, -low)):
            vertical = high - 2 if side * k > 0 else 2 - low  # how far the branch may go from the line w = 2
            nearest = abs(k) / vertical
            if nearest < border:
                a = side * np.geomspace(nearest, border, samples)
                found.append({"level": level, "points": np.stack([a, 2 + k / a], axis=1).round(4).tolist()})
    return found
