"""Reads values that other programs printed as Python: lists, tuples, numbers, texts, and calls of a few names.

Nothing is evaluated: the text is parsed, and what is not one of these is refused. So a text from anywhere may be given.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

LETTERS = 100_000  # of one call; the longest published genotype has about 1,000
# newer versions of numpy print np.int64(3)
NUMBERS = ("int", "int8", "int16", "int32", "int64", "intp", "uint8")
STATES = 1000  # that a range may hold


def read_calls(text: str, names: Sequence[str], arguments: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every call of some names in a text, `name(first=..., second=...)`, wherever it stands.

    Args:
        text: for example the log of a search.
        names: of what is called.
        arguments: names of its arguments, in their order.
    Yields:
        {argument: value} for each call.
    Raises:
        ValueError: a call that is cut off, or holds something else than values.
    """
    for found in re.finditer(rf"\b({'|'.join(map(re.escape, names))})\(", text):
        yield _arguments(_parse(_until_closed(text, found.start())), arguments)


def _until_closed(text: str, start: int) -> str:
    """The text from `start` to the bracket that closes the first one; brackets in quotes do not count."""
    depth, quote = 0, ""
    for place in range(start, min(len(text), start + LETTERS)):
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                return text[start : place + 1]
    raise ValueError(f"a bracket after {text[start : start + 30]!r} is not closed")


def _parse(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():  # of strange escapes in texts
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = getattr(error, "msg", None) or str(error) or type(error).__name__
        raise ValueError(f"it is not written as Python prints values: {why}") from error


def _arguments(call: ast.expr, names: Sequence[str]) -> dict[str, Any]:
    assert isinstance(call, ast.Call)
    if len(call.args) > len(names):
        raise ValueError(f"{len(call.args)} values are given for {', '.join(names)}")
    given = [*zip(names, call.args, strict=False), *((one.arg, one.value) for one in call.keywords)]
    for name, _ in given:
        if name not in names:
            raise ValueError(f"{name or '**'} is none of {', '.join(names)}")
    return {str(name): read_value(node) for name, node in given}


def read_value(node: ast.expr) -> Any:
    """The value that a parsed text stands for: None, booleans, numbers, texts, lists, tuples, ranges, `np.int64(3)`.

    Raises:
        ValueError: anything else.
    """
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [read_value(part) for part in parts]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=parts, keywords=[]):
            values = [read_value(part) for part in parts]
            numbers = all(isinstance(value, int) for value in values)
            if name in ("list", "tuple") and len(values) == 1 and isinstance(values[0], list):
                return values[0]
            if name in NUMBERS and len(values) == 1 and numbers:
                return values[0]
            if name == "range" and 1 <= len(values) <= 3 and numbers:
                states = range(*values)
                if len(states) <= STATES:
                    return list(states)
    raise ValueError(f"{ast.unparse(node)[:60]!r} is no list, number, text or range")
