"""What the exercises of lesson 10 are tried on: searches, test accuracies, random cells."""

import numpy as np

from ...items import Arguments

# Searches whose validation and test accuracies have another order: [S], [S, R].
CHOICE = np.array([0.71, 0.74, 0.69])
TESTS = np.array([[0.70, 0.74, 0.75], [0.72, 0.70, 0.71], [0.66, 0.77, 0.64]])

PARAMETERS = np.array([52_000, 61_000, 61_150, 70_500, 78_000, 90_000])
ACCURACIES = np.array([0.62, 0.67, 0.64, 0.71, 0.70, 0.745])


def random_search(rng: np.random.Generator) -> Arguments:
    """Pictures (an even number), batch size, epochs, seconds of a step and of a look."""
    batch = int(rng.integers(8, 97))
    return (
        2 * int(rng.integers(10 * batch, 60 * batch)),
        batch,
        int(rng.integers(2, 60)),
        float(rng.uniform(0.05, 0.9)),
        float(rng.uniform(0.01, 0.3)),
    )


def random_result(rng: np.random.Generator) -> Arguments:
    """Validation accuracies of S searches [S], and R test accuracies of the cell of each [S, R]."""
    searches, runs = int(rng.integers(2, 6)), int(rng.integers(2, 6))
    return rng.uniform(0.6, 0.8, searches), rng.uniform(0.6, 0.8, (searches, runs))


def random_cells(rng: np.random.Generator) -> Arguments:
    """Parameters of the found cell; parameters [N] and accuracies [N] of random cells; a part."""
    count = int(rng.integers(4, 12))
    found = int(rng.integers(40_000, 90_000))
    return found, rng.integers(20_000, 120_000, count), rng.uniform(0.6, 0.8, count), float(rng.uniform(0.2, 0.5))
