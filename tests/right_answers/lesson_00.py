"""Right answers to the exercises of lesson 00, each written differently."""

import statistics
from fractions import Fraction
from typing import Any

import numpy as np
import torch


def with_a_loop(alpha, operations):
    best, name = -float("inf"), None
    for value, operation in zip(alpha, operations, strict=True):
        if operation != "none" and value > best:
            best, name = value, operation
    return name


def with_a_mask(a, ops):
    return ops[np.where(np.array(ops) == "none", -np.inf, a).argmax()]


def with_a_dictionary(alpha, operations):
    shares = dict(zip(operations, np.exp(alpha) / np.exp(alpha).sum(), strict=True))
    del shares["none"]
    return max(shares, key=shares.get)


def with_an_array_of_names(alpha, operations):
    names = np.array(operations)
    keep = names != "none"
    return names[keep][np.argmax(alpha[keep])]  # a text of numpy


def by_the_statistics_module(a, b):
    error = (statistics.variance(a.tolist()) / len(a) + statistics.variance(b.tolist()) / len(b)) ** 0.5
    return (statistics.mean(a.tolist()) - statistics.mean(b.tolist())) / error


def by_hypot(found, drawn):
    errors = [np.std(runs, ddof=1) / np.sqrt(len(runs)) for runs in (found, drawn)]
    return (np.mean(found) - np.mean(drawn)) / np.hypot(*errors)  # a number of numpy


def in_torch(a, b):
    a, b = torch.tensor(a), torch.tensor(b)  # torch divides by n - 1 of itself
    return (a.mean() - b.mean()) / torch.sqrt(a.var() / len(a) + b.var() / len(b))


def by_hand(a, b):
    def of_mean(runs):
        middle = sum(runs) / len(runs)
        return sum((run - middle) ** 2 for run in runs) / (len(runs) - 1) / len(runs)

    return (sum(a) / len(a) - sum(b) / len(b)) / (of_mean(a) + of_mean(b)) ** 0.5


RIGHT: dict[str, tuple[Any, ...]] = {
    "00.share": (0.125, 1 / 8, Fraction(1, 8), np.float32(0.125), torch.softmax(torch.zeros(8), 0)[0]),
    "00.strongest": (with_a_loop, with_a_mask, with_a_dictionary, with_an_array_of_names),
    "00.in_standard_errors": (by_the_statistics_module, by_hypot, in_torch, by_hand),
}
