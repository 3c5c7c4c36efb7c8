"""BatchNorm of a pointwise convolution with explicit gradients, against PyTorch's own in float64."""

from contextlib import nullcontext

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn import functional as F

from counts import saved_bytes
from dartslab.base.forward_mode import load_forward_mode, tangents_without_history
from dartslab.fast.conv_norm import Filters, block_diagonal, conv_norm
from dartslab.fast.depthwise import depthwise
from tiny import draw


def plain_conv_norm(h: Tensor, w: Tensor | None, gain: Tensor | None, groups: int, nodes: int) -> Tensor:
    """What `conv_norm` says, in PyTorch's words."""
    n = F.batch_norm(h if w is None else F.conv2d(h, w, groups=groups), None, None, training=True)
    if gain is None:
        return n
    blocks = n.unflatten(1, (len(gain), -1)) * gain.view(1, -1, 1, 1, 1)
    return blocks.unflatten(1, (-1, nodes)).sum(1).flatten(1, 2)


# pointwise weights, groups, gains, nodes
CASES = {
    "BatchNorm alone": (None, 1, None, 1),
    "one branch, no gain": ((4, 4, 1, 1), 1, None, 1),
    "one branch": ((4, 4, 1, 1), 1, 1, 1),
    "two nodes": ((4, 2, 1, 1), 2, 2, 2),
    "three operations on two nodes": ((12, 2, 1, 1), 6, 6, 2),
    "two halves make one output": ((4, 4, 1, 1), 2, 1, 1),
}


