"""One picture of a file as 8 bits a channel, grey or colour, the way a viewer shows it.

A picture is turned upright as its EXIF entry says, and of an animation the first frame is taken. What is transparent is
laid on white. Deep pictures, that is grey of 16 or 32 bits or of floats, are scaled by a `Scale`, which is the same for
all pictures of a data set.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from PIL import Image

from ..base.messages import UserError, require, short, show
from .downloads import silence_warnings

ORIENTATION = 0x0112  # the EXIF entry, and what turns a picture upright for each of its values
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
GROUND = (255, 255, 255, 255)  # white: drawings with a transparent ground are mostly dark
USED = 1 / 4  # of the range 0 to 2^n - 1; where pictures use less of it, their own range is scaled


class Scale(NamedTuple):
    """The values of deep pictures that become 0 and 255."""

    low: float
    high: float

    @classmethod
    def of_range(cls, low: float, high: float, whole: bool) -> "Scale":
        """The scale for pictures whose values lie between low and high.

        It is 0 to the least 2^n - 1 that holds them all, n >= 8; for floats in 0..1 it is 0 to 1. Where they lie below
        0, or use less than a quarter of that range, it is low to high.

        Args:
            low, high: the darkest and the brightest value of all pictures of a data set.
            whole: whether the values are whole numbers.
        """
        top = 1.0 if not whole and high <= 1 else 2.0 ** max(8, int(max(high, 0)).bit_length()) - 1
        if low < 0 or 0 < high - low < USED * top:
            return cls(low, high)
        return cls(0.0, top)

    def to_bytes(self, values: np.ndarray) -> np.ndarray:
        """Scale values to uint8: whole numbers are divided and rounded down, floats are rounded."""
        if values.dtype.kind == "f":
            span = (self.high - self.low) or 1.0
            return np.rint((values.astype(np.float64) - self.low) / span * 255).clip(0, 255).astype(np.uint8)
        steps = values.astype(np.int64) - int(self.low)
        return (steps * 256 // int(self.high - self.low + 1)).clip(0, 255).astype(np.uint8)


class Extremes(NamedTuple):
    """The darkest and the brightest value of a deep picture."""

    low: float
    high: float


def is_deep(picture: Image.Image) -> bool:
    """Whether a picture is grey of 16 or 32 bits, or of floats."""
    return picture.mode.startswith(("I", "F"))


def deep_kind(picture: Image.Image) -> str:
    """Of a deep picture, "I" for whole numbers or "F" for floats."""
    return picture.mode[0]


@contextmanager
def refuse_unreadable(file: str) -> Iterator[None]:
    """Turn any error about a picture into one sentence. Pillow's readers raise nearly every kind of error."""
    try:
        with silence_warnings():
            yield
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"picture {show(file)} cannot be read ({short(error) or type(error).__name__}); it is damaged or "
            "not a picture. Replace or remove it."
        ) from error


def open_upright(file: str) -> tuple[Image.Image, bool]:
    """Read a picture and turn it upright.

    Returns:
        The picture as stored, and whether it is colour of 16 bits, of which Pillow keeps only the upper 8.
    """
    with Image.open(file) as opened:
        if opened.format == "EPS":
            raise ValueError("EPS is a program, which is not run")
        upper = not is_deep(opened) and any(";16" in str(tile) for tile in getattr(opened, "tile", ()))
        opened.load()
        try:  # Pillow turns TIFF itself, and early versions leave the entry as it was
            orientation = None if opened.format == "TIFF" else opened.getexif().get(ORIENTATION)
        except Exception:  # the entry is damaged, not the picture: viewers ignore it
            orientation = None
        picture = opened.copy() if orientation not in UPRIGHT else opened.transpose(UPRIGHT[orientation])
        picture.info = dict(opened.info)
        if opened.format == "GIF" and picture.mode == "P" and _has_grey_palette(picture):
            alpha = "transparency" in picture.info
            picture = picture.convert("RGBA").convert("LA") if alpha else picture.convert("L")
        return picture, upper


def _has_grey_palette(picture: Image.Image) -> bool:
    colours = np.asarray(picture.convert("RGB"))
    return bool((colours == colours[..., :1]).all())


