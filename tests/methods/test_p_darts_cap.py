"""p-darts-cap: nested masks over three stages, and at most two skip connections in a cell."""

from itertools import pairwise

import numpy as np
import pytest

import tiny
from dartslab import SearchState, search
from dartslab.base.messages import UserError
from dartslab.derive import top_k
from dartslab.genotype import Cell, Genotype
from dartslab.methods import METHODS
from dartslab.methods.p_darts_cap import cap_skips
from dartslab.space import PUBLISHED_OPERATIONS, SearchSpace

SPACE = SearchSpace(4)
SKIP = PUBLISHED_OPERATIONS.index("skip_connect")


def tables(seed: int, lean: float = 0.0) -> dict[str, np.ndarray]:
    """Mixing weights by chance, that lean towards skip connections."""
    drawn = np.random.default_rng(seed).dirichlet(np.ones(8), (2, len(SPACE.edges)))
    drawn[:, :, SKIP] += lean
    drawn /= drawn.sum(-1, keepdims=True)
    return dict(zip(SPACE.kinds, drawn, strict=True))


def skips(cell: Cell) -> dict[tuple[int, int], str]:
    return {(c.node, c.predecessor): c.operation for c in cell.connections if c.operation == "skip_connect"}


def count(genotype: Genotype) -> list[int]:
    return [len(skips(cell)) for cell in genotype.cells.values()]


@pytest.mark.parametrize("seed", range(20))
def test_a_cell_has_at_most_two_skips_and_a_smaller_cap_never_gives_more(seed: int) -> None:
    weights = tables(seed, lean=0.3)
    by_cap = [count(cap_skips(SPACE, weights, most)) for most in range(9)]
    assert all(max(found) <= most for most, found in enumerate(by_cap))
    assert all(fewer <= more for one, other in pairwise(by_cap) for fewer, more in zip(one, other, strict=True))
    assert (
        max(by_cap[8]) > 2 and max(count(METHODS["p-darts-cap"].derive(SPACE, weights))) <= 2
    )  # there was something to cap


@pytest.mark.parametrize("seed", range(20))
def test_where_no_more_than_the_cap_are_kept_it_is_the_published_derivation(seed: int) -> None:
    weights = tables(seed)
    free = top_k(SPACE, weights)
    assert cap_skips(SPACE, weights, max(count(free))) == free


def test_the_skips_that_weigh_most_stay_and_the_others_give_way_to_the_next_operation_or_edge() -> None:
    space = SearchSpace(2, ("skip_connect", "sep_conv_3x3", "none"), ("normal",))
    weights = {
        "normal": np.array([[0.6, 0.3, 0.1], [0.9, 0.05, 0.05], [0.8, 0.1, 0.1], [0.7, 0.1, 0.2], [0.4, 0.5, 0.1]])
    }
    assert skips(top_k(space, weights).normal).keys() == {(2, 0), (2, 1), (3, 0), (3, 1)}
    capped = cap_skips(space, weights).normal
    assert skips(capped).keys() == {(2, 1), (3, 0)}  # 0.9 and 0.8
    kept = {(c.node, c.predecessor): c.operation for c in capped.connections}
    assert kept[2, 0] == "sep_conv_3x3"  # the next operation of the same edge
    assert kept[3, 2] == "sep_conv_3x3" and (3, 1) not in kept  # 0.5 on another edge weighs more than 0.1 on this
    assert weights["normal"][0, 0] == 0.6  # what is given stays


def test_masks_are_nested_and_what_is_left_sums_to_1() -> None:
    config = tiny.search_config(method="p-darts-cap", operations=PUBLISHED_OPERATIONS, alpha_learning_rate=0.1)
    state = SearchState.create(config, tiny.pictures())
    alive, counts = [], []
    for event in search(state):
        alive.append(event.weights["normal"] > 0)
        counts.append(set(alive[-1].sum(1).tolist()))
        np.testing.assert_allclose(event.weights["normal"].sum(1), 1, rtol=1e-5)
    assert all((later <= earlier).all() for earlier, later in pairwise(alive))
    thirds = [next(step for step, found in enumerate(counts) if found == {most}) for most in (8, 5, 3)]
    assert thirds == [0, -(-len(counts) // 3), -(-2 * len(counts) // 3)]
    assert max(count(state.genotype())) <= 2 and not state.idle_settings()


@pytest.mark.parametrize("operations", [("none", "sep_conv_3x3"), ("none", "skip_connect")])
def test_without_a_skip_or_without_anything_else_it_is_refused(operations: tuple[str, ...]) -> None:
    with pytest.raises(UserError, match="p-darts-cap replaces skip connections by other operations"):
        SearchState.create(tiny.search_config(method="p-darts-cap", operations=operations), tiny.pictures())
