"""Known wrong answers to `03.fixed_point`."""

import math

from ....items import Twin
from ...properties import Pairs, is_rounded, matches
from ..answers import fixed_point
from ..cases import LENGTHS, random_length


def _is_whole(pairs: Pairs) -> bool:
    """Whether the fraction behind the point is lost everywhere."""
    return all(float(got) in (math.floor(wanted), float(round(wanted))) for wanted, got in pairs)


def _few_steps(xi: float, steps: int = 20) -> float:
    a, w = 2.0, -2.0
    for _ in range(steps):
        a -= 0.1 * ((1 - 2 * xi) * w + 4 * xi * a - 2)
        w -= 0.2 * (w - a)
    return a


def _few_steps_at_once(xi: float, steps: int) -> float:
    a, w = 2.0, -2.0
    for _ in range(steps):
        a, w = a - 0.1 * ((1 - 2 * xi) * w + 4 * xi * a - 2), w - 0.2 * (w - a)
    return a


STEPS = (1, 2, 3, 5, 10, 20, 25, 30, 40, 50)

TWINS = (
    Twin(
        "first order",
        lambda xi: 2.0,
        "You give 2 for every xi, the resting place of first order: where is the implicit term?",
    ),
    Twin(
        "the true optimum",
        lambda xi: 1.0,
        "You give the true optimum for every xi. Look at the view again: does one step always find it?",
    ),
    Twin(
        "sign of the implicit term",
        lambda xi: 2 / (1 - 2 * xi) if xi != 0.5 else float("inf"),
        "Your point goes to infinity as xi approaches 0.5: which sign does the implicit term of this problem have?",
        shows=matches(LENGTHS, random_length, lambda xi: 2 / (1 - 2 * xi), where=lambda xi: xi != 0.5),
    ),
    Twin(
        "sign flipped",
        lambda xi: -fixed_point(xi),
        "The size is right, the sign is not: on which side of the equation does the 2 of (03.8) stand?",
    ),
    Twin(
        "xi missing",
        lambda xi: 2 / 3,
        "Your point is the same for every xi: where is the size of the step in the implicit term?",
    ),
    Twin(
        "implicit term doubled",
        lambda xi: 2 / (1 + 4 * xi),
        "Right at xi = 0, too small elsewhere: collect the factors of a and of w again, did you count a term twice?",
    ),
    Twin(
        "mixed derivative halved",
        lambda xi: 2 / (1 + xi),
        "Right at xi = 0 only: how large is the mixed derivative of this training loss?",
    ),
    Twin(
        "terms of w and a subtracted",
        lambda xi: 2 / (1 - 6 * xi),
        "You subtract 4 xi a where (03.8) adds it: collect the factors of a and of w once more, with their signs?",
    ),
    Twin(
        "a straight line",
        lambda xi: 2 - 2 * xi,
        "Your points lie on a straight line through xi = 0 and 0.5, and go to 0 at xi = 1: what does (03.8) say there?",
    ),
    Twin(
        "w forgotten",
        lambda xi: 1 / (2 * xi),
        "You let w be 0, and your point runs away as xi goes to 0: where does w come to rest?",
        shows=matches(LENGTHS, random_length, lambda xi: 1 / (2 * xi), where=lambda xi: xi != 0),
    ),
    Twin(
        "w at its start",
        lambda xi: (1 - xi) / xi,
        "You let w stay at -2, where the walk begins: where does w come to rest?",
        shows=matches(LENGTHS, random_length, lambda xi: (1 - xi) / xi, where=lambda xi: xi != 0),
    ),
    Twin(
        "upside down",
        lambda xi: (1 + 2 * xi) / 2,
        "Your point moves away from 0 as xi grows: what is divided by what when you solve for a?",
    ),
    Twin(
        "multiplied",
        lambda xi: 2 * (1 + 2 * xi),
        "Your point moves away from 0 as xi grows: how do you get a factor of a to the other side of the equation?",
    ),
    Twin(
        "brackets missing",
        lambda xi: 2 / 1 + 2 * xi,
        "Your point is 2 + 2 xi: in which order does Python compute a / b + c?",
    ),
    Twin(
        "the 2 forgotten",
        lambda xi: 1 / (1 + 2 * xi),
        "Your point is half of what it should be: what number is left alone in (03.8)?",
    ),
    Twin(
        "only the factor",
        lambda xi: 1 + 2 * xi,
        "You give the factor in front of a: what is left to do to solve the equation for a?",
    ),
    Twin(
        "fraction cut off",
        lambda xi: 2 // (1 + 2 * xi),
        "Your points are whole numbers: which division keeps what comes after the point?",
        shows=_is_whole,
    ),
    Twin(
        "rounded",
        lambda xi: round(fixed_point(xi), 1),
        "Your point is rounded: is there a reason to round, other than printing?",
        shows=is_rounded,
    ),
    Twin(
        "too few steps",
        _few_steps,
        "You stop the walk before it rests: how would you know that nothing moves any more, or where it must end?",
        shows=matches(
            LENGTHS,
            random_length,
            *(lambda xi, steps=steps: _few_steps(xi, steps) for steps in STEPS),
            *(lambda xi, steps=steps: _few_steps_at_once(xi, steps) for steps in STEPS),
        ),
    ),
    Twin(
        "the slope itself",
        lambda xi: 4 * xi,
        "You give the slope at the start, not the place: for which a is the slope zero when w = a?",
        shows=matches(LENGTHS, random_length, lambda xi: 8 * xi - 4, lambda xi: (1 - 2 * xi) * -2 + 4 * xi * 2 - 2),
    ),
)
