"""Generated folders of pictures: whatever is in them, the right pixels come out, or one sentence.

Every picture is made from the pixels that a viewer would show, stored in a format and mode drawn at random: deep,
transparent, turned, in a palette. Then folders get odd names, links, things that are no pictures, and damage.
"""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from PIL import Image

from dartslab.base.messages import UserError
from dartslab.data.datasets import load_data

Image.init()
FOLDERS, SEEDS = 34, 10
LEAST_FILES = 500  # of each seed, so at least 5,000 in all
NAMES = ["cat", "a b", "日本", "café", "-x", "100%", "new\nline", os.fsdecode(b"\xff"), "dot.png", "@", "$", "x" * 120]
FILES = [
    "{}",
    "{} copy",
    "ä{}",
    "-{}",
    "{}.tar",
    "%{}",
    "{}\n",
    os.fsdecode(b"\xfe{}"),
    "." * 3 + "{}",
    "Y" * 150 + "{}",
]


def saved(kind: str, mode: str, **options: object) -> Callable[[Image.Image, IO[bytes]], None]:
    return lambda picture, file: picture.convert(mode).save(file, kind, **options)


def with_palette(kind: str) -> Callable[[Image.Image, IO[bytes]], None]:
    def save(picture: Image.Image, file: IO[bytes]) -> None:
        colours, places = np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0, return_inverse=True)
        indexed = Image.fromarray(places.reshape(picture.size[1], picture.size[0]).astype(np.uint8)).convert("P")
        indexed.putpalette(colours.flatten().tolist())
        indexed.save(file, kind)

    return save


def on_white(kind: str, mode: str, **options: object) -> Callable[[Image.Image, IO[bytes]], None]:
    """White becomes transparent, over another colour."""

    def save(picture: Image.Image, file: IO[bytes]) -> None:
        pixels = np.asarray(picture.convert("RGBA")).copy()
        white = (pixels[..., :3] == 255).all(2)
        pixels[white] = (10, 10, 10, 0)
        Image.fromarray(pixels).convert(mode).save(file, kind, **options)

    return save


def turned(kind: str, **options: object) -> Callable[[Image.Image, IO[bytes]], None]:
    """Stored lying on its side, with the EXIF entry that turns it."""

    def save(picture: Image.Image, file: IO[bytes]) -> None:
        entry = Image.Exif()
        entry[0x0112] = 6
        picture.transpose(Image.Transpose.ROTATE_90).save(file, kind, exif=entry, **options)

    return save


def deep(kind: str, dtype: type, factor: float) -> Callable[[Image.Image, IO[bytes]], None]:
    def save(picture: Image.Image, file: IO[bytes]) -> None:
        Image.fromarray((np.asarray(picture).astype(np.float64) * factor).astype(dtype)).save(file, kind)

    return save


GREY = [
    (".png", saved("PNG", "L"), 0),
    (".PNG", on_white("PNG", "LA"), 0),
    (".tif", saved("TIFF", "L", compression="tiff_lzw"), 0),
    (".pgm", saved("PPM", "L"), 0),
    (".gif", saved("GIF", "L"), 0),
    (".tga", saved("TGA", "L"), 0),
    (".jfif", saved("JPEG", "L", quality=95), 6),
    (".png", turned("PNG"), 0),
]
DEEP = [
    (".png", deep("PNG", np.uint16, 257), 0),
    (".tiff", deep("TIFF", np.uint16, 257), 0),
    (".tif", deep("TIFF", np.int32, 257), 0),
    (".tif", deep("TIFF", np.float32, 1 / 255), 0),
]
COLOUR = [
    (".png", saved("PNG", "RGB"), 0),
    (".png", with_palette("PNG"), 0),
    (".gif", with_palette("GIF"), 0),
    (".png", on_white("PNG", "RGBA"), 0),
    (".webp", on_white("WEBP", "RGBA", lossless=True, exact=True), 0),
    (".tga", on_white("TGA", "RGBA"), 0),
    (".bmp", saved("BMP", "RGB"), 0),
    (".TIF", saved("TIFF", "CMYK"), 0),
    (".jp2", saved("JPEG2000", "RGB"), 0),
    (".jpg", saved("JPEG", "RGB", quality=95, subsampling=0), 6),
    (".jpeg", turned("JPEG", quality=95, subsampling=0), 6),
    (".webp", turned("WEBP", lossless=True), 0),
    (".tif", turned("TIFF"), 0),
    (".png", saved("WEBP", "RGB", lossless=True), 0),  # another format than the name says
    *([(".avif", saved("AVIF", "RGB", quality=98, subsampling="4:4:4"), 8)] if "AVIF" in Image.SAVE else []),
]


