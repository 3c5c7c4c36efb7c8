"""Make many calls at once, each in a process of its own, on this machine or on a cluster.

    for number, result in sweep([partial(run, seed) for seed in range(4)], jobs=2): ...

joblib makes them on this machine (loky), or on a cluster through dask or ray, if their packages are installed and this
process has joined the cluster. submitit makes them on SLURM, as one array of jobs. Only loky has run on a real machine.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from ..base.messages import UserError, unknown

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
    return run_on_slurm(calls, jobs, logs) if backend == "slurm" else run_with_joblib(calls, jobs, backend)


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


def call_numbered(call: Callable[[], Result], number: int) -> tuple[int, Result]:
    """Make a call and return its number with its result."""
    return number, call()


def run_with_joblib(calls: Sequence[Callable[[], Result]], jobs: int, backend: str) -> Iterator[tuple[int, Result]]:
    """`sweep` on this machine, or on a cluster of dask or ray that this process has joined."""
    import joblib

    if backend == "ray":
        from ray.util.joblib import register_ray

        register_ray()
    with joblib.parallel_config(backend=backend):
        # One call per task: calls take hours, and the next free worker takes the next one.
        parallel: Any = joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
        yield from parallel(joblib.delayed(call_numbered)(call, number) for number, call in enumerate(calls))


def run_on_slurm(calls: Sequence[Callable[[], Result]], jobs: int, logs: Path) -> Iterator[tuple[int, Result]]:
    """`sweep` as one array of SLURM jobs."""
    import submitit

    executor = submitit.AutoExecutor(folder=logs)  # SLURM where it is there, else processes of this machine
    executor.update_parameters(slurm_array_parallelism=jobs)
    with executor.batch():
        waiting = [executor.submit(call) for call in calls]
    for number, job in enumerate(waiting):
        yield number, job.result()
