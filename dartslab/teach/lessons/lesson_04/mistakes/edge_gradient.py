"""Known wrong answers to `04.edge_gradient`. O operations, n pictures."""

from collections.abc import Callable

import torch
from torch import Tensor

from .....problems.planted import GAIN
from ....items import Twin
from ...properties import matches
from ..answers import edge_gradient
from ..cases import ONE_EDGE, random_one_edge

Answer = Callable[[Tensor, Tensor, Tensor, float], Tensor]


def worth(outputs: Tensor, slope: Tensor, gain: float) -> Tensor:
    """dL/dp [O]: g_o = gain * sum over n, H, W of slope * outputs_o."""
    return gain * (slope * outputs).sum((1, 2, 3))


def after(rule: Callable[[Tensor, Tensor], Tensor]) -> Answer:
    """An answer with the right dL/dp, and something else made of p and it."""
    return lambda p, outputs, slope, gain: rule(p, worth(outputs, slope, gain))


def before(rule: Callable[[Tensor, Tensor, float], Tensor]) -> Answer:
    """An answer with another dL/dp, and the right softmax."""

    def answer(p: Tensor, outputs: Tensor, slope: Tensor, gain: float) -> Tensor:
        g = rule(outputs, slope, gain)
        return p * (g - (p * g).sum())

    return answer


def in_place(p: Tensor, outputs: Tensor, slope: Tensor, gain: float) -> Tensor:
    """Wrong: multiplies the outputs themselves."""
    outputs *= slope
    g = gain * outputs.sum((1, 2, 3))
    return p * (g - (p * g).sum())


def gain_for_one_part(p: Tensor, outputs: Tensor, slope: Tensor, gain: float) -> Tensor:
    """Wrong: the mean is not multiplied by the gain."""
    g = worth(outputs, slope, 1.0)
    return p * (gain * g - (p * g).sum())


TWINS = (
    Twin(
        "softmax left out",
        after(lambda p, g: g),
        "You return dL/dp: how do the mixing weights change when an alpha does?",
    ),
    Twin(
        "others left out",
        after(lambda p, g: p * g),
        "Your gradient does not sum to 0: what changes if the same number is added to every alpha?",
    ),
    Twin(
        "diagonal only",
        after(lambda p, g: p * (1 - p) * g),
        "You follow what an alpha does to its own mixing weight: what does it do to the others?",
    ),
    Twin(
        "plain mean",
        after(lambda p, g: p * (g - g.mean())),
        "You compare with the plain mean of g: how large a part does each operation have in the mixture?",
    ),
    Twin(
        "plain sum",
        after(lambda p, g: p * (g - g.sum())),
        "You subtract the plain sum of g: with what is each g multiplied in that sum?",
    ),
    Twin(
        "mean added",
        after(lambda p, g: p * (g + (p * g).sum())),
        "You add the weighted mean: is an operation to be compared with it, or helped by it?",
    ),
    Twin(
        "brackets",
        after(lambda p, g: p * g - (p * g).sum()),
        "Your mean is not multiplied by the operation's own p: what does the factor in front of the brackets multiply?",
    ),
    Twin(
        "not times p",
        after(lambda p, g: g - (p * g).sum()),
        "In your result an operation with a mixing weight near 0 has a gradient: what would its alpha move?",
    ),
    Twin(
        "sign flipped",
        after(lambda p, g: -p * (g - (p * g).sum())),
        "This is the direction of descent: does the minus sign belong to the gradient or to the step?",
    ),
    Twin(
        "one number",
        after(lambda p, g: (p * g).sum()),
        "You return one number: how many alphas does an edge have, and does each need a slope of its own?",
        shows=matches(
            ONE_EDGE,
            random_one_edge,
            after(lambda p, g: (p * g).sum()),
            after(lambda p, g: g.sum()),
            after(lambda p, g: (p * (g - (p * g).sum())).sum()),
        ),
    ),
    Twin(
        "p taken for alpha",
        lambda p, outputs, slope, gain: edge_gradient(torch.softmax(p, 0), outputs, slope, gain),
        "You take a softmax of p: of what is p the softmax already?",
    ),
    Twin(
        "gain left out",
        before(lambda outputs, slope, gain: worth(outputs, slope, 1.0)),
        "Right where the gain is 1 and nowhere else: by what is everything on this edge multiplied?",
    ),
    Twin(
        "divided by gain",
        before(lambda outputs, slope, gain: worth(outputs, slope, 1 / gain)),
        "You divide by the gain: does an edge with a larger gain move the node more, or less?",
    ),
    Twin(
        "gain twice",
        before(lambda outputs, slope, gain: worth(outputs, slope, gain**2)),
        "You multiply by the gain twice: how often does it stand between an output and the node?",
    ),
    Twin(
        "gain taken for w",
        before(lambda outputs, slope, gain: worth(outputs, slope, 1 + GAIN * gain)),
        "You make 1 + GAIN w of the gain once more: what does the number that you are given already hold?",
    ),
    Twin(
        "gain for one part",
        gain_for_one_part,
        "Your mean does not hold the gain: is it a mean of the same g that you compare with it?",
    ),
    Twin(
        "mean over pixels",
        before(lambda outputs, slope, gain: gain * (slope * outputs).mean((1, 2, 3))),
        "You take the mean over pictures and pixels: dL/dnode holds every division of the loss, so what is left to do?",
    ),
    Twin(
        "mean over pictures",
        before(lambda outputs, slope, gain: gain * (slope * outputs).sum((2, 3)).mean(1)),
        "You take the mean over the pictures: dL/dnode holds every division of the loss, so what is left to do?",
    ),
    Twin(
        "first picture only",
        before(lambda outputs, slope, gain: gain * (slope[0] * outputs[:, 0]).sum((1, 2))),
        "Only the first picture counts in your result: over which axes do you add up?",
    ),
    Twin(
        "dL/dnode left out",
        before(lambda outputs, slope, gain: gain * outputs.sum((1, 2, 3))),
        "Your result does not depend on dL/dnode: is a brighter node better or worse, and where?",
    ),
    Twin(
        "sums multiplied",
        before(lambda outputs, slope, gain: gain * slope.sum() * outputs.sum((1, 2, 3))),
        "You add up first and multiply then: does a pixel of the output meet the slope of its own pixel?",
    ),
    Twin(
        "the mixture for every operation",
        lambda p, outputs, slope, gain: torch.zeros_like(p),
        "Your gradient is 0: do you multiply dL/dnode by each candidate's own output, or by the mixture of all?",
        shows=lambda pairs: all(
            isinstance(got, Tensor) and got.shape == wanted.shape and bool((got.abs() < 1e-9).all())
            for wanted, got in pairs
        ),
    ),
    Twin(
        "sizes without signs",
        before(lambda outputs, slope, gain: gain * (slope * outputs).abs().sum((1, 2, 3))),
        "You add up sizes: may a pixel that makes the loss worse not cancel one that makes it better?",
    ),
    Twin(
        "in place",
        in_place,
        "The gradient is right, but you write into the outputs that you were given: which operation does so?",
    ),
)
