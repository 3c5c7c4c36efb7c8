"""One watched call of an answer, and whether two calls had the same outcome."""

import contextlib
import threading
import warnings
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import torch

from ..base.forward_mode import load_forward_mode
from .guard import OutOfTime, Printed, as_before, call_within, global_state, seed_all, time_limit
from .items import Arguments, Case, Exercise
from .values import difference, is_unchanged, wrong_type

T = TypeVar("T")

MANY = 1_000  # parts of a generator that are taken; no exercise has so many
COMPARING_S = 5.0  # comparing or printing what an answer gave takes no longer
SEED = 7_290_145  # of chance while an answer runs: one that no answer sets, so that setting any is seen
INCOMPARABLE = "cannot be compared in time"


@dataclass(frozen=True)
class Outcome:
    """The outcome of one call.

    Args:
        kind: "value", "raises", "late", "thread", or what it disturbed: "input", or a name in `global_state`.
        value: what it gave.
        error: what it raised.
        printed: whether it printed something.
        changed: of kind "input", the numbers of the arguments that it changed.
    """

    kind: str
    value: Any = None
    error: BaseException | None = None
    printed: bool = False
    changed: tuple[int, ...] = ()


def attempt(exercise: Exercise, answer: Any, case: Case, as_list: bool = False) -> Outcome:
    """Call an answer once. Only KeyboardInterrupt gets through; all global state is as before.

    Args:
        as_list: a list is wanted: what a generator gives is taken for one, and within the time limit.
    """
    finish = to_list if as_list else lambda given: given
    return watch(exercise, case, lambda arguments: finish(exercise.apply(answer, arguments)))


def watch(exercise: Exercise, case: Case, call: Callable[[Arguments], Any]) -> Outcome:
    """Do something with the arguments of a case, as `attempt` calls an answer with them."""
    printed = Printed()
    with as_before():
        load_all_of_torch()
        arguments = case.make()
        seed_all()
        untouched = case.make()
        seed_all(SEED)
        before, threads = global_state(), set(threading.enumerate())
        value, error = None, None
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
                warnings.simplefilter("ignore")
                value = call_within(lambda: call(arguments), time_limit(exercise.seconds))
        except KeyboardInterrupt:
            raise
        except BaseException as caught:  # SystemExit too: the kernel lives
            error = caught
        states = [name for name, state in global_state().items() if not is_unchanged(before[name], state)]
        left_running = [thread for thread in threading.enumerate() if thread not in threads]
    if isinstance(error, OutOfTime):
        return Outcome("late")
    if error is not None:
        return Outcome("raises", error=error)
    changed = tuple(k for k, pair in enumerate(zip(untouched, arguments, strict=True)) if not is_unchanged(*pair))
    if changed and not exercise.changes_input:
        return Outcome("input", value, changed=changed)
    disturbed = [name for name in states if not (exercise.draws and name.startswith("random"))]
    disturbed += ["thread"] * bool(left_running)
    return Outcome(disturbed[0] if disturbed else "value", value, printed=bool(printed.getvalue()))


def to_list(value: Any) -> Any:
    """A generator or a view, which runs late and once, as a list of at most MANY parts; so in a list of such parts."""
    value = _as_list(value)
    return type(value)(map(_as_list, value)) if type(value) in (list, tuple) else value


def _as_list(value: Any) -> Any:
    return list(islice(value, MANY)) if isinstance(value, (Iterator, ItemsView, KeysView, ValuesView)) else value


def same_outcome(exercise: Exercise, a: Outcome, b: Outcome) -> bool:
    """Whether two calls had the same outcome; `a` is the reference's or a twin's."""
    if a.kind != b.kind or a.changed != b.changed:
        return False
    if a.kind == "raises":
        return type(a.error) is type(b.error)
    return a.kind == "late" or compare(exercise, a.value, b.value) is None


