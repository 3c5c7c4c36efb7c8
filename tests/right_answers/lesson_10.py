"""Right answers to the exercises of lesson 10, each written differently."""

import math
import statistics
from typing import Any

import numpy as np
import torch


def forecast_by_counting(pictures, batch_size, epochs, t_step, t_look):
    left, batches = pictures // 2, 0
    while left > 0:
        left -= batch_size
        batches += 1
    return (epochs * batches * t_step + epochs * batches * t_look) / 60 / 60


def forecast_without_ceil(n, b, e, step, look):
    batches = -(-(n // 2) // b)
    return e * batches * (step + look) / 3600


def forecast_by_range(n, b, e, step, look):
    steps = sum(1 for _ in range(e) for _ in range(0, n // 2, b))
    return torch.tensor((steps * step + steps * look) / 3600, dtype=torch.float64)


def forecast_with_math(n, b, e, step, look):
    steps = e * math.ceil(n / 2 / b)
    return steps * step / 3600 + steps * look / 3600


def result_by_statistics(choice, tests):
    chosen = max(range(len(choice)), key=lambda s: choice[s])
    return chosen, statistics.mean(tests[chosen].tolist()), statistics.stdev(tests[chosen].tolist())


def result_in_torch(choice, tests):
    chosen = int(torch.tensor(choice.copy()).argmax())
    row = torch.tensor(tests.copy())[chosen]
    return chosen, row.mean().item(), row.std().item()


def result_by_hand(choice, tests):
    best = list(choice).index(max(choice))
    row = tests[best]
    mean = sum(row) / len(row)
    return [best, mean, (sum((x - mean) ** 2 for x in row) / (len(row) - 1)) ** 0.5]


def result_with_r_below(choice, tests):
    row = tests[np.argmax(choice)]
    return np.argmax(choice), np.mean(row), np.std(row)


def same_size_with_a_loop(found, parameters, accuracies, within):
    kept = []
    for count, accuracy in zip(parameters, accuracies, strict=True):
        if abs(int(count) - found) / found <= within:
            kept.append(float(accuracy))
    return sum(kept) / len(kept) if kept else None


def same_size_by_a_range(found, parameters, accuracies, within):
    mask = (parameters >= found * (1 - within)) & (parameters <= found * (1 + within))
    if not mask.any():
        return None
    return np.mean(accuracies[mask])


def same_size_by_where(found, parameters, accuracies, within):
    (rows,) = np.where(abs(parameters / found - 1) <= within)
    if len(rows):
        return accuracies[rows].mean()


RIGHT: dict[str, tuple[Any, ...]] = {
    "10.forecast": (forecast_by_counting, forecast_without_ceil, forecast_by_range, forecast_with_math),
    "10.result": (result_by_statistics, result_in_torch, result_by_hand, result_with_r_below),
    "10.same_size": (same_size_with_a_loop, same_size_by_a_range, same_size_by_where),
}
