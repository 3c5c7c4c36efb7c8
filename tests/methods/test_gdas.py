"""GDAS: one operation per edge is computed, and only its own row of alpha's Jacobian carries a gradient."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

import tiny
from dartslab import Arch, SearchSpace, SearchState, Supernet
from dartslab.base.messages import UserError
from dartslab.base.seeds import gumbel
from dartslab.cell import SearchCell
from dartslab.fast.sampled import SampledCell
from dartslab.methods import METHODS
from dartslab.methods.gdas import best_pairs, sample
from dartslab.methods.method import Moment
from dartslab.run.search import weight_step

SPACE = SearchSpace(2, tiny.OPERATIONS)


@pytest.fixture
def arch() -> Arch:
    torch.manual_seed(0)
    drawn = Arch.create(SPACE, 1.0)
    return drawn.with_parameters({name: table.double() for name, table in drawn.parameters().items()})


def calls_of(net: Supernet) -> list[int]:
    """A list that gets one entry for each operation on an edge that runs from now on."""
    calls: list[int] = []
    for cell in net.cells:
        for mixed in cell.mixed:
            for operation in mixed.candidates:
                operation.register_forward_hook(lambda *_: calls.append(1))
    return calls


def test_a_weight_step_runs_one_operation_per_edge() -> None:
    state = SearchState.create(tiny.search_config(method="gdas", nodes=2), tiny.pictures())
    calls = calls_of(state.net)
    weight_step(state, state.train(0), 0.1)
    assert len(calls) == len(state.net.cells) * len(SPACE.edges)


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_the_gradient_is_the_row_of_the_sampled_operation(arch: Arch, progress: float) -> None:
    alpha = arch.alpha["normal"].requires_grad_()
    moment = Moment("alpha", progress, 1.0, SPACE, seed=1, step=2)
    weights = sample(arch, moment)["normal"]
    value = torch.randn(weights.shape, dtype=torch.float64)  # <g, op(x)> of each operation
    (found,) = torch.autograd.grad((weights * value).sum(), alpha)

    tau, noise = 10 - 9.9 * progress, gumbel(alpha.shape, moment.generator()).double()

    def relaxed(table: Tensor) -> Tensor:
        return torch.softmax((torch.log_softmax(table, -1) + noise) / tau, -1)

    chosen = weights.argmax(-1)
    q, edges = relaxed(alpha.detach()), range(len(chosen))
    for edge in edges:
        o = chosen[edge]
        row = q[edge, o] * ((torch.arange(q.shape[1]) == o).double() - q[edge]) / tau
        torch.testing.assert_close(found[edge], value[edge, o] * row)
        numeric = torch.zeros(q.shape[1], dtype=torch.float64)
        for column in range(q.shape[1]):
            step = torch.zeros_like(alpha)
            step[edge, column] = 1e-6
            numeric[column] = (relaxed(alpha + step) - relaxed(alpha - step))[edge, o].item() / 2e-6
        torch.testing.assert_close(found[edge], value[edge, o] * numeric, rtol=1e-5, atol=1e-8)


def test_weights_are_one_number_1_per_edge_and_bare_0_elsewhere(arch: Arch) -> None:
    for step in range(20):
        weights = sample(arch, Moment("w", 0.7, 1.0, SPACE, step=step))["reduce"]
        assert ((weights == 0) | (weights == 1)).all() and (weights.sum(1) == 1).all()


def test_operations_are_drawn_as_often_as_softmax_says(arch: Arch) -> None:
    draws = 2000
    counts = sum(sample(arch, Moment("w", 1.0, 1.0, SPACE, step=step))["normal"] for step in range(draws))
    p = torch.softmax(arch.alpha["normal"], -1)
    deviation = (counts / draws - p).abs() / (p * (1 - p) / draws).sqrt()
    assert deviation.max() < 4.5


def nets() -> Iterator[Supernet]:
    for cell in (SearchCell, SampledCell):
        torch.manual_seed(0)
        yield Supernet(SPACE, 2, 3, input_channels=1, cell=cell).double()


def test_leaving_out_what_weighs_nothing_changes_no_output_and_no_gradient(arch: Arch) -> None:
    x = tiny.draw(4, 1, 8, 8)
    found = []
    for net in nets():
        alpha = {name: table.clone().requires_grad_() for name, table in arch.parameters().items()}
        out = net(x, sample(arch.with_parameters(alpha), Moment("alpha", 0.5, 1.0, SPACE)))
        wanted = [*alpha.values(), *net.parameters()]
        found.append([out, *torch.autograd.grad(out.square().sum(), wanted, materialize_grads=True)])
    for all_computed, sampled in zip(*found, strict=True):
        torch.testing.assert_close(all_computed, sampled)
    assert all(gradient.abs().max() > 0 for gradient in found[1][1:3])  # alpha's


def test_the_two_best_pairs_of_a_node_may_have_one_predecessor() -> None:
    table = np.full((5, 4), 0.1)
    table[1] = [0.9, 0.3, 0.05, 0.4]  # `none` is never chosen
    table[2] = [0.1, 0.2, 0.25, 0.1]
    cell = best_pairs(SPACE, {"normal": table, "reduce": table}).normal
    assert [(c.predecessor, c.operation) for c in cell.into(2)] == [(1, "sep_conv_3x3"), (1, "max_pool_3x3")]
    assert [(c.predecessor, c.operation) for c in cell.into(3)] == [(0, "skip_connect"), (0, "max_pool_3x3")]


def test_compiled_cells_are_refused() -> None:
    with pytest.raises(UserError, match=r"gdas computes other operations in every step.*; search with compile=False"):
        SearchState.create(tiny.search_config(method="gdas", compile=True), tiny.pictures())


def test_an_operation_of_probability_0_is_never_drawn_and_leaves_the_gradient_finite() -> None:
    alpha = torch.tensor([[0.0, 200.0, 199.0]]).requires_grad_()  # exp(-200) is 0 in float32
    for step in range(50):
        moment = Moment("alpha", 1.0, 1.0, SearchSpace(1), step=step)
        weights = sample(Arch({"normal": alpha}), moment)["normal"]
        (gradient,) = torch.autograd.grad((weights * torch.tensor([3.0, 1.0, 2.0])).sum(), alpha)
        assert weights[0, 0] == 0 and torch.isfinite(gradient).all()


def test_a_mask_is_obeyed(arch: Arch) -> None:
    mask = torch.arange(4) < 2
    masked = Arch(arch.alpha, {}, {kind: mask.expand(5, 4) for kind in SPACE.kinds})
    for step in range(20):
        weights = METHODS["gdas"].weights(masked, Moment("w", 0.5, 1.0, SPACE, step=step))["normal"]
        assert (weights[:, 2:] == 0).all() and (weights.sum(1) == 1).all()
