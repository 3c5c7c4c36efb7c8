"""A search that runs in a thread and can be steered, taken back, and led to the same numbers again. Knows no widget."""

import copy
import json
import math
import weakref
from collections.abc import Callable, Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...base.messages import UserError, require, unknown
from ...run.recorder import Recorder
from ..kit.worker import Worker
from .moments import describe_duration
from .search_history import SearchHistory, verdict

if TYPE_CHECKING:
    from ...run.search_state import SearchState

# fields that change no decision
NOT_DECISIVE = frozenset({"root", "device", "checkpoint_every", "threads", "instruments", "measure_every"})
NOTES = {
    "ready": "press play, or step",
    "paused": "the run waits, press play to go on",
    "stopped": "the run has ended, press play to go on from here, or reset to start again",
    "finished": "reset to start again",
    "failed": "the search is as it was before the failing step, and the kernel is free",
}
_alive: "weakref.WeakSet[LiveSearch]" = weakref.WeakSet()


class LiveSearch:
    """A search, the thread that runs it, its record, and every change that was made on the way.

    Args:
        search: a `SearchConfig`, or a `SearchState`, which is moved on in place.
        seen: called in the thread after every step.
        rested: called after every change of status.
        made_by: (id of the notebook cell that makes it, number of the cell's execution); (None, 0) outside a notebook.
            When the same cell runs again, the earlier search stops.
    Attributes:
        search: the state.
        worker: runs it.
        recorder: of everything since the beginning or the last `reset`.
        past: when edges and the derived cell changed, since then.
        history: changes that were made, (step, field, value).
    Raises:
        UserError: neither of them, or a configuration that cannot run here.
    """

    def __init__(
        self,
        search: Any,
        seen: Callable[[], None],
        rested: Callable[[], None],
        made_by: tuple[str | None, int] = (None, 0),
    ) -> None:
        self.search = as_state(search)
        self.made_by = made_by
        self._take_over()
        self._seen = seen
        self._begin = copy.deepcopy(self.search.contents())
        self.config = self.search.config
        self._schedule: dict[int, list[tuple[str, float]]] = {}
        self.history: list[tuple[int, str, float]] = []
        self._record_anew()
        self.worker = Worker(self._events, self._see, rested)
        if self.search.step >= self.search.steps:
            self.worker.status = "finished"

    @property
    def title(self) -> str:
        """What is searched."""
        return f"{self.config.data}, {self.config.hypergradient}, seed {self.config.seed}"

    @property
    def fingerprint(self) -> str:
        """Eight digits that identify this search's configuration."""
        decisive = {name: value for name, value in asdict(self.config).items() if name not in NOT_DECISIVE}
        return sha256(repr(sorted(decisive.items())).encode()).hexdigest()[:8]

    def note(self) -> str:
        """What can be done now, or the time that is left."""
        status, seconds = self.worker.status, self.recorder.columns["seconds"]
        if status in NOTES or not seconds:
            return NOTES.get(status, "the first step is being made") + self._waiting_rate()
        recent = seconds[-21:] if len(seconds) > 1 else [0.0, *seconds]
        pace = max((recent[-1] - recent[0]) / (len(recent) - 1), 1 / self.worker.rate)
        return f"{describe_duration(pace * (self.search.steps - self.search.step))} left at {pace:.2f} s a step"

    def _waiting_rate(self) -> str:
        """From when on a learning rate of alpha holds that was set since the last step; nothing else shows it yet."""
        rate, used = self.search.config.alpha_learning_rate, self.recorder.columns["alpha_learning_rate"]
        before = used[-1] if used else self.config.alpha_learning_rate
        waits = rate != before and self.worker.status in ("ready", "paused", "stopped")
        return f"; the learning rate of alpha is {rate:.3g} from the next step on" if waits else ""

    def verdict(self) -> str:
        """Where the search stands, in a sentence."""
        now = self.search
        weights = {kind: table.numpy() for kind, table in now.weights().items()}
        return verdict(now.config.space, self.past.since, self.past.begun or 0, now.step, now.steps, weights)

    def steer(self, name: str, value: float) -> None:
        """Change a field of `SearchState.STEERED`, and remember when. Only between two steps: see `Worker.between`."""
        if value != getattr(self.search.config, name):
            self.search.change(**{name: value})
            self.history.append((self.search.step, name, value))

    def reset(self) -> None:
        """Restore the search, weights included, to its beginning. Only between two steps."""
        self.search.config = self.config
        self.search.load_contents(copy.deepcopy(self._begin))
        self._schedule, self.history = {}, []
        self._record_anew()
        self.worker.restart()

    def trail(self) -> str:
        """Step, changes and configuration as a text: "@40![[10,"temperature",0.5]]#1234abcd"."""
        return f"@{self.search.step}!{json.dumps(self.history, separators=(',', ':'))}#{self.fingerprint}"

    def read_trail(self, text: str) -> tuple[str, int, list[tuple[int, str, float]]]:
        """What stands before a trail in a text, its step and its changes.

        Raises:
            UserError: no trail, a damaged one, one of another configuration, or one this search never comes to.
        """
        advice = "pass what SearchPanel.state() gave."
        body, _, mark = text.strip().rpartition("#")
        head, _, changes = body.rpartition("!")
        head, _, step = head.rpartition("@")
        require(step.isdecimal() and len(step) < 10, f"the state {text.strip()[:40]!r} is damaged or cut off; {advice}")
        require(
            mark == self.fingerprint,
            f"the state is of a search with another configuration ({mark[:12]!r}, this is {self.fingerprint!r}); make "
            "the panel with the same configuration.",
        )
        first, last = self._begin["step"], self.search.steps
        require(first <= int(step) <= last, f"the state is at step {step}, this goes from {first} to {last}; {advice}")
        try:
            found = [(int(at), str(name), float(value)) for at, name, value in json.loads(changes)]
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise UserError(f"the state's list of changes is damaged; {advice}") from error
        for at, name, value in found:
            if name not in self.search.STEERED:
                raise unknown("change in the state:", name, self.search.STEERED)
            good = math.isfinite(value) and value > 0
            require(good, f"the state changes {name} to {value}; allowed is a number above 0: {advice}")
            reached = first <= at <= int(step)
            require(reached, f"the state changes {name} at step {at}, and goes from {first} to {step}; {advice}")
        return head, int(step), found

    def go_to(self, step: int, changes: list[tuple[int, str, float]]) -> None:
        """Start anew and run to a step, with these changes on the way; then pause. Returns at once."""
        self.worker.stop(None)
        self.reset()
        for at, name, value in changes:
            self._schedule.setdefault(at, []).append((name, value))
        self._follow_schedule()
        if step > self.search.step:
            self.worker.run(step - self.search.step)

    def _events(self) -> Iterator[Any]:
        from ...run.search import search

        return search(self.search)

    def _record_anew(self) -> None:
        self.recorder = Recorder(self.search)
        self.past = SearchHistory(self.search.config.space)
        weights = {kind: table.numpy() for kind, table in self.search.weights().items()}
        self.past.add(self.search.step, weights, self.search.genotype())

    def _see(self, event: Any) -> None:
        self.recorder.add(event)
        self.past.add(event.step, event.weights, event.genotype)
        self._follow_schedule()
        self._seen()

    def _follow_schedule(self) -> None:
        for name, value in self._schedule.pop(self.search.step, ()):
            self.steer(name, value)

    def _take_over(self) -> None:
        """Stop what this notebook cell started when it ran before, and whatever else runs the same search."""
        cell, execution = self.made_by
        for other in list(_alive):
            same_cell = cell is not None and other.made_by[0] == cell and other.made_by[1] != execution
            if same_cell or other.search is self.search:
                other.worker.stop(None)
        _alive.add(self)


def as_state(search: Any) -> "SearchState":
    """A search that can be run: the state itself, or one made of a configuration.

    Raises:
        UserError: something else.
    """
    from ...run.config import SearchConfig
    from ...run.search_state import SearchState

    if isinstance(search, SearchConfig):
        return SearchState.create(search)
    require(
        isinstance(search, SearchState),
        f"SearchPanel runs a SearchState or a SearchConfig, got {type(search).__name__}; pass for example "
        "SearchConfig.lesson().",
    )
    return search
