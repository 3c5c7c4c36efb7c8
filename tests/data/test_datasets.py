"""Data sets: real pictures inside the package, one's own in folders, and a sentence for each way they can be wrong."""

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from dartslab.base.messages import UserError
from dartslab.data.datasets import load_data

SHA256 = {  # printed by tools/cut_fashion_mini.py when it cut them from the original files
    "train": "424e057fe3e008742443c9e93f6df6fdadbb19891a58eeb46169723764613e7d",
    "test": "46def3456a89086b3cae1ba9a40ba4c8c4ff257988b90000f73004ac990ddf71",
}


@pytest.mark.parametrize(("part", "per_class"), [("train", 600), ("test", 500)])
def test_fashion_mini_is_balanced_and_unaltered(part: str, per_class: int) -> None:
    images, labels = getattr(load_data("fashion-mini"), part)
    assert images.shape == (10 * per_class, 1, 28, 28) and images.dtype == torch.uint8
    assert labels.bincount().tolist() == [per_class] * 10
    digest = hashlib.sha256(images.numpy().tobytes() + labels.numpy().astype(np.uint8).tobytes())
    assert digest.hexdigest() == SHA256[part]


@pytest.mark.parametrize("part", ["train", "test"])
def test_fashion_mini_says_which_original_picture_each_is(part: str) -> None:
    with np.load(str(files("dartslab.data") / "fashion_mini" / f"{part}.npz")) as file:
        assert len(np.unique(file["index"])) == len(file["labels"])


def test_the_first_thousand_test_pictures_are_those_of_earlier_versions() -> None:
    images, labels = load_data("fashion-mini").test
    digest = hashlib.sha256(images[:1000].numpy().tobytes() + labels[:1000].numpy().astype(np.uint8).tobytes())
    assert digest.hexdigest() == "44b413d65431c643ef0fab0d9c9088b1e6dc4d26782342c382815fd79f7e6892"


@pytest.mark.parametrize(("part", "per_class"), [("train", 1500), ("test", 1250)])
def test_turned_pictures_are_those_of_fashion_mini_and_their_class_is_the_turn(part: str, per_class: int) -> None:
    images, turns = getattr(load_data("fashion-turned"), part)
    upright = getattr(load_data("fashion-mini"), part).images
    assert turns.bincount().tolist() == [per_class] * 4
    for turn in range(4):
        back = torch.rot90(images[turns == turn], -turn, (2, 3))
        assert torch.equal(back, upright[turns == turn])


def test_fashion_mini_has_its_licence_beside_it() -> None:
    assert "Copyright (c) 2017 Zalando SE" in (files("dartslab.data") / "fashion_mini" / "LICENSE").read_text()


@pytest.mark.parametrize("size", [8, 9, 14, 16, 64])
def test_pictures_are_resized_when_asked(size: int) -> None:
    data = load_data("fashion-mini", image_size=size)
    assert data.size == (size, size) and data.train.images.dtype == torch.uint8
    original = load_data("fashion-mini").train.images.float().mean()
    assert abs(data.train.images.float().mean() - original) < 2  # grey levels: resizing keeps the brightness


def write_folder(path: Path, sizes: list[tuple[int, int]], mode: str = "L") -> Path:
    """Two classes with one picture per size in each part."""
    generator = np.random.default_rng(0)
    for part in ("train", "test"):
        for name in ("cat", "dog"):
            (path / part / name).mkdir(parents=True)
            for i, (width, height) in enumerate(sizes):
                pixels = generator.integers(0, 256, (height, width) if mode == "L" else (height, width, 3), np.uint8)
                Image.fromarray(pixels).save(path / part / name / f"{i}.png")
    return path


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3)])
def test_a_folder_of_pictures_is_read_pixel_by_pixel(tmp_path: Path, mode: str, channels: int) -> None:
    data = load_data(f"folder:{write_folder(tmp_path, [(12, 10)] * 3, mode)}")
    assert data.train.images.shape == (6, channels, 10, 12) and data.classes == ("cat", "dog")
    read = [
        (data.classes[label], image.permute(1, 2, 0).numpy().tobytes())
        for image, label in zip(data.train.images, data.train.labels.tolist(), strict=True)
    ]
    files = [(path.parent.name, np.asarray(Image.open(path)).tobytes()) for path in (tmp_path / "train").glob("*/*")]
    assert sorted(read) == sorted(files)


def test_the_pictures_of_a_folder_are_mixed_and_always_alike(tmp_path: Path) -> None:
    name = f"folder:{write_folder(tmp_path, [(8, 8)] * 30)}"
    for part in ("train", "test"):
        first, again = (getattr(load_data(name), part) for _ in range(2))
        assert torch.equal(first.labels, again.labels) and torch.equal(first.images, again.images)
        assert all(5 < int(batch.sum()) < 15 for batch in first.labels.split(20))  # of 20, 10 would be dogs on average


