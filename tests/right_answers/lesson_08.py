"""Right answers to the exercises of lesson 08, each written differently."""

import math
from typing import Any

import numpy as np
import torch


def weights_with_one_hot(alpha, skip, epoch, epochs):
    helper = torch.nn.functional.one_hot(torch.tensor(skip), alpha.shape[1])
    return torch.exp(alpha) / torch.exp(alpha).sum(1, keepdim=True) + (epochs - epoch) / epochs * helper


def weights_written_into_a_copy(alpha, skip, epoch, epochs):
    weights = torch.softmax(alpha, -1).clone()
    weights[:, skip] += 1.0 - float(epoch) / epochs
    return weights


def weights_row_by_row(alpha, skip, epoch, epochs):
    rows = []
    for row in alpha:
        p = row.softmax(0)
        rows.append(torch.stack([p[o] + (1 - epoch / epochs if o == skip else 0) for o in range(len(p))]))
    return torch.stack(rows)


def weights_in_numpy(alpha, skip, epoch, epochs):
    raised = np.exp(alpha.numpy())
    weights = raised / raised.sum(1, keepdims=True)
    weights[:, skip] += 1 - epoch / epochs
    return weights


def weights_without_history(alpha, skip, epoch, epochs):
    with torch.no_grad():
        return weights_with_one_hot(alpha, skip, epoch, epochs)


