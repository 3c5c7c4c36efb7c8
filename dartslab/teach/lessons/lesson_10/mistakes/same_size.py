"""Known wrong answers to `10.same_size`."""

from collections.abc import Callable

import numpy as np

from ....items import Twin

Mask = Callable[[int, np.ndarray, float], np.ndarray]
Answer = Callable[[int, np.ndarray, np.ndarray, float], float | None]


def _alike(found: int, parameters: np.ndarray, within: float) -> np.ndarray:
    return np.abs(parameters - found) <= within * found


def _mean(accuracies: np.ndarray) -> float:
    return float(accuracies.mean())


def _where(mask: Mask = _alike, middle: Callable[[np.ndarray], float] = _mean, empty: float | None = None) -> Answer:
    """`same_size` with other cells, another middle, or something else where no cell is left."""

    def answer(found: int, parameters: np.ndarray, accuracies: np.ndarray, within: float) -> float | None:
        chosen = accuracies[mask(found, parameters, within)]
        return middle(chosen) if len(chosen) else empty

    return answer


SAME_SIZE = (
    Twin(
        "all cells",
        _where(lambda f, p, w: np.full(len(p), True)),
        "You take the mean of all random cells: which of them have about as many parameters as the found one?",
    ),
    Twin(
        "smaller cells too",
        _where(lambda f, p, w: p - f <= w * f),
        "Much smaller cells are among yours: does a negative difference stay small when you compare it?",
    ),
    Twin(
        "larger cells too",
        _where(lambda f, p, w: f - p <= w * f),
        "Much larger cells are among yours: does a negative difference stay small when you compare it?",
    ),
    Twin(
        "only larger ones",
        _where(lambda f, p, w: (p >= f) & _alike(f, p, w)),
        "You take larger cells only: may a cell of the same size not have a little less?",
    ),
    Twin(
        "only smaller ones",
        _where(lambda f, p, w: (p <= f) & _alike(f, p, w)),
        "You take smaller cells only: may a cell of the same size not have a little more?",
    ),
    Twin(
        "fraction of the random cell",
        _where(lambda f, p, w: np.abs(p - f) <= w * p),
        "You measure the difference by each random cell: of which number is `within` a fraction?",
    ),
    Twin(
        "fraction of both together",
        _where(lambda f, p, w: np.abs(p - f) <= w * (p + f)),
        "You measure the difference by the sum of both: of which number is `within` a fraction?",
    ),
    Twin(
        "half the distance",
        _where(lambda f, p, w: np.abs(p - f) <= w * f / 2),
        "Your range is half as wide: `within` counts on either side.",
    ),
    Twin(
        "per cent",
        _where(lambda f, p, w: np.abs(p - f) <= w * f / 100),
        "Your range is 100 times too narrow: `within` is a fraction, not per cent.",
    ),
    Twin(
        "a number of parameters",
        _where(lambda f, p, w: np.abs(p - f) <= w),
        "You compare the difference with `within` itself: is a fraction of 0.1 a tenth of a parameter?",
    ),
    Twin(
        "all but those",
        _where(lambda f, p, w: ~_alike(f, p, w)),
        "You keep the cells of another size: which way round is the condition?",
    ),
    Twin(
        "zero where there is none",
        _where(empty=0.0),
        "Where no cell has the size you give 0: would a table with an accuracy of 0 be true?",
    ),
    Twin(
        "not a number where there is none",
        _where(empty=float("nan")),
        "Where no cell has the size you give nan: what should the function return there?",
    ),
    Twin(
        "the nearest where there is none",
        lambda f, p, a, w: _mean(a[_alike(f, p, w)]) if _alike(f, p, w).any() else float(a[np.abs(p - f).argmin()]),
        "Where no cell has the size you take the nearest one: is it a comparison at equal size?",
    ),
    Twin(
        "all where there is none",
        lambda f, p, a, w: _mean(a[_alike(f, p, w)] if _alike(f, p, w).any() else a),
        "Where no cell has the size you take all of them: is it a comparison at equal size?",
    ),
    Twin(
        "strictly less",
        _where(lambda f, p, w: np.abs(p - f) < w * f),
        "A cell that differs by just as much as allowed is missing: what does `at most` include?",
    ),
    Twin(
        "the sum",
        _where(middle=lambda a: float(a.sum())),
        "You add accuracies up: by what must the sum be divided?",
    ),
    Twin(
        "divided by all",
        lambda f, p, a, w: float((a * _alike(f, p, w)).sum() / len(a)) if _alike(f, p, w).any() else None,
        "You divide by the number of all random cells: how many did you add up?",
    ),
    Twin(
        "the best of them",
        _where(middle=lambda a: float(a.max())),
        "You report the best of them: how does that number grow with more random cells?",
    ),
    Twin(
        "the worst of them",
        _where(middle=lambda a: float(a.min())),
        "You report the worst of them: is it what a random cell of this size reaches on average?",
    ),
    Twin(
        "the median",
        _where(middle=lambda a: float(np.median(a))),
        "You report the median: asked for is the mean.",
    ),
    Twin(
        "the first of them",
        _where(middle=lambda a: float(a[0])),
        "You report the first of them: are the others no comparison?",
    ),
    Twin(
        "the accuracies themselves",
        lambda f, p, a, w: a[_alike(f, p, w)] if _alike(f, p, w).any() else None,
        "You return the accuracies of those cells: what is their mean?",
    ),
    Twin(
        "the nearest one",
        lambda f, p, a, w: float(a[np.abs(p - f).argmin()]),
        "You take the one cell that is nearest in size: who says that it is near, and why only one?",
    ),
    Twin(
        "how many",
        lambda f, p, a, w: int(_alike(f, p, w).sum()),
        "You return how many cells there are: asked for is the mean of their accuracies.",
    ),
    Twin(
        "their parameters",
        lambda f, p, a, w: float(p[_alike(f, p, w)].mean()) if _alike(f, p, w).any() else None,
        "You average their parameters: asked for is the mean of their accuracies.",
    ),
)
