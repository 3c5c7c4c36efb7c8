"""The augmentation of ImageNet: where crops lie, what jitter leaves alone, and torchvision's colours as the measure."""

import math

import pytest
import torch
from torchvision.transforms.v2 import functional as reference

from dartslab.data import augmentation
from dartslab.data.augmentation import augment, crops, grey, jitter, resized_crops, to_device, towards, turn_hue
from dartslab.data.batches import Batches, Normalize
from dartslab.data.datasets import Labelled


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def pictures() -> torch.Tensor:
    return torch.randint(0, 256, (16, 3, 12, 12), dtype=torch.uint8, generator=generator())


def test_crops_lie_inside_and_have_the_published_areas_and_ratios() -> None:
    left, top, wide, tall = crops(20_000, 30, 50, generator()).unbind(1)
    assert min(left.min(), top.min()) >= 0
    assert (left + wide).max() <= 50 + 1e-4 and (top + tall).max() <= 30 + 1e-4
    whole = (wide == 50) & (tall == 30)  # none of ten tries fitted
    assert whole.float().mean() < 0.01
    area, ratio = (wide * tall / 1500)[~whole], (wide / tall)[~whole]
    assert 0.08 <= area.min() < 0.09 and ratio.min() >= 0.75 - 1e-5 and ratio.max() <= 4 / 3 + 1e-5


def test_crops_of_squares_are_uniform_in_area_where_every_one_fits_and_as_often_wide_as_tall() -> None:
    wide, tall = crops(20_000, 224, 224, generator())[:, 2:].unbind(1)
    assert abs(float((wide / tall).log().mean())) < 0.01
    area = wide * tall / 224**2
    small = area[area < 0.7]
    assert float((small < 0.39).float().mean()) == pytest.approx(0.5, abs=0.02)


def test_a_crop_is_resized_as_torchvision_does_it(pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation, "crops", lambda count, *_: torch.tensor([[2.0, 3.0, 6.0, 4.0]]).expand(count, 4))
    got = resized_crops(pictures, generator())
    # torchvision cuts first and repeats the edge of the cut; inside both read the same four pixels
    expected = reference.resized_crop(pictures.float(), 3, 2, 4, 6, [12, 12], antialias=False)
    inside = (..., slice(2, 10), slice(2, 10))
    flipped = [torch.allclose(g, e.flip(2), atol=1e-3) for g, e in zip(got[inside], expected[inside], strict=True)]
    plain = [torch.allclose(g, e, atol=1e-3) for g, e in zip(got[inside], expected[inside], strict=True)]
    assert [a != b for a, b in zip(flipped, plain, strict=True)] == [True] * 16
    assert 2 < sum(flipped) < 14


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.4])
def test_colours_are_changed_as_torchvision_does_it(pictures, factor: float) -> None:
    x = pictures.float()
    each = torch.full((16, 1, 1, 1), factor)

    def same(got: torch.Tensor, expected: torch.Tensor) -> None:
        torch.testing.assert_close(got.clamp(0, 255) / 255, expected, atol=1e-3, rtol=0)

    same(towards(x, grey(x).mean((1, 2, 3), keepdim=True), each), reference.adjust_contrast(x / 255, factor))
    same(towards(x, grey(x), each), reference.adjust_saturation(x / 255, factor))
    same(turn_hue(x, (each - 1) / 2), reference.adjust_hue(x / 255, (factor - 1) / 2))


def test_pictures_are_changed_independently_in_0_to_255_and_alike_for_one_seed(pictures) -> None:
    got = augment(pictures[:1].expand(16, -1, -1, -1), generator())
    assert got.dtype == torch.float32 and got.min() >= 0 and got.max() <= 255
    assert len({tuple(picture.flatten().tolist()) for picture in got}) == 16
    assert torch.equal(got, augment(pictures[:1].expand(16, -1, -1, -1), generator()))


def test_a_grey_picture_stays_grey(pictures) -> None:
    assert jitter(pictures[:, :1].float(), generator()).shape == (16, 1, 12, 12)
    same = jitter(pictures[:, :1].float().expand(-1, 3, -1, -1), generator())
    assert (same.amax(1) - same.amin(1)).max() < 1e-3


def test_batches_have_it_where_it_is_asked_for(pictures) -> None:
    normalize = Normalize(torch.zeros(3, 1, 1), torch.ones(3, 1, 1))
    part = Labelled(pictures, torch.arange(16))
    batch = Batches(part, normalize, 16, 0, "training", augmentation="imagenet")(0)
    assert batch.images.shape == (16, 3, 12, 12) and batch.images.max() <= 1
    assert not math.isclose(float(batch.images.mean()), float(pictures.float().mean()) / 255, rel_tol=1e-4)


def test_places_go_to_a_gpu_from_pinned_memory_so_that_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[object] = []
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda x: moves.append("pinned") or x)
    monkeypatch.setattr(torch.Tensor, "to", lambda x, *place, **how: moves.append((*place, how)) or x)
    for device in map(torch.device, ("cpu", "cuda")):
        to_device(torch.ones(3), device)
    how = {"non_blocking": True}
    assert moves == [(torch.device("cpu"), how), "pinned", (torch.device("cuda"), how)]


def test_the_order_of_the_jitters_is_the_one_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.rand(4, 3, 5, 5, generator=torch.Generator().manual_seed(0)) * 255
    found = []
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        monkeypatch.setattr(torch, "randperm", lambda *_, order=order, **__: torch.tensor(order))
        found.append(jitter(x, torch.Generator().manual_seed(1)))
    assert not torch.allclose(found[0], found[1])