def partial_by_view(x, mixed, k):
    b, c, h, w = x.shape
    y = torch.cat((mixed(x[:, : c // k]), x[:, c // k :]), dim=1)
    return y.view(b, k, c // k, h, w).permute(0, 2, 1, 3, 4).reshape(b, c, h, w)


def partial_by_index(x, mixed, k):
    part = x.shape[1] // k
    first, *others = x.split(part, 1)
    y = torch.cat([mixed(first), *others], 1)
    return y[:, [group * part + place for place in range(part) for group in range(k)]]


def partial_by_slices(x, mixed, k):
    part, found = x.size(1) // k, torch.empty_like(x)
    groups = [mixed(x[:, :part])] + [x[:, part * g : part * (g + 1)] for g in range(1, k)]
    for g, group in enumerate(groups):
        found[:, g::k] = group
    return found


def partial_by_torch(x, mixed, k):
    chunks = list(x.chunk(k, 1))
    chunks[0] = mixed(chunks[0])
    return torch.nn.functional.channel_shuffle(torch.cat(chunks, 1), k)


def push_with_autograd(alpha):
    alpha = alpha.clone().requires_grad_()
    (-10 * ((torch.sigmoid(alpha) - 0.5) ** 2).mean()).backward()
    return alpha.grad


def push_with_tanh(alpha):
    t = torch.tanh(alpha / 2)
    return -5 * t * (1 - t**2) / 2 / alpha.numel()


def push_with_loops(alpha):
    count, found = sum(len(row) for row in alpha), []
    for row in alpha.tolist():
        s = [1 / (1 + math.exp(-a)) for a in row]
        found.append([-20 / count * (v - 0.5) * (v - v * v) for v in s])
    return found


def push_in_numpy(alpha):
    s = 1 / (1 + np.exp(-alpha.numpy()))
    return (1 - 2 * s) * 10 / s.size * s * (1 - s)


def penalty_with_logarithm(alpha, progress):
    total = sum(table.exp().sum(1).log().sum() for table in alpha.values())
    return 25 * progress * total / sum(len(table) for table in alpha.values())


def penalty_in_a_loop(alpha, progress):
    edges = [torch.logsumexp(row, 0) for table in alpha.values() for row in table]
    return progress * 50 / 2 * torch.stack(edges).mean()


def penalty_by_vstack(alpha, progress):
    table = torch.vstack(tuple(alpha.values()))
    top = table.max(dim=-1).values
    return (top + (table - top[:, None]).exp().sum(-1).log()).mean() * 25 * progress


def penalty_cut_off(alpha, progress):
    return penalty_with_logarithm(alpha, progress).item()


def removal_by_cost(accuracy, weights, edge, operations):
    whole, costs = accuracy(weights), {}
    for name in operations:
        if name == "none":
            continue
        table = weights.clone()
        table[edge, operations.index(name)] = 0.0
        costs[name] = whole - accuracy(table)
    return max(costs, key=costs.get)


def removal_by_mask(accuracy, weights, edge, operations):
    best, choice = None, None
    for column in range(len(operations)):
        mask = torch.ones_like(weights)
        mask[edge, column] = 0
        left = accuracy(weights * mask)
        if operations[column] != "none" and (best is None or left < best):
            best, choice = left, operations[column]
    return choice


def removal_in_numpy(accuracy, weights, edge, operations):
    left = np.full(len(operations), np.inf)
    for column, name in enumerate(operations):
        table = weights.numpy().copy()
        table[edge, column] = 0
        left[column] = np.inf if name == "none" else accuracy(torch.from_numpy(table))
    return operations[left.argmin()]


def removal_for_none(accuracy, weights, edge, operations):
    """`none` takes the weight over: it brings nothing."""
    none, left = operations.index("none"), []
    for column, name in enumerate(operations):
        table = weights.clone()
        table[edge, none] += table[edge, column]
        table[edge, column] = 0
        if name != "none":
            left.append((accuracy(table), name))
    return min(left)[1]


def sampled_with_autograd(alpha, gumbel, tau, outputs, g):
    alpha = alpha.clone().requires_grad_()
    noisy = alpha + gumbel  # log softmax differs from alpha by a constant
    q = torch.softmax(noisy / tau, 0)
    chosen = int(noisy.argmax())
    weight = 1 + q[chosen] - q[chosen].detach()
    (weight * (outputs[chosen] * g).sum()).backward()
    return alpha.grad


def sampled_by_a_matrix(alpha, gumbel, tau, outputs, g):
    noisy = alpha.log_softmax(0) + gumbel
    p = (noisy / tau).softmax(0)
    jacobian = (p.diag() - p.outer(p)) / tau
    return jacobian[noisy.argmax()] * torch.dot(outputs[noisy.argmax()], g)


def sampled_with_loops(alpha, gumbel, tau, outputs, g):
    noisy = [float(a + n) for a, n in zip(alpha, gumbel, strict=True)]
    i = noisy.index(max(noisy))
    raised = [math.exp((v - max(noisy)) / tau) for v in noisy]
    p = [v / sum(raised) for v in raised]
    signal = sum(float(a) * float(b) for a, b in zip(outputs[i], g, strict=True))
    return [signal * p[i] * ((j == i) - p[j]) / tau for j in range(len(p))]


def mean_with_a_loop(p, estimates):
    total = torch.zeros(len(p), dtype=p.dtype)
    for probability, row in zip(p, estimates, strict=True):
        total += probability * row
    return total


def mean_by_einsum(p, estimates):
    return torch.einsum("i,ij->j", p, estimates)


def mean_in_numpy(p, estimates):
    return np.average(estimates.numpy(), axis=0, weights=p.numpy())


def mean_by_broadcast(p, estimates):
    return (p[:, None] * estimates).sum(0)


def reinmax_by_matrices(alpha, drawn, gradient):
    p = alpha.softmax(0)
    middle = p / 2
    middle[drawn] += 0.5

    def jacobian(q):
        return torch.diag(q) - q[:, None] * q[None, :]

    return (2 * jacobian(middle) - 0.5 * jacobian(p)) @ gradient


def reinmax_with_autograd(alpha, drawn, gradient):
    alpha = alpha.clone().requires_grad_()
    p = torch.softmax(alpha, 0)
    e = torch.eye(len(alpha), dtype=alpha.dtype)[drawn]
    middle = ((p + e) / 2).detach()
    near = torch.softmax(middle.clamp(min=1e-300).log() + alpha - alpha.detach(), 0)  # its softmax is `middle`
    ((2 * near - p / 2) * gradient).sum().backward()
    return alpha.grad


def reinmax_in_numpy(alpha, drawn, gradient):
    a, g = alpha.numpy(), gradient.numpy()
    p = np.exp(a) / np.exp(a).sum()
    q = (p + np.eye(len(a))[drawn]) / 2
    return 2 * q * (g - q @ g) - p * (g - p @ g) / 2


RIGHT: dict[str, tuple[Any, ...]] = {
    "08.auxiliary_skip": (weights_with_one_hot, weights_written_into_a_copy, weights_row_by_row),
    "08.partial": (partial_by_view, partial_by_index, partial_by_slices, partial_by_torch),
    "08.push_apart": (push_with_autograd, push_with_tanh, push_with_loops, push_in_numpy),
    "08.beta_penalty": (penalty_with_logarithm, penalty_in_a_loop, penalty_by_vstack),
    "08.choose_by_removal": (removal_by_cost, removal_by_mask, removal_in_numpy, removal_for_none),
    "08.sampled_gradient": (sampled_with_autograd, sampled_by_a_matrix, sampled_with_loops),
    "08.expectation": (mean_with_a_loop, mean_by_einsum, mean_in_numpy, mean_by_broadcast),
    "08.reinmax": (reinmax_by_matrices, reinmax_with_autograd, reinmax_in_numpy),
}
CUT_OFF: dict[str, tuple[Any, ...]] = {  # the numbers are right, and no gradient flows back
    "08.auxiliary_skip": (weights_in_numpy, weights_without_history),
    "08.beta_penalty": (penalty_cut_off,),
}
