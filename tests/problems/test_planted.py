"""A hidden cell of known operations: what is computed, and that it is a bilevel problem with one answer."""

from itertools import product

import pytest
import torch
from torch import Tensor

from dartslab.base.messages import UserError
from dartslab.problems.picture_operations import PICTURE_OPERATIONS, Pool, load_pool
from dartslab.problems.planted import EDGES, GAIN, MEMORY, Planted, PlantedConfig


@pytest.fixture(scope="module")
def pool() -> Pool:
    return load_pool()


def test_the_result_is_that_of_the_hidden_cell(pool: Pool) -> None:
    hidden = ("keep", "turn", "blur", "mirror", "outline")
    problem = Planted(PlantedConfig(hidden=hidden), pool)
    a, b = problem.train.before
    scale = dict(zip(problem.names, problem.scales, strict=True))
    gains = problem.strengths.sum(1)

    def on(edge: int, x: Tensor) -> Tensor:
        return gains[edge] * scale[hidden[edge]] * PICTURE_OPERATIONS[hidden[edge]](x)

    low = on(0, a) + on(1, b)
    torch.testing.assert_close(problem.train.results[0], low)
    torch.testing.assert_close(problem.train.results[1], on(2, a) + on(3, b) + on(4, low))
    assert bool((gains >= 0.7).all() and (gains < 1.3).all())


def test_all_operations_are_equally_strong_on_the_pool(pool: Pool) -> None:
    problem = Planted(PlantedConfig(look_alikes=True), pool)
    x = pool.images.double() / 255
    made = problem.apply_all(x / x.square().mean().sqrt())
    torch.testing.assert_close(made.square().mean((1, 2, 3)), torch.ones(9, dtype=torch.float64))


@pytest.mark.parametrize("memorise", [False, True])
def test_the_loss_is_zero_where_alpha_and_w_are_those_of_the_hidden_cell(pool: Pool, memorise: bool) -> None:
    problem = Planted(PlantedConfig(seed=3, memorise=memorise), pool)
    sure = torch.full((5, 7), -torch.inf, dtype=torch.float64)
    sure[range(5), problem.answer] = 0
    w = problem.first_weights | {"gain": (problem.strengths.sum(1) - 1) / GAIN}
    assert problem.losses(w, sure) == pytest.approx((0, 0), abs=1e-20)


def test_weights_that_memorise_store_a_picture_for_each_node(pool: Pool) -> None:
    problem = Planted(PlantedConfig(memorise=True, pairs=1), pool)
    alpha = problem.first_alpha.parameters()
    errors = [
        wanted - got
        for wanted, got in zip(
            problem.train.results, problem.mix(problem.first_weights, alpha, problem.train), strict=True
        )
    ]
    learned = problem.first_weights | {"memory": torch.cat(errors) / MEMORY}
    losses = problem.losses(learned, problem.first_alpha.alpha["normal"])
    assert losses[0] == pytest.approx(0, abs=1e-20) and losses[1] > 0.1


def test_the_hessian_in_what_memorises_is_the_identity(pool: Pool) -> None:
    problem = Planted(PlantedConfig(memorise=True, pairs=2), pool)
    alpha = problem.first_alpha.parameters()

    def loss(memory: Tensor) -> Tensor:
        return problem.loss(problem.first_weights | {"memory": memory}, alpha, problem.train)

    memory = problem.first_weights["memory"]
    direction = torch.randn_like(memory)
    moved = torch.autograd.functional.hvp(loss, memory, direction)[1]
    torch.testing.assert_close(moved, direction)


def test_what_differs_where_nothing_can_be_memorised(pool: Pool) -> None:
    problem = Planted(PlantedConfig(), pool)
    moved = problem.first_weights | {"memory": torch.ones_like(problem.first_weights["memory"])}
    alpha = problem.first_alpha.alpha["normal"]
    assert problem.losses(moved, alpha) == problem.losses(problem.first_weights, alpha)


