"""Deriving a genotype: the published rule, and the rules that are not it."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dartslab import Genotype, SearchSpace
from dartslab.base.messages import UserError
from dartslab.derive import edge_strengths, entropy, random_genotype, top_k
from dartslab.derive import softmax as derive_softmax
from dartslab.relaxation import Arch
from dartslab.relaxation import softmax as relaxation

SPACE = SearchSpace()
ONE_NODE = SearchSpace(nodes=1, kinds=("normal",))
TWO_NODES = SearchSpace(nodes=2, kinds=("normal",))


def softmax(alpha: np.ndarray) -> np.ndarray:
    raised = np.exp(alpha - alpha.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def edge(base: float, best: float, operation: int = 4) -> np.ndarray:
    row = np.full(8, base)
    row[operation] = best
    return row


def kept(alpha: np.ndarray, node: int) -> list[int]:
    """The predecessors that the derivation keeps for a node of a two-node cell."""
    return [c.predecessor for c in top_k(TWO_NODES, {"normal": softmax(alpha)}).normal.into(node)]


def test_where_nothing_was_learned_the_lowest_indices_win() -> None:
    uniform = {kind: np.full((14, 8), 1 / 8) for kind in SPACE.kinds}
    expected = [("max_pool_3x3", 0), ("max_pool_3x3", 1)] * 4
    assert top_k(SPACE, uniform).to_pairs() == (expected, [2, 3, 4, 5], expected, [2, 3, 4, 5])


# Three edges into one node: raw alpha is largest on the last two, the softmax on the first and the last.
ROWS = np.stack([edge(0, 0), edge(0, 0), edge(1, 5), edge(10, 11), edge(10, 15)])


def test_edges_compete_by_mixing_weight_not_by_raw_alpha() -> None:
    np.testing.assert_allclose(edge_strengths(TWO_NODES, softmax(ROWS))[2:], [0.89, 0.28, 0.95], atol=0.005)
    assert sorted(kept(ROWS, 3)) == [0, 2]


def test_connections_are_listed_by_strength() -> None:
    assert kept(ROWS, 3) == [2, 0]


def twins() -> dict[str, tuple[np.ndarray, list[int]]]:
    """Wrong strengths and a case that tells them from the right one: {rule: (alpha, what the rule would keep)}."""
    none_heavy, spread = np.zeros((5, 8)), np.zeros((5, 8))
    none_heavy[2], none_heavy[3], none_heavy[4] = edge(0, 4, 0), edge(0, 0.3), edge(0, 0.2)
    none_heavy[2, 4] = 1.5  # strong among the others, weak in the whole: none has most
    spread[2], spread[3], spread[4] = edge(0, -9, 0), edge(0, 1.5), edge(0, 1.4)
    return {
        "raw alpha": (ROWS, by(ROWS[2:, 1:].max(1))),
        "none may win": (none_heavy, by(softmax(none_heavy)[2:].max(1))),
        "none renormalised away": (none_heavy, by(softmax(none_heavy[2:, 1:]).max(1))),
        "sum of the others": (spread, by(softmax(spread)[2:, 1:].sum(1))),
        "softmax over edges": (ROWS, by(softmax(ROWS.T).T[2:, 1:].max(1))),
    }


def by(strengths: np.ndarray) -> list[int]:
    return sorted(np.argsort(-strengths, kind="stable")[:2].tolist())


@pytest.mark.parametrize("rule", twins())
def test_a_wrong_rule_keeps_other_edges(rule: str) -> None:
    alpha, wrong = twins()[rule]
    assert sorted(kept(alpha, 3)) != wrong


def test_none_is_never_chosen_however_large() -> None:
    alpha = np.zeros((2, 8))
    alpha[:, 0], alpha[0, 6], alpha[1, 3] = 9, 1, 1
    cell = top_k(ONE_NODE, {"normal": softmax(alpha)}).normal
    assert [(c.predecessor, c.operation) for c in cell.connections] == [(0, "dil_conv_3x3"), (1, "skip_connect")]


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_derived_cell_agrees_with_a_slow_reading_of_the_rule(seed: int, nodes: int) -> None:
    space = SearchSpace(nodes)
    generator = np.random.default_rng(seed)
    weights = {kind: softmax(generator.normal(size=(len(space.edges), 8))) for kind in space.kinds}
    genotype = top_k(space, weights)
    for kind, cell in genotype.cells.items():
        for node in cell.nodes:
            best = {}
            for row, (target, source) in enumerate(space.edges):
                if target == node:
                    share, name = max((weights[kind][row][o], space.operations[o]) for o in range(1, 8))
                    best[source] = (share, name)
            strongest = sorted(best, key=lambda source: -best[source][0])[:2]
            assert [(c.predecessor, c.operation) for c in cell.into(node)] == [(s, best[s][1]) for s in strongest]


@given(seed=st.integers(0, 10**6), nodes=st.integers(1, 4))
def test_in_a_tied_space_one_cell_is_derived_for_both_kinds(seed: int, nodes: int) -> None:
    tied = SearchSpace(nodes, kinds=("normal",), tied=True)
    table = np.random.default_rng(seed).random((len(tied.edges), len(tied.operations)))
    found = top_k(tied, {"normal": table})
    assert found == Genotype(top_k(SearchSpace(nodes), {"normal": table, "reduce": table}).normal, tied=True)
    assert random_genotype(tied, seed) == Genotype(random_genotype(SearchSpace(nodes), seed).normal, tied=True)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_k_predecessors_are_kept_where_there_are_so_many(k: int) -> None:
    cell = top_k(SPACE, {kind: np.full((14, 8), 1 / 8) for kind in SPACE.kinds}, k).normal
    assert [len(cell.into(node)) for node in cell.nodes] == [min(k, node) for node in cell.nodes]


def test_a_random_genotype_follows_its_seed_and_can_be_drawn_in_every_way() -> None:
    assert random_genotype(SPACE, 1) == random_genotype(SPACE, 1) != random_genotype(SPACE, 2)
    seen = {random_genotype(TWO_NODES, seed).normal.into(3)[0][1:] for seed in range(400)}
    assert len(seen) == 3 * 7  # three predecessors, seven operations
    genotype = random_genotype(SPACE, 3)
    assert Genotype.from_json(genotype.to_json()) == genotype


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({}, r"mixing weights of kind 'normal' are missing"),
        ({"normal": np.ones((5, 8))}, r"have shape \(5, 8\), this space needs \(2, 8\)"),
        ({"normal": np.full((2, 8), np.nan)}, "are not finite"),
    ],
    ids=["missing", "shape", "nan"],
)
def test_weights_that_do_not_fit_are_refused(weights: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        top_k(ONE_NODE, weights)


def test_mixing_weights_may_be_tensors_of_any_type() -> None:
    table = torch.tensor([[0.1, 0.5, 0.4], [0.2, 0.2, 0.6]])
    space = SearchSpace(1, ("none", "skip_connect", "sep_conv_3x3"), kinds=("normal",))
    wanted = top_k(space, {"normal": table.numpy()})
    assert top_k(space, {"normal": table.bfloat16()}) == top_k(space, {"normal": table.requires_grad_()}) == wanted


def test_k_must_be_at_least_one() -> None:
    with pytest.raises(UserError, match="must be at least 1, got 0; the paper uses 2"):
        top_k(ONE_NODE, {"normal": np.ones((2, 8))}, 0)


ROWS_MIXING = st.lists(st.floats(-50, 50), min_size=1, max_size=8)


@given(ROWS_MIXING, st.floats(0.01, 20))
def test_it_is_the_relaxation(row: list[float], temperature: float) -> None:
    arch = Arch({"normal": torch.tensor([row], dtype=torch.float64)})
    np.testing.assert_allclose(derive_softmax([row], temperature), relaxation(arch, temperature)["normal"], atol=1e-12)


def test_a_mask_is_that_of_the_relaxation() -> None:
    alpha, mask = np.random.default_rng(0).normal(size=(5, 4)), np.arange(20).reshape(5, 4) % 3 > 0
    arch = Arch({"normal": torch.from_numpy(alpha)}, mask={"normal": torch.from_numpy(mask)})
    np.testing.assert_allclose(derive_softmax(alpha, 0.5, mask), relaxation(arch, 0.5)["normal"], atol=1e-12)


@given(st.lists(ROWS_MIXING.filter(lambda row: len(row) == 3), min_size=1, max_size=5))
def test_a_history_is_a_softmax_of_each_row(table: list[list[float]]) -> None:
    np.testing.assert_array_equal(derive_softmax(table), np.array([derive_softmax(row) for row in table]))


@pytest.mark.parametrize(
    ("weights", "nats"), [([1.0], 0.0), ([0, 1, 0], 0.0), ([0.25] * 4, math.log(4)), ([0.5, 0.5, 0], math.log(2))]
)
def test_entropy_is_in_nats(weights: list[float], nats: float) -> None:
    assert float(entropy(weights)) == pytest.approx(nats, abs=1e-12) and math.copysign(1, entropy(weights)) == 1
