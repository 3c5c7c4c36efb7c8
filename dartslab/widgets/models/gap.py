"""What a supernet loses on the way from its mixture to a discrete cell: stages, and their accuracy. Plain columns out.

Two ways lead from the mixture to one operation on each edge. *Sharpen*: the temperature of the softmax falls. *Drop*:
operations are switched off one by one, the weakest first. Both end with *derived*: what `top_k` keeps, with weight 1,
and nothing else, in the supernet with its weights as they are.
"""

import math
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ...base.messages import require
from ...derive import entropy, softmax
from ...draw.words import tables
from ...genotype import Genotype
from ...space import NONE, SearchSpace

if TYPE_CHECKING:
    from ...run.search_state import SearchState

Tables = dict[str, np.ndarray]
TEMPERATURES = np.geomspace(1.0, 0.01, 9)  # times that of the search
MOST_DROPS = 16  # stages that are measured on the way of dropping
FORMAT, VERSION = "dartslab-gap", 1
PATHS = ("sharpen", "drop")


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

    What remains on an edge shares its weight anew. An edge keeps at least one operation other than `none`. The first
    mask is `mask` {kind: bool [E, O]}, everything where it names no kind.
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
            weights in float32. Nearly equal ones may be derived in another order than from these, of float64.)
    """
    masks = drop_order(space, alpha, temperature, mask)
    everything = masks[0]
    begun = mixture(alpha, temperature, everything)
    end = ("derived", {kind: kept.astype(np.float64) for kind, (_, kept) in tables(space, begun, genotype).items()})
    sharpened = [
        (f"T = {factor * temperature:.3g}", mixture(alpha, factor * temperature, everything)) for factor in TEMPERATURES
    ]
    chosen = np.unique(np.linspace(0, len(masks) - 1, min(MOST_DROPS, len(masks))).round().astype(int))
    dropped = [(f"{n} dropped", mixture(alpha, temperature, masks[n])) for n in chosen]
    return {"sharpen": [*sharpened, end], "drop": [*dropped, end]}


def gap_columns(state: "SearchState", pictures: int = 256, derived_accuracy: float | None = None) -> dict[str, Any]:
    """Accuracy and loss of the supernet at every stage of both ways, on pictures that alpha learned from.

    The state is left as it was.

    Args:
        state: a search, trained for some steps.
        pictures: how many of its validation half.
        derived_accuracy: of the derived cell trained from scratch, 0 to 1, if it is known.
    Returns:
        JSON-able columns, see `check_columns`.
    Raises:
        UserError: no picture, or an accuracy outside 0 to 1.
    """
    import torch

    from ...data.batches import plain_batches
    from ...run.console import track
    from ...run.steps import evaluate

    require(
        isinstance(pictures, int) and pictures >= 1,
        f"pictures is {pictures!r}; at least 1 is needed to measure an accuracy, 256 is usual.",
    )
    require(
        derived_accuracy is None or (isinstance(derived_accuracy, Real) and 0 <= derived_accuracy <= 1),
        f"derived_accuracy is {derived_accuracy!r}; a fraction from 0 to 1 is needed. Divide percentages by 100.",
    )
    space, part = state.config.space, state.val.part
    count = min(pictures, len(part.labels))
    chosen = part.pick(torch.arange(count, device=part.labels.device))
    alpha = {kind: table.detach().cpu().double().numpy() for kind, table in state.arch.alpha.items()}
    mask = {kind: table.cpu().numpy() for kind, table in state.arch.mask.items()}

    def measure(name: str, weights: Tables) -> dict[str, Any]:
        mixing = {
            kind: torch.tensor(table, dtype=torch.float32, device=state.device) for kind, table in weights.items()
        }
        batches = plain_batches(chosen, state.val.normalize, state.config.batch_size, state.val.least)
        loss, accuracy = evaluate(lambda x: state.net(x, mixing), batches)
        return {
            "name": name,
            "accuracy": accuracy,
            "loss": loss,
            "entropy": float(np.mean([entropy(table) for table in weights.values()])),
            "left": int(sum((table > 0).sum() for table in weights.values())),
            "weights": {kind: table.round(4).tolist() for kind, table in weights.items()},
        }

    paths = discretization_steps(space, alpha, state.config.temperature, mask, state.genotype())
    stages = track([(path, *stage) for path, found in paths.items() for stage in found], "measuring every stage")
    measured = [(path, measure(name, weights)) for path, name, weights in stages]
    return {
        "format": FORMAT,
        "version": VERSION,
        "space": {
            "nodes": space.nodes,
            "operations": list(space.operations),
            "kinds": list(space.kinds),
            "tied": space.tied,
        },
        "step": state.step,
        "pictures": count,
        "derived_accuracy": derived_accuracy,
        "paths": {path: [stage for way, stage in measured if way == path] for path in paths},
    }


def check_columns(columns: Any) -> dict[str, Any]:
    """Columns of `gap_columns`, checked: format, version, a space and both paths with their stages.

    Raises:
        UserError: anything else.
    """
    advice = "pass a SearchState, or what gap_columns(state) gave."
    require(isinstance(columns, Mapping), f"a {type(columns).__name__} has no gap to show; {advice}")
    require(
        columns.get("format") == FORMAT,
        f"these are not the columns of a gap (format {columns.get('format')!r}); {advice}",
    )
    require(
        columns.get("version") == VERSION,
        f"the columns are of version {columns.get('version')!r}, this dartslab reads {VERSION}; {advice}",
    )
    try:
        whole = _is_complete(columns)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        whole = False
    require(whole, f"the columns of the gap are damaged, stages are missing or hold no finite numbers; {advice}")
    return dict(columns)


def _is_complete(columns: Mapping[str, Any]) -> bool:
    """Whether the columns are complete; may raise where a value has another form."""
    space = SearchSpace(**columns["space"])
    known = columns["derived_accuracy"]
    numbers = [columns["pictures"], 0 if known is None else known]
    for path in PATHS:
        for stage in columns["paths"][path]:
            numbers += [stage[name] for name in ("accuracy", "loss", "entropy", "left")]
            if not isinstance(stage["name"], str) or set(tables(space, stage["weights"])) != set(space.kinds):
                return False
    numeric = all(isinstance(number, int | float) and math.isfinite(number) for number in numbers)
    return numeric and all(len(columns["paths"][path]) > 1 for path in PATHS)