@dataclass
class Made:
    """A generated folder: what it must be read as, and what was spoilt in it."""

    root: Path
    generator: np.random.Generator
    shown: dict[str, list[tuple[np.ndarray, int]]] = field(default_factory=dict)  # class -> pixels, tolerance
    colour: bool = False
    files: int = 0
    paths: list[Path] = field(default_factory=list)  # of the pictures
    spoilt: list[Path] = field(default_factory=list)

    def picture(self, size: tuple[int, int], colour: bool) -> np.ndarray:
        """Four plain quarters, one of them white, one black: lossy formats keep them."""
        quarters = self.generator.integers(0, 256, (2, 2, 3 if colour else 1), np.uint8)
        quarters[0, 1], quarters[1, 0] = 255, 0
        pixels = np.kron(quarters, np.ones((size[1] // 2, size[0] // 2, 1), np.uint8))
        return pixels if colour else pixels[..., 0]

    def add_picture(self, folder: Path, name: str, size: tuple[int, int], kinds: list[str]) -> None:
        kind = self.generator.choice(kinds)
        table = {"grey": GREY, "deep": DEEP, "colour": COLOUR}[kind]
        suffix, save, tolerance = table[self.generator.integers(len(table))]
        pixels = self.picture(size, kind == "colour")
        folder.mkdir(parents=True, exist_ok=True)
        pattern = FILES[self.generator.integers(len(FILES))] if self.generator.random() < 0.2 else "{}"
        path = folder / (pattern.format(self.files) + suffix)
        if path.name.startswith("."):
            path = folder / f"{self.files}{suffix}"
        written = io.BytesIO()
        save(Image.fromarray(pixels), written)
        path.write_bytes(written.getvalue())
        self.paths.append(path)
        self.files += 1
        self.colour |= kind == "colour"
        self.shown.setdefault(name, []).append((pixels if pixels.ndim == 3 else pixels[..., None], tolerance))

    def add_clutter(self, folder: Path) -> None:
        """What must be left out: hidden things, files of other kinds, links that lead back."""
        self.files += 1
        match self.generator.integers(8):
            case 0:
                (folder / "notes.txt").write_text("hello")
            case 1:
                (folder / ".DS_Store").write_bytes(b"\0")
            case 2:
                (folder / "Thumbs.db").write_bytes(b"\0")
            case 3 | 4 as which:
                hidden = folder / (".ipynb_checkpoints" if which == 3 else "@eaDir")
                hidden.mkdir(exist_ok=True)
                Image.new("L", (9, 9)).save(hidden / "1.png")
            case 5:
                (folder / f"loop{self.files}").symlink_to(folder, target_is_directory=True)
            case 6:
                (folder / f"up{self.files}").symlink_to(self.root, target_is_directory=True)
            case 7:
                (folder / "no suffix").write_bytes(b"\x89PNG")

    def damage(self) -> None:
        """Spoil one picture: wrong bytes, a cut, nothing left, another file, a link to nothing."""
        path = self.paths[self.generator.integers(len(self.paths))]
        content = bytearray(path.read_bytes())
        match self.generator.integers(6):
            case 0 | 1:
                for place in self.generator.integers(0, len(content), 3):
                    content[place] = self.generator.integers(256)
            case 2:
                content[self.generator.integers(min(40, len(content)))] ^= 255
            case 3:
                content = content[: self.generator.integers(len(content))]
            case 4:
                content = bytearray(self.generator.bytes(len(content)))
            case 5:
                path.unlink()
                path.symlink_to(self.root / "nowhere")
        if not path.is_symlink():
            path.write_bytes(content)
        self.spoilt.append(path)


def make_folder(root: Path, generator: np.random.Generator) -> Made:
    made = Made(root, generator)
    classes = list(generator.choice(NAMES, generator.integers(2, 5), replace=False))
    kinds = [["grey"], ["grey", "deep"], ["colour"], ["grey", "colour"], ["grey", "deep", "colour"]][
        generator.integers(5)
    ]
    size = [(16, 16), (16, 32), (32, 16)][generator.integers(3)]
    parts = [("train", "test"), ("train", "val"), ("Train", "valid", "TEST"), ("",)][generator.integers(4)]
    for part in parts:
        for name in classes:
            for number in range(generator.integers(2, 8)):
                inner = "deeper/still" if generator.random() < 0.1 else ""
                made.add_picture(root / part / name / inner, name, size, kinds)
                if number == 0 and generator.random() < 0.3:
                    made.add_clutter(root / part / name)
    if generator.random() < 0.5:
        made.damage()
    return made


def matches(pixels: np.ndarray, expected: list[tuple[np.ndarray, int]], channels: int) -> bool:
    """Whether a picture [C, H, W] is one of those expected of its class; the nearest is taken from the list."""
    near = []
    for number, (shown, tolerance) in enumerate(expected):
        wide = np.broadcast_to(shown, (*shown.shape[:2], channels)).astype(int)
        if wide.shape == (*pixels.shape[1:], channels):
            distance = np.abs(pixels.transpose(1, 2, 0) - wide).mean()
            near += [(distance, number)] if distance <= tolerance else []
    if near:
        del expected[min(near)[1]]
    return bool(near)


def check(made: Made) -> str:
    """Read a folder; "read" or "refused"."""
    lines: list[str] = []
    try:
        data = load_data(f"folder:{made.root}", say=lines.append)
    except UserError as error:
        said = str(error)
        assert made.spoilt, f"nothing was damaged, and yet: {said}"
        assert "\n" not in said and said.encode()
        return "refused"
    assert len(lines) == 1 and "\n" not in lines[0] and lines[0].encode()
    assert data.classes == tuple(sorted(made.shown))
    channels = data.train.images.shape[1]
    assert made.spoilt or channels == (3 if made.colour else 1)
    missed = 0
    for name, expected in made.shown.items():
        label, left, count = data.classes.index(name), list(expected), 0
        for part in (data.train, data.test):
            of_class = part.images[part.labels == label].numpy().astype(int)
            count += len(of_class)
            missed += sum(not matches(pixels, left, channels) for pixels in of_class)
        assert count == len(expected)
    # damage that a format does not notice may change one picture, or through its range all deep ones
    assert not missed or made.spoilt
    return "read"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(SEEDS))
def test_generated_folders_give_the_right_pixels_or_one_sentence(tmp_path: Path, seed: int) -> None:
    generator = np.random.default_rng(seed)
    files, results = 0, []
    for number in range(FOLDERS):
        made = make_folder(tmp_path / str(number), generator)
        results.append(check(made))
        files += made.files
    assert files >= LEAST_FILES
    assert results.count("read") >= FOLDERS // 2 and results.count("refused") >= 3
