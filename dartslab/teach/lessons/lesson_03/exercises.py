"""Exercises of lesson 03: one virtual step and the two terms of its hypergradient."""

import torch
from torch.func import grad

from ...items import Exercise, Twin
from .answers import direct_term, finite_difference, fixed_point, implicit_term, virtual_step
from .cases import (
    curved_losses,
    difference_times_eps,
    difference_without_norm,
    mixed_product,
    number,
    one_sided_difference,
    random_difference,
    random_step,
    toy_d_alpha,
    toy_train,
    toy_val,
    val_gradient,
    whole_hypergradient,
)

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        name="03.virtual_step",
        title="One virtual step",
        minutes=4,
        points=1,
        difficulty=1,
        reference=virtual_step,
        gradients=True,
        fixed=(
            lambda: (toy_train, number(-2.0), number(2.0), 0.25),
            lambda: (toy_train, number(0.5), number(-1.0), 1.0),
        ),
        random=random_step,
        twins=(
            Twin(
                "w does not move",
                lambda train_loss, w, alpha, xi: w.clone(),
                "Your w' is w itself: was the step computed and then lost, for example in a name that is never "
                "returned?",
            ),
            Twin(
                "xi left out",
                lambda train_loss, w, alpha, xi: w - grad(train_loss)(w, alpha),
                "Your step has the same length for every xi: how far should the weights go along the gradient?",
            ),
            Twin(
                "uphill",
                lambda train_loss, w, alpha, xi: w + xi * grad(train_loss)(w, alpha),
                "Your step makes the training loss larger: which way does gradient descent go?",
            ),
            Twin(
                "only the change",
                lambda train_loss, w, alpha, xi: -xi * grad(train_loss)(w, alpha),
                "You return the change of the weights: where do they arrive if they start at w?",
            ),
            Twin(
                "derivative with respect to alpha",
                lambda train_loss, w, alpha, xi: w - xi * grad(train_loss, argnums=1)(w, alpha),
                "You differentiate with respect to alpha: what moves in the lower problem?",
            ),
        ),
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
        fixed=(lambda: (toy_val, toy_train, number(-2.0), number(2.0), 0.25),),
        random=curved_losses,
        twins=(
            Twin(
                "at w (first order)",
                lambda val_loss, train_loss, w, alpha, xi: grad(val_loss, argnums=1)(w, alpha),
                "Your number does not depend on xi, so it is the first-order one: at which weights is the "
                "validation loss evaluated after the virtual step?",
            ),
            Twin(
                "through w'",
                whole_hypergradient,
                "You give the derivative through w' as well, both terms at once: what is left if w' is held fixed?",
            ),
            Twin(
                "of the training loss",
                lambda val_loss, train_loss, w, alpha, xi: grad(train_loss, argnums=1)(
                    virtual_step(train_loss, w, alpha, xi), alpha
                ),
                "You differentiate the training loss: which loss is alpha meant to lower?",
            ),
            Twin(
                "with respect to w'",
                lambda val_loss, train_loss, w, alpha, xi: val_gradient(
                    val_loss, virtual_step(train_loss, w, alpha, xi), alpha
                ),
                "You differentiate with respect to the weights, and that gives v: which variable moves in the "
                "direct term?",
            ),
        ),
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
        fixed=(lambda: (toy_val, toy_train, number(-2.0), number(2.0), 0.25),),
        random=curved_losses,
        twins=(
            Twin(
                "dropped",
                lambda val_loss, train_loss, w, alpha, xi: torch.zeros_like(alpha),
                "You give zero, as if w' did not answer to alpha: is the gradient in the virtual step the same for "
                "every alpha?",
            ),
            Twin(
                "sign flipped",
                lambda *given: -implicit_term(*given),
                "The size is right, the sign is not: with which sign does the gradient enter the virtual step?",
            ),
            Twin(
                "xi missing",
                lambda val_loss, train_loss, w, alpha, xi: (
                    -mixed_product(
                        train_loss, w, alpha, val_gradient(val_loss, virtual_step(train_loss, w, alpha, xi), alpha)
                    )
                ),
                "Your term does not shrink with the step: if xi is 0, does w' answer to alpha at all?",
            ),
            Twin(
                "v at w",
                lambda val_loss, train_loss, w, alpha, xi: (
                    -xi * mixed_product(train_loss, w, alpha, val_gradient(val_loss, w, alpha))
                ),
                "Nearly right: you take v at w. At which weights is the validation loss evaluated?",
            ),
            Twin(
                "v of the training loss",
                lambda val_loss, train_loss, w, alpha, xi: (
                    -xi
                    * mixed_product(
                        train_loss, w, alpha, val_gradient(train_loss, virtual_step(train_loss, w, alpha, xi), alpha)
                    )
                ),
                "Your v is the slope of the training loss: of which loss do we want the change when w' moves?",
            ),
            Twin(
                "mixed derivative at w'",
                lambda val_loss, train_loss, w, alpha, xi: (
                    -xi
                    * mixed_product(
                        train_loss,
                        virtual_step(train_loss, w, alpha, xi),
                        alpha,
                        val_gradient(val_loss, virtual_step(train_loss, w, alpha, xi), alpha),
                    )
                ),
                "Nearly right: you take the mixed derivative at w'. At which weights was the gradient of the "
                "virtual step taken?",
            ),
            Twin(
                "both terms",
                whole_hypergradient,
                "That is the whole hypergradient, direct term included: subtract what is there when w' is held fixed.",
            ),
        ),
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
        fixed=(lambda: (0.25,), lambda: (0.0,), lambda: (0.5,), lambda: (1.0,)),
        random=lambda rng: (float(rng.uniform(0.05, 1.5)),),
        twins=(
            Twin(
                "first order",
                lambda xi: 2.0,
                "You give 2 for every xi, the resting place of first order: where is the implicit term?",
            ),
            Twin(
                "the true optimum",
                lambda xi: 1.0,
                "You give the true optimum for every xi. Look at the view again: does one step always find it?",
            ),
            Twin(
                "sign flipped",
                lambda xi: 2 / (1 - 2 * xi) if xi != 0.5 else float("inf"),
                "Your point goes to infinity as xi approaches 0.5: which sign does the implicit term of this "
                "problem have?",
            ),
            Twin(
                "xi missing",
                lambda xi: 2 / 3,
                "Your point is the same for every xi: where is the size of the step in the implicit term?",
            ),
            Twin(
                "implicit term doubled",
                lambda xi: 2 / (1 + 4 * xi),
                "Right at xi = 0, too small elsewhere: collect the factors of a and of w again, did you count a "
                "term twice?",
            ),
            Twin(
                "mixed derivative halved",
                lambda xi: 2 / (1 + xi),
                "Right at xi = 0 only: how large is the mixed derivative of this training loss?",
            ),
        ),
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
        fixed=(lambda: (toy_d_alpha, number(-2.0), number(2.0), number(2.0), 0.5, 0.01),),
        random=random_difference,
        twins=(
            Twin(
                "/ 2. * eps",
                difference_times_eps,
                "Your term is too small by a factor of eps squared: in which order does Python evaluate a / b * c?",
            ),
            Twin(
                "/ eps",
                lambda *given: 2 * finite_difference(*given),
                "Your term is twice as large as it should be: how far apart are the two points?",
            ),
            Twin(
                "both gradients at the same w",
                lambda d, w, alpha, v, xi, radius: torch.zeros_like(alpha),
                "You give zero: are your two gradients taken at two different weights, or twice at the same ones?",
            ),
            Twin(
                "xi missing",
                lambda d, w, alpha, v, xi, radius: finite_difference(d, w, alpha, v, 1.0, radius),
                "That is minus the product alone: how long was the virtual step?",
            ),
            Twin(
                "sign flipped",
                lambda *given: -finite_difference(*given),
                "The size is right, the sign is not: look at the implicit term again, it begins with a sign.",
            ),
            Twin(
                "one side only",
                one_sided_difference,
                "You compare one side with the middle: that is exact for a straight line, but is it for a curve?",
            ),
            Twin(
                "norm left out",
                difference_without_norm,
                "You move by `radius` times v to either side: how far is that if v is long, and which distance "
                "should the radius be?",
            ),
        ),
        hints=(
            "Walk through the last line of the faulty version with numbers, for example 8 / 2. * 0.1.",
            "The difference belongs to two points that are 2 eps v apart; a slope is a difference over a distance.",
            "Compute eps from radius and the length of v, take both gradients, and put the whole distance into one "
            "pair of brackets.",
        ),
        harder="Let it take dictionaries of tensors with one eps for all of them, and compare with the architect's.",
    ),
)
