"""A convolution is PyTorch's, and its bfloat16 gradient does not depend on what memory held before."""

import os
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.autograd import forward_ad

import tiny
from dartslab import PUBLISHED, TrainState
from dartslab.base import convolution
from dartslab.base.convolution import Convolution, convolve, join_phases, phases, weight_error
from dartslab.base.forward_mode import load_forward_mode
from dartslab.base.messages import UserError
from dartslab.base.numerics import require_precision
from dartslab.run.networks import numerics_of, training_loss

CONVOLUTIONS = {
    "3x3": {"kernel": 3, "padding": 1},
    "3x3, stride 2": {"kernel": 3, "padding": 1, "stride": 2},
    "3x3, dilation 2": {"kernel": 3, "padding": 2, "dilation": 2},
    "5x5, dilation 2": {"kernel": 5, "padding": 4, "dilation": 2},
    "5x5, dilation 2, stride 2": {"kernel": 5, "padding": 4, "dilation": 2, "stride": 2},
    "3x3, dilation 2, narrow": {"kernel": 3, "padding": 1, "dilation": 2},
    "1x7, stride 1, 2": {"kernel": (1, 7), "padding": (0, 3), "stride": (1, 2)},
    "2x2": {"kernel": 2},
}


def pictures(*size: int) -> torch.Tensor:
    return torch.randn(2, 4, *size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("groups", [1, 4])
@pytest.mark.parametrize("settings", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_it_is_pytorchs_convolution(settings: dict, groups: int) -> None:
    ours = Convolution(4, 4, groups=groups, **settings)
    theirs = nn.Conv2d(4, 4, settings["kernel"], bias=False, groups=groups, **dict(list(settings.items())[1:]))
    theirs.load_state_dict(ours.state_dict())
    for size in ((8, 8), (7, 9)):
        assert torch.equal(ours(pictures(*size)), theirs(pictures(*size)))


def fits(settings: dict, size: tuple[int, int]) -> bool:
    """Whether the kernel is not larger than the padded picture."""
    return 2 * settings["padding"] + min(size) > settings.get("dilation", 1) * (settings["kernel"] - 1)


SIZES = ((1, 1), (3, 1), (2, 2), (7, 30), (33, 31))
SQUARE = {name: settings for name, settings in CONVOLUTIONS.items() if isinstance(settings.get("padding"), int)}
SEEN = [(settings, size) for settings in SQUARE.values() for size in SIZES if fits(settings, size)]


@pytest.mark.parametrize("groups", [1, 4])
@pytest.mark.parametrize(("settings", "size"), SEEN, ids=str)
def test_in_bfloat16_it_is_that_of_float32_but_for_rounding(settings: dict, groups: int, size: tuple[int, int]) -> None:
    module = Convolution(4, 4, groups=groups, **settings)
    x = pictures(*size)
    with torch.autocast("cpu", torch.bfloat16):
        low = module(x)
    assert low.dtype == torch.bfloat16 and low.shape == module(x).shape
    torch.testing.assert_close(low.float(), module(x), rtol=0.02, atol=0.02)


@pytest.mark.parametrize("dilation", [1, 2])
def test_it_has_derivatives_of_both_modes_in_bfloat16(dilation: int) -> None:
    x, dx = pictures(30, 30).bfloat16(), pictures(30, 30).flip(3).bfloat16()
    w = torch.randn(4, 1, 3, 3).bfloat16()
    settings = ((1, 1), (dilation, dilation), (dilation, dilation), 4)
    load_forward_mode()
    with forward_ad.dual_level():
        moved = forward_ad.unpack_dual(convolve(forward_ad.make_dual(x, dx), w, *settings)).tangent
    torch.testing.assert_close(moved, convolve(dx, w, *settings), rtol=0.02, atol=0.02)


@given(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
def test_phases_joined_are_the_picture(step: int, height: int, width: int) -> None:
    x = pictures(height, width)
    apart = phases(x, step)
    assert apart.shape == (step * step * 2, 4, -(-height // step), -(-width // step))
    assert torch.equal(join_phases(apart, step, height, width), x)
    assert torch.equal(apart[:2], x[:, :, ::step, ::step])


# Gradients in bfloat16 on a processor. The allocator can fill what it hands out, so that what is read and was never
# written shows; PyTorch's own gradients then are up to inf on a processor with AVX-512.

EVERY_SIZE = """
from itertools import product
from dartslab.base.convolution import CHANNELS, weight_error
for case in product((1, 3, 5, 7), (1, 2), (1, 2), (1, CHANNELS), (1, 2, 3, 8, 28, 29, 30, 32, 33, 64)):
    print(weight_error(*case), *case)
"""


def test_gradients_in_bfloat16_do_not_depend_on_what_memory_held() -> None:
    filled = {"MALLOC_PERTURB_": "128", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
    done = subprocess.run(
        [sys.executable, "-c", EVERY_SIZE], env=os.environ | filled, capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 4 * 2 * 2 * 2 * 10
    assert [line for line in lines if not float(line[0]) < 0.01] == []


def test_a_training_of_dilated_convolutions_in_bfloat16_has_the_gradients_of_float32() -> None:
    found = []
    for precision in ("float32", "bfloat16", "bfloat16"):
        config = tiny.train_config(precision=precision, image_size=0, batch_size=8)
        state = TrainState.create(config, PUBLISHED["PDARTS"], tiny.pictures(32, per_class=2))
        batch = state.train(0)
        logits, auxiliary = numerics_of(config)(state.net, batch.images, 0.0)
        training_loss(config, logits, auxiliary, batch.labels).backward()
        gradients = [p.grad.flatten() for p in state.net.parameters() if p.grad is not None]
        found.append(torch.cat(gradients))
    right, low, again = found
    assert torch.equal(low, again)
    assert (low - right).norm() < 0.5 * right.norm()


def test_a_processor_whose_gradients_are_wrong_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one that doubles them where pictures are 8 pixels wide."""

    def doubled(x, w, stride, padding, dilation, groups):
        if x.dtype == torch.bfloat16 and x.shape[3] == 8:
            w = w + (w - w.detach())
        return F.conv2d(x, w, None, stride, padding, dilation, groups)

    convolution.require_right_gradients.cache_clear()
    monkeypatch.setattr(convolution, "convolve", doubled)
    require_precision("float32", torch.device("cpu"))
    with pytest.raises(UserError, match=r"a 3x3 convolution with stride 1 and dilation 1 of .* 8 pixels wide is off"):
        convolution.require_right_gradients()
    monkeypatch.undo()
    require_precision("bfloat16", torch.device("cpu"))


def test_an_error_that_is_no_number_is_one_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        convolution, "convolve", lambda x, w, *settings: F.conv2d(x, w * (torch.nan if w.dtype != torch.float32 else 1))
    )
    assert weight_error(3, 1, 1, 1, 8) == torch.inf
