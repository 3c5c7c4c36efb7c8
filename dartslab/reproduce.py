"""The published experiment from start to end, in one folder: run it again and it goes on where it was.

    reproduce(Experiment(), "runs/c10")      # `python -m dartslab reproduce cifar10 --out runs/c10`

Finished stages are skipped, an interrupted one resumes from its checkpoint, and the results are those of a run that was
never interrupted. Beside the stages (see `stages`) the folder holds

    experiment.json             the configuration, a digest of the pictures, the devices that were used
    report.json, report.md      what came out; see `experiment_report`
    .lock                       held by the process that runs
"""

import hashlib
import json
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch

from .config import ADDED_FIELDS, SearchConfig
from .data import DataSet
from .experiment import FREE, HOW, Experiment, load_experiment_data
from .files import write_atomically
from .genotype import Genotype
from .messages import UserError, require
from .network import count_multiply_adds
from .progress import progress
from .record import CHECKPOINT, Recorder, write_text
from .run import choose_device
from .search import search
from .search_state import SearchState
from .stages import DONE, Stage, choice_data, genotype_of, stages
from .supernet import count_parameters
from .train import TrainState, train

HEAD, LOCK = "experiment.json", ".lock"
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
    with locked(out):
        for leftover in (*out.glob(".*.part"), *out.glob("*/.*.part")):  # of a process that was killed while it wrote
            leftover.unlink()
        data = load_experiment_data(experiment)
        begin(experiment, out, data)
        plan = list(stages(experiment))
        for number, stage in enumerate(plan, 1):
            if stage.result(out) is None:
                if stop():
                    return f"before {stage.name}"
                print(f"[{number}/{len(plan)}] {stage.name}", flush=True)
                stopped = run_stage(experiment, stage, out, data, stop)
                if stopped:
                    return stopped
        write_report(experiment, out)
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


def check_folder(experiment: Experiment, out: Path) -> None:
    """Raise `UserError` unless this experiment may begin or go on in that folder."""
    head = read_head(out)
    if head is None:
        return
    asked, defaults = (json.loads(json.dumps(asdict(one))) for one in (experiment, Experiment()))
    stored = {name: defaults[name] for name in ADDED_FIELDS if name in defaults} | head["experiment"]
    names = [field.name for field in fields(experiment) if field.name not in FREE]
    changed = [f"{n}: {stored.get(n)!r} -> {asked[n]!r}" for n in names if stored.get(n) != asked[n]]
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
    new = {"format": FORMAT, "version": VERSION, "experiment": asdict(experiment)}
    write_text(out / HEAD, json.dumps(new | {"pictures": digest, "devices": devices}, indent=1))


def run_stage(experiment: Experiment, stage: Stage, out: Path, data: DataSet, stop: Callable[[], bool]) -> str:
    """Begin or resume one stage and bring it to its end, unless `stop` says so; gives where it stopped."""
    folder = out / stage.name
    genotype = genotype_of(experiment, stage.cell, out) if stage.cell else None
    if stage.kind == "choice":
        data = choice_data(data, experiment.search_config(0))
    state = open_state(stage, folder / CHECKPOINT, genotype, data)
    recorder = Recorder.resume(state, folder) if (folder / CHECKPOINT).is_file() else Recorder(state, folder)
    events: Iterator[Any] = search(state) if isinstance(state, SearchState) else train(state)
    for event in progress(recorder.watch(events), stage.name):
        if stop() and event.step < event.steps:
            return f"{stage.name}, step {event.step} of {event.steps}"
    write_text(folder / DONE, json.dumps(summary(state, recorder), indent=1))
    return ""


def open_state(stage: Stage, checkpoint: Path, genotype: Genotype | None, data: DataSet) -> SearchState | TrainState:
    """The state of a stage: from its checkpoint where there is one, else new."""
    config = stage.config
    free = {name: getattr(config, name) for name in HOW if hasattr(config, name)}
    if isinstance(config, SearchConfig):
        return SearchState.load(checkpoint, data, **free) if checkpoint.is_file() else SearchState.create(config, data)
    assert genotype is not None  # stages come after those that they read
    if not checkpoint.is_file():
        return TrainState.create(config, genotype, data)
    state = TrainState.load(checkpoint, data, **free)
    require(
        state.genotype == genotype,
        f"{checkpoint.parent} trains another cell than {stage.cell} now is, because results before it were changed or "
        "removed; remove that folder and start again.",
    )
    return state


def summary(state: SearchState | TrainState, recorder: Recorder) -> dict[str, Any]:
    """What is kept of a finished stage: from its record, so that it is the same whenever it is asked for."""
    kept = {"steps": state.step, "seconds": round(state.seconds, 3)}
    genotype = state.genotype() if isinstance(state, SearchState) else state.genotype
    part = "val" if isinstance(state, SearchState) else "test"
    numbers: dict[str, Any] = {name: float(recorder.columns[f"{part}_{name}"][-1]) for name in ("loss", "accuracy")}
    if isinstance(state, TrainState):
        _, channels, height, width = state.test.images.shape
        head = count_parameters(state.net.auxiliary) if state.net.auxiliary else 0  # used in training only
        kept["parameters"] = count_parameters(state.net) - head
        kept["multiply_adds"] = count_multiply_adds(state.net, (channels, height, width))
    return numbers | kept | {"genotype": json.loads(genotype.to_json())}


def device_name(device: torch.device) -> str:
    """What a person would call the device, with the number of threads of a processor."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU (MPS)"
    name = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    threads = torch.get_num_threads()
    return f"{name}, {threads} thread{'s' * (threads != 1)}"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process; the system lets go of it when the process ends, however it ends.

    Raises:
        UserError: another process holds it, or it cannot be written.
    """
    write_atomically(folder / ".writable", lambda file: None)  # refused in a sentence where it cannot be written
    (folder / ".writable").unlink(missing_ok=True)
    with open(folder / LOCK, "a+b") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UserError(
                f"{folder} is in use by another process that runs this experiment; wait until it ends, or name another "
                "folder with --out."
            ) from error
        yield
