"""Known wrong answers to `02.mixed_op`. O operations."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ....items import Twin
from ...properties import matches
from ..answers import Operation, mixed_op
from ..cases import EDGES, random_edge, weigh

Operations = Sequence[Operation]


def _weighted(x: Tensor, ops: Operations, weights: Tensor) -> list[Tensor]:
    return [weight * op(x) for weight, op in zip(weights, ops, strict=True)]


def _zeros_like_x(x: Tensor, ops: Operations, alpha: Tensor) -> Tensor:
    total = torch.zeros_like(x)
    for output in _weighted(x, ops, alpha.softmax(0)):
        total = total + output
    return total


def _chain(x: Tensor, ops: Operations, alpha: Tensor) -> Tensor:
    for weight, op in zip(alpha.softmax(0), ops, strict=True):
        x = weight * op(x)
    return x


def _chain_and_add(x: Tensor, ops: Operations, alpha: Tensor) -> Tensor:
    outputs = []
    for weight, op in zip(alpha.softmax(0), ops, strict=True):
        x = op(x)
        outputs.append(weight * x)
    return sum(outputs[1:], outputs[0])


def _add_to_x(x: Tensor, ops: Operations, alpha: Tensor) -> Tensor:
    for weight, op in zip(alpha.softmax(0), ops, strict=True):
        x += weight * op(x)
    return x


def _add_to_first_output(x: Tensor, ops: Operations, alpha: Tensor) -> Tensor:
    weights = alpha.softmax(0)
    total = ops[0](x)
    total *= weights[0]
    for weight, op in zip(weights[1:], ops[1:], strict=True):
        total += weight * op(x)
    return total


def _one_behind_the_other(x: Tensor, ops: Operations, alpha: Tensor) -> Tensor:
    return torch.cat(_weighted(x, ops, alpha.softmax(0)))


TWINS = (
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
        "added without weights",
        lambda x, ops, alpha: sum(op(x) for op in ops),
        "You add everything with weight 1: where does alpha enter? If it does, over how many numbers does your "
        "softmax run?",
    ),
    Twin(
        "only the strongest",
        lambda x, ops, alpha: ops[int(alpha.argmax())](x),
        "You keep only the strongest operation: how would the others ever get a gradient?",
        shows=matches(EDGES, random_edge, lambda x, ops, a: a.softmax(0).max() * ops[int(a.argmax())](x)),
    ),
    Twin(
        "divided by the number of operations",
        lambda x, ops, alpha: mixed_op(x, ops, alpha) / len(ops),
        "Your weights sum to 1 already, and you still divide by the number of operations: is that average not there "
        "twice?",
    ),
    Twin(
        "exponentials without their sum",
        lambda x, ops, alpha: weigh(x, ops, alpha.exp()),
        "You weight with the exponentials of alpha: what makes them sum to 1?",
    ),
    Twin(
        "no exponential",
        lambda x, ops, alpha: weigh(x, ops, alpha / alpha.sum()),
        "You divide alpha by its sum: what happens to a negative alpha, and which function of alpha is asked for?",
    ),
    Twin(
        "sign of alpha",
        lambda x, ops, alpha: mixed_op(x, ops, -alpha),
        "The operation with the largest alpha gets the smallest weight: is there a minus too many?",
    ),
    Twin(
        "logarithm of the weights",
        lambda x, ops, alpha: weigh(x, ops, alpha.log_softmax(0)),
        "Your weights are negative, the logarithms of the right ones: which function gives the weights themselves?",
    ),
    Twin(
        "product of outputs",
        lambda x, ops, alpha: torch.stack(_weighted(x, ops, alpha.softmax(0))).prod(0),
        "You multiply the weighted outputs with each other: which sign stands between them in (02.3)?",
    ),
    Twin(
        "sigmoid",
        lambda x, ops, alpha: weigh(x, ops, torch.sigmoid(alpha)),
        "Each operation gets a weight of its own, as from a sigmoid: do your weights of an edge sum to 1?",
    ),
    Twin(
        "softmax of the outputs",
        lambda x, ops, alpha: torch.softmax(torch.stack(_weighted(x, ops, alpha)), 0).sum(0),
        "Your softmax runs over the outputs, so its sum is always 1: which numbers are to be turned into weights?",
    ),
    Twin(
        "weights the input",
        lambda x, ops, alpha: sum(op(weight * x) for weight, op in zip(alpha.softmax(0), ops, strict=True)),
        "You weight what goes into each operation: for a square or a ReLU, is that the same as weighting what comes "
        "out?",
    ),
    Twin(
        "one after the other",
        _chain,
        "You feed the output of one operation into the next: which input does every operation of an edge see?",
        shows=matches(EDGES, random_edge, _chain_and_add),
    ),
    Twin(
        "adds to x",
        _add_to_x,
        "You add to x itself: what do the later operations see, and what is left of the caller's x?",
    ),
    Twin(
        "adds to the first output",
        _add_to_first_output,
        "You add in place to the first output: skip_connect returns x itself, so whose numbers do you change?",
    ),
    Twin(
        "x added",
        lambda x, ops, alpha: x + mixed_op(x, ops, alpha),
        "Your sum begins with x: is x one of the operations' outputs, and with which weight?",
    ),
    Twin(
        "zeros of the shape of x",
        _zeros_like_x,
        "Your sum begins with zeros of the shape of x: what is the shape of an output at stride 2?",
    ),
    Twin(
        "first operation skipped",
        lambda x, ops, alpha: weigh(x, ops[1:], alpha.softmax(0)[1:]),
        "You leave out the first operation of the list: is it always one whose output is 0?",
        shows=matches(EDGES, random_edge, lambda x, ops, alpha: mixed_op(x, ops[1:], alpha[1:])),
    ),
    Twin(
        "first operation only",
        lambda x, ops, alpha: alpha.softmax(0)[0] * ops[0](x),
        "You give what the first operation brings: does your `return` stand inside the loop?",
    ),
    Twin(
        "last operation only",
        lambda x, ops, alpha: alpha.softmax(0)[-1] * ops[-1](x),
        "You give what the last operation brings: where is the sum set to 0, or overwritten instead of added to?",
    ),
    Twin(
        "not added",
        lambda x, ops, alpha: _weighted(x, ops, alpha.softmax(0)),
        "You return every weighted output by itself: what does (02.3) do with them?",
        shows=matches(EDGES, random_edge, _one_behind_the_other),
    ),
    Twin(
        "weights in another order",
        lambda x, ops, alpha: weigh(x, ops, alpha.softmax(0).sort(descending=True).values),
        "Your weights stand in another order than the operations: which weight belongs to which operation?",
        shows=matches(EDGES, random_edge, lambda x, ops, alpha: mixed_op(x, ops[::-1], alpha)),
    ),
    Twin(
        "weights along the wrong axis",
        lambda x, ops, alpha: (alpha.softmax(0) * torch.stack([op(x) for op in ops])).sum(0),
        "The weights meet the last axis of the outputs, the pixels: how do you shape them to meet the operations?",
    ),
)
