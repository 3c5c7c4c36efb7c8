"""What the exercises of lesson 08 are made of. Shapes: E edges, O operations, N numbers in the output of an edge."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

Maker = Callable[[], Any]
NAMES = ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3")


def numbers(*values: Any) -> Tensor:
    """A float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


def counted(*shape: int) -> Tensor:
    """0, 1, 2, ... in this shape, as float64."""
    return torch.arange(float(np.prod(shape)), dtype=torch.float64).reshape(shape)


# auxiliary_skip: (alpha [E, O], column of the skip, epoch, epochs)


def random_skip(rng: np.random.Generator) -> tuple[Tensor, int, int, int]:
    """A table, the column of the skip, an epoch and how many there are."""
    edges, operations, epochs = int(rng.integers(1, 5)), int(rng.integers(3, 7)), int(rng.integers(3, 51))
    alpha = torch.tensor(rng.normal(scale=1.5, size=(edges, operations)))
    return alpha, int(rng.integers(operations)), int(rng.integers(epochs)), epochs


SKIPS: tuple[Maker, ...] = (
    lambda: (numbers([0.0, 0.0, 0.0]), 1, 0, 4),
    lambda: (numbers([0.0, 1.0, 2.0], [1.0, 0.0, 0.0]), 2, 1, 4),
    lambda: (numbers([0.5, -1.0, 2.0, 0.0], [3.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, -2.0]), 1, 3, 4),
    lambda: (numbers([0.0, 2.0, -1.0], [0.0, 0.5, 1.0]), 1, 50, 50),  # the search is over: b = 0
)


# partial: (x [B, C, H, W], mixed, k)


def halve(x: Tensor) -> Tensor:
    """A function of each pixel alone."""
    return x / 2


def add_ten(x: Tensor) -> Tensor:
    """So that changed channels show."""
    return x + 10


def mix_channels(x: Tensor) -> Tensor:
    """A running sum that begins at the last channel, so that their order and number matter."""
    return x.flip(1).cumsum(1)


def random_partial(rng: np.random.Generator) -> tuple[Tensor, Callable[[Tensor], Tensor], int]:
    """Pictures whose channels are k times 1, 2 or 3, one to four kinds of them in each part."""
    k, part = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    size = int(rng.integers(1, 3)), k * part, int(rng.integers(1, 4)), int(rng.integers(1, 4))
    return torch.tensor(rng.normal(size=size)), (add_ten, mix_channels, torch.tanh)[rng.integers(3)], k


PARTS: tuple[Maker, ...] = (
    lambda: (counted(1, 6, 1, 1), add_ten, 2),
    lambda: (counted(1, 8, 1, 1) + 1, halve, 4),
    lambda: (counted(2, 6, 2, 3), mix_channels, 3),
)


# push_apart and beta_penalty


def random_table(rng: np.random.Generator) -> tuple[Tensor]:
    """An alpha."""
    return (torch.tensor(rng.normal(scale=1.5, size=(int(rng.integers(1, 5)), int(rng.integers(2, 7))))),)


def random_tables(rng: np.random.Generator) -> tuple[dict[str, Tensor], float]:
    """An alpha of each kind, not always with equally many edges, and the progress."""
    operations = int(rng.integers(2, 6))
    tables = [torch.tensor(rng.normal(size=(int(rng.integers(1, 5)), operations))) for _ in range(2)]
    return dict(zip(("normal", "reduce"), tables, strict=True)), float(rng.uniform(0.1, 1.0))


TABLES: tuple[Maker, ...] = (
    lambda: (numbers([0.0, 1.0]),),
    lambda: (numbers([0.0, 2.0, -2.0], [1.0, -1.0, 0.5]),),
)
KINDS: tuple[Maker, ...] = (
    lambda: ({"normal": numbers([0.0, 1.0])}, 1.0),  # a tied space has one table
    lambda: ({"normal": numbers([0.0, 0.0]), "reduce": numbers([1.0, -1.0])}, 0.5),
    lambda: ({"normal": numbers([0.0, 2.0, 1.0]), "reduce": numbers([1.0, -1.0, 0.0], [3.0, 0.0, 1.0])}, 0.2),
)


