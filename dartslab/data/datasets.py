"""Data sets as tensors: their names and how they are read. `batches` makes batches of them.

fashion-mini                         inside the package, 6,000 + 5,000 grey pictures of 28x28
fashion-turned                       the same pictures, each turned; the class is by how many quarters
fashion-mnist, cifar10, cifar100     through torchvision, in a root folder
folder:PATH                          PATH/train/<class>/*.png and PATH/test/<class>/*.png, your own; see `folders`
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..base.messages import require, show, unknown
from ..base.seeds import stream
from .downloads import read_files
from .folders import Listing, list_pictures
from .pictures import Pictures, read_pictures

FOLDER = "folder:"
SMALLEST = 8  # two reductions of 8 pixels leave 2, the least on which a 3x3 operation says anything
FASHION_CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
TORCHVISION = {  # name -> (torchvision's class, what to put under the root folder by hand)
    "cifar10": ("CIFAR10", "the folder cifar-10-batches-py"),
    "cifar100": ("CIFAR100", "the folder cifar-100-python"),
    "fashion-mnist": ("FashionMNIST", "FashionMNIST/raw/ with the four original files, packed (.gz) or unpacked,"),
}
MOST_NAMED = 12  # classes, in a line
DEEP = {"I": "values of 16 or 32 bits", "F": "floats"}
TURNS = ("not turned", "a quarter", "a half", "three quarters")
DATA_SETS = ("fashion-mini", "fashion-turned", *TORCHVISION, FOLDER + "PATH")


class Labelled(NamedTuple):
    """Pictures and their classes."""

    images: Tensor  # uint8 [N, C, H, W]
    labels: Tensor  # int64 [N]

    def pick(self, index: Tensor) -> "Labelled":
        """The pictures with these numbers, int64 [n]."""
        return Labelled(self.images[index], self.labels[index])

    def to(self, device: torch.device) -> "Labelled":
        """The same pictures on a device."""
        return Labelled(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True)
class DataSet:
    """A data set in memory.

    Args:
        name: as it was asked for.
        train, test: uint8 pictures [N, C, H, W] with labels [N].
        classes: the names of the classes, in the order of the labels.
        source: of a folder, what the record of a run keeps about how it was read: the split, the scale of deep
            pictures, what was left out. Plain values.
    """

    name: str
    train: Labelled
    test: Labelled
    classes: tuple[str, ...]
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        """C: 1 for grey, 3 for colour."""
        return self.train.images.shape[1]

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) in pixels."""
        return self.train.images.shape[2], self.train.images.shape[3]


def load_data(
    name: str, root: str | Path = "data", image_size: int = 0, say: Callable[[str], object] = print
) -> DataSet:
    """Read a data set. Of a folder, one line says how many pictures of each class were read, and what was left out.

    Args:
        name: one of `DATA_SETS`, for example "fashion-mini" or "folder:my/pictures".
        root: folder in which torchvision keeps its files; they are downloaded where it holds none.
        image_size: resize the shorter side to this many pixels and crop the middle; 0 keeps the pictures as they are.
        say: is given that line.
    Returns:
        A `DataSet` on the CPU.
    Raises:
        UserError: an unknown name; files that are not there, damaged or half downloaded (see `downloads`); pictures
            that are unreadable, too small or of mixed sizes.
    """
    require(image_size == 0 or image_size >= SMALLEST, _too_small(f"image_size={image_size}"))
    if name == "fashion-mini":
        data = _read_fashion_mini()
    elif name == "fashion-turned":
        data = turn_pictures(_read_fashion_mini())
    elif name in TORCHVISION:
        data = _read_torchvision(name, Path(root))
    elif name.startswith(FOLDER):
        require(name != FOLDER, f"{name!r} names no folder; write its path behind it, for example folder:my/pictures.")
        data = _read_folder(name, Path(name.removeprefix(FOLDER)).expanduser(), image_size, say)
    else:
        raise unknown("data set", name, DATA_SETS)
    if image_size and data.size != (image_size, image_size):
        data = replace(data, train=_resize(data.train, image_size), test=_resize(data.test, image_size))
    require(min(data.size) >= SMALLEST, _too_small(f"pictures of {data.size[0]}x{data.size[1]}"))
    return data


def turn_pictures(data: DataSet) -> DataSet:
    """Another question about the same pictures: each is turned to the left by some quarters, and that is its class.

    Every class has as many pictures; which is turned how is the same every time.
    """

    def turn(part: Labelled, purpose: str) -> Labelled:
        count = len(part.labels)
        turns = torch.arange(count)[torch.randperm(count, generator=stream(0, purpose))] % len(TURNS)
        images = part.images.clone()
        for quarters in range(1, len(TURNS)):
            images[turns == quarters] = torch.rot90(part.images[turns == quarters], quarters, (2, 3))
        return Labelled(images, turns)

    return DataSet("fashion-turned", turn(data.train, "turn train"), turn(data.test, "turn test"), TURNS)


def _too_small(what: str) -> str:
    return f"{what}: the least is {SMALLEST} pixels on either side; set image_size to {SMALLEST} or more."


