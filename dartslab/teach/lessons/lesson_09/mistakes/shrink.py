"""Known wrong answers to `09.shrink`. Shapes: C cells, S trainings of each."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....items import Twin

Part = Callable[[np.ndarray], Any]


def seeds(values: np.ndarray, ddof: int = 1) -> float:
    """The variance between the trainings of a cell, the mean over the cells."""
    return float(values.var(axis=1, ddof=ddof).mean())


def of_means(values: np.ndarray, ddof: int = 1) -> float:
    """The variance of the means of the cells."""
    return float(values.mean(axis=1).var(ddof=ddof))


def cells(values: np.ndarray, ddof: int = 1) -> float:
    """The variance between the true values, not below 0."""
    return max(0.0, of_means(values, ddof) - seeds(values, ddof) / values.shape[1])


def weight(between: Part = cells, within: Part = seeds, trainings: Part = lambda values: values.shape[1]) -> Part:
    """B of (09.3) from its parts."""

    def found(values: np.ndarray) -> Any:
        noise = within(values) / trainings(values)
        with np.errstate(all="ignore"):
            return between(values) / (between(values) + noise)

    return found


RIGHT = weight()


def moved(by: Part = RIGHT, towards: Part = np.mean) -> Any:
    """The means of the cells, moved towards a value by 1 - B."""

    def answer(values: np.ndarray) -> Any:
        middle = towards(values)
        return middle + np.asarray(by(values) * (values.mean(axis=1) - middle))

    return answer


def each_cell(values: np.ndarray) -> np.ndarray:
    """B with the variance of each cell's own trainings."""
    noise = values.var(axis=1, ddof=1) / values.shape[1]
    between = cells(values)
    with np.errstate(all="ignore"):
        return between / (between + noise)


TWINS = (
    Twin(
        "plain means",
        lambda values: values.mean(axis=1),
        "You give the means of the trainings: is the best of many means only good, or lucky too?",
    ),
    Twin(
        "B alone",
        RIGHT,
        "You give B: how far does it move the mean of a cell, and towards what?",
    ),
    Twin(
        "one minus B",
        moved(lambda values: 1 - RIGHT(values)),
        "Your B and 1 - B are exchanged: where should an estimate lie if the seeds do not differ at all?",
    ),
    Twin(
        "towards 0",
        moved(towards=lambda values: 0.0),
        "Your losses are moved towards 0: what would you guess for a cell that was never trained?",
    ),
    Twin(
        "towards the best",
        moved(towards=lambda values: values.mean(axis=1).min()),
        "You move all cells towards the best one: is that what you would guess for a cell that was never trained?",
    ),
    Twin(
        "only the distance",
        lambda values: RIGHT(values) * (values.mean(axis=1) - values.mean()),
        "You give the distance from the mean of all cells: what is to be added?",
    ),
    Twin(
        "S left out",
        moved(weight(trainings=lambda values: 1)),
        "Your B is that of one training: how large is the variance of a mean of S trainings?",
    ),
    Twin(
        "S left out in the variance of cells",
        moved(weight(between=lambda values: max(0.0, of_means(values) - seeds(values)))),
        "You subtract the variance of single trainings: how much do the seeds add to the variance of means?",
    ),
    Twin(
        "S left out twice",
        moved(
            weight(between=lambda values: max(0.0, of_means(values) - seeds(values)), trainings=lambda values: 1),
        ),
        "S is missing in both places: how large is the variance of a mean of S trainings?",
    ),
    Twin(
        "noise not subtracted",
        moved(weight(between=of_means)),
        "You take the variance of the means for that of the true values: what else makes the means differ?",
    ),
    Twin(
        "below 0",
        moved(
            weight(between=lambda values: of_means(values) - seeds(values) / values.shape[1]),
        ),
        "Your B falls below 0 where seeds explain more than cells do: which variance may not be negative?",
    ),
    Twin(
        "population variances",
        moved(weight(lambda values: cells(values, 0), lambda values: seeds(values, 0))),
        "Your variances divide by the number of values: which ddof gives the variance of all seeds from a few?",
    ),
    Twin(
        "population variance of the seeds",
        moved(
            weight(
                lambda values: max(0.0, of_means(values) - seeds(values, 0) / values.shape[1]),
                lambda values: seeds(values, 0),
            )
        ),
        "Your variance between seeds divides by S: which ddof does a variance from S trainings need?",
    ),
    Twin(
        "population variance of the means",
        moved(weight(lambda values: max(0.0, of_means(values, 0) - seeds(values) / values.shape[1]))),
        "Your variance between the means divides by C: which ddof does a variance from C cells need?",
    ),
    Twin(
        "standard deviations",
        moved(weight(lambda values: np.sqrt(cells(values)), lambda values: np.sqrt(seeds(values)))),
        "Your B has standard deviations: which of the two, these or variances, add up?",
    ),
    Twin(
        "all values together",
        moved(weight(within=lambda values: values.var(ddof=1))),
        "Your variance between seeds holds the differences between cells too: along which axis is it taken?",
    ),
    Twin(
        "axes exchanged",
        moved(weight(lambda values: cells(values.T), lambda values: seeds(values.T), lambda values: len(values))),
        "You took rows for seeds: which axis are the cells?",
    ),
    Twin(
        "each cell its own noise",
        moved(each_cell),
        "Each cell has a B from its own few trainings: how certain is that, and which variance does (09.3) take?",
    ),
)
