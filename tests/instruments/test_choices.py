"""Skips, pools, mean weights, entropy and margin on tables that one can count by hand."""

import numpy as np
import pytest

from dartslab import SearchSpace, top_k
from dartslab.instruments import INSTRUMENTS, Snapshot

OPERATIONS = ("none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3")
SPACE = SearchSpace(2, OPERATIONS)
ROW = {
    "none": [0.9, 0.02, 0.02, 0.03, 0.03],
    "max": [0.1, 0.5, 0.2, 0.1, 0.1],
    "avg": [0.1, 0.2, 0.6, 0.05, 0.05],
    "skip": [0.1, 0.1, 0.1, 0.6, 0.1],
    "conv": [0.0, 0.0, 0.0, 0.0, 1.0],
}


def snapshot(normal: list[str], reduce: list[str]) -> Snapshot:
    weights = {"normal": np.array([ROW[r] for r in normal]), "reduce": np.array([ROW[r] for r in reduce])}
    return Snapshot(SPACE, weights, top_k(SPACE, weights))


# edges 0 and 1 go into node 2, edges 2, 3 and 4 into node 3, of which the weakest is not kept
SEEN = snapshot(["skip", "conv", "skip", "none", "max"], ["max", "avg", "avg", "skip", "none"])


@pytest.mark.parametrize(
    ("name", "normal", "reduce"),
    [
        ("skips", 2 / 4, 1 / 4),
        ("pools", 1 / 4, 3 / 4),
        ("skip_weight", (0.6 + 0 + 0.6 + 0.03 + 0.1) / 5, (0.1 + 0.05 + 0.05 + 0.6 + 0.03) / 5),
        ("pool_weight", (0.2 + 0 + 0.2 + 0.04 + 0.7) / 5, (0.7 + 0.8 + 0.8 + 0.2 + 0.04) / 5),
        ("margin", (0.5 + 1 + 0.5 + 0 + 0.3) / 5, (0.3 + 0.4 + 0.4 + 0.5 + 0) / 5),
    ],
)
def test_each_kind_of_cell_has_its_number(name: str, normal: float, reduce: float) -> None:
    assert INSTRUMENTS[name].measure(SEEN) == pytest.approx({f"{name}.normal": normal, f"{name}.reduce": reduce})


def test_entropy_is_0_for_decided_edges_and_largest_for_a_uniform_mixture() -> None:
    decided = snapshot(["conv"] * 5, ["conv"] * 5)
    assert INSTRUMENTS["entropy"].measure(decided) == {"entropy.normal": 0, "entropy.reduce": 0}
    uniform = Snapshot(SPACE, dict.fromkeys(SPACE.kinds, np.full((5, 5), 0.2)), SEEN.genotype)
    assert INSTRUMENTS["entropy"].measure(uniform)["entropy.reduce"] == pytest.approx(np.log(5))


def test_weights_that_do_not_sum_to_1_have_neither_entropy_nor_margin() -> None:
    seen = Snapshot(SPACE, {"normal": SEEN.weights["normal"], "reduce": 2 * SEEN.weights["reduce"]}, SEEN.genotype)
    for name in ("entropy", "margin"):
        assert list(INSTRUMENTS[name].measure(seen)) == [f"{name}.normal"]
    assert len(INSTRUMENTS["skip_weight"].measure(seen)) == 2


def test_a_space_without_skips_or_pools_has_none_of_them() -> None:
    space = SearchSpace(1, ("none", "sep_conv_3x3"))
    weights = dict.fromkeys(space.kinds, np.full((2, 2), 0.5))
    seen = Snapshot(space, weights, top_k(space, weights))
    for name in ("skips", "pools", "skip_weight", "pool_weight"):
        assert set(INSTRUMENTS[name].measure(seen).values()) == {0.0}
