"""Turn a data set into batches: the search split, CIFAR's augmentation, pictures that are already on the device.

A batch is a function of (seed, purpose, step); see `seeds`. Shapes: B batch, C channels, H W height and width.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base.messages import require, short
from ..base.seeds import stream
from .augmentation import augment, to_device
from .datasets import DataSet, Labelled


class Batch(NamedTuple):
    """The pictures and labels on which a loss is computed."""

    images: Tensor  # float32 [B, C, H, W], normalised
    labels: Tensor  # int64 [B]
    share: float = 1.0  # B * processes / pictures of the whole batch: its mean loss has this weight in the mean of all


def search_split(labels: Tensor, seed: int, portion: float = 0.5, classes: Sequence[str] = ()) -> tuple[Tensor, Tensor]:
    """Split the training set for a search: w learns on one part, alpha on the other.

    Disjoint, together everything, shuffled by seed and stratified: each class is divided in the same proportion.
    (The published code cuts the file in the middle instead.)

    Args:
        labels: int64 [N].
        seed: of the shuffle.
        portion: share of the first part, in (0, 1).
        classes: their names, for messages.
    Returns:
        Two ascending index tensors, int64: for w and for alpha.
    Raises:
        UserError: a portion outside (0, 1), or one that leaves a class without a picture in either part.
    """
    require(0 < portion < 1, f"the search split's portion must lie between 0 and 1, got {portion}; the paper uses 0.5.")
    generator = stream(seed, "split")
    first, second = [], []
    for label in labels.unique().tolist():
        members = torch.nonzero(labels == label).flatten()
        cut = round(portion * len(members))
        name = short(classes[label]) if classes else label
        require(
            0 < cut < len(members),
            f"the search split (portion {portion}) leaves class {name} empty on one side: it has {len(members)} "
            "picture(s); each side needs at least one. Add pictures, or move the portion towards 0.5.",
        )
        members = members[torch.randperm(len(members), generator=generator)]
        first.append(members[:cut])
        second.append(members[cut:])
    return torch.cat(first).sort().values, torch.cat(second).sort().values


def is_mixed(labels: Tensor, batch_size: int) -> bool:
    """Whether two pictures of one batch are of the same class no more often than two of the whole part.

    A little more is allowed: four standard errors, or a twentieth of what a part sorted by class would add.

    Args:
        labels: int64 [N], cut into batches in this order.
        batch_size: B.
    """
    classes = int(labels.max()) + 1
    batch = torch.arange(len(labels)) // batch_size
    counts = torch.bincount(batch * classes + labels.cpu(), minlength=(int(batch[-1]) + 1) * classes)
    counts = counts.reshape(-1, classes).double()  # [batches, classes]
    pairs = pairs_in(counts.sum(1)).sum()
    if not pairs:
        return True
    same = float(pairs_in(counts).sum() / pairs)
    expected = float(pairs_in(counts.sum(0)).sum() / pairs_in(counts.sum()))
    error = (expected * (1 - expected) / float(pairs)) ** 0.5
    return same - expected <= max(4 * error, 0.05 * (1 - expected))


def pairs_in(count: Tensor) -> Tensor:
    """In how many ways two of so many can be chosen, n (n - 1) / 2."""
    return count * (count - 1) / 2


def mix(part: Labelled, batch_size: int, seed: int) -> Labelled:
    """A part whose batches, cut in its order, hold a mixture of classes: itself where they do, else shuffled by seed.

    In a batch of one class the statistics that BatchNorm takes are those of that class, and the supernet, which uses
    no others, cannot be measured with them.
    """
    if is_mixed(part.labels, batch_size):
        return part
    return part.pick(torch.randperm(len(part.labels), generator=stream(seed, "mixed order")).to(part.labels.device))


def crop_and_flip(images: Tensor, padding: int, generator: torch.Generator) -> Tensor:
    """The published augmentation, for a whole batch at once: one random crop and one coin for a flip per picture.

    Args:
        images: [B, C, H, W].
        padding: black pixels added on every side before cropping H x W again (published: 4).
        generator: CPU generator.
    Returns:
        [B, C, H, W].
    """
    count, _, height, width = images.shape
    top, left = torch.randint(0, 2 * padding + 1, (2, count, 1), generator=generator)
    flip = torch.rand(count, 1, generator=generator) < 0.5
    rows = top + torch.arange(height)  # [B, H]
    columns = torch.arange(width).expand(count, width)
    columns = left + torch.where(flip, columns.flip(1), columns)  # [B, W]
    padded = F.pad(images, (padding,) * 4)
    device = images.device
    batch = torch.arange(count, device=device)
    rows, columns = to_device(rows, device), to_device(columns, device)
    return padded.permute(0, 2, 3, 1)[batch[:, None, None], rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def cutout(images: Tensor, length: int, generator: torch.Generator) -> Tensor:
    """Zero one square per picture; its centre is uniform over the picture, so it may stick out at the border.

    (DeVries, Taylor 2017, Cutout.)

    Args:
        images: normalised, [B, C, H, W]; zero is the mean colour.
        length: side of the square in pixels (published: 16).
        generator: CPU generator.
    Returns:
        [B, C, H, W].
    """
    count, _, height, width = images.shape
    row = torch.randint(0, height, (count, 1), generator=generator)
    column = torch.randint(0, width, (count, 1), generator=generator)
    below = length // 2  # [centre - length // 2, centre + length // 2): as published, an odd length loses one pixel
    inside_rows = (torch.arange(height) >= row - below) & (torch.arange(height) < row + below)  # [B, H]
    inside_columns = (torch.arange(width) >= column - below) & (torch.arange(width) < column + below)  # [B, W]
    hole = (inside_rows[:, :, None] & inside_columns[:, None, :])[:, None]  # [B, 1, H, W]
    return images.masked_fill(to_device(hole, images.device), 0.0)


class Normalize(NamedTuple):
    """(x / 255 - mean) / std per channel, with the training set's own mean and std."""

    mean: Tensor  # [C, 1, 1]
    std: Tensor  # [C, 1, 1]

    @classmethod
    def measured(cls, data: DataSet, device: torch.device) -> "Normalize":
        """Mean and standard deviation over all training pixels, in float64.

        A deviation of less than one grey level is taken as 1: a constant channel is not blown up.
        """
        histogram = torch.stack([torch.bincount(c.flatten(), minlength=256) for c in data.train.images.unbind(1)])
        values = torch.arange(256, dtype=torch.float64) / 255
        share = histogram / histogram.sum(1, keepdim=True, dtype=torch.float64)  # [C, 256]
        mean = share @ values
        std = ((share @ values**2) - mean**2).clamp_min(0).sqrt()
        std = torch.where(std < 1 / 255, 1.0, std)
        return cls(*(t.float()[:, None, None].to(device) for t in (mean, std)))

    def __call__(self, images: Tensor) -> Tensor:
        """uint8 [B, C, H, W] -> float32 of the same shape."""
        return (images.float() / 255 - self.mean) / self.std


