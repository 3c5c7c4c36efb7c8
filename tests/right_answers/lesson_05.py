"""Right answers to the exercises of lesson 05, each written differently."""

from typing import Any

import numpy as np
import torch


def with_a_loop(steps, genotypes):
    last = steps[0]
    for k in range(1, len(steps)):
        if genotypes[k] != genotypes[k - 1]:
            last = steps[k]
    return last  # a number of numpy


def backwards(steps, genotypes):
    k = len(steps) - 1
    while k > 0 and genotypes[k] == genotypes[-1]:
        k -= 1
    return int(steps[0]) if genotypes[k] == genotypes[-1] else int(steps[k + 1])


def with_a_comprehension(s, g):
    return max([int(s[0])] + [int(step) for step, a, b in zip(s[1:], g, g[1:], strict=False) if a != b])


def with_torch(steps, genotypes):
    g = torch.as_tensor(genotypes)
    changed = torch.cat([torch.tensor([True]), g[1:] != g[:-1]])
    return torch.as_tensor(steps)[changed][-1]  # a tensor without dimensions


def as_a_float(steps, genotypes):
    rows = np.where(genotypes[1:] != genotypes[:-1])[0]
    return float(steps[rows.max() + 1]) if rows.size else float(steps[0])


def margin_with_torch(alpha, operations):
    p = torch.softmax(torch.tensor(alpha), 0)
    keep = torch.tensor([k for k, name in enumerate(operations) if name != "none"])
    first, second = p[keep].topk(2).values
    return first - second  # a tensor without dimensions


def margin_with_a_mask(a, ops):
    p = np.exp(a) / np.exp(a).sum()
    p = np.sort(p[np.array(ops) != "none"])
    return p[-1] - p[-2]


def margin_by_removal(alpha, operations):
    shares = dict(zip(operations, np.exp(alpha) / sum(np.exp(alpha)), strict=True))
    del shares["none"]
    best = shares.pop(max(shares, key=shares.get))
    return best - max(shares.values())


def split_with_masks(labels):
    first = np.zeros(len(labels), dtype=bool)
    for label in set(labels.tolist()):
        first[np.flatnonzero(labels == label)[::2]] = True
    return np.flatnonzero(first), np.flatnonzero(~first)


def split_with_torch(labels):
    order = torch.argsort(torch.tensor(labels), stable=True)
    return order[::2], order[1::2]  # every class has an even number of pictures


def split_shuffled_within_classes(labels):
    halves = [], []
    for label in np.unique(labels):
        members = np.random.permutation(np.flatnonzero(labels == label)).tolist()
        halves[0].extend(members[: len(members) // 2])
        halves[1].extend(members[len(members) // 2 :])
    return list(halves)  # lists of numbers


def split_by_counting(labels):
    seen, halves = {}, {0: [], 1: []}
    for k, label in enumerate(labels):
        halves[seen.setdefault(label, 0) % 2].append(k)
        seen[label] += 1
    return halves[1], halves[0]


def split_in_sets(labels):
    return tuple(set(half.tolist()) for half in split_with_masks(labels))


def alternation_with_backward(w, alpha, loss, train, val, step, rate):
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    loss(w, alpha, val(step)).backward()
    with torch.no_grad():
        alpha -= rate * alpha.grad
    w.grad = None
    loss(w, alpha, train(step)).backward()
    with torch.no_grad():
        w -= rate * w.grad
    return w, alpha  # both still ask for gradients


def alternation_with_optimizers(w, alpha, loss, train, val, step, rate):
    w, alpha = torch.nn.Parameter(w.clone()), torch.nn.Parameter(alpha.clone())
    for parameter, half in ((alpha, val), (w, train)):
        optimizer = torch.optim.SGD([parameter], rate)
        optimizer.zero_grad()
        loss(w, alpha, half(step)).backward()
        optimizer.step()
    return [w, alpha]


def alternation_with_functions(w, a, L, train, val, k, r):
    a = a - r * torch.func.grad(L, argnums=1)(w, a, val(k))
    return w - r * torch.func.grad(L)(w, a, train(k)), a


RIGHT: dict[str, tuple[Any, ...]] = {
    "05.margin": (margin_with_torch, margin_with_a_mask, margin_by_removal),
    "05.step_order": ("BDCA", "b, d, c, a", "B D C A", "b -> d -> c -> a"),
    "05.split": (split_with_masks, split_with_torch, split_shuffled_within_classes, split_by_counting, split_in_sets),
    "05.alternation": (alternation_with_backward, alternation_with_optimizers, alternation_with_functions),
    "05.last_change": (with_a_loop, backwards, with_a_comprehension, with_torch, as_a_float),
}
