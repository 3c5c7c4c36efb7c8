"""When are two values the same answer? Numbers and shapes count; how they are written does not."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from dartslab.teach.values import brief, difference, is_unchanged

SAME: dict[str, tuple[Any, Any]] = {
    "numpy for torch": (torch.tensor([0.5, 1.0]), np.array([0.5, 1.0])),
    "a list for a tensor": (torch.tensor([[1.0, 2.0]]), [[1.0, 2.0]]),
    "a tuple of tensors": (torch.tensor([1.0, 2.0]), (torch.tensor(1.0), torch.tensor(2.0))),
    "whole numbers in a list": (np.array([1.0, 2.0]), [1, 2]),
    "float32": (torch.tensor([1 / 3], dtype=torch.float64), torch.tensor([1 / 3])),
    "half precision": (torch.tensor([1 / 3]), torch.tensor([1 / 3], dtype=torch.bfloat16)),
    "with a gradient": (torch.ones(2), torch.ones(2, requires_grad=True)),
    "a plain number": (torch.tensor(0.25), 0.25),
    "a number computed in float32": (1 / 3, float(torch.tensor(1 / 3))),
    "a whole number as a float": (14, 14.0),
    "a number of numpy": (14, np.int64(14)),
    "a fraction": (4 / 3, Fraction(4, 3)),
    "a decimal number": (0.125, Decimal("0.125")),
    "truth": (True, np.bool_(True)),
    "a list for a tuple": (("a", 2), ["a", 2]),
    "parts of an array": ((torch.ones(2), torch.zeros(2)), np.array([[1.0, 1.0], [0.0, 0.0]])),
    "a dictionary in another order": ({"a": 1.0, "b": torch.ones(2)}, {"b": [1, 1], "a": 1}),
    "an array of texts": (["a", "b"], np.array(["a", "b"])),
    "sets": ({1, 2}, frozenset({2, 1})),
    "nothing in it": (torch.zeros(0), []),
    "nan where nan is right": (np.array([np.nan, 1.0]), np.array([np.nan, 1.0])),
    "infinity": (-np.inf, torch.tensor(-torch.inf)),
}
OTHER: dict[str, tuple[Any, Any, str]] = {
    "float64 off by 1e-7": (
        np.array([1.0]),
        np.array([1.0 + 1e-7]),
        "is another value: it differs by 1e-07, and 2e-09 is allowed",
    ),
    "off by a little more than is allowed": (
        torch.tensor([0.4, 2.3]),
        torch.tensor([0.4 + 1.5e-4, 2.3]),
        "is another value: it differs by 0.00015, and 0.00014 is allowed",
    ),
    "float32 off by 1e-3": (torch.ones(1), torch.ones(1) + 1e-3, "is another value"),
    "whole numbers": (14, 15, "is another value"),
    "a number beyond 64 bits": (48, 2**84, "is another value"),
    "a number beyond all others": (48, 2**2000, "is another value"),
    "truth for a number": (1.0, True, "holds True or False where numbers are expected"),
    "a number for truth": (True, 1, "holds whole numbers where True or False are expected"),
    "an axis too many": (torch.ones(2), torch.ones(1, 2), "has the shape [1, 2] where [2] is expected"),
    "a number for a list": ([1.0, 2.0], 1.0, "has the shape [] where [2] is expected"),
    "a text": (14, "14", "is a text where a whole number is expected"),
    "another text": ("none", "skip_connect", "is another value"),
    "other keys": ({"normal": 1}, {"reduce": 1}, "has the keys ['reduce'] where ['normal'] are expected"),
    "one wrong value": ({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 3.0}, "at 'b' is another value"),
    "a part too few": ((1, "a"), (1,), "has 1 parts where 2 are expected"),
    "nothing": ("none", None, "is None where a text is expected"),
    "a list for a dictionary": ({"a": 1}, ["a", 1], "is a list where a dictionary is expected"),
}


@pytest.mark.parametrize("expected, got", SAME.values(), ids=SAME)
def test_what_is_written_differently_is_the_same(expected: Any, got: Any) -> None:
    assert difference(expected, got) is None


@pytest.mark.parametrize("expected, got, phrase", OTHER.values(), ids=OTHER)
def test_what_differs_is_said_in_a_phrase(expected: Any, got: Any, phrase: str) -> None:
    assert difference(expected, got) == phrase


def test_a_tolerance_can_be_given() -> None:
    assert difference(1.0, 1.09, tolerance=0.05) is None and difference(1.0, 1.11, tolerance=0.05) is not None


@pytest.mark.parametrize(
    "value, text",
    [
        (torch.tensor([0.26894, 0.73106]), "[0.2689, 0.7311] of shape [2]"),
        (
            torch.zeros(3, 20),
            "[[0, 0, 0, 0, 0, 0, 0, 0, …], [0, 0, 0, 0, 0, 0, 0, 0, …], ",
        ),
        (torch.tensor(2.5), "2.5"),
        ({"normal": [1, 2]}, "{'normal': [1, 2]}"),
        ([len, torch.nn.ReLU()], "[len, ReLU]"),
        ("none", "'none'"),
    ],
)
def test_a_value_is_written_on_one_short_line(value: Any, text: str) -> None:
    assert brief(value).startswith(text) and "\n" not in brief(value) and len(brief(value)) < 150


def test_a_change_is_seen_to_the_last_bit() -> None:
    before, after = ([{"w": torch.ones(2)}, float("nan"), torch.nn.Linear(1, 1)] for _ in range(2))
    after[2].load_state_dict(before[2].state_dict())
    assert is_unchanged(before, after)
    after[0]["w"][1] += 1e-7
    assert not is_unchanged(before, after)
    after[0]["w"][1] = 1
    torch.nn.init.constant_(after[2].bias, 7.0)
    assert not is_unchanged(before, after)
    assert (
        not is_unchanged([torch.ones(1)], [None]) and not is_unchanged([1, 2], [1]) and not is_unchanged({"a": 1}, {})
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [([1, 2], [1, 3]), ((0, 1), (False, 1)), ([1, 2], [1.0, 2]), (["a"], ["b"]), ([1, [2]], [1, [3]])],
)
def test_a_changed_number_or_word_in_a_list_is_seen(before: Any, after: Any) -> None:
    assert is_unchanged(before, type(before)(before)) and not is_unchanged(before, after)


def test_a_key_too_many_is_another_answer() -> None:
    assert difference({"a": 1}, {"a": 1, "b": 2}).startswith("has the keys")


def test_complex_numbers_are_not_the_real_ones_that_are_wanted() -> None:
    assert (
        difference(torch.tensor([1.0]), torch.tensor([1.0 + 0.0j]))
        == "holds complex numbers where numbers are expected"
    )
