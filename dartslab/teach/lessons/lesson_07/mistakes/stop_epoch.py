"""Known wrong answers to `07.stop_epoch`."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, median
from typing import Any

from ....items import Twin
from ...properties import matches
from ..answers import stop_epoch
from ..cases import SERIES, random_series

Values = Sequence[float]
Mean = Callable[[Values, int], float]  # (values, t) -> the mean that belongs to measurement t


def around(half: int, of: Callable[[Values], float] = fmean) -> Mean:
    """The mean of 2 half + 1 values with t in the middle, of fewer at both ends."""
    return lambda values, t: of(values[max(0, t - half) : t + half + 1])


def before(values: Values, t: int) -> float:
    """The mean of the five values that end with t."""
    return fmean(values[max(0, t - 4) : t + 1])


FIVE = around(2)


def of_zeros(values: Values, t: int) -> float:
    """The mean of five values, 0 in the place of those that are not measured."""
    return sum(values[t - 2 : t + 3]) / 5


def four(values: Values, t: int) -> float:
    """The mean without the last of the five."""
    return fmean(values[max(0, t - 2) : t + 2])


def rule(
    mean: Mean = FIVE,
    grown: Callable[[float, float], bool] = lambda now, then: then > 0 and now / then > 1.3,
    times: Callable[[int], Iterable[int]] = lambda count: range(8, count - 2),
    gives: Callable[[int], Any] = lambda t: t - 4,
    back: int = 4,
) -> Callable[[Values], Any]:
    """A rule like (07.5), otherwise.

    Args:
        mean: of which values.
        grown: (mean now, mean then) -> whether to stop.
        times: the t that are looked at, in order, by the number of measurements.
        gives: t -> what is returned.
        back: from which measurement the earlier mean is.
    """

    def answer(values: Values) -> Any:
        for t in times(len(values)):
            if grown(mean(values, t), mean(values, t - back)):
                return gives(t)
        return None

    return answer


def grown_since_start(values: Values) -> int | None:
    """Compared with the first mean that may be taken, not with four measurements before."""
    first = 4
    for t in range(8, len(values) - 2):
        if FIVE(values, first) > 0 and FIVE(values, t) / FIVE(values, first) > 1.3:
            return t - 4
    return None


def never_as(value: Callable[[Values], Any]) -> Callable[[Values], Any]:
    """The right rule, and another answer where it does not stop."""

    def answer(values: Values) -> Any:
        found = stop_epoch(values)
        return value(values) if found is None else found

    return answer


def ratio_itself(values: Values) -> float | None:
    """By how much it has grown."""
    found = stop_epoch(values)
    return None if found is None else FIVE(values, found + 4) / FIVE(values, found)


TWINS = (
    Twin(
        "one measurement more waited for",
        rule(times=lambda count: range(8, count - 3)),
        "You leave out the last stop that there can be: with which measurement is the mean of t known?",
    ),
    Twin(
        "the present measurement",
        rule(gives=lambda t: t + 2),
        "You give the last measurement that was needed: had the eigenvalue not grown by then?",
    ),
    Twin(
        "the middle of the later mean",
        rule(gives=lambda t: t),
        "You give t, where the mean has grown already: from before the growth or after it is the cell taken?",
    ),
    Twin(
        "one before",
        rule(gives=lambda t: t - 1),
        "You go back by one measurement: how far back is the mean that you compare with?",
    ),
    Twin(
        "counted from 1",
        rule(gives=lambda t: t - 3),
        "Your number is one too large: which number has the first measurement?",
    ),
    Twin(
        "epochs",
        rule(gives=lambda t: 2 * (t - 3)),
        "You give an epoch: is the number of the measurement asked for, or when it was made?",
    ),
    Twin(
        "True or False",
        lambda values: stop_epoch(values) is not None,
        "You say whether it stops: where does the cell come from?",
    ),
    Twin(
        "the ratio",
        ratio_itself,
        "You say by how much it has grown: from which measurement is the cell taken?",
    ),
    Twin(
        "single values",
        rule(mean=around(0), times=lambda count: range(8, count)),
        "You compare single measurements: what does one value that is high by chance do to your rule?",
    ),
    Twin(
        "single values, with a wait",
        rule(mean=around(0)),
        "You wait for later measurements and then compare two single ones: what are the others for?",
    ),
    Twin(
        "window of three",
        rule(mean=around(1)),
        "Your means are of three values: how many does the rule take?",
    ),
    Twin(
        "window of four",
        rule(mean=four),
        "Your means are of four values: does a slice hold the place at which it ends?",
        shows=matches(SERIES, random_series, rule(mean=four, grown=lambda now, then: now / then > 1.3)),
    ),
    Twin(
        "window that ends at t",
        rule(mean=before, times=lambda count: range(8, count)),
        "Your means end with measurement t: on which side of t does the window of the rule lie?",
    ),
    Twin(
        "window that ends at t, with a wait",
        rule(mean=before),
        "Your means are of the measurements up to t, although you wait for later ones: where is the middle?",
    ),
    Twin(
        "median",
        rule(mean=around(2, median)),
        "You take the middle value of each window: which number of five does the rule take?",
    ),
    Twin(
        "windows cut at the end",
        rule(times=lambda count: range(8, count)),
        "Some of your means are of three or four values at the end of the series: when is the mean of t known?",
    ),
    Twin(
        "sums cut at the end",
        rule(mean=of_zeros, times=lambda count: range(8, count)),
        "You divide three or four values by five at the end of the series: when is the mean of t known?",
    ),
    Twin(
        "enough at exactly 1.3",
        rule(grown=lambda now, then: then > 0 and now / then >= 1.3),
        "You stop at a ratio of exactly 1.3: does the rule say above, or at least?",
    ),
    Twin(
        "any growth",
        rule(grown=lambda now, then: then > 0 and now / then > 1),
        "You stop at any growth: how much must it be?",
    ),
    Twin(
        "ratio upside down",
        rule(grown=lambda now, then: now > 0 and then / now > 1.3),
        "You stop where the eigenvalue has fallen: which mean stands above the fraction bar?",
    ),
    Twin(
        "difference",
        rule(grown=lambda now, then: now - then > 1.3),
        "You compare a difference with 1.3: would your rule stop at the same place if the loss were in other units?",
    ),
    Twin(
        "below 0 as well",
        rule(grown=lambda now, then: now / then > 1.3),
        "You stop at a ratio of two numbers below 0: has the eigenvalue grown from -1 to -3?",
    ),
    Twin(
        "below 0 as well, and windows cut",
        rule(grown=lambda now, then: now / then > 1.3, times=lambda count: range(8, count)),
        "Two things are missing: what about means below 0, and when is the mean of t known?",
    ),
    Twin(
        "sizes",
        rule(grown=lambda now, then: abs(now) / abs(then) > 1.3),
        "You compare sizes: is an eigenvalue that passes from -1 to 0.5 smaller than before?",
    ),
    Twin(
        "first fifth not left out",
        rule(times=lambda count: range(4, count - 2)),
        "You take a cell from the first fifth of the search: which is the earliest that the rule allows?",
    ),
    Twin(
        "one too many left out",
        rule(times=lambda count: range(9, count - 2)),
        "You begin one measurement too late: which number has the measurement that ends the first fifth?",
    ),
    Twin(
        "three back",
        rule(back=3, gives=lambda t: t - 3),
        "You compare with three measurements before: how many does the rule go back?",
    ),
    Twin(
        "since the beginning",
        grown_since_start,
        "You compare with the first mean for ever: is slow growth over the whole search what the rule looks for?",
    ),
    Twin(
        "the last stop",
        rule(times=lambda count: reversed(range(8, count - 2))),
        "You give the last place at which the rule would stop: does the search still run by then?",
    ),
    Twin(
        "0 for never",
        never_as(lambda values: 0),
        "You give 0 where the search never stops: which cell would be taken then?",
    ),
    Twin(
        "-1 for never",
        never_as(lambda values: -1),
        "You give -1 where the search never stops: which value says that there is no such measurement?",
    ),
    Twin(
        "the end for never",
        never_as(lambda values: len(values) - 1),
        "You give the last measurement where the search never stops: how is that told from a stop at the end?",
    ),
)