def batches_per_epoch(count: int, batch_size: int, least: int = 1) -> int:
    """Batches in one epoch of so many pictures: ceil(N / B).

    One less where a last batch of fewer than `least` pictures joins the batch before it.
    """
    joins = count > batch_size and 0 < count % batch_size < least
    return -(-count // batch_size) - joins


class Batches:
    """Shuffled, augmented batches of one part of a data set, addressed by step: nothing to save between steps.

    Every epoch is a new permutation; the last batch of an epoch holds what is left. If that is less than `least` for
    each process, it joins the batch before it.

    Args:
        part: the pictures, on the device.
        normalize: of the whole training set.
        batch_size: B.
        seed, purpose: which random stream.
        padding: of the random crop, 0 for neither crop nor flip.
        cutout_length: side of the cutout in pixels, 0 for none.
        rank, ranks: which of how many processes this is; process r has pictures r, r + ranks, ... of each batch.
        augmentation: cifar, that is crop and flip, or imagenet, see `augmentation`.
        least: pictures that a process needs to normalise a batch, 1 or 2; see `networks.least_pictures`.
    Raises:
        UserError: a batch larger than the part, or smaller than the processes together need.
    """

    def __init__(
        self,
        part: Labelled,
        normalize: Normalize,
        batch_size: int,
        seed: int,
        purpose: str,
        padding: int = 4,
        cutout_length: int = 0,
        rank: int = 0,
        ranks: int = 1,
        augmentation: str = "cifar",
        least: int = 1,
    ) -> None:
        require(batch_size >= 1, f"batch_size must be at least 1, got {batch_size}; the paper uses 64.")
        require(
            batch_size <= len(part.labels),
            f"batch_size is {batch_size}, but there are only {len(part.labels)} {purpose} pictures; use "
            f"{len(part.labels)} or less.",
        )
        self.least = least * ranks if least > 1 else 1
        self.per_epoch = batches_per_epoch(len(part.labels), batch_size, self.least)
        last = len(part.labels) - (self.per_epoch - 1) * batch_size
        require(
            min(batch_size, last) >= self.least,
            f"batch_size is {batch_size} with {len(part.labels)} {purpose} pictures, and this network needs at least "
            f"{self.least} in a batch: BatchNorm would see a single number of a channel, which it cannot normalise. "
            f"Use {self.least} or more, larger pictures, or no auxiliary head.",
        )
        require(
            last >= ranks,
            f"the last batch of an epoch has {last} of the {len(part.labels)} {purpose} pictures, and each of the "
            f"{ranks} processes needs at least one; change batch_size (now {batch_size}) or start fewer processes.",
        )
        self.part, self.normalize, self.batch_size, self.rank, self.ranks = part, normalize, batch_size, rank, ranks
        self.seed, self.purpose, self.padding, self.cutout_length = seed, purpose, padding, cutout_length
        self.augmentation = augmentation
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.int64)  # the current permutation, kept for speed only

    @property
    def joins(self) -> int:
        """Pictures at the end of an epoch that join the batch before, 0 where they are a batch of their own."""
        return max(0, len(self.part.labels) - self.per_epoch * self.batch_size)

    def __call__(self, step: int) -> Batch:
        """The batch of a step, 0, 1, 2, ...; step // per_epoch is the epoch."""
        epoch, position = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            order = torch.randperm(len(self.part.labels), generator=stream(self.seed, self.purpose, "order", epoch))
            self._epoch, self._order = epoch, order.to(self.part.labels.device)
        end = (position + 1) * self.batch_size if position < self.per_epoch - 1 else len(self._order)
        images, labels = self.part.pick(self._order[position * self.batch_size : end])
        generator = stream(self.seed, self.purpose, "augment", step)
        if self.augmentation == "imagenet":
            images = augment(images, generator)
        elif self.padding:
            images = crop_and_flip(images, self.padding, generator)
        x = self.normalize(images)
        if self.cutout_length:
            x = cutout(x, self.cutout_length, generator)
        if self.ranks == 1:
            return Batch(x, labels)
        own = labels[self.rank :: self.ranks]
        return Batch(x[self.rank :: self.ranks], own, len(own) * self.ranks / len(labels))

    def plain(self, count: int | None = None) -> Iterator[Batch]:
        """All pictures once, or the first so many, in order, without augmentation.

        Several processes divide whole batches among themselves, so that BatchNorm sees what it sees in one.
        """
        part = self.part if count is None else Labelled(self.part.images[:count], self.part.labels[:count])
        return islice(plain_batches(part, self.normalize, self.batch_size, self.least), self.rank, None, self.ranks)


def plain_batches(part: Labelled, normalize: Normalize, batch_size: int, least: int = 1) -> Iterator[Batch]:
    """All pictures once, in order, without augmentation: for validation and test. `least` as in `batches_per_epoch`."""
    count = len(part.labels)
    last = batches_per_epoch(count, batch_size, least) - 1
    for position in range(last + 1):
        span = slice(position * batch_size, count if position == last else (position + 1) * batch_size)
        yield Batch(normalize(part.images[span]), part.labels[span])
