"""Run stages of an experiment side by side, each in a process of its own: stages of one kind share nothing.

How many run at once follows from the memory that a stage needs; where they run is decided in `backends`.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from ..base.files import lock_folder
from ..data.datasets import DataSet
from ..run.console import interrupts
from ..run.device import choose_device, cuda_trouble, free_memory
from .backends import sweep
from .checks import keep_quiet, load_experiment_data
from .config import Experiment
from .folder import ask_to_stop, is_asked_to_stop
from .run_stage import run_stage, stage_memory
from .stages import Stage, stages

PATIENCE_S = 60.0  # for the processes of a run that was killed, which end after the step they are in


def count_that_fit(needed: float, free: Sequence[float], most: int) -> int:
    """How many runs fit at once.

    Args:
        needed: bytes of one run.
        free: bytes of each device.
        most: of them, whatever the memory.
    Returns:
        At least 1: a run that does not fit says so itself.
    """
    return max(1, min(most, sum(int(space // needed) for space in free)))


def run_side_by_side(
    experiment: Experiment, waiting: list[Stage], out: Path, stop: Callable[[], bool], jobs: int
) -> str:
    """Run stages in processes of their own, each of which reads the pictures anew.

    Args:
        experiment, out: as in `reproduce`.
        waiting: the stages; none needs the result of another.
        stop: asked all the time; a yes reaches every process.
        jobs: processes at a time.
    Returns:
        Empty at the end, else where the first of them stopped.
    """
    parent = os.getpid() if experiment.backend == "loky" else 0
    places = devices(experiment)
    calls = [
        partial(run_in_its_process, replace(experiment, device=places[number % len(places)]), stage.name, out, parent)
        for number, stage in enumerate(waiting)
    ]
    print(f"{len(waiting)} stages, {jobs} at a time: {', '.join(stage.name for stage in waiting)}", flush=True)
    stopped = []
    with forward_stop(stop, out):
        for number, where in sweep(calls, jobs, experiment.backend, out / ".slurm"):
            print(where or f"{waiting[number].name} done", flush=True)
            stopped += [where] if where else []
    return next(iter(stopped), "")


def run_in_its_process(experiment: Experiment, name: str, out: Path, parent: int = 0) -> str:
    """One stage in a process of its own; it ends when it is asked to, and when the process that started it is gone.

    Args:
        experiment: with the device that this stage takes.
        name: of the stage.
        out: folder of the experiment.
        parent: process that started this one; 0 where that runs on another machine, perhaps.
    """
    stage = next(stage for stage in stages(experiment) if stage.name == name)
    with interrupts() as interrupted, lock_folder(out / name, PATIENCE_S):

        def stop() -> bool:
            return interrupted() or is_asked_to_stop(out) or (parent > 0 and os.getppid() != parent)

        if stop():
            return f"before {name}"
        return run_stage(experiment, stage, out, load_experiment_data(experiment, say=keep_quiet), stop, quiet=True)


@contextmanager
def forward_stop(stop: Callable[[], bool], out: Path) -> Iterator[None]:
    """Inside, a stop that this process is asked for reaches all others through the folder."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            if stop():
                ask_to_stop(out)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def devices(experiment: Experiment) -> list[str]:
    """The devices that stages may have, in turn: every CUDA device that torch can use, unless one was named."""
    count = torch.cuda.device_count() if experiment.device in ("auto", "cuda") else 0
    return [f"cuda:{number}" for number in range(count) if not cuda_trouble(number)] or [experiment.device]


def most_jobs(experiment: Experiment, waiting: list[Stage], data: DataSet) -> int:
    """How many stages of a kind run at once by default: as many as fit into memory and have a processor core."""
    if not waiting:
        return 1
    stage, places = waiting[0], [choose_device(name, experiment.threads) for name in devices(experiment)]
    needed = stage_memory(experiment, stage, data, places[0])
    processors = (os.cpu_count() or 1) // (1 if places[0].type == "cuda" else torch.get_num_threads())
    return count_that_fit(needed, [free_memory(place) for place in places], processors)
