"""Pictures are read as a viewer shows them: upright, on white, of any depth; what is damaged gives one sentence."""

import io
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dartslab.base.messages import UserError
from dartslab.data.datasets import load_data
from dartslab.data.pictures import Scale
from picture_files import noise, one_of_each

Image.init()
HAS_AVIF = "AVIF" in Image.SAVE


def read(folder: Path) -> np.ndarray:
    """The first training picture, [C, H, W]."""
    return load_data(f"folder:{folder}").train.images[0].numpy()


# -- transparency


def icon(mode: str) -> Image.Image:
    """A black square on a transparent ground, whose pixels are black too."""
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[4:12, 4:12, 3] = 255
    return Image.fromarray(pixels).convert(mode)


def keyed(mode: str) -> Image.Image:
    """A black square on a ground of the value 9, which is transparent."""
    pixels = np.full((16, 16), 9, np.uint8)
    pixels[4:12, 4:12] = 0
    picture = Image.fromarray(pixels).convert(mode)
    picture.info["transparency"] = 9 if mode == "L" else (9, 9, 9)
    return picture


def palette() -> Image.Image:
    picture = Image.fromarray(np.asarray(icon("LA"))[..., 1] // 255).convert("P")
    picture.putpalette([0, 0, 0, 0, 0, 0])
    picture.info["transparency"] = 0
    return picture


@pytest.mark.parametrize(
    ("picture", "suffix", "channels"),
    [
        (icon("RGBA"), ".png", 3),
        (icon("LA"), ".png", 1),
        (icon("RGBA"), ".webp", 3),
        (icon("RGBA"), ".tif", 3),
        (icon("RGBA"), ".tga", 3),
        (palette(), ".png", 3),
        (palette(), ".gif", 1),
        (keyed("L"), ".png", 1),
        (keyed("RGB"), ".png", 3),
    ],
    ids=["rgba", "la", "webp", "tiff", "tga", "palette", "gif", "grey key", "colour key"],
)
def test_a_transparent_ground_is_white(tmp_path: Path, picture: Image.Image, suffix: str, channels: int) -> None:
    kept = {"transparency": picture.info["transparency"]} if "transparency" in picture.info else {}
    pixels = read(one_of_each(tmp_path, picture, suffix, **({"lossless": True} if suffix == ".webp" else kept)))
    expected = np.full((16, 16), 255)
    expected[4:12, 4:12] = 0
    assert len(pixels) == channels and (pixels == expected).all()


def test_what_is_half_transparent_is_half_white(tmp_path: Path) -> None:
    half = Image.new("RGBA", (16, 16), (100, 0, 200, 128))
    assert read(one_of_each(tmp_path, half, ".png"))[:, 0, 0].tolist() == [177, 127, 227]


def test_what_is_opaque_keeps_its_pixels(tmp_path: Path) -> None:
    opaque = noise().convert("RGBA")
    assert np.array_equal(read(one_of_each(tmp_path, opaque, ".png")), np.asarray(noise()).transpose(2, 0, 1))


# -- orientation


def stored_as(upright: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels of a file that a viewer turns to `upright`, by the EXIF standard's table of row 0 and column 0."""
    return {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }[orientation](upright)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_pictures_are_turned_upright(tmp_path: Path, suffix: str, orientation: int) -> None:
    upright = np.asarray(noise(size=(12, 9)))
    entry = Image.Exif()
    entry[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(stored_as(upright, orientation)))
    folder = one_of_each(tmp_path, stored, suffix, exif=entry, **({"lossless": True} if suffix == ".webp" else {}))
    assert np.array_equal(read(folder), upright.transpose(2, 0, 1))


@pytest.mark.parametrize(
    "suffix",
    [".jpg", pytest.param(".avif", marks=pytest.mark.skipif(not HAS_AVIF, reason="this Pillow writes no AVIF"))],
)
def test_photographs_are_turned_upright(tmp_path: Path, suffix: str) -> None:
    upright = np.zeros((16, 16, 3), np.uint8)
    upright[:8] = 255
    entry = Image.Exif()
    entry[0x0112] = 6
    pixels = read(one_of_each(tmp_path, Image.fromarray(np.rot90(upright).copy()), suffix, exif=entry))
    assert pixels[:, :7].min() > 240 and pixels[:, 9:].max() < 15


def test_a_damaged_exif_entry_is_ignored_as_viewers_do(tmp_path: Path) -> None:
    pixels = read(one_of_each(tmp_path, noise(), ".png", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"))
    assert np.array_equal(pixels, np.asarray(noise()).transpose(2, 0, 1))


# -- depth

RAMP = np.arange(256).reshape(16, 16)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RAMP.astype(np.uint16) * 257, RAMP),
        (RAMP.astype(np.uint16) * 16, RAMP),
        (RAMP.clip(0, 250).astype(np.uint16), RAMP.clip(0, 250)),
        (RAMP.astype(np.int32), RAMP),
        (RAMP.astype(np.int32) * 2**20, RAMP),
        ((RAMP / 255).astype(np.float32), RAMP),
        (RAMP.astype(np.float32), RAMP),
        ((RAMP * 1e6).astype(np.float32), RAMP * 1e6 / (2**28 - 1) * 255),
        ((RAMP + 29_000).astype(np.uint16), RAMP),
        ((RAMP - 100).astype(np.int32), RAMP),
        ((RAMP / 255 - 0.5).astype(np.float32), RAMP),
        ((RAMP * 1e-4).astype(np.float32), RAMP),
        (np.full((16, 16), 0x8040, np.uint16), np.full((16, 16), 0x80)),
        (np.full((16, 16), -7.0, np.float32), np.zeros((16, 16))),
    ],
    ids=[
        *("16 bits", "12 of 16", "8 of 16", "8 of 32", "28 of 32", "0..1", "0..255", "floats of 28 bits", "far from 0"),
        *("below 0", "floats below 0", "dim floats", "one value", "one value below 0"),
    ],
)
def test_deep_pictures_are_scaled_by_their_range(tmp_path: Path, values: np.ndarray, expected: np.ndarray) -> None:
    pixels = read(one_of_each(tmp_path, Image.fromarray(values), ".tif"))
    assert pixels.shape == (1, 16, 16) and np.abs(pixels[0] - expected).max() < 1


def test_all_deep_pictures_have_one_scale(tmp_path: Path) -> None:
    one_of_each(tmp_path, Image.fromarray(RAMP.astype(np.uint16)), ".tif")
    Image.fromarray(RAMP.astype(np.uint16) * 16).save(tmp_path / "test" / "b" / "bright.tif")
    data = load_data(f"folder:{tmp_path}")
    assert data.train.images.max() == 255 // 16 and data.test.images.max() == 255
    assert data.source["scales"] == {"I": [0.0, 4095.0]}


def test_deep_pictures_are_resized_after_they_are_scaled(tmp_path: Path) -> None:
    wide = np.tile(RAMP.astype(np.uint16) * 16, (2, 4))
    data = load_data(f"folder:{one_of_each(tmp_path, Image.fromarray(wide), '.tif')}", image_size=8)
    assert data.size == (8, 8) and abs(float(data.train.images.float().mean()) - 127) < 2


def test_a_transparent_value_of_a_deep_picture_is_white(tmp_path: Path) -> None:
    values = RAMP.astype(np.uint16) * 16
    values[0, 0] = 65535
    folder = one_of_each(tmp_path, Image.fromarray(values), ".png")
    for file in folder.rglob("*.png"):
        file.write_bytes(with_chunk(file.read_bytes(), b"tRNS", struct.pack(">H", 65535)))
    pixels = read(folder)[0]
    assert pixels[0, 0] == 255 and np.array_equal(pixels.flatten()[1:], RAMP.flatten()[1:])


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk before its pixels."""
    place = png.index(b"IDAT") - 4
    return png[:place] + chunk(name, content) + png[place:]


def colour_of_16_bits(values: np.ndarray) -> bytes:
    """A PNG of uint16 [H, W, 3]; Pillow writes none."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_colour_of_16_bits_is_read_by_its_upper_8_or_refused(tmp_path: Path) -> None:
    values = np.asarray(noise()).astype(np.uint16)
    folder = one_of_each(tmp_path, noise(), ".png")
    for factor in (257, 16):
        for file in folder.rglob("*.png"):
            file.write_bytes(colour_of_16_bits(values * factor))
        if factor == 257:
            assert np.array_equal(read(folder), np.asarray(noise()).transpose(2, 0, 1))
    with pytest.raises(UserError, match=r"4 pictures, .*1\.png for one, are colour of 16 bits.* nearly black"):
        read(folder)


@pytest.mark.parametrize(
    ("low", "high", "whole", "scale"),
    [
        (0, 255, True, (0, 255)),
        (0, 256, True, (0, 511)),
        (5, 70, True, (0, 255)),
        (5, 60, True, (5, 60)),
        (0, 1, False, (0, 1)),
        (0.3, 0.4, False, (0.3, 0.4)),
        (0, 1.5, False, (0, 1.5)),
    ],
)
def test_the_scale_follows_from_the_range(low: float, high: float, whole: bool, scale: tuple[float, float]) -> None:
    assert Scale.of_range(low, high, whole) == scale


# -- frames, and what cannot be read


def test_the_first_frame_of_an_animation_is_taken(tmp_path: Path) -> None:
    frames = [noise(seed).convert("L") for seed in range(3)]
    folder = one_of_each(tmp_path, frames[0], ".gif", save_all=True, append_images=frames[1:])
    assert np.array_equal(read(folder), np.asarray(frames[0])[None])


def test_damage_of_any_format_gives_the_same_sentence_with_the_path(tmp_path: Path) -> None:
    folder = one_of_each(tmp_path, noise(), ".png")
    file = folder / "train" / "a" / "2.jpg"
    picture, generator, refused = noise(), np.random.default_rng(0), 0
    formats = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "TGA", "DDS", "SPIDER", "PCX", "QOI", "ICO", "AVIF")
    for kind in formats:
        written = io.BytesIO()
        if kind not in Image.SAVE:
            continue
        (picture.convert("F") if kind == "SPIDER" else picture).save(written, kind)
        for place in [*range(0, min(64, len(written.getvalue()))), *generator.integers(0, len(written.getvalue()), 6)]:
            damaged = bytearray(written.getvalue())
            damaged[place] ^= 255
            file.write_bytes(damaged[: None if place % 5 else int(place)])
            try:
                load_data(f"folder:{folder}", image_size=8, say=lambda line: None)
            except UserError as error:
                refused += 1
                assert str(error).startswith((f"picture {file} cannot be read (", "pictures, ")) and "\n" not in str(
                    error
                )
    assert refused > 300


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_floats_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    values = np.zeros((16, 16), np.float32)
    values[3, 3] = value
    with pytest.raises(UserError, match=r"1\.tif cannot be read \(it holds values that are infinite or no numbers\)"):
        read(one_of_each(tmp_path, Image.fromarray(values), ".tif"))


def test_no_program_is_run_to_read_a_picture(tmp_path: Path) -> None:
    folder = one_of_each(tmp_path, noise(), ".png")
    noise().save(folder / "train" / "a" / "drawing.eps")
    shutil.move(folder / "train" / "a" / "drawing.eps", folder / "train" / "a" / "drawing.png")
    with pytest.raises(UserError, match=r"drawing\.png cannot be read \(EPS is a program"):
        read(folder)


def test_a_name_with_a_line_break_stays_in_one_sentence(tmp_path: Path) -> None:
    folder = one_of_each(tmp_path, noise(), ".png")
    (folder / "train" / "a" / "two\nlines.png").write_text("no picture")
    with pytest.raises(UserError, match=r"two\\nlines\.png cannot be read") as error:
        read(folder)
    assert "\n" not in str(error.value)
