"""What a supernet loses on the way from its mixture to a discrete cell: stages, and their accuracy. Plain columns out.

The stages are those of `instruments.gap`.
"""

import math
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ...base.messages import require
from ...derive import entropy
from ...draw.words import tables
from ...instruments.gap import Tables, discretization_steps
from ...space import SearchSpace

if TYPE_CHECKING:
    from ...run.search_state import SearchState

FORMAT, VERSION = "dartslab-gap", 1
PATHS = ("sharpen", "drop")


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
    space, count = state.config.space, min(pictures, len(state.val.part.labels))
    alpha = {kind: table.detach().cpu().double().numpy() for kind, table in state.arch.alpha.items()}
    mask = {kind: table.cpu().numpy() for kind, table in state.arch.mask.items()}

    def measure(name: str, weights: Tables) -> dict[str, Any]:
        mixing = {
            kind: torch.tensor(table, dtype=torch.float32, device=state.device) for kind, table in weights.items()
        }
        loss, accuracy = evaluate(lambda x: state.net(x, mixing), state.val.plain(count))
        return {
            "name": name,
            "accuracy": accuracy,
            "loss": loss,
            "entropy": float(np.mean([entropy(table) for table in weights.values()])),
            "left": int(sum((table > 0).sum() for table in weights.values())),
            "weights": {kind: table.round(6).tolist() for kind, table in weights.items()},
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
