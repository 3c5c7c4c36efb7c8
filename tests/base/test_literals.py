"""Values that other programs printed, read without evaluating anything."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab.base.literals import read_calls, read_value

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_python_prints_is_read(value: Any) -> None:
    assert read_value(ast.parse(repr(value), mode="eval").body) == value
    assert list(read_calls(f"x = f({value!r}, b={value!r})", ["f"], ["a", "b"])) == [{"a": value, "b": value}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1, 2)", [1, 2]),
        ("range(2, 6)", [2, 3, 4, 5]),
        ("range(6, 2, -2)", [6, 4]),
        ("list(range(3))", [0, 1, 2]),
        ("numpy.int64(-3)", -3),
    ],
)
def test_ranges_tuples_and_numbers_of_numpy_become_plain_values(text: str, value: Any) -> None:
    assert read_value(ast.parse(text, mode="eval").body) == value


@pytest.mark.parametrize(
    "text", ["open('x')", "x", "f(1)", "1 + 1", "[i for i in []]", "range(1, 2, 0)", "range('a')", "b'x'", "{1}", "int"]
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_value(ast.parse(text, mode="eval").body)


def test_brackets_in_quotes_and_calls_of_other_names_do_not_count() -> None:
    assert list(read_calls("g(1) f(')', a2=2) xf(9)", ["f"], ["a1", "a2"])) == [{"a1": ")", "a2": 2}]
