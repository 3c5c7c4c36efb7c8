"""The value of an operation: known by construction; its rank correlation with the mixing weights."""

import numpy as np
import pytest
import torch

import tiny
from dartslab import SearchSpace, SearchState
from dartslab.instruments.values import operation_values, rank_correlation, ranks, spearman
from dartslab.run.measuring import subject_of

SPACE = SearchSpace(1, ("none", "skip_connect", "sep_conv_3x3", "dil_conv_3x3"))
WORTH = {
    "normal": np.array([[9.0, 1.0, 3.0, -2.0], [9.0, 0.5, 0.25, 0.0]]),
    "reduce": np.array([[9.0, 4.0, 0.0, 1.0], [9.0, -1.0, 2.0, 0.5]]),
}
WEIGHTS = {kind: np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]]) for kind in SPACE.kinds}


class Net:
    """Every operation takes from the loss what it is worth times its weight; `none` could not, it adds nothing."""

    def __init__(self) -> None:
        self.seen: list[dict[str, np.ndarray]] = []

    def __call__(self, weights: dict[str, np.ndarray]) -> tuple[float, float]:
        self.seen.append({kind: table.copy() for kind, table in weights.items()})
        gained = sum(float((WORTH[kind] * table)[:, 1:].sum()) for kind, table in weights.items())
        return 10 - gained, 0.1 + gained / 100


@pytest.mark.parametrize(("by", "scale"), [("loss", 1.0), ("accuracy", 0.01)])
def test_it_is_what_is_lost_without_the_operation(by, scale: float) -> None:
    found = operation_values(Net(), SPACE, WEIGHTS, by)
    for kind in SPACE.kinds:
        expected = scale * WORTH[kind] * WEIGHTS[kind]
        expected[:, 0] = 0
        np.testing.assert_allclose(found[kind], expected, atol=1e-12)


def test_other_operations_keep_their_weights_none_takes_over_and_the_cost_is_as_stated() -> None:
    net = Net()
    before = {kind: table.copy() for kind, table in WEIGHTS.items()}
    operation_values(net, SPACE, WEIGHTS)
    assert len(net.seen) == 1 + 2 * 2 * 3  # the mixture, and 3 operations other than none on 2 edges of 2 kinds
    for weights in net.seen[1:]:
        changed = [(kind, *place) for kind in SPACE.kinds for place in np.argwhere(weights[kind] != before[kind])]
        (kind, row, none), (_, also, column) = changed
        assert row == also and (none, weights[kind][row, column]) == (0, 0.0)
        assert weights[kind][row].sum() == pytest.approx(before[kind][row].sum())
    for kind in SPACE.kinds:
        np.testing.assert_array_equal(WEIGHTS[kind], before[kind])


def test_an_operation_that_is_switched_off_costs_nothing() -> None:
    weights = {kind: np.where(np.arange(4) == 1, 0.0, table) for kind, table in WEIGHTS.items()}
    net = Net()
    found = operation_values(net, SPACE, weights)
    assert len(net.seen) == 1 + 2 * 2 * 2 and not found["normal"][:, 1].any()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3], [10, 20, 90], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 2, 3, 4], [1, 3, 2, 4], 0.8),  # 1 - 6 * 2 / (4 * 15)
        ([1, 1, 2], [5, 6, 7], 3**0.5 / 2),
        ([1, 1, 1], [1, 2, 3], None),
        ([1, np.nan, 2], [1, 2, 3], None),
    ],
)
def test_spearman(one: list[float], other: list[float], expected: float | None) -> None:
    assert spearman(np.array(one), np.array(other)) == pytest.approx(expected)


def test_equal_numbers_share_the_mean_of_their_ranks() -> None:
    assert ranks(np.array([5.0, 1.0, 5.0, 7.0])).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_alpha_is_compared_within_an_edge_and_never_between_edges() -> None:
    values = np.array([[0.0, 3.0, 2.0, 1.0], [0.0, 0.1, 0.2, 0.3]])
    assert rank_correlation(SPACE, values, WEIGHTS["normal"]) == pytest.approx(1.0)  # ranked over both it would be less
    assert rank_correlation(SPACE, -values, WEIGHTS["normal"]) == pytest.approx(-1.0)
    assert rank_correlation(SPACE, np.zeros((2, 4)), WEIGHTS["normal"]) is None


def test_the_channels_that_pass_by_an_edge_of_pc_darts_do_not_count_as_an_operation() -> None:
    """They weigh what a row sums to; an operation whose output is 0 is worth nothing there, too."""
    state = SearchState.create(tiny.search_config(method="pc-darts", nodes=2, channels=4), tiny.pictures())
    column = tiny.OPERATIONS.index("sep_conv_3x3")
    held = state.net.state_dict()
    silent = {name: torch.zeros_like(value) for name, value in held.items() if f"mixed.0.candidates.{column}." in name}
    state.net.load_state_dict(held | silent)
    subject = subject_of(state)
    values = operation_values(subject.evaluate, subject.space, subject.weights)
    for table in values.values():
        assert table[0, column] == pytest.approx(0.0, abs=1e-6) and abs(table[1, column]) > 1e-4
