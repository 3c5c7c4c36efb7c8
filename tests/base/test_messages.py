"""Sentences for people."""

from collections.abc import Callable
from typing import Any

import pytest

from dartslab.base.messages import UserError, counted, nearest_names, refusing_signature, require_call


def test_one_thing_has_no_s() -> None:
    assert [counted(number, "edge") for number in (0, 1, 2)] == ["0 edges", "1 edge", "2 edges"]


def test_the_same_letters_in_another_order_are_nearest() -> None:
    assert nearest_names("drast", ["drnas", "naswot", "darts"]) == ["darts", "drnas"]


@pytest.mark.parametrize(
    ("function", "taken"),
    [
        (lambda arch, moment: 0, None),
        (lambda *given: 0, None),
        (lambda arch: 0, "(arch)"),
        (lambda arch, moment, *, more: 0, "(arch, moment, *, more)"),
        (dict.fromkeys, None),
        (min, None),  # it does not tell
    ],
)
def test_a_function_that_takes_other_arguments_is_known_before_it_is_called(
    function: Callable[..., Any], taken: str | None
) -> None:
    signature = refusing_signature(function, ["arch", "moment"])
    assert (None if signature is None else str(signature)) == taken
    if taken is None:
        require_call("cooled: weights", function, "arch, moment")
    else:
        with pytest.raises(UserError) as refused:
            require_call("cooled: weights", function, "arch, moment")
        assert str(refused.value) == f"cooled: weights is called with (arch, moment), and takes {taken}; mend it."
