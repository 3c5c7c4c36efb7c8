"""Exercises of lesson 09: what a comparison of search methods has to measure, and what it may say.

Shapes: C cells, S trainings of each cell, R random searches of n cells.
"""

from ...items import Exercise
from . import cases
from .answers import best_of, kendall_tau, paired_interval, random_search, shrink, unseen, verdict
from .mistakes import best_of as best_of_mistakes
from .mistakes import kendall_tau as kendall_tau_mistakes
from .mistakes import paired_interval as paired_interval_mistakes
from .mistakes import random_search as random_search_mistakes
from .mistakes import shrink as shrink_mistakes
from .mistakes import unseen as unseen_mistakes
from .mistakes import verdict as verdict_mistakes

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        name="09.best_of",
        title="The best of n",
        minutes=7,
        points=3,
        difficulty=3,
        reference=best_of,
        fixed=cases.LOSSES,
        random=cases.random_losses,
        twins=best_of_mistakes.TWINS,
        hints=(
            "Sort the losses. In how many of the draws is the smallest loss of all among the n?",
            "The loss at place k is the smallest of a draw if it is drawn, and all others come from the larger ones.",
            "math.comb(C - k, n - 1) draws of math.comb(C, n) have the k-th smallest as their best; k counts from 1.",
        ),
        harder="What is the mean of the second best of n, and how many cells make it as good as the best of three?",
    ),
    Exercise(
        name="09.kendall_tau",
        title="Do two lists order the cells alike?",
        minutes=7,
        points=2,
        difficulty=2,
        reference=kendall_tau,
        fixed=cases.ORDERS,
        random=cases.random_orders,
        twins=kendall_tau_mistakes.TWINS,
        hints=(
            "Look at two cells only: which one is first in each of the two lists, and do the lists agree?",
            "The sign of a difference is 1, 0 or -1. What is the product of two signs if the lists agree?",
            "Add up sign(x_i - x_j) sign(y_i - y_j) over the pairs. Count those with a difference in x, and in y.",
        ),
        harder="Compute it in C log C steps: sort by the first list, and count the exchanges that sort the second.",
    ),
    Exercise(
        name="09.shrink",
        title="How much of the best is luck?",
        minutes=8,
        points=3,
        difficulty=3,
        reference=shrink,
        fixed=cases.TRAININGS,
        random=cases.random_trainings,
        twins=shrink_mistakes.TWINS,
        hints=(
            "Three numbers describe the table: the mean of all cells, the spread of seeds, and the spread of cells.",
            "The means of the cells vary for two reasons. Subtract what the seeds contribute to their variance.",
            "within: the mean of values.var(axis=1, ddof=1). between: means.var(ddof=1) - within / S, not below 0.",
        ),
        harder="Let the cells have different numbers of trainings: which part of the formula becomes one per cell?",
    ),
    Exercise(
        name="09.random_search",
        title="Random search, many times",
        minutes=5,
        points=2,
        difficulty=2,
        reference=random_search,
        fixed=cases.DRAWN,
        random=cases.random_draws,
        twins=random_search_mistakes.TWINS,
        hints=(
            "A row of `drawn` is one search: which of its cells would be kept by somebody who has no test pictures?",
            "validation[drawn] has the shape of `drawn`. The place of the smallest in a row is not yet a cell.",
            "Take the number that stands at this place in the row of `drawn`, and then the test loss of that cell.",
        ),
        harder="Choose by the mean of two validation losses from two seeds: is it worth the second training?",
    ),
    Exercise(
        name="09.unseen",
        title="The pictures that nobody used",
        minutes=3,
        points=1,
        difficulty=1,
        reference=unseen,
        fixed=cases.PICTURES,
        random=cases.random_pictures,
        twins=unseen_mistakes.TWINS,
        hints=(
            "A mean times a number of pictures is a sum.",
            "The sum over all pictures is the sum over the used ones plus the sum over the others.",
            "Subtract the two sums, and divide by how many pictures are left.",
        ),
        harder="How large is the standard error of this mean, if single losses have a standard deviation of 1?",
    ),
    Exercise(
        name="09.paired_interval",
        title="The same seeds for both",
        minutes=6,
        points=2,
        difficulty=2,
        reference=paired_interval,
        fixed=cases.PAIRS,
        random=cases.random_pairs,
        twins=paired_interval_mistakes.TWINS,
        hints=(
            "How many numbers does a comparison with n seeds have, if each seed gives one difference?",
            "The spread of the differences counts, not that of the two lists.",
            "Half of the width is t times the standard deviation (ddof=1) of the differences, divided by sqrt(n).",
        ),
        harder="When is the interval from two separate lists narrower than the one from pairs?",
    ),
    Exercise(
        name="09.verdict",
        title="The sentence that is allowed",
        minutes=3,
        points=1,
        difficulty=1,
        reference=verdict,
        fixed=cases.INTERVALS,
        twins=verdict_mistakes.TWINS,
        hints=(
            "Is a loss that is smaller by 0.03 better or worse?",
            "All of the interval has to lie on one side of 0.",
            "high < 0 is better, low > 0 is worse; everything else cannot be told apart. Look for None first.",
        ),
        harder="With how many seeds would the interval of your study have been about half as wide?",
    ),
)
