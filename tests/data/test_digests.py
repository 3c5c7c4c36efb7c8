"""What a run keeps about its pictures: the same for the same pictures, and what differs is named."""

import hashlib
from dataclasses import replace

import pytest
import torch

from dartslab import DataSet, Labelled
from dartslab.data.digests import describe_differences, describe_pictures, version_1_digests

IMAGES = torch.arange(20 * 64, dtype=torch.int64).remainder(251).to(torch.uint8).reshape(20, 1, 8, 8)
PART = Labelled(IMAGES, torch.arange(20) % 2)
DATA = DataSet("own", PART, PART, ("cat", "dog"))


def darker(part: Labelled) -> Labelled:
    images = part.images.clone()
    images[3, 0, 2, 2] -= 1
    return part._replace(images=images)


def swap(part: Labelled) -> Labelled:
    labels = part.labels.clone()
    labels[[0, 1]] = labels[[1, 0]]
    return part._replace(labels=labels)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (replace(DATA, name="elsewhere"), []),
        (replace(DATA, classes=("dog", "zebra")), ["class names ['cat', 'dog'] -> ['dog', 'zebra']"]),
        (replace(DATA, train=darker(PART)), ["the pixels"]),
        (replace(DATA, test=darker(PART)), ["the pixels"]),
        (replace(DATA, train=swap(PART)), ["the labels"]),
        (
            replace(DATA, test=PART.pick(torch.arange(19))),
            ["test pictures of each class [10, 10] -> [10, 9]", "the labels", "the pixels"],
        ),
        (
            replace(DATA, train=PART._replace(images=IMAGES.expand(-1, 3, 8, 8))),
            ["pictures of 1 x 8 x 8 (channels, height, width) -> 3 x 8 x 8 (channels, height, width)", "the pixels"],
        ),
    ],
    ids=["nothing", "names", "training pixels", "test pixels", "labels", "counts", "colour"],
)
def test_what_differs_is_named(other: DataSet, found: list[str]) -> None:
    assert describe_differences(describe_pictures(DATA), describe_pictures(other)) == found


def test_what_is_kept_is_plain() -> None:
    kept = describe_pictures(replace(DATA, source={"split": {"seed": 0}}))
    assert kept["classes"] == ["cat", "dog"] and kept["counts"] == {"train": [10, 10], "test": [10, 10]}
    assert kept["picture"] == [1, 8, 8] and kept["split"] == {"seed": 0} and len(kept["pixels"]) == 64


def test_the_digest_of_earlier_experiments_is_as_it_was() -> None:
    parts = (DATA.train.images, DATA.train.labels, DATA.test.images, DATA.test.labels)
    each = b"".join(hashlib.sha256(part.numpy().tobytes()).digest() for part in parts)
    assert version_1_digests(DATA) == (hashlib.sha256(each).hexdigest(),)
