"""Many runs at once, each in a process of its own: seeds first, because they share nothing.

    for number, result in sweep([partial(run, seed) for seed in range(4)], jobs=2): ...

joblib does it on this machine (loky), or on a cluster through dask or ray where their packages are installed and their
cluster is joined; submitit does it on SLURM, as one array of jobs.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from .messages import UserError, unknown

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
