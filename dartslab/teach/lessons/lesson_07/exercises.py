"""Exercises of lesson 07: what a collapse looks like, what causes it, and how it can be predicted.

Shapes: E edges, O operations, N numbers in the output of an operation.
"""

from ...items import Exercise
from . import cases
from .answers import count_skips, frozen_parameters, hessian_vector, power_iteration, pull_on_alpha, stop_epoch
from .mistakes import count_skips as count_skips_mistakes
from .mistakes import frozen_parameters as frozen_parameters_mistakes
from .mistakes import hessian_vector as hessian_vector_mistakes
from .mistakes import power_iteration as power_iteration_mistakes
from .mistakes import pull_on_alpha as pull_on_alpha_mistakes
from .mistakes import stop_epoch as stop_epoch_mistakes

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        name="07.count_skips",
        title="How many edges skip?",
        minutes=3,
        points=1,
        difficulty=1,
        reference=count_skips,
        fixed=cases.CELLS,
        random=cases.random_pairs,
        twins=count_skips_mistakes.TWINS,
        hints=(
            "Two lists are of interest, one for each kind of cell; the other two only say what is concatenated.",
            "An entry is a kept edge: its operation and the state where it begins. Two nodes may have equal entries.",
            "For each kind count the entries whose operation is skip_connect, and divide by how many there are.",
        ),
        harder="Weigh each edge by the length of the longest path through it: is a skip on the longest path worse?",
    ),
    Exercise(
        name="07.pull_on_alpha",
        title="What pulls on alpha?",
        minutes=6,
        points=2,
        difficulty=2,
        reference=pull_on_alpha,
        fixed=cases.EDGES,
        random=cases.random_edge,
        twins=pull_on_alpha_mistakes.TWINS,
        hints=(
            "First one number for each operation: how would the loss change if there were more of its output?",
            "It is the scalar product of g with its output. Then the softmax: if one weight grows, the others shrink.",
            "Subtract from each product the mean of all products, weighted by p. Multiply the differences by p.",
        ),
        harder="When do two operations of an edge have equal and opposite derivatives, whatever g is?",
    ),
    Exercise(
        name="07.frozen_parameters",
        title="Which parameters to freeze",
        minutes=4,
        points=1,
        difficulty=1,
        reference=frozen_parameters,
        fixed=cases.NAMES,
        random=cases.random_names,
        compare=cases.same_names,
        twins=frozen_parameters_mistakes.TWINS,
        hints=(
            "Split one name at its dots, and say what each of its numbers counts.",
            "The number after `candidates` is the column of an operation; the list of operations has its name.",
            "Leave out names without `candidates`. Look up the operation by the number after that word: has it conv?",
        ),
        harder="Freeze the convolutions of one cell only: does alpha, which all cells of a kind share, notice?",
    ),
    Exercise(
        name="07.hessian_vector",
        title="A product with the Hessian",
        minutes=8,
        points=3,
        difficulty=3,
        reference=hessian_vector,
        fixed=cases.LOSSES,
        random=cases.random_loss,
        twins=hessian_vector_mistakes.TWINS,
        hints=(
            "No matrix is needed: the derivative of the loss along v is one number, and it depends on alpha.",
            "Take the gradient, multiply it by v entry by entry, add up, and differentiate that number again.",
            "The first `torch.autograd.grad` needs create_graph=True; work on a copy of alpha that asks for gradients.",
        ),
        harder="Let it also take a loss that is linear in alpha, for which autograd finds nothing to differentiate.",
    ),
    Exercise(
        name="07.power_iteration",
        title="The eigenvalue of the largest magnitude",
        minutes=6,
        points=2,
        difficulty=2,
        reference=power_iteration,
        fixed=cases.MATRICES,
        random=cases.random_matrix,
        twins=power_iteration_mistakes.TWINS,
        hints=(
            "One step is a product and a division that brings the length back to 1.",
            "After the last step one more product gives the eigenvalue: how much of H v lies along v?",
            "Divide the start by its length, repeat the step as often as asked, then multiply v and H v and add up.",
        ),
        harder="Get the largest in the order of numbers: shift H by what you found, iterate again, and shift back.",
    ),
    Exercise(
        name="07.stop_epoch",
        title="When to stop",
        minutes=8,
        points=3,
        difficulty=3,
        reference=stop_epoch,
        fixed=cases.SERIES,
        random=cases.random_series,
        twins=stop_epoch_mistakes.TWINS,
        hints=(
            "Write the mean that belongs to measurement t first, and try it on a short list by hand.",
            "Try each t for which both means are known, from the earliest that is allowed, up to the first stop.",
            "The earliest t is 8, because t - 4 may not be below 4; the last one leaves two later measurements.",
        ),
        harder="How much would the window, the distance and the factor have to change for another cell to be taken?",
    ),
)
