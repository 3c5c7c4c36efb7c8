"""The fused cell's BatchNorm without a gain against PyTorch's own in float64."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from dartslab.standardized import standardized, sums_of_channels, widened
from tiny import draw

SHAPES = {
    "few channels": (4, 3, 8, 8),
    "one channel": (2, 1, 4, 4),
    "an odd number of pixels": (3, 5, 3, 3),
    "as many channels as two pixels may have": (4, 32, 4, 6),
    "many channels": (2, 40, 4, 4),
    "one pixel": (6, 4, 1, 1),
}


def picture(shape: tuple[int, ...], last: bool) -> Tensor:
    torch.manual_seed(0)
    z = draw(*shape) * torch.linspace(0.1, 5, shape[1], dtype=torch.float64).view(1, -1, 1, 1) + 3
    return z.contiguous(memory_format=torch.channels_last) if last else z


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("shape", SHAPES)
def test_numbers_are_pytorchs(shape: str, last: bool, large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.standardized.LARGE", 0 if large else 2**40)
    z = picture(SHAPES[shape], last)
    z_hat, mean, scale = standardized(z)
    torch.testing.assert_close(z_hat, F.batch_norm(z, None, None, training=True))
    torch.testing.assert_close(mean.flatten(), z.mean((0, 2, 3)))
    torch.testing.assert_close(scale.flatten(), (z.var((0, 2, 3), correction=0) + 1e-5).rsqrt())
    assert z_hat.is_contiguous(memory_format=torch.channels_last) == z.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
def test_of_bfloat16_statistics_are_float32(large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.standardized.LARGE", 0 if large else 2**40)
    z = picture((8, 4, 8, 8), last=True)
    low = z.to(torch.bfloat16)
    z_hat, mean, scale = standardized(low)
    assert (z_hat.dtype, mean.dtype, scale.dtype) == (torch.bfloat16, torch.float32, torch.float32)
    torch.testing.assert_close(mean.double(), standardized(low.double())[1], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(z_hat.double(), standardized(z)[0], rtol=0.02, atol=0.1)


def test_pixels_taken_together_are_a_view() -> None:
    z = picture((2, 3, 4, 4), last=True)
    wide = widened(z, 8)
    assert wide.shape == (4, 24, 1, 1)
    assert wide.data_ptr() == z.data_ptr()
    assert torch.equal(wide[0, :6, 0, 0], torch.cat([z[0, :, 0, 0], z[0, :, 0, 1]]))


@pytest.mark.parametrize("low", [False, True], ids=["float64", "bfloat16"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
def test_sums_are_the_same_in_one_call_and_in_several(last: bool, low: bool) -> None:
    z = picture((3, 5, 4, 4), last)
    y, (_, mean, scale) = draw(3, 5, 4, 4), standardized(z)
    if low:
        y, z, mean, scale = y.to(torch.bfloat16), z.to(torch.bfloat16), mean.float(), scale.float()
    expected = y.double().sum((0, 2, 3)), (y.double() * (z.double() - mean) * scale).sum((0, 2, 3))
    for recorded in (True, False):
        with torch.set_grad_enabled(recorded):
            for mine, theirs in zip(sums_of_channels(y, z, mean, scale), expected, strict=True):
                precision = {"rtol": 1e-2, "atol": 1e-2} if low else {}
                assert mine.dtype == mean.dtype
                torch.testing.assert_close(mine.flatten().double(), theirs, **precision)
