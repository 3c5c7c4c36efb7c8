"""The supernet: the published number of parameters, no trace of alpha, any picture size."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from dartslab import Arch, SearchSpace, Supernet, count_parameters
from dartslab.base.messages import UserError
from dartslab.relaxation import softmax
from dartslab.space import skeleton
from tiny import OPERATIONS

# Trainable parameters, counted with PyTorch in the published implementation's structure: (C, cells, nodes, classes).
COUNTS = {
    (16, 8, 4, 10): 1930618,
    (16, 6, 4, 10): 1322490,
    (16, 5, 4, 10): 1275834,
    (8, 8, 4, 10): 597890,
    (8, 5, 4, 10): 394210,
    (8, 3, 4, 10): 209442,
    (4, 8, 4, 10): 207094,
    (4, 4, 4, 10): 118742,
    (4, 3, 4, 10): 72854,
    (4, 2, 4, 10): 65606,
    (16, 8, 4, 100): 1953748,
    (8, 4, 2, 10): 128018,
    (4, 3, 2, 10): 26958,
    (8, 3, 3, 10): 136786,
    (4, 3, 3, 10): 47470,
    (8, 4, 3, 10): 226066,
}


@pytest.mark.parametrize(("shape", "count"), COUNTS.items(), ids=str)
def test_it_has_the_published_number_of_parameters(shape: tuple[int, ...], count: int) -> None:
    channels, layers, nodes, classes = shape
    with torch.device("meta"):
        assert count_parameters(Supernet(SearchSpace(nodes), channels, layers, classes)) == count


def test_it_owns_no_buffer_and_nothing_of_the_architecture() -> None:
    net = Supernet(SearchSpace(), 4, 3)
    assert not list(net.buffers())
    assert not any(tuple(p.shape) == (14, 8) for p in net.parameters())


@pytest.mark.parametrize("size", [8, 9, 13, 14, 28, 32, 63, 64])
def test_pictures_of_any_size_give_logits(size: int) -> None:
    space = SearchSpace(nodes=1)
    net = Supernet(space, 2, 3, classes=7, input_channels=1)
    assert net(torch.randn(2, 1, size, size), softmax(Arch.create(space))).shape == (2, 7)


def test_reduction_cells_stand_at_one_and_two_thirds_and_double_the_channels() -> None:
    places = skeleton(8, 16, {"normal": 4, "reduce": 4}, 48)
    assert [place.kind == "reduce" for place in places] == [False, False, True, False, False, True, False, False]
    assert [place.channels for place in places] == [16, 16, 32, 32, 32, 64, 64, 64]
    assert [place.halve for place in places] == [False, False, False, True, False, False, True, False]
    assert [place.channels_last for place in places] == [48, 64, 64, 128, 128, 128, 256, 256]


def test_a_space_without_reduction_cells_keeps_the_resolution() -> None:
    space = SearchSpace(nodes=1, kinds=("normal",))
    net = Supernet(space, 4, 3)
    assert net.kinds == ("normal",) * 3
    assert net(torch.randn(2, 3, 8, 8), softmax(Arch.create(space))).shape == (2, 10)


def test_a_tied_supernet_is_as_large_as_the_published_one_and_asks_for_one_table() -> None:
    tied = SearchSpace(kinds=("normal",), tied=True)
    with torch.device("meta"):
        net = Supernet(tied, 16, 8)
    assert count_parameters(net) == COUNTS[16, 8, 4, 10] and net.kinds == ("normal",) * 8
    assert [cell.reduction for cell in net.cells] == [layer in (2, 5) for layer in range(8)]


@settings(max_examples=20)
@given(
    nodes=st.integers(1, 3),
    layers=st.integers(1, 6),
    size=st.integers(4, 9),
    seed=st.integers(0, 99),
    scale=st.floats(0, 3),
)
def test_the_gradient_of_tied_alpha_is_the_sum_of_those_of_two_equal_tables(
    nodes: int, layers: int, size: int, seed: int, scale: float
) -> None:
    torch.manual_seed(seed)
    spaces = SearchSpace(nodes, OPERATIONS), SearchSpace(nodes, OPERATIONS, ("normal",), tied=True)
    untied, tied = (Supernet(space, 2, layers, classes=3, input_channels=1).double() for space in spaces)
    tied.load_state_dict(untied.state_dict())
    x, y = torch.randn(3, 1, size, size, dtype=torch.float64), torch.arange(3)
    table = scale * torch.randn(len(spaces[0].edges), len(OPERATIONS), dtype=torch.float64)
    found = []
    for net in (untied, tied):
        alpha = {kind: table.clone().requires_grad_() for kind in net.space.kinds}
        logits = net(x, softmax(Arch(alpha)))
        F.cross_entropy(logits, y).backward()
        kinds = {"reduce" if cell.reduction else "normal" for cell in net.cells} if net is untied else {"normal"}
        assert {kind for kind, table in alpha.items() if table.grad is not None} == kinds  # no cell, no gradient
        found.append((logits, sum(alpha[kind].grad for kind in kinds)))
    assert torch.equal(found[0][0], found[1][0])
    torch.testing.assert_close(found[1][1], found[0][1], rtol=1e-10, atol=1e-12)


def test_looking_twice_gives_the_same_logits_and_leaves_no_trace() -> None:
    space = SearchSpace(nodes=1)
    net, weights = Supernet(space, 2, 2), softmax(Arch.create(space))
    x = torch.randn(4, 3, 8, 8)
    first = net(x, weights)
    net(torch.randn(4, 3, 8, 8), weights)
    assert torch.equal(net(x, weights), first)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [({"layers": 0}, "at least 1 cell"), ({"channels": 0}, "at least 1 channel"), ({"classes": 0}, "at least 1 class")],
    ids=["layers", "channels", "classes"],
)
def test_a_supernet_that_cannot_be_is_refused(arguments: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Supernet(SearchSpace(), **arguments)
