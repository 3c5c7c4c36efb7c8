"""Noise in the sizes of the known data sets."""

import pytest
import torch

from dartslab.data.datasets import TORCHVISION
from dartslab.data.stand_in import SIZES, stand_in
from sentences import refusal


def test_every_data_set_of_torchvision_has_one() -> None:
    assert set(SIZES) == set(TORCHVISION)
    assert stand_in("folder:x") is None and stand_in("fashion-mini") is None


@pytest.mark.parametrize("name", SIZES)
def test_it_has_the_sizes_of_the_data_set(name: str) -> None:
    data = stand_in(name)
    train, test, channels, side, classes = SIZES[name]
    assert data.train.images.shape == (train, channels, side, side) and data.train.images.dtype == torch.uint8
    assert data.test.images.shape == (test, channels, side, side)
    assert (
        data.train.labels.bincount().tolist() == [train // classes] * classes == [train // len(data.classes)] * classes
    )


def test_it_is_made_in_the_size_that_is_asked_for() -> None:
    assert stand_in("cifar10", 16).size == (16, 16)
    assert "image_size must be 8 or more, or 0 for the pictures as they are, got 4" in refusal(stand_in, "cifar10", 4)
