"""Right answers to the exercises of lesson 02, each written differently."""

import math
from typing import Any

import numpy as np
import torch


def softmax_of_torch(alpha, T):
    return torch.softmax(alpha / T, dim=-1)


def softmax_in_single_precision(alpha, T):
    return (alpha.float() / T).softmax(-1)


def softmax_in_numpy(a, temperature):
    a = a.numpy() / temperature
    raised = np.exp(a - a.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def softmax_with_lists(alpha, T):
    def row(numbers):
        raised = [math.exp((n - max(numbers)) / T) for n in numbers]
        return [n / sum(raised) for n in raised]

    return row(alpha.tolist()) if alpha.ndim == 1 else tuple(row(numbers) for numbers in alpha.tolist())


def softmax_row_by_row(alpha, T):
    def row(numbers):
        raised = [((n - max(numbers)) / T).exp() for n in numbers]
        return torch.stack([n / sum(raised) for n in raised])

    return row(alpha) if alpha.ndim == 1 else torch.stack([row(numbers) for numbers in alpha])


def softmax_of_differences(alpha, T):
    return 1 / ((alpha[..., None, :] - alpha[..., :, None]) / T).exp().sum(-1)


def softmax_by_logsumexp(alpha, T):
    return (alpha / T - torch.logsumexp(alpha / T, -1, keepdim=True)).exp()


def mixed_op_with_a_loop(x, ops, alpha):
    weights, total = torch.softmax(alpha, 0), 0
    for k in range(len(ops)):
        total = total + weights[k] * ops[k](x)
    return total


def mixed_op_by_einsum(x, candidates, a):
    outputs = torch.stack([op(x) for op in candidates])
    return torch.einsum("o,o...->...", a.softmax(0), outputs)


def mixed_op_in_numpy(x, ops, alpha):
    raised = np.exp(alpha.numpy())
    return sum(share * op(x.numpy()) for share, op in zip(raised / raised.sum(), ops, strict=True))


def mixed_op_in_single_precision(x, ops, alpha):
    x, alpha = x.float(), alpha.float().requires_grad_()
    return sum(w * op(x) for w, op in zip(torch.softmax(alpha, 0), ops, strict=True))


def mixed_op_divided_at_the_end(x, ops, alpha):
    raised = alpha.exp()
    return sum(r * op(x) for r, op in zip(raised, ops, strict=True)) / raised.sum()


def entropy_of_torch(weights):
    return torch.special.entr(weights).sum(-1)


def entropy_with_a_little_added(p):
    return -(p * (p + 1e-8).log()).sum(dim=-1)


def entropy_with_more_added(p):
    return -(p * (p + 1e-6).log()).sum(dim=-1)


def entropy_of_clamped_weights(p):
    return -(p * p.clamp(min=1e-12).log()).sum(dim=-1)


def entropy_by_xlogy(p):
    return -torch.xlogy(p, p).sum(-1)


def entropy_in_numpy(weights):
    p = weights.numpy()
    return -np.sum(p * np.log(p, out=np.zeros_like(p), where=p > 0), axis=-1)


def entropy_with_lists(weights):
    if weights.ndim > 1:
        return [entropy_with_lists(row) for row in weights]
    return sum(-p * math.log(p) for p in weights.tolist() if p > 0)


def entropy_in_single_precision(weights):
    return torch.special.entr(weights.float()).sum(-1)


def node_with_loops(inputs, ops, alpha):
    total = torch.zeros_like(inputs[0])
    for e in range(len(inputs)):
        weights = alpha[e].softmax(0)
        for o in range(len(ops[e])):
            total = total + weights[o] * ops[e][o](inputs[e])
    return total


def node_by_einsum(states, candidates, alpha):
    outputs = torch.stack([torch.stack([op(x) for op in row]) for x, row in zip(states, candidates, strict=True)])
    return torch.einsum("eo,eo...->...", torch.softmax(alpha, dim=1), outputs)


def node_that_adds_edge_by_edge(inputs, ops, alpha):
    total = None
    for x, own, row in zip(inputs, ops, alpha, strict=True):
        edge = torch.stack([p * op(x) for p, op in zip(row.softmax(0), own, strict=True)]).sum(0)
        total = edge if total is None else total + edge
    return total


def node_with_one_softmax(inputs, ops, alpha):
    shares = alpha.softmax(1).flatten()
    outputs = [op(x) for x, own in zip(inputs, ops, strict=True) for op in own]
    return torch.stack([share * output for share, output in zip(shares, outputs, strict=True)]).sum(0)


def node_in_numpy(inputs, ops, alpha):
    raised = np.exp(alpha.numpy())
    p = raised / raised.sum(axis=1, keepdims=True)
    return sum(p[e, o] * op(inputs[e].numpy()) for e in range(len(ops)) for o, op in enumerate(ops[e]))


def gradient_by_autograd(alpha, T, g):
    a = alpha.clone().requires_grad_()
    ((a / T).softmax(0) * g).sum().backward()
    return a.grad


def gradient_by_the_jacobian(alpha, T, g):
    p = torch.softmax(alpha / T, 0)
    return (torch.diag(p) - torch.outer(p, p)) @ g / T


def gradient_with_loops(alpha, T, g):
    p = torch.softmax(alpha / T, 0).tolist()
    entries = range(len(p))
    return [sum(g[k].item() * p[k] * ((k == o) - p[o]) / T for k in entries) for o in entries]


def gradient_in_numpy(alpha, T, g):
    raised = np.exp((alpha - alpha.max()).numpy() / T)
    p = raised / raised.sum()
    return p / T * (g.numpy() - p @ g.numpy())


RIGHT: dict[str, tuple[Any, ...]] = {
    "02.softmax": (
        softmax_of_torch,
        softmax_in_single_precision,
        softmax_row_by_row,
        softmax_by_logsumexp,
        softmax_of_differences,
    ),
    "02.mixed_op": (
        mixed_op_with_a_loop,
        mixed_op_by_einsum,
        mixed_op_in_single_precision,
        mixed_op_divided_at_the_end,
    ),
    "02.entropy": (
        entropy_of_torch,
        entropy_with_a_little_added,
        entropy_with_more_added,
        entropy_of_clamped_weights,
        entropy_by_xlogy,
        entropy_in_numpy,
        entropy_with_lists,
        entropy_in_single_precision,
    ),
    "02.mixed_node": (node_with_loops, node_by_einsum, node_that_adds_edge_by_edge, node_with_one_softmax),
    "02.softmax_gradient": (
        gradient_by_autograd,
        gradient_by_the_jacobian,
        gradient_with_loops,
        gradient_in_numpy,
    ),
}
CUT_OFF: dict[str, tuple[Any, ...]] = {  # the numbers are right, and no gradient flows back
    "02.softmax": (
        softmax_in_numpy,
        softmax_with_lists,
        lambda alpha, T: torch.softmax(alpha.detach() / T, -1),
        torch.no_grad()(softmax_of_torch),
    ),
    "02.mixed_op": (mixed_op_in_numpy, torch.no_grad()(mixed_op_with_a_loop)),
    "02.mixed_node": (node_in_numpy, torch.no_grad()(node_with_loops)),
}
