"""An experiment's folder, read for ExperimentPanel: its frame as JSON-able columns, made from files alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...base.files import holder
from ...base.messages import UserError, require
from ...experiment.background import GO_ON, is_running, launch, output
from ...experiment.config import HEAD, Experiment
from ...experiment.folder import ask_to_stop, check_folder, is_asked_to_stop, read_experiment, read_head
from ...experiment.stages import Stage, stages
from ...run.record import CONFIG, Record
from .moments import curves, describe_duration
from .track import Track

STARTING = "starting a process of its own"
STOPPING = "stopping: it finishes its step and saves"


class ExperimentFolder:
    """An experiment and the folder it runs in.

    Args:
        out: the folder.
        experiment: its configuration; that of the folder where None.
    Raises:
        UserError: no experiment in the folder and none given, or a folder that holds something else.
    """

    def __init__(self, out: Path, experiment: Experiment | None) -> None:
        experiment = experiment or read_experiment(out)
        require(
            experiment is not None,
            f"{out} holds no experiment yet; say which one to run there: ExperimentPanel(out, Experiment(...)).",
        )
        assert experiment is not None
        check_folder(experiment, out)
        self.out, self.experiment = out, experiment
        self.names = [stage.name for stage in stages(experiment)]
        self._known: dict[str, Any] = {}
        self._run: tuple[Record, int | None, dict[str, Any] | None] | None = None  # shown last, and made from what

    @property
    def running(self) -> bool:
        """Whether a process works on it."""
        return is_running(self.out)

    @property
    def status(self) -> str:
        """not begun, running, stopped or finished."""
        if self.running:
            return "running"
        done = [stage.result(self.out) is not None for stage in stages(self.experiment)]
        return "finished" if all(done) else "stopped" if (self.out / HEAD).is_file() else "not begun"

    def start(self) -> None:
        """Start or continue the experiment; see `launch`."""
        launch(self.experiment, self.out)

    def stop(self) -> None:
        """Ask the process to save its step and end."""
        if self.running:
            ask_to_stop(self.out)

    def frame(self, shown: str | None, error: BaseException | None) -> dict[str, Any]:
        """The folder as it is now.

        Args:
            shown: the stage whose run is shown; the one at work, or the last that has begun, where None.
            error: what the panel has to say besides.
        """
        steps = dict((read_head(self.out) or {}).get("steps", {}))
        records = read_records(self.experiment, self.out, self._known)
        rows = stage_rows(self.experiment, self.out, steps, records)
        at_work = [row["name"] for row in rows if row["state"] == "running"]
        name = shown or (at_work or list(records) or [""])[-1]
        status = self.status
        done = sum(row["state"] == "done" for row in rows)
        note = f"{done} of {len(rows)} stages done"
        ending = status == "running" and is_asked_to_stop(self.out)
        remaining = time_left(records.get(name), steps.get(name)) if status == "running" and not ending else ""
        try:
            run = self.run(name, records[name], steps.get(name)) if name in records else None
        except UserError as problem:  # such as alpha that is NaN; the stages can be seen all the same
            run, error = None, error or problem
        return {
            "status": status,
            "note": note + (f", about {remaining} left in {name}" if remaining else f", {STOPPING}" * ending),
            "error": None if error is None else str(error),
            "output": last_words(self.out) if status == "stopped" else [],
            "step": sum(row["step"] for row in rows),
            "moving": status == "running",
            "rows": rows,
            "run": run,
        }

    def run(self, name: str, record: Record, steps: int | None) -> dict[str, Any] | None:
        """`shown_run`, made anew only for another record: of a long search it takes a second, and frames are many."""
        if self._run is None or self._run[0] is not record or self._run[1] != steps:
            self._run = record, steps, shown_run(name, record, steps)
        return self._run[2]


def last_words(out: Path) -> list[str]:
    """The last line that a stopped run printed, for a person who has buttons and no command line; [] if none."""
    said = output(out).splitlines()[-1:]
    return [line.removeprefix("dartslab: ").replace(GO_ON, "press start to go on") for line in said]


def stage_rows(experiment: Experiment, out: Path, steps: Mapping[str, int], records: Mapping[str, Record]) -> list[Any]:
    """One row for each stage: name, state (one of `STATES`), step, steps (None: not known yet), result in words.

    Args:
        experiment: what was asked for.
        out: its folder.
        steps: {name of a stage: all its steps}, as far as known.
        records: of the stages that have one.
    """
    rows = []
    for stage in stages(experiment):
        result, record = stage.result(out), records.get(stage.name)
        state = "waiting" if record is None else "running" if holder(out / stage.name) else "begun"
        rows.append(
            {
                "name": stage.name,
                "state": "done" if result is not None else state,
                "step": len(record) if record else 0,
                "steps": result["steps"] if result else steps.get(stage.name),
                "result": outcome(stage, result),
            }
        )
    return rows


def outcome(stage: Stage, result: Mapping[str, Any] | None) -> str:
    """What a finished stage measured, and on what; empty for one that is not finished."""
    if result is None:
        return ""
    # What is called test in a choice is the half of the training set that alpha learned from.
    where = "test set" if stage.kind == "evaluation" else "validation half"
    return f"{100 * result['accuracy']:.1f} % on the {where}"


def read_records(experiment: Experiment, out: Path, known: dict[str, tuple[int, Record]]) -> dict[str, Record]:
    """The records of all stages that have one; those that did not change since are taken from `known`."""
    found = {}
    for stage in stages(experiment):
        path = out / stage.name / CONFIG  # written last
        if not path.is_file():
            continue
        written = path.stat().st_mtime_ns
        if known.get(stage.name, (None,))[0] != written:
            known[stage.name] = (written, Record.load(path.parent))
        found[stage.name] = known[stage.name][1]
    return found


def shown_run(name: str, record: Record, steps: int | None) -> dict[str, Any] | None:
    """A run as it stands: a search with its mixing weights, a training with its curves; None before its first step."""
    if not len(record):
        return None
    columns, whole = record.columns, steps or int(record.columns["step"][-1])
    if record.kind == "search":
        track = Track(record, name, whole)
        return track.frame(track.rows - 1) | track.whole()
    return {"title": name, "step": int(columns["step"][-1]), "steps": whole, "curves": curves(columns, len(record))}


def time_left(record: Record | None, steps: int | None) -> str:
    """What the stage that runs will still take, by what its steps took so far; empty where that is not known."""
    if record is None or not len(record) or steps is None:
        return ""
    per_step = float(record.columns["seconds"][-1]) / len(record)
    return describe_duration(per_step * max(0, steps - len(record)))
