"""Exercises of lesson 04: supernet and architect."""

import numpy as np
import torch

from ...items import Exercise, Twin
from . import answers

EXERCISES = (
    Exercise(
        name="04.cell_channels",
        title="The channels of every cell",
        minutes=4,
        points=1,
        difficulty=1,
        reference=answers.cell_channels,
        fixed=(lambda: (3, 4), lambda: (4, 1), lambda: (8, 16), lambda: (20, 36)),
        random=lambda rng: (int(rng.integers(2, 22)), int(rng.integers(1, 40))),
        twins=(
            Twin(
                "counted from one",
                lambda layers, channels: answers.double_at(layers, channels, (layers // 3 - 1, 2 * layers // 3 - 1)),
                "Your network reduces one cell too early: is the first cell number 0 or number 1?",
            ),
            Twin(
                "one cell late",
                lambda layers, channels: answers.double_at(layers, channels, (layers // 3 + 1, 2 * layers // 3 + 1)),
                "You double after the reduction cell: how many channels does the reduction cell itself have?",
            ),
            Twin(
                "doubled for one cell only",
                lambda layers, channels: [
                    channels * (1 + (layer in (layers // 3, 2 * layers // 3))) for layer in range(layers)
                ],
                "After a reduction cell you go back to the old number: what does the next cell begin with?",
            ),
            Twin(
                "rounded to the nearest",
                lambda layers, channels: answers.double_at(
                    layers, channels, (round(layers / 3), round(2 * layers / 3))
                ),
                "For 8 cells a reduction comes too late: which way does // round?",
            ),
            Twin(
                "twice the rounded third",
                lambda layers, channels: answers.double_at(layers, channels, (layers // 3, 2 * (layers // 3))),
                "The second reduction is too early where the number of cells is not divisible by 3: when do you round?",
            ),
        ),
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
        fixed=(
            lambda: ({"w": torch.ones(1).double()}, {}, {"w": torch.full((1,), 2.0).double()}, 0.1, 0.9, 0.0),
            lambda: (
                *({"w": torch.full((1,), value).double()} for value in (1.0, 3.0, 2.0)),
                *(0.1, 0.9, 0.5),
            ),
        ),
        random=answers.random_step,
        twins=(
            Twin(
                "momentum left out",
                lambda w, m, g, xi, mu, decay: answers.virtual_step(w, {}, g, xi, mu, decay),
                "Your step does not depend on the buffer: does SGD with momentum forget its speed before every step?",
            ),
            Twin(
                "decay left out",
                lambda w, m, g, xi, mu, decay: answers.virtual_step(w, m, g, xi, mu, 0.0),
                "Your step does not depend on the weight decay: what does it pull every weight towards?",
            ),
            Twin(
                "plain gradient descent",
                lambda w, m, g, xi, mu, decay: answers.virtual_step(w, {}, g, xi, mu, 0.0),
                "This is a plain gradient step: which two things does the optimiser of w add to the gradient?",
            ),
            Twin(
                "decay that pushes outwards",
                lambda w, m, g, xi, mu, decay: answers.virtual_step(w, m, g, xi, mu, -decay),
                "Your weight decay makes large weights larger: which sign does the derivative of the square of w have?",
            ),
            Twin(
                "decay outside of the step size",
                lambda w, m, g, xi, mu, decay: {
                    name: part - decay * w[name] for name, part in answers.virtual_step(w, m, g, xi, mu, 0.0).items()
                },
                "Your weight decay does not shrink with the learning rate: is it part of the direction, or added "
                "separately?",
            ),
            Twin(
                "momentum outside of the step size",
                lambda w, m, g, xi, mu, decay: {
                    name: part - mu * answers.buffer(m, name)
                    for name, part in answers.virtual_step(w, {}, g, xi, mu, decay).items()
                },
                "Your momentum does not shrink with xi: does the buffer hold gradients, or finished steps?",
            ),
            Twin(
                "a running average",
                lambda w, m, g, xi, mu, decay: answers.virtual_step(
                    w, m, {name: (1 - mu) * part for name, part in g.items()}, xi, mu, decay
                ),
                "You make the gradient smaller by 1 - mu, as Adam does: does SGD with momentum do that?",
            ),
            Twin(
                "in place",
                answers.step_in_place,
                "The numbers are right, but the tensors that you were given have changed: should a virtual step "
                "move them?",
            ),
        ),
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
        fixed=(
            lambda: (answers.cubic_gradient, {"w": torch.ones(1).double()}, {"w": torch.full((1,), 2.0).double()}, 0.1),
            lambda: (
                answers.cubic_gradient,
                {"a": torch.tensor([1.0, -0.3]).double(), "b": torch.tensor([0.7]).double()},
                {"a": torch.tensor([3.0, 0.1]).double(), "b": torch.tensor([-0.4]).double()},
                0.2,
            ),
        ),
        random=answers.random_gradient,
        twins=(
            Twin(
                "multiplied by eps",
                answers.times_eps,
                "Your product is nearly 0, and less for a smaller R: in which order does Python evaluate / 2 * eps?",
            ),
            Twin(
                "divided by eps alone",
                answers.half_the_distance,
                "Your product is twice as large as it should be: how far apart are the two points?",
            ),
            Twin(
                "both at the same point",
                lambda gradient, w, v, R: 0 * gradient(w),
                "Your product is 0: do the two gradients differ, and were they taken at two different points?",
            ),
            Twin(
                "the other way round",
                answers.minus_less_plus,
                "Your product has the wrong sign: which of the two gradients is subtracted from which?",
            ),
            Twin(
                "one-sided",
                answers.one_sided,
                "You compare w + eps v with w itself: what do you gain from the other side when R becomes 10 times "
                "smaller?",
            ),
            Twin(
                "eps without the norm",
                answers.norm_left_out,
                "Your points are further apart for a longer v: how do you get eps from R?",
            ),
            Twin(
                "a norm for each tensor",
                answers.a_norm_for_each_tensor,
                "You give each tensor an eps of its own: do the two points still lie on one line through w, along v?",
            ),
            Twin(
                "restored by hand",
                answers.moved_in_place,
                "The product is right, but some bits of w or v have changed: could the points be new tensors?",
            ),
        ),
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
        fixed=(
            lambda: answers.small_net(np.random.default_rng(10), answers.outputs),
            lambda: answers.small_net(np.random.default_rng(11), answers.alpha_gradient),
        ),
        random=lambda rng: answers.small_net(rng, (answers.outputs, answers.alpha_gradient)[int(rng.integers(0, 2))]),
        seeds=6,
        changes_input=True,
        draws=True,
        use=answers.weights_after,
        compare=answers.same_measurement,
        twins=(
            Twin(
                "not put back",
                answers.weights_left_moved,
                "The measurement is right, but the weights stay moved: did you keep a copy, or the same tensor "
                "under another name?",
            ),
            Twin(
                "subtracted again",
                answers.weights_moved_back,
                "Some weights differ from before in their last digits: is (w + d) - d equal to w, after rounding?",
            ),
            Twin(
                "a name instead of a weight",
                lambda net, v, eps, measure: measure(net),
                "The measurement is that of w itself: did the network's weights move, or only a name in your loop?",
            ),
            Twin(
                "v not scaled",
                lambda net, v, eps, measure: answers.measure_at(net, v, 1.0, measure),
                "You measure at w + v: how far along v should you go?",
            ),
            Twin(
                "the other direction",
                lambda net, v, eps, measure: answers.measure_at(net, v, -eps, measure),
                "You measure on the other side of w: which sign does the step have?",
            ),
            Twin(
                "no gradients while measuring",
                answers.without_gradients,
                "The measurement may need gradients itself: what else is inside your no_grad block?",
            ),
        ),
        hints=(
            "Three things in order: keep, move and measure, put back.",
            "To keep numbers you have to copy them; a second name for a tensor moves along with it.",
            "Change parameters in place inside torch.no_grad(), measure outside it, then copy the old numbers in.",
        ),
        harder="Put the weights back even if the measurement raises an exception.",
    ),
)
