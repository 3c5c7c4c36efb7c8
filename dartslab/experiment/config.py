"""The published experiment's configuration: all its sizes, and its presets. Loads no torch.

The stages are in `stages`, running them in `reproduce`, and the checks before the first step in `checks`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal

from ..base.messages import is_number, look_up, require, short
from ..derive import random_genotype
from ..genotype import Genotype
from ..methods import METHODS
from ..run.config import SearchConfig, TrainConfig
from ..run.shared_config import MOST, SharedConfig
from ..run.stored import FREE_FIELDS
from ..space import STEMS

ORDERS = {"first": "first_order", "second": "finite_difference"}
HEAD = "experiment.json"  # in the folder of an experiment
# Fields that may change between two starts: those free in every run, how many run at once, and those that add runs.
FREE = FREE_FIELDS | {"jobs", "backend", "evaluations", "random_cells"}


@dataclass(frozen=True)
class Size:
    """How large one kind of stage is.

    Args:
        channels: channels of the first cell.
        layers: cells in the network.
        epochs: passes over its training pictures.
        batch_size: pictures in a batch.
        steps: stop after this many steps; 0 runs all epochs.
    """

    channels: int
    layers: int
    epochs: int
    batch_size: int
    steps: int = 0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            least = 0 if one.name == "steps" else 1
            require(
                is_number(value, least, MOST, whole=True),
                f"{one.name} must be a whole number, {least} or more, got {short(repr(value))}, as in "
                "Size(16, 8, 50, 64).",
            )


@dataclass(frozen=True)
class Experiment(SharedConfig):
    """Everything that decides what the experiment computes. The defaults are the published one.

    Published are the sizes of search and evaluation, 4 searches, 100 epochs of choice and 10 evaluations; the size of
    the network in which cells are chosen and the number of random cells are ours.

    Args:
        learning_rate: of the network weights at the start, in all stages.
        search_learning_rate: of the network weights at the start of a search, where it differs; 0 for learning_rate.
        method: the published search; darts, or another name that `METHODS` knows. Its own settings are those of the
            presets `published` and `tiny`.
        order: of the hypergradient; second is the finite difference.
        seeds: searches, with seeds 0, 1, ...
        evaluations: trainings of the chosen cell and of DARTS_V2, with seeds 0, 1, ...; more may be asked for later.
        random_cells: random cells, each trained once; more may be asked for later.
        nodes: nodes in a cell.
        tied: in searches and random cells, one cell is both the normal and the reduction cell.
        alpha_learning_rate: of Adam on alpha.
        cutout: side of the square cut out of each picture in choice and evaluation, in pixels.
        drop_path: probability of dropping a path at the end of choice and evaluation.
        auxiliary: weight of the auxiliary head's loss in choice and evaluation.
        stem: cifar, or imagenet for large pictures.
        search, choice, evaluation: how large each kind of stage is.
        compile: compile the cells of the searches with torch.compile, after a check; equal but for rounding.
        jobs: runs of a kind at a time, each in a process of its own and on several GPUs in turn; 0 as many as fit.
        backend: where these processes run: loky is this machine; dask, ray and slurm need their packages.
    """

    ABOVE_ZERO: ClassVar[tuple[str, ...]] = ("alpha_learning_rate",)
    FROM_ZERO: ClassVar[tuple[str, ...]] = ("search_learning_rate",)
    NAMES: ClassVar[Mapping[str, Iterable[str]]] = {"method": METHODS, "stem": STEMS, "order": ORDERS}

    learning_rate: float = 0.025
    search_learning_rate: float = 0.0
    method: str = "darts"
    order: Literal["first", "second"] = "second"
    seeds: int = 4
    evaluations: int = 10
    random_cells: int = 4
    nodes: int = 4
    tied: bool = False
    alpha_learning_rate: float = 3e-4
    cutout: int = 16
    drop_path: float = 0.2
    auxiliary: float = 0.4
    stem: str = "cifar"
    search: Size = field(default=Size(16, 8, 50, 64))
    choice: Size = field(default=Size(16, 8, 100, 96))
    evaluation: Size = field(default=Size(36, 20, 600, 96))
    compile: bool = False
    jobs: int = 1
    backend: str = "loky"

    def __post_init__(self) -> None:
        self.check_values()
        for name in ("search", "choice", "evaluation"):
            value = getattr(self, name)
            require(
                isinstance(value, Size),
                f"{name} must be a Size, got {short(repr(value))}; for example Size(channels=16, layers=8, epochs=50, "
                "batch_size=64).",
            )

    @classmethod
    def published(cls, **changes: Any) -> "Experiment":
        """The published experiment; its searches are those of `SearchConfig.published`, with the method's settings."""
        return cls._preset({}, changes)

    @classmethod
    def tiny(cls, **changes: Any) -> "Experiment":
        """The whole experiment, small enough for a processor: shows that it runs, not how well it works."""
        small: dict[str, Any] = {
            "seeds": 2,
            "evaluations": 2,
            "random_cells": 2,
            "image_size": 16,
            "nodes": 2,
            "learning_rate": 0.05,
            "alpha_learning_rate": 0.05,
            "crop_padding": 2,
            "cutout": 4,
            "drop_path": 0.1,
            "search": Size(4, 3, 3, 64),
            "choice": Size(4, 3, 2, 64),
            "evaluation": Size(8, 3, 3, 64),
            "threads": 1,
        }
        return cls._preset(small, changes)

    @classmethod
    def _preset(cls, sizes: dict[str, Any], changes: dict[str, Any]) -> "Experiment":
        """As for a search: the user's values come first, then the preset's sizes, then the method's own settings."""
        given = sizes | changes
        search = SearchConfig.published(method=given.get("method", cls.method))
        orders = {hypergradient: order for order, hypergradient in ORDERS.items()}
        require(
            "order" in given or search.hypergradient in orders,
            f"{search.method} searches with hypergradient={search.hypergradient}, and an experiment knows "
            f"{' and '.join(orders)}; give order={' or '.join(ORDERS)}.",
        )
        own: dict[str, Any] = {
            "order": orders.get(search.hypergradient, cls.order),
            "alpha_learning_rate": search.alpha_learning_rate,
            "search": Size(search.channels, search.layers, search.epochs, search.batch_size),
        }
        if "learning_rate" not in given and search.learning_rate != cls.learning_rate:
            own["search_learning_rate"] = search.learning_rate
        return cls(**(own | given))

    def _shared_settings(self, size: Size) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(SharedConfig)} | asdict(size)

    def search_config(self, seed: int) -> SearchConfig:
        """The configuration of one search."""
        own = {name: getattr(self, name) for name in ("method", "nodes", "tied", "alpha_learning_rate", "compile")}
        own |= {"learning_rate": self.search_learning_rate or self.learning_rate}
        shared = self._shared_settings(self.search)
        return SearchConfig.published(**(shared | own), hypergradient=ORDERS[self.order], seed=seed)

    def train_config(self, size: Size, seed: int) -> TrainConfig:
        """The configuration of one training."""
        names = ("cutout", "drop_path", "auxiliary", "stem")
        return TrainConfig(**self._shared_settings(size), **{name: getattr(self, name) for name in names}, seed=seed)

    def random_cell(self, number: int) -> Genotype:
        """A random cell of the space that is searched."""
        return random_genotype(self.search_config(0).space, number)


EXPERIMENT_PRESETS: dict[str, Callable[..., Experiment]] = {"published": Experiment.published, "tiny": Experiment.tiny}


def preset(name: str, **changes: Any) -> Experiment:
    """The experiment of that name, published or tiny; `changes` are fields of `Experiment`."""
    return look_up("preset", name, EXPERIMENT_PRESETS)(**changes)
