"""pc-darts: weights of edges, k, and what it costs. The cell is tested in tests/fast/test_partial.py."""

import numpy as np
import pytest
import torch

import tiny
from counts import saved_bytes
from dartslab import SearchConfig, SearchState, search
from dartslab.base.messages import UserError
from dartslab.fast.fused import FusedCell
from dartslab.fast.partial import partial_cell
from dartslab.methods import METHODS
from dartslab.methods.method import Moment
from dartslab.methods.pc_darts import choose_k, partial_channels, weigh_edges
from dartslab.relaxation import Arch, softmax
from dartslab.space import SearchSpace
from dartslab.supernet import Supernet, count_parameters

SPACE = SearchSpace(3, tiny.OPERATIONS)
LOOK = Moment("look", 0.5, 1.0, SPACE)


def make(**changes: object) -> SearchState:
    return SearchState.create(tiny.search_config(method="pc-darts", channels=4, nodes=2, **changes), tiny.pictures())


def test_a_row_is_the_softmax_of_alpha_times_the_softmax_of_beta_over_the_edges_into_its_node() -> None:
    arch = Arch.create(SPACE, 1.0, torch.Generator().manual_seed(0), edge_parameters=True)
    weights = weigh_edges(arch, LOOK)
    for kind in SPACE.kinds:
        for node in (2, 3, 4):
            rows = SPACE.rows(node)
            edge_weights = arch.beta[kind][rows].softmax(0)
            torch.testing.assert_close(weights[kind][rows], edge_weights[:, None] * softmax(arch)[kind][rows])
            torch.testing.assert_close(weights[kind][rows].sum(), torch.tensor(1.0))


def test_an_edge_with_a_large_beta_is_kept_although_its_operations_are_undecided() -> None:
    arch = Arch.create(SPACE, 0.0, edge_parameters=True)
    arch.alpha["normal"][SPACE.rows(4)[:3], 3] = 2.0  # the edges from 0, 1 and 2 are sure of sep_conv_3x3
    arch.beta["normal"][SPACE.rows(4)[3]] = 3.0  # the one from 3 weighs more
    plain, weighed = (METHODS["pc-darts"].derive(SPACE, w) for w in (softmax(arch), weigh_edges(arch, LOOK)))
    assert 3 not in {c.predecessor for c in plain.normal.into(4)}
    assert 3 in {c.predecessor for c in weighed.normal.into(4)}


def test_alpha_and_beta_wait_for_15_of_50_epochs_and_learn_then() -> None:
    state = make(alpha_learning_rate=0.1)
    begun = {name: table.clone() for name, table in state.arch.parameters().items()}
    for event in search(state):
        unchanged = [torch.equal(table, begun[name]) for name, table in state.arch.parameters().items()]
        waits = (event.step - 1) / state.search_steps < 0.3
        assert unchanged == [waits] * 4
    assert not any(unchanged)


@pytest.mark.parametrize(("channels", "k"), [(16, 4), (8, 4), (36, 2), (12, 2), (4, 2), (2, 2)])
def test_k_is_4_where_a_quarter_of_the_channels_is_even_and_else_2(channels: int, k: int) -> None:
    config = SearchConfig.lesson(method="pc-darts", channels=channels)
    assert choose_k(channels) == k and METHODS["pc-darts"].cell(config) is partial_cell(k)


def test_another_k_is_a_method_of_ones_own() -> None:
    METHODS["mine"] = partial_channels(1)
    try:
        state = SearchState.create(tiny.search_config(method="mine"), tiny.pictures())
        assert state.net.cells[0].k == 1
    finally:
        del METHODS["mine"]


@pytest.mark.parametrize(
    ("method", "channels", "sentence"),
    [
        (METHODS["pc-darts"], 3, "pc-darts divides the channels by 2, got channels=3; use a multiple of 2"),
        (partial_channels(4), 6, "pc-darts divides the channels by 4, got channels=6; use a multiple of 4"),
    ],
)
def test_channels_that_do_not_divide_are_refused(method, channels: int, sentence: str) -> None:
    METHODS["mine"] = method
    try:
        with pytest.raises(UserError, match=sentence):
            SearchState.create(tiny.search_config(method="mine", channels=channels), tiny.pictures())
    finally:
        del METHODS["mine"]


def test_no_parts_are_refused() -> None:
    with pytest.raises(UserError, match="divides the channels into k parts, and k is 0; the paper has 4"):
        partial_channels(0)


@pytest.mark.parametrize("k", [2, 4])
def test_one_channel_for_the_operations_is_enough(k: int) -> None:
    """Reduction cells, in which a factorized reduce makes two equal halves, have twice the channels."""
    net = Supernet(SPACE, k, 3, cell=partial_cell(k))
    weights = {kind: torch.full((9, 4), 0.1) for kind in SPACE.kinds}
    assert net(torch.randn(2, 3, 8, 8), weights).shape == (2, 10)


def test_it_needs_fewer_parameters_and_keeps_fewer_bytes_than_darts() -> None:
    def cost(cell: type[FusedCell]) -> tuple[int, int]:
        net = Supernet(SearchSpace(4), 16, 3, cell=cell)
        weights = {kind: torch.full((14, 8), 0.1, requires_grad=True) for kind in ("normal", "reduce")}
        pictures, own = torch.randn(4, 3, 16, 16), {p.data_ptr() for p in net.parameters()}
        return count_parameters(net), saved_bytes(lambda: net(pictures, weights), own)

    ratios = np.divide(cost(partial_cell(4)), cost(FusedCell))
    assert (ratios < 0.6).all()


def test_the_published_settings_are_its_defaults() -> None:
    config = SearchConfig.published(method="pc-darts")
    assert (config.batch_size, config.learning_rate, config.learning_rate_min) == (256, 0.1, 0.0)
    assert (config.alpha_learning_rate, config.alpha_beta1, config.alpha_weight_decay) == (6e-4, 0.5, 1e-3)
    assert SearchConfig.lesson(method="pc-darts").batch_size == 64  # a size of the preset
