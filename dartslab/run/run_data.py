"""The pictures of a run: read, checked, compared with those it was started with; and the two halves of a search."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ..base.messages import require
from ..data.batches import Batches, Normalize, mix, search_split
from ..data.checks import check_data_set, describe_constants
from ..data.datasets import DataSet, load_data
from ..data.digests import READING, READING_CHANGED, describe_differences, describe_reading
from .config import SearchConfig
from .distributed import LEADER, rank, ranks
from .networks import least_pictures
from .shared_config import SharedConfig


def say_once(line: str) -> None:
    """Print a line in one of the processes that search together."""
    if rank() == LEADER:
        print(line)


def open_data(config: SharedConfig, data: DataSet | None = None) -> DataSet:
    """The data set of a run, checked: the given one, or the one that its configuration names.

    One sentence is printed where a channel is constant.

    Raises:
        UserError: see `load_data` and `check_data_set`.
    """
    data = data or load_data(config.data, config.root, config.image_size, say_once)
    check_data_set(data)
    if constants := describe_constants(data):
        say_once(constants)
    return data


def halves_of(config: SearchConfig, data: DataSet, device: torch.device) -> tuple[Batches, Batches]:
    """The batches that w learns from and those that alpha learns from, on the device.

    Raises:
        UserError: see `search_split` and `Batches`.
    """
    normalize = Normalize.measured(data, device)

    def batches(index: torch.Tensor, purpose: str) -> Batches:
        part = data.train.pick(index)
        if purpose == "validation":  # is also looked at in its own order
            part = mix(part, config.batch_size, config.seed)
        place: dict[str, Any] = {"rank": rank(), "ranks": ranks(), "least": least_pictures(config, data)}
        return Batches(
            part.to(device), normalize, config.batch_size, config.seed, purpose, config.crop_padding, **place
        )

    first, second = search_split(data.train.labels, config.seed, config.portion, data.classes)
    return batches(first, "training"), batches(second, "validation")


def check_same_pictures(stored: Mapping[str, Any] | None, now: Mapping[str, Any], name: str, run: str | Path) -> None:
    """Compare the pictures of a run with those that it is to go on with; a run that kept no digests is told so.

    Args:
        stored: what `describe_pictures` said when the run was started; None where it kept nothing.
        now: what it says of the pictures at hand.
        name: of the data set.
        run: the run, for messages.
    Raises:
        UserError: they differ; names in what.
    """
    if not stored:
        say_once(
            f"{run} was started by a dartslab that kept no digests of pictures, so they cannot be compared"
            f"{describe_reading(name)}; it goes on with the pictures of {name!r} as they are read now"
        )
        return
    found = describe_differences(stored, now)
    changed = f" Or it is only that {READING_CHANGED}." if found and stored["reading"] < READING else ""
    require(
        not found,
        f"the pictures of {name!r} are not those that {run} was started with ({'; '.join(found)}); put those back, or "
        f"start again in another folder.{changed}",
    )
