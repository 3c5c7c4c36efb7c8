"""Checks of a data set before anything is computed with it; they matter for those that are made in Python."""

import torch

from ..base.messages import require, short, show
from .datasets import SMALLEST, DataSet, Labelled

SAMPLE = 64  # pictures in which a constant channel is looked for first


def check_data_set(data: DataSet) -> None:
    """Raise `UserError` unless a network can learn from these pictures and be tested with them.

    Raises:
        UserError: pictures that are not uint8 [N, C, H, W]; labels that are not int64 [N] in 0..classes - 1; an empty
            part; parts of different shapes; fewer than two classes.
    """
    require(
        len(data.classes) > 1,
        f"data set {data.name!r} has {len(data.classes)} class(es) ({short(list(data.classes))}), and nothing to tell "
        "it from; give two or more.",
    )
    for name, part in (("training", data.train), ("test", data.test)):
        _check_images(f"the {name} pictures of {data.name!r}", part)
        _check_labels(f"the {name} labels of {data.name!r}", part, len(data.classes))
    train, test = (tuple(part.images.shape[1:]) for part in (data.train, data.test))
    require(
        train == test,
        f"the training pictures of {data.name!r} are {list(train)} (channels, height, width) and its test pictures "
        f"{list(test)}; make them equal.",
    )


def _check_images(what: str, part: Labelled) -> None:
    images = part.images
    require(
        isinstance(images, torch.Tensor),
        f"{what} are a {type(images).__name__}; give a tensor of uint8 [N, C, H, W], for example with torch.as_tensor.",
    )
    got = f"{what} are {str(images.dtype).removeprefix('torch.')} {list(images.shape)}"
    require(
        images.ndim == 4, f"{got}, and [N, C, H, W] is needed: pictures, channels, height, width; reshape the tensor."
    )
    require(
        images.dtype == torch.uint8,
        f"{got}, and uint8 in 0..255 is needed; give (255 * x).round().to(torch.uint8) of floats x in 0..1, they are "
        "normalised later.",
    )
    require(len(images) > 0, f"{got}: there are none; give at least one picture, more of every class.")
    last = images.shape[3] in (1, 3, 4) and images.shape[1] >= SMALLEST
    require(
        not last, f"{got}, so the channels seem to come last, and [N, C, H, W] is needed; give x.permute(0, 3, 1, 2)."
    )
    require(
        min(images.shape[2:]) >= SMALLEST and images.shape[1] > 0,
        f"{got}: the least is {SMALLEST} pixels on either side, and one channel; enlarge them.",
    )


def _check_labels(what: str, part: Labelled, classes: int) -> None:
    labels, count = part.labels, len(part.images)
    require(
        isinstance(labels, torch.Tensor),
        f"{what} are a {type(labels).__name__}; give a tensor of int64 [N], for example with torch.as_tensor.",
    )
    got = f"{what} are {str(labels.dtype).removeprefix('torch.')} {list(labels.shape)}"
    require(
        labels.shape != (count, classes) or labels.ndim == 1,
        f"{got}, which seems one column for each class, and int64 [N] is needed; give x.argmax(1).",
    )
    require(
        labels.shape == (count,), f"{got} for {count} pictures, and one number for each, int64 [{count}], is needed."
    )
    require(labels.dtype == torch.int64, f"{got}, and int64 is needed; give x.long().")
    low, high = int(labels.min()), int(labels.max())
    advice = "subtract 1" if (low, high) == (1, classes) else "number the classes from 0, and name them all"
    require(
        low >= 0 and high < classes,
        f"{what} go from {low} to {high}, and of {classes} classes the numbers are 0 to {classes - 1}; {advice}.",
    )


def describe_constants(data: DataSet) -> str:
    """One sentence about channels that are the same everywhere in the training pictures; empty where there are none.

    Nothing can be learned from them. `Normalize` does not divide by their spread, which is 0.
    """
    images = data.train.images
    channels = images.shape[1]
    sampled = images[:SAMPLE].transpose(0, 1).flatten(1)
    constant = [c for c in range(channels) if sampled[c].min() == sampled[c].max()]
    constant = [c for c in constant if images[:, c].min() == images[:, c].max()]
    if not constant:
        return ""
    what = f"all {len(images)} training pictures of {show(data.name)!r}"
    if len(constant) == channels:
        return (
            f"{what} are constant, of one and the same colour, so nothing can be learned from them; look at the files, "
            "perhaps they were not written as meant."
        )
    return (
        f"channel {', '.join(map(str, constant))} of {channels} (counted from 0) is constant in {what}, so nothing can "
        "be learned from it; leave it out, or make the pictures grey."
    )
