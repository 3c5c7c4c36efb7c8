"""Whether two groups of runs differ by more than chance gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any, Literal

import numpy as np

LEVEL = 0.95  # of two equal groups, this share is not called different
ROUNDING = 1e-9  # numbers that differ by less, relatively, are equal
POINTS = 4001  # at which the density of t is summed


def t_quantile(freedom: float, level: float = LEVEL) -> float:
    """The t that |T| does not exceed with this probability, T of Student's t distribution.

    With t = sqrt(v) tan(a) its density becomes proportional to cos(a)^(v - 1), which is bounded. That is summed by the
    trapezoidal rule.

    Args:
        freedom: v, degrees of freedom, 1 or more and not necessarily whole.
        level: between 0 and 1.
    """
    angle = np.linspace(0, min(pi / 2, 40 / sqrt(freedom)), POINTS)
    density = np.cos(angle) ** (freedom - 1)
    share = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    return float(sqrt(freedom) * np.tan(np.interp(level, share / share[-1], angle)))


@dataclass(frozen=True)
class Difference:
    """The difference of two means.

    Args:
        points: the first mean minus the second.
        error: standard error of it; None where it is not known.
        limit: the size that chance alone exceeds in 1 of 20 comparisons of equal groups; None where it is not known.
        verdict: "different" beyond the limit, "chance" within it, "unknown" where a group has one run, or runs that are
            all equal: their spread is not known then.
    """

    points: float
    error: float | None
    limit: float | None
    verdict: Literal["different", "chance", "unknown"]


def compare_means(first: Sequence[float] | Any, second: Sequence[float] | Any) -> Difference:
    """Compare the means of two independent groups, whose variances may differ (Welch 1947).

    Equal groups are called different in about 1 of 20 comparisons, also with two runs each. Only where a group of two
    or three scatters much more than a large one is it more, 1 in 9 for 2 runs with four times the spread of 8 others.

    s^2 = s_a^2 / n_a + s_b^2 / n_b,    limit = t_v s,    v = s^4 / sum_g (s_g^2 / n_g)^2 / (n_g - 1)

    Args:
        first, second: results of runs, one number each.
    """
    groups = [np.asarray(group, dtype=np.float64) for group in (first, second)]
    points = float(groups[0].mean() - groups[1].mean())
    if any(len(group) < 2 or np.ptp(group) <= ROUNDING * np.abs(group).max() for group in groups):
        return Difference(points, None, None, "unknown")
    parts = [float(group.var(ddof=1)) / len(group) for group in groups]
    error = sqrt(sum(parts))
    shares = [part / sum(parts) for part in parts]
    freedom = 1 / sum(share**2 / (len(group) - 1) for share, group in zip(shares, groups, strict=True))
    limit = t_quantile(freedom) * error
    return Difference(points, error, limit, "different" if abs(points) > limit else "chance")
