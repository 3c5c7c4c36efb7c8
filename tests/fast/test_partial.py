"""The cell of PC-DARTS against its equation written out edge by edge, in float64; every plan."""

from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.functional import channel_shuffle

from dartslab.cell import MixedOp, SearchCell
from dartslab.fast.fused import FusedCell
from dartslab.fast.partial import PartialCell, partial_cell, shuffle_channels
from dartslab.fast.plans import FEW_CALLS, IN_CACHE, SMALL, Plan
from dartslab.space import INPUTS, SearchSpace

SPACE = SearchSpace(3)
PLANS = {"few calls": FEW_CALLS, "small": SMALL, "in cache": IN_CACHE}
C = 8


@pytest.fixture(autouse=True)
def own_plan() -> Iterator[None]:
    yield
    FusedCell.plan = None


def table(space: SearchSpace = SPACE) -> Tensor:
    """Mixing weights of which rows sum to the edge weights, and the edge weights of a node to 1."""
    generator = torch.Generator().manual_seed(1)
    shape = len(space.edges), len(space.operations)
    weights = torch.randn(shape, generator=generator, dtype=torch.float64).softmax(1)
    beta = torch.randn(len(space.edges), generator=generator, dtype=torch.float64)
    for node in range(INPUTS, INPUTS + space.nodes):
        weights[space.rows(node)] *= beta[space.rows(node)].softmax(0)[:, None]
    return weights


def made(k: int, reduction: bool, size: int = 8, halve: bool = False) -> tuple[PartialCell, Tensor, Tensor]:
    torch.manual_seed(0)
    cell = partial_cell(k)(SPACE, 6, 10, C, reduction, halve).double()
    older = size * 2 if halve else size
    return cell, torch.randn(2, 6, older, older).double(), torch.randn(2, 10, size, size).double()


def edges_of(cell: PartialCell) -> list[MixedOp]:
    """The mixed operation of each edge, in the reference's form, with the weights of a cell."""
    reference = SearchCell(SPACE, 6, 10, cell.channels, cell.reduction, halve=False).double()
    weights = {name: part for name, part in cell.state_dict().items() if name.startswith("mixed.")}
    assert reference.load_state_dict(weights, strict=False).unexpected_keys == []
    return list(reference.mixed)


def written_out(cell: PartialCell, s0: Tensor, s1: Tensor, weights: Tensor) -> Tensor:
    """Each edge by itself: operations on the first C/k channels, the others pass, both times the edge weight."""
    mixed, states = edges_of(cell), list(cell.preprocess(s0, s1))
    for node in range(INPUTS, INPUTS + SPACE.nodes):
        parts = []
        for row in SPACE.rows(node):
            x, edge_weight = states[SPACE.edges[row].source], weights[row].sum()
            first, rest = x[:, : C // cell.k], x[:, C // cell.k :]
            if cell.reduction and SPACE.edges[row].source < INPUTS:
                rest = F.max_pool2d(F.pad(rest, [0, rest.shape[-1] % 2] * 2, value=-torch.inf), 2)
            own = mixed[row](first, weights[row] / edge_weight)
            parts.append(edge_weight * channel_shuffle(torch.cat([own, rest], 1), cell.k))
        states.append(sum(parts))
    return torch.cat(states[INPUTS:], 1)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize(("k", "size", "halve"), [(4, 8, False), (2, 7, False), (4, 8, True)])
@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_outputs_and_gradients_are_those_of_the_equation(
    reduction: bool, k: int, size: int, halve: bool, plan: Plan
) -> None:
    FusedCell.plan = plan
    cell, s0, s1 = made(k, reduction, size, halve)
    weights = [table().requires_grad_() for _ in range(2)]
    found, expected = cell(s0, s1, weights[0]), written_out(cell, s0, s1, weights[1])
    torch.testing.assert_close(found, expected)
    for output in (found, expected):
        (output * torch.linspace(-1, 1, output.numel()).double().view_as(output)).sum().backward()
    torch.testing.assert_close(weights[0].grad, weights[1].grad)


def test_the_weights_of_operations_have_c_over_k_channels() -> None:
    cell, *_ = made(4, reduction=True)
    names = [name for name in cell.state_dict() if name.startswith("mixed.")]
    assert names and all(cell.state_dict()[name].shape[0] in (C // 4, C // 8) for name in names)  # C/8: two halves
    assert cell.preprocess(*made(4, True)[1:])[0].shape[1] == C


@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_channels_that_pass_by_have_no_gradient_in_alpha(reduction: bool) -> None:
    """In node 2, that is in the first C channels of the output: the shuffle deals one of k channels to operations."""
    cell, s0, s1 = made(4, reduction)
    edge_weights, alpha = table().sum(1, keepdim=True), torch.zeros(len(SPACE.edges), 8).double().requires_grad_()
    node = cell(s0, s1, edge_weights * alpha.softmax(1))[:, :C]
    for channel in range(C):
        (gradient,) = torch.autograd.grad(node[:, channel].pow(2).sum(), alpha, retain_graph=True)
        assert (gradient.abs().max() > 1e-6) == (channel % 4 == 0)
        assert channel % 4 == 0 or gradient.abs().max() < 1e-12


def test_the_shuffle_deals_one_channel_of_each_group_in_turn() -> None:
    x = torch.arange(8.0).view(1, 8, 1, 1)
    assert shuffle_channels(x, 4).flatten().tolist() == [0, 2, 4, 6, 1, 3, 5, 7]
    assert torch.equal(shuffle_channels(x, 1), x)


@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_with_k_1_and_equal_edge_weights_times_the_number_of_edges_it_is_darts(reduction: bool) -> None:
    cell, s0, s1 = made(1, reduction)
    reference = SearchCell(SPACE, 6, 10, C, reduction, halve=False).double()
    reference.load_state_dict(cell.state_dict())
    p = torch.randn(len(SPACE.edges), 8, generator=torch.Generator().manual_seed(2)).double().softmax(1)
    into = torch.tensor([len(SPACE.rows(edge.target)) for edge in SPACE.edges])[:, None]
    weights = p / into  # what PC-DARTS gives where all beta are equal
    torch.testing.assert_close(cell(s0, s1, weights * into), reference(s0, s1, p))


def test_one_class_for_one_k() -> None:
    assert partial_cell(2) is partial_cell(2) and partial_cell(2).k == 2 and partial_cell(4).k == 4
