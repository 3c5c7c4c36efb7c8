"""What a wrong answer has in common with the right one, where it is no known mistake: "has the wrong sign".

Each diagnosis looks at all cases at once and gives a sentence, or None. The most telling comes first.
"""

import inspect
import math
import warnings
from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from .items import Case, Exercise
from .trial import Outcome, arguments_of, attempt, compare
from .values import as_array, brief, difference

MOST_TRIED = 6  # orders of parameters
MOST_WRONG = 2  # of several results, that are named
FACTORS = {  # of what is expected, where a unit or a convention explains them
    1 / math.log(2): "as if counted in bits and not in nats",
    math.log(2): "as if counted in nats and not in bits",
    1 / math.log(10): "as if with the logarithm to base 10",
    180 / math.pi: "as if in degrees",
    math.pi / 180: "as if in radians",
    100.0: "as if in percent",
    0.01: "as if percent were expected",
}


class Unlike(Exception):
    """The values are not of the kind that a diagnosis speaks about."""


class Trial(NamedTuple):
    """All cases of an exercise with the right outcomes and those of an answer."""

    exercise: Exercise
    answer: Any
    cases: list[Case]
    wanted: list[Outcome]
    got: list[Outcome]

    @property
    def values(self) -> list[tuple[Any, Any]]:
        """Wanted and got in every case in which the answer gave something."""
        return [(a.value, b.value) for a, b in zip(self.wanted, self.got, strict=True) if b.kind == "value"]

    def agrees(self, change: Callable[[Any, Any], Any]) -> bool:
        """Whether `change(got, wanted)` is right in all cases, and what was got was wrong in at least two of them."""
        if len(self.values) < len(self.cases):
            return False
        wrong = sum(compare(self.exercise, wanted, got) is not None for wanted, got in self.values)
        return wrong >= 2 and all(
            compare(self.exercise, wanted, change(got, wanted)) is None for wanted, got in self.values
        )


def diagnose(trial: Trial, smallest: int) -> str | None:
    """The first sentence that fits; None where none does.

    Args:
        smallest: the number of the case that is shown to the learner.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():  # of numbers that only a wrong answer gives
        warnings.simplefilter("ignore")
        return _first_that_fits(trial, smallest)


def _first_that_fits(trial: Trial, smallest: int) -> str | None:
    for look in (_yields, _order_of_parameters):
        if sentence := look(trial):
            return sentence
    wanted, got = trial.wanted[smallest], trial.got[smallest]
    if got.kind != "value" or got.value is None:
        return None
    phrase = compare(trial.exercise, wanted.value, got.value) or ""
    looks: tuple[Callable[[Trial], str | None], ...] = ()
    if phrase.startswith("is another value"):
        looks = (*SHAPES, _constant, _factor, _shifted, *RELATED, _parts, _one_part, _first_only)
    elif phrase.startswith("at "):  # of a dictionary
        looks = (_one_part,)
    elif phrase.startswith(("has the shape", "has ")):
        looks = (*SHAPES, _reductions, _parts)
    return next((sentence for look in looks if (sentence := _look(look, trial))), None)


def _look(look: Callable[[Trial], str | None], trial: Trial) -> str | None:
    """What one diagnosis says. A learner's values may raise anything when they are compared or computed with."""
    try:
        return look(trial)
    except Exception:
        return None


def _yields(trial: Trial) -> str | None:
    if inspect.isgeneratorfunction(trial.answer) and not isinstance(trial.wanted[0].value, (list, tuple)):
        return "It yields its result instead of returning it: write `return`."
    return None


def _order_of_parameters(trial: Trial) -> str | None:
    """Right if the arguments come in another order."""
    if trial.exercise.use is not None or not trial.exercise.is_function:
        return None
    count = len(arguments_of(trial.cases[0]))
    if not 2 <= count <= 4:
        return None
    for order in list(permutations(range(count)))[1 : MOST_TRIED + 1]:

        def swapped(*arguments: Any, order: tuple[int, ...] = order) -> Any:
            return trial.answer(*(arguments[k] for k in order))

        def is_right(k: int) -> bool:
            found = attempt(trial.exercise, swapped, trial.cases[k])
            return found.kind == "value" and compare(trial.exercise, trial.wanted[k].value, found.value) is None

        # in all cases, since an order that makes no difference would be right where the answer is
        if all(map(is_right, range(len(trial.cases)))):
            names = ", ".join(list(inspect.signature(trial.exercise.reference).parameters)[:count])
            return f"It would be right with its parameters in another order: it is called with ({names})."
    return None


def _agreement(change: Callable[[Any, Any], Any], sentence: str) -> Callable[[Trial], str | None]:
    return lambda trial: sentence if trial.agrees(change) else None


