"""Folds the events of a run into its record, and keeps the folder of the run up to date."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from ..base.files import HOLDER, LOCK
from ..base.messages import require, short
from ..derive import fitting_table, softmax, top_k
from ..genotype import Genotype
from ..space import SearchSpace
from .config import SearchConfig
from .record import ALPHA, BETA, CHECKPOINT, CONFIG, GENOTYPE, INSTRUMENT, NUMBERS, WEIGHTS, Record, write_text


class State(Protocol):
    """What a recorder asks of a `SearchState` or a `TrainState`."""

    kind: ClassVar[str]
    config: Any
    pictures: dict[str, Any]
    step: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the record must know besides the configuration, as sentences."""

    @property
    def trained_genotype(self) -> Genotype | None:
        """What a training trains; None of a search."""

    def save(self, path: Path) -> None:
        """Write a checkpoint."""

    def read_events(self) -> Iterable[Any]:
        """The events of finished steps that were not yet read."""


class Recorder:
    """Folds events into a record and keeps a folder up to date.

    `for event in recorder.watch(search(state)): ...` records every event, saves at the end of each epoch, every
    `checkpoint_every` steps, when the loop is left with `break`, and at the end. After an error inside the run only the
    columns are written: the last good checkpoint stays.

    Args:
        state: the run; its `save` writes the checkpoint.
        folder: where to keep it; None keeps the record in memory.
        record: rows to begin with, when resuming.
    Attributes:
        columns: everything recorded so far as growing lists, {name: [T values]}; `record` makes arrays of them.
    Raises:
        UserError: the folder cannot be written.
    """

    def __init__(self, state: State, folder: str | Path | None = None, record: Record | None = None) -> None:
        self.state = state
        self.folder = None if folder is None else Path(folder)
        self.kind = state.kind
        self.columns: dict[str, list[Any]] = {name: [] for name in (*NUMBERS, "genotype")}
        self._index: dict[str, int] = {}
        if record is not None:
            self._index = {text: i for i, text in enumerate(record.genotypes)}
            before = dict.fromkeys(NUMBERS, np.full(len(record), np.nan))  # a column that was not kept then
            if self.kind == "search" and len(record):
                before |= {
                    WEIGHTS + kind: record.mixing_weights(kind).astype(np.float32) for kind in record.space.kinds
                }
            self.columns = {name: list(column) for name, column in (before | record.columns).items()}
        self.save()
        if self.folder is not None and state.trained_genotype is not None:
            write_text(self.folder / GENOTYPE, state.trained_genotype.to_json())

    @staticmethod
    def check_new(folder: str | Path) -> None:
        """Raise `UserError` unless a run can begin here: the folder is new or empty, and no other run's."""
        folder = Path(folder)
        require(not os.path.exists(folder) or folder.is_dir(), f"{folder} is a file; name a new folder with --out.")
        found = sorted({path.name for path in folder.iterdir()} - {LOCK, HOLDER}) if os.path.isdir(folder) else []
        require(
            CONFIG not in found,
            f"{folder} already holds a run; add --resume to continue it, or choose another folder with --out.",
        )
        require(
            not found,
            f"{folder} is not empty and holds no dartslab run (found {', '.join(found[:3])}); choose a new or an empty "
            "folder with --out.",
        )

    @classmethod
    def create(cls, state: State, folder: str | Path) -> "Recorder":
        """Begin a run in a new or empty folder.

        Raises:
            UserError: the folder holds another run or something foreign, or cannot be written.
        """
        cls.check_new(folder)
        return cls(state, folder)

    @classmethod
    def resume(cls, state: State, folder: str | Path) -> "Recorder":
        """Continue a run whose state was loaded from the folder's checkpoint."""
        record = Record.load(folder)
        return cls(state, folder, record.first(int((record.columns["step"] <= state.step).sum())))

    @property
    def record(self) -> Record:
        """Everything recorded so far."""
        columns = {name: np.array(values) for name, values in self.columns.items()}
        state, genotypes = self.state, tuple(self._index)
        return Record(self.kind, asdict(state.config), columns, genotypes, versions(), state.pictures, state.notes)

    def add(self, event: Any) -> None:
        """Fold one `run.Event` into the columns."""
        for name in NUMBERS:
            value = getattr(event, name)
            self.columns[name].append(np.nan if value is None else value)
        for prefix, tables in ((ALPHA, event.alpha), (WEIGHTS, event.weights), (BETA, event.beta)):
            for kind, table in (tables or {}).items():
                self.columns.setdefault(prefix + kind, []).append(table)
        rows = len(self.columns["step"])
        measured = {INSTRUMENT + name: value for name, value in (event.instruments or {}).items()}
        for name in measured:
            self.columns.setdefault(name, [np.nan] * (rows - 1))
        for name in (name for name in self.columns if name.startswith(INSTRUMENT)):
            self.columns[name].append(measured.get(name, np.nan))
        text = None if event.genotype is None else event.genotype.to_json()
        self.columns["genotype"].append(-1 if text is None else self._index.setdefault(text, len(self._index)))

    def watch(self, events: Iterable[Any]) -> Iterator[Any]:
        """Pass events through, recording and saving on the way."""
        every = self.state.config.checkpoint_every
        try:
            for event in events:
                self.add(event)
                if event.epoch_done or event.step == event.steps or (every and event.step % every == 0):
                    self.save()
                yield event
        except GeneratorExit:  # the reader left the loop: the state is complete
            for event in self.state.read_events():
                self.add(event)
            self.save()
            raise
        except OSError:  # the record itself cannot be written
            raise
        except BaseException:  # in mid-step: a loss that is not finite, memory, Ctrl-C, a method that calls sys.exit
            self.save_columns()
            raise

    def save_columns(self) -> None:
        """Write the record, not the checkpoint."""
        if self.folder is not None:
            self.record.save(self.folder)

    def save(self) -> None:
        """Write the record, then the checkpoint."""
        if self.folder is not None:
            self.save_columns()
            self.state.save(self.folder / CHECKPOINT)


