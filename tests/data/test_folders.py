"""Which files of a folder are read, as which class, in which part; and one line that says what was left out."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from dartslab.base.messages import UserError
from dartslab.data.datasets import DataSet, load_data
from dartslab.data.folders import split_off_test
from picture_files import fill, noise

PLAIN = [f"{part}/{name}/1.png" for part in ("train", "test") for name in ("cat", "dog")]


def read(folder: Path, image_size: int = 0) -> tuple[DataSet, str]:
    """The data set of a folder, and the line that says what was read."""
    lines: list[str] = []
    data = load_data(f"folder:{folder}", image_size=image_size, say=lines.append)
    assert len(lines) == 1 and "\n" not in lines[0]
    return data, lines[0]


def counts(data: DataSet) -> dict[str, tuple[int, int]]:
    """Training and test pictures of each class."""
    both = [part.labels.bincount(minlength=len(data.classes)).tolist() for part in (data.train, data.test)]
    return dict(zip(data.classes, zip(*both, strict=True), strict=True))


# -- what is a picture


@pytest.mark.parametrize("suffix", ["jpg", "JPG", "jpeg", "jfif", "jpe", "png", "gif", "webp", "bmp", "tif", "TIFF"])
def test_pictures_are_known_by_the_ends_of_their_names(tmp_path: Path, suffix: str) -> None:
    data, line = read(fill(tmp_path, *PLAIN, f"train/dog/2.{suffix}"))
    assert counts(data) == {"cat": (1, 1), "dog": (2, 1)}
    assert "3 pictures to learn from + 2 to test with (cat 1 + 1, dog 2 + 1); nothing left out" in line


def write(text: str) -> Callable[[Path], object]:
    def apply(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return apply


@pytest.mark.parametrize(
    ("name", "make", "why"),
    [
        ("train/.ipynb_checkpoints/1.png", noise().save, "1 hidden (train/.ipynb_checkpoints)"),
        ("train/cat/.ipynb_checkpoints/1.png", noise().save, "1 hidden (train/cat/.ipynb_checkpoints)"),
        ("train/cat/@eaDir/1.png", noise().save, "1 hidden (train/cat/@eaDir)"),
        ("train/cat/in/__MACOSX/1.png", noise().save, "1 hidden (train/cat/in/__MACOSX)"),
        ("@eaDir/1.png", noise().save, "1 hidden (@eaDir)"),
        ("train/cat/._1.png", noise().save, "1 hidden (train/cat/._1.png)"),
        ("train/.DS_Store", write(""), "1 hidden (train/.DS_Store)"),
        ("train/loose.png", noise().save, "1 loose, in no class folder (train/loose.png)"),
        ("loose.png", noise().save, "1 loose, in no class folder (loose.png)"),
        ("train/cat/notes.txt", write("hello"), "1 no picture by its name (train/cat/notes.txt)"),
        ("train/cat/photo.heic", write("hello"), "1 no picture by its name (train/cat/photo.heic)"),
        ("raw/cat/1.png", noise().save, "1 beside the parts (raw)"),
        ("train/cat/pipe.png", lambda path: os.mkfifo(path), "1 no ordinary file (train/cat/pipe.png)"),
    ],
)
def test_what_is_left_out_is_named(tmp_path: Path, name: str, make: Callable[[Path], object], why: str) -> None:
    fill(tmp_path, *PLAIN)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    make(tmp_path / name)
    data, line = read(tmp_path)
    assert counts(data) == {"cat": (1, 1), "dog": (1, 1)}
    assert line.endswith(f"left out: {why}")


def test_of_many_that_are_left_out_three_are_named(tmp_path: Path) -> None:
    line = read(fill(tmp_path, *PLAIN, *[f"train/{i}.png" for i in range(50)]))[1]
    assert line.endswith("left out: 50 loose, in no class folder (train/0.png, train/1.png, train/10.png, ...)")


def test_of_many_classes_twelve_are_named(tmp_path: Path) -> None:
    fill(tmp_path, *[f"{part}/{number:03}/1.png" for part in ("train", "test") for number in range(40)])
    assert "(000 1 + 1, 001 1 + 1, " in (line := read(tmp_path)[1]) and "28 more classes, 039 1 + 1)" in line


def test_a_name_that_cannot_be_printed_is_written_with_escapes(tmp_path: Path) -> None:
    names = ["a\nb", os.fsdecode(b"\xe9t\xe9")]
    data, line = read(fill(tmp_path, *[f"{part}/{name}/1.png" for part in ("train", "test") for name in names]))
    assert data.classes == tuple(names) and r"a\nb 1 + 1, \udce9t\udce9 1 + 1" in line
    line.encode()


# -- links


def link(place: str, target: str) -> Callable[[Path], object]:
    return lambda root: (root / place).symlink_to(root / target, target_is_directory=True)


@pytest.mark.parametrize(
    ("links", "left_out", "cats"),
    [
        ([("train/cat/loop", "train/cat")], ["train/cat/loop"], 1),
        ([("train/cat/up", "train")], ["train/cat/up"], 1),
        ([("train/cat/out", ".")], ["train/cat/out"], 1),
        ([("train/cat/root", "/")], ["train/cat/root"], 1),
        ([("train/cat/other", "train/dog")], ["train/cat/other"], 1),
        ([("train/cat/other", "test/dog")], ["train/cat/other"], 1),
        ([("train/cat/x", "../more")], [], 2),
        ([("train/cat/x", "../more"), ("train/cat/y", "../more")], ["train/cat/y"], 2),
        ([("train/cat/x", "../more"), ("train/dog/y", "../more")], ["train/dog/y"], 2),
        ([("train/cat/x", "../more"), ("../more/back", "../more")], ["train/cat/x/back"], 2),
        ([("train/cat/x", "../more"), ("../more/back", "train/cat")], ["train/cat/x/back"], 2),
    ],
)
def test_real_folders_are_visited_once(
    tmp_path: Path, links: list[tuple[str, str]], left_out: list[str], cats: int
) -> None:
    root = fill(tmp_path / "data", *PLAIN)
    fill(tmp_path, "more/7.png")
    for place, target in links:
        link(place, target)(root)
    data, line = read(root)
    assert counts(data) == {"cat": (cats, 1), "dog": (1, 1)}
    expected = f"left out: 1 linked and read already ({left_out[0]})" if left_out else "nothing left out"
    assert line.endswith(expected)


def test_a_class_folder_may_be_a_link_and_two_may_not_be_the_same(tmp_path: Path) -> None:
    root = fill(tmp_path / "data", *PLAIN)
    fill(tmp_path, "more/7.png")
    for part in ("train", "test"):
        fill(tmp_path, f"eels-{part}/1.png")
        (root / part / "eel").symlink_to(tmp_path / f"eels-{part}")
    assert counts(read(root)[0]) == {"cat": (1, 1), "dog": (1, 1), "eel": (1, 1)}
    (root / "test" / "eel").unlink()
    (root / "test" / "eel").symlink_to(root / "train" / "cat")
    with pytest.raises(UserError, match=r"class folders .*cat and .*eel are one and the same by a link"):
        read(root)


def test_a_link_to_nothing_is_refused_with_its_path(tmp_path: Path) -> None:
    (fill(tmp_path, *PLAIN) / "train" / "cat" / "2.png").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"2\.png cannot be read"):
        read(tmp_path)


def test_a_folder_that_cannot_be_listed_is_refused_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, *PLAIN)
    listdir = os.listdir

    def refuse(folder: str) -> list[str]:
        if folder.endswith("dog"):
            raise PermissionError(13, "Permission denied")
        return listdir(folder)

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(UserError, match=r"dog cannot be listed \(Permission denied\)"):
        read(tmp_path)


# -- layouts


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["train/a/1.png", "train/b/1.png", "val/a/1.png", "val/a/2.png", "val/b/1.png"], {"a": (1, 2), "b": (1, 1)}),
        (["Training/a/1.png", "Training/b/1.png", "Testing/a/1.png", "Testing/b/1.png"], {"a": (1, 1), "b": (1, 1)}),
        (
            [f"{part}/{name}/{i}.png" for part in ("train", "valid", "test") for name in "ab" for i in range(2)],
            {"a": (4, 2), "b": (4, 2)},
        ),
        ([f"{name}/{i}.png" for name in "ab" for i in range(10)], {"a": (8, 2), "b": (8, 2)}),
        ([f"{name}/{i}.png" for name in "ab" for i in range(2)], {"a": (1, 1), "b": (1, 1)}),
        ([f"a/{i}.png" for i in range(100)] + [f"b/in/{i}.png" for i in range(4)], {"a": (80, 20), "b": (3, 1)}),
        ([f"{name}/{i}.png" for name in ("bus", "train") for i in range(5)], {"bus": (4, 1), "train": (4, 1)}),
    ],
    ids=["val", "other names", "train, valid and test", "flat", "flat and few", "flat and uneven", "a class train"],
)
def test_layouts_that_are_read(tmp_path: Path, files: list[str], expected: dict[str, tuple[int, int]]) -> None:
    data, line = read(fill(tmp_path, *files))
    assert counts(data) == expected and "nothing left out" in line
    flat = "/" not in files[0].split("/", 1)[1]
    assert ("the test part is a fifth of each class, drawn with seed 0" in line) == flat
    assert data.source == ({"split": {"test_share": 0.2, "seed": 0}} if flat else {})


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            ["train/1.png", "test/1.png"],
            "train has no class folder, and 1 loose file.s.; make one folder for each class",
        ),
        (["train/a/1.png", "train/b/1.png", "tset/a/1.png"], "has no folder 'test'"),
        ([f"set/{p}/{c}/1.png" for p in ("train", "test") for c in "ab"], "set holds the folders test, train"),
        ([f"{c}/{p}/1.png" for p in ("train", "test") for c in "ab"], "a holds the folders test, train"),
        ([*PLAIN, "Train/cat/1.png", "Train/dog/1.png"], "has two folders for the same part"),
        ([*PLAIN, "val/cat/1.png"], r"train has the classes \['cat', 'dog'\] and val has \['cat'\]"),
        (["a/1.png", "b/1.png", "b/2.png"], "class folder 'a' holds one picture"),
        (["a/1.png", "b/notes.txt"], "class folder .*b holds no picture"),
        (["a/1.png", "a/2.png"], "it has only the class folder 'a'"),
        (["1.png"], "has no folder 'train'"),
    ],
)
def test_layouts_that_are_refused(tmp_path: Path, files: list[str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as error:
        read(fill(tmp_path, *files))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("folder:", "names no folder"), ("folder:" + "x" * 300, "has no folder 'train'"), ("folder:a\0b", "no folder")],
)
def test_a_path_that_cannot_be_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        load_data(name)


def test_the_split_of_a_folder_without_parts_is_stratified_disjoint_and_always_the_same() -> None:
    found = [(f"{label}/{i}", label) for label, count in enumerate([50, 7, 2]) for i in range(count)]
    train, test = split_off_test(found, ["a", "b", "c"])
    assert sorted(train + test) == sorted(found) and not set(train) & set(test)
    assert np.bincount([label for _, label in test]).tolist() == [10, 1, 1]
    assert split_off_test(found, ["a", "b", "c"]) == (train, test) and test[:10] != found[:10]


def test_a_picture_is_read_with_the_class_of_its_folder(tmp_path: Path) -> None:
    fill(tmp_path, *[f"{name}/{i}.png" for name in "abc" for i in range(5)])
    data, _ = read(tmp_path)
    for part in (data.train, data.test):
        for image, label in zip(part.images, part.labels.tolist(), strict=True):
            numbers = [5 * label + i for i in range(5)]  # of the seeds that `fill` gave to this class
            assert any(
                torch.equal(image, torch.from_numpy(np.asarray(noise(n)).transpose(2, 0, 1).copy())) for n in numbers
            )
