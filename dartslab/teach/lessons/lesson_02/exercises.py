"""Exercises of lesson 02: the continuous relaxation. Shapes: E edges, O operations."""

import numpy as np
import torch

from ...items import Exercise, Twin
from .answers import entropy, mixed_node, mixed_op, softmax, softmax_gradient
from .cases import (
    add_edges,
    double,
    random_edge,
    random_gradient,
    random_node,
    random_table,
    random_weights,
    same,
    square,
    table,
    weigh,
    zero,
)

EXERCISES = (
    Exercise(
        name="02.softmax",
        title="From alpha to mixing weights",
        minutes=6,
        points=2,
        difficulty=1,
        reference=softmax,
        gradients=True,
        fixed=(
            lambda: (table(1.0, 3.0), 1.0),
            lambda: (table(1.0, 3.0), 2.0),
            lambda: (table((1.0, 2.0, 3.0), (0.5, 0.5, 4.0)), 1.0),
            lambda: (table(1000.0, 1001.0), 1.0),
        ),
        random=random_table,
        twins=(
            Twin(
                "no exponential",
                lambda alpha, T: alpha / T / (alpha / T).sum(-1, keepdim=True),
                "You divide the numbers by their sum: where is the exponential, and what happens to a negative alpha?",
            ),
            Twin(
                "temperature left out",
                lambda alpha, T: torch.softmax(alpha, -1),
                "Your weights do not depend on the temperature: where does T enter?",
            ),
            Twin(
                "temperature multiplied",
                lambda alpha, T: torch.softmax(alpha * T, -1),
                "A higher temperature makes your weights more unequal: should it not even them out?",
            ),
            Twin(
                "over edges instead of operations",
                lambda alpha, T: torch.softmax(alpha / T, 0),
                "For a table your columns sum to 1: which numbers compete with each other, those of one edge or those "
                "of one operation?",
            ),
            Twin(
                "over the whole table",
                lambda alpha, T: torch.softmax(alpha.flatten() / T, 0).reshape(alpha.shape),
                "For a table all your numbers together sum to 1: what should the weights of each edge sum to?",
            ),
            Twin(
                "overflow",
                lambda alpha, T: torch.exp(alpha / T) / torch.exp(alpha / T).sum(-1, keepdim=True),
                "The formula is right, but the exponential of a large alpha is infinite: what may be subtracted "
                "from every alpha without changing a weight?",
            ),
        ),
        hints=(
            "Three things happen to every alpha: it is divided by T, put into the exponential, and compared with "
            "the others of its edge.",
            "The weights of one edge sum to 1, and an edge is a row: look at what the last dimension stands for.",
            "Subtract the largest number before the exponential; then sum over the last dimension and keep that "
            "dimension for the division.",
        ),
        harder="Write it without an exponential that can overflow or a row that can underflow to 0 / 0, for T = 0.001.",
    ),
    Exercise(
        name="02.mixed_op",
        title="A mixed operation",
        minutes=8,
        points=2,
        difficulty=2,
        reference=mixed_op,
        gradients=True,
        fixed=(
            lambda: (table(1.0, 2.0), [zero, same], table(0.0, 1.0)),
            lambda: (table(1.0, -1.0), [same, double, square], table(0.5, -1.0, 2.0)),
        ),
        random=random_edge,
        twins=(
            Twin(
                "softmax left out",
                weigh,
                "You weight with alpha itself: do these numbers sum to 1, and may they be negative?",
            ),
            Twin(
                "all operations alike",
                lambda x, ops, alpha: sum(op(x) for op in ops) / len(ops),
                "You take the plain average: where does alpha enter?",
            ),
            Twin(
                "only the strongest",
                lambda x, ops, alpha: ops[int(alpha.argmax())](x),
                "You keep only the strongest operation: how would the others ever get a gradient?",
            ),
            Twin(
                "softmax over an axis of length one",
                lambda x, ops, alpha: sum(op(x) for op in ops),
                "You add everything with weight 1: over how many numbers does your softmax run?",
            ),
        ),
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
        tolerance=1e-6,  # adding 1e-8 inside the logarithm is as good
        fixed=(
            lambda: (table(0.5, 0.5),),
            lambda: (table(1.0, 0.0),),
            lambda: (table((0.2, 0.3, 0.5), (0.1, 0.1, 0.8)),),
        ),
        random=random_weights,
        twins=(
            Twin(
                "bits",
                lambda weights: entropy(weights) / np.log(2),
                "Two halves give 1 in your unit, the bit: which logarithm gives nats?",
            ),
            Twin(
                "sign left out",
                lambda weights: -entropy(weights),
                "Your entropy is negative: what is the sign of the logarithm of a mixing weight?",
            ),
            Twin(
                "0 log 0",
                lambda weights: -(weights * weights.log()).sum(-1),
                "A mixing weight of 0 turns your result into nan: what is the limit of p log p as p goes to 0?",
            ),
            Twin(
                "over edges instead of operations",
                lambda weights: entropy(weights.T),
                "For a table you give a number per column: do the mixing weights of a row sum to 1, or those of a "
                "column?",
            ),
            Twin(
                "softmax once more",
                lambda weights: entropy(torch.softmax(weights, -1)),
                "Your entropy of a decided edge is not 0: are the numbers that you get alpha, or already mixing "
                "weights?",
            ),
        ),
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
        fixed=(
            lambda: ([table(1.0), table(3.0)], [[zero, same], [same, double]], table((0.0, 1.0), (2.0, 0.0))),
            lambda: ([table(2.0), table(-1.0)], [[same, square, double]] * 2, table((0, 1, 0.5), (2, 0, -1.0))),
        ),
        random=random_node,
        twins=(
            Twin(
                "over edges instead of operations",
                lambda inputs, ops, alpha: add_edges(inputs, ops, torch.softmax(alpha, 0)),
                "Your edges compete with each other for each operation: which numbers of the table should sum to 1?",
            ),
            Twin(
                "over the whole table",
                lambda inputs, ops, alpha: add_edges(inputs, ops, torch.softmax(alpha.flatten(), 0).view(alpha.shape)),
                "All your weights together sum to 1: should an edge have less weight because the node has more edges?",
            ),
            Twin(
                "mean over edges",
                lambda inputs, ops, alpha: mixed_node(inputs, ops, alpha) / len(inputs),
                "Your result is too small by the number of edges: does a node average them?",
            ),
            Twin(
                "inputs added first",
                lambda inputs, ops, alpha: mixed_node([torch.stack([*inputs]).sum(0)] * len(inputs), ops, alpha),
                "Each of your edges sees the sum of all inputs: which state does an edge read?",
            ),
        ),
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
        fixed=(
            lambda: (table(0.0, 0.0), 1.0, table(1.0, 0.0)),
            lambda: (table(1.0, 0.0, -1.0), 2.0, table(0.0, 3.0, 1.0)),
        ),
        random=random_gradient,
        twins=(
            Twin(
                "softmax left out",
                lambda alpha, T, g: g.clone(),
                "You return dL/dp itself: how does p change when alpha does?",
            ),
            Twin(
                "diagonal only",
                lambda alpha, T, g: softmax(alpha, T) * (1 - softmax(alpha, T)) * g / T,
                "You follow what an alpha does to its own weight: what does it do to the weights of the others?",
            ),
            Twin(
                "others left out",
                lambda alpha, T, g: softmax(alpha, T) * g / T,
                "Your gradient does not sum to 0: what changes if the same number is added to every alpha?",
            ),
            Twin(
                "plain mean",
                lambda alpha, T, g: softmax(alpha, T) * (g - g.mean()) / T,
                "You compare with the plain mean of g: how large a part does each operation have in the mixture?",
            ),
            Twin(
                "not times the weight",
                lambda alpha, T, g: (g - (softmax(alpha, T) * g).sum()) / T,
                "In your result an operation with a weight near 0 has a gradient: what would a change of its alpha "
                "move?",
            ),
            Twin(
                "temperature left out",
                lambda alpha, T, g: T * softmax_gradient(alpha, T, g),
                "Right at T = 1 and nowhere else: what is the derivative of alpha / T?",
            ),
            Twin(
                "sign flipped",
                lambda alpha, T, g: -softmax_gradient(alpha, T, g),
                "This is the direction of descent, the negative gradient: does the minus sign belong to the "
                "gradient or to the step?",
            ),
        ),
        hints=(
            "Every alpha changes every mixing weight, so each entry of the answer is a sum over all operations.",
            "Put the derivative of the softmax into the chain rule: one part comes from equal indices, one from all.",
            "The second part is the same number for every operation: the mean of g, weighted with the mixing weights.",
        ),
        harder="Do it for a whole table alpha [E, O], and then for all second derivatives of one row.",
    ),
)
