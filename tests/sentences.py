"""What a person is told when something is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from dartslab.base.messages import UserError


def refusal(call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """The sentence that a call is refused with: a `UserError` of one line."""
    with pytest.raises(UserError) as caught:
        call(*arguments, **named)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence
