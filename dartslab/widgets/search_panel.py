"""SearchPanel: a search that runs in a thread, can be watched and steered, and stopped at any step."""

import asyncio
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..base.messages import require, short
from ..genotype import Genotype
from ..run.record import Record
from .kit.choices import Dropdown
from .kit.notebook import running_cell
from .kit.state import describe_allowed
from .kit.stills import moment_png
from .kit.view import RUN_MODULES, RUN_STYLES, View
from .models.live_search import LiveSearch
from .models.measured import UNDECIDED, instrument_curves, last_numbers
from .models.moments import curves, describe_moment, moment
from .models.search_history import edges_since
from .replay import curve_choice

if TYPE_CHECKING:
    from ..run.config import SearchConfig
    from ..run.search_state import SearchState

SPEEDS = (("1 step/s", 1.0), ("2 steps/s", 2.0), ("5 steps/s", 5.0), ("10 steps/s", 10.0), ("full speed", math.inf))
BUTTONS = (  # name, icon, what it does
    ("play", "play", "go on until the end"),
    ("pause", "pause", "rest after this step; the run waits, and play goes on with it"),
    ("step", "step-forward", "one step"),
    ("step epoch", "fast-forward", "to the end of the epoch"),
    ("reset", "refresh", "back to the beginning"),
    ("stop", "stop", "end the run after this step: cells that wait for its end go on; play continues from here"),
)
FACE = ("play", "pause", "step")  # the others stand behind "more"


