"""Whether two values are the same answer. They are compared as a teacher would: another notation may still be right.

A tensor, an array, a list and a plain number are the same if their numbers and shapes are.
"""

import math
from collections.abc import Callable, Mapping
from numbers import Number
from typing import Any, TypeVar

import numpy as np
import torch

T = TypeVar("T")

TOLERANCE = {2: 1e-2, 4: 1e-4, 8: 1e-9}  # by bytes of a floating-point number
PLAIN = 1e-5  # a Python number does not show in which precision it was computed
LONG, DEEP = 10_000, 8  # parts of a list that are looked at, and how deep it is nested; no exercise has so many
WIDTH = 110  # letters of a value in a message


def is_array(value: Any) -> bool:
    """A tensor or an array, or a number of numpy."""
    return isinstance(value, (torch.Tensor, np.ndarray, np.generic))


def as_array(value: Any, depth: int = 0) -> np.ndarray | None:
    """A value as an array of numbers; None where it is none, or nested more than DEEP times."""
    if isinstance(value, torch.Tensor):
        if value.device.type == "meta":  # a tensor without numbers
            return None
        dense = value.detach().to("cpu").resolve_conj().resolve_neg()
        dense = dense.to_dense() if dense.layout != torch.strided else dense
        return (dense.float() if dense.dtype in (torch.bfloat16, torch.float16) else dense).numpy()
    if isinstance(value, (np.ndarray, np.generic, Number)):
        array = np.asarray(value)
        if array.dtype.kind == "O" and isinstance(value, Number):
            array = np.asarray(_to_float(value))
        return array if array.dtype.kind in "biufc" else None
    if isinstance(value, (list, tuple)):
        if len(value) > LONG or depth > DEEP:
            return None
        parts = [as_array(part, depth + 1) for part in value]
        numbers = [part for part in parts if part is not None]
        if not parts:
            return np.zeros(0)
        if len(numbers) == len(parts) and len({part.shape for part in numbers}) == 1:
            return np.stack(numbers)
    return None


def _to_float(value: Any) -> float:
    """A fraction, a decimal number or a whole number beyond 64 bits as a floating-point number."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def tolerance_of(value: Any) -> float:
    """How far a number may be off: by the precision it was computed in."""
    if is_array(value):
        return TOLERANCE.get(value.dtype.itemsize, 1e-9) if kind_of(value) == "f" else 1e-9
    if isinstance(value, (list, tuple)):
        return max((tolerance_of(part) for part in value), default=1e-9)
    return PLAIN if isinstance(value, float) else 1e-9


def allowed_for(expected: Any, got: Any, tolerance: float | None = None) -> float:
    """How far two numbers may differ: `tolerance`, or where it is None by the precision of the coarser one."""
    return max(tolerance_of(expected), tolerance_of(got)) if tolerance is None else tolerance


def kind_of(value: Any) -> str:
    """b, i, u, f or c: the kind of number in a tensor or an array."""
    if isinstance(value, torch.Tensor):
        if value.dtype == torch.bool:
            return "b"
        return "c" if value.is_complex() else "f" if value.is_floating_point() else "i"
    return np.asarray(value).dtype.kind


def difference(expected: Any, got: Any, tolerance: float | None = None) -> str | None:
    """None if both are the same answer, else how they differ: a phrase that follows "the result".

    Args:
        expected: what the reference gives.
        got: what the answer gives.
        tolerance: absolute plus relative; by the precision of both where None.
    """
    if isinstance(expected, Mapping):
        return _between_mappings(expected, got, tolerance)
    wanted = as_array(expected)
    if wanted is not None:
        return _between_numbers(expected, wanted, got, tolerance)
    if isinstance(expected, (list, tuple)):
        parts = list(got) if isinstance(got, (list, tuple)) or (is_array(got) and got.ndim) else None
        if parts is None:
            return wrong_type(expected, got)
        if len(parts) != len(expected):
            return f"has {len(parts)} parts where {len(expected)} are expected"
        found = (difference(a, b, tolerance) for a, b in zip(expected, parts, strict=True))
        return next((phrase for phrase in found if phrase), None)
    try:
        if bool(expected == got):
            return None
    except Exception:  # a learner's own __eq__ may do anything
        return wrong_type(expected, got)
    same_type = isinstance(got, type(expected)) or isinstance(expected, type(got))
    return "is another value" if same_type else wrong_type(expected, got)


def wrong_type(expected: Any, got: Any) -> str:
    """The phrase for a value of another kind than expected."""
    found, wanted = a_kind(got), a_kind(expected)
    return f"is {found} of another form than expected" if found == wanted else f"is {found} where {wanted} is expected"


def a_kind(value: Any) -> str:
    """What a value is, in words: "a list", "True or False", "a whole number"."""
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if isinstance(value, (int, np.integer)):
        return "a whole number"
    if isinstance(value, (float, np.floating)):
        return "a number"
    names = {"str": "a text", "dict": "a dictionary", "ndarray": "an array", "NoneType": "None"}
    name = names.get(type(value).__name__, type(value).__name__)
    return name if name.startswith(("a ", "an ", "None")) else f"a{'n' * (name[:1].lower() in 'aeiou')} {name}"


def _between_mappings(expected: Mapping[Any, Any], got: Any, tolerance: float | None) -> str | None:
    if not isinstance(got, Mapping):
        return wrong_type(expected, got)
    if set(got) != set(expected):
        return f"has the keys {brief(list(got))} where {brief(list(expected))} are expected"
    for key, value in expected.items():
        if phrase := difference(value, got[key], tolerance):
            return f"at {key!r} {phrase}"
    return None


def _between_numbers(expected: Any, wanted: np.ndarray, got: Any, tolerance: float | None) -> str | None:
    if isinstance(got, torch.Tensor) and got.device.type != "cpu":
        here = expected.device if isinstance(expected, torch.Tensor) else torch.device("cpu")
        if got.device != here:
            return f"is on the device {got.device} where its input is on {here}"
    found = as_array(got)
    if found is None:
        listed = isinstance(got, (list, tuple))
        return "does not hold numbers in rows of equal length" if listed else wrong_type(expected, got)
    if found.shape != wanted.shape:
        return f"has the shape {list(found.shape)} where {list(wanted.shape)} is expected"
    kind = found.dtype.kind
    kinds = {"b": "True or False", "i": "whole numbers", "u": "whole numbers", "c": "complex numbers"}
    if (wanted.dtype.kind == "b") != (kind == "b") or (kind == "c" and wanted.dtype.kind != "c"):
        return f"holds {kinds.get(kind, 'numbers')} where {kinds.get(wanted.dtype.kind, 'numbers')} are expected"
    if wanted.dtype.kind == "f" and kind in "iu" and is_array(got) and got.ndim:
        return f"holds whole numbers ({got.dtype}) where floating-point numbers are expected"
    if np.isnan(found).any() and not np.isnan(wanted).any():
        return "is not a number (nan)" if not found.shape else "holds nan, which is not a number"
    close = allowed_for(expected, got, tolerance)
    if kind in "biu" and wanted.dtype.kind in "biu":
        return None if np.array_equal(wanted, found) else "is another value"
    if np.allclose(found, wanted, rtol=close, atol=close, equal_nan=True):
        return None
    finite = np.isfinite(found) & np.isfinite(wanted)
    if not finite.any():
        return "is another value"
    distances = np.abs(np.subtract(found, wanted, dtype=np.result_type(found, np.float64))[finite])
    limits = close + close * np.abs(wanted[finite])
    worst = np.argmax(distances - limits)
    away, allowed = float(distances[worst]), float(limits[worst])
    if not allowed < away < min(100 * allowed, 1e-3):  # only if so near that printed numbers may look alike
        return "is another value"
    _, texts = told_apart(lambda digits: (f"{away:.{digits}g}", f"{allowed:.{digits}g}"), (1, 3))
    return "is another value: it differs by {}, and {} is allowed".format(*texts)


def is_unchanged(before: Any, after: Any) -> bool:
    """Whether two values are equal to the last bit, as far as they are data; other things count as equal."""
    if type(before) is not type(after):
        return False
    if isinstance(before, torch.nn.Module):
        return is_unchanged(dict(before.state_dict()), dict(after.state_dict()))
    if isinstance(before, (torch.Tensor, np.ndarray)):
        a, b = as_array(before), as_array(after)
        if a is None or b is None:
            return a is b
        same = a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        return same and (not isinstance(before, torch.Tensor) or _is_left_alone(before, after))
    if isinstance(before, Mapping):
        return list(before) == list(after) and all(is_unchanged(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        if (kinds := set(map(type, before))) <= {int, str}:  # at once: Python's random state is 625 numbers
            return bool(before == after) and set(map(type, after)) == kinds
        return len(before) == len(after) and all(map(is_unchanged, before, after))
    if isinstance(before, (set, str, Number)):
        return bool(before == after or (before != before and after != after))  # nan is nan
    return True


def _is_left_alone(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Whether a tensor asks for gradients as before, and its `.grad` is unchanged, as far as it is a leaf."""
    if not (before.is_leaf and after.is_leaf):
        return before.is_leaf == after.is_leaf
    return before.requires_grad == after.requires_grad and is_unchanged(before.grad, after.grad)


