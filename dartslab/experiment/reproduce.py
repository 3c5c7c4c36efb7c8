"""The published experiment from start to end, in one folder: run it again and it resumes where it stopped.

    reproduce(Experiment(), "runs/c10")      # `dartslab reproduce cifar10 --out runs/c10`

Finished stages are skipped, an interrupted one resumes from its checkpoint, and the results are those of a run that was
never interrupted. Beside the stages (see `stages`) the folder holds

    experiment.json             the configuration, digests of the pictures, the devices that were used
    report.json, report.md      the results; see `report`
    .lock                       held by the process that runs
    .stop                       asks that process to stop, see `folder.ask_to_stop`
"""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from pathlib import Path

from ..base.files import lock_folder
from ..data.datasets import DataSet
from ..run.device import release
from .backends import check_backend
from .checks import load_experiment_data
from .config import Experiment
from .folder import STOP, begin, check_folder, is_asked_to_stop
from .parallel import PATIENCE_S, most_jobs, run_side_by_side
from .run_stage import run_stage
from .stages import Stage, stages


def reproduce(experiment: Experiment, out: str | Path, stop: Callable[[], bool] = lambda: False) -> str:
    """Run the unfinished stages of an experiment, then write the report.

    Args:
        experiment: the configuration.
        out: its folder; new, empty, or begun with the same configuration (fields in `FREE` may differ).
        stop: called after every step; once it returns True, the step is saved and no other stage starts.
    Returns:
        Empty at the end, else where it stopped.
    Raises:
        UserError: a folder that is in use, foreign or of another configuration; data that are missing or do not fit; a
            disk that is full.
        NonFiniteLoss: a loss became infinite or NaN.
    """
    from .report import write_report

    out = Path(out)
    check_folder(experiment, out)
    check_backend(experiment.backend)
    with lock_folder(out):
        (out / STOP).unlink(missing_ok=True)
        for leftover in (*out.glob(".*.part"), *out.glob("*/.*.part")):  # of a process that was killed while it wrote
            leftover.unlink()
        data = load_experiment_data(experiment)
        begin(experiment, out, data)
        for _, together in groupby(stages(experiment), lambda stage: stage.kind):  # those of a kind share nothing
            waiting = [stage for stage in together if stage.result(out) is None]
            jobs = min(len(waiting), experiment.jobs or most_jobs(experiment, waiting[:1], data))
            run = partial(run_one_by_one, data=data) if jobs <= 1 else partial(run_side_by_side, jobs=jobs)
            stopped = run(experiment, waiting, out, lambda: stop() or is_asked_to_stop(out))
            if stopped:
                return stopped
        write_report(experiment, out)
    return ""


def run_one_by_one(
    experiment: Experiment, waiting: list[Stage], out: Path, stop: Callable[[], bool], data: DataSet
) -> str:
    """Run stages in this process; returns where it stopped, or "" at the end."""
    names = [stage.name for stage in stages(experiment)]
    for stage in waiting:
        if stop():
            return f"before {stage.name}"
        print(f"[{names.index(stage.name) + 1}/{len(names)}] {stage.name}", flush=True)
        with lock_folder(out / stage.name, PATIENCE_S):
            stopped = run_stage(experiment, stage, out, data, stop)
        release()
        if stopped:
            return stopped
    return ""
