"""What tests of picture folders share: small files, and folders of them."""

from pathlib import Path

import numpy as np
from PIL import Image


def noise(seed: int = 0, size: tuple[int, int] = (16, 16)) -> Image.Image:
    """A colour picture of random pixels; size is (width, height)."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8))


def fill(folder: Path, *files: str, picture: Image.Image | None = None) -> Path:
    """Write a picture under each name, such as "train/cat/1.png"; a format that the name does not tell is JPEG."""
    for number, name in enumerate(files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        known = path.suffix.lower() in (".png", ".gif", ".bmp", ".webp", ".tif", ".avif", ".jpg")
        (picture or noise(number)).save(path, None if known else "JPEG")
    return folder


def one_of_each(folder: Path, picture: Image.Image, suffix: str, **options: object) -> Path:
    """A data folder in which one picture is all there is in both classes and both parts."""
    for part in ("train", "test"):
        for name in "ab":
            path = folder / part / name / f"1{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path, **options)
    return folder
