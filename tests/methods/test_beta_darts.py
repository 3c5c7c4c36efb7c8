"""Beta-DARTS: the gradient of its penalty is lambda softmax(alpha) / (number of edges), whatever the hypergradient."""

import pytest
import torch

import tiny
from dartslab import Arch, SearchSpace, Supernet
from dartslab.architect import HYPERGRADIENTS
from dartslab.bilevel import VirtualStep
from dartslab.data.batches import Batch
from dartslab.methods import METHODS
from dartslab.methods.beta_darts import beta_decay
from dartslab.methods.method import Moment
from dartslab.relaxation import softmax
from dartslab.run.problem import bilevel_problem

SPACE = SearchSpace(2, tiny.OPERATIONS)


@pytest.fixture
def arch() -> Arch:
    drawn = Arch.create(SPACE, 1.0, torch.Generator().manual_seed(0))
    return drawn.with_parameters({name: table.double() for name, table in drawn.parameters().items()})


@pytest.mark.parametrize("hypergradient", ["first_order", "exact", "finite_difference", "neumann"])
@pytest.mark.parametrize(("progress", "strength"), [(0.0, 0.0), (0.4, 10.0), (1.0, 25.0)])
def test_the_penalty_adds_the_same_gradient_in_first_and_second_order(
    arch: Arch, hypergradient: str, progress: float, strength: float
) -> None:
    torch.manual_seed(0)
    net = Supernet(SPACE, 2, 3, input_channels=1).double()
    train, val = (Batch(tiny.draw(4, 1, 8, 8), torch.arange(4)) for _ in range(2))
    moment = Moment("alpha", progress, 1.0, SPACE)
    found = []
    for penalty in (None, lambda now, weights: beta_decay(now, weights, moment)):
        problem = bilevel_problem(net, arch, softmax, VirtualStep(0.1), penalty=penalty)
        given = dict(net.named_parameters()), arch.parameters(), train, val
        found.append(HYPERGRADIENTS[hypergradient](problem, *given))
    edges = 2 * len(SPACE.edges)  # of both kinds
    for kind, table in softmax(arch).items():
        added = found[1][f"alpha.{kind}"] - found[0][f"alpha.{kind}"]
        torch.testing.assert_close(added, strength * table / edges)


def test_a_constant_added_to_a_row_changes_the_penalty_and_nothing_of_darts(arch: Arch) -> None:
    moment = Moment("alpha", 1.0, 1.0, SPACE)
    moved = arch.with_parameters({name: table + 1.0 for name, table in arch.parameters().items()})
    before, after = (beta_decay(a, softmax(a), moment) for a in (arch, moved))
    torch.testing.assert_close(after - before, torch.tensor(25.0, dtype=torch.float64))
    for kind, table in softmax(moved).items():
        torch.testing.assert_close(table, softmax(arch)[kind])


def test_its_mixing_weights_are_those_of_darts(arch: Arch) -> None:
    for phase in ("alpha", "w", "look"):
        found = METHODS["beta-darts"].weights(arch, Moment(phase, 0.5, 2.0, SPACE))
        assert all(torch.equal(table, softmax(arch, 2.0)[kind]) for kind, table in found.items())
