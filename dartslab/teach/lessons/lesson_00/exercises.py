"""Exercises of lesson 00: a first search."""

import numpy as np

from ...items import Exercise
from . import cases
from .answers import in_standard_errors, strongest
from .mistakes.in_standard_errors import IN_STANDARD_ERRORS
from .mistakes.share import SHARE
from .mistakes.strongest import STRONGEST

EXERCISES = (
    Exercise(
        name="00.share",
        title="The first mixing weight",
        minutes=1,
        points=1,
        difficulty=1,
        reference=1 / 8,
        twins=SHARE,
        hints=(
            "Equal entries of alpha get equal mixing weights.",
            "The mixing weights of one edge add up to 1.",
            "Count the operations on one edge: each of them gets an equal part of the 1.",
        ),
        harder="Which alpha must one operation have, with the others at 0, so that its mixing weight is one half?",
    ),
    Exercise(
        name="00.strongest",
        title="Derive one edge",
        minutes=3,
        points=1,
        difficulty=1,
        reference=strongest,
        fixed=tuple(map(cases.edge, cases.EDGES)),
        random=cases.random_edge,
        twins=STRONGEST,
        hints=(
            "The softmax does not change the order: the largest number in alpha has the largest mixing weight.",
            "Go through the operations from the strongest to the weakest, and stop at the first that may be kept.",
            "`np.argsort` of the negative numbers gives the positions, strongest first; look up each name and skip "
            '"none".',
        ),
        harder="Return the two strongest operations and the margin between their mixing weights.",
    ),
    Exercise(
        name="00.in_standard_errors",
        title="A difference in standard errors",
        minutes=6,
        points=2,
        difficulty=2,
        reference=in_standard_errors,
        fixed=(
            lambda: (np.array([0.70, 0.74]), np.array([0.60, 0.62])),
            lambda: (np.array([0.60, 0.62]), np.array([0.70, 0.74])),
            lambda: (np.array([0.70, 0.74, 0.73]), np.array([0.71, 0.76])),
        ),
        random=cases.random_runs,
        twins=IN_STANDARD_ERRORS,
        hints=(
            "A mean of n runs scatters less than one run: its variance is that of one run, divided by n.",
            "The variance of a difference of independent means is the sum of their variances.",
            "Estimate each variance with n - 1 in the denominator (`ddof=1`), divide by n, add, take the root.",
        ),
        harder="How many runs of each cell would make a difference of one percentage point visible at this spread?",
    ),
)