@pytest.mark.parametrize("joined", [False, True], ids=["", "groups joined"])
@pytest.mark.parametrize("last", [False, True], ids=["contiguous", "channels last"])
@pytest.mark.parametrize("onto", [False, True], ids=["alone", "onto"])
@pytest.mark.parametrize("case", CASES)
def test_batchnorm_with_a_gain_has_the_gradients_of_pytorch(
    case: str, onto: bool, last: bool, joined: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartslab.fast.conv_norm.WORTH_JOINING", 0 if joined else 2**16)
    torch.manual_seed(0)
    shape, groups, gains, nodes = CASES[case]
    h = draw(3, 4 if shape is None else groups * shape[1], 5, 4)
    h = h.contiguous(memory_format=torch.channels_last) if last else h
    w = None if shape is None else draw(*shape)
    gain = None if gains is None else torch.rand(gains, dtype=torch.float64) + 0.1
    given = [t for t in (h, w, gain) if t is not None]
    base = draw(*plain_conv_norm(h, w, gain, groups, nodes).shape) if onto and gain is not None else None
    for wanted in ([True] * len(given), [True] + [False] * (len(given) - 1)):
        found = []
        for own in (False, True):
            leaves = [t.clone().requires_grad_(want) for t, want in zip(given, wanted, strict=True)]
            it = iter(leaves)
            a, b, c = next(it), None if w is None else next(it), None if gain is None else next(it)
            if own:
                y = conv_norm(a, b, gain=c, onto=base, groups=groups, nodes=nodes)
            else:
                y = plain_conv_norm(a, b, c, groups, nodes) + (0 if base is None else base)
            above = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
            asked = [leaf for leaf in leaves if leaf.requires_grad]
            found.append([y, *torch.autograd.grad((y * above).sum(), asked)])
        for mine, expected in zip(found[1], found[0], strict=True):
            torch.testing.assert_close(mine, expected)


@pytest.mark.parametrize("groups", [2, 3, 6])
def test_a_convolution_in_fewer_groups_is_the_same(groups: int) -> None:
    torch.manual_seed(0)
    h, w = draw(2, 12, 3, 3), draw(2 * groups, 12 // groups, 1, 1)
    expected = F.conv2d(h, w, groups=groups)
    for times in (count for count in range(1, groups + 1) if groups % count == 0):
        joined = block_diagonal(w, groups, times)
        torch.testing.assert_close(F.conv2d(h, joined, groups=groups // times), expected)


@pytest.mark.parametrize("gain", [False, True], ids=["without gain", "with gain"])
def test_h_can_be_computed_again_instead_of_kept(gain: bool) -> None:
    torch.manual_seed(0)
    given = [draw(3, 4, 6, 6), draw(4, 1, 5, 5), draw(4, 4, 1, 1)]
    weighed = torch.rand(1, dtype=torch.float64) if gain else None
    found, kept = [], []
    for recompute in (False, True):
        x, v, w = leaves = [t.clone().requires_grad_() for t in given]

        def value(x: Tensor = x, v: Tensor = v, w: Tensor = w, recompute: bool = recompute) -> Tensor:
            return conv_norm(x, w, gain=weighed, filters=Filters(v, 2, recompute=recompute))

        y = value()
        above = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
        found.append([y, *torch.autograd.grad((y * above).sum(), leaves)])
        kept.append(saved_bytes(value, {leaf.untyped_storage().data_ptr() for leaf in leaves}))
    for expected, mine in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)
    assert kept[0] - kept[1] == 8 * y.numel()  # h in float64


def test_forward_mode_is_that_of_a_finite_difference() -> None:
    load_forward_mode()
    torch.manual_seed(0)
    x, w, point, gain = draw(3, 4, 6, 6), draw(8, 1, 5, 5), draw(8, 4, 1, 1), torch.rand(2, dtype=torch.float64)
    along = [draw(*t.shape) for t in (x, w, point, gain)]

    def value(*moved: Tensor) -> Tensor:
        h = depthwise(moved[0], moved[1], dilation=2, relu=True)
        return conv_norm(h, moved[2], gain=moved[3], groups=2, nodes=2).pow(3).sum()

    given = (x, w, point, gain)
    with forward_ad.dual_level():
        moving = [forward_ad.make_dual(t, d) for t, d in zip(given, along, strict=True)]
        tangent = forward_ad.unpack_dual(value(*moving)).tangent
    step = 1e-6
    plus, minus = (value(*(t + s * step * d for t, d in zip(given, along, strict=True))) for s in (1, -1))
    torch.testing.assert_close(tangent, (plus - minus) / (2 * step), rtol=1e-6, atol=1e-6)


MOVING = ("x", "v", "w", "gain", "onto")


@pytest.mark.parametrize("history", [True, False], ids=["", "without history"])
@pytest.mark.parametrize("recompute", [False, True], ids=["kept", "computed again"])
@pytest.mark.parametrize("moving", [*MOVING, "all"])
def test_in_forward_mode_each_tensor_may_move_alone(moving: str, recompute: bool, history: bool) -> None:
    load_forward_mode()
    torch.manual_seed(0)
    shapes = ((3, 4, 5, 4), (4, 1, 3, 3), (4, 4, 1, 1), (1,), (3, 4, 5, 4))
    given = {name: draw(*shape) for name, shape in zip(MOVING, shapes, strict=True)}
    along = {name: draw(*t.shape) for name, t in given.items() if moving in (name, "all")}

    def ours(x: Tensor, v: Tensor, w: Tensor, gain: Tensor, onto: Tensor) -> Tensor:
        return conv_norm(x, w, gain=gain, onto=onto, filters=Filters(v, relu=True, recompute=recompute))

    def plain(x: Tensor, v: Tensor, w: Tensor, gain: Tensor, onto: Tensor) -> Tensor:
        return onto + plain_conv_norm(F.conv2d(F.relu(x), v, None, 1, 1, groups=4), w, gain, 1, 1)

    found = []
    for function in (ours, plain):
        with forward_ad.dual_level(), nullcontext() if history else tangents_without_history():
            dual = {name: forward_ad.make_dual(t, along[name]) if name in along else t for name, t in given.items()}
            found.append(forward_ad.unpack_dual(function(**dual)).tangent)
    torch.testing.assert_close(found[0], found[1], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", ["BatchNorm alone", "one branch, no gain", "one branch", "two nodes"])
def test_gradients_can_be_derived_again(case: str) -> None:
    torch.manual_seed(0)
    shape, groups, gains, nodes = CASES[case]
    given = [draw(2, 4 if shape is None else groups * shape[1], 2, 2)]
    given += [] if shape is None else [draw(*shape)]
    given += [] if gains is None else [torch.rand(gains, dtype=torch.float64) + 0.1]

    def function(h: Tensor, w: Tensor | None = None, gain: Tensor | None = None) -> Tensor:
        return conv_norm(h, w, gain=gain, groups=groups, nodes=nodes)

    leaves = [t.requires_grad_() for t in given]
    assert torch.autograd.gradcheck(function, leaves)
    assert torch.autograd.gradgradcheck(function, leaves)


@pytest.mark.parametrize("recompute", [False, True], ids=["kept", "computed again"])
def test_gradients_with_a_depthwise_convolution_can_be_derived_again(recompute: bool) -> None:
    torch.manual_seed(0)
    leaves = [t.requires_grad_() for t in (draw(2, 2, 3, 3), draw(2, 1, 3, 3), draw(2, 2, 1, 1))]

    def function(x: Tensor, v: Tensor, w: Tensor) -> Tensor:
        return conv_norm(x, w, filters=Filters(v, recompute=recompute))

    assert torch.autograd.gradgradcheck(function, leaves)
