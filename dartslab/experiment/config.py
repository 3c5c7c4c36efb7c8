"""The published experiment's configuration: all its sizes, its presets, and what is refused before the first step.

What its stages are is in `stages`, how they are run in `reproduce`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..base.messages import require, unknown
from ..data.batches import search_split
from ..data.datasets import DataSet, load_data
from ..derive import random_genotype
from ..genotype import Genotype
from ..run.config import FREE_FIELDS, SearchConfig, TrainConfig

ORDERS = {"first": "first_order", "second": "finite_difference"}
# May differ from one start to the next: what may in every run, how many run at once, and what only adds runs.
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


@dataclass(frozen=True)
class Experiment:
    """Everything that decides what the experiment computes. The defaults are the published one.

    Published are the sizes of search and evaluation, 4 searches, 100 epochs of choice and 10 evaluations; the size of
    the network in which cells are chosen and the number of random cells are ours.

    Args:
        order: of the hypergradient; second is the finite difference.
        seeds: searches, with seeds 0, 1, ...
        evaluations: trainings of the chosen cell and of DARTS_V2, with seeds 0, 1, ...; more may be asked for later.
        random_cells: random cells, each trained once; more may be asked for later.
        data: cifar10, fashion-mini, folder:PATH, or another data set that `load_data` knows.
        root: folder with downloaded data sets.
        image_size: resize pictures to this many pixels; 0 keeps them.
        nodes: nodes in a cell.
        learning_rate: of the network weights at the start, in all stages.
        alpha_learning_rate: of Adam on alpha.
        crop_padding: black pixels around a picture before the random crop.
        cutout: side of the square cut out of each picture in choice and evaluation, in pixels.
        drop_path: probability of dropping a path at the end of choice and evaluation.
        auxiliary: weight of the auxiliary head's loss in choice and evaluation.
        stem: cifar, or imagenet for large pictures.
        search, choice, evaluation: how large each kind of stage is.
        precision: float32 or bfloat16, in which networks are computed in all stages; see `numerics`.
        channels_last: keep pictures and weights pixel by pixel in memory; equal but for rounding.
        compile: compile the cells of the searches with torch.compile, after a check; equal but for rounding.
        checkpoint_every: save every so many steps too; 0 only at the end of each epoch.
        report_every: read losses from the device every so many steps only; above 1, a GPU is not kept waiting.
        device: auto, cpu, cuda, cuda:N or mps.
        threads: of torch on the processor; 0 leaves torch's choice.
        jobs: runs of a kind at a time, each in a process of its own and on several GPUs in turn; 0 as many as fit.
        backend: where these processes run: loky is this machine; dask, ray and slurm need their packages.
    """

    order: Literal["first", "second"] = "second"
    seeds: int = 4
    evaluations: int = 10
    random_cells: int = 4
    data: str = "cifar10"
    root: str = "data"
    image_size: int = 0
    nodes: int = 4
    learning_rate: float = 0.025
    alpha_learning_rate: float = 3e-4
    crop_padding: int = 4
    cutout: int = 16
    drop_path: float = 0.2
    auxiliary: float = 0.4
    stem: str = "cifar"
    search: Size = field(default=Size(16, 8, 50, 64))
    choice: Size = field(default=Size(16, 8, 100, 96))
    evaluation: Size = field(default=Size(36, 20, 600, 96))
    precision: str = "float32"
    channels_last: bool = False
    compile: bool = False
    checkpoint_every: int = 0
    report_every: int = 1
    device: str = "auto"
    threads: int = 0
    jobs: int = 1
    backend: str = "loky"

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
        return cls(**(small | changes))

    def _shared(self, size: Size) -> dict[str, Any]:
        names = "data root image_size learning_rate crop_padding precision channels_last"
        how = "checkpoint_every report_every device threads"
        return {name: getattr(self, name) for name in f"{names} {how}".split()} | asdict(size)

    def search_config(self, seed: int) -> SearchConfig:
        """The configuration of one search."""
        own = {name: getattr(self, name) for name in ("nodes", "alpha_learning_rate", "compile")}
        return SearchConfig(**self._shared(self.search), **own, hypergradient=ORDERS[self.order], seed=seed)

    def train_config(self, size: Size, seed: int) -> TrainConfig:
        """The configuration of one training."""
        names = ("cutout", "drop_path", "auxiliary", "stem")
        return TrainConfig(**self._shared(size), **{name: getattr(self, name) for name in names}, seed=seed)

    def random_cell(self, number: int) -> Genotype:
        """A random cell of the space that is searched."""
        return random_genotype(self.search_config(0).space, number)

    def check(self, data: DataSet) -> None:
        """Refuse before the first step what would fail after days.

        Raises:
            UserError: counts or sizes that cannot be, pictures too small for the networks, a last batch of one picture.
        """
        for name, least in (("seeds", 1), ("evaluations", 1), ("random_cells", 0), ("jobs", 0)):
            got = getattr(self, name)
            require(
                got >= least, f"{name} must be {least} or more, got {got}; give more with --{name.replace('_', '-')}."
            )
        half = len(search_split(data.train.labels, 0, self.search_config(0).portion)[0])
        smaller = min(half, len(data.train.labels) - half)
        for name, count in (("search", smaller), ("choice", half), ("evaluation", len(data.train.labels))):
            self._check_stage(name, getattr(self, name), count, min(data.size))

    def _check_stage(self, name: str, size: Size, count: int, side: int) -> None:
        """Refuse a stage of that size on so many training pictures of so many pixels."""
        require(
            size.batch_size <= count,
            f"{name} has batches of {size.batch_size}, but only {count} training pictures; use --{name}.batch-size "
            f"{count} or less.",
        )
        if name == "search":
            return
        _ = self.train_config(size, 0)
        halvings = len({size.layers // 3, 2 * size.layers // 3}) + (3 if self.stem == "imagenet" else 0)
        require(
            side >= 2 ** (halvings + 1),
            f"no genotype fits pictures of {side} pixels in the network of {name} with stem {self.stem!r} and "
            f"{size.layers} layers: it halves them {halvings} times and less than 2 pixels would be left; use "
            f"--image-size {2 ** (halvings + 1)} or more, or the stem 'cifar'.",
        )
        require(
            self.cutout < side,
            f"cutout {self.cutout} could erase whole pictures of {side} pixels; use --cutout {side // 2} or 0.",
        )
        require(
            self.auxiliary == 0 or count % size.batch_size != 1,
            f"{count} pictures of {name} in batches of {size.batch_size} leave a last batch of a single one, which the "
            f"auxiliary head cannot normalise; use --{name}.batch-size {size.batch_size + 1}, or --auxiliary 0.",
        )


PRESETS: dict[str, Callable[..., Experiment]] = {"published": Experiment, "tiny": Experiment.tiny}


def preset(name: str) -> Experiment:
    """The experiment of that name: published or tiny."""
    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)
    return PRESETS[name]()


def load_experiment_data(experiment: Experiment) -> DataSet:
    """Read the pictures, once for all stages, and see that the experiment fits them."""
    data = load_data(experiment.data, experiment.root, experiment.image_size)
    experiment.check(data)
    return data
