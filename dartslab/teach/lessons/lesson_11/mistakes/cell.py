"""Known wrong answers to `11.cell`."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import cell

Mix = Callable[[Tensor, Any, Tensor], Tensor]


def outputs(x: Tensor, ops: Any) -> Tensor:
    """What every operation gives, [O, ...]."""
    return torch.stack([op(x) for op in ops])


def with_weights(weigh: Callable[[Tensor], Tensor]) -> Callable[..., list[Tensor]]:
    """The right cell, but with other mixing weights, made of the whole table alpha [E, O]."""

    def answer(inputs: Any, ops: Any, alpha: Tensor, edges: Any, gains: Tensor) -> list[Tensor]:
        weights, states = weigh(alpha), list(inputs)
        for node in range(len(inputs), 1 + max(target for _, target in edges)):
            into = [e for e, (_, target) in enumerate(edges) if target == node]
            terms = [gains[e] * torch.einsum("o,on->n", weights[e], outputs(states[edges[e][0]], ops)) for e in into]
            states.append(torch.stack(terms).sum(0))
        return states[len(inputs) :]

    return answer


def mixed(row: Tensor, x: Tensor, ops: Any) -> Tensor:
    """The mixed operation of one edge."""
    return torch.einsum("o,on->n", torch.softmax(row, 0), outputs(x, ops))


def with_terms(
    term: Callable[[int, int, Tensor, Any, Tensor, Tensor], Tensor],
    join: Callable[[Tensor], Tensor] = lambda t: t.sum(0),
) -> Callable[..., list[Tensor]]:
    """A cell in which edge e, the r-th into its node, adds another term."""

    def answer(inputs: Any, ops: Any, alpha: Tensor, edges: Any, gains: Tensor) -> list[Tensor]:
        states = list(inputs)
        for node in range(len(inputs), 1 + max(target for _, target in edges)):
            into = [e for e, (_, target) in enumerate(edges) if target == node]
            terms = [term(e, r, states[edges[e][0]], ops, alpha, gains) for r, e in enumerate(into)]
            states.append(join(torch.stack(terms)))
        return states[len(inputs) :]

    return answer


def going_on(inputs: Any, ops: Any, alpha: Tensor, edges: Any, gains: Tensor) -> Iterator[Tensor]:
    """The sum of a node is not begun anew."""
    states, total = list(inputs), torch.zeros_like(inputs[0])
    for node in range(len(inputs), 1 + max(target for _, target in edges)):
        into = [e for e, (_, target) in enumerate(edges) if target == node]
        total = total + torch.stack([gains[e] * mixed(alpha[e], states[edges[e][0]], ops) for e in into]).sum(0)
        states.append(total)
        yield total


def inputs_only(inputs: Any, ops: Any, alpha: Tensor, edges: Any, gains: Tensor) -> list[Tensor]:
    """Edges that leave a node are left out."""
    kept = [e for e, (source, _) in enumerate(edges) if source < len(inputs)]
    return cell(inputs, ops, alpha[kept], [edges[e] for e in kept], gains[kept])


def by_source(inputs: Any, ops: Any, alpha: Tensor, edges: Any, gains: Tensor) -> list[Tensor]:
    """Row and gain belong to the state where an edge begins."""
    sources = [source for source, _ in edges]
    return cell(inputs, ops, alpha[sources], edges, gains[sources])


def counted_from_0(inputs: Any, ops: Any, alpha: Tensor, edges: Any, gains: Tensor) -> list[Any]:
    """No edge leads into the first of the nodes, which are counted without the inputs."""
    nodes: list[Any] = []
    for node in range(len({target for _, target in edges})):
        into = [e for e, (_, target) in enumerate(edges) if target == node]
        nodes.append(sum(gains[e] * mixed(alpha[e], [*inputs, *nodes][edges[e][0]], ops) for e in into))
    return nodes


TWINS = (
    Twin(
        "all states",
        lambda inputs, *others: [*inputs, *cell(inputs, *others)],
        "You give all states: which of them were there before, and which did the cell make?",
    ),
    Twin(
        "the last node only",
        lambda *arguments: cell(*arguments)[-1],
        "You give the last node alone: what becomes of the nodes before it?",
    ),
    Twin(
        "the first node only",
        lambda *arguments: cell(*arguments)[:1],
        "You give the first node alone: is `return` inside the loop?",
    ),
    Twin(
        "side by side",
        lambda *arguments: torch.cat(cell(*arguments)),
        "You put all nodes into one tensor: which list is asked for?",
    ),
    Twin(
        "gains left out",
        lambda inputs, ops, alpha, edges, gains: cell(inputs, ops, alpha, edges, torch.ones_like(gains)),
        "Your cell does not depend on the gains: what does an edge do with its own?",
    ),
    Twin(
        "gains before the operations",
        with_terms(lambda e, r, x, ops, alpha, gains: mixed(alpha[e], gains[e] * x, ops)),
        "You multiply what goes into the operations by the gain: what does the text multiply?",
    ),
    Twin(
        "softmax of alpha times gain",
        with_terms(lambda e, r, x, ops, alpha, gains: mixed(gains[e] * alpha[e], x, ops)),
        "Your gain sits inside the softmax, where it acts as a temperature: what is it to multiply?",
    ),
    Twin(
        "softmax left out",
        with_weights(lambda alpha: alpha),
        "You mix with alpha itself: do the weights of an edge sum to 1?",
    ),
    Twin(
        "softmax over the edges",
        with_weights(lambda alpha: torch.softmax(alpha, 0)),
        "In your cell the edges compete for an operation: which numbers of alpha should sum to 1?",
    ),
    Twin(
        "softmax over the whole table",
        with_weights(lambda alpha: torch.softmax(alpha.flatten(), 0).view_as(alpha)),
        "All your mixing weights together sum to 1: which ones should?",
    ),
    Twin(
        "the strongest operation only",
        with_weights(lambda alpha: torch.nn.functional.one_hot(alpha.argmax(1), alpha.shape[1]).to(alpha)),
        "You keep one operation on each edge: what does a search need the others for?",
    ),
    Twin(
        "one row for all edges",
        with_weights(lambda alpha: alpha[:1].softmax(1).expand_as(alpha)),
        "All your edges use row 0 of alpha: which row belongs to an edge?",
    ),
    Twin(
        "rows counted anew at each node",
        with_terms(lambda e, r, x, ops, alpha, gains: gains[e] * mixed(alpha[r], x, ops)),
        "At each node you begin again with row 0 of alpha: which row belongs to the third edge?",
    ),
    Twin(
        "gains counted anew at each node",
        with_terms(lambda e, r, x, ops, alpha, gains: gains[r] * mixed(alpha[e], x, ops)),
        "At each node you begin again with the first gain: which one belongs to the third edge?",
    ),
    Twin(
        "rows and gains counted anew at each node",
        with_terms(lambda e, r, x, ops, alpha, gains: gains[r] * mixed(alpha[r], x, ops)),
        "At each node you begin again with row 0 and the first gain: how many edges came before the second node?",
    ),
    Twin(
        "the last edge only",
        with_terms(lambda e, r, x, ops, alpha, gains: gains[e] * mixed(alpha[e], x, ops), join=lambda terms: terms[-1]),
        "Of the edges into a node one is left: do you add them up, or overwrite what was there?",
    ),
    Twin(
        "sum that goes on",
        lambda *given: list(going_on(*given)),
        "A node still holds what its predecessors added up: where does its sum begin?",
    ),
    Twin(
        "mean of the edges",
        with_terms(
            lambda e, r, x, ops, alpha, gains: gains[e] * mixed(alpha[e], x, ops), join=lambda terms: terms.mean(0)
        ),
        "Your nodes are the mean of their edges: what does a node do with them?",
    ),
    Twin(
        "product of the edges",
        with_terms(
            lambda e, r, x, ops, alpha, gains: gains[e] * mixed(alpha[e], x, ops), join=lambda terms: terms.prod(0)
        ),
        "Your nodes multiply their edges: what does a node do with them?",
    ),
    Twin(
        "gain added",
        with_terms(lambda e, r, x, ops, alpha, gains: gains[e] + mixed(alpha[e], x, ops)),
        "You add the gain: what does (11.1) do with it?",
    ),
    Twin(
        "row and gain of the state",
        by_source,
        "Your row and gain are those of the state where an edge begins: to what does row e belong?",
    ),
    Twin(
        "row of the state",
        lambda inputs, ops, alpha, edges, gains: cell(inputs, ops, alpha[[s for s, _ in edges]], edges, gains),
        "Your row of alpha is chosen by the state where an edge begins: to what does row e belong?",
    ),
    Twin(
        "gain of the state",
        lambda inputs, ops, alpha, edges, gains: cell(inputs, ops, alpha, edges, gains[[s for s, _ in edges]]),
        "Your gain is chosen by the state where an edge begins: to what does gain e belong?",
    ),
    Twin(
        "nodes counted from 0",
        counted_from_0,
        "No edge leads into your first node: what number has the first node, if the inputs are states 0 and 1?",
        shows=lambda pairs: all(isinstance(got, list) and not torch.as_tensor(got[0]).any() for _, got in pairs),
    ),
    Twin(
        "edges between nodes left out",
        inputs_only,
        "Your nodes read the inputs alone: what does the edge from node 2 to node 3 bring?",
    ),
)
