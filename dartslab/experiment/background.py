"""Run an experiment in a process of its own, which outlives the notebook or terminal that started it.

    launch(Experiment(), "runs/c10")     # starts it; does nothing while it already runs
    is_running("runs/c10")               # whether it runs; also from another notebook, days later
    ask_to_stop("runs/c10")              # it saves its step and ends; `launch` goes on from there

It runs `dartslab reproduce`; what it prints is in the folder's `.output`.
"""

import os
import shlex
import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ..base.files import holder
from ..base.messages import UserError
from .checks import load_experiment_data
from .config import HEAD, Experiment, Size
from .folder import STOP, check_folder

OUTPUT = ".output"
GO_ON = "give the same command again to go on"  # what a stopped run says to a person at a terminal
LINES = 20  # of the output that are read


def flags(experiment: Experiment, out: str | Path) -> list[str]:
    """The words after `dartslab` that run this experiment: only what differs from the published one of its method."""
    words = ["reproduce", "cifar10", "--out", str(out)]
    plain = {name: getattr(Experiment, name) for name in ("method", "learning_rate")}  # that change others, if given
    given = {name: getattr(experiment, name) for name in plain if getattr(experiment, name) != plain[name]}
    for name, value, usual in _differences(experiment, replace(Experiment.published(**given), **plain), ""):
        if value != usual:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return words


def _differences(asked: Any, usual: Any, prefix: str) -> list[tuple[str, Any, Any]]:
    found = []
    for field in fields(asked):
        value, other = getattr(asked, field.name), getattr(usual, field.name)
        if isinstance(value, Size):
            found += _differences(value, other, f"{field.name}.")
        else:
            found.append((prefix + field.name, value, other))
    return found


def command(experiment: Experiment, out: str | Path) -> str:
    """The command line that runs this experiment, to be pasted into a terminal."""
    return shlex.join(["dartslab", *flags(experiment, out)])


def launch(experiment: Experiment, out: str | Path) -> bool:
    """Start or go on with an experiment in a process of its own.

    Args:
        experiment: the configuration.
        out: its folder.
    Returns:
        False where it runs already.
    Raises:
        UserError: what `reproduce` would refuse before its first step.
    """
    out = Path(out)
    check_folder(experiment, out)
    if is_running(out):
        return False
    load_experiment_data(experiment)  # refused here, where somebody reads it, and not in the file
    words = [sys.executable, "-m", "dartslab", *flags(experiment, out.absolute())]
    apart: dict[str, Any] = {"start_new_session": True}  # a Ctrl-C or the end of the notebook does not reach it
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / STOP).unlink(missing_ok=True)  # else the new process looks as if it were about to end
        with open(out / OUTPUT, "ab") as said:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=_environment(), **apart
            )
    except OSError as error:
        raise UserError(f"{out} cannot be used ({error.strerror or error}); name a folder you may write to.") from error
    ended = threading.Thread(
        target=process.wait, daemon=True
    )  # an ended process is listed until somebody waited for it
    ended.start()
    while ended.is_alive() and not (is_running(out) and (out / HEAD).is_file()):
        ended.join(0.05)
    return True


def _environment() -> dict[str, str]:
    """The environment of this process, with the dartslab that is loaded here first on the path."""
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path), "PYTHONUNBUFFERED": "1"}


def is_running(out: str | Path) -> bool:
    """Whether a process works on the experiment in that folder."""
    return holder(Path(out)) is not None


def output(out: str | Path) -> str:
    """The last lines that the process printed; empty if it printed nothing."""
    path = Path(out) / OUTPUT
    if not path.is_file():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:])
