"""The published experiment from start to end, in one folder: run it again and it goes on where it was.

    reproduce(Experiment(), "runs/c10")      # `python -m dartslab reproduce cifar10 --out runs/c10`

Finished stages are skipped, an interrupted one resumes from its checkpoint, and the results are those of a run that was
never interrupted. Beside the stages (see `stages`) the folder holds

    experiment.json             the configuration, a digest of the pictures, the devices that were used
    report.json, report.md      what came out; see `experiment_report`
    .lock                       held by the process that runs
    .stop                       somebody asks that process to stop, see `run_stage.ask_to_stop`
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from .data import DataSet
from .experiment import FREE, Experiment, Size, load_experiment_data
from .lock import locked
from .memory import release
from .messages import UserError, require
from .record import write_text
from .run import choose_device, device_name
from .run_stage import STOP, asked_to_stop, run_stage
from .side_by_side import PATIENCE_S, most_jobs, side_by_side
from .stages import Stage, all_steps, stages
from .sweep import check_backend

HEAD = "experiment.json"
FORMAT, VERSION = "dartslab-experiment", 1


def never() -> bool:
    """Nobody asks to stop."""
    return False


def reproduce(experiment: Experiment, out: str | Path, stop: Callable[[], bool] = never) -> str:
    """Run what is not yet done of an experiment, one stage after the other, then write the report.

    Args:
        experiment: the configuration.
        out: its folder; new, empty, or begun with the same configuration (fields in `FREE` may differ).
        stop: asked after every step; once it says yes, the step is saved and nothing more is begun.
    Returns:
        Empty at the end, else where it stopped.
    Raises:
        UserError: a folder that is in use, foreign or of another configuration; data that are missing or do not fit; a
            disk that is full.
        NonFiniteLoss: a run that left the finite numbers.
    """
    from .experiment_report import write_report

    out = Path(out)
    check_folder(experiment, out)
    check_backend(experiment.backend)
    with locked(out):
        (out / STOP).unlink(missing_ok=True)
        for leftover in (*out.glob(".*.part"), *out.glob("*/.*.part")):  # of a process that was killed while it wrote
            leftover.unlink()
        data = load_experiment_data(experiment)
        begin(experiment, out, data)
        for _, together in groupby(stages(experiment), lambda stage: stage.kind):  # those of a kind share nothing
            waiting = [stage for stage in together if stage.result(out) is None]
            jobs = min(len(waiting), experiment.jobs or most_jobs(experiment, waiting[:1], data))
            run = partial(_one_by_one, data=data) if jobs <= 1 else partial(side_by_side, jobs=jobs)
            stopped = run(experiment, waiting, out, lambda: stop() or asked_to_stop(out))
            if stopped:
                return stopped
        write_report(experiment, out)
    return ""


def _one_by_one(
    experiment: Experiment, waiting: list[Stage], out: Path, stop: Callable[[], bool], data: DataSet
) -> str:
    """Run stages in this process; gives where it stopped."""
    names = [stage.name for stage in stages(experiment)]
    for stage in waiting:
        if stop():
            return f"before {stage.name}"
        print(f"[{names.index(stage.name) + 1}/{len(names)}] {stage.name}", flush=True)
        with locked(out / stage.name, PATIENCE_S):
            stopped = run_stage(experiment, stage, out, data, stop)
        release()
        if stopped:
            return stopped
    return ""


def read_head(out: Path) -> dict[str, Any] | None:
    """What an experiment's folder says about itself; None where nothing was begun.

    Raises:
        UserError: a folder that holds something else, or a damaged file.
    """
    require(not out.exists() or out.is_dir(), f"{out} is a file; name a new folder with --out.")
    if not (out / HEAD).is_file():
        found = sorted(path.name for path in out.iterdir() if not path.name.startswith(".")) if out.is_dir() else []
        require(
            not found,
            f"{out} is not empty and holds no experiment (found {', '.join(found[:3])}); choose a new or an empty "
            "folder with --out.",
        )
        return None
    advice = "name another folder with --out"
    try:
        head = json.loads((out / HEAD).read_text(encoding="utf-8"))
        assert isinstance(head, dict)
    except (ValueError, AssertionError) as error:
        raise UserError(f"{out / HEAD} is damaged ({error}); {advice}.") from error
    require(
        (head.get("format"), head.get("version")) == (FORMAT, VERSION),
        f"{out / HEAD} is no experiment that this dartslab can go on with; {advice}.",
    )
    return head


def read_experiment(out: str | Path) -> Experiment | None:
    """The configuration of the experiment in a folder; None where nothing was begun.

    Raises:
        UserError: as `read_head`, or a configuration of another dartslab.
    """
    head = read_head(Path(out))
    if head is None:
        return None
    kept = dict(head["experiment"])
    try:
        sizes = {name: Size(**kept[name]) for name in ("search", "choice", "evaluation")}
        return Experiment(**(kept | sizes))
    except (TypeError, KeyError) as error:
        raise UserError(
            f"{Path(out) / HEAD} has the configuration of another dartslab ({error}); open it with the one that wrote "
            "it, or name another folder."
        ) from error


def check_folder(experiment: Experiment, out: Path) -> None:
    """Raise `UserError` unless this experiment may begin or go on in that folder."""
    head = read_head(out)
    if head is None:
        return
    begun = read_experiment(out)
    assert begun is not None
    stored, asked = asdict(begun), asdict(experiment)
    names = [field.name for field in fields(experiment) if field.name not in FREE]
    changed = [f"{n}: {stored[n]!r} -> {asked[n]!r}" for n in names if stored[n] != asked[n]]
    require(
        not changed,
        f"{out} was begun with another configuration ({'; '.join(changed)}); give the same flags to go on with it, or "
        "another folder with --out.",
    )


def begin(experiment: Experiment, out: Path, data: DataSet) -> None:
    """Write or complete the folder's own file: configuration, pictures, devices.

    Raises:
        UserError: the pictures are not those that the experiment was begun with.
    """
    parts = (data.train.images, data.train.labels, data.test.images, data.test.labels)
    digest = hashlib.sha256(b"".join(hashlib.sha256(part.numpy().tobytes()).digest() for part in parts)).hexdigest()
    head = read_head(out) or {"pictures": digest, "devices": []}
    require(
        head["pictures"] == digest,
        f"the pictures of {experiment.data!r} are not those that {out} was begun with; put those back, or begin "
        "anew in another folder.",
    )
    device = device_name(choose_device(experiment.device, experiment.threads))
    devices = sorted({*head["devices"], device})
    steps = {stage.name: all_steps(stage, data) for stage in stages(experiment)}
    new = {"format": FORMAT, "version": VERSION, "experiment": asdict(experiment)}
    write_text(out / HEAD, json.dumps(new | {"pictures": digest, "devices": devices, "steps": steps}, indent=1))
