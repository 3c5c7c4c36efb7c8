"""darts-pt: operations and edges are chosen by what the supernet loses without them, whatever alpha says."""

from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

import tiny
from dartslab import SearchState, search
from dartslab.methods import METHODS
from dartslab.methods.darts_pt import choose, turns, weigh_what_is_left
from dartslab.methods.method import Moment
from dartslab.relaxation import Arch, Weights, softmax
from dartslab.run.method_steps import steps_between
from dartslab.space import SearchSpace

SPACE = SearchSpace(3, tiny.OPERATIONS)  # 9 edges; nodes 3 and 4 have 3 and 4 of them
CHOICES = METHODS["darts-pt"].choices


@dataclass
class Known:
    """A search in which the accuracy is known: the sum of all mixing weights, each times what it is worth."""

    arch: Arch
    worth: dict[str, Tensor]
    seed: int = 0
    choices: list = field(default_factory=list)
    asked: list[Weights] = field(default_factory=list)

    def moment(self) -> Moment:
        return Moment("look", 1.0, 1.0, SPACE, self.seed, 100 + len(self.choices))

    def weights(self) -> Weights:
        return weigh_what_is_left(self.arch, self.moment())

    def validate(self, weights: Weights | None = None) -> tuple[float, float]:
        self.asked.append(weights)
        value = sum(float((weights[kind] * self.worth[kind]).sum()) for kind in SPACE.kinds)
        return -value, round(value, 9)

    def choose_all(self) -> "Known":
        for _ in range(CHOICES.count(SPACE)):
            self.choices.append(choose(self))
        return self


def known(seed: int = 0) -> Known:
    """What an operation is worth is drawn at random; alpha leans towards skip_connect on every edge."""
    generator = torch.Generator().manual_seed(seed)
    worth = {kind: torch.rand(9, 4, generator=generator, dtype=torch.float64) for kind in SPACE.kinds}
    alpha = {kind: torch.zeros(9, 4, dtype=torch.float64) for kind in SPACE.kinds}
    for table in alpha.values():
        table[:, SPACE.operations.index("skip_connect")] = 0.1
    return Known(Arch(alpha), worth, seed)


def lost(search: Known, kind: str) -> Tensor:
    """What removing each operation loses at first, [E, O]; `none` is never chosen."""
    return (softmax(search.arch)[kind] * search.worth[kind])[:, 1:]


@pytest.mark.parametrize("seed", range(5))
def test_the_operation_whose_removal_costs_most_is_kept_whatever_alpha_says(seed: int) -> None:
    fresh, done = known(seed), known(seed).choose_all()
    against_alpha = 0
    for kind in SPACE.kinds:
        best = lost(fresh, kind).argmax(1) + 1
        for choice in done.choices[:9]:
            row, column = choice[kind]
            assert column == best[row]
        against_alpha += int((best != fresh.arch.alpha[kind].argmax(1)).sum())
    assert against_alpha > 4


@pytest.mark.parametrize("seed", range(5))
def test_then_each_node_keeps_the_two_edges_whose_removal_costs_most(seed: int) -> None:
    done = known(seed).choose_all()
    genotype = CHOICES.derive(SPACE, done.weights(), done.choices)
    for kind in SPACE.kinds:
        operations = dict(choice[kind] for choice in done.choices[:9])
        for node in (2, 3, 4):
            value = {row: float(done.worth[kind][row, operations[row]]) for row in SPACE.rows(node)}
            kept = sorted(value, key=value.get)[-2:]
            expected = {(SPACE.edges[row].source, SPACE.operations[operations[row]]) for row in kept}
            assert {(c.predecessor, c.operation) for c in genotype.cells[kind].into(node)} == expected


def test_the_weight_of_a_removed_operation_is_0_and_the_others_keep_theirs() -> None:
    """Switched off by the mask they would grow: that is another question."""
    first = known()
    whole = first.weights()
    (row, _) = choose(first)["normal"]
    for column, asked in enumerate(first.asked[:3], start=1):
        expected = whole["normal"].clone()
        expected[row, column] = 0.0
        assert torch.equal(asked["normal"], expected) and torch.equal(asked["reduce"], whole["reduce"])


def test_a_decided_edge_computes_one_operation_and_a_removed_edge_none() -> None:
    done = known().choose_all()
    for kind, weights in done.weights().items():
        assert weights.sum(1).tolist() == [float(mask.any()) for mask in done.arch.mask[kind]]
        assert sorted(weights.sum(1).tolist()) == [0.0] * 3 + [1.0] * 6  # 1 of 3 and 2 of 4 edges are removed
        assert set(weights.flatten().tolist()) == {0.0, 1.0}
    alpha = done.arch.alpha["normal"].clone().requires_grad_()
    arch = Arch({"normal": alpha}, {}, {"normal": done.arch.mask["normal"]})
    with torch.autograd.set_detect_anomaly(True):  # 0 / 0 nowhere on the way
        (gradient,) = torch.autograd.grad(weigh_what_is_left(arch, done.moment())["normal"].sum(), alpha)
    assert torch.equal(gradient, torch.zeros_like(gradient))


def test_without_a_choice_the_weights_are_those_of_darts() -> None:
    arch = known().arch
    assert torch.equal(weigh_what_is_left(arch, known().moment())["normal"], softmax(arch)["normal"])


def test_every_edge_and_every_node_but_the_first_has_its_turn_once_in_an_order_that_the_seed_decides() -> None:
    def order(seed: int, step: int = 0) -> dict[str, list[int]]:
        return turns(Moment("look", 1.0, 1.0, SPACE, seed, step))

    for places in order(0).values():
        assert sorted(places[:9]) == [*range(9)] and sorted(places[9:]) == [3, 4]
    assert order(0) == order(0, step=50) != order(1) and order(0)["normal"] != order(0)["reduce"]
    assert order(0)["normal"][:9] != [*range(9)]


def test_the_larger_loss_decides_between_equal_accuracies() -> None:
    tied = known(3)
    value = tied.validate
    tied.validate = lambda weights: (value(weights)[0], 0.5)
    fresh = known(3)
    (row, column) = choose(tied)["normal"]
    assert column == lost(fresh, "normal")[row].argmax() + 1


def test_passes_over_the_validation_half_are_those_stated() -> None:
    done = known().choose_all()
    assert len(done.asked) == 2 * (9 * 3 + 3 + 4)
    published = SearchSpace(4)
    assert (len(published.edges) * 7, sum(len(published.rows(node)) for node in (3, 4, 5))) == (98, 12)
    assert 5 * (CHOICES.count(published) - 1) == 80


def test_a_search_trains_between_its_choices_and_ends_with_what_was_chosen() -> None:
    state = SearchState.create(tiny.search_config(method="darts-pt", nodes=2, epochs=1), tiny.pictures())
    *_, last = search(state)
    between = steps_between(state.method.choices, state.search_steps)
    assert last.step == state.search_steps + 5 * between and len(state.choices) == 6
    for kind, cell in state.genotype().cells.items():
        chosen = dict(choice[kind] for choice in state.choices[:5])
        node, *edges = state.choices[5][kind]
        space = state.config.space
        assert {space.edges.index((node, c.predecessor)) for c in cell.into(node)} == set(edges)
        for c in cell.connections:
            assert space.operations.index(c.operation) == chosen[space.edges.index((c.node, c.predecessor))]
    assert last.genotype == state.genotype()
