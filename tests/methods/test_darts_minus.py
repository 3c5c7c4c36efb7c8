"""darts-minus: b skip(x) on every edge, b from 1 to 0; with b = 0 it is DARTS."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

import tiny
from dartslab import Record, Recorder, SearchState, Supernet, search
from dartslab.base.messages import UserError
from dartslab.cell import SearchCell
from dartslab.derive import top_k
from dartslab.fast.fused import FusedCell
from dartslab.methods.darts_minus import AuxiliarySkipCell, mix
from dartslab.methods.method import Moment
from dartslab.relaxation import Arch, softmax
from dartslab.space import INPUTS, SearchSpace

SPACE = SearchSpace(2, tiny.OPERATIONS)
SKIP = SPACE.operations.index("skip_connect")
ARCH = Arch.create(SPACE, 1.0, torch.Generator().manual_seed(0))
ARCH = ARCH.with_parameters({name: table.double() for name, table in ARCH.parameters().items()})


def weights(progress: float, phase: str = "w") -> Tensor:
    return mix(ARCH, Moment(phase, progress, 1.0, SPACE))["normal"]


def cell_and_inputs(reduction: bool) -> tuple[AuxiliarySkipCell, SearchCell, tuple[Tensor, Tensor]]:
    """A cell, DARTS' reference cell with the same weights, and two states."""
    torch.manual_seed(1)
    cell = AuxiliarySkipCell(SPACE, 4, 4, 4, reduction, halve=False).double()
    reference = SearchCell(SPACE, 4, 4, 4, reduction, halve=False).double()
    reference.load_state_dict(cell.state_dict(), strict=False)
    return cell, reference, (torch.randn(2, 4, 8, 8).double(), torch.randn(2, 4, 8, 8).double())


def written_out(
    cell: AuxiliarySkipCell, reference: SearchCell, inputs: tuple[Tensor, Tensor], b: float, p: Tensor | None = None
) -> Tensor:
    """The equation, edge by edge: b skip(x) + sum_o p_o o(x)."""
    p, states = softmax(ARCH)["normal"] if p is None else p, list(reference.preprocess(*inputs))
    for node in range(INPUTS, INPUTS + SPACE.nodes):
        parts = []
        for row in SPACE.rows(node):
            x = states[SPACE.edges[row].source]
            skip = cell.auxiliary[str(row)](x) if str(row) in cell.auxiliary else x
            parts.append(b * skip + reference.mixed[row](x, p[row]))
        states.append(sum(parts))
    return torch.cat(states[INPUTS:], 1)


