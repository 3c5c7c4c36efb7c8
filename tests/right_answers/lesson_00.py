"""Right answers to the exercises of lesson 00, each written differently."""

from typing import Any

import numpy as np


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


RIGHT: dict[str, tuple[Any, ...]] = {
    "00.strongest": (with_a_loop, with_a_mask, with_a_dictionary, with_an_array_of_names)
}
