"""Many runs at once, each in a process of its own: seeds first, because they share nothing.

    for number, result in sweep([partial(run, seed) for seed in range(4)], jobs=2): ...

joblib does it on this machine (loky), or on a cluster through dask or ray where their packages are installed and their
cluster is joined; submitit does it on SLURM, as one array of jobs.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import torch

from ..base.files import locked
from ..base.messages import UserError, unknown
from ..data.datasets import DataSet
from ..run.console import interrupts
from ..run.device import choose_device, cuda_trouble, free_memory
from .checks import load_experiment_data
from .config import Experiment
from .folder import ask_to_stop, asked_to_stop
from .run_stage import run_stage, stage_memory
from .stages import Stage, stages

Result = TypeVar("Result")
BACKENDS = {  # where the processes run -> the packages it takes, by the names pip knows
    "loky": (),
    "dask": ("dask", "distributed"),
    "ray": ("ray",),
    "slurm": ("submitit",),
}


def sweep(
    calls: Sequence[Callable[[], Result]], jobs: int, backend: str = "loky", logs: Path = Path()
) -> Iterator[tuple[int, Result]]:
    """Make all calls, at most `jobs` at a time, and give their results as they come.

    Args:
        calls: can be pickled, as functions of modules and their `functools.partial` can.
        jobs: processes at a time.
        backend: one of `BACKENDS`.
        logs: folder for what SLURM's jobs say.
    Yields:
        (number of the call, what it returned).
    Raises:
        UserError: an unknown backend, one whose package is missing, or what a call raised.
    """
    check_backend(backend)
    return _slurm(calls, jobs, logs) if backend == "slurm" else _joblib(calls, jobs, backend)


def check_backend(backend: str) -> None:
    """Raise `UserError` unless the backend is known and its packages are installed."""
    if backend not in BACKENDS:
        raise unknown("backend", backend, BACKENDS)
    for package in BACKENDS[backend]:
        try:
            import_module(package)
        except ImportError as error:
            raise UserError(
                f"backend {backend!r} needs the package {package}, which is not installed; run `pip install "
                f"{' '.join(BACKENDS[backend])}`, or use the backend 'loky', which needs nothing."
            ) from error


def _numbered(call: Callable[[], Result], number: int) -> tuple[int, Result]:
    return number, call()


def _joblib(calls: Sequence[Callable[[], Result]], jobs: int, backend: str) -> Iterator[tuple[int, Result]]:
    import joblib

    if backend == "ray":
        from ray.util.joblib import register_ray

        register_ray()
    with joblib.parallel_config(backend=backend):
        # One call a task: they take hours, and whoever is free takes the next.
        parallel: Any = joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
        yield from parallel(joblib.delayed(_numbered)(call, number) for number, call in enumerate(calls))


def _slurm(calls: Sequence[Callable[[], Result]], jobs: int, logs: Path) -> Iterator[tuple[int, Result]]:
    import submitit

    executor = submitit.AutoExecutor(folder=logs)  # SLURM where it is there, else processes of this machine
    executor.update_parameters(slurm_array_parallelism=jobs)
    with executor.batch():
        waiting = [executor.submit(call) for call in calls]
    for number, job in enumerate(waiting):
        yield number, job.result()


def fitting(needed: float, free: Sequence[float], most: int) -> int:
    """How many runs fit at once.

    Args:
        needed: bytes of one run.
        free: bytes of each device.
        most: of them, whatever the memory.
    Returns:
        At least 1: a run that does not fit says so itself.
    """
    return max(1, min(most, sum(int(space // needed) for space in free)))


PATIENCE_S = 60.0  # for the processes of a run that was killed, which end after the step they are in


def side_by_side(experiment: Experiment, waiting: list[Stage], out: Path, stop: Callable[[], bool], jobs: int) -> str:
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
        partial(run_alone, replace(experiment, device=places[number % len(places)]), stage.name, out, parent)
        for number, stage in enumerate(waiting)
    ]
    print(f"{len(waiting)} stages, {jobs} at a time: {', '.join(stage.name for stage in waiting)}", flush=True)
    stopped = []
    with passed_on(stop, out):
        for number, where in sweep(calls, jobs, experiment.backend, out / ".slurm"):
            print(where or f"{waiting[number].name} done", flush=True)
            stopped += [where] if where else []
    return next(iter(stopped), "")


def run_alone(experiment: Experiment, name: str, out: Path, parent: int = 0) -> str:
    """One stage in a process of its own; it ends when it is asked to, and when the process that started it is gone.

    Args:
        experiment: with the device that this stage takes.
        name: of the stage.
        out: folder of the experiment.
        parent: process that started this one; 0 where that runs on another machine, perhaps.
    """
    stage = next(stage for stage in stages(experiment) if stage.name == name)
    with interrupts() as interrupted, locked(out / name, PATIENCE_S):

        def stop() -> bool:
            return interrupted() or asked_to_stop(out) or (parent > 0 and os.getppid() != parent)

        if stop():
            return f"before {name}"
        return run_stage(experiment, stage, out, load_experiment_data(experiment), stop, quiet=True)


@contextmanager
def passed_on(stop: Callable[[], bool], out: Path) -> Iterator[None]:
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
    """How many stages of a kind run at once where nobody said: as many as fit into memory and find a processor."""
    if not waiting:
        return 1
    stage, places = waiting[0], [choose_device(name, experiment.threads) for name in devices(experiment)]
    needed = stage_memory(experiment, stage, data, places[0])
    processors = (os.cpu_count() or 1) // (1 if places[0].type == "cuda" else torch.get_num_threads())
    return fitting(needed, [free_memory(place) for place in places], processors)
