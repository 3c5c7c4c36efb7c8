"""Mixing weights on plain arrays, for records and pictures: the softmax of `relaxation`, and its entropy. No torch."""

from typing import Any

import numpy as np


def softmax(alpha: Any, temperature: float = 1.0, mask: Any = None) -> np.ndarray:
    """The continuous relaxation: exp(alpha / T) / sum_o exp(alpha_o / T)   (Liu et al. 2019, DARTS, eq. 2).

    Args:
        alpha: [..., O].
        temperature: T > 0.
        mask: bool [..., O], False where an operation is switched off; each row keeps at least one.
    Returns:
        float64 [..., O], rows sum to 1.
    """
    scaled = np.asarray(alpha, dtype=np.float64) / temperature
    if mask is not None:
        scaled = np.where(mask, scaled, -np.inf)
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def entropy(weights: Any) -> np.ndarray:
    """- sum_o p_o log p_o in nats, weights [..., O] -> [...]: 0 for one operation, log O where all are the same."""
    table = np.asarray(weights, dtype=np.float64)
    return np.maximum(0.0 - (table * np.log(np.where(table > 0, table, 1.0))).sum(axis=-1), 0.0)
