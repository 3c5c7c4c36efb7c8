"""Properties by which a known mistake is recognised where many answers make it, for `Twin.shows`.

`pairs` is always one (wanted, got) for each case, in the order of the cases.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..items import Arguments, Maker
from ..values import as_array, difference

Pairs = list[tuple[Any, Any]]
Shows = Callable[[Pairs], bool]
SEEDS = 8  # how many random cases an exercise has


def matches(
    fixed: Iterable[Maker],
    random: Callable[[np.random.Generator], Arguments] | None,
    *answers: Callable[..., Any],
    where: Callable[..., bool] = lambda *arguments: True,
    tolerance: float | None = None,
) -> Shows:
    """Whether one of several wrong answers gives what was got, in all cases in which `where` is true.

    Args:
        fixed, random: the cases of the exercise.
        answers: functions like the reference.
        where: the arguments of a case -> whether to look at it.
        tolerance: of `difference`.
    """
    makers = tuple(fixed)

    def shows(pairs: Pairs) -> bool:
        arguments = [make() for make in makers]
        if random is not None:
            arguments += [random(np.random.default_rng(seed)) for seed in range(SEEDS)]
        kept = [(case, *pair) for case, pair in zip(arguments, pairs, strict=True) if where(*case)]
        if all(difference(wanted, got, tolerance) is None for _, wanted, got in kept):
            return False
        return any(all(_is_same(answer, case, got, tolerance) for case, _, got in kept) for answer in answers)

    return shows


def _is_same(answer: Callable[..., Any], case: Arguments, got: Any, tolerance: float | None) -> bool:
    try:
        return difference(answer(*case), got, tolerance) is None
    except Exception:  # a known wrong answer may fail in a case
        return False


def is_rounded(pairs: Pairs) -> bool:
    """Whether all numbers are right but for being rounded to one to four digits behind the point."""
    numbers = []
    for wanted, got in pairs:
        a, b = as_array(wanted), as_array(got)
        if a is None or b is None or a.shape != b.shape:
            return False
        numbers.append((a, b))
    exact = all(np.allclose(b, a, rtol=0, atol=1e-6) for a, b in numbers)
    return not exact and any(
        all(np.allclose(b, np.round(a, digits), rtol=0, atol=1e-6) for a, b in numbers) for digits in (1, 2, 3, 4)
    )


def breaks_in(pairs: Pairs, dimensions: int) -> bool:
    """Whether all numbers are right or nan, not all cases have nan, and nan is first in so many dimensions."""
    broken = []
    for wanted, got in pairs:
        a, b = as_array(wanted), as_array(got)
        if a is None or b is None or a.shape != b.shape:
            return False
        finite = np.isfinite(b)
        if not np.allclose(a[finite], b[finite], rtol=1e-4, atol=1e-6):
            return False
        broken += [a.ndim] * (not finite.all())
    return 0 < len(broken) < len(pairs) and min(broken) == dimensions