def _swap(got: Any, wanted: Any) -> Any:
    if not isinstance(got, (list, tuple)) or len(got) != 2:
        raise Unlike
    return [got[1], got[0]] if isinstance(got, list) else (got[1], got[0])


def _array(value: Any) -> np.ndarray:
    array = as_array(value)
    if array is None or array.dtype.kind not in "iuf":
        raise Unlike
    return np.asarray(array, dtype=np.float64)


def _transpose(got: Any, wanted: Any) -> Any:
    array = _array(got)
    if array.ndim != 2:
        raise Unlike
    return array.T


def _like(array: np.ndarray, wanted: Any) -> Any:
    return array if array.ndim else float(array)


def _sorted_alike(got: Any, wanted: Any) -> Any:
    if not (isinstance(wanted, (list, tuple)) and isinstance(got, (list, tuple)) and len(got) == len(wanted)):
        raise Unlike
    rest = list(got)
    for part in wanted:
        rest.remove(part)  # ValueError where it is not there
    return wanted


def _reshaped(got: Any, wanted: Any) -> Any:
    array, shape = _array(got), _array(wanted).shape
    if array.shape == shape:
        raise Unlike
    return _like(array.reshape(shape), wanted)


SHAPES = (
    _agreement(_transpose, "It is right but for its axes: rows and columns are exchanged."),
    _agreement(_swap, "Its two results are exchanged: look at the order in which they are asked for."),
    _agreement(_reshaped, "Its numbers are right, and their shape is not: which axis is missing, or there too much?"),
    _agreement(_sorted_alike, "It has the right parts in another order: look at the order that is asked for."),
)


def _constant(trial: Trial) -> str | None:
    if len(trial.values) < 3 or len(trial.values) < len(trial.cases) or not trial.exercise.is_function:
        return None
    texts = {brief(got) for _, got in trial.values}
    if len(texts) == 1 and len({brief(wanted) for wanted, _ in trial.values}) > 1:
        return "It gives the same for every input: does it use its arguments, or names from outside the function?"
    return None


def _ratios(trial: Trial) -> np.ndarray | None:
    """got / wanted of all numbers of all cases that are not near 0; None where two cases have nothing to divide."""
    found = []
    if len(trial.values) < len(trial.cases):
        return None
    for wanted, got in trial.values:
        a, b = as_array(wanted), as_array(got)
        if a is None or b is None or a.shape != b.shape or {a.dtype.kind, b.dtype.kind} & set("bc"):
            return None
        a, b = np.asarray(a, dtype=np.float64).ravel(), np.asarray(b, dtype=np.float64).ravel()
        large = np.abs(a) > 1e-4
        if not np.isfinite(b).all() or (np.abs(b[~large]) > 1e-2).any():
            return None
        found.append(b[large] / a[large])
    return np.concatenate(found) if sum(len(part) > 0 for part in found) >= 2 else None


def _factor(trial: Trial) -> str | None:
    ratios = _ratios(trial)
    if ratios is None:
        return None
    factor = float(np.median(ratios))
    if abs(factor) < 1e-12 or not np.allclose(ratios, factor, rtol=2e-3) or abs(factor - 1) < 1e-6:
        return None
    if abs(factor + 1) < 2e-3:
        return "It has the right size and the wrong sign everywhere: which way does the minus go?"
    for known, words in FACTORS.items():
        if math.isclose(factor, known, rel_tol=2e-3):
            return f"It is {factor:.4g} times what is expected in every case, {words}."
    inverse = 1 / factor
    is_part = abs(factor) < 1 and abs(inverse - round(inverse)) < 0.01
    size = f"{'-' * (factor < 0)}1/{abs(round(inverse))}" if is_part else f"{factor:.4g}"
    return f"It is {size} times what is expected in every case: which factor is missing, or there twice?"


def _shifted(trial: Trial) -> str | None:
    """Off by the same number everywhere."""
    shifts = []
    if len(trial.values) < len(trial.cases) or not trial.exercise.is_function:
        return None
    for wanted, got in trial.values:
        a, b = as_array(wanted), as_array(got)
        if a is None or b is None or a.shape != b.shape or {a.dtype.kind, b.dtype.kind} & set("bc"):
            return None
        shifts.append((np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)).ravel())
    shift = np.concatenate(shifts) if len(shifts) >= 2 else np.zeros(0)
    if (
        len(shift) >= 2
        and np.isfinite(shift).all()
        and abs(shift[0]) > 1e-6
        and np.allclose(shift, shift[0], atol=1e-6)
    ):
        counted = abs(shift[0] - round(shift[0])) < 1e-6
        why = "where does counting begin, and where does it end?" if counted else "what is added that does not belong?"
        return f"It is off by {shift[0]:+.4g} in every case: {why}"
    return None


