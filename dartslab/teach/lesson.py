"""What every lesson begins with: one set-up cell that says what it runs on."""

import os
import platform

FAST = "DARTSLAB_FAST"  # runs are cut to a few steps
STRICT = "DARTSLAB_STRICT"  # a check that is not passed raises
SOLUTION = "DARTSLAB_SOLUTION"  # questions show their answers, as in a solution notebook


def start(lesson: str, made_with: str | None = None) -> None:
    """Seed Python, numpy and torch, and say what the lesson runs on; the first cell of each notebook calls it.

    It also brings the style sheet of all boxes that follow.

    Args:
        lesson: its number, for example "00".
        made_with: the version of dartslab the notebook was written for; a warning is printed if another one runs.
    """
    import torch

    from .. import __version__
    from .box import note, say, style
    from .guard import seed_all
    from .trial import load_all_of_torch

    load_all_of_torch()
    seed_all()
    runs_on = (
        f"lesson {lesson}: dartslab {__version__}, torch {torch.__version__}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processor cores"
    )
    say(note(runs_on, style()))
    if made_with not in (None, __version__):
        other = (
            f"this notebook was written for dartslab {made_with}, and {__version__} is installed: if something below "
            "does not work, take both from the same release"
        )
        say(note(other))
    if fast():
        say(note(f"{FAST} is set: runs are cut to a few steps, and no number below means anything"))


def fast() -> bool:
    """Whether runs should be cut to a few steps, as tests do to see that a lesson works at all."""
    return is_set(FAST)


def is_set(variable: str) -> bool:
    """Whether an environment variable is there, and neither empty nor 0."""
    return os.environ.get(variable, "") not in ("", "0")


def steps(wanted: int = 0) -> int:
    """How many steps a run in a lesson makes: `wanted` (0 for all), or 4 where `fast()`."""
    return 4 if fast() else wanted
