"""A run from the command line, a search or a training: begun or resumed, recorded, shown, and reported at its end."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ..base.files import lock_folder
from ..base.messages import UserError, require
from ..run.config import SearchConfig, TrainConfig
from ..run.console import interrupts, progress
from ..run.distributed import LEADER, any_process_says, rank
from ..run.events import Event
from ..run.record import CHECKPOINT
from ..run.recorder import Recorder
from ..run.recorder import State as Recordable
from ..run.stored import FREE_FIELDS, changed_fields


class State(Recordable, Protocol):
    """What is asked of a `SearchState` or a `TrainState`."""

    @property
    def steps(self) -> int:
        """Steps of the whole run."""

    def idle_settings(self) -> list[str]:
        """What was asked for and cannot act in this run, one sentence each."""

    def remarks(self) -> list[str]:
        """What must be said about the result, one sentence each."""


S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Run(Generic[S]):
    """What a command wants run.

    Args:
        name: of the command, for the progress bar.
        config: what was asked for.
        out: the folder of the run; None keeps nothing.
        resume: go on from the folder's last checkpoint.
        create: makes a new state.
        load: (checkpoint, the fields that may change) -> the state that was saved.
        loop: moves the state on, one event per step.
    """

    name: str
    config: SearchConfig | TrainConfig
    out: Path | None
    resume: bool
    create: Callable[[], S]
    load: Callable[..., S]
    loop: Callable[[S], Iterator[Event]]


def carry_out(run: Run[S]) -> None:
    """Run to the end or to the first Ctrl-C, SIGTERM or SIGHUP, and print how it ended.

    Of several processes that search together, only the first one records and prints. Its folder is locked meanwhile.

    Raises:
        UserError: the run cannot begin or be resumed.
        NonFiniteLoss, RankError: it cannot go on.
    """
    leads = rank() == LEADER
    last = None
    with ExitStack() as held:
        state, interrupted, recorder = _begin(run, run.out if leads else None, held)
        for sentence in (*state.idle_settings(), *state.notes) if leads else ():
            print(f"note: {sentence}.")
        events = recorder.watch(run.loop(state))
        for event in progress(events, run.name) if leads else events:
            last = event
            if any_process_says(interrupted()):
                break
    if leads:
        _report(run, state, last)


def _begin(run: Run[S], out: Path | None, held: ExitStack) -> tuple[S, Callable[[], bool], Recorder]:
    """The state, new or resumed, what tells whether to stop, and the recorder.

    Until the state is there a signal stops at once. From then on it lets the first step finish, since a folder with
    half of its files could neither be resumed nor begun anew.

    Args:
        run: what is wanted.
        out: the folder that this process writes; None where another process writes it, or nothing is kept.
        held: gets the lock on the folder, and the handling of signals.
    """
    if run.resume:
        return _resume(run, out, held)
    if out is not None:
        Recorder.check_new(out)  # before the data are read
    state = run.create()
    interrupted = held.enter_context(interrupts())
    if out is None:
        return state, interrupted, Recorder(state)
    held.enter_context(lock_folder(out))
    return state, interrupted, Recorder.create(state, out)


def _resume(run: Run[S], out: Path | None, held: ExitStack) -> tuple[S, Callable[[], bool], Recorder]:
    """As `_begin`, from the last checkpoint."""
    if run.out is None:
        raise UserError("--resume needs --out with the folder of the run; add it.")
    if out and os.path.isdir(out):
        held.enter_context(lock_folder(out))
    free = {name: value for name, value in vars(run.config).items() if name in FREE_FIELDS}
    state = run.load(run.out / CHECKPOINT, **free)
    changed = changed_fields(state.config, run.config)
    require(
        not changed,
        f"{run.out} was started with another configuration ({'; '.join(changed)}); leave these flags out to resume it, "
        "or start again in another folder.",
    )
    interrupted = held.enter_context(interrupts())
    recorder = Recorder.resume(state, out) if out else Recorder(state)
    if out:
        print(f"resuming {out} at step {state.step} of {state.steps}")
    return state, interrupted, recorder


def _report(run: Run[S], state: S, last: Event | None) -> None:
    """Print how the run ended; `last` is its last event, None where there was nothing to do."""
    if last is None:
        more = "; give more with --steps (0 for all epochs)" if state.config.steps else ""
        print(f"nothing to do: all {state.steps} steps were already done{more}")
        return
    if last.step < last.steps:
        go_on = "continue with --resume" if run.out is not None else "nothing was kept, because --out was not given"
        print(f"stopped at step {last.step} of {last.steps}; {go_on}")
    if last.instruments:
        print("instruments: " + ", ".join(f"{name} {value:.4g}" for name, value in last.instruments.items()))
    if last.test_accuracy is not None:
        print(f"test accuracy {last.test_accuracy:.2%}, test loss {last.test_loss:.4f} after {last.step} steps")
    if last.val_accuracy is not None:
        print(f"supernet on the validation half: accuracy {last.val_accuracy:.2%}, loss {last.val_loss:.4f}")
    if last.genotype is not None:
        print("\n".join(last.genotype.to_lines()))
    for sentence in state.remarks():
        print(f"note: {sentence}.")
    if run.out is not None:
        print(f"recorded in {run.out}")