# choose_by_removal: (accuracy, weights [E, O], edge, names of the columns)


class Accuracy:
    """An accuracy that depends on a table [E, O] as that of a supernet does: what an operation brings is weighted.

    `none` brings nothing. Two operations of an edge may bring the same: together less than both alone.

    Args:
        gains: [E, O], of each operation at weight 1.
        same: [O, O], what two operations of an edge bring twice, at weight 1 of both; nothing where None. On the
            diagonal how much less than twice as much an operation brings at twice the weight.
    """

    def __init__(self, gains: Tensor, same: Tensor | None = None) -> None:
        count = gains.shape[1]
        self.gains, self.same, self.__name__ = gains, torch.zeros(count, count) if same is None else same, "accuracy"

    def __call__(self, table: Tensor) -> float:
        """The accuracy with a table of weights, 0 to 1."""
        table = torch.as_tensor(table).double()
        twice = torch.einsum("eo,op,ep->", table, self.same.double(), table) / 2
        return float(torch.sigmoid((self.gains * table).sum() / 4 - twice / 4))


def removal(gains: Any, weights: Any, edge: int, names: tuple[str, ...], same: Any = None) -> Any:
    """The arguments of a case from plain lists."""
    return Accuracy(numbers(*gains), None if same is None else numbers(*same)), numbers(*weights), edge, names


def random_removal(rng: np.random.Generator) -> Any:
    """A table of one to four edges; gains of both signs, and operations that bring the same."""
    edges, names = int(rng.integers(1, 5)), tuple(str(name) for name in rng.permutation(NAMES)[: rng.integers(3, 6)])
    names = names if "none" in names else ("none", *names[1:])
    gains, same = rng.normal(loc=0.5, scale=1.5, size=(edges, len(names))), rng.uniform(0, 4, size=[len(names)] * 2)
    same, none = same + same.T, names.index("none")
    gains[:, none], same[none], same[:, none] = 0, 0, 0
    np.fill_diagonal(same, 0)
    weights = torch.softmax(torch.tensor(rng.normal(scale=0.8, size=(edges, len(names)))), 1)
    return Accuracy(torch.tensor(gains), torch.tensor(same)), weights, int(rng.integers(edges)), names


SHORT = ("none", "skip_connect", "sep_conv_3x3")
REMOVALS: tuple[Maker, ...] = (
    lambda: removal([[0, 1.0, 4.0]], [[0.2, 0.5, 0.3]], 0, SHORT),  # 0.5 against 1.2: not the largest weight
    lambda: removal([[0, 1.0, 4.0]], [[0.2, 0.7, 0.1]], 0, SHORT),  # 0.7 against 0.4: not the best at weight 1
    lambda: removal([[0, -1.0, -2.0]], [[0.4, 0.3, 0.3]], 0, SHORT),  # all of them harm; none may not be chosen
    # what is left is not made to sum to 1: each way of sharing it out chooses another operation somewhere
    lambda: removal([[0, 1.5, 3.0, 2.5, 3.5]], [[0.25, 0.45, 0.10, 0.15, 0.05]], 0, NAMES),
    lambda: removal([[0, 2.0, 3.5, 3.5, 2.0]], [[0.05, 0.15, 0.05, 0.05, 0.70]], 0, NAMES),
    lambda: removal([[0, 3.0, 2.5, 2.0]], [[0.25, 0.15, 0.25, 0.35]], 0, NAMES[:4]),
    lambda: removal([[0, 3.0, 5.0]], [[0.3, 0.6, 0.1]], 0, SHORT),
    lambda: removal(  # two convolutions bring nearly the same: without one of them the other is still there
        [[0, 3.0, 5.0, 5.0]], [[0.1, 0.3, 0.3, 0.3]], 0, ("none", *NAMES[2:]),
        [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 12.0], [0, 0, 12.0, 0]],
    ),
    lambda: removal([[0, 2.3, 2.1]], [[0.1, 0.1, 0.8]], 0, SHORT),  # 0.23 against 1.68: not the most for its weight
    # 0.5 against 0.4; at first a little less of the skip would even help: removed is another thing than made smaller
    lambda: removal([[0, 4.0, 1.0]], [[0.1, 0.5, 0.4]], 0, SHORT, [[0, 0, 0], [0, 12.0, 0], [0, 0, 0]]),
    lambda: removal([[0, 2.0, 1.0], [0, 1.0, 3.0]], [[0.2, 0.3, 0.5], [0.1, 0.6, 0.3]], 1, SHORT),
    lambda: removal([[2.0, 0, 1.0], [1.0, 0, 3.0]], [[0.3, 0.2, 0.5], [0.8, 0.1, 0.1]], 1, ("a", "none", "b")),
)  # fmt: skip


