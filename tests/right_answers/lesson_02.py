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


def softmax_by_logsumexp(alpha, T):
    return (alpha / T - torch.logsumexp(alpha / T, -1, keepdim=True)).exp()


def mixed_op_with_a_loop(x, ops, alpha):
    weights, total = torch.softmax(alpha, 0), torch.zeros_like(x)
    for k in range(len(ops)):
        total += weights[k] * ops[k](x)
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


RIGHT: dict[str, tuple[Any, ...]] = {
    "02.softmax": (
        softmax_of_torch,
        softmax_in_single_precision,
        softmax_in_numpy,
        softmax_with_lists,
        softmax_by_logsumexp,
    ),
    "02.mixed_op": (
        mixed_op_with_a_loop,
        mixed_op_by_einsum,
        mixed_op_in_numpy,
        mixed_op_in_single_precision,
        mixed_op_divided_at_the_end,
    ),
}
