"""Which files below a folder are pictures, and of which class; everything else is named.

PATH/train/<class>/... and PATH/test/<class>/...   two parts. `val` is the test part where there is no `test`; where
                                                   there is one, its pictures are learned from too
PATH/<class>/...                                   no parts: a fifth of each class becomes the test part
"""

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from ..base.messages import require, short, show
from ..base.seeds import stream
from .walk import Walk

PARTS = {"train": ("train", "training"), "val": ("val", "valid", "validation"), "test": ("test", "testing")}
BESIDE, LOOSE = "beside the parts", "loose, in no class folder"
TEST_SHARE, SPLIT_SEED = 0.2, 0  # of a folder without parts


@dataclass(frozen=True)
class Listing:
    """The pictures below a folder.

    Args:
        classes: the names of the class folders, in the order of the labels.
        train, test: paths and labels.
        left_out: why -> the paths that were left out, relative to the folder.
        split: how the test part was split off; None where the folder has parts.
    """

    classes: tuple[str, ...]
    train: list[tuple[str, int]]
    test: list[tuple[str, int]]
    left_out: dict[str, list[str]]
    split: dict[str, float] | None = None


def part_of(folder: str) -> str | None:
    """The part that a folder is by its name."""
    name = os.path.basename(folder).casefold()
    return next((part for part, names in PARTS.items() if name in names), None)


def list_pictures(path: Path) -> Listing:
    """Find the pictures below a folder, with their classes and parts.

    Raises:
        UserError: no such folder; parts or classes that are missing or do not fit together; an empty class.
    """
    require(os.path.isdir(path), _no_part(path, "train"))
    walk = Walk(path)
    folders, loose = walk.scan(str(path))
    inside = {folder: walk.scan(folder)[0] for folder in folders if part_of(folder)}
    for file in loose:
        walk.leave_out(LOOSE, file)
    if len(inside) < len(folders) and not any(inside.values()):
        return _list_without_parts(path, walk, folders)
    parts: dict[str, str] = {}
    for folder in folders:
        part = part_of(folder)
        if part is None:
            walk.leave_out(BESIDE, folder)
            continue
        require(
            part not in parts,
            f"{show(path)} has two folders for the same part, {show(parts.get(part, ''))} and {show(folder)}; keep "
            "one of them.",
        )
        parts[part] = folder
    require("train" in parts, _no_part(path, "train"))
    require("test" in parts or "val" in parts, _no_part(path, "test"))
    parts = {part: parts[part] for part in PARTS if part in parts}  # messages name what is wrong in train first
    classes = {part: _class_names(walk, folder) for part, folder in parts.items()}
    class_folders = {part: [os.path.join(folder, name) for name in classes[part]] for part, folder in parts.items()}
    for part in parts:
        for folder in class_folders[part]:
            walk.add_class_folder(folder)
    found = {part: _list_classes(walk, class_folders[part]) for part in parts}
    for part in parts:
        require(
            classes["train"] == classes[part],
            f"{show(path)}: train has the classes {short(classes['train'], 300)} and {part} has "
            f"{short(classes[part], 300)}; both need the same class folders. Add the missing ones.",
        )
    _require_two(path, "train has", classes["train"])
    if "test" in parts:
        train, test = found["train"] + found.get("val", []), found["test"]
    else:
        train, test = found["train"], found["val"]
    return Listing(tuple(classes["train"]), train, test, _plain(walk))


def _list_without_parts(path: Path, walk: Walk, folders: list[str]) -> Listing:
    for folder in folders:
        inner = [show(os.path.basename(inner)) for inner in walk.scan(folder)[0] if part_of(inner)]
        require(
            not inner,
            f"{show(folder)} holds the folder{'s' * (len(inner) > 1)} {', '.join(inner)}, and beside it there is no "
            f"train; name the folder that holds train and test after 'folder:', and put class folders into these.",
        )
    classes = [os.path.basename(folder) for folder in folders]
    _require_two(path, "it has", classes)
    for folder in folders:
        walk.add_class_folder(folder)
    found = _list_classes(walk, folders)
    train, test = split_off_test(found, classes)
    return Listing(tuple(classes), train, test, _plain(walk), {"test_share": TEST_SHARE, "seed": SPLIT_SEED})


def split_off_test(
    found: list[tuple[str, int]], classes: list[str]
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """A fifth of each class, at least one picture, drawn with a fixed seed: what is left, and the test part.

    Raises:
        UserError: a class with a single picture.
    """
    generator = stream(SPLIT_SEED, "test part of a folder")
    tested: set[int] = set()
    numbers: list[list[int]] = [[] for _ in classes]
    for number, (_, label) in enumerate(found):
        numbers[label].append(number)
    for name, members in zip(classes, numbers, strict=True):
        require(
            len(members) > 1,
            f"class folder {name!r} holds one picture, and one to learn from and one to test with are needed; add "
            "some, or give the folders train and test yourself.",
        )
        count = max(1, round(TEST_SHARE * len(members)))
        tested |= {members[i] for i in torch.randperm(len(members), generator=generator)[:count].tolist()}
    return (
        [sample for number, sample in enumerate(found) if number not in tested],
        [sample for number, sample in enumerate(found) if number in tested],
    )


def _class_names(walk: Walk, part: str) -> list[str]:
    folders, loose = walk.scan(part)
    for file in loose:
        walk.leave_out(LOOSE, file)
    require(
        bool(folders),
        f"{show(part)} has no class folder{f', and {len(loose)} loose file(s)' if loose else ''}; make one folder for "
        "each class in it, with the pictures of that class.",
    )
    return [os.path.basename(folder) for folder in folders]


def _list_classes(walk: Walk, class_folders: list[str]) -> list[tuple[str, int]]:
    found = []
    for label, folder in enumerate(class_folders):
        files = walk.pictures(folder)
        require(
            bool(files),
            f"class folder {show(folder)} holds no picture. Every class needs at least one picture in its folder, a "
            "file whose name ends in .png, .jpg or the like: add some or remove the folder.",
        )
        found += [(file, label) for file in files]
    return found


def _require_two(path: Path, who: str, classes: list[str]) -> None:
    require(
        len(classes) > 1,
        f"{show(path)}: {who} only the class folder {classes[0]!r}, and a classifier needs at least two classes; make "
        "a folder for each class.",
    )


def _no_part(path: Path, part: str) -> str:
    return (
        f"{show(path)} has no folder {part!r}; a data folder is PATH/train/<class>/*.png and "
        "PATH/test/<class>/*.png, or PATH/<class>/*.png, of which a fifth is kept for the test. Create it or fix the "
        "path after 'folder:'."
    )


def _plain(walk: Walk) -> dict[str, list[str]]:
    return {why: list(paths) for why, paths in walk.left_out.items()}