def test_training_pictures_are_as_bright_as_asked_and_apart_from_the_others(pool: Pool) -> None:
    plain, bright = (Planted(PlantedConfig(light=light), pool) for light in (1.0, 1.5))
    torch.testing.assert_close(bright.train.before, 1.5 * plain.train.before)
    torch.testing.assert_close(bright.val.before, plain.val.before)
    parts = (plain.train, plain.val, plain.shown)
    seen = [{tuple(row) for row in part.before.flatten(2).flatten(0, 1).tolist()} for part in parts]
    assert [len(part) for part in seen] == [8, 8, 2] and not seen[0] & seen[1] and not seen[2] & (seen[0] | seen[1])


def test_noise_is_a_share_of_the_results_strength(pool: Pool) -> None:
    clean, noisy = (Planted(PlantedConfig(noise=noise), pool) for noise in (0.0, 0.5))
    for before, after in zip(clean.train.results, noisy.train.results, strict=True):
        strength = before.square().mean().sqrt()
        assert float((after - before).square().mean().sqrt() / strength) == pytest.approx(0.5, rel=0.05)
    assert torch.equal(clean.shown.results[0], noisy.shown.results[0])


@pytest.mark.long
def test_all_but_36_of_the_16807_cells_compute_something_of_their_own(pool: Pool) -> None:
    """With node 2 = a + b, p of it and q of a and b is the same as q of it and p of a and b; mirrors likewise."""
    problem = Planted(PlantedConfig(), pool)
    sources = problem.shown.sources
    low = {(p, q): sources[0][p] + sources[1][q] for p, q in product(range(7), repeat=2)}  # every node 2
    direct = torch.cat(list(low.values())).flatten(1)  # [49, pixels]; what reaches node 3 from a and b
    alike = {}
    for (p, q), node in low.items():  # cells with another node 2 differ there already
        assert not [other for other in low if other > (p, q) and float((low[other] - node).abs().max()) < 1e-3]
        deeper = problem.apply_all(node)[:, 0].flatten(1)  # [7, pixels]
        high = (direct[:, None] + deeper).flatten(0, 1)
        apart = torch.cdist(high, high, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(torch.inf)
        if count := int((apart.amin(1) < 1e-6).sum()):
            alike[problem.names[p], problem.names[q]] = count
    mirrored = dict.fromkeys([("keep", "mirror"), ("mirror", "keep"), ("mirror", "mirror")], 2)
    assert alike == {("keep", "keep"): 30} | mirrored


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hidden": ("keep", "twist", "blur", "blur", "keep")}, "the search could not find it"),
        ({"hidden": ("keep", "shift 4", "blur", "blur", "keep")}, "the search could not find it"),
        ({"hidden": ("keep",)}, "an operation on each of 5 edges, got 1"),
        ({"noise": 50.0}, "noise must lie between 0 and 3 times"),
        ({"noise": float("nan")}, "noise must lie"),
        ({"pairs": 0}, "pairs must lie between 1 and 16, got 0"),
        ({"val_pairs": 17}, "val_pairs must lie"),
        ({"light": 0.0}, "light must lie between 0.1 and 10"),
    ],
)
def test_what_cannot_be_searched_is_one_sentence(changes: dict, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        PlantedConfig(**changes)
    assert sentence in str(refused.value)


def test_every_edge_has_a_candidate_of_its_own_in_the_count(pool: Pool) -> None:
    problem = Planted(PlantedConfig(seed=1), pool)
    weights = torch.full((5, 7), 0.1)
    weights[range(5), problem.answer] = 0.4
    assert problem.count_right(weights) == len(EDGES)
    weights[2, problem.answer[2]] = 0.05
    assert problem.count_right(weights) == 4
    assert problem.hidden_weights(weights) == pytest.approx([0.4, 0.4, 0.05, 0.4, 0.4])


def test_candidates_are_the_operations_one_by_one() -> None:
    problem = Planted(PlantedConfig(look_alikes=True))
    pictures = problem.val.before[0]
    one_by_one = torch.stack([candidate(pictures) for candidate in problem.candidates()])
    assert len(one_by_one) == len(problem.names) and torch.equal(one_by_one, problem.apply_all(pictures))
