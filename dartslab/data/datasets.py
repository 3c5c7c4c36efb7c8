"""Data sets as tensors: their names and how they are read. `batches` makes batches of them.

fashion-mini                         inside the package, 6,000 + 1,000 grey pictures of 28x28
fashion-mnist, cifar10, cifar100     through torchvision, in a root folder
folder:PATH                          PATH/train/<class>/*.png and PATH/test/<class>/*.png, your own pictures
"""

from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..base.messages import UserError, require, unknown
from ..base.seeds import stream
from .downloads import read_files

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
DATA_SETS = ("fashion-mini", *TORCHVISION, FOLDER + "PATH")


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
    """

    name: str
    train: Labelled
    test: Labelled
    classes: tuple[str, ...]

    @property
    def channels(self) -> int:
        """C: 1 for grey, 3 for colour."""
        return self.train.images.shape[1]

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) in pixels."""
        return self.train.images.shape[2], self.train.images.shape[3]


def load_data(name: str, root: str | Path = "data", image_size: int = 0) -> DataSet:
    """Read a data set.

    Args:
        name: one of `DATA_SETS`, for example "fashion-mini" or "folder:my/pictures".
        root: folder in which torchvision keeps its files; they are downloaded where it holds none.
        image_size: resize the shorter side to this many pixels and crop the middle; 0 keeps the pictures as they are.
    Returns:
        A `DataSet` on the CPU.
    Raises:
        UserError: an unknown name; files that are not there, damaged or half downloaded (see `downloads`); pictures
            that are unreadable, too small or of mixed sizes.
    """
    require(image_size == 0 or image_size >= SMALLEST, _too_small(f"image_size={image_size}"))
    if name == "fashion-mini":
        data = _read_fashion_mini()
    elif name in TORCHVISION:
        data = _read_torchvision(name, Path(root))
    elif name.startswith(FOLDER):
        data = _read_folder(name, Path(name.removeprefix(FOLDER)).expanduser(), image_size)
    else:
        raise unknown("data set", name, DATA_SETS)
    if image_size and data.size != (image_size, image_size):
        data = replace(data, train=_resize(data.train, image_size), test=_resize(data.test, image_size))
    require(min(data.size) >= SMALLEST, _too_small(f"pictures of {data.size[0]}x{data.size[1]}"))
    return data


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
    parts = []
    for part in ("train", "test"):
        with as_file(files("dartslab.data") / "fashion_mini" / f"{part}.npz") as path, np.load(path) as file:
            parts.append(_to_tensors(file["images"], file["labels"]))
    return DataSet("fashion-mini", parts[0], parts[1], FASHION_CLASSES)


def _read_torchvision(name: str, root: Path) -> DataSet:
    class_name, to_supply = TORCHVISION[name]
    train, test = read_files(name, class_name, to_supply, root)
    classes = FASHION_CLASSES if name == "fashion-mnist" else tuple(train.classes)
    return DataSet(name, _to_tensors(train.data, train.targets), _to_tensors(test.data, test.targets), classes)


def _read_folder(name: str, path: Path, image_size: int) -> DataSet:
    import torchvision.datasets

    found = {}
    for part in ("train", "test"):
        require((path / part).is_dir(), _no_such_folder(path, part))
        try:
            found[part] = torchvision.datasets.ImageFolder(str(path / part))
        except FileNotFoundError as error:
            raise UserError(
                f"{path / part}: {str(error).rstrip('. ')}. Every class needs at least one picture in its folder: "
                "add some or remove the folder."
            ) from error
    require(
        found["train"].classes == found["test"].classes,
        f"{path}: train has the classes {found['train'].classes} and test has {found['test'].classes}; both need the "
        "same class folders. Add the missing ones.",
    )
    require(
        len(found["train"].classes) > 1,
        f"{path}: train has only the class folder {found['train'].classes[0]!r}, and a classifier needs at least two "
        "classes; make a folder for each class.",
    )
    pictures = {part: [_read_picture(file, image_size) for file, _ in found[part].samples] for part in found}
    colour = any(picture.mode != "L" for part in pictures.values() for picture in part)
    first_size, first_file = pictures["train"][0].size, found["train"].samples[0][0]
    parts = {}
    for part, images in pictures.items():
        for picture, (file, _) in zip(images, found[part].samples, strict=True):
            require(
                picture.size == first_size,
                f"the pictures differ in size: {first_file} has {first_size[0]}x{first_size[1]} pixels and {file} has "
                f"{picture.size[0]}x{picture.size[1]}; all must have the same. Give image_size (--image-size) to have "
                "them resized and cropped.",
            )
        stack = np.stack([np.asarray(picture.convert("RGB") if colour else picture) for picture in images])
        parts[part] = shuffle(_to_tensors(stack, found[part].targets))
    return DataSet(name, parts["train"], parts["test"], tuple(found["train"].classes))


def shuffle(part: Labelled) -> Labelled:
    """Put the pictures into a fixed random order.

    A folder lists its files class by class. Batches in that order would hold a single class, and the statistics that
    BatchNorm takes from such a batch are useless for a supernet.
    """
    return part.pick(torch.randperm(len(part.labels), generator=stream(0, "order of a folder")))


def _no_such_folder(path: Path, part: str) -> str:
    return (
        f"{path} has no folder {part!r}; a data folder is PATH/train/<class>/*.png and PATH/test/<class>/*.png. "
        "Create it or fix the path after 'folder:'."
    )


def _read_picture(file: str, image_size: int) -> Image.Image:
    """One picture, grey ("L") or colour ("RGB"); resized here already, so that mixed sizes can be stacked."""
    try:
        with Image.open(file) as opened:
            picture = _to_eight_bits(opened)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UserError(
            f"picture {file} cannot be read ({error}); it is damaged or not a picture. Replace or remove it."
        ) from error
    if image_size and picture.size != (image_size, image_size):
        scale = image_size / min(picture.size)
        width, height = (max(image_size, round(side * scale)) for side in picture.size)
        left, top = (width - image_size) // 2, (height - image_size) // 2
        picture = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
        picture = picture.crop((left, top, left + image_size, top + image_size))
    return picture


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey ("L") or colour ("RGB") of any kind of picture."""
    if picture.mode.startswith("I"):  # 16-bit grey, which Pillow would not scale but clip: all above 255 white
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode == "P":  # a palette with transparency: Pillow warns unless it goes by way of RGBA
        picture = picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB")
