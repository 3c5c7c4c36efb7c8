"""Known wrong answers to `09.verdict`."""

from collections.abc import Callable
from typing import Any

from ....items import Twin

NONE, SAME = "one search has no interval", "cannot be told apart"


def says(rule: Callable[[float, float], str], none: Any = NONE) -> Any:
    """An answer with this rule for intervals, and this one for None."""
    return lambda interval: none if interval is None else rule(*interval)


def right(low: float, high: float) -> str:
    """The right rule."""
    return "better" if high < 0 else "worse" if low > 0 else SAME


TWINS = (
    Twin(
        "accuracies",
        says(lambda low, high: right(-high, -low)),
        "You call a larger loss better: what is the interval a difference of?",
    ),
    Twin(
        "the middle decides",
        says(lambda low, high: "better" if low + high < 0 else "worse" if low + high > 0 else SAME),
        "You look at the middle of the interval: what are its ends for?",
    ),
    Twin(
        "0 at an end",
        says(lambda low, high: "better" if high <= 0 else "worse" if low >= 0 else SAME),
        "You decide although 0 is an end of the interval: do the data exclude it?",
    ),
    Twin(
        "the lower end alone",
        says(lambda low, high: "better" if low < 0 else "worse"),
        "You look at the lower end: what if the other one is above 0?",
    ),
    Twin(
        "the upper end alone",
        says(lambda low, high: "better" if high < 0 else "worse"),
        "You call everything else worse: what if the interval holds 0?",
    ),
    Twin(
        "the lower end for worse alone",
        says(lambda low, high: "worse" if low > 0 else "better"),
        "You call everything else better: what if the interval holds 0?",
    ),
    Twin(
        "equally good",
        says(lambda low, high: {SAME: "equally good"}.get(right(low, high), right(low, high))),
        "You say that both are equally good: does an interval that holds 0 show this?",
    ),
    Twin(
        "never worse",
        says(lambda low, high: "better" if high < 0 else SAME),
        "You never say worse: what if the whole interval is above 0?",
    ),
    Twin(
        "never better",
        says(lambda low, high: "worse" if low > 0 else SAME),
        "You never say better: what if the whole interval is below 0?",
    ),
    Twin(
        "None cannot be told apart",
        says(right, SAME),
        "You give a verdict without an interval: what would have to be measured first?",
    ),
    Twin(
        "None for None",
        says(right, None),
        "You give nothing where there is no interval: which sentence is allowed then?",
    ),
)
