"""What a ranking is: it gives cells a score without a search, or with the supernet of one.

scores = score(space, cells, state or None, data)        one number for each cell; higher is better

Random search, and what is computed from an untrained network, are the reference points of every search.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ...base.messages import require_call
from ...base.seeds import seeded, stream
from ...genotype import Genotype
from ...network import Network
from ...relaxation import Weights
from ...space import SearchSpace


class Searched(Protocol):
    """What a ranking may ask of a search; `SearchState` is one."""

    def validate(self, weights: Weights | None = None) -> tuple[float, float]:
        """Loss and accuracy of the supernet on the validation half with these mixing weights."""


@dataclass(frozen=True)
class Data:
    """What a ranking may look at besides the cells, and the size of the networks that it builds.

    Args:
        images: one batch of training pictures, float32 [N, C, H, W], normalised.
        classes: number of classes.
        channels, layers: of the networks.
        seed: of every random decision.
    """

    images: Tensor
    classes: int
    channels: int
    layers: int
    seed: int

    def network(self, cell: Genotype) -> Network:
        """The untrained network of a cell, without an auxiliary head; its weights depend on the seed alone."""
        with seeded(self.seed, "ranking", "weights"):
            network = Network(
                cell, self.channels, self.layers, self.classes, False, input_channels=self.images.shape[1]
            )
        return network.to(self.images.device)

    def generator(self) -> torch.Generator:
        """A fresh random generator with the seed: the same draw however often it is asked for."""
        return stream(self.seed, "ranking")


Score = Callable[[SearchSpace, Sequence[Genotype], Searched | None, Data], list[float]]


@dataclass(frozen=True)
class Ranking:
    """One way to rank cells.

    Args:
        name: as it is typed, for example "naswot".
        paper: authors, year, title.
        score: (space, cells, state or None, data) -> a number for each cell, higher is better; -inf is allowed.
        searched: whether it needs the state of a search.
        passes: forward and backward passes for each cell: through its own network with at most one batch, or, where a
            search is needed, through the supernet with each batch of the validation half.
    """

    name: str
    paper: str
    score: Score
    searched: bool = False
    passes: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        require_call(f"{self.name}: score", self.score, "space, cells, state, data")


def one_by_one(score: Callable[[Genotype, Data], float]) -> Score:
    """The scores of cells that are looked at one by one, without a search. The operation `noise` has the seed."""

    def scores(space: SearchSpace, cells: Sequence[Genotype], state: Searched | None, data: Data) -> list[float]:
        found = []
        for cell in cells:
            with seeded(data.seed, "ranking", "noise"):
                found.append(score(cell, data))
        return found

    return scores
