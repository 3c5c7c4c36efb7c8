"""What every lesson begins with: one set-up cell that says what it runs on."""

import os
import platform

FAST = "DARTSLAB_FAST"


def start(lesson: str) -> None:
    """Print what the lesson runs on; the first cell of each notebook calls it.

    Args:
        lesson: its number, for example "00".
    """
    import torch

    from .. import __version__

    print(
        f"lesson {lesson}: dartslab {__version__}, torch {torch.__version__}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processor cores"
    )
    if fast():
        print(f"{FAST} is set: runs are cut to a few steps, and no number below means anything")


def fast() -> bool:
    """Whether runs should be cut to a few steps, as tests do to see that a lesson works at all."""
    return os.environ.get(FAST, "") not in ("", "0")


def steps(wanted: int = 0) -> int:
    """How many steps a run in a lesson makes: `wanted` (0 for all), or 4 where `fast()`."""
    return 4 if fast() else wanted
