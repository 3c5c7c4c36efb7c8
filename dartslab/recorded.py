"""Experiments that come with dartslab, recorded: what a lesson shows where there is no time or no GPU for its own."""

from importlib.resources import files
from pathlib import Path

from .messages import unknown

RECORDED = ("cifar10_reduced",)


def recorded(name: str = RECORDED[0]) -> Path:
    """The folder of a recorded experiment: a `Record` in each stage, report and configuration, no checkpoints.

    Raises:
        UserError: an unknown name.
    """
    if name not in RECORDED:
        raise unknown("recorded experiment", name, RECORDED)
    return Path(str(files("dartslab") / "recorded" / name))
