"""Checks before the first step of an experiment, for what would otherwise fail after days."""

from collections.abc import Callable

from ..base.messages import require
from ..data.batches import search_split
from ..data.checks import check_data_set
from ..data.datasets import DataSet, load_data
from .config import Experiment, Size


def check_experiment(experiment: Experiment, data: DataSet) -> None:
    """Check before the first step what would otherwise fail after days.

    Raises:
        UserError: counts or sizes that cannot be, pictures too small for the networks, batches of one picture.
    """
    for name, least in (("seeds", 1), ("evaluations", 1), ("random_cells", 0), ("jobs", 0)):
        got = getattr(experiment, name)
        require(got >= least, f"{name} must be {least} or more, got {got}; give more with --{name.replace('_', '-')}.")
    portion = experiment.search_config(0).portion
    half = len(search_split(data.train.labels, 0, portion, data.classes)[0])
    smaller = min(half, len(data.train.labels) - half)
    for name, count in (("search", smaller), ("choice", half), ("evaluation", len(data.train.labels))):
        _check_stage(experiment, name, getattr(experiment, name), count, min(data.size))


def _check_stage(experiment: Experiment, name: str, size: Size, count: int, side: int) -> None:
    """Check a stage of that size on so many training pictures of so many pixels."""
    require(
        size.batch_size <= count,
        f"{name} has batches of {size.batch_size}, but only {count} training pictures; use --{name}.batch-size "
        f"{count} or less.",
    )
    if name == "search":
        return
    _ = experiment.train_config(size, 0)
    halvings = len({size.layers // 3, 2 * size.layers // 3}) + (3 if experiment.stem == "imagenet" else 0)
    require(
        side >= 2 ** (halvings + 1),
        f"pictures of {side} pixels are too small for the network of {name} with stem {experiment.stem!r} and "
        f"{size.layers} layers, which halves them {halvings} times and leaves less than 2 pixels; use "
        f"--image-size {2 ** (halvings + 1)} or more, or the stem 'cifar'.",
    )
    require(
        experiment.cutout < side,
        f"cutout {experiment.cutout} could erase whole pictures of {side} pixels; use --cutout {side // 2} or 0.",
    )
    require(
        experiment.auxiliary == 0 or size.batch_size > 1,
        f"{name} has batches of a single picture, which the auxiliary head cannot normalise; use "
        f"--{name}.batch-size 2 or more, or --auxiliary 0.",
    )


def load_experiment_data(experiment: Experiment, say: Callable[[str], object] = print) -> DataSet:
    """Read the pictures once for all stages, and check that the experiment fits them; `say` as in `load_data`."""
    data = load_data(experiment.data, experiment.root, experiment.image_size, say)
    check_data_set(data)
    check_experiment(experiment, data)
    return data


def keep_quiet(line: str) -> None:
    """Say nothing: for a process beside the one that has said it, and for a forecast."""
