"""The candidate operations: shapes at any size, parameters by formula, and the same numbers as plain PyTorch."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dartslab import PUBLISHED, Network, SearchSpace, Supernet
from dartslab.base.messages import UserError
from dartslab.operations import OPERATIONS, FactorizedReduce, operation, search_norm
from dartslab.space import KNOWN_OPERATIONS
from dartslab.supernet import count_parameters


@pytest.mark.parametrize("size", [7, 8, 9, 14, 15])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_keeps_or_halves_any_size(name: str, stride: int, size: int) -> None:
    y = operation(name, 4, stride)(torch.randn(2, 4, size, size + 1))
    assert y.shape == (2, 4, math.ceil(size / stride), math.ceil((size + 1) / stride))


def weights(name: str, c: int, stride: int) -> tuple[int, int]:
    """(without, additional with affine BatchNorm), counted on paper."""
    if name.startswith("sep_conv"):
        k = int(name[-1])
        return 2 * (c * k**2 + c**2), 4 * c
    if name.startswith("dil_conv"):
        k = int(name[-1])
        return c * k**2 + c**2, 2 * c
    if name == "conv_7x1_1x7":
        return 14 * c**2, 2 * c
    if name == "skip_connect" and stride == 2:
        return c * c, 2 * c
    return 0, 0


@pytest.mark.parametrize("channels", [4, 10, 16])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_the_parameters_of_its_formula(name: str, stride: int, channels: int) -> None:
    without, affine = weights(name, channels, stride)
    assert count_parameters(operation(name, channels, stride)) == without
    assert count_parameters(operation(name, channels, stride, nn.BatchNorm2d)) == without + affine


@pytest.mark.parametrize("name", OPERATIONS)
def test_in_the_search_no_operation_has_a_buffer(name: str) -> None:
    assert not list(operation(name, 4, 2).buffers())


def test_pools_are_torchs_and_padding_does_not_count() -> None:
    x = torch.randn(2, 4, 9, 9)
    for stride in (1, 2):
        assert torch.equal(operation("max_pool_3x3", 4, stride)(x), F.max_pool2d(x, 3, stride, 1))
        expected = F.avg_pool2d(x, 3, stride, 1, count_include_pad=False)
        assert torch.equal(operation("avg_pool_3x3", 4, stride)(x), expected)


def test_none_is_zero_and_skip_is_the_identity() -> None:
    x = torch.randn(2, 4, 8, 8)
    assert torch.equal(operation("none", 4, 2)(x), torch.zeros(2, 4, 4, 4))
    assert torch.equal(operation("skip_connect", 4, 1)(x), x)


@pytest.mark.parametrize("stride", [1, 2])
def test_noise_is_normal_and_drawn_anew_in_evaluation_too(stride: int) -> None:
    torch.manual_seed(0)
    op, x = operation("noise", 8, stride).eval(), torch.full((16, 8, 32, 32), 7.0, requires_grad=True)
    first, second = op(x), op(x)
    assert not torch.equal(first, second) and not first.requires_grad
    for moment, expected in ((first.mean(), 0.0), (first.std(), 1.0), ((first**4).mean(), 3.0)):
        assert abs(float(moment) - expected) < 0.1  # of 32,768 numbers, 0.026 is the deviation of the last
    assert abs(float((first * second).mean())) < 0.03


@pytest.mark.parametrize("like", [lambda x: x.bfloat16(), lambda x: x.contiguous(memory_format=torch.channels_last)])
def test_noise_is_the_same_in_every_format(like) -> None:
    found = []
    for x in (torch.zeros(2, 3, 5, 4), like(torch.zeros(2, 3, 5, 4))):
        torch.manual_seed(3)
        found.append(operation("noise", 3)(x))
    assert found[1].dtype == like(torch.zeros(1, 1, 1, 1)).dtype
    assert torch.equal(found[0].to(found[1].dtype), found[1])


def test_a_separable_convolution_is_twice_relu_depthwise_pointwise_batchnorm() -> None:
    x = torch.randn(3, 4, 9, 9, dtype=torch.float64)
    op = operation("sep_conv_5x5", 4, 2).double()
    a, b, c, d = list(op.parameters())
    y = F.conv2d(F.conv2d(F.relu(x), a, stride=2, padding=2, groups=4), b)
    y = F.batch_norm(y, None, None, training=True)
    y = F.conv2d(F.conv2d(F.relu(y), c, padding=2, groups=4), d)
    torch.testing.assert_close(op(x), F.batch_norm(y, None, None, training=True))


def test_a_dilated_convolution_reaches_twice_as_far() -> None:
    x = torch.randn(3, 4, 9, 9, dtype=torch.float64)
    op = operation("dil_conv_3x3", 4, 1).double()
    a, b = list(op.parameters())
    y = F.conv2d(F.conv2d(F.relu(x), a, padding=2, dilation=2, groups=4), b)
    torch.testing.assert_close(op(x), F.batch_norm(y, None, None, training=True))


def test_a_factorized_reduce_of_even_size_is_the_published_one() -> None:
    x = torch.randn(3, 4, 8, 8, dtype=torch.float64)
    op = FactorizedReduce(4, 6, search_norm).double()
    a, b = list(op.parameters())
    y = torch.cat([F.conv2d(F.relu(x), a, stride=2), F.conv2d(F.relu(x)[:, :, 1:, 1:], b, stride=2)], 1)
    torch.testing.assert_close(op(x), F.batch_norm(y, None, None, training=True))


def test_no_1x1_convolution_has_a_stride_of_its_own() -> None:
    """On AVX2, its weight gradient writes beyond its memory below 8 channels (uxlfoundation/oneDNN issue 6035)."""
    nets = [Supernet(SearchSpace(4, KNOWN_OPERATIONS), 4, 3), *(Network(cell, 4, 3) for cell in PUBLISHED.values())]
    convolutions = [module for net in nets for module in net.modules() if isinstance(module, torch.nn.Conv2d)]
    assert {conv.stride for conv in convolutions if conv.kernel_size == (1, 1)} == {(1, 1)}
    assert (2, 2) in {conv.stride for conv in convolutions}


def test_a_factorized_reduce_of_odd_size_sees_one_row_of_zeros_more() -> None:
    x = torch.randn(3, 4, 7, 7, dtype=torch.float64)
    op = FactorizedReduce(4, 6, search_norm).double()
    torch.testing.assert_close(op(x), op(F.pad(x, (0, 1, 0, 1))))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: operation("sep_conv_9x9", 4), "unknown operation 'sep_conv_9x9'; allowed are: sep_conv_"),
        (lambda: operation("skip_connect", 5, 2), "two equal halves, got 5 channels; allowed are even numbers, use 6"),
        (lambda: operation("skip_connect", 0), "at least 1 channel, got 0"),
        (lambda: operation("skip_connect", 4, 3), "stride 1 or 2, got 3"),
    ],
    ids=["name", "odd channels", "no channels", "stride"],
)
def test_an_operation_that_cannot_be_is_refused(make, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        make()
