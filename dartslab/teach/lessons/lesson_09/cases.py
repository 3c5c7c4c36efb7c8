"""What the exercises of lesson 09 are tried on. Shapes: C cells, S trainings of each cell, R random searches."""

import numpy as np

from ...items import Maker


def numbers(*rows: object) -> np.ndarray:
    """Numbers, or rows of them, in float64."""
    return np.array(rows, dtype=np.float64)


# the best of n


def random_losses(rng: np.random.Generator) -> tuple[list[float], int]:
    """The losses of 4 to 9 cells, in any order and sometimes tied, and how many are drawn."""
    losses = rng.choice(np.round(rng.uniform(0.4, 1.2, 8), 3), int(rng.integers(4, 10)))
    return losses.tolist(), int(rng.integers(2, 4))


LOSSES: tuple[Maker, ...] = (
    lambda: ([0.9, 0.5], 2),
    lambda: ([0.9, 0.5, 0.7], 2),
    lambda: ([0.9, 0.5, 0.7], 1),
    lambda: ([0.8, 0.6, 1.0, 0.6, 0.7], 3),
    lambda: ([0.8, 0.6, 1.0, 0.5, 0.7], 5),
)

# two orders


def random_orders(rng: np.random.Generator) -> tuple[list[float], list[float]]:
    """Losses of 5 to 9 cells, and a score that goes with them and is tied in places."""
    losses = np.round(rng.uniform(0.4, 1.2, int(rng.integers(5, 10))), 3)
    return losses.tolist(), np.round(3 * losses + rng.normal(size=len(losses))).tolist()


def untied(first: list[float], second: list[float]) -> bool:
    """Whether no two values are the same."""
    return len(set(first)) == len(first) and len(set(second)) == len(second)


ORDERS: tuple[Maker, ...] = (
    lambda: ([0.5, 0.7], [0.6, 0.9]),
    lambda: ([0.5, 0.7, 0.9], [0.6, 0.9, 0.8]),
    lambda: ([0.5, 0.9, 0.7, 0.8, 0.6], [0.45, 3.0, 0.5, 0.4, 0.7]),
    lambda: ([0.5, 0.7, 0.9, 0.8], [10.0, 10.0, 30.0, 20.0]),  # two cells of one size
    lambda: ([0.5, 0.5, 0.9, 0.8, 0.6], [40.0, 40.0, 10.0, 10.0, 10.0]),
)

# trainings of every cell


def random_trainings(rng: np.random.Generator) -> tuple[np.ndarray]:
    """Losses of 4 to 7 cells with 2 to 4 trainings each; in about half of the cases seeds differ more than cells."""
    cells, trainings = int(rng.integers(4, 8)), int(rng.integers(2, 5))
    true = 0.7 + rng.choice([0.02, 0.1]) * rng.normal(size=(cells, 1))
    return (true + 0.05 * rng.normal(size=(cells, trainings)),)


TRAININGS: tuple[Maker, ...] = (
    lambda: (numbers((0.5, 0.7), (0.9, 1.1)),),
    lambda: (numbers((0.5, 0.7), (0.9, 1.1), (1.2, 1.0)),),  # C and S differ, so every ddof matters
    lambda: (numbers((0.5, 0.6, 0.7), (0.8, 0.9, 0.7), (1.2, 1.0, 1.1)),),
    lambda: (numbers((0.5, 0.9), (0.9, 0.55), (0.6, 0.8)),),  # seeds explain everything
    lambda: (numbers((0.52, 0.48, 0.5, 0.5), (0.6, 0.7, 0.65, 0.61), (0.9, 0.8, 0.84, 0.9), (0.7, 0.72, 0.7, 0.7)),),
)

# random search


def random_draws(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Losses of 8 to 12 cells, and three to five random searches of two to four cells."""
    cells, each = int(rng.integers(8, 13)), int(rng.integers(2, 5))
    test = np.round(rng.uniform(0.4, 1.2, cells), 3)
    validation = np.round(test + rng.normal(0, 0.3, cells), 3)
    return validation, test, np.stack([rng.permutation(cells)[:each] for _ in range(rng.integers(3, 6))])


DRAWN: tuple[Maker, ...] = (
    lambda: (numbers(0.5, 0.7, 0.6), numbers(0.9, 0.8, 0.4), np.array([[1, 2]])),
    lambda: (numbers(0.5, 0.7, 0.6, 0.9), numbers(0.9, 0.8, 0.85, 0.4), np.array([[1, 3], [3, 0], [2, 1]])),
    lambda: (
        numbers(0.55, 0.7, 0.62, 0.9, 0.58),
        numbers(0.7, 0.5, 0.8, 0.4, 0.45),
        np.array([[3, 1, 2], [4, 3, 0], [2, 3, 4], [1, 3, 2]]),
    ),
    lambda: (numbers(0.5, 0.7, 0.6), numbers(0.9, 0.8, 0.85), np.array([[1], [2], [0]])),  # nothing to choose
)

# pictures


def random_pictures(rng: np.random.Generator) -> tuple[float, float, int, int]:
    """Mean losses of all pictures and of those that were used, and how many these are."""
    count = int(rng.integers(20, 200))
    return round(rng.uniform(0.5, 0.9), 3), round(rng.uniform(0.4, 0.8), 3), count, int(rng.integers(1, count // 2))


PICTURES: tuple[Maker, ...] = (
    lambda: (0.6, 0.5, 10, 5),
    lambda: (0.6, 0.5, 10, 2),
    lambda: (0.7, 0.55, 10_000, 7_500),
    lambda: (0.6, 0.6, 100, 1),
)

# two methods, a pair of losses for each seed


def random_pairs(rng: np.random.Generator) -> tuple[list[float], list[float], float]:
    """The losses of two methods with 3 to 7 seeds, and the quantile of Student's t for a level near 95 %."""
    count = int(rng.integers(3, 8))
    shared = rng.normal(0.7, 0.1, count)  # what a seed does to both
    first, second = (np.round(shared + rng.normal(0, 0.03, count), 3).tolist() for _ in range(2))
    return first, second, round(rng.uniform(2.3, 4.5), 2)


PAIRS: tuple[Maker, ...] = (
    lambda: ([0.5, 0.7], [0.6, 0.9], 12.71),
    lambda: ([0.5, 0.7, 0.9], [0.6, 0.85, 0.95], 4.3),
    lambda: ([0.81, 0.64, 0.72, 0.9], [0.62, 0.6, 0.71, 0.65], 3.18),
)

# intervals of a difference of losses

INTERVALS: tuple[Maker, ...] = (
    lambda: ((-0.05, -0.01),),
    lambda: ((0.01, 0.05),),
    lambda: ((-0.05, 0.01),),
    lambda: ((-0.01, 0.05),),
    lambda: ((-0.02, 0.02),),
    lambda: ((-0.05, 0.0),),  # 0 is in the interval
    lambda: ((0.0, 0.05),),
    lambda: (None,),
)
