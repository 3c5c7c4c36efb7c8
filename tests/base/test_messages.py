"""Sentences for people."""

from dartslab.base.messages import counted


def test_one_thing_has_no_s() -> None:
    assert [counted(number, "edge") for number in (0, 1, 2)] == ["0 edges", "1 edge", "2 edges"]
