"""Pictures of noise in the sizes of the known data sets, for a forecast: time and memory depend on sizes alone."""

import torch

from ..base.messages import require
from .datasets import SMALLEST, DataSet, Labelled

# name -> (training pictures, test pictures, channels, pixels a side, classes)
SIZES = {
    "cifar10": (50_000, 10_000, 3, 32, 10),
    "cifar100": (50_000, 10_000, 3, 32, 100),
    "fashion-mnist": (60_000, 10_000, 1, 28, 10),
}
DIFFERENT = 500  # pictures of noise, which are repeated


def stand_in(name: str, image_size: int = 0) -> DataSet | None:
    """A data set of noise with the numbers and sizes of a known one; None where these are not known without its files.

    Args:
        name: as for `load_data`.
        image_size: pixels a side; 0 for those of the data set.
    Raises:
        UserError: an image size that `load_data` would refuse.
    """
    if name not in SIZES:
        return None
    require(
        image_size == 0 or image_size >= SMALLEST,
        f"image_size must be {SMALLEST} or more, or 0 for the pictures as they are, got {image_size}; raise it.",
    )
    train, test, channels, own, classes = SIZES[name]
    side = image_size or own
    noise = torch.randint(0, 256, (DIFFERENT, channels, side, side), generator=torch.Generator().manual_seed(0))

    def part(count: int) -> Labelled:
        number = torch.arange(count)
        return Labelled(noise.to(torch.uint8)[number % DIFFERENT], number % classes)

    return DataSet(name, part(train), part(test), tuple(f"class {number}" for number in range(classes)))