def test_one_colour_picture_makes_all_of_them_colour(tmp_path: Path) -> None:
    write_folder(tmp_path, [(10, 10)] * 2)
    Image.new("RGB", (10, 10), (200, 0, 0)).save(tmp_path / "train" / "cat" / "red.png")
    images = load_data(f"folder:{tmp_path}").train.images
    grey = [torch.equal(image[0], image[2]) for image in images]
    assert images.shape == (5, 3, 10, 10) and sorted(grey) == [False, True, True, True, True]


def test_mixed_sizes_are_resized_and_cropped_when_asked(tmp_path: Path) -> None:
    data = load_data(f"folder:{write_folder(tmp_path, [(40, 20), (16, 16), (9, 30)], 'RGB')}", image_size=16)
    assert data.train.images.shape == (6, 3, 16, 16)


def test_the_middle_of_a_wide_picture_is_kept(tmp_path: Path) -> None:
    write_folder(tmp_path, [(16, 16)])
    wide = np.zeros((16, 48), np.uint8)
    wide[:, 16:32] = 255
    Image.fromarray(wide).save(tmp_path / "train" / "cat" / "wide.png")
    images = load_data(f"folder:{tmp_path}", image_size=16).train.images
    assert any(bool((image == 255).all()) for image in images)


def remove(name: str):
    def apply(path: Path) -> None:
        for file in sorted((path / name).rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        (path / name).rmdir()

    return apply


def cut(path: Path) -> None:
    file = path / "train" / "dog" / "1.png"
    file.write_bytes(file.read_bytes()[:60])


def halve(path: Path) -> None:
    file = path / "train" / "dog" / "1.png"
    file.write_bytes(file.read_bytes()[:-80])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (remove("train"), r"has no folder 'train'; a data folder is PATH/train/<class>/\*\.png"),
        (remove("test"), "has no folder 'test'"),
        (remove("test/dog"), r"train has the classes \['cat', 'dog'\] and test has \['cat'\]"),
        (lambda p: (p / "train" / "eel").mkdir(), "eel.*Every class needs at least one picture"),
        (lambda p: [remove(f"{part}/{c}")(p) for part in ("train", "test") for c in ("cat", "dog")], "class"),
        (
            lambda p: [remove(f"{part}/cat")(p) for part in ("train", "test")],
            "only the class folder 'dog', .* make a folder for each class",
        ),
        (cut, r"dog.1\.png cannot be read .*Replace or remove it"),
        (halve, r"dog.1\.png cannot be read .*Replace or remove it"),
        (lambda p: (p / "test" / "cat" / "0.png").write_text("hello"), r"cat.0\.png cannot be read"),
        (
            lambda p: Image.new("L", (9, 8)).save(p / "test" / "dog" / "x.png"),
            "differ in size: .* has 20x20 .* has 9x8",
        ),
    ],
    ids=["no train", "no test", "classes", "empty class", "no class", "one class", "cut", "halved", "text", "sizes"],
)
def test_a_folder_that_is_wrong_is_refused_in_one_sentence(tmp_path: Path, spoil, sentence: str) -> None:
    write_folder(tmp_path, [(20, 20)] * 3)
    spoil(tmp_path)
    with pytest.raises(UserError, match=sentence) as error:
        load_data(f"folder:{tmp_path}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "near"), [("fashion_mini", "fashion-mini"), ("cifar", "cifar10"), ("mnist", "fashion")]
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UserError, match=f"unknown data set '{name}'; allowed are: .*{near}"):
        load_data(name)


def test_pictures_that_are_too_small_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="pictures of 7x9: the least is 8 pixels"):
        load_data(f"folder:{write_folder(tmp_path, [(9, 7)])}")
    with pytest.raises(UserError, match="image_size=4: the least is 8 pixels"):
        load_data("fashion-mini", image_size=4)


def test_grey_of_16_bits_is_scaled_to_8(tmp_path: Path) -> None:
    write_folder(tmp_path, [(10, 10)])
    deep = np.full((10, 10), 0x8040, np.uint16)
    Image.fromarray(deep).save(tmp_path / "train" / "cat" / "deep.png")
    assert any(bool((image == 0x80).all()) for image in load_data(f"folder:{tmp_path}").train.images)


def test_a_palette_with_transparency_is_read_without_a_warning(tmp_path: Path) -> None:
    write_folder(tmp_path, [(10, 10)])
    palette = Image.new("RGB", (10, 10), (10, 200, 30)).convert("P")
    palette.save(tmp_path / "train" / "cat" / "palette.png", transparency=b"\x80" * 4)
    assert load_data(f"folder:{tmp_path}").train.images.shape[1] == 3