def _resize(part: Labelled, size: int) -> Labelled:
    """Shorter side to `size`, middle cropped; anti-aliased."""
    height, width = part.images.shape[-2:]
    scale = size / min(height, width)
    shape = (max(size, round(height * scale)), max(size, round(width * scale)))
    chunks = part.images.split(5000)  # as floats the pictures take four times the memory
    resized = [torch.nn.functional.interpolate(c.float(), shape, mode="bilinear", antialias=True) for c in chunks]
    top, left = (shape[0] - size) // 2, (shape[1] - size) // 2
    images = torch.cat([chunk.round().clamp(0, 255).to(torch.uint8) for chunk in resized])
    return Labelled(images[:, :, top : top + size, left : left + size].contiguous(), part.labels)


def _to_tensors(images: Any, labels: Any) -> Labelled:
    pixels = torch.as_tensor(np.ascontiguousarray(images))
    pixels = pixels[:, None] if pixels.ndim == 3 else pixels.permute(0, 3, 1, 2)
    return Labelled(pixels.contiguous(), torch.as_tensor(labels, dtype=torch.int64))


def _read_fashion_mini() -> DataSet:
    train, test = (_to_tensors(file["images"], file["labels"]) for file in _fashion_mini_files())
    return DataSet("fashion-mini", train, test, FASHION_CLASSES)


def fashion_mini_index() -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the pictures of `fashion-mini` in the training and the test part of `fashion-mnist`."""
    train, test = (file["index"] for file in _fashion_mini_files())
    return train, test


def _fashion_mini_files() -> Iterator[dict[str, np.ndarray]]:
    for part in ("train", "test"):
        with as_file(files("dartslab.data") / "fashion_mini" / f"{part}.npz") as path, np.load(path) as file:
            yield dict(file)


def _read_torchvision(name: str, root: Path) -> DataSet:
    class_name, to_supply = TORCHVISION[name]
    train, test = read_files(name, class_name, to_supply, root)
    classes = FASHION_CLASSES if name == "fashion-mnist" else tuple(train.classes)
    return DataSet(name, _to_tensors(train.data, train.targets), _to_tensors(test.data, test.targets), classes)


def _read_folder(name: str, path: Path, image_size: int, say: Callable[[str], object]) -> DataSet:
    listing = list_pictures(path)
    samples = listing.train + listing.test
    read = read_pictures([file for file, _ in samples], image_size)
    colour = any(picture.mode != "L" for picture in read.images)
    first_size, first_file = read.images[0].size, samples[0][0]
    for picture, (file, _) in zip(read.images, samples, strict=True):
        require(
            picture.size == first_size,
            f"the pictures differ in size: {show(first_file)} has {first_size[0]}x{first_size[1]} pixels and "
            f"{show(file)} has {picture.size[0]}x{picture.size[1]}; all must have the same. Give image_size "
            "(--image-size) to have them resized and cropped.",
        )

    def part(begin: int, end: int) -> Labelled:
        stack = np.stack([np.asarray(p.convert("RGB") if colour else p) for p in read.images[begin:end]])
        return shuffle(_to_tensors(stack, [label for _, label in samples[begin:end]]))

    cut = len(listing.train)
    data = DataSet(name, part(0, cut), part(cut, len(samples)), listing.classes, _source(listing, read))
    say(describe_folder(data, read))
    return data


def _source(listing: Listing, read: Pictures) -> dict[str, Any]:
    """What a record keeps about how a folder was read: plain values, without what does not apply."""
    found = {
        "split": listing.split,
        "scales": {kind: list(scale) for kind, scale in read.scales.items()},
        "left_out": {why: [len(paths), *paths[:3]] for why, paths in listing.left_out.items()},
    }
    return {key: value for key, value in found.items() if value}


def describe_folder(data: DataSet, read: Pictures) -> str:
    """How many pictures of each class were read from a folder and how, and what was left out, in one line."""
    counts = [part.labels.bincount(minlength=len(data.classes)).tolist() for part in (data.train, data.test)]
    each = [f"{show(name)} {a} + {b}" for name, a, b in zip(data.classes, *counts, strict=True)]
    if len(each) > MOST_NAMED:
        each[MOST_NAMED - 1 : -1] = [f"{len(each) - MOST_NAMED} more classes"]
    learned, tested = map(sum, counts)
    said = [f"{show(data.name)}: {learned} pictures to learn from + {tested} to test with ({', '.join(each)})"]
    if "split" in data.source:
        said.append(f"the test part is a fifth of each class, drawn with seed {data.source['split']['seed']}")
    if read.transparent:
        said.append(f"of {read.transparent} the transparent parts are laid on white")
    for kind, scale in read.scales.items():
        said.append(f"{DEEP[kind]} scaled from {scale.low:g}..{scale.high:g} to 0..255")
    left_out = [
        f"{count} {why} ({', '.join(map(show, paths))}{', ...' if count > len(paths) else ''})"
        for why, (count, *paths) in data.source.get("left_out", {}).items()
    ]
    return "; ".join([*said, *(["left out: " + ", ".join(left_out)] if left_out else ["nothing left out"])])


def shuffle(part: Labelled) -> Labelled:
    """Put the pictures into a fixed random order.

    A folder lists its files class by class. Batches in that order would hold a single class, and the statistics that
    BatchNorm takes from such a batch are useless for a supernet.
    """
    return part.pick(torch.randperm(len(part.labels), generator=stream(0, "order of a folder")))
