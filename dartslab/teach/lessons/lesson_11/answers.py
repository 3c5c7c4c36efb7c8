"""Right answers to the exercises of lesson 11: together they are a whole search.

w, alpha and their gradients are dictionaries {name: tensor}; a loss is a function (w, alpha, batch) -> scalar.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from ..lesson_02.answers import Operation, mixed_op
from ..lesson_06.answers import Names, top_k

Tensors = dict[str, Tensor]
Loss = Callable[[Tensors, Tensors, Any], Tensor]  # (w, alpha, batch) -> scalar
Hypergradient = Callable[[Loss, Tensors, Tensors, Any, Any, float], Tensors]
Edges = Sequence[tuple[int, int]]  # (from state, to node)
Half = Callable[[int], Any]  # step -> batch
Optimizer = torch.optim.Optimizer


def cell(
    inputs: Sequence[Tensor], ops: Sequence[Operation], alpha: Tensor, edges: Edges, gains: Tensor
) -> list[Tensor]:
    """The nodes of a cell, in order: each is the sum of the mixed operations of its edges, each times its gain."""
    states = list(inputs)
    for node in range(len(inputs), 1 + max(target for _, target in edges)):
        into = [e for e, (_, target) in enumerate(edges) if target == node]
        terms = [gains[e] * mixed_op(states[edges[e][0]], ops, alpha[e]) for e in into]
        states.append(torch.stack(terms).sum(dim=0))
    return states[len(inputs) :]


def first_order(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
    """The derivative of the validation loss with respect to alpha at the present w, {name: tensor}."""
    alpha = {name: table.detach().requires_grad_() for name, table in alpha.items()}
    slopes = torch.autograd.grad(loss(w, alpha, val), list(alpha.values()))
    return dict(zip(alpha, slopes, strict=True))


def exact(loss: Loss, w: Tensors, alpha: Tensors, train: Any, val: Any, xi: float) -> Tensors:
    """The derivative of the validation loss at w' with respect to alpha, on which w' depends too."""
    w, alpha = ({name: t.detach().requires_grad_() for name, t in part.items()} for part in (w, alpha))
    slopes = torch.autograd.grad(loss(w, alpha, train), list(w.values()), create_graph=True)
    w_prime = {name: w[name] - xi * slope for name, slope in zip(w, slopes, strict=True)}  # knows alpha
    return dict(zip(alpha, torch.autograd.grad(loss(w_prime, alpha, val), list(alpha.values())), strict=True))


def search_step(
    loss: Loss,
    w: Tensors,
    alpha: Tensors,
    train: Any,
    val: Any,
    hypergradient: Hypergradient,
    adam: Optimizer,
    sgd: Optimizer,
) -> None:
    """One step of a search, in place: Adam moves alpha by the hypergradient, then SGD moves w."""
    xi = sgd.param_groups[0]["lr"]
    for name, slope in hypergradient(loss, w, alpha, train, val, xi).items():
        alpha[name].grad = slope
    adam.step()
    sgd.zero_grad()
    loss(w, alpha, train).backward()  # at the new alpha
    sgd.step()


def whole_search(
    loss: Loss,
    w: Tensors,
    alpha: Tensors,
    train: Half,
    val: Half,
    hypergradient: Hypergradient,
    adam: Optimizer,
    sgd: Optimizer,
    steps: int,
) -> list[Tensors]:
    """Copies of alpha: before the first step, and after each; train(step) and val(step) give its batches."""
    rows = [{name: table.detach().clone() for name, table in alpha.items()}]
    for step in range(steps):
        search_step(loss, w, alpha, train(step), val(step), hypergradient, adam, sgd)
        rows.append({name: table.detach().clone() for name, table in alpha.items()})
    return rows


def read_off(alpha: Tensor, operations: Names, edges: Edges, k: int) -> list[tuple[int, int, str]]:
    """The k strongest edges into each node as (from state, to node, operation); row e of alpha [E, O] is edges[e]."""
    found = []
    for node in sorted({target for _, target in edges}):
        rows = [e for e, (_, target) in enumerate(edges) if target == node]
        found += [(edges[rows[r]][0], node, name) for r, name in top_k(alpha[rows], operations, k)]
    return found
