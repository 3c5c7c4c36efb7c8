"""Known wrong answers to `08.sampled_gradient`. Shapes: O operations, N numbers in the output of an edge."""

from collections.abc import Callable

import torch
from torch import Tensor

from ....items import Twin
from ..answers import sampled_gradient

Answer = Callable[[Tensor, Tensor, float, Tensor, Tensor], Tensor]


def noisy(alpha: Tensor, gumbel: Tensor) -> Tensor:
    """What the draw looks at."""
    return alpha.log_softmax(0) + gumbel


def jacobian(p: Tensor) -> Tensor:
    """diag(p) - p p^T."""
    return torch.diag(p) - torch.outer(p, p)


def with_parts(
    p_of: Callable[[Tensor, Tensor, float], Tensor] = lambda a, gumbel, tau: (noisy(a, gumbel) / tau).softmax(0),
    chosen_of: Callable[[Tensor, Tensor], Tensor] = lambda alpha, gumbel: noisy(alpha, gumbel).argmax(),
    scale: Callable[[float], float] = lambda tau: 1 / tau,
    row: Callable[[Tensor, Tensor], Tensor] = lambda p, chosen: jacobian(p)[chosen],
    signal: Callable[[Tensor, Tensor], Tensor] = lambda output, g: (output * g).sum(),
) -> Answer:
    """An answer of which one part is another."""

    def answer(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
        p, chosen = p_of(alpha, gumbel, tau), chosen_of(alpha, gumbel)
        return signal(outputs[chosen], g) * row(p, chosen) * scale(tau)

    return answer


def full_straight_through(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
    """Every operation gives a gradient, as if all were computed."""
    return jacobian((noisy(alpha, gumbel) / tau).softmax(0)) @ (outputs @ g) / tau


def bare_numbers(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
    """The weights of the others are added as numbers, to every entry of the output (D-X-Y/AutoDL-Projects#36)."""
    signals, chosen = g.sum().expand(len(alpha)).clone(), noisy(alpha, gumbel).argmax()
    signals[chosen] = outputs[chosen] @ g
    return jacobian((noisy(alpha, gumbel) / tau).softmax(0)) @ signals / tau


def no_noise(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
    """DARTS: no draw at all."""
    return jacobian(alpha.softmax(0)) @ (outputs @ g)


def others_only(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
    """The straight-through gradient without the operation that was drawn."""
    whole = full_straight_through(alpha, gumbel, tau, outputs, g)
    return whole - sampled_gradient(alpha, gumbel, tau, outputs, g)


def chosen_entry_only(p: Tensor, chosen: Tensor) -> Tensor:
    """p (1 - p) at the chosen operation, 0 elsewhere."""
    row = torch.zeros_like(p)
    row[chosen] = p[chosen] * (1 - p[chosen])
    return row


def one_hot(p: Tensor, chosen: Tensor) -> Tensor:
    """1 at the chosen operation."""
    return torch.nn.functional.one_hot(chosen, len(p)).to(p)


def in_place(alpha: Tensor, gumbel: Tensor, tau: float, outputs: Tensor, g: Tensor) -> Tensor:
    """Wrong: the noise is written into the caller's alpha."""
    alpha += gumbel
    return sampled_gradient(alpha, torch.zeros_like(alpha), tau, outputs, g)


TWINS = (
    Twin(
        "all operations",
        full_straight_through,
        "Every operation gives a gradient in yours: how many of them does GDAS compute in a step?",
    ),
    Twin(
        "weights of the others as bare numbers",
        bare_numbers,
        "The weights of the operations that were not drawn are added as numbers in yours: what do they multiply?",
    ),
    Twin(
        "all but the one that was drawn",
        others_only,
        "All operations but the drawn one give a gradient in yours: which one was computed?",
    ),
    Twin(
        "no noise at all",
        no_noise,
        "Your gradient is that of DARTS, without any draw: what are gumbel and tau for?",
    ),
    Twin(
        "tau forgotten behind the row",
        with_parts(scale=lambda tau: 1),
        "Your row is right and has the wrong size: what does the chain rule leave of the division by tau?",
    ),
    Twin(
        "times tau",
        with_parts(scale=lambda tau: tau),
        "You multiply by tau at the end: what does the chain rule leave of a division?",
    ),
    Twin(
        "no tau in p",
        with_parts(p_of=lambda alpha, gumbel, tau: noisy(alpha, gumbel).softmax(0)),
        "Your p does not know tau: what is divided by it before the softmax?",
    ),
    Twin(
        "no tau at all",
        with_parts(p_of=lambda alpha, gumbel, tau: noisy(alpha, gumbel).softmax(0), scale=lambda tau: 1),
        "You do not use tau: where does it make the draw softer or harder?",
    ),
    Twin(
        "times tau in p",
        with_parts(p_of=lambda alpha, gumbel, tau: (noisy(alpha, gumbel) * tau).softmax(0)),
        "You multiply by tau before the softmax: should a large tau make p more even or less?",
    ),
    Twin(
        "p without noise",
        with_parts(p_of=lambda alpha, gumbel, tau: (alpha / tau).softmax(0)),
        "Your p is that of alpha alone: what was added before the largest was taken?",
    ),
    Twin(
        "p without noise and tau",
        with_parts(p_of=lambda alpha, gumbel, tau: alpha.softmax(0)),
        "Your p is the softmax of alpha: what was added to it, and what divides the sum?",
    ),
    Twin(
        "gumbel not divided by tau",
        with_parts(p_of=lambda alpha, gumbel, tau: (alpha.log_softmax(0) / tau + gumbel).softmax(0)),
        "You add the noise after the division by tau: what exactly is divided?",
    ),
    Twin(
        "noise subtracted",
        with_parts(
            p_of=lambda alpha, gumbel, tau: (noisy(alpha, -gumbel) / tau).softmax(0),
            chosen_of=lambda alpha, gumbel: noisy(alpha, -gumbel).argmax(),
        ),
        "You subtract the noise: which sign does it have?",
    ),
    Twin(
        "the largest alpha drawn",
        with_parts(chosen_of=lambda alpha, gumbel: alpha.argmax()),
        "You always draw the largest alpha: what decides a draw besides alpha?",
    ),
    Twin(
        "the largest noise drawn",
        with_parts(chosen_of=lambda alpha, gumbel: gumbel.argmax()),
        "You draw where the noise is largest: what else decides a draw?",
    ),
    Twin(
        "the smallest drawn",
        with_parts(chosen_of=lambda alpha, gumbel: noisy(alpha, gumbel).argmin()),
        "You draw the smallest: which end of the noisy numbers is taken?",
    ),
    Twin(
        "the first operation",
        with_parts(chosen_of=lambda alpha, gumbel: torch.tensor(0)),
        "You always compute the first operation: which one was drawn?",
    ),
    Twin(
        "the row of the largest alpha",
        lambda alpha, gumbel, tau, outputs, g: (
            (outputs[noisy(alpha, gumbel).argmax()] @ g)
            * jacobian((noisy(alpha, gumbel) / tau).softmax(0))[alpha.argmax()]
            / tau
        ),
        "You use the output of the drawn operation with the row of another: to which weight does that output belong?",
    ),
    Twin(
        "the chosen alpha only",
        with_parts(row=chosen_entry_only),
        "Only one alpha gets a gradient in yours: what becomes of the drawn weight when another alpha rises?",
    ),
    Twin(
        "the derivative of log p",
        with_parts(row=lambda p, chosen: one_hot(p, chosen) - p),
        "Your row is that of log p: which factor turns the derivative of a logarithm into that of p?",
    ),
    Twin(
        "p instead of a row",
        with_parts(row=lambda p, chosen: p),
        "You use p where a row of the derivative belongs: how does p of one operation change with each alpha?",
    ),
    Twin(
        "the part of the diagonal",
        with_parts(row=lambda p, chosen: one_hot(p, chosen) * p),
        "You use diag(p) alone: what is subtracted from it?",
    ),
    Twin(
        "plus instead of minus",
        with_parts(row=lambda p, chosen: one_hot(p, chosen) * p + p[chosen] * p),
        "You add p pᵀ: does one weight of a softmax rise when another alpha does?",
    ),
    Twin(
        "the other sign",
        with_parts(scale=lambda tau: -1 / tau),
        "Your gradient has the other sign: what is asked for, the gradient or the step against it?",
    ),
    Twin(
        "p squared forgotten",
        with_parts(row=lambda p, chosen: one_hot(p, chosen) * p - p**2),
        "You subtract p² everywhere: which two numbers are multiplied in row i and column j of p pᵀ?",
    ),
    Twin(
        "a hard p",
        with_parts(row=lambda p, chosen: jacobian(one_hot(p, chosen))[chosen]),
        "Your gradient is 0 everywhere: of which numbers is the derivative taken, of the draw or of p?",
    ),
    Twin(
        "mean over the output",
        with_parts(signal=lambda output, g: (output * g).mean()),
        "You average over the output of the edge: what does the chain rule do with its entries?",
    ),
    Twin(
        "output alone",
        with_parts(signal=lambda output, g: output.sum()),
        "You do not use g: how much does the loss care for each entry of the output?",
    ),
    Twin(
        "g alone",
        with_parts(signal=lambda output, g: g.sum()),
        "You do not use the output of the operation: what does its weight multiply?",
    ),
    Twin(
        "noise written into alpha",
        in_place,
        "You write the noise into alpha: what will the next draw start from?",
    ),
)
