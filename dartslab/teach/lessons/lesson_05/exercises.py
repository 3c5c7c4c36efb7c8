"""Exercises of lesson 05: a live search. Shapes: N pictures, O operations, T rows of a record."""

import numpy as np
import torch

from ....derive import softmax
from ...items import Exercise, Twin
from . import cases
from .answers import alternation, last_change, margin, split

EXERCISES = (
    Exercise(
        name="05.margin",
        title="How close is the runner-up?",
        minutes=5,
        points=2,
        difficulty=2,
        reference=margin,
        fixed=(
            lambda: (np.array([0.0, 1.0, 0.5]), ("none", "skip_connect", "sep_conv_3x3")),
            lambda: (np.array([2.0, 0.3, 1.0, -0.5]), ("none", "skip_connect", "sep_conv_3x3", "max_pool_3x3")),
        ),
        random=cases.random_edge,
        twins=(
            Twin(
                "of raw alpha",
                lambda alpha, operations: cases.lead(alpha[cases.not_none(operations)]),
                "You subtract alphas: can you compare such a margin with that of another edge, whose softmax has "
                "another denominator?",
            ),
            Twin(
                "none takes a place",
                lambda alpha, operations: cases.lead(softmax(alpha)),
                "`none` is among your two best: can it ever be what the edge keeps?",
            ),
            Twin(
                "none left out of the softmax",
                lambda alpha, operations: cases.lead(softmax(alpha[cases.not_none(operations)])),
                "Your weights are a little too large: does `none` take no weight during the search?",
            ),
            Twin(
                "down to the smallest",
                lambda alpha, operations: cases.largest_minus(
                    alpha, operations, lambda weights: weights[cases.not_none(operations)].min()
                ),
                "You subtract the smallest weight: which operation is the first that could take over?",
            ),
            Twin(
                "down to none",
                lambda alpha, operations: cases.largest_minus(
                    alpha, operations, lambda weights: weights[~cases.not_none(operations)].max()
                ),
                "You subtract the weight of `none`: can `none` replace the operation that the edge keeps?",
            ),
        ),
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
        twins=(
            Twin(
                "w first",
                "CABD",
                "You move w before alpha: that is a search too, but what did the two library calls above do first?",
            ),
            Twin(
                "both gradients at the old point",
                "BCDA",
                "You take the gradient of w before alpha has moved: which alpha do the mixing weights of the training "
                "loss come from?",
            ),
            Twin(
                "both gradients at the old point, w's first",
                "CBDA",
                "Your gradient of w is taken before anything has moved: which alpha does the weight step see?",
            ),
            Twin(
                "both gradients at the old point, w moved first",
                "CBAD",
                "You take both gradients, then make both moves: which alpha does the weight step see, and who moves "
                "first?",
            ),
            Twin(
                "moves before gradients",
                "DBAC",
                "You move before you know where to: what does an optimiser need before its step?",
            ),
        ),
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
        fixed=(
            lambda: (np.array([0, 0, 1, 1]),),
            lambda: (np.array([0, 1, 1, 0, 2, 2, 0, 0]),),
        ),
        random=cases.random_labels,
        twins=(
            Twin(
                "all pictures for both",
                lambda labels: (np.arange(len(labels)), np.arange(len(labels))),
                "w and alpha see the same pictures: what does a low loss on them then say about new ones?",
            ),
            Twin(
                "alpha gets the training half",
                lambda labels: (split(labels)[0], split(labels)[0]),
                "Your second half is the first one again: what learns from the rest?",
            ),
            Twin(
                "cut in the middle",
                cases.split_by_order,
                "You cut the list in the middle: what if the file is sorted by class?",
            ),
            Twin(
                "shuffled, classes left to chance",
                cases.split_at_random,
                "Your halves are disjoint, but some class has more pictures in one of them: how can chance be kept "
                "out of the counts?",
            ),
            Twin(
                "whole classes",
                cases.split_by_class,
                "You hand out whole classes: how should alpha judge the weights by classes that they never saw?",
            ),
        ),
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
        fixed=(
            lambda: (
                torch.tensor([1.0], dtype=torch.float64),
                torch.tensor([0.0], dtype=torch.float64),
                cases.fit,
                cases.training_batch,
                cases.validation_batch,
                0,
                0.1,
            ),
        ),
        random=cases.random_step,
        twins=(
            Twin(
                "same batch for both",
                lambda w, alpha, loss, train, val, step, rate: alternation(w, alpha, loss, train, train, step, rate),
                "Both updates use the same batch: what keeps alpha from favouring what w has memorised?",
            ),
            Twin(
                "validation from the training half",
                lambda w, alpha, loss, train, val, step, rate: alternation(
                    w, alpha, loss, train, lambda k: train(k + 1), step, rate
                ),
                "alpha gets another batch, but of the training half: w has learned, or will learn, from these "
                "pictures, so which half is for alpha?",
            ),
            Twin(
                "halves exchanged",
                lambda w, alpha, loss, train, val, step, rate: alternation(w, alpha, loss, val, train, step, rate),
                "w learns from the validation half and alpha from the training half: which is which?",
            ),
            Twin(
                "the weights' optimiser holds alpha",
                cases.move_alpha_twice,
                "alpha moves a second time in the weight step, as if the optimiser of w held it too: what may that "
                "step change?",
            ),
            Twin(
                "w first",
                cases.move_weights_first,
                "You move w first, so alpha's gradient is taken at the new w: which of the two begins in the published "
                "order?",
            ),
            Twin(
                "both at once",
                cases.move_at_once,
                "Both gradients are taken at the old point: which alpha should the weight step see?",
            ),
            Twin(
                "gradients piled up",
                cases.add_up_gradients,
                "The gradient of w still holds what alpha's backward pass left there: what must be set to zero in "
                "between?",
            ),
        ),
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
        fixed=(
            lambda: (np.array([4, 5]), np.array([0, 1])),
            lambda: (np.arange(1, 7), np.array([0, 0, 1, 1, 2, 2])),
            lambda: (np.arange(1, 7), np.array([0, 1, 0, 0, 0, 0])),  # going back is a change too
            lambda: (np.arange(11, 17), np.zeros(6, dtype=int)),
        ),
        random=cases.random_record,
        twins=(
            Twin(
                "one step early",
                cases.row_before_last_change,
                "You name the last step of the old cell: at which step is the new one there for the first time?",
            ),
            Twin(
                "the first change",
                cases.first_change,
                "You name the first change: did the cell never change after it?",
            ),
            Twin(
                "the row instead of the step",
                cases.row_of_last_change,
                "You return a row of the record: to which step does it belong if the record does not begin at step 0?",
            ),
            Twin(
                "only cells never seen before",
                cases.last_new_genotype,
                "You look for the last new cell: is going back to an earlier cell no change?",
            ),
            Twin(
                "the first time of the last cell",
                cases.start_of_last_genotype,
                "You find where the last cell appears for the first time: has it stayed ever since?",
            ),
        ),
        hints=(
            "Compare every row with the row before it, and ask where the two differ.",
            "A change between two rows belongs to the later of them; take the last one, and think of runs without any.",
            "`np.diff` is not 0 where something changed, and its entry k compares rows k and k + 1.",
        ),
        harder="Return the part of the run that came after the last change, and compare it between your runs.",
    ),
)
