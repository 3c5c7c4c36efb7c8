"""FairDARTS: independent sigmoids, a push towards 0 and 1, and cells whose nodes have fewer inputs, or none."""

from pathlib import Path

import numpy as np
import pytest
import torch

import tiny
from dartslab import Arch, Recorder, SearchConfig, SearchSpace, SearchState, search
from dartslab.base.messages import UserError
from dartslab.cli.main import main
from dartslab.draw.words import describe_cell
from dartslab.methods import METHODS
from dartslab.methods.fair_darts import derive, idle, push_apart, remarks, sigmoids
from dartslab.methods.method import Moment
from dartslab.network import Network
from dartslab.run.record import Record
from dartslab.widgets import Replay

OPERATIONS = ("max_pool_3x3", "skip_connect", "sep_conv_3x3")
SPACE = SearchSpace(3, OPERATIONS)
MOMENT = Moment("alpha", 0.5, 1.0, SPACE)
STRONG, STRONGER, STRONGEST, WEAK = 0.86, 0.9, 0.95, 0.5


def table(**strengths: float) -> np.ndarray:
    """Mixing weights [9, 3], weak but for the last operation of edges by name: e02=STRONG is edge 0 to 2."""
    found = np.full((len(SPACE.edges), 3), WEAK - 0.1)
    found[:, 2] = [strengths.get(f"e{edge.source}{edge.target}", WEAK) for edge in SPACE.edges]
    return found


def edges(**strengths: float) -> list[tuple[int, int]]:
    weights = table(**strengths)
    return [(c.predecessor, c.node) for c in derive(SPACE, {"normal": weights, "reduce": weights}).normal.connections]


def test_changing_one_alpha_changes_one_weight() -> None:
    arch = Arch.create(SPACE, 1.0, torch.Generator().manual_seed(0))
    before = sigmoids(arch, MOMENT)["normal"].clone()
    arch.alpha["normal"][4, 1] += 1.0
    changed = (sigmoids(arch, MOMENT)["normal"] != before).nonzero().tolist()
    assert changed == [[4, 1]]


def gradient_of_the_push(alpha: float) -> torch.Tensor:
    arch = Arch({kind: torch.full((9, 3), alpha).requires_grad_() for kind in SPACE.kinds})
    (found,) = torch.autograd.grad(push_apart(arch, sigmoids(arch, MOMENT), MOMENT), [arch.alpha["normal"]])
    return found


def test_alpha_0_is_an_unstable_fixed_point_of_the_push() -> None:
    assert (gradient_of_the_push(0.0) == 0).all()
    assert (gradient_of_the_push(0.1) < 0).all()  # descent moves it further up
    assert (gradient_of_the_push(-0.1) > 0).all()


def test_the_push_is_the_mean_over_all_alpha_of_both_kinds() -> None:
    alpha = 0.7
    s = 1 / (1 + np.exp(-alpha))
    expected = -10 * 2 * (s - 0.5) * s * (1 - s) / (2 * 9 * 3)
    torch.testing.assert_close(gradient_of_the_push(alpha), torch.full((9, 3), expected, dtype=torch.float32))


@pytest.mark.parametrize(
    ("strengths", "kept"),
    [
        ({"e02": STRONG, "e12": STRONGER, "e03": STRONG}, [(1, 2), (0, 2), (0, 3)]),
        ({"e03": STRONG, "e13": STRONGER, "e23": STRONGEST}, [(1, 3), (0, 3)]),  # node 2 has no input: 2 to 3 goes too
        ({"e02": STRONG, "e03": STRONG, "e13": STRONGER, "e23": STRONGEST}, [(0, 2), (2, 3), (1, 3)]),
        ({"e02": STRONG, "e34": STRONGEST, "e24": STRONG}, [(0, 2), (2, 4)]),
        ({"e12": 0.6, "e34": STRONGEST}, [(1, 2)]),  # nothing is left: the strongest from an input stays
    ],
    ids=["one input only", "a node without input", "two of three", "a gap", "all empty"],
)
def test_an_edge_is_kept_from_the_threshold_on(strengths: dict[str, float], kept: list[tuple[int, int]]) -> None:
    assert edges(**strengths) == kept


