"""What a supernet loses on the way from its mixture to a discrete cell, in stages. Plain arrays; no torch.

Two ways lead from the mixture to one operation on each edge. *Sharpen*: the temperature of the softmax falls. *Drop*:
operations are switched off one by one, the weakest first. Both end with *derived*: what is kept, with weight 1, and
nothing else, in the supernet with its weights as they are.
"""

from collections.abc import Mapping

import numpy as np

from ..derive import kept_entries, softmax, top_k
from ..genotype import Genotype
from ..space import NONE, SearchSpace
from .instrument import Subject

Tables = dict[str, np.ndarray]
TEMPERATURES = np.geomspace(1.0, 0.01, 9)  # times that of the search
MOST_DROPS = 16  # stages that are measured on the way of dropping


def mixture(alpha: Mapping[str, np.ndarray], temperature: float, kept: Mapping[str, np.ndarray]) -> Tables:
    """Mixing weights {kind: [E, O]} of alpha {kind: [E, O]} over the entries that are kept (bool [E, O])."""
    return {kind: softmax(table, temperature, kept[kind]) for kind, table in alpha.items()}


def drop_order(
    space: SearchSpace,
    alpha: Mapping[str, np.ndarray],
    temperature: float,
    mask: Mapping[str, np.ndarray] | None = None,
) -> list[Tables]:
    """Masks {kind: bool [E, O]}, each with one operation less: always the smallest weight that is left anywhere.

    The weights that are left on an edge are normalised again. An edge keeps at least one operation other than `none`.
    The first mask is `mask` {kind: bool [E, O]}, everything where it names no kind.
    """
    choice = np.array([name != NONE for name in space.operations])
    given = mask or {}
    kept = {kind: given.get(kind, np.ones(np.shape(table), dtype=bool)) for kind, table in alpha.items()}
    masks = [kept]
    while True:
        weights = mixture(alpha, temperature, kept)
        best: tuple[float, str, int, int] | None = None
        for kind, table in weights.items():
            last = kept[kind] & choice & ((kept[kind] & choice).sum(axis=1, keepdims=True) == 1)
            free = np.where(kept[kind] & ~last, table, np.inf)
            row, column = divmod(int(free.argmin()), free.shape[1])
            if np.isfinite(free[row, column]) and (best is None or free[row, column] < best[0]):
                best = (float(free[row, column]), kind, row, column)
        if best is None:
            return masks
        kept = {kind: mask.copy() for kind, mask in kept.items()}
        kept[best[1]][best[2], best[3]] = False
        masks.append(kept)


def discretization_steps(
    space: SearchSpace,
    alpha: Mapping[str, np.ndarray],
    temperature: float,
    mask: Mapping[str, np.ndarray] | None = None,
    genotype: Genotype | None = None,
) -> dict[str, list[tuple[str, Tables]]]:
    """Both ways, {path: stages}.

    Args:
        space: of the search.
        alpha: {kind: [E, O]}.
        temperature: of the search.
        mask: {kind: bool [E, O]}, False where the search has switched an operation off.
        genotype: what the search derives, the last stage; what `top_k` keeps where None. (A search computes its mixing
            weights in float32. Nearly equal weights may be ordered otherwise than these of float64.)
    """
    masks = drop_order(space, alpha, temperature, mask)
    everything = masks[0]
    begun = mixture(alpha, temperature, everything)
    end = ("derived", derived_weights(space, genotype or top_k(space, begun)))
    sharpened = [
        (f"T = {factor * temperature:.3g}", mixture(alpha, factor * temperature, everything)) for factor in TEMPERATURES
    ]
    chosen = np.unique(np.linspace(0, len(masks) - 1, min(MOST_DROPS, len(masks))).round().astype(int))
    dropped = [(f"{n} dropped", mixture(alpha, temperature, masks[n])) for n in chosen]
    return {"sharpen": [*sharpened, end], "drop": [*dropped, end]}


def strongest_operations(space: SearchSpace, weights: Mapping[str, np.ndarray]) -> Tables:
    """Weight 1 for the strongest operation of every edge other than `none`, 0 for the others; {kind: [E, O]}."""
    choice = np.array([name != NONE for name in space.operations])
    columns = np.arange(len(space.operations))
    return {
        kind: (np.where(choice, table, -np.inf).argmax(axis=1)[:, None] == columns).astype(np.float64)
        for kind, table in weights.items()
    }


def derived_weights(space: SearchSpace, genotype: Genotype) -> Tables:
    """Weight 1 for what a genotype keeps, 0 for all else; {kind: [E, O]}."""
    return {kind: kept_entries(space, genotype.cells[kind]).astype(np.float64) for kind in space.kinds}


def gap_in_stages(subject: Subject) -> dict[str, float]:
    """The accuracy lost in two stages: one operation is kept on each edge, then only the derived edges.

    Cost: 3 forward passes of 256 pictures. The weights w stay as they are, so most of the loss is regained where the
    derived cell is trained from scratch. `discretization_steps` has finer stages.

    Returns:
        {"operations": accuracy of the mixture minus that with one operation on each edge, "edges": that minus the
        accuracy of the derived cell}, 0..1; the sum is the whole gap.
    """
    stages = (
        subject.weights,
        strongest_operations(subject.space, subject.weights),
        derived_weights(subject.space, subject.genotype),
    )
    mixed, chosen, derived = (subject.evaluate(weights)[1] for weights in stages)
    return {"operations": mixed - chosen, "edges": chosen - derived}
