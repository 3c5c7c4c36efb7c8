"""Exercises of lesson 08: the central step of published methods. Shapes: E edges, O operations."""

from ...items import Exercise
from . import cases
from .answers import (
    auxiliary_skip,
    beta_penalty,
    choose_by_removal,
    expectation,
    partial,
    push_apart,
    reinmax,
    sampled_gradient,
)
from .mistakes import auxiliary_skip as auxiliary_skip_mistakes
from .mistakes import beta_penalty as beta_penalty_mistakes
from .mistakes import choose_by_removal as choose_by_removal_mistakes
from .mistakes import expectation as expectation_mistakes
from .mistakes import partial as partial_mistakes
from .mistakes import push_apart as push_apart_mistakes
from .mistakes import reinmax as reinmax_mistakes
from .mistakes import sampled_gradient as sampled_gradient_mistakes

EXERCISES = (
    Exercise(
        name="08.auxiliary_skip",
        title="A skip connection that helps and fades out",
        minutes=5,
        points=2,
        difficulty=1,
        reference=auxiliary_skip,
        gradients=True,
        tolerance=1e-6,  # a row of zeros for b is float32 where nobody says otherwise
        fixed=cases.SKIPS,
        random=cases.random_skip,
        twins=auxiliary_skip_mistakes.TWINS,
        hints=(
            "Two things are added: one that depends on alpha, and one that does not.",
            "b is a number for all edges: 1 in epoch 0, 0 when all epochs are done, on a straight line between.",
            "Make a row that is b at the skip and 0 elsewhere; added to the softmax, it reaches every edge.",
        ),
        harder="Let b fall along half a cosine: in which part of the search does the skip get more help than before?",
    ),
    Exercise(
        name="08.partial",
        title="A part of the channels",
        minutes=6,
        points=2,
        difficulty=2,
        reference=partial,
        fixed=cases.PARTS,
        random=cases.random_partial,
        twins=partial_mistakes.TWINS,
        hints=(
            "Four steps: cut along the channels, apply `mixed` to the first part, join the parts, and shuffle.",
            "A shuffle with k groups: write the channels as a table of k rows, and read the table column by column.",
            "A reshape to [B, k, C/k, H, W], a transposition of two axes, and a reshape back.",
        ),
        harder="Undo the shuffle: which number of groups reverses it?",
    ),
    Exercise(
        name="08.push_apart",
        title="The push of FairDARTS",
        minutes=6,
        points=2,
        difficulty=2,
        reference=push_apart,
        fixed=cases.TABLES,
        random=cases.random_table,
        twins=push_apart_mistakes.TWINS,
        hints=(
            "It is a chain of three functions: a mean, a square, a sigmoid. Take the derivative of each.",
            "The derivative of a sigmoid s is s (1 - s); that of a mean over n numbers is 1/n for each.",
            "Multiply: minus ten, what the square gives, what the sigmoid gives, and one over the number of entries.",
        ),
        harder="At which alpha is the push strongest? Find it on paper, then with a fine grid.",
    ),
    Exercise(
        name="08.beta_penalty",
        title="The penalty of Beta-DARTS",
        minutes=3,
        points=1,
        difficulty=1,
        reference=beta_penalty,
        gradients=True,
        fixed=cases.KINDS,
        random=cases.random_tables,
        twins=beta_penalty_mistakes.TWINS,
        hints=(
            "One number for each edge, then one mean over all edges, then one factor.",
            "Put the table of one kind below that of the other: then every row is an edge, and counts once.",
            "torch has `logsumexp` with an axis; the factor is 25 times the progress.",
        ),
        harder="Write its gradient by hand, and say why weight decay is another penalty.",
    ),
    Exercise(
        name="08.choose_by_removal",
        title="Chosen by what is missed",
        minutes=6,
        points=2,
        difficulty=2,
        reference=choose_by_removal,
        fixed=cases.REMOVALS,
        random=cases.random_removal,
        twins=choose_by_removal_mistakes.TWINS,
        hints=(
            "Measure once for every candidate, each time with a fresh copy of the table.",
            "The operation that costs most leaves the smallest accuracy: the whole table need not be measured.",
            "Go through the names with `enumerate`, pass over none, change one entry of a clone, keep the accuracy.",
        ),
        harder="Choose the edges of a node in the same way: remove whole rows, and keep the two that are missed most.",
    ),
    Exercise(
        name="08.sampled_gradient",
        title="The gradient of one draw",
        minutes=8,
        points=3,
        difficulty=3,
        reference=sampled_gradient,
        fixed=cases.DRAWS,
        random=cases.random_sample,
        twins=sampled_gradient_mistakes.TWINS,
        hints=(
            "Three factors: how the loss changes with the drawn output, one row of a Jacobian, and one from tau.",
            "The row belongs to the drawn operation: how its q changes with every alpha, not only with its own.",
            "Row i of diag(q) - q qᵀ is minus q times q of i, with q of i added at place i.",
        ),
        harder="Draw a thousand times and take the mean: is it near the gradient of the expected loss?",
    ),
    Exercise(
        name="08.expectation",
        title="The mean of an estimator",
        minutes=2,
        points=1,
        difficulty=1,
        reference=expectation,
        fixed=cases.ESTIMATES,
        random=cases.random_estimates,
        twins=expectation_mistakes.TWINS,
        hints=(
            "A mean over draws counts each row as often as it is drawn.",
            "Row i counts with p of i; what is left has one number for each alpha.",
            "A vector times a matrix does both: which of the two stands on the left?",
        ),
        harder="Compute the standard deviation of the estimator in the same way, without drawing.",
    ),
    Exercise(
        name="08.reinmax",
        title="The estimate of ReinMax",
        minutes=7,
        points=3,
        difficulty=3,
        reference=reinmax,
        fixed=cases.DRAWN,
        random=cases.random_drawn,
        twins=reinmax_mistakes.TWINS,
        hints=(
            "The same thing, J of some q times the gradient, is needed twice: write it once.",
            "J(q) g is q times (g minus the mean of g under q), entry by entry; no matrix is needed.",
            "Take J at the mean of p and the draw, times 2. Then subtract half of J at p.",
        ),
        harder="Show on paper that the mean of 2 J((p + e) / 2) g over draws is right for a linear loss.",
    ),
)