def record_of(config: SearchConfig, alpha: Sequence[Mapping[str, Any]]) -> Record:
    """The record of a search that another loop has made, for `Replay`; mixing weights are softmax(alpha / T).

    Args:
        config: of the search; its space, its temperature, and what is to stand above it.
        alpha: after each step {"alpha.normal": [E, O], "alpha.reduce": [E, O]}, tensors without gradient or arrays; of
            a tied search "alpha.normal" alone.
    Returns:
        A record without losses; its genotypes are those of `top_k`.
    Raises:
        UserError: no step, a step without one of the kinds, or tables that do not fit the space.
    """
    given = _each_step(alpha, config.space)
    nothing = np.full(len(given), np.nan)
    columns: dict[str, np.ndarray] = dict.fromkeys(NUMBERS, nothing)
    columns |= {"step": np.arange(1.0, len(given) + 1), "temperature": np.full(len(given), config.temperature)}
    for kind in config.space.kinds:
        columns[ALPHA + kind] = np.stack([tables[kind] for tables in given]).astype(np.float32)
        columns[WEIGHTS + kind] = softmax(columns[ALPHA + kind], config.temperature).astype(np.float32)
    index: dict[str, int] = {}
    found = []
    for row in range(len(given)):
        derived = top_k(config.space, {kind: columns[WEIGHTS + kind][row] for kind in config.space.kinds})
        found.append(index.setdefault(derived.to_json(), len(index)))
    columns["genotype"] = np.array(found)
    return Record("search", asdict(config), columns, tuple(index), versions())


def _each_step(alpha: Any, space: SearchSpace) -> list[dict[str, np.ndarray]]:
    """The tables of each step, {kind: [E, O]}; refused in a sentence that names the step where one does not fit."""
    names = [ALPHA + kind for kind in space.kinds]
    form = f"a list with {{{', '.join(f'{name!r}: [E, O]' for name in names)}}} for each step is needed"
    require(isinstance(alpha, Iterable) and not isinstance(alpha, (str, Mapping)), f"alpha is no list; {form}.")
    given = list(alpha)
    require(len(given) > 0, "there is no alpha to make a record of; give that of one step at least.")
    found = []
    for step, tables in enumerate(given, start=1):
        require(isinstance(tables, Mapping), f"alpha after step {step} is {short(repr(tables))}; {form}.")
        missing = [name for name in names if name not in tables]
        require(not missing, f"alpha after step {step} has no {', '.join(missing)}; {form}.")
        after = f" after step {step}"
        found.append(
            {kind: fitting_table(space, kind, tables[ALPHA + kind], "values of alpha", after) for kind in space.kinds}
        )
    return found


def versions() -> dict[str, str]:
    """The versions of this process's software; torch only if it is loaded."""
    import platform
    import sys

    from .. import __version__

    found = {"dartslab": __version__, "python": platform.python_version(), "numpy": np.__version__}
    found["processes"] = os.environ.get("WORLD_SIZE", "1")  # that share each batch; see `distributed`
    torch = sys.modules.get("torch")
    if torch is not None:
        found |= {"torch": str(torch.__version__), "threads": str(torch.get_num_threads())}
    return found
