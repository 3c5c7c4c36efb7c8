"""Sentences for people: every error says what was given, what is allowed and what to do."""

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class UserError(ValueError):
    """An error that the user can correct; the command line prints it as one sentence."""


def short(got: object, most: int = 80) -> str:
    """Any value as one line of text that fits into a sentence; a longer text is cut and ends in "..."."""
    text = " ".join(str(got).split())
    return text if len(text) <= most else f"{text[:most]}..."


def show(name: object) -> str:
    """A path or name in one line that every terminal of Unicode can print: line breaks, for example, as \\n."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(name))


def nearest_names(got: object, names: Iterable[str]) -> list[str]:
    """Those of some names that a name resembles, the most alike first."""
    known = list(names)
    if str(got).lower() in known:  # but for capitals
        return [str(got).lower()]
    alike = difflib.get_close_matches(str(got), known, n=max(1, len(known)), cutoff=0.6)
    return sorted(alike, key=lambda name: sorted(name) != sorted(str(got)))  # the same letters in another order first


def unknown(what: str, got: object, allowed: Iterable[str]) -> UserError:
    """The error for a name that is not in a list; the nearest known names come first.

    Args:
        what: the kind of thing, for example "operation".
        got: the name as it came in.
        allowed: all names that would have been accepted.
    Returns:
        A `UserError`, to be raised by the caller.
    """
    names = list(allowed)
    near = nearest_names(got, names)
    ordered = near + [name for name in names if name not in near]
    advice = f"Did you mean {near[0]!r}?" if near else "Choose one of them."
    return UserError(f"unknown {what} {short(repr(got))}; allowed are: {', '.join(ordered)}. {advice}")


def look_up(what: str, name: str, known: Mapping[str, Thing]) -> Thing:
    """What a table holds under a name.

    Args:
        what: the kind of thing, for example "preset".
        name: as it came in.
        known: the table.
    Raises:
        UserError: the table does not have the name; see `unknown`.
    """
    if name not in known:
        raise unknown(what, name, known)
    return known[name]


def counted(number: int, what: str) -> str:
    """A number of things: "1 edge", "2 edges"."""
    return f"{number} {what}{'s' * (number != 1)}"


def is_number(value: Any, low: float, high: float, whole: bool = False) -> bool:
    """Whether a value is a number from low to high, a whole one where asked; a text, None, True and False are none."""
    kind = Integral if whole else Real
    if not isinstance(value, kind) or isinstance(value, bool):
        return False
    try:
        return bool(low <= float(value) <= high)
    except OverflowError:  # a whole number of more than 308 digits
        return False


def require(condition: bool, sentence: str) -> None:
    """Raise `UserError(sentence)` unless the condition holds."""
    if not condition:
        raise UserError(sentence)


def require_call(what: str, function: object, arguments: str) -> None:
    """Raise `UserError` unless something is a function that can be called in this way.

    Args:
        what: it is, for the sentence: "cooled: weights".
        function: of a user.
        arguments: with which it will be called, in words: "arch, moment".
    """
    if not callable(function):
        raise UserError(f"{what} must be a function of ({arguments}), got {short(repr(function))}.")
    taken = refusing_signature(function, arguments.split(", "))
    require(taken is None, f"{what} is called with ({arguments}), and takes {short(taken)}; mend it.")


def refusing_signature(function: Callable[..., Any], arguments: Iterable[object]) -> inspect.Signature | None:
    """What a function takes, where it cannot be called with these arguments; None where it can, or does not tell."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C have none to look at
        return None
    try:
        signature.bind(*arguments)
    except TypeError:
        return signature
    return None
