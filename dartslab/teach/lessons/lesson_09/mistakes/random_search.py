"""Known wrong answers to `09.random_search`. Shapes: C cells, R searches of n cells."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....items import Twin

Choice = Callable[[np.ndarray, np.ndarray], Any]  # (validation, test) of the drawn cells [R, n] -> places [R]


def search(choose: Choice) -> Any:
    """The test loss of the cells at the chosen places."""

    def answer(validation: np.ndarray, test: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        places = choose(validation[drawn], test[drawn])
        return test[drawn[np.arange(len(drawn)), places]]

    return answer


def best(validation: np.ndarray, test: np.ndarray) -> Any:
    """The places of the smallest validation loss."""
    return validation.argmin(axis=1)


def nobody(validation: np.ndarray, test: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """A place in the row taken for the number of a cell."""
    return test[validation[drawn].argmin(axis=1)]


def numbers_of(validation: np.ndarray, test: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The chosen cells."""
    return drawn[np.arange(len(drawn)), validation[drawn].argmin(axis=1)]


def by_column(validation: np.ndarray, test: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """One choice for each column."""
    return test[drawn[validation[drawn].argmin(axis=0), np.arange(drawn.shape[1])]]


TWINS = (
    Twin(
        "chosen by test",
        lambda validation, test, drawn: test[drawn].min(axis=1),
        "Your search chooses by the test loss: which pictures are still unseen then?",
    ),
    Twin(
        "validation loss",
        lambda validation, test, drawn: validation[drawn].min(axis=1),
        "You give the validation loss of the chosen cell: is a number fair that was used for choosing?",
    ),
    Twin(
        "place taken for a cell",
        nobody,
        "You use a place in the row as the number of a cell: what does `drawn` hold at this place?",
    ),
    Twin(
        "numbers of the cells",
        numbers_of,
        "You give the numbers of the chosen cells: what is their test loss?",
    ),
    Twin(
        "places",
        lambda validation, test, drawn: validation[drawn].argmin(axis=1),
        "You give places in the rows: which cells stand there, and what is their test loss?",
    ),
    Twin(
        "the largest",
        search(lambda validation, test: validation.argmax(axis=1)),
        "You choose the largest validation loss: is this the best cell?",
    ),
    Twin(
        "by both losses",
        search(lambda validation, test: (validation + test).argmin(axis=1)),
        "The test loss has a part in your choice: who may look at it, and when?",
    ),
    Twin(
        "the first drawn",
        search(lambda validation, test: 0 * validation.argmin(axis=1)),
        "You take the first cell of each row: what are the validation losses for?",
    ),
    Twin(
        "mean of the drawn",
        lambda validation, test, drawn: test[drawn].mean(axis=1),
        "You give the mean test loss of all drawn cells: how many does a search keep?",
    ),
    Twin(
        "the best of all cells",
        lambda validation, test, drawn: np.full(len(drawn), test[validation.argmin()]),
        "You choose among all cells: which ones did this search train?",
    ),
    Twin(
        "one search",
        lambda validation, test, drawn: test[drawn.flatten()[validation[drawn].argmin()]],
        "You make one search of all rows: what is a row?",
    ),
    Twin(
        "rows and columns exchanged",
        by_column,
        "You choose once in each column: along which axis is a search?",
    ),
    Twin(
        "the mean over the searches",
        lambda validation, test, drawn: float(search(best)(validation, test, drawn).mean()),
        "You give the mean over the searches: what would show how much they differ?",
    ),
)