def _with_signs(got: Any, wanted: Any) -> Any:
    """What is wanted, if only signs differ."""
    a, b = np.abs(_array(got)), np.abs(_array(wanted))
    if a.shape != b.shape or not np.allclose(a, b, rtol=1e-4, atol=1e-6):
        raise Unlike
    return wanted


RELATED = (
    _agreement(_with_signs, "All its sizes are right, and some of its signs are not."),
    _agreement(lambda got, wanted: _like(np.sqrt(_array(got)), wanted), "It is the square of what is expected."),
    _agreement(lambda got, wanted: _like(_array(got) ** 2, wanted), "It is the square root of what is expected."),
    _agreement(
        lambda got, wanted: _like(1 / _array(got), wanted), "It is one over what is expected: what is divided by what?"
    ),
    _agreement(lambda got, wanted: _like(np.exp(_array(got)), wanted), "It is the logarithm of what is expected."),
    _agreement(lambda got, wanted: _like(np.log(_array(got)), wanted), "It is the exponential of what is expected."),
    _agreement(lambda got, wanted: _like(1 - _array(got), wanted), "It is 1 minus what is expected."),
    _agreement(lambda got, wanted: _array(got)[..., ::-1], "It has the right numbers in the opposite order."),
)


def _reductions(trial: Trial) -> str | None:
    """One number where a table is wanted, or the other way round."""

    def is_reduced(whole: Any, reduced: Any, reduce: Callable[[np.ndarray], Any]) -> bool:
        table = _array(whole)
        return table.ndim > 0 and bool(np.allclose(reduce(table), _array(reduced), rtol=1e-4))

    for name, reduce in (("sum", np.sum), ("mean", np.mean)):
        if all(is_reduced(got, wanted, reduce) for wanted, got in trial.values):
            return f"The {name} of what it gives is what is expected: one step is missing."
        if all(is_reduced(wanted, got, reduce) for wanted, got in trial.values):
            return f"It gives the {name} of what is expected: one number where all are expected."
    return None


def _parts(trial: Trial) -> str | None:
    """Parts of a collection that are missing or too many, in the smallest case in which they are."""
    for wanted, got in trial.values:
        if isinstance(wanted, Mapping) or not isinstance(wanted, (list, tuple, set, frozenset)):
            return None
        if not isinstance(got, (list, tuple, set, frozenset)) or compare(trial.exercise, wanted, got) is None:
            continue
        missing = [part for part in wanted if part not in got]
        extra = [part for part in got if part not in wanted]
        if missing and not extra and trial.exercise.is_function:
            return f"It leaves out {len(missing)} of {len(wanted)} parts, for example {brief(missing[0])}."
        if extra and not missing and trial.exercise.is_function:
            return f"It gives {len(extra)} part{'s' * (len(extra) > 1)} too many, for example {brief(extra[0])}."
    return None


def _one_part(trial: Trial) -> str | None:
    """Several results, of which one is wrong, or some are: say which."""
    exercise = trial.exercise
    if len(trial.values) < len(trial.cases) or not exercise.is_function or exercise.compare is not None:
        return None
    wrong: set[Any] = set()
    parts: set[Any] = set()
    for wanted, got in trial.values:
        if isinstance(wanted, Mapping) and isinstance(got, Mapping):
            names = list(wanted)
        elif isinstance(wanted, tuple) and isinstance(got, (list, tuple)) and len(got) == len(wanted):
            names = list(range(len(wanted)))
        else:
            return None
        parts.update(names)
        wrong.update(name for name in names if difference(wanted[name], got[name], exercise.tolerance))
    if (
        not 0 < len(wrong) < len(parts)
        or len(wrong) > MOST_WRONG
        or len({len(wanted) for wanted, _ in trial.values}) > 1
    ):
        return None
    if all(isinstance(name, int) for name in parts):
        named = [f"result {name + 1} of {len(parts)}" for name in sorted(wrong)]
    else:
        named = [repr(name) for name in sorted(wrong, key=repr)]
    return f"Only {' and '.join(named)} {'is' if len(named) == 1 else 'are'} wrong: the rest is right in every case."


def _first_only(trial: Trial) -> str | None:
    """Right in the first case and in no other."""
    if trial.exercise.is_function and len(trial.cases) >= 3 and right_cases(trial) == [0]:
        return (
            "It is right in the first case and in no other: is a number or a shape of the example written into it, or "
            "what do larger ones have that the first has not?"
        )
    return None


def right_cases(trial: Trial) -> list[int]:
    """The numbers of the cases in which the answer is right."""
    pairs = enumerate(zip(trial.wanted, trial.got, strict=True))
    return [k for k, (a, b) in pairs if b.kind == "value" and compare(trial.exercise, a.value, b.value) is None]
