"""Right answers to the exercises of lesson 09, each written differently."""

from itertools import combinations, product
from math import comb, sqrt
from statistics import fmean, stdev, variance
from typing import Any

import numpy as np
import torch


def best_over_all_draws(losses, n):
    return fmean(min(drawn) for drawn in combinations(losses, n))


def best_by_differences(losses, n):
    found, count = sorted(losses), len(losses)
    still = [comb(count - k, n) / comb(count, n) for k in range(count)]  # none of the k best is drawn
    return found[0] + sum(p * (b - a) for p, a, b in zip(still[1:], found[:-1], found[1:], strict=True))


def best_in_numpy(losses, n):
    rising = np.sort(losses)
    weights = np.array([comb(len(losses) - k, n - 1) for k in range(1, len(losses) + 1)])
    return np.dot(rising, weights) / weights.sum()


def best_in_torch(losses, n):
    return torch.combinations(torch.tensor(losses, dtype=torch.float64), n).min(1).values.mean()


def tau_with_pairs(first, second):
    pairs = list(combinations(zip(first, second, strict=True), 2))
    same = sum((a - c) * (b - d) > 0 for (a, b), (c, d) in pairs)
    opposite = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)
    one = sum(a != c for (a, _), (c, _) in pairs)
    two = sum(b != d for (_, b), (_, d) in pairs)
    return (same - opposite) / sqrt(one) / sqrt(two)


def tau_by_correlation_of_signs(first, second):
    x, y = (np.sign(np.subtract.outer(values, values)).ravel() for values in (first, second))
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y))


def tau_in_torch(first, second):
    x, y = (torch.tensor(values, dtype=torch.float64) for values in (first, second))
    x, y = torch.sign(x[:, None] - x), torch.sign(y[:, None] - y)
    return (x * y).sum() / torch.sqrt((x**2).sum() * (y**2).sum())


def tau_from_the_library(first, second):
    from dartslab.truth.estimates import kendall_tau

    return kendall_tau(np.array(first), np.array(second))


def shrink_with_loops(values):
    rows = [[float(value) for value in row] for row in values]
    means = [fmean(row) for row in rows]
    within = fmean(variance(row) for row in rows)
    between = variance(means) - within / len(rows[0])
    if between < 0:
        between = 0.0
    grand = fmean(means)
    return [grand + between * (mean - grand) / (between + within / len(rows[0])) for mean in means]


def shrink_by_ratio(values):
    mean = values.mean(1)
    noise = np.var(values, 1, ddof=1).mean() / values.shape[1]
    keep = np.clip(1 - noise / np.var(mean, ddof=1), 0, None)  # between + noise is the variance of the means
    if keep == 0:
        return np.full(len(values), values.mean())
    return keep * mean + (1 - keep) * values.mean()


def shrink_in_torch(values):
    values = torch.as_tensor(values)
    noise = values.var(1).mean() / values.shape[1]
    between = (values.mean(1).var() - noise).clamp(min=0)
    return values.mean() + between / (between + noise) * (values.mean(1) - values.mean())


def search_with_loops(validation, test, drawn):
    return [float(test[min(row, key=lambda cell: validation[cell])]) for row in drawn]


def search_in_numpy(validation, test, drawn):
    order = np.argsort(validation[drawn], axis=1)[:, :1]
    return np.take_along_axis(test[drawn], order, 1)[:, 0]


def search_in_torch(validation, test, drawn):
    places = torch.as_tensor(validation[drawn]).argmin(1, keepdim=True)
    return torch.as_tensor(test[drawn]).gather(1, places).squeeze(1)


def unseen_by_shares(whole, seen, count, used):
    share = used / count
    return (whole - share * seen) / (1 - share)


def unseen_by_moving_away(whole, seen, count, used):
    return whole + (whole - seen) * used / (count - used)


def unseen_by_an_equation(whole, seen, count, used):
    return np.linalg.solve([[count - used]], [whole * count - seen * used])[0]


def interval_with_statistics(first, second, t):
    differences = [a - b for a, b in zip(first, second, strict=True)]
    half = t * stdev(differences) / len(differences) ** 0.5
    return fmean(differences) - half, fmean(differences) + half


def interval_in_numpy(first, second, t):
    d = np.subtract(first, second)
    return np.mean(d) + np.array([-1, 1]) * t * np.std(d, ddof=1) / np.sqrt(d.size)


def interval_in_torch(first, second, t):
    d = torch.tensor(first, dtype=torch.float64) - torch.tensor(second, dtype=torch.float64)
    return [d.mean() - t * d.std() / len(d) ** 0.5, d.mean() + t * d.std() / len(d) ** 0.5]


def interval_by_all_pairs(first, second, t):
    d = [a - b for a, b in zip(first, second, strict=True)]
    squares = sum((a - b) ** 2 for a, b in product(d, d)) / (2 * len(d) * (len(d) - 1))
    return tuple(fmean(d) + side * t * sqrt(squares / len(d)) for side in (-1, 1))


def verdict_by_product(interval):
    if interval is None:
        return "one search has no interval"
    low, high = interval
    if low * high <= 0:
        return "cannot be told apart"
    return "better" if low < 0 else "worse"


def verdict_by_names(interval):
    if not interval:
        return "one search has no interval"
    if max(interval) < 0:
        return "better"
    if min(interval) > 0:
        return "worse"
    return "cannot be told apart"


def verdict_by_signs(interval):
    if interval is None:
        return "one search has no interval"
    signs = set(np.sign(interval))
    return {-1.0: "better", 1.0: "worse"}.get(signs.pop() if len(signs) == 1 else 0.0, "cannot be told apart")


RIGHT: dict[str, tuple[Any, ...]] = {
    "09.best_of": (best_over_all_draws, best_by_differences, best_in_numpy, best_in_torch),
    "09.kendall_tau": (tau_with_pairs, tau_by_correlation_of_signs, tau_in_torch, tau_from_the_library),
    "09.shrink": (shrink_with_loops, shrink_by_ratio, shrink_in_torch),
    "09.random_search": (search_with_loops, search_in_numpy, search_in_torch),
    "09.unseen": (unseen_by_shares, unseen_by_moving_away, unseen_by_an_equation),
    "09.paired_interval": (
        interval_with_statistics,
        interval_in_numpy,
        interval_in_torch,
        interval_by_all_pairs,
    ),
    "09.verdict": (verdict_by_product, verdict_by_names, verdict_by_signs),
}
