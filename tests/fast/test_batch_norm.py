"""The fused cell's BatchNorm without a gain against PyTorch's own in float64."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.func import jvp
from torch.nn import functional as F

from dartslab.base.forward_mode import load_forward_mode
from dartslab.fast.batch_norm import (
    OutputGradients,
    SavedForGradient,
    batch_norm_gradient,
    channel_means,
    channel_sums,
    gain_row,
    merge_pixels,
    standardize,
)
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
    monkeypatch.setattr("dartslab.fast.batch_norm.LARGE", 0 if large else 2**40)
    z = picture(SHAPES[shape], last)
    z_hat, mean, scale = standardize(z)
    torch.testing.assert_close(z_hat, F.batch_norm(z, None, None, training=True))
    torch.testing.assert_close(mean.flatten(), z.mean((0, 2, 3)))
    torch.testing.assert_close(scale.flatten(), (z.var((0, 2, 3), correction=0) + 1e-5).rsqrt())
    assert z_hat.is_contiguous(memory_format=torch.channels_last) == z.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
def test_of_bfloat16_statistics_are_float32(large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.fast.batch_norm.LARGE", 0 if large else 2**40)
    z = picture((8, 4, 8, 8), last=True)
    low = z.to(torch.bfloat16)
    z_hat, mean, scale = standardize(low)
    assert (z_hat.dtype, mean.dtype, scale.dtype) == (torch.bfloat16, torch.float32, torch.float32)
    torch.testing.assert_close(mean.double(), standardize(low.double())[1], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(z_hat.double(), standardize(z)[0], rtol=0.02, atol=0.1)


def test_pixels_taken_together_are_a_view() -> None:
    z = picture((2, 3, 4, 4), last=True)
    wide = merge_pixels(z, 8)
    assert wide.shape == (4, 24, 1, 1)
    assert wide.data_ptr() == z.data_ptr()
    assert torch.equal(wide[0, :6, 0, 0], torch.cat([z[0, :, 0, 0], z[0, :, 0, 1]]))


@pytest.mark.parametrize("low", [False, True], ids=["float64", "bfloat16"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
def test_sums_are_the_same_in_one_call_and_in_several(last: bool, low: bool) -> None:
    z = picture((3, 5, 4, 4), last)
    y, (_, mean, scale) = draw(3, 5, 4, 4), standardize(z)
    if low:
        y, z, mean, scale = y.to(torch.bfloat16), z.to(torch.bfloat16), mean.float(), scale.float()
    expected = y.double().sum((0, 2, 3)), (y.double() * (z.double() - mean) * scale).sum((0, 2, 3))
    for recorded in (True, False):
        with torch.set_grad_enabled(recorded):
            for mine, theirs in zip(channel_sums(y, z, mean, scale), expected, strict=True):
                precision = {"rtol": 1e-2, "atol": 1e-2} if low else {}
                assert mine.dtype == mean.dtype
                torch.testing.assert_close(mine.flatten().double(), theirs, **precision)


GAINS = {"no gain": None, "one for all": 1, "two": 2, "one for each channel": 6}


def statistics(z: Tensor) -> tuple[Tensor, Tensor]:
    mean = channel_means(z)
    return mean, (channel_means((z - mean).square()) + 1e-5).rsqrt()


def plain_gradient(dy: Tensor, z: Tensor, gain: Tensor | None) -> tuple[Tensor, ...]:
    """dz and dgain by operations that PyTorch derives itself."""
    mean, scale = statistics(z)
    z_hat = (z - mean) * scale
    row = 1 if gain is None else gain_row(gain, z)
    product = channel_means(dy * z_hat)
    dz = row * scale * (dy - channel_means(dy) - z_hat * product)
    if gain is None:
        return (dz,)
    return dz, (product * (z.numel() // z.shape[1])).view(len(gain), -1).sum(1)


def written_gradient(dy: Tensor, z: Tensor, gain: Tensor | None, of_z: bool) -> tuple[Tensor, ...]:
    mean, scale = statistics(z)
    kept = SavedForGradient(z, None, mean, scale) if of_z else SavedForGradient(None, (z - mean) * scale, mean, scale)
    dz, dgain = batch_norm_gradient(dy, kept, gain, OutputGradients())
    return tuple(t for t in (dz, dgain) if t is not None)


@pytest.mark.parametrize("of_z", [True, False], ids=["of z", "of z_hat"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("gains", GAINS)
def test_the_gradient_is_pytorchs(gains: str, last: bool, of_z: bool) -> None:
    torch.manual_seed(0)
    layout = torch.channels_last if last else torch.contiguous_format
    z, dy = (draw(3, 6, 4, 5).contiguous(memory_format=layout) for _ in range(2))
    gain = None if GAINS[gains] is None else draw(GAINS[gains]).requires_grad_()
    leaf = z.clone().requires_grad_()
    y = F.batch_norm(leaf, None, None, training=True) * (1 if gain is None else gain_row(gain, z))
    expected = torch.autograd.grad(y, [leaf] if gain is None else [leaf, gain], dy)
    for grad_mode in (False, True):  # in one call, and in operations that have derivatives
        with torch.set_grad_enabled(grad_mode):
            for mine, theirs in zip(written_gradient(dy, z, gain, of_z), expected, strict=True):
                torch.testing.assert_close(mine, theirs)


# Which of dy, z and the gain move.
MOVES = {
    "everything but the gain": (True, True, False),
    "the gradient above": (True, False, False),
    "z": (False, True, False),
    "everything": (True, True, True),
    "the gain": (False, False, True),
}


@pytest.mark.parametrize("of_z", [True, False], ids=["of z", "of z_hat"])
@pytest.mark.parametrize("gains", [name for name, count in GAINS.items() if count])
@pytest.mark.parametrize("moves", MOVES)
def test_its_derivative_is_that_of_the_formula(moves: str, gains: str, of_z: bool) -> None:
    load_forward_mode()
    torch.manual_seed(0)
    scales = torch.linspace(0.01, 3, 6, dtype=torch.float64).view(1, -1, 1, 1)
    given = [draw(3, 6, 4, 5), draw(3, 6, 4, 5) * scales + 2, draw(GAINS[gains])]
    moving = [place for place, does in enumerate(MOVES[moves]) if does]
    along = tuple(draw(*given[place].shape) for place in moving)

    def derivative(function: Callable[..., tuple[Tensor, ...]]) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        def value(*moved: Tensor) -> tuple[Tensor, ...]:
            arguments = list(given)
            for place, tensor in zip(moving, moved, strict=True):
                arguments[place] = tensor
            with torch.no_grad():
                return function(*arguments)

        return jvp(value, tuple(given[place] for place in moving), along)

    found, expected = derivative(lambda *each: written_gradient(*each, of_z)), derivative(plain_gradient)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("of_z", [True, False], ids=["of z", "of z_hat"])
def test_without_a_gain_its_derivative_is_that_of_the_formula(of_z: bool) -> None:
    load_forward_mode()
    torch.manual_seed(0)
    given, along = ((draw(3, 6, 4, 5), draw(3, 6, 4, 5)) for _ in range(2))
    with torch.no_grad():
        found = jvp(lambda dy, z: written_gradient(dy, z, None, of_z), given, along)
        expected = jvp(lambda dy, z: plain_gradient(dy, z, None), given, along)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)


def test_nothing_above_is_no_gradient() -> None:
    z = draw(2, 2, 2, 2)
    kept = SavedForGradient(z, None, *statistics(z))
    assert batch_norm_gradient(None, kept, None, OutputGradients()) == (None, None)