# sampled_gradient: (alpha [O], gumbel [O], tau, outputs [O, N], g [N])


def random_sample(rng: np.random.Generator) -> tuple[Tensor, Tensor, float, Tensor, Tensor]:
    """One edge, one draw, and what comes back from the loss."""
    count, size = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    parts = (rng.normal(size=count), rng.gumbel(size=count), rng.normal(size=(count, size)), rng.normal(size=size))
    alpha, noise, outputs, g = map(torch.tensor, parts)
    return alpha, noise, float(rng.uniform(0.2, 5)), outputs, g


DRAWS: tuple[Maker, ...] = (
    lambda: (numbers(0.0, 0.0), numbers(0.0, 1.0), 1.0, numbers([1.0, 2.0], [3.0, 4.0]), numbers(1.0, 1.0)),
    lambda: (numbers(1.0, 0.0), numbers(0.0, 2.0), 2.0, numbers([1.0, 0.0], [0.0, 2.0]), numbers(1.0, -1.0)),
    lambda: (
        numbers(0.5, 0.0, -0.5),
        numbers(0.2, 1.5, -0.3),
        0.5,
        numbers([1.0, 2.0, 0.0], [0.0, 1.0, -1.0], [3.0, 0.0, 1.0]),
        numbers(0.5, -1.0, 2.0),
    ),
)


# expectation: (p [O], estimates [O, O]); reinmax: (alpha [O], drawn, gradient [O])


def random_estimates(rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Probabilities, and an estimate for each draw."""
    count = int(rng.integers(2, 6))
    return torch.softmax(torch.tensor(rng.normal(size=count)), 0), torch.tensor(rng.normal(size=(count, count)))


def random_drawn(rng: np.random.Generator) -> tuple[Tensor, int, Tensor]:
    """Alpha, the operation that was drawn, and the gradient there."""
    count = int(rng.integers(2, 6))
    alpha, gradient = torch.tensor(rng.normal(size=count)), torch.tensor(rng.normal(size=count))
    return alpha, int(rng.integers(count)), gradient


ESTIMATES: tuple[Maker, ...] = (
    lambda: (numbers(0.75, 0.25), numbers([1.0, 0.0], [0.0, 4.0])),
    lambda: (numbers(0.5, 0.3, 0.2), numbers([1.0, 2.0, 3.0], [0.0, -1.0, 4.0], [2.0, 0.0, 1.0])),
)
DRAWN: tuple[Maker, ...] = (
    lambda: (numbers(0.0, 0.0), 0, numbers(1.0, 0.0)),
    lambda: (numbers(1.0, 0.0), 1, numbers(1.0, -2.0)),
    lambda: (numbers(0.5, 0.0, -1.0), 2, numbers(1.0, 2.0, 4.0)),
)