def size_of(value: Any) -> int:
    """How much a person has to read: the numbers in a value."""
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        return math.prod(value.shape)
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values()))
    return sum(map(size_of, value)) if isinstance(value, (list, tuple)) else 1


def brief(value: Any, digits: int = 4) -> str:
    """A value on one line, as a person would write it. A long one is cut; an array gets its shape."""
    text = _format(value, digits)
    text = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
    if isinstance(value, (torch.Tensor, np.ndarray)) and value.ndim:
        return f"{text} of shape {list(value.shape)}"
    return text


def told_apart(write: Callable[[int], tuple[T, T]], choices: tuple[int, ...] = (4, 7, 10)) -> tuple[int, tuple[T, T]]:
    """Two values as text, with as few digits as tell them apart: (digits, both texts); with most where none do.

    Args:
        write: digits -> both texts.
        choices: of digits, the fewest first.
    """
    for digits in choices:
        texts = write(digits)
        if texts[0] != texts[1]:
            break
    return digits, texts


def _format(value: Any, digits: int = 4, depth: int = 0) -> str:
    if depth > 4:
        return "…"
    if isinstance(value, torch.Tensor) and value.device.type == "meta":
        return "no numbers (a tensor on the meta device)"
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        if not isinstance(value, np.generic) and size_of(value) > LONG:
            value = value[(slice(0, 9),) * value.ndim]  # no more is shown
        array = as_array(value)
        return "numbers" if array is None else _format(array.tolist(), digits, depth)
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_format(part, digits, depth + 1) for part in value[:8]) + (", …" if len(value) > 8 else "")
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Mapping):
        parts = (f"{key!r}: {_format(part, digits, depth + 1)}" for key, part in list(value.items())[:8])
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}"  # + 0.0 makes 0 of -0
    if callable(value):
        return str(getattr(value, "__name__", type(value).__name__))
    try:
        return " ".join(repr(value).split())
    except Exception as error:  # a learner's own __repr__ may do anything
        return f"{type(value).__name__} (its repr raises {type(error).__name__})"
