"""One edge of a cell, with operations on real pictures that a page can compute too; `one_edge.js` is the same.

Every output is a weighted sum of *features*: the pictures themselves as a fixed operation gives them, or as one tap of
a convolution sees them. A mean squared error of such sums needs only the products of features with each other:

    m = c . F,  mean (m - y)^2 = (c - e_y)' P (c - e_y),  P = F F' / N

with the features F [K, N], the weights c [K] of a mixture and the row e_y of the target. So a step of a search costs
some thousand multiplications, whatever the size of the pictures.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from ...base.shared_random import SharedRandom

SIZE = 28  # of a picture, in pixels
PICTURES = 4  # that one edge sees
SIDES = {"conv 3×3": 3, "conv 5×5": 5}  # operations with a kernel
FAR_APART = 2654435761  # seeds are multiplied by it (Knuth), so that neighbours begin far from each other
TINY = 1e-12  # added to a variance, so that none is 0


@cache
def picture_pool() -> np.ndarray:
    """The pictures that `PlantedSearch` draws from too, uint8 [100, SIZE, SIZE]."""
    from ...problems.picture_operations import load_pool

    return np.asarray(load_pool().images)


def _window(x: np.ndarray, side: int) -> np.ndarray:
    """Pictures [n, SIZE, SIZE] as each tap of a window sees them, [side * side, n, SIZE, SIZE]; beyond the border its
    pixels repeat."""
    reach = side // 2
    wide = np.pad(x, ((0, 0), (reach, reach), (reach, reach)), mode="edge")
    return np.stack([wide[:, v : v + SIZE, u : u + SIZE] for v in range(side) for u in range(side)])


def _look_aside(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Pictures that look `down` and `right` pixels further; beyond the border its pixels repeat."""
    rows, columns = (np.clip(np.arange(SIZE) + by, 0, SIZE - 1) for by in (down, right))
    return x[:, rows][:, :, columns]


FIXED = {  # operations without a kernel, [n, SIZE, SIZE] -> the same
    "skip": lambda x: x,
    "average": lambda x: _window(x, 3).mean(axis=0),
    "maximum": lambda x: _window(x, 3).max(axis=0),
    "outline": lambda x: x - _window(x, 3).mean(axis=0),
    "shift": lambda x: _look_aside(x, 0, -3),
    "shift again": lambda x: _look_aside(x, 0, -3),
    "mirror": lambda x: x[:, :, ::-1],
    "down 2": lambda x: _look_aside(x, 2, 0),  # only as a target: a 5×5 kernel can make it, the others cannot
}


def standardise(x: np.ndarray) -> np.ndarray:
    """x with mean 0 and variance 1, as BatchNorm without weights does it."""
    centred = x - x.mean()
    return centred / np.sqrt((centred**2).mean() + TINY)


class OneEdge:
    """An edge: its pictures, its candidate operations and the target, all drawn from a seed.

    Args:
        seed: draws the pictures and the kernels at the start.
        operations: the O names, of `FIXED` and `SIDES`.
        target: {operation: part}, a sum of standardised outputs.
    Attributes:
        features: float64 [K, N], N all pixels; those of an operation stand in `rows`, the target is the last.
        products: P = F F' / N, [K, K].
        kernels: of each operation its kernel at the start, [side * side] with sum 0, or None.
        noise: O numbers of the normal distribution, for alpha at the start.
        shown: number of the picture that is least like its mirror image; a page shows this one.
    """

    def __init__(self, seed: int, operations: Sequence[str], target: Mapping[str, float]) -> None:
        random = SharedRandom(seed * FAR_APART)
        self.operations, pool = tuple(operations), picture_pool()
        x = standardise(pool[random.permutation(len(pool))[:PICTURES]] / 255)
        blocks: list[np.ndarray] = []
        self.kernels: list[np.ndarray | None] = []
        for name in self.operations:
            if name in SIDES:
                seen = _window(x, SIDES[name])
                drawn = np.array([random.normal() for _ in seen]) / SIDES[name]
                self.kernels.append(drawn - drawn.mean())  # sum 0: at first it is good at nothing in particular
                blocks.append(seen.reshape(len(seen), -1) - seen.mean(axis=(1, 2, 3))[:, None])
            else:
                self.kernels.append(None)
                blocks.append(standardise(FIXED[name](x)).reshape(1, -1))
        ends = np.cumsum([len(block) for block in blocks])
        self.rows = [slice(end - len(block), end) for end, block in zip(ends, blocks, strict=True)]
        y = sum(part * standardise(FIXED[name](x)) for name, part in target.items())
        self.features = np.concatenate([*blocks, np.reshape(y, (1, -1))])
        self.products = self.features @ self.features.T / self.features.shape[1]
        self.noise = np.array([random.normal() for _ in self.operations])
        self.shown = int(np.abs(x - x[:, :, ::-1]).sum(axis=(1, 2)).argmax())

    def spread(self, o: int, kernel: np.ndarray) -> float:
        """What the output of a convolution is divided by: the deviation of what its kernel gives."""
        block = self.products[self.rows[o], self.rows[o]]
        return float(np.sqrt(kernel @ block @ kernel + TINY))

    def coefficients(self, kernels: Sequence[np.ndarray | None]) -> np.ndarray:
        """The standardised outputs as sums of features, [O, K]."""
        table = np.zeros((len(self.operations), len(self.products)))
        for o, kernel in enumerate(kernels):
            table[o, self.rows[o]] = 1.0 if kernel is None else kernel / self.spread(o, kernel)
        return table

    def distances(self, table: np.ndarray) -> np.ndarray:
        """The mean squared error of each sum of features against the target, [.., K] -> [..]."""
        rest = table.copy()
        rest[..., -1] -= 1.0
        return np.einsum("...i,ij,...j->...", rest, self.products, rest)

    def best_kernels(self) -> list[np.ndarray | None]:
        """The kernels with the smallest loss alone: least squares on these pictures."""
        made: list[np.ndarray | None] = []
        for rows, kernel in zip(self.rows, self.kernels, strict=True):
            if kernel is not None:
                block = self.products[rows, rows] + 1e-9 * np.eye(len(kernel))
                kernel = np.linalg.solve(block, self.products[rows, -1])
            made.append(kernel)
        return made


def pool_data() -> dict[str, Any]:
    """The pictures to draw from, as a page reads them: their number, and their bytes in base64."""
    from base64 import b64encode

    pool = picture_pool()
    return {"count": len(pool), "pictures": b64encode(pool.tobytes()).decode("ascii")}


def percent(weight: float) -> str:
    """A mixing weight in words."""
    return f"{100 * weight:.0f} %"


def with_sign(value: float, digits: int = 3) -> str:
    """A push or a slope with its sign, and none where all digits are 0."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text
