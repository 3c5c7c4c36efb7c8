"""The folder of an experiment: its description, the check before it is continued, and the request to stop."""

import json
import os
from dataclasses import asdict, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..base.files import read_text
from ..base.messages import UserError, require, unknown
from ..data.datasets import DataSet
from ..data.digests import describe_pictures, describe_reading, version_1_digests
from ..run.device import choose_device, device_name
from ..run.record import write_text
from ..run.run_data import check_same_pictures, say_once
from ..run.stored import VERSION, check_version, upgrade_config
from .config import FREE, HEAD, Experiment, Size
from .stages import all_steps, stages

RECORDED = ("cifar10_reduced",)


def recorded_experiment(name: str = RECORDED[0]) -> Path:
    """The folder of a recorded experiment: a `Record` in each stage, report and configuration, no checkpoints.

    Raises:
        UserError: an unknown name.
    """
    if name not in RECORDED:
        raise unknown("recorded experiment", name, RECORDED)
    return Path(str(files("dartslab.experiment") / "recorded" / name))


STOP = ".stop"


def ask_to_stop(out: str | Path) -> None:
    """Ask all processes of the experiment in that folder to save after their step and end."""
    (Path(out) / STOP).touch()


def is_asked_to_stop(out: Path) -> bool:
    """Whether `ask_to_stop` was called for this folder."""
    return (out / STOP).exists()


FORMAT = "dartslab-experiment"


def read_head(out: Path) -> dict[str, Any] | None:
    """The description in an experiment's folder; None if no experiment was started there.

    Raises:
        UserError: a folder that holds something else, or a damaged file.
    """
    require(not os.path.exists(out) or out.is_dir(), f"{out} is a file; name a new folder with --out.")
    if not os.path.isfile(out / HEAD):
        found = (
            sorted(path.name for path in out.iterdir() if not path.name.startswith(".")) if os.path.isdir(out) else []
        )
        require(
            not found,
            f"{out} is not empty and holds no experiment (found {', '.join(found[:3])}); choose a new or an empty "
            "folder with --out.",
        )
        return None
    advice = "name another folder with --out"
    try:
        head = json.loads(read_text(out / HEAD))
        assert isinstance(head, dict)
    except (ValueError, AssertionError) as error:
        raise UserError(f"{out / HEAD} is damaged ({error}); {advice}.") from error
    require(
        head.get("format") == FORMAT,
        f"{out / HEAD} is not an experiment that this version of dartslab can continue; {advice}.",
    )
    version = check_version(head.get("version"), out / HEAD, "an experiment")
    if isinstance(head.get("experiment"), dict):
        head["experiment"] = upgrade_config(head["experiment"], version)
    return head


def read_experiment(out: str | Path) -> Experiment | None:
    """The configuration of the experiment in a folder; None if no experiment was started there.

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
            f"{Path(out) / HEAD} has the configuration of another version of dartslab ({error}); open it with the "
            "version that wrote it, or name another folder."
        ) from error


def check_folder(experiment: Experiment, out: Path) -> None:
    """Raise `UserError` unless this experiment may start or continue in that folder."""
    head = read_head(out)
    if head is None:
        experiment.search_config(0).require_both_kinds()
        return
    begun = read_experiment(out)
    assert begun is not None
    stored, asked = asdict(begun), asdict(experiment)
    names = [field.name for field in fields(experiment) if field.name not in FREE]
    changed = [f"{n}: {stored[n]!r} -> {asked[n]!r}" for n in names if stored[n] != asked[n]]
    require(
        not changed,
        f"{out} was started with another configuration ({'; '.join(changed)}); give the same flags to continue it, or "
        "another folder with --out.",
    )


def begin(experiment: Experiment, out: Path, data: DataSet) -> None:
    """Write or complete the folder's own file: configuration, pictures, devices.

    Raises:
        UserError: the pictures are not those that the experiment was started with.
    """
    now = describe_pictures(data)
    head = read_head(out) or {"pictures": now, "devices": []}
    if isinstance(head["pictures"], str):  # started before there were several digests
        require(
            head["pictures"] in version_1_digests(data),
            f"the pictures of {experiment.data!r} are not those that {out} was started with; put those back, or "
            f"start again in another folder{describe_reading(experiment.data)}.",
        )
        if head["pictures"] != version_1_digests(data)[0]:
            say_once(
                f"{out} was started when fashion-mini had 1,000 test pictures; what is tested from now on has 5,000"
            )
    else:
        check_same_pictures(head["pictures"], now, experiment.data, out)
    device = device_name(choose_device(experiment.device, experiment.threads))
    devices = sorted({*head["devices"], device})
    steps = {stage.name: all_steps(stage, data) for stage in stages(experiment)}
    new = {"format": FORMAT, "version": VERSION, "experiment": asdict(experiment)}
    write_text(out / HEAD, json.dumps(new | {"pictures": now, "devices": devices, "steps": steps}, indent=1))