def test_a_node_without_input_leaves_the_concatenation_and_says_so() -> None:
    weights = table(e02=STRONG, e24=STRONG)
    cell = derive(SPACE, {"normal": weights, "reduce": weights}).normal
    assert cell.concat == cell.nodes == (2, 4)
    assert "node 3 has no input and is left out; the output concatenates nodes 2, 4" in describe_cell(cell)


def test_a_cell_in_which_nothing_was_strong_enough_is_said() -> None:
    weights = {"normal": table(e12=0.6), "reduce": table(e02=STRONG)}
    (sentence,) = remarks(SPACE, weights)
    assert "no edge of the normal cell reached 0.85, and the strongest from an input, 0.60, was kept alone" in sentence


def test_a_network_of_a_cell_with_a_gap_learns() -> None:
    weights = table(e02=STRONG, e24=STRONG)
    net = Network(derive(SPACE, {"normal": weights, "reduce": weights}), 4, 3, auxiliary=False, input_channels=1)
    logits, _ = net(torch.randn(2, 1, 8, 8))
    logits.sum().backward()
    assert logits.shape == (2, 10)
    assert all(p.grad is not None for p in net.cells[-1].paths.parameters())


def test_at_the_papers_rate_a_short_search_cannot_reach_the_threshold() -> None:
    (sentence,) = idle(SearchConfig.lesson(method="fair-darts", alpha_learning_rate=3e-3), 141)
    assert "from 0.5 to 0.60 or so, and an edge is kept from 0.85 on" in sentence
    assert idle(SearchConfig.lesson(method="fair-darts"), 141) == []
    assert idle(SearchConfig.published(method="fair-darts"), 50 * 196) == []


def test_none_is_refused() -> None:
    config = tiny.search_config(method="fair-darts", operations=tiny.OPERATIONS)
    with pytest.raises(UserError, match="no operation none; search with --operations max_pool_3x3 skip_connect sep_"):
        SearchState.create(config, tiny.pictures())


def test_its_cells_are_recorded_replayed_drawn_and_named(tmp_path: Path, capsys) -> None:
    config = tiny.search_config(method="fair-darts", nodes=3, operations=OPERATIONS, alpha_learning_rate=1e-6)
    state = SearchState.create(config, tiny.pictures())
    for kind in SPACE.kinds:
        state.arch.alpha[kind][:] = torch.logit(torch.tensor(table(e02=STRONG, e24=STRONGEST)))
    list(Recorder.create(state, tmp_path / "run").watch(search(state)))
    record = Record.load(tmp_path / "run")
    assert record.genotype() == state.genotype() and record.genotype().normal.nodes == (2, 4)
    assert not record.rows_sum_to_one and state.remarks() == []
    (frame,) = Replay(tmp_path / "run").canvas.frame["runs"]
    kept = {(SPACE.edges[row].source, SPACE.edges[row].target) for row, _ in frame["cells"][0]["kept"]}
    assert kept == {(0, 2), (2, 4)}
    main(["draw", str(tmp_path / "run"), "--out", str(tmp_path / "drawn")])
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {"genotype.png", "curves.png", "alpha.png"}


def test_the_command_says_where_an_edge_below_the_threshold_was_kept(tmp_path: Path, capsys) -> None:
    flags = ["--data", "fashion-mini", "--steps", "1", "--device", "cpu", "--method", "fair-darts"]
    main(["search", "--out", str(tmp_path / "run"), *flags])
    said = capsys.readouterr().out
    assert "note: fair-darts: in 1 steps at a rate of" in said
    assert "note: fair-darts: no edge of the normal cell reached 0.85" in said


@pytest.mark.parametrize(("tied", "said"), [(False, ["normal cell", "reduce cell"]), (True, ["cell"])])
def test_the_cell_below_the_threshold_is_named_by_its_kind_where_there_are_two(tied: bool, said: list[str]) -> None:
    space = SearchSpace.with_reduction(1, OPERATIONS, tied)
    found = remarks(space, {kind: np.full((2, len(OPERATIONS)), 0.5) for kind in space.kinds})
    words = [sentence.partition("no edge of the ")[2].partition(" reached")[0] for sentence in found]
    assert words == said


def test_alpha_begins_at_0() -> None:
    config = SearchConfig.published(method="fair-darts")
    assert config.alpha_scale == 0 and "none" not in config.operations
    assert METHODS["fair-darts"].defaults["alpha_beta1"] == 0.9
