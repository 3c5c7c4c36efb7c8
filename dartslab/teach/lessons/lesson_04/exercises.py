"""Exercises of lesson 04: supernet and architect."""

from ...items import Exercise
from . import answers, cases
from .mistakes import cell_channels as cell_channels_mistakes
from .mistakes import edge_gradient as edge_gradient_mistakes
from .mistakes import finite_difference as finite_difference_mistakes
from .mistakes import measure_at as measure_at_mistakes
from .mistakes import virtual_step as virtual_step_mistakes

EXERCISES = (
    Exercise(
        name="04.cell_channels",
        title="The channels of every cell",
        minutes=4,
        points=1,
        difficulty=1,
        reference=answers.cell_channels,
        fixed=cases.STACKS,
        random=cases.random_stack,
        twins=cell_channels_mistakes.TWINS,
        hints=(
            "Walk through the cells and remember how many channels you have.",
            "There are two places at which the number changes, and it never goes back.",
            "Ask at every cell, counted from 0, whether it is one of the two; double before you write the number down.",
        ),
        harder="Return the height of the pictures in every cell as well, for an odd height at the start.",
    ),
    Exercise(
        name="04.virtual_step",
        title="The virtual step",
        minutes=6,
        points=2,
        difficulty=2,
        reference=answers.virtual_step,
        fixed=cases.STEPS,
        random=cases.random_step,
        twins=virtual_step_mistakes.TWINS,
        hints=(
            "The direction has three parts, and one learning rate multiplies all of them.",
            "Go through the names; where the buffer has no entry, there is no momentum yet.",
            "Write a new dictionary: subtracting with -= would change the tensor that the caller holds.",
        ),
        harder="Do the step that PyTorch calls Nesterov momentum.",
    ),
    Exercise(
        name="04.finite_difference",
        title="A product without its matrix",
        minutes=8,
        points=2,
        difficulty=2,
        reference=answers.finite_difference,
        fixed=cases.POINTS,
        random=cases.random_gradient,
        twins=finite_difference_mistakes.TWINS,
        hints=(
            "Two points, one on either side of w, and how the gradient differs between them.",
            "First eps: R divided by the length of v, all tensors of v together.",
            "The points are 2 eps apart; mind the brackets when you divide.",
        ),
        harder="Do it with four points, so that the error falls with the fourth power of R.",
    ),
    Exercise(
        name="04.measure_at",
        title="Measure at other weights and leave no trace",
        minutes=7,
        points=2,
        difficulty=2,
        reference=answers.measure_at,
        fixed=cases.NETS,
        random=cases.random_net,
        seeds=6,
        changes_input=True,
        draws=True,
        use=cases.weights_after,
        compare=cases.same_measurement,
        twins=measure_at_mistakes.TWINS,
        hints=(
            "Three things in order: keep, move and measure, put back.",
            "To keep numbers you have to copy them; a second name for a tensor moves along with it.",
            "Change parameters in place inside torch.no_grad(), measure outside it, then copy the old numbers in.",
        ),
        harder="Put the weights back even if the measurement raises an exception.",
    ),
    Exercise(
        name="04.edge_gradient",
        title="The gradient of one edge's alpha",
        minutes=8,
        points=2,
        difficulty=2,
        reference=answers.edge_gradient,
        fixed=cases.ONE_EDGE,
        random=cases.random_one_edge,
        twins=edge_gradient_mistakes.TWINS,
        hints=(
            "The chain rule has two links: from the node back to a mixing weight, then from mixing weights to alpha.",
            "The node has the gain times p_o times an output in it: multiply that output by dL/dnode, pixel by pixel, "
            "and add up over pictures and pixels.",
            "You now have one g for each operation; compare each with their mean weighted by p, and weigh the "
            "difference by its own p.",
        ),
        harder="Do the same for an edge into node 2, whose result is also a source: what is dL/dnode there?",
    ),
)
