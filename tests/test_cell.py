"""The reference cell, compared with the sum written out."""

import pytest
import torch

from dartslab import SearchSpace
from dartslab.cell import MixedOp, SearchCell

SPACE = SearchSpace(nodes=2)


def shares(rows: int = 5) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.softmax(torch.randn(rows, 8, generator=generator, dtype=torch.float64), 1)


def test_a_mixed_operation_is_the_weighted_sum_of_its_candidates() -> None:
    mixed = MixedOp(SPACE.operations, 4, 1).double()
    x, weights = torch.randn(2, 4, 8, 8, dtype=torch.float64), shares()[0]
    expected = torch.zeros_like(x)
    for k in range(8):
        expected += weights[k] * mixed.candidates[k](x)
    torch.testing.assert_close(mixed(x, weights), expected)


def test_with_all_weight_on_one_operation_only_that_one_is_heard() -> None:
    mixed = MixedOp(SPACE.operations, 4, 1).double()
    x = torch.randn(2, 4, 8, 8, dtype=torch.float64)
    skip = torch.eye(8, dtype=torch.float64)[SPACE.operations.index("skip_connect")]
    torch.testing.assert_close(mixed(x, skip), x)


def test_a_pool_is_brought_to_the_scale_of_the_convolutions() -> None:
    pool = MixedOp(("max_pool_3x3",), 4, 1).double().candidates[0]
    y = pool(5 + 3 * torch.randn(8, 4, 8, 8, dtype=torch.float64))
    torch.testing.assert_close(y.mean((0, 2, 3)), torch.zeros(4, dtype=torch.float64))


@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_a_cell_sums_a_mixed_operation_of_every_earlier_state(reduction: bool) -> None:
    cell = SearchCell(SPACE, 6, 8, 4, reduction, halve=False).double()
    s0, s1 = torch.randn(2, 6, 8, 8, dtype=torch.float64), torch.randn(2, 8, 8, 8, dtype=torch.float64)
    weights = shares()
    a, b = cell.preprocess(s0, s1)
    m = cell.mixed
    c = m[0](a, weights[0]) + m[1](b, weights[1])
    d = m[2](a, weights[2]) + m[3](b, weights[3]) + m[4](c, weights[4])
    out = cell(s0, s1, weights)
    torch.testing.assert_close(out, torch.cat([c, d], 1))
    size = 4 if reduction else 8
    assert out.shape == (2, 8, size, size)


def test_only_the_edges_from_the_inputs_of_a_reduction_cell_have_stride_2() -> None:
    cell = SearchCell(SPACE, 4, 4, 4, reduction=True, halve=False)
    x = torch.randn(2, 4, 8, 8)
    sizes = [mixed(x, shares()[0].float()).shape[-1] for mixed in cell.mixed]
    assert sizes == [4, 4, 4, 4, 8]


def test_none_has_a_gradient_through_the_softmax_although_it_adds_nothing() -> None:
    mixed = MixedOp(SPACE.operations, 4, 1).double()
    alpha = torch.zeros(8, dtype=torch.float64, requires_grad=True)
    mixed(torch.randn(2, 4, 8, 8, dtype=torch.float64), torch.softmax(alpha, 0)).pow(2).sum().backward()
    assert alpha.grad[0] != 0
    torch.testing.assert_close(alpha.grad.sum(), torch.zeros((), dtype=torch.float64))  # shifts change nothing


def test_the_gradient_of_a_share_is_the_operation_projected_on_the_output() -> None:
    mixed = MixedOp(SPACE.operations, 4, 1).double()
    x, weights = torch.randn(2, 4, 8, 8, dtype=torch.float64), shares()[0].requires_grad_()
    above = torch.randn(2, 4, 8, 8, dtype=torch.float64)
    (mixed(x, weights) * above).sum().backward()
    expected = torch.stack([(candidate(x) * above).sum() for candidate in mixed.candidates])
    torch.testing.assert_close(weights.grad, expected)


def test_14_pixels_become_7_and_then_4() -> None:
    reduce = SearchCell(SPACE, 4, 4, 4, reduction=True, halve=False)
    again = SearchCell(SPACE, 4, 8, 4, reduction=True, halve=True)
    x = torch.randn(2, 4, 14, 14)
    y = reduce(x, x, shares().float())
    assert y.shape[-2:] == (7, 7)
    assert again(x, y, shares().float()).shape[-2:] == (4, 4)
