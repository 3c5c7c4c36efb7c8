"""ExperimentPanel: an experiment that runs as its own process, watched through its folder."""

import asyncio
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
from matplotlib.figure import Figure

from ..base.messages import UserError, require
from ..draw.style import TEXT
from .kit.choices import Dropdown
from .kit.stills import lines, moment_png, png, stack
from .kit.view import RUN_MODULES, RUN_STYLES, View

if TYPE_CHECKING:
    from ..experiment.config import Experiment

LATEST = "latest"
BUSY = 0.1  # at most this share of the time is spent on reading the folder


class ExperimentPanel(View):
    """Start an experiment, watch it, close the notebook, come back to it.

        panel = ExperimentPanel("runs/c10", Experiment())
        panel                            # press start; the run does not need this notebook
        await panel.done()               # in a later cell: waits, and the buttons work
        ExperimentPanel("runs/c10")      # in another notebook, or days later

    Nothing is computed here: the run is a process of its own (`dartslab.experiment.background`), and this reads what
    it writes.

    Args:
        out: folder of the experiment.
        experiment: its configuration; that of the folder where None.
        every: seconds between two readings of the folder.
    Raises:
        UserError: no experiment in the folder and none given, or a folder that holds something else.
    """

    MODULES = (*RUN_MODULES, "experiment_panel.js")
    STYLES = RUN_STYLES

    def __init__(self, out: str | Path, experiment: "Experiment | None" = None, every: float = 2.0) -> None:
        from .models.experiment_folder import ExperimentFolder  # needs torch, which takes seconds to load

        require(every > 0, f"every is {every}; a number of seconds above 0 is needed, 2 is usual.")
        self.folder = ExperimentFolder(Path(out), experiment)
        self.every = every
        self.error: BaseException | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        names = [LATEST, *self.folder.names]
        shown = Dropdown(options=names, value=LATEST, description="show")
        shown.observe(self._forget, "value")
        self.buttons = {
            name: ipywidgets.Button(description=name, icon=icon, tooltip=tip, layout={"width": "auto"})
            for name, icon, tip in (
                ("start", "play", "start, or go on where it was"),
                ("stop", "stop", "save after this step and end; start goes on from there"),
            )
        }
        self.buttons["start"].on_click(lambda _: self._try(self.start))
        self.buttons["stop"].on_click(lambda _: self._try(self.stop))
        super().__init__({"shown": shown}, [[*self.buttons.values(), shown]])
        self.ready()
        if self.folder.running:
            self._follow()

    def start(self) -> None:
        """Start or continue the experiment; does nothing if it is running.

        Raises:
            UserError: it is finished, or what `reproduce` would refuse.
        """
        self.error = None
        stages = len(self.folder.names)
        require(
            self.status != "finished",
            f"there is nothing to start: all {stages} stages are done; choose one in the list to see it.",
        )
        if not self.folder.running:
            self._say_starting()
        self.folder.start()
        self._follow()
        self.redraw()

    def stop(self) -> None:
        """Ask the run to save after its step and end. Returns at once; `wait()` waits for the end."""
        self.error = None
        self.folder.stop()
        self.redraw()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no process works on the experiment. Returns whether that happened in time."""
        until = float("inf") if timeout is None else time.monotonic() + timeout
        while self.folder.running:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        if self._thread is not None:
            self._thread.join()
        return True

    async def done(self) -> None:
        """Wait until no process works on the experiment, while the buttons work."""
        while self.folder.running:
            await asyncio.sleep(0.05)
        self.wait()

    @property
    def status(self) -> str:
        """not begun, running, stopped or finished."""
        return self.folder.status

    @property
    def experiment(self) -> "Experiment":
        """The configuration."""
        return self.folder.experiment

    # what View asks for

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The folder as it is now."""
        shown = settings["shown"]
        return self.folder.frame(None if shown == LATEST else shown, self.error)

    def describe(self, frame: dict[str, Any]) -> str:
        """The table in words."""
        return ". ".join(part for part in (describe_table(frame), frame["error"], *frame["output"]) if part)

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The table, and the shown run below it."""
        return table_png(frame)

    def publish(self, frame: dict[str, Any], settled: bool = True) -> None:
        """Show a frame; of the buttons, those that can do something now can be pressed."""
        self.buttons["start"].disabled = frame["status"] in ("running", "finished")
        self.buttons["stop"].disabled = frame["status"] != "running"
        super().publish(frame, settled)

    def close(self) -> None:
        """Stop watching; the run continues."""
        if "_over" in vars(self):
            self._over.set()
        super().close()

    # inside

    def _forget(self, change: Any) -> None:
        self.error = None

    def _try(self, action: Any) -> None:
        try:
            action()
        except UserError as error:
            self.error = error
            with suppress(UserError):  # the folder itself cannot be read now; what is shown stays
                self.redraw()

    def _say_starting(self) -> None:
        from .models.experiment_folder import STARTING

        with suppress(UserError):  # what is wrong with the folder is said by what starts it
            frame = self.frame(self.settings)
            self.publish(frame | {"note": f"{frame['note']}, {STARTING}"}, settled=False)

    def _follow(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="dartslab-experiment", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        last = False
        while not last and not self._over.is_set():
            last = not self.folder.running  # asked before the folder is read, so that the last reading includes the end
            begun = time.monotonic()
            # A run may end between the two: only the last reading makes a picture.
            self._try(lambda last=last: self.publish(self.frame(self.settings), settled=last))
            self._over.wait(max(self.every, (time.monotonic() - begun) / BUSY) * (not last))
        self.settle()


STATES = ("waiting", "begun", "running", "done")


def describe_table(frame: Mapping[str, Any]) -> str:
    """The table in words."""
    counted = [f"{sum(row['state'] == state for row in frame['rows'])} {state}" for state in STATES]
    told = [
        f"{row['name']} {row['state']}"
        + (f" at step {row['step']} of {row['steps'] or 'unknown'}" if row["state"] in ("begun", "running") else "")
        + (f", {row['result']}" if row["result"] else "")
        for row in frame["rows"]
        if row["state"] != "waiting"
    ]
    return ". ".join([f"{frame['status']}, {frame['note']}", f"stages: {', '.join(counted)}", *told])


def table_png(frame: Mapping[str, Any]) -> bytes:
    """The table as a picture, with the shown run below."""
    rows = [
        [row["name"], row["state"], f"{row['step']} of {row['steps'] or '?'}", row["result"]] for row in frame["rows"]
    ]
    figure = Figure(figsize=(9, 0.27 * len(rows) + 0.9), layout="constrained", facecolor="white")
    panel = figure.subplots()
    panel.set_axis_off()
    panel.set_title(f"{frame['status']} · {frame['note']}", fontsize=10, loc="left", color=TEXT)
    table = panel.table(rows, colLabels=["stage", "state", "steps", "result"], loc="upper left", cellLoc="left")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    pictures = [png(figure)]
    run = frame["run"]
    if run and "cells" in run:
        pictures.append(moment_png(run))
    elif run:
        figure = Figure(figsize=(9, 2.6), layout="constrained", facecolor="white")
        for axes, what in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
            lines(axes, run["curves"][what])
            axes.set_title(f"{run['title']}: {what}", fontsize=10, loc="left", color=TEXT)
            axes.set_xlabel("step", fontsize=8)
        pictures.append(png(figure))
    return stack(pictures)
