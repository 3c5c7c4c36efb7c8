"""What an experiment chose: the search that found the chosen cell, and the first training of it."""

from pathlib import Path
from typing import Literal

from ..base.messages import require
from .folder import read_experiment
from .stages import best_seed, stages


def find_chosen(out: str | Path, kind: Literal["search", "train"]) -> Path:
    """The folder of a stage in the folder of an experiment.

    Args:
        out: the folder of the experiment, finished or not.
        kind: "search" for the search whose cell was chosen, "train" for the first training of that cell.
    Raises:
        UserError: no experiment, or one that has not come so far.
    """
    out = Path(out)
    experiment = read_experiment(out)
    require(
        experiment is not None, f"{out} holds no experiment; name the folder that `reproduce` was given with --out."
    )
    assert experiment is not None
    seed = best_seed(experiment, out)
    name = f"search-{seed}" if kind == "search" else "evaluate-chosen-0"
    stage = next((stage for stage in stages(experiment) if stage.name == name), None)
    begun = stage is not None and (stage.result(out) is not None or (kind == "train" and stage.steps_done(out) > 0))
    what = "has not chosen a cell" if kind == "search" else "has not trained the chosen cell"
    require(
        begun,
        f"the experiment in {out} {what} yet; go on with the same `reproduce` command, or name one of its stages, for "
        f"example {out / 'search-0'}.",
    )
    return out / name
