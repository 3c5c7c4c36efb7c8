"""ExperimentPanel: an experiment that runs as its own process, watched through its folder."""

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..messages import UserError, require
from .view import View

if TYPE_CHECKING:  # what an experiment is made of needs torch, and is loaded when a panel is made
    from ..experiment import Experiment

LATEST = "latest"

BUSY = 0.1  # at most this share of the time is spent on reading the folder


class ExperimentPanel(View):
    """Start an experiment, watch it, close the notebook, come back to it.

        panel = ExperimentPanel("runs/c10", Experiment())
        panel                            # press start; the run does not need this notebook
        ExperimentPanel("runs/c10")      # in another notebook, or days later

    Nothing is computed here: the run is a process of its own (`dartslab.detached`), and this reads what it writes.

    Args:
        out: folder of the experiment.
        experiment: its configuration; that of the folder where None.
        every: seconds between two looks at the folder.
    Raises:
        UserError: no experiment in the folder and none given, or a folder that holds something else.
    """

    MODULES = ("run.js", "experiment_panel.js")

    def __init__(self, out: str | Path, experiment: "Experiment | None" = None, every: float = 2.0) -> None:
        from ..detached import running
        from ..reproduce import check_folder, read_experiment
        from ..stages import stages

        self.out = Path(out)
        require(every > 0, f"every is {every}; a number of seconds above 0 is needed, 2 is usual.")
        experiment = experiment or read_experiment(self.out)
        require(
            experiment is not None,
            f"{self.out} holds no experiment yet; say which one to run there: ExperimentPanel(out, Experiment(...)).",
        )
        assert experiment is not None
        check_folder(experiment, self.out)
        self.experiment = experiment
        self.every = every
        self.error: BaseException | None = None
        self._known: dict[str, Any] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        names = [LATEST, *(stage.name for stage in stages(self.experiment))]
        shown = ipywidgets.Dropdown(options=names, value=LATEST, description="show")
        self.buttons = {
            name: ipywidgets.Button(description=name, icon=icon, tooltip=tip, layout={"width": "auto"})
            for name, icon, tip in (
                ("start", "play", "start, or go on where it was"),
                ("stop", "stop", "save after this step and end; start goes on from there"),
            )
        }
        self.buttons["start"].on_click(lambda _: self._try(self.start))
        self.buttons["stop"].on_click(lambda _: self.stop())
        super().__init__({"shown": shown}, [[*self.buttons.values(), shown]])
        self.ready()
        if running(self.out):
            self._follow()

    def start(self) -> None:
        """Start or go on; does nothing where it runs.

        Raises:
            UserError: what `reproduce` would refuse.
        """
        from ..detached import launch

        self.error = None
        launch(self.experiment, self.out)
        self._follow()
        self.redraw()

    def stop(self) -> None:
        """Have the run save after its step and end. Returns at once; `wait()` for the end."""
        from ..detached import running
        from ..run_stage import ask_to_stop

        if running(self.out):
            ask_to_stop(self.out)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no process works on the experiment; says whether that came in time."""
        from ..detached import running

        until = float("inf") if timeout is None else time.monotonic() + timeout
        while running(self.out):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        if self._thread is not None:
            self._thread.join()
        return True

    @property
    def status(self) -> str:
        """not begun, running, stopped or finished."""
        from ..detached import running
        from ..stages import stages

        if running(self.out):
            return "running"
        done = [stage.result(self.out) is not None for stage in stages(self.experiment)]
        return "finished" if all(done) else "stopped" if (self.out / "experiment.json").is_file() else "not begun"

    # what View asks for

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The folder as it is now."""
        from ..detached import output
        from ..reproduce import read_head
        from .stage_table import read_records, shown_run, stage_rows, time_left

        steps = dict((read_head(self.out) or {}).get("steps", {}))
        records = read_records(self.experiment, self.out, self._known)
        rows = stage_rows(self.experiment, self.out, steps, records)
        name = settings["shown"]
        if name == LATEST:
            at_work = [row["name"] for row in rows if row["state"] == "running"]
            name = (at_work or list(records) or [""])[-1]
        status = self.status
        done = sum(row["state"] == "done" for row in rows)
        note = f"{done} of {len(rows)} stages done"
        remaining = time_left(records.get(name), steps.get(name)) if status == "running" else ""
        return {
            "status": status,
            "note": note + (f", about {remaining} left in {name}" if remaining else ""),
            "error": None if self.error is None else str(self.error),
            "output": output(self.out).splitlines()[-1:] if status == "stopped" else [],
            "step": sum(row["step"] for row in rows),
            "moving": status == "running",
            "rows": rows,
            "run": shown_run(name, records[name], steps.get(name)) if name in records else None,
        }

    def describe(self, frame: dict[str, Any]) -> str:
        """The table in words."""
        from .stage_table import in_words

        return ". ".join(part for part in (in_words(frame), frame["error"], *frame["output"]) if part)

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The table, and the shown run below it."""
        from .stage_table import table_png

        return table_png(frame)

    def close(self) -> None:
        """Look no longer; the run goes on."""
        if "_over" in vars(self):
            self._over.set()
        super().close()

    # inside

    def _try(self, action: Any) -> None:
        try:
            action()
        except UserError as error:
            self.error = error
            self.redraw()

    def _follow(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="dartslab-experiment", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        from ..detached import running

        last = False
        while not last and not self._over.is_set():
            last = not running(self.out)  # asked before the folder is read: the last look sees the end
            begun = time.monotonic()
            self._try(self.redraw)
            self._over.wait(max(self.every, (time.monotonic() - begun) / BUSY) * (not last))
        self.settle()
