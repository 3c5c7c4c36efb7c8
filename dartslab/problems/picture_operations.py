"""Operations on pictures that look different, and the pictures on which a hidden cell shows what it does.

Shapes: n pictures, H = W = 28.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base.messages import require
from ..data.datasets import load_data

SIZE = 28
FOOTWEAR = ("sandal", "sneaker", "ankle boot")  # left and right differ, so that mirror shows


def box(x: Tensor, side: int) -> Tensor:
    """Mean over side x side pixels, borders repeated; [n, H, W] -> [n, H, W]."""
    return F.avg_pool2d(F.pad(x, (side // 2,) * 4, mode="replicate"), side, stride=1)


PICTURE_OPERATIONS: dict[str, Callable[[Tensor], Tensor]] = {  # each [n, H, W] -> [n, H, W]; none mixes the others
    "keep": lambda x: x,
    "blur": lambda x: box(x, 5),
    "outline": lambda x: x - box(x, 3),
    "shift": lambda x: torch.roll(x, 5, -1),
    "mirror": lambda x: x.flip(-1),
    "turn": lambda x: torch.rot90(x, -1, (-2, -1)),
    "thicken": lambda x: F.max_pool2d(x, 3, stride=1, padding=1),
}
LOOK_ALIKES: dict[str, Callable[[Tensor], Tensor]] = {
    "blur 7": lambda x: box(x, 7),  # a blur of 3 would not do: with outline it gives keep
    "shift 4": lambda x: torch.roll(x, 4, -1),
}


class Pool(NamedTuple):
    """Pictures to draw from."""

    images: Tensor  # uint8 [N, H, W]
    footwear: Tensor  # bool [N]


def check_pool(pool: Any, least: int) -> None:
    """Raise `UserError` unless it is a `Pool` of so many pictures, of the right size and type, each of several colours.

    Args:
        pool: as it came in.
        least: pictures that are needed.
    """
    form = "Pool(images, footwear) of dartslab.problems.picture_operations"
    require(
        isinstance(pool, Pool) and all(isinstance(part, Tensor) for part in pool),
        f"pictures to draw from are a {form}, two tensors, got {type(pool).__name__}; pass one.",
    )
    images, footwear = pool
    require(
        len(images) >= least and images.shape[1:] == (SIZE, SIZE),
        f"the pictures have shape {tuple(images.shape)}; at least {least} of {SIZE} x {SIZE} are needed.",
    )
    require(
        images.dtype == torch.uint8,
        f"the pictures are {str(images.dtype).removeprefix('torch.')}, and uint8 from 0 to 255 is needed, which a page "
        "can read; scale and round them.",
    )
    require(
        footwear.shape == (len(images),),
        f"footwear says of each picture whether left and right differ, so its shape is [{len(images)}], got "
        f"{list(footwear.shape)}; give one for each.",
    )
    flat = images.flatten(1)
    same = int((flat.amax(1) == flat.amin(1)).sum())
    require(
        same == 0,
        f"{same} of {len(flat)} pictures have one colour only, in which operations cannot be told apart; leave "
        "them out.",
    )


def load_pool(per_class: int = 10) -> Pool:
    """The first pictures of each class of fashion-mini."""
    data = load_data("fashion-mini")
    images, labels = data.train
    first = torch.cat([torch.nonzero(labels == label).flatten()[:per_class] for label in range(len(data.classes))])
    footwear = torch.tensor([name in FOOTWEAR for name in data.classes])
    return Pool(images[first, 0], footwear[labels[first]])
