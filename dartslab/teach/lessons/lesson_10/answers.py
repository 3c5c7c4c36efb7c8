"""Right answers to the exercises of lesson 10."""

import math

import numpy as np


def forecast(pictures: int, batch_size: int, epochs: int, t_step: float, t_look: float) -> float:
    """Hours of a search over all training pictures, which are cut into two halves of the same size."""
    batches = math.ceil(pictures // 2 / batch_size)  # of an epoch; the last one may be smaller
    return epochs * batches * (t_step + t_look) / 3600  # every epoch also looks at the other half once


def result(choice: np.ndarray, tests: np.ndarray) -> tuple[int, float, float]:
    """The chosen search, mean and standard deviation of its test accuracies; choice is [S], tests [S, R]."""
    chosen = int(choice.argmax())  # by validation data: no test accuracy takes part in a choice
    return chosen, float(tests[chosen].mean()), float(tests[chosen].std(ddof=1))


def same_size(found: int, parameters: np.ndarray, accuracies: np.ndarray, within: float) -> float | None:
    """Mean accuracy of those random cells whose parameters differ from `found` by at most `within` * `found`."""
    alike = np.abs(parameters - found) <= within * found
    return float(accuracies[alike].mean()) if alike.any() else None
