"""Exercises of lesson 05: a live search. Shapes: N pictures, O operations, T rows of a record."""

from ...items import Exercise
from . import cases
from .answers import alternation, last_change, margin, split
from .mistakes import alternation as alternation_mistakes
from .mistakes import last_change as last_change_mistakes
from .mistakes import margin as margin_mistakes
from .mistakes import split as split_mistakes
from .mistakes import step_order as step_order_mistakes

EXERCISES = (
    Exercise(
        name="05.margin",
        title="How close is the runner-up?",
        minutes=5,
        points=2,
        difficulty=2,
        reference=margin,
        fixed=cases.EDGES,
        random=cases.random_edge,
        seeds=cases.SEEDS,
        twins=margin_mistakes.TWINS,
        hints=(
            "The softmax comes first, over all operations of the edge; only then may `none` be left out.",
            "Of the weights that remain you need the two largest ones.",
            "Sort the remaining weights in ascending order; the answer is the difference of the last two.",
        ),
        harder="Return the name of the runner-up as well, and the smallest change of its alpha that would make it win.",
    ),
    Exercise(
        name="05.step_order",
        title="What happens in a step, in order",
        minutes=2,
        points=1,
        difficulty=1,
        reference="BDCA",
        compare=cases.same_letters,
        twins=step_order_mistakes.TWINS,
        hints=(
            "There are two pairs: a gradient, and the move that uses it.",
            "The published search begins with alpha; the weights then answer to the new mixture.",
            "First the pair of alpha on the validation batch, then the pair of w on the training batch.",
        ),
        harder="Swap the two pairs in your mind: which of the two parameters then sees the other one's newest value?",
    ),
    Exercise(
        name="05.split",
        title="Two halves of the training set",
        minutes=6,
        points=2,
        difficulty=2,
        reference=split,
        use=cases.describe_split,
        compare=cases.same_split,
        draws=True,
        fixed=cases.LABELS,
        random=cases.random_labels,
        seeds=cases.SEEDS,
        twins=split_mistakes.TWINS,
        hints=(
            "Three things are required: no picture in both, none left over, and every class divided evenly.",
            "Go through the classes one by one and divide the pictures of each.",
            "`np.flatnonzero(labels == label)` gives the pictures of a class; half of them go to one list, the rest "
            "to the other.",
        ),
        harder="Take a seed and shuffle within each class, so that another seed gives other halves.",
    ),
    Exercise(
        name="05.alternation",
        title="One step of the search",
        minutes=8,
        points=3,
        difficulty=3,
        reference=alternation,
        use=cases.step_and_marks,
        fixed=cases.STARTS,
        random=cases.random_step,
        seeds=cases.SEEDS,
        twins=alternation_mistakes.TWINS,
        hints=(
            "Two gradients, each with respect to one thing only; `torch.autograd.grad(loss, thing)` gives just that.",
            "alpha moves first, by the loss on its own half; the weight step then uses the new alpha.",
            "Make copies that require gradients, move alpha with val(step), then differentiate the loss on train(step) "
            "at the moved alpha by w.",
        ),
        harder="Give w a momentum of 0.9, and return the buffer too, so that the next step can use it.",
    ),
    Exercise(
        name="05.last_change",
        title="When did the search make up its mind?",
        minutes=5,
        points=2,
        difficulty=2,
        reference=last_change,
        fixed=cases.RECORDS,
        random=cases.random_record,
        seeds=cases.SEEDS,
        twins=last_change_mistakes.TWINS,
        hints=(
            "Compare every row with the row before it, and ask where the two differ.",
            "A change between two rows belongs to the later of them; take the last one, and think of runs without any.",
            "`np.diff` is not 0 where something changed, and its entry k compares rows k and k + 1.",
        ),
        harder="Return the part of the run that came after the last change, and compare it between your runs.",
    ),
)
