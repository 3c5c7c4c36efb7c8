"""Known wrong answers to `10.result`."""

from collections.abc import Callable

import numpy as np

from ....items import Twin

Choose = Callable[[np.ndarray, np.ndarray], int]
Answer = Callable[[np.ndarray, np.ndarray], tuple[int, float, float]]


def _best(choice: np.ndarray, tests: np.ndarray) -> int:
    return int(choice.argmax())


def _of_row(
    choose: Choose = _best,
    middle: Callable[[np.ndarray], float] = np.mean,
    spread: Callable[[np.ndarray], float] = lambda row: float(row.std(ddof=1)),
) -> Answer:
    """`result` with another way to choose, another middle or another spread."""

    def answer(choice: np.ndarray, tests: np.ndarray) -> tuple[int, float, float]:
        chosen = choose(choice, tests)
        return chosen, float(middle(tests[chosen])), float(spread(tests[chosen]))

    return answer


def _of_column(tests: np.ndarray, column: int) -> tuple[float, float]:
    """Mean and spread of a column, of column modulo R where there are only R."""
    numbers = tests[:, column % tests.shape[1]]
    return float(numbers.mean()), float(numbers.std(ddof=1))


RESULT = (
    Twin(
        "chosen by the mean test accuracy",
        _of_row(lambda c, t: int(t.mean(axis=1).argmax())),
        "The test accuracies choose: what is left then that nobody has looked at?",
    ),
    Twin(
        "chosen by the best test accuracy",
        _of_row(lambda c, t: int(t.max(axis=1).argmax())),
        "The best single test run chooses: is that the best cell, and what is left then that nobody has looked at?",
    ),
    Twin(
        "the worst search",
        _of_row(lambda c, t: int(c.argmin())),
        "You take the search with the smallest validation accuracy: is accuracy a loss?",
    ),
    Twin("the first search", _of_row(lambda c, t: 0), "You always take search 0: which one do its numbers speak for?"),
    Twin(
        "the last search",
        _of_row(lambda c, t: len(c) - 1),
        "You always take the last search: which one do its numbers speak for?",
    ),
    Twin(
        "counted from 1",
        lambda c, t: (int(c.argmax()) + 1, *_of_row()(c, t)[1:]),
        "The number of the search is one too large: rows are counted from 0 here.",
    ),
    Twin(
        "the best run",
        _of_row(middle=np.max),
        "You report the best training: how does that number grow if somebody trains more often?",
    ),
    Twin(
        "the worst run",
        _of_row(middle=np.min),
        "You report the worst training: careful, but is it the middle of what was measured?",
    ),
    Twin(
        "the median",
        _of_row(middle=np.median),
        "You report the median: a report says mean and standard deviation.",
    ),
    Twin(
        "the first run",
        _of_row(middle=lambda row: row[0]),
        "You report one training: how many were made?",
    ),
    Twin(
        "variance",
        _of_row(spread=lambda row: float(row.var(ddof=1))),
        "Your spread is in squared units: which root brings it back?",
    ),
    Twin(
        "standard error",
        _of_row(spread=lambda row: float(row.std(ddof=1) / np.sqrt(len(row)))),
        "You divide by the root of n: that is how far a mean scatters. Asked for is how far single runs scatter.",
    ),
    Twin(
        "range",
        _of_row(spread=lambda row: float(row.max() - row.min())),
        "You give the distance from the smallest to the largest: does it stay the same with more runs?",
    ),
    Twin(
        "half the range",
        _of_row(spread=lambda row: float(row.max() - row.min()) / 2),
        "You give half of the distance from the smallest to the largest: does it stay the same with more runs?",
    ),
    Twin(
        "spread over all runs",
        lambda c, t: (*_of_row()(c, t)[:2], float(t.std(ddof=1))),
        "Your spread is over the runs of all searches: whose mean stands beside it?",
    ),
    Twin(
        "mean over all runs",
        lambda c, t: (_best(c, t), float(t.mean()), float(t.std(ddof=1))),
        "Mean and spread are over the runs of all searches: which cell will be reported?",
    ),
    Twin(
        "mean over all runs, spread of one search",
        lambda c, t: (_best(c, t), float(t.mean()), _of_row()(c, t)[2]),
        "Your mean is over the runs of all searches: which cell will be reported?",
    ),
    Twin(
        "the validation accuracy",
        lambda c, t: (_best(c, t), float(c.max()), _of_row()(c, t)[2]),
        "You report the number that has chosen: on which data may a result be measured?",
    ),
    Twin(
        "spread of the searches",
        lambda c, t: (*_of_row()(c, t)[:2], float(c.std(ddof=1))),
        "Your spread is that of the validation accuracies: of which numbers is the mean?",
    ),
    Twin(
        "columns for rows",
        lambda c, t: (_best(c, t), float(t.mean(axis=0)[0]), float(t.std(axis=0, ddof=1)[0])),
        "You average over searches, run by run: which axis of `tests` holds the trainings of one cell?",
    ),
    Twin(
        "spread before mean",
        lambda c, t: (_best(c, t), _of_row()(c, t)[2], _of_row()(c, t)[1]),
        "Mean and spread are exchanged.",
    ),
    Twin(
        "spread of the means",
        lambda c, t: (*_of_row()(c, t)[:2], float(t.mean(axis=1).std(ddof=1))),
        "Your spread is how far the means of the searches are apart: how far apart are trainings of one cell?",
    ),
    Twin(
        "column of the search",
        lambda c, t: (_best(c, t), *_of_column(t, _best(c, t))),
        "Your numbers are those of one training in each search: which axis of `tests` is the search?",
    ),
    Twin(
        "best accuracy for the number",
        lambda c, t: (float(c.max()), *_of_row()(c, t)[1:]),
        "You give the largest validation accuracy: which search is it that has it?",
    ),
    Twin(
        "the spread left out",
        lambda c, t: _of_row()(c, t)[:2],
        "You give two numbers: how far do single trainings scatter?",
    ),
    Twin(
        "the number left out",
        lambda c, t: _of_row()(c, t)[1:],
        "You give two numbers: which search was chosen?",
    ),
    Twin(
        "the accuracies themselves",
        lambda c, t: (_best(c, t), t[_best(c, t)], _of_row()(c, t)[2]),
        "You give all accuracies of the search: what is their mean?",
    ),
    Twin(
        "per cent",
        lambda c, t: (_best(c, t), 100 * _of_row()(c, t)[1], 100 * _of_row()(c, t)[2]),
        "You give per cent: the accuracies that came in are between 0 and 1, and the result is asked for like them.",
    ),
)