@pytest.mark.parametrize("progress", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_every_edge_has_b_times_a_skip_connection_more(reduction: bool, progress: float) -> None:
    cell, reference, inputs = cell_and_inputs(reduction)
    expected = written_out(cell, reference, inputs, 1 - progress)
    torch.testing.assert_close(cell(*inputs, weights(progress)), expected)


def test_at_stride_1_it_is_exactly_the_weight_of_skip_plus_b() -> None:
    p = weights(0.0, "look")
    for progress in (0.0, 0.5, 0.9):
        difference = weights(progress) - p
        assert torch.equal(difference[:, [c for c in range(4) if c != SKIP]], torch.zeros(5, 3).double())
        torch.testing.assert_close(difference[:, SKIP], torch.full((5,), 1 - progress).double())
    cell, reference, inputs = cell_and_inputs(reduction=False)
    assert len(cell.auxiliary) == 0  # no module
    torch.testing.assert_close(cell(*inputs, weights(0.5)), reference(*inputs, weights(0.5)))


@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_with_b_0_it_is_darts(reduction: bool) -> None:
    cell, reference, inputs = cell_and_inputs(reduction)
    assert torch.equal(weights(1.0), softmax(ARCH)["normal"])
    torch.testing.assert_close(cell(*inputs, weights(1.0)), reference(*inputs, softmax(ARCH)["normal"]))


@pytest.mark.parametrize("reduction", [False, True], ids=["normal", "reduce"])
def test_a_derived_cell_has_no_auxiliary_skip_in_the_supernet(reduction: bool) -> None:
    """As `random-shared`, instruments and choices by removal ask: rows then sum to 1, to less, or to 0."""
    cell, reference, inputs = cell_and_inputs(reduction)
    only = torch.zeros(5, 4).double()
    only[[0, 1, 3], [3, SKIP, SKIP]] = 1.0  # edges 2 and 4 are left out
    torch.testing.assert_close(cell(*inputs, only), reference(*inputs, only))
    without = softmax(ARCH)["normal"].clone()
    without[0, SKIP] = without[1, 3] = 0.0
    torch.testing.assert_close(cell(*inputs, without), reference(*inputs, without))


@pytest.mark.parametrize("progress", [0.2, 1.0])
def test_a_mixing_weight_has_the_gradient_of_its_own_operation(progress: float) -> None:
    """And nothing of the auxiliary skip, whose weight b is a number."""
    cell, reference, inputs = cell_and_inputs(reduction=True)
    mixed, p = (weights(at).detach().requires_grad_() for at in (progress, 1.0))
    found, right = cell(*inputs, mixed), written_out(cell, reference, inputs, 1 - progress, p)
    aim = torch.randn_like(found)
    expected = torch.autograd.grad((right * aim).sum(), p)
    torch.testing.assert_close(torch.autograd.grad((found * aim).sum(), mixed), expected)


def test_the_auxiliary_skip_is_no_candidate_and_alpha_does_not_see_its_weight() -> None:
    """A constant added to a row of alpha changes nothing, as in DARTS: b has no gradient."""
    cell, _, inputs = cell_and_inputs(reduction=True)
    alpha = ARCH.alpha["normal"].clone().requires_grad_()
    mixed = mix(Arch({"normal": alpha}), Moment("alpha", 0.2, 1.0, SPACE))["normal"]
    cell(*inputs, mixed).pow(2).sum().backward()
    assert alpha.grad.abs().max() > 1e-3
    torch.testing.assert_close(alpha.grad.sum(1), torch.zeros(5).double())
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in cell.auxiliary.parameters())


def test_the_supernet_has_a_module_for_each_halving_edge_and_nothing_else_more() -> None:
    plain, more = (Supernet(SPACE, 4, 3, cell=cell).state_dict() for cell in (FusedCell, AuxiliarySkipCell))
    extra = {name for name in more if name not in plain}
    assert len(extra) == 2 * 4 * 2 and all(".auxiliary." in name for name in extra)  # cells, edges, two halves


def test_a_cell_is_derived_from_p_and_the_supernet_is_validated_with_b(tmp_path: Path) -> None:
    state = SearchState.create(
        tiny.search_config(method="darts-minus", nodes=2, alpha_learning_rate=0.1), tiny.pictures()
    )
    recorder = Recorder.create(state, tmp_path / "run")
    for event in recorder.watch(search(state)):
        if event.step == state.steps // 2:
            assert event.genotype == top_k(state.config.space, softmax(state.arch)) == state.genotype()
            b = 1 - event.step / state.steps
            trained = {k: p + b * (torch.arange(4) == SKIP) for k, p in softmax(state.arch).items()}
            assert state.validate() == pytest.approx(state.validate(trained))
            assert state.validate()[0] != pytest.approx(state.validate(softmax(state.arch))[0])
    assert Record.load(tmp_path / "run").rows_sum_to_one  # the record keeps p
    assert state.validate()[0] == pytest.approx(state.validate(softmax(state.arch))[0], abs=1e-5)  # b = 0


def test_a_space_without_skip_connections_is_refused() -> None:
    config = tiny.search_config(method="darts-minus", operations=("none", "sep_conv_3x3"))
    with pytest.raises(UserError, match="darts-minus adds to skip_connect; add it to operations"):
        SearchState.create(config, tiny.pictures())
