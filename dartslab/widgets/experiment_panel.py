"""ExperimentPanel: an experiment that runs as its own process, watched through its folder."""

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..messages import UserError, require
from .stage_table import in_words, table_png
from .view import View

if TYPE_CHECKING:
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
        from .experiment_folder import ExperimentFolder  # needs torch, which takes seconds to load

        require(every > 0, f"every is {every}; a number of seconds above 0 is needed, 2 is usual.")
        self.folder = ExperimentFolder(Path(out), experiment)
        self.every = every
        self.error: BaseException | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        names = [LATEST, *self.folder.names]
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
        if self.folder.running:
            self._follow()

    def start(self) -> None:
        """Start or go on; does nothing where it runs.

        Raises:
            UserError: what `reproduce` would refuse.
        """
        self.error = None
        self.folder.start()
        self._follow()
        self.redraw()

    def stop(self) -> None:
        """Have the run save after its step and end. Returns at once; `wait()` for the end."""
        self.folder.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no process works on the experiment; says whether that came in time."""
        until = float("inf") if timeout is None else time.monotonic() + timeout
        while self.folder.running:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        if self._thread is not None:
            self._thread.join()
        return True

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
        return ". ".join(part for part in (in_words(frame), frame["error"], *frame["output"]) if part)

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The table, and the shown run below it."""
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
            with suppress(UserError):  # the folder itself cannot be read now; what is shown stays
                self.redraw()

    def _follow(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="dartslab-experiment", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        last = False
        while not last and not self._over.is_set():
            last = not self.folder.running  # asked before the folder is read: the last look sees the end
            begun = time.monotonic()
            # A run may end between the two: only the last look makes a picture.
            self._try(lambda last=last: self.publish(self.frame(self.settings), settled=last))
            self._over.wait(max(self.every, (time.monotonic() - begun) / BUSY) * (not last))
        self.settle()
