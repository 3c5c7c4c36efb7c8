"""Skips and poolings, entropy and margin: read from mixing weights and the derived cell. Cost: no pass. No torch."""

from collections.abc import Mapping

import numpy as np

from ..derive import entropy, rows_sum_to_one
from ..space import SKIP
from .instrument import Snapshot

POOL = "_pool_3x3"  # how the names of poolings end


def skips(seen: Snapshot) -> dict[str, float]:
    """The fraction of skip connections among the kept edges, {kind: 0..1}. Cost: no pass."""
    return _fraction_kept(seen, SKIP)


def pools(seen: Snapshot) -> dict[str, float]:
    """The fraction of poolings among the kept edges, {kind: 0..1}. Cost: no pass."""
    return _fraction_kept(seen, POOL)


def skip_weight(seen: Snapshot) -> dict[str, float]:
    """The mixing weight of the skip connection, the mean over all edges, {kind: weight}. Cost: no pass."""
    return _mean_weight(seen, SKIP)


def pool_weight(seen: Snapshot) -> dict[str, float]:
    """The mixing weights of an edge's poolings together, the mean over all edges, {kind: weight}. Cost: no pass."""
    return _mean_weight(seen, POOL)


def mean_entropy(seen: Snapshot) -> dict[str, float]:
    """- sum_o p_o log p_o in nats, the mean over the edges, {kind: nats}. Cost: no pass.

    From 0 (decided) to log O (all the same); a kind whose weights do not sum to 1 on every edge has none.
    """
    return {kind: float(entropy(table).mean()) for kind, table in _with_sum_one(seen).items()}


def mean_margin(seen: Snapshot) -> dict[str, float]:
    """The largest minus the second largest weight other than that of `none`, the mean over edges, {kind: weight}.

    Cost: no pass. A kind whose weights do not sum to 1 on every edge has none.
    """
    choices = seen.space.choices
    found = {}
    for kind, table in _with_sum_one(seen).items():
        ordered = np.sort(table[:, choices], axis=1)
        second = ordered[:, -2] if len(choices) > 1 else 0.0
        found[kind] = float((ordered[:, -1] - second).mean())
    return found


def _fraction_kept(seen: Snapshot, ending: str) -> dict[str, float]:
    kept = {kind: [one.operation for one in seen.genotype.cells[kind].connections] for kind in seen.space.kinds}
    return {kind: sum(name.endswith(ending) for name in names) / len(names) for kind, names in kept.items() if names}


def _mean_weight(seen: Snapshot, ending: str) -> dict[str, float]:
    columns = [column for column, name in enumerate(seen.space.operations) if name.endswith(ending)]
    return {kind: float(np.asarray(table)[:, columns].sum(1).mean()) for kind, table in seen.weights.items()}


def _with_sum_one(seen: Snapshot) -> Mapping[str, np.ndarray]:
    tables = {kind: np.asarray(table, dtype=np.float64) for kind, table in seen.weights.items()}
    return {kind: table for kind, table in tables.items() if rows_sum_to_one(table)}
