"""Known wrong answers to `02.mixed_node`. Shapes: E edges, O operations."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ....items import Twin
from ...properties import matches
from ..answers import Operation, mixed_node, mixed_op
from ..cases import NODES, add_edges, random_node

Operations = Sequence[Operation]


def _edges(inputs: Sequence[Tensor], ops: Sequence[Operations], alpha: Tensor) -> list[Tensor]:
    return [mixed_op(*edge) for edge in zip(inputs, ops, alpha, strict=True)]


def _chain_of_edges(inputs: Sequence[Tensor], ops: Sequence[Operations], alpha: Tensor) -> Tensor:
    state = inputs[0]
    for candidates, row in zip(ops, alpha, strict=True):
        state = mixed_op(state, candidates, row)
    return state


def _add_to_an_input(inputs: Sequence[Tensor], ops: Sequence[Operations], alpha: Tensor) -> Tensor:
    total = inputs[0]
    for e, weights in enumerate(alpha.softmax(1)):
        for weight, op in zip(weights, ops[e], strict=True):
            total += weight * op(inputs[e])
    return total


def _product_of_edges(inputs: Sequence[Tensor], ops: Sequence[Operations], alpha: Tensor) -> Tensor:
    return torch.stack(_edges(inputs, ops, alpha)).prod(0)


def _exactly_two(inputs: Sequence[Tensor], ops: Sequence[Operations], alpha: Tensor) -> Tensor:
    _, _ = inputs
    return mixed_node(inputs, ops, alpha)


TWINS = (
    Twin(
        "over edges instead of operations",
        lambda inputs, ops, alpha: add_edges(inputs, ops, torch.softmax(alpha, 0)),
        "Your edges compete with each other for each operation: which numbers of the table should sum to 1?",
    ),
    Twin(
        "over the whole table",
        lambda inputs, ops, alpha: add_edges(inputs, ops, torch.softmax(alpha.flatten(), 0).view(alpha.shape)),
        "All your weights together sum to 1: should an edge have less weight because the node has more edges?",
    ),
    Twin(
        "softmax left out",
        add_edges,
        "You weight with the raw alpha: what turns a row of it into weights that sum to 1?",
    ),
    Twin(
        "exponentials without their sum",
        lambda inputs, ops, alpha: add_edges(inputs, ops, alpha.exp()),
        "You weight with the exponentials of alpha: what makes those of an edge sum to 1?",
    ),
    Twin(
        "every input on every edge",
        lambda inputs, ops, alpha: sum(mixed_op(x, o, row) for x in inputs for o, row in zip(ops, alpha, strict=True)),
        "Every edge is used with every input: how many terms does the sum of (02.4) have for E edges?",
    ),
    Twin(
        "sigmoid",
        lambda inputs, ops, alpha: add_edges(inputs, ops, alpha.sigmoid()),
        "Each operation gets a weight of its own, as from a sigmoid: do your weights of an edge sum to 1?",
    ),
    Twin(
        "added without weights",
        lambda inputs, ops, alpha: add_edges(inputs, ops, torch.ones_like(alpha)),
        "You add all outputs with weight 1: where does alpha enter?",
        shows=matches(
            NODES,
            random_node,
            lambda inputs, ops, alpha: add_edges(inputs, ops, torch.full_like(alpha, 1 / alpha.shape[1])),
        ),
    ),
    Twin(
        "only the strongest",
        lambda inputs, ops, alpha: sum(ops[e][int(alpha[e].argmax())](x) for e, x in enumerate(inputs)),
        "Each of your edges keeps only its strongest operation: how would the others ever get a gradient?",
    ),
    Twin(
        "mean over edges",
        lambda inputs, ops, alpha: mixed_node(inputs, ops, alpha) / len(inputs),
        "Your result is too small by the number of edges: does a node average them?",
    ),
    Twin(
        "mean over operations",
        lambda inputs, ops, alpha: mixed_node(inputs, ops, alpha) / alpha.shape[1],
        "Your result is too small by the number of operations: do the weights of an edge not sum to 1 already?",
    ),
    Twin(
        "inputs added first",
        lambda inputs, ops, alpha: mixed_node([torch.stack([*inputs]).sum(0)] * len(inputs), ops, alpha),
        "Each of your edges sees the sum of all inputs: which state does an edge read?",
    ),
    Twin(
        "same input for all",
        lambda inputs, ops, alpha: mixed_node([inputs[0]] * len(inputs), ops, alpha),
        "All your edges read the same input: which one belongs to which edge?",
        shows=matches(NODES, random_node, lambda inputs, ops, a: mixed_node([inputs[-1]] * len(inputs), ops, a)),
    ),
    Twin(
        "same row for all",
        lambda inputs, ops, alpha: mixed_node(inputs, ops, alpha[:1].expand_as(alpha)),
        "All your edges use the same row of alpha: which row belongs to which edge?",
        shows=matches(NODES, random_node, lambda inputs, ops, a: mixed_node(inputs, ops, a[-1:].expand_as(a))),
    ),
    Twin(
        "same operations for all",
        lambda inputs, ops, alpha: mixed_node(inputs, [ops[0]] * len(inputs), alpha),
        "All your edges use the operations of one edge: which list belongs to which edge?",
        shows=matches(NODES, random_node, lambda inputs, ops, a: mixed_node(inputs, [ops[-1]] * len(inputs), a)),
    ),
    Twin(
        "first edge only",
        lambda inputs, ops, alpha: mixed_op(inputs[0], ops[0], alpha[0]),
        "You give what the first edge brings: does your `return` stand inside the loop?",
    ),
    Twin(
        "last edge only",
        lambda inputs, ops, alpha: mixed_op(inputs[-1], ops[-1], alpha[-1]),
        "You give what the last edge brings: where is the sum set to 0, or overwritten instead of added to?",
    ),
    Twin(
        "last edge missing",
        lambda inputs, ops, alpha: sum(_edges(inputs[:-1], ops[:-1], alpha[:-1])),
        "The last edge is missing: where does your loop over the edges end?",
    ),
    Twin(
        "first operation skipped",
        lambda inputs, ops, alpha: add_edges(inputs, [row[1:] for row in ops], alpha.softmax(1)[:, 1:]),
        "You leave out the first operation of every edge: is it always one whose output is 0?",
    ),
    Twin(
        "exactly two edges",
        _exactly_two,
        "Right for two edges and for no other number: what if a node has one edge, or three?",
        shows=matches(NODES, random_node, lambda inputs, ops, a: mixed_node(inputs[:2], ops[:2], a[:2])),
    ),
    Twin(
        "not added",
        _edges,
        "You return what each edge brings by itself: what does (02.4) do with them?",
        shows=matches(
            NODES, random_node, lambda inputs, ops, alpha: [edge.sum() for edge in _edges(inputs, ops, alpha)]
        ),
    ),
    Twin(
        "concatenated",
        lambda inputs, ops, alpha: torch.cat(_edges(inputs, ops, alpha), 0),
        "You put the edges one behind the other, and the node grows with their number: does (02.4) concatenate them?",
        shows=matches(NODES, random_node, lambda inputs, ops, alpha: torch.cat(_edges(inputs, ops, alpha), -1)),
    ),
    Twin(
        "product of edges",
        _product_of_edges,
        "You multiply what the edges bring: which sign stands in front of the edges in (02.4)?",
    ),
    Twin(
        "one edge after the other",
        _chain_of_edges,
        "You feed the output of one edge into the next: do the edges of a node stand in a row or side by side?",
    ),
    Twin(
        "adds to an input",
        _add_to_an_input,
        "Your sum begins with an input itself and writes into it: is an input one of the outputs that are added?",
    ),
    Twin(
        "inputs added too",
        lambda inputs, ops, alpha: inputs[0] + mixed_node(inputs, ops, alpha),
        "Your sum has an input in it besides the outputs: with what does it begin?",
        shows=matches(NODES, random_node, lambda inputs, ops, alpha: sum(inputs) + mixed_node(inputs, ops, alpha)),
    ),
)
