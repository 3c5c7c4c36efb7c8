"""Exercises of lesson 02: the continuous relaxation. Shapes: E edges, O operations."""

from ...items import Exercise
from .answers import entropy, mixed_node, mixed_op, softmax, softmax_gradient
from .cases import (
    EDGES,
    NODES,
    SLOPES,
    TABLES,
    WEIGHTS,
    random_edge,
    random_gradient,
    random_node,
    random_table,
    random_weights,
)
from .mistakes import entropy as entropy_mistakes
from .mistakes import mixed_node as mixed_node_mistakes
from .mistakes import mixed_op as mixed_op_mistakes
from .mistakes import softmax as softmax_mistakes
from .mistakes import softmax_gradient as softmax_gradient_mistakes

EXERCISES = (
    Exercise(
        name="02.softmax",
        title="From alpha to mixing weights",
        minutes=6,
        points=2,
        difficulty=1,
        reference=softmax,
        gradients=True,
        fixed=TABLES,
        random=random_table,
        twins=softmax_mistakes.TWINS,
        hints=(
            "Three things happen to every alpha: it is divided by T, put into the exponential, and compared with "
            "the others of its edge.",
            "The weights of one edge sum to 1, and an edge is a row: look at what the last dimension stands for.",
            "Subtract the largest number of the row before the exponential; then sum over the last dimension and keep "
            "that dimension for the division.",
        ),
        harder="Write its logarithm so that no entry is minus infinity at T = 0.001, where a weight is rounded to 0.",
    ),
    Exercise(
        name="02.mixed_op",
        title="A mixed operation",
        minutes=8,
        points=2,
        difficulty=2,
        reference=mixed_op,
        gradients=True,
        fixed=EDGES,
        random=random_edge,
        twins=mixed_op_mistakes.TWINS,
        hints=(
            "Every operation sees the same x, and each has its own weight in the result.",
            "First turn alpha into mixing weights that sum to 1; then add up weight times operation of x.",
            "Walk through weights and operations side by side, as `zip` does, and add the products.",
        ),
        harder="Leave out of the sum every operation whose weight is 0, so that a T near 0 costs only one operation.",
    ),
    Exercise(
        name="02.entropy",
        title="How undecided is an edge?",
        minutes=5,
        points=1,
        difficulty=1,
        reference=entropy,
        tolerance=1e-5,  # adding 1e-8 or 1e-6 inside the logarithm is as good
        fixed=WEIGHTS,
        random=random_weights,
        twins=entropy_mistakes.TWINS,
        hints=(
            "Every mixing weight contributes itself times its logarithm; both factors come from the same number.",
            "A row is an edge: sum over the last dimension, then look at the sign, and at a weight of exactly 0.",
            "Where a weight is 0, put a 1 inside the logarithm: its logarithm is 0, and so is the product.",
        ),
        harder="Show that exp(entropy) is the number of operations an edge uses, for k equal weights and 0 elsewhere.",
    ),
    Exercise(
        name="02.mixed_node",
        title="A node sums its edges",
        minutes=7,
        points=2,
        difficulty=2,
        reference=mixed_node,
        gradients=True,
        fixed=NODES,
        random=random_node,
        twins=mixed_node_mistakes.TWINS,
        hints=(
            "You have written the harder half already: what one edge does.",
            "An input, its operations and a row of alpha belong together, edge by edge; the outputs of the edges "
            "are added.",
            "Go through inputs, ops and the rows of alpha side by side and sum what your mixed_op gives for each.",
        ),
        harder="Write the whole cell: nodes in order, each reading all earlier states, their outputs concatenated.",
    ),
    Exercise(
        name="02.softmax_gradient",
        title="The gradient of alpha",
        minutes=10,
        points=3,
        difficulty=3,
        reference=softmax_gradient,
        fixed=SLOPES,
        random=random_gradient,
        twins=softmax_gradient_mistakes.TWINS,
        hints=(
            "Every alpha changes every mixing weight, so each entry of the answer is a sum over all operations.",
            "Put the derivative of the softmax into the chain rule: one part comes from equal indices, one from all.",
            "The second part is the same number for every operation: the mean of g, weighted with the mixing weights.",
        ),
        harder="Do it for a whole table alpha [E, O], and then for all second derivatives of one row.",
    ),
)