def deep_values(picture: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """The values of a deep picture, [H, W], and which of them are transparent.

    Raises:
        ValueError: values that are infinite or no numbers.
    """
    values = np.asarray(picture)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError("it holds values that are infinite or no numbers")
    key = picture.info.get("transparency")
    return values, values == key if isinstance(key, int) else None


def extremes(picture: Image.Image) -> Extremes:
    """The range of a deep picture."""
    values, transparent = deep_values(picture)
    if transparent is not None and not transparent.all():
        values = values[~transparent]
    return Extremes(float(values.min()), float(values.max()))


def has_alpha(picture: Image.Image) -> bool:
    """Whether anything in a picture may be transparent."""
    palette = picture.palette.mode if picture.mode == "P" and picture.palette else ""
    return picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info or palette == "RGBA"


def to_eight_bits(picture: Image.Image, scales: Mapping[str, Scale]) -> Image.Image:
    """Grey ("L") or colour ("RGB") of any kind of picture.

    Args:
        picture: upright.
        scales: for deep pictures, by `deep_kind`.
    """
    if is_deep(picture):
        values, transparent = deep_values(picture)
        pixels = scales[deep_kind(picture)].to_bytes(values)
        return Image.fromarray(pixels if transparent is None else np.where(transparent, np.uint8(255), pixels))
    kind = "L" if picture.mode in ("1", "L", "LA", "La") else "RGB"
    if has_alpha(picture):
        straight = {"La": "LA", "RGBa": "RGBA"}.get(picture.mode)
        if straight:
            picture = picture.convert(straight)
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, GROUND), picture)
    return picture.convert(kind)


def fit(picture: Image.Image, image_size: int) -> Image.Image:
    """The shorter side to `image_size` pixels, the middle cropped; as it is where image_size is 0."""
    if not image_size or picture.size == (image_size, image_size):
        return picture
    scale = image_size / min(picture.size)
    width, height = (max(image_size, round(side * scale)) for side in picture.size)
    left, top = (width - image_size) // 2, (height - image_size) // 2
    picture = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return picture.crop((left, top, left + image_size, top + image_size))


class Pictures(NamedTuple):
    """Pictures that were read, and what a person should know about it.

    Args:
        images: grey ("L") or colour ("RGB"), in the order of the files.
        scales: what became of deep pictures, by `deep_kind`; empty where there are none.
        transparent: how many had transparent parts.
    """

    images: list[Image.Image]
    scales: dict[str, Scale]
    transparent: int


def read_pictures(files: Sequence[str], image_size: int) -> Pictures:
    """Read all pictures of a data set. Deep ones are read twice: for the range of all of them, and to be scaled.

    Args:
        files: paths.
        image_size: see `fit`; resized here already, so that mixed sizes can be stacked.
    Raises:
        UserError: a picture that is damaged or of no kind that is read; colour of 16 bits that is nearly black.
    """
    images: dict[str, Image.Image] = {}
    ranges: dict[str, Extremes] = {}
    deep: list[str] = []
    uppers: dict[str, int] = {}  # the brightest value of colour of 16 bits
    transparent = 0
    for file in files:
        with refuse_unreadable(file):
            picture, upper = open_upright(file)
            transparent += has_alpha(picture)
            if is_deep(picture):
                found, kind = extremes(picture), deep_kind(picture)
                before = ranges.get(kind, found)
                ranges[kind] = Extremes(min(before.low, found.low), max(before.high, found.high))
                deep.append(file)
                continue
            image = to_eight_bits(picture, {})
            if upper:
                uppers[file] = int(np.asarray(image).max())
            images[file] = fit(image, image_size)
    require(
        not uppers or max(uppers.values()) >= 255 * USED,
        f"{len(uppers)} pictures, {show(next(iter(uppers), ''))} for one, are colour of 16 bits, of which the upper 8 "
        f"are read, and these are nearly black (at most {max(uppers.values(), default=0)} of 255); save them with 8 "
        "bits a channel.",
    )
    scales = {kind: Scale.of_range(*found, whole=kind == "I") for kind, found in ranges.items()}
    for file in deep:
        with refuse_unreadable(file):
            images[file] = fit(to_eight_bits(open_upright(file)[0], scales), image_size)
    for image in images.values():
        image.info = {}  # profiles and thumbnails may be larger than the pixels
    return Pictures([images[file] for file in files], scales, transparent)