class SearchPanel(View):
    """Watch alpha move while a search runs, and steer it.

        panel = SearchPanel(SearchConfig.lesson())
        panel            # shows it; press play

    Training runs in a thread, so the cell returns at once. From code: `panel.play()`, then `panel.wait()` or
    `await panel.done()` in a later cell. Running the cell anew stops the earlier run. `panel.record` opens in `Replay`.
    A curve of what the configuration's `instruments` measure is chosen behind "more".

    Args:
        search: a `SearchConfig`, or a `SearchState`, which is moved on in place.
        updates: most drawings per second while it runs; what they cost is in `benchmarks/results/search_panel.md`.
    Raises:
        UserError: neither of them, a configuration that cannot run here, or no updates.
    """

    MODULES = (*RUN_MODULES, "search_panel.js")
    STYLES = RUN_STYLES

    def __init__(self, search: "SearchConfig | SearchState", updates: float = 10.0) -> None:
        from ..run.method_probes import uses_temperature

        known = isinstance(updates, int | float) and updates > 0
        require(known, f"updates is {updates!r}; a number of drawings per second above 0 is needed, 10 is usual.")
        self.updates = updates
        self._shown_at = -math.inf
        self.live = LiveSearch(search, self._see, self._rest, running_cell())
        config = self.live.config
        self._known = {name: getattr(config, name) for name in self.search.STEERED}  # values last given to the sliders
        controls = {
            "speed": Dropdown(options=SPEEDS, value=math.inf, description="speed"),
            "alpha_learning_rate": log_slider(config.alpha_learning_rate, -4, 0, "rate of alpha"),
            "temperature": log_slider(config.temperature, -1.5, 1, "temperature"),
        }
        # a slider that changes nothing is grey
        controls["temperature"].disabled = not uses_temperature(self.search.method, config)
        stop = self.search.method.stop
        measured = (*config.instruments, *((stop.name,) if stop else ()))
        if measured:
            controls["curve"] = curve_choice(measured)
        self.buttons = {
            name: ipywidgets.Button(description=name, icon=icon, tooltip=tip, layout={"width": "auto"})
            for name, icon, tip in BUTTONS
        }
        actions = {"step epoch": self.step_epoch, "stop": lambda: self.stop(0)}
        for name, button in self.buttons.items():
            action = actions.get(name) or getattr(self, name)
            button.on_click(lambda _, action=action: action())
        face = [*(self.buttons[name] for name in FACE), controls["alpha_learning_rate"], controls["temperature"]]
        behind = [*(button for name, button in self.buttons.items() if name not in FACE), controls["speed"]]
        behind += [controls["curve"]] if measured else []
        super().__init__(controls, [face], more=behind)
        self.ready()

    # what the buttons do

    def play(self) -> None:
        """Run to the end; a second call changes nothing."""
        self.live.worker.run()

    def pause(self) -> None:
        """Pause after the current step."""
        self.live.worker.pause()

    def step(self, steps: int = 1) -> None:
        """Make exactly this many more steps, then pause."""
        self.live.worker.run(steps)

    def step_epoch(self) -> None:
        """Run to the end of the epoch, then pause."""
        self.live.worker.run(to_epoch=True)

    def stop(self, timeout: float | None = None) -> bool:
        """End the run after the current step, and wait for that; `play` continues from there.

        Args:
            timeout: seconds to wait at most.
        Returns:
            Whether it has ended.
        """
        return self.live.worker.stop(timeout)

    def reset(self) -> None:
        """Restore the search, weights included, to its state when the panel was made; the record starts anew."""
        self.live.worker.pause()
        self.live.worker.between(self._reset)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the panel is at rest, and raise what the search raised.

        Args:
            timeout: seconds to wait at most.
        Returns:
            Whether it came to rest in time.
        """
        return self.live.worker.wait(timeout)

    async def done(self) -> None:
        """Wait until the run has ended, not only paused, while the buttons work; raise what the search raised."""
        while self.live.worker.alive:
            await asyncio.sleep(0.05)
        self.wait()

    # what can be asked

    @property
    def search(self) -> "SearchState":
        """The search; it stands between two steps whenever the panel is at rest."""
        return self.live.search

    @property
    def status(self) -> str:
        """ready, running, paused, stopped, finished or failed."""
        return self.live.worker.status

    @property
    def error(self) -> BaseException | None:
        """What the search raised."""
        return self.live.worker.error

    @property
    def record(self) -> Record:
        """Everything since the panel was made or reset."""
        return self.live.recorder.record

    @property
    def genotype(self) -> Genotype:
        """What would be derived now."""
        return self.search.genotype()

    def state(self) -> str:
        """The step, every change that was made on the way, and which search it is."""
        return super().state() + self.live.trail()

    def restore(self, text: str) -> None:
        """Start anew and run to the step of the state, with the same changes at the same steps; then pause.

        Returns at once; `wait()` for the end.

        Raises:
            UserError: no state of a panel, or one of a search with another configuration, a
                value that no slider reaches. The panel then stays as it is.
        """
        require(
            isinstance(text, str), f"a state is a text, got {type(text).__name__}; pass what SearchPanel.state() gave."
        )
        self.read_state(text.rpartition("@")[0] or text)  # says so where it is of another view
        head, step, changes = self.live.read_trail(text)
        values = self.read_state(head)
        speed, curve = values.pop("speed", math.inf), values.pop("curve", UNDECIDED)
        for name, value in (*values.items(), *(change[1:] for change in changes)):
            slider = self.controls[name]
            good = isinstance(value, int | float) and slider.base**slider.min <= value <= slider.base**slider.max
            require(good, f"the state sets {name} to {short(repr(value))}; {describe_allowed(slider)}.")
        known = ", ".join(str(value) for _, value in SPEEDS)
        require(
            speed in dict(SPEEDS).values(),
            f"the state has the speed {short(repr(speed))}; allowed are {known} steps/s.",
        )
        curves_there = [name for _, name in self.controls["curve"].options] if "curve" in self.controls else [UNDECIDED]
        known = ", ".join(curves_there)
        require(curve in curves_there, f"the state has the curve {short(repr(curve))}; allowed are {known}.")
        self.controls["speed"].value = speed
        if "curve" in self.controls:
            self.controls["curve"].value = curve
        self.live.go_to(step, changes)
        self.redraw()

    # what View asks for

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The search as it stands; only asked for while no step is being made."""
        search, columns = self.search, self.live.recorder.columns
        weights = {kind: table.numpy() for kind, table in search.weights().items()}
        row, space = len(columns["step"]) - 1, search.config.space
        run = moment(self.live.title, space, weights, columns, row, search.steps, search.genotype())
        past = self.live.past
        run |= {"verdict": self.live.verdict(), "since": edges_since(space, past.since)}
        run |= {"curves": curves(columns, row + 1), **past.shown(search.steps)}
        run |= {"instruments": instrument_curves(columns, row + 1), "measured": last_numbers(columns, row + 1)}
        return {
            "status": self.status,
            "note": self.live.note(),
            "error": None if self.error is None else f"{type(self.error).__name__}: {self.error}",
            "step": search.step,
            "moving": self.status == "running",
            "curve": settings.get("curve", UNDECIDED),
            "run": run | {"step": search.step},
        }

    def describe(self, frame: Mapping[str, Any]) -> str:
        """Status, error and the run in words."""
        parts = (f"{frame['status']}, {frame['note']}", frame["error"], describe_moment(frame["run"]))
        return ". ".join(part for part in parts if part)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The run at its present step."""
        return moment_png(frame["run"])

    def publish(self, frame: dict[str, Any], settled: bool = True) -> None:
        """Show a frame; at the end of the search only reset can be pressed."""
        for name, button in self.buttons.items():
            button.disabled = frame["status"] == "finished" and name != "reset"
        super().publish(frame, settled)

    def redraw(self) -> None:
        """Draw again as soon as no step is running."""
        self.live.worker.between(self._show)

    def close(self) -> None:
        """End the run and remove the view."""
        if "live" in vars(self):  # not if the constructor raised
            self.live.worker.stop(None)
        super().close()

    # inside the thread, or with nothing running

    def _see(self) -> None:
        """After a step: the sliders follow changes that a restored state makes; the drawing if it is due."""
        self._show_settings()
        if time.monotonic() - self._shown_at >= 1 / self.updates:
            self._show(settled=False)

    def _rest(self) -> None:
        """After a change of status: show it; at the end of the thread also make the static picture."""
        self._show(settled=self.status != "running")
        if not self.live.worker.alive:
            self.settle()

    def _show(self, settled: bool = True) -> None:
        self._shown_at = time.monotonic()
        self.publish(self.frame(self.settings), settled)

    def _on_change(self, change: Any) -> None:
        self.live.worker.rate = self.controls["speed"].value
        self.live.worker.between(self._steer)

    def _steer(self) -> None:
        for name in self.search.STEERED:
            self._known[name] = self.controls[name].value  # so that `_show_settings` does not take it back
            self.live.steer(name, self._known[name])
        if self.status != "running":
            self._show()

    def _show_settings(self) -> None:
        """Set the sliders to the values of the search, if these were changed elsewhere."""
        for name in self.search.STEERED:
            value = getattr(self.search.config, name)
            if self._known.get(name) != value:
                self._known[name] = self.controls[name].value = value

    def _reset(self) -> None:
        self.live.reset()
        self._show_settings()
        self._show()


def log_slider(value: float, low: float, high: float, label: str) -> ipywidgets.FloatLogSlider:
    """A slider over powers of ten that reaches at least to `value`."""
    exponent = math.log10(value)
    return ipywidgets.FloatLogSlider(
        value,
        base=10,
        min=min(low, math.floor(exponent)),
        max=max(high, math.ceil(exponent)),
        step=0.05,
        description=label,
        readout_format=".3g",
        continuous_update=False,
    )
