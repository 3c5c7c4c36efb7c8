"""What a run keeps about its pictures, so that going on with others is noticed: class names, counts and two digests."""

import hashlib
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ..base.messages import short
from .datasets import FOLDER, DataSet, Labelled

READING = 2  # how folders are read; 1 before runs kept digests
READING_CHANGED = (
    "since then folders are read in another way: transparent parts are laid on white, EXIF orientation is applied, "
    "pictures of 16 and 32 bits and of floats are scaled by their range, .gif, .jfif, .avif and other endings are "
    "read, hidden folders are not, and linked folders are read once"
)


def describe_pictures(data: DataSet) -> dict[str, Any]:
    """What a run keeps about its pictures, as plain values.

    Returns:
        "classes", their names; "picture", [C, H, W]; "counts", {part: pictures of each class}; "labels" and "pixels",
        a SHA-256 of each, of both parts in their order; "reading", `READING`; and what `DataSet.source` holds.
    """
    parts = {"train": data.train, "test": data.test}
    return {
        "reading": READING,
        "classes": list(data.classes),
        "picture": list(data.train.images.shape[1:]),
        "counts": {name: part.labels.bincount(minlength=len(data.classes)).tolist() for name, part in parts.items()},
        "labels": digest(*(part.labels for part in parts.values())),
        "pixels": digest(*(part.images for part in parts.values())),
        **data.source,
    }


def digest(*tensors: Tensor) -> str:
    """The SHA-256 of the SHA-256 of the bytes of each tensor, in hexadecimal."""
    each = (hashlib.sha256(tensor.cpu().contiguous().numpy().tobytes()).digest() for tensor in tensors)
    return hashlib.sha256(b"".join(each)).hexdigest()


def version_1_digests(data: DataSet) -> tuple[str, ...]:
    """The one digest that experiments kept before; two for fashion-mini, whose test part had 1,000 pictures then."""
    tests = [data.test]
    if data.name == "fashion-mini":
        tests.append(Labelled(data.test.images[:1000], data.test.labels[:1000]))
    return tuple(digest(*data.train, *test) for test in tests)


def describe_differences(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between the pictures of a run and those at hand, in words."""
    found = []
    if stored["classes"] != now["classes"]:
        found.append(f"class names {short(stored['classes'])} -> {short(now['classes'])}")
    if stored["picture"] != now["picture"]:
        found.append(f"pictures of {size_in_words(stored['picture'])} -> {size_in_words(now['picture'])}")
    for part, counts in stored["counts"].items():
        if counts != now["counts"][part]:
            found.append(f"{part} pictures of each class {short(counts)} -> {short(now['counts'][part])}")
    found += [f"the {name}" for name in ("labels", "pixels") if stored[name] != now[name]]
    return found


def size_in_words(picture: list[int]) -> str:
    """[C, H, W] in words."""
    return " x ".join(map(str, picture)) + " (channels, height, width)"


def describe_reading(name: str) -> str:
    """For a run that kept no digests: what has changed in how its data set is read, as the end of a sentence."""
    return f"; {READING_CHANGED}" if name.startswith(FOLDER) else ""
