"""What a whole search by a method must pass: each check makes a tiny one, and reads what comes out of it."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..base.messages import UserError, require
from ..methods.method import Method
from ..space import KINDS
from .record import Record
from .recorder import Recorder
from .search import search
from .search_state import SearchState
from .tiny_search import known, make_state, tiny_config, tiny_pictures


def check_run(method: Method) -> None:
    """A tiny search runs to its end and derives cells of the space. alpha moves, or `idle_settings` says why not."""
    with known(method):
        state = make_state(method)
        before = {name: table.clone() for name, table in state.arch.parameters().items()}
        said = state.idle_settings()
        events = list(search(state))
        require(
            len(events) == state.step == state.steps == events[-1].steps,
            f"{method.name}: the search made {state.step} steps, gave {len(events)} events and says {state.steps}.",
        )
        require(
            events[-1].genotype == state.genotype(),
            f"{method.name}: the last event holds another genotype than the state; derive it from what is given only.",
        )
        after = state.arch.parameters()
        for name, table in before.items():
            require(
                not torch.equal(table, after[name]) or bool(said),
                f"{method.name}: {name} never moved in {state.step} steps, and `idle_settings` says nothing about it.",
            )
        masks = state.arch.mask.values()
        require(
            not method.keep or any(not bool(mask.all()) for mask in masks) or bool(said),
            f"{method.name}: `keep` never switched an operation off, and `idle_settings` says nothing about it.",
        )


def check_tied(method: Method) -> None:
    """In a tied space, which has one table for both kinds of cells, it runs and derives too; or it refuses one."""
    with known(method):
        try:
            config = tiny_config(method, tied=True, epochs=1)
        except UserError:
            return  # with a sentence of its own
        state = SearchState.create(config, tiny_pictures())
        try:
            for _ in search(state):
                pass
        except KeyError as error:
            if error.args[:1] not in [(kind,) for kind in KINDS]:
                raise  # not a table that a tied space lacks
            raise UserError(
                f"{method.name}: a tied space has no table {error}; go over `space.kinds`, or refuse it in `check`."
            ) from error


def check_resume(method: Method) -> None:
    """Stopped and resumed in each of its phases, a search ends with the same numbers, bit for bit."""
    with known(method), tempfile.TemporaryDirectory() as folder:
        whole = make_state(method)
        phases, expected = [], []
        for event in search(whole):
            expected.append((event.train_loss, event.val_loss))
            phases.append(_phase(whole))
        cuts = [1] + [step for step, (old, new) in enumerate(pairwise(phases), 2) if old != new]
        state, found = make_state(method), []
        for number, cut in enumerate([*cuts, whole.step]):
            for event in search(state) if state.step < cut else ():
                found.append((event.train_loss, event.val_loss))
                if event.step == cut:
                    break
            path = Path(folder, f"{number}.pt")
            state.save(path)
            state = SearchState.load(path, tiny_pictures())
        where = f"{method.name}: a search that was stopped after each of the steps {', '.join(map(str, cuts))} "
        require(repr(found) == repr(expected), f"{where}has other losses; keep nothing outside `Arch` and the choices.")
        same = equal_tables(whole.parameters(), state.parameters())
        require(same, f"{where}ends with other weights or another alpha.")
        require(equal_tables(whole.arch.mask, state.arch.mask), f"{where}has switched off other operations.")
        same = whole.genotype() == state.genotype() and whole.choices == state.choices and whole.taken == state.taken
        require(same, f"{where}derives another cell.")


def check_record(method: Method) -> None:
    """A recorded search tells every genotype and all mixing weights, read from its folder alone."""
    with known(method), tempfile.TemporaryDirectory() as folder:
        state = make_state(method, epochs=1)
        recorder = Recorder.create(state, Path(folder, "run"))
        events = list(recorder.watch(search(state)))
        record = Record.load(Path(folder, "run"))
        for row, event in enumerate(events):
            require(
                record.genotype(row) == event.genotype,
                f"{method.name}: the record gives another genotype for step {event.step} than the search did.",
            )
            for kind, table in record.weights(row).items():
                assert event.weights is not None
                require(
                    bool((table == event.weights[kind]).all()),
                    f"{method.name}: the record gives other mixing weights for step {event.step} than the search did.",
                )


SEARCH_CHECKS: dict[str, Callable[[Method], None]] = {
    "run": check_run,
    "tied": check_tied,
    "resume": check_resume,
    "record": check_record,
}


def _phase(state: SearchState) -> Sequence[Any]:
    """What changes from one phase of a method's search to the next; all choices but the first are one phase."""
    kept = tuple(int(mask[0].sum()) for mask in state.arch.mask.values())
    return state.is_frozen(), kept, min(len(state.choices), 2), state.taken, state.step >= state.search_steps


def equal_tables(one: Mapping[str, Tensor], two: Mapping[str, Tensor]) -> bool:
    """Whether two sets of tensors have the same names and, bit for bit, the same numbers; nan is nan."""
    return one.keys() == two.keys() and all(_equal(table, two[name]) for name, table in one.items())


def _equal(one: Tensor, two: Tensor) -> bool:
    return one.shape == two.shape and bool(((one == two) | (one.isnan() & two.isnan())).all())
