"""Exercises of lesson 03: one virtual step, the two terms of its hypergradient, a reading of mixing weights."""

from ...items import Exercise
from .answers import direct_term, finite_difference, fixed_point, implicit_term, recognise, virtual_step
from .cases import (
    DIFFERENCES,
    EDGES,
    HYPERGRADIENTS,
    LENGTHS,
    STEPS,
    curved_losses,
    random_difference,
    random_edges,
    random_length,
    random_step,
)
from .mistakes import direct_term as direct_term_mistakes
from .mistakes import finite_difference as finite_difference_mistakes
from .mistakes import fixed_point as fixed_point_mistakes
from .mistakes import implicit_term as implicit_term_mistakes
from .mistakes import recognise as recognise_mistakes
from .mistakes import virtual_step as virtual_step_mistakes

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        name="03.virtual_step",
        title="One virtual step",
        minutes=4,
        points=1,
        difficulty=1,
        reference=virtual_step,
        gradients=True,
        fixed=STEPS,
        random=random_step,
        twins=virtual_step_mistakes.TWINS,
        hints=(
            "It is one step of gradient descent, as in any training, but w itself must not change.",
            "You need the derivative of the training loss with respect to its first argument; torch.func.grad makes a "
            "function that gives it.",
            "Take w and subtract xi times that derivative, taken at (w, alpha); return the new tensor.",
        ),
        harder="Add the momentum buffer and the weight decay that `bilevel.VirtualStep` has, and compare with it.",
    ),
    Exercise(
        name="03.direct_term",
        title="The direct term",
        minutes=4,
        points=1,
        difficulty=2,
        reference=direct_term,
        fixed=HYPERGRADIENTS,
        random=curved_losses,
        twins=direct_term_mistakes.TWINS,
        hints=(
            "Make the virtual step first; then only the validation loss plays a part.",
            "w' is a plain tensor of numbers now. Differentiate with respect to the other argument.",
            "torch.func.grad takes argnums=1 for the second argument; with torch.autograd, detach w' before using it.",
        ),
        harder="For which val_loss is the direct term zero whatever xi is, and what does first order then learn?",
    ),
    Exercise(
        name="03.implicit_term",
        title="The implicit term",
        minutes=8,
        points=3,
        difficulty=3,
        reference=implicit_term,
        fixed=HYPERGRADIENTS,
        random=curved_losses,
        twins=implicit_term_mistakes.TWINS,
        hints=(
            "Two factors: v, the slope of the validation loss at w', and the mixed derivative of the training loss at "
            "w. Start with v.",
            "No matrix is needed: multiply the gradient with respect to w by v and add up. That is one number that "
            "depends on alpha.",
            "Write an inner function of alpha that gives this one number while v stays fixed, differentiate it, and "
            "multiply by minus xi.",
        ),
        harder="Write it the other way round: d_alpha L_train as a function of w, and its derivative along v with jvp.",
    ),
    Exercise(
        name="03.fixed_point",
        title="Where the toy comes to rest",
        minutes=5,
        points=2,
        difficulty=2,
        reference=fixed_point,
        fixed=LENGTHS,
        random=random_length,
        twins=fixed_point_mistakes.TWINS,
        hints=(
            "At rest neither a nor w moves: what does it mean for w that its gradient 2 (w - a) is zero?",
            "Put w = a into direct term plus implicit term, equation (03.8), and set the sum to zero.",
            "Where w = a, the virtual step does not move w either, so w' = a too. One equation is left, linear in a.",
        ),
        harder="Add weight decay to the virtual and to the real step of w: where is the resting place now?",
    ),
    Exercise(
        name="03.finite_difference",
        title="The finite difference, corrected",
        minutes=6,
        points=2,
        difficulty=2,
        reference=finite_difference,
        fixed=DIFFERENCES,
        random=random_difference,
        twins=finite_difference_mistakes.TWINS,
        hints=(
            "Walk through the last line of the faulty version with numbers, for example 8 / 2. * 0.1.",
            "The difference belongs to two points that are 2 eps v apart; a slope is a difference over a distance.",
            "Compute eps from radius and the length of v, take both gradients, and put the whole distance into one "
            "pair of brackets.",
        ),
        harder="Let it take dictionaries of tensors with one eps for all of them, and compare with the architect's.",
    ),
    Exercise(
        name="03.recognise",
        title="Which operations are recognised",
        minutes=5,
        points=1,
        difficulty=1,
        reference=recognise,
        fixed=EDGES,
        random=random_edges,
        twins=recognise_mistakes.TWINS,
        hints=(
            "Go through the rows: each edge is judged by itself, by its own two largest mixing weights.",
            "Sort a row to find the two, also where they are equal; keep the row itself, since it knows the columns.",
            "Multiply the second by the number that is given, and compare the first with that; equal is enough.",
        ),
        harder="Demand that the lead has lasted for the last 20 steps: is first order sure and wrong less often?",
    ),
)