def compare(exercise: Exercise, expected: Any, got: Any) -> str | None:
    """How the exercise tells two values apart; None where they are the same answer."""

    def find_difference() -> str | None:
        if exercise.compare is not None:
            return exercise.compare(expected, got)
        return difference(expected, got, exercise.tolerance)

    try:
        with as_before():  # a learner's own __eq__ may do anything
            return call_within(find_difference, COMPARING_S)
    except OutOfTime:
        return INCOMPARABLE
    except KeyboardInterrupt:
        raise
    except BaseException:  # the answer gave an unexpected kind of value
        return in_time(lambda: wrong_type(expected, got), "is something that cannot be looked at")


def in_time(look: Callable[[], T], otherwise: T, seconds: float = COMPARING_S) -> T:
    """What a look at an answer, or at what it gave, finds; `otherwise` where that raises or takes too long.

    A learner's own `__repr__`, `__len__` or `__eq__` may do anything. Only KeyboardInterrupt gets through; all global
    state is as before.
    """
    try:
        with as_before():
            return call_within(look, seconds)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise


def arguments_of(case: Case) -> Arguments:
    """The arguments of a case, made without touching the learner's random state."""
    with as_before():
        return case.make()


@cache
def load_all_of_torch() -> None:
    """Load the parts of torch that its first optimiser and its first derivative load, which can take seconds.

    An answer then spends its time limit on its own work. What it loads besides is loaded to its end, see `call_within`.
    """
    torch.optim.SGD([torch.zeros(1)], lr=1.0)
    load_forward_mode()


# derivatives


def derivatives(exercise: Exercise, answer: Any, case: Case) -> Outcome:
    """The gradients of an answer's result with respect to every floating-point tensor in its arguments.

    The result is weighted with fixed numbers and summed. The value of the outcome is a list with one tensor, or None
    where the result does not depend on it, for each of these tensors.
    """

    def differentiate(arguments: Arguments) -> list[torch.Tensor | None]:
        leaves: list[torch.Tensor] = []
        result = exercise.apply(answer, _with_gradients(arguments, leaves))
        parts = [part for part in _tensors(result) if part.requires_grad]
        if not parts:
            return [None] * len(leaves)
        total = sum((part * _fixed_weights(part)).sum() for part in parts)
        assert isinstance(total, torch.Tensor)
        return list(torch.autograd.grad(total, leaves, allow_unused=True))

    return watch(exercise, case, differentiate)


def _fixed_weights(part: torch.Tensor) -> torch.Tensor:
    return torch.arange(1, part.numel() + 1, dtype=part.dtype).sqrt().view(part.shape)


def _with_gradients(value: Any, leaves: list[torch.Tensor]) -> Any:
    """The same value, its floating-point tensors as leaves that want a gradient; they are added to `leaves`."""
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        leaves.append(value.detach().requires_grad_())
        return leaves[-1]
    if isinstance(value, Mapping):
        return {key: _with_gradients(part, leaves) for key, part in value.items()}
    return type(value)(_with_gradients(part, leaves) for part in value) if type(value) in (list, tuple) else value


def _tensors(value: Any) -> list[torch.Tensor]:
    """All floating-point tensors in a result."""
    if isinstance(value, torch.Tensor):
        return [value] if value.is_floating_point() else []
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return [tensor for part in parts for tensor in _tensors(part)]


def same_derivatives(expected: Outcome, got: Outcome) -> str | None:
    """How an answer's gradients differ from those of the reference; None where they agree.

    Where the reference's own gradient is not finite, nothing is compared.

    Returns:
        "cut", where no input gets any; "in place", where a tensor was written into whose old numbers the way back
        needs; "late", where they are not ready in time; else "other".
    """
    if got.kind == "late":
        return "late"
    if got.kind == "raises":
        return "in place" if "inplace operation" in str(got.error) else "cut"
    is_cut = not any(found is not None and bool(found.any()) for found in got.value)
    for wanted, found in zip(expected.value, got.value, strict=True):
        if wanted is None or not bool(torch.isfinite(wanted).all()):
            continue
        found = torch.zeros_like(wanted) if found is None else found
        if not torch.allclose(wanted, found, rtol=1e-3, atol=1e-5):
            return "cut" if is_cut else "other"
    return None
