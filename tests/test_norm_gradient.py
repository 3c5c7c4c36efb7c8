"""The gradient of BatchNorm and its derivative against PyTorch's own rules in float64."""

import pytest
import torch
from torch import Tensor
from torch.func import jvp
from torch.nn import functional as F

from dartslab.architect import load_forward_mode
from dartslab.norm_gradient import batch_norm_gradient
from dartslab.standardized import mean_of_channels, row_of
from tiny import draw

GAINS = {"no gain": None, "one for all": 1, "two": 2, "one for each channel": 6}


def statistics(z: Tensor) -> tuple[Tensor, Tensor]:
    mean = mean_of_channels(z)
    return mean, (mean_of_channels((z - mean).square()) + 1e-5).rsqrt()


def plain_gradient(dy: Tensor, z: Tensor, gain: Tensor | None) -> tuple[Tensor, ...]:
    """dz, or ds of z_hat's formula, by operations that PyTorch derives itself."""
    mean, scale = statistics(z)
    z_hat = (z - mean) * scale
    row = 1 if gain is None else row_of(gain, z)
    product = mean_of_channels(dy * z_hat)
    dz = row * scale * (dy - mean_of_channels(dy) - z_hat * product)
    if gain is None:
        return (dz,)
    return dz, (product * (z.numel() // z.shape[1])).view(len(gain), -1).sum(1)


def by_hand(dy: Tensor, z: Tensor, gain: Tensor | None, of_z: bool) -> tuple[Tensor, ...]:
    mean, scale = statistics(z)
    kept = z if of_z else (z - mean) * scale
    dz, dgain = batch_norm_gradient(dy, kept, mean, scale, gain, of_z, (None, None, None))
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
    y = F.batch_norm(leaf, None, None, training=True) * (1 if gain is None else row_of(gain, z))
    expected = torch.autograd.grad(y, [leaf] if gain is None else [leaf, gain], dy)
    for grad_mode in (False, True):  # in one call, and in operations that have derivatives
        with torch.set_grad_enabled(grad_mode):
            for mine, theirs in zip(by_hand(dy, z, gain, of_z), expected, strict=True):
                torch.testing.assert_close(mine, theirs)


MOVES = {"everything": (True, True, False), "the gradient above": (True, False, False), "z": (False, True, False)}
MOVES |= {"the gain too": (True, True, True), "the gain alone": (False, False, True)}


@pytest.mark.parametrize("of_z", [True, False], ids=["of z", "of z_hat"])
@pytest.mark.parametrize("gains", GAINS)
@pytest.mark.parametrize("moves", MOVES)
def test_its_derivative_is_that_of_the_formula(moves: str, gains: str, of_z: bool) -> None:
    load_forward_mode()
    torch.manual_seed(0)
    z, dy = draw(3, 6, 4, 5) * torch.linspace(0.01, 3, 6, dtype=torch.float64).view(1, -1, 1, 1) + 2, draw(3, 6, 4, 5)
    gain = None if GAINS[gains] is None else draw(GAINS[gains])
    if gain is None and moves == "the gain alone":
        return
    moving = [t for t, does in zip((dy, z, gain), MOVES[moves], strict=True) if does and t is not None]
    along, found = tuple(draw(*t.shape) for t in moving), []
    for function in (plain_gradient, by_hand):

        def value(*moved: Tensor, function=function) -> tuple[Tensor, ...]:
            it = iter(moved)
            a, b, c = (
                next(it) if does and t is not None else t for t, does in zip((dy, z, gain), MOVES[moves], strict=True)
            )
            with torch.no_grad():
                return function(a, b, c) if function is plain_gradient else function(a, b, c, of_z)

        found.append(jvp(value, tuple(moving), along))
    for (value, derivative), (expected, expected_derivative) in [
        ((v, d), (ev, ed)) for v, d, ev, ed in zip(*found[1], *found[0], strict=True)
    ]:
        torch.testing.assert_close(value, expected, rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(derivative, expected_derivative, rtol=1e-9, atol=1e-9)


def test_nothing_above_is_no_gradient() -> None:
    z = draw(2, 2, 2, 2)
    assert batch_norm_gradient(None, z, *statistics(z), None, True, (None, None, None)) == (None, None)
