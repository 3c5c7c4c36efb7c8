"""What a NetworkMap says of the supernet, against the supernet itself."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from dartslab import SearchSpace
from dartslab.relaxation import Arch
from dartslab.supernet import Supernet
from dartslab.widgets.models.network_map import edge_name, map_data, map_frame
from sentences import refusal

OPERATIONS = ("none", "skip_connect", "max_pool_3x3")
SPACES = [SearchSpace(nodes, OPERATIONS) for nodes in (1, 2, 3)]
NETWORKS = [(space, layers, 16) for space in SPACES for layers in (1, 2, 3, 8)]
NETWORKS += [(SPACES[1], 8, 15), (SearchSpace(2, OPERATIONS, kinds=("normal",)), 4, 16)]


def sizes_seen(net: Supernet, picture: list[int]) -> dict[nn.Module, tuple[list[list[int]], list[list[int]]]]:
    """The tensors that go into every part of a supernet and those that come out, as lists of [C, H, W]."""
    seen = {}

    def sizes(tensors: Any) -> list[list[int]]:
        several = tensors if isinstance(tensors, tuple) else (tensors,)
        return [list(x.shape[1:]) for x in several if x.ndim == 4]  # mixing weights go in, too

    def listen(module: nn.Module, given: Any, made: Any) -> None:
        seen[module] = sizes(given), sizes(made)

    parts = [net.stem, *(part for cell in net.cells for part in (cell, cell.preprocess, *cell.mixed))]
    hooks = [part.register_forward_hook(listen) for part in parts]
    weights = {kind: torch.softmax(table, 1) for kind, table in Arch.create(net.space).alpha.items()}
    net(torch.zeros(2, *picture), weights)
    for hook in hooks:
        hook.remove()
    return seen


@pytest.mark.parametrize(("space", "layers", "side"), NETWORKS)
def test_every_size_is_that_of_the_supernet(space: SearchSpace, layers: int, side: int) -> None:
    picture = [1, side, side]
    net = Supernet(space, channels=4, layers=layers, classes=5, input_channels=1)
    seen, data = sizes_seen(net, picture), map_data(space, layers, 4, picture, 5)
    assert (data["picture"], data["stem"]) == (picture, seen[net.stem][1][0])
    assert [cell["kind"] for cell in data["cells"]] == list(net.kinds)
    for number, cell in enumerate(net.cells):
        for row, mixed in enumerate(cell.mixed):
            frame = map_frame({"level": "edge", "cell": number, "edge": edge_name(data["edges"][row])}, data)
            assert frame["inputs"] == seen[cell][0] and [frame["output"]] == seen[cell][1]
            assert [frame["inside"]] * 2 == seen[cell.preprocess][1]
            assert ([frame["state"]], [frame["result"]]) == seen[mixed]
            assert frame["edge"] == [space.edges[row].source, space.edges[row].target]


def test_a_cell_reads_the_two_places_before_it_and_the_first_one_the_stem_twice() -> None:
    cells = map_data(SearchSpace(), 8, 16, (3, 32, 32), 10)["cells"]
    assert [cell["reads"] for cell in cells][:4] == [[-1, -1], [-1, 0], [0, 1], [1, 2]]


def test_all_mixing_weights_are_alike_unless_some_are_given() -> None:
    space = SearchSpace(1, OPERATIONS)
    table = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    data = map_data(space, 3, 4, (1, 16, 16), 10, {"normal": table})
    assert data["weights"] == {"normal": table.tolist(), "reduce": [[0.333333] * 3] * 2}
    assert map_frame({"level": "edge", "cell": 0, "edge": "1 → 2"}, data)["weights"] == [0.1, 0.1, 0.8]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layers": 25}, "a map shows up to 24 cells, got layers=25"),
        ({"layers": 0}, "a network needs at least 1 cell"),
        ({"picture": (32, 32)}, "channels, height and width are needed, for example picture=(3, 32, 32)"),
        ({"picture": (3, 0, 32)}, "channels, height and width are needed"),
        ({"picture": (3, 32.5, 32)}, "channels, height and width are needed"),
        ({"picture": "3,32,32"}, "channels, height and width are needed"),
        ({"classes": 0}, "classes is 0; a whole number of at least 1"),
        ({"classes": "ten"}, "classes is 'ten'; a whole number of at least 1"),
        ({"weights": {"normal": "much"}}, "mixing weights of kind 'normal' are 'much'; a table of numbers"),
        ({"weights": {"normal": [[0.5, 0.5], [1.0]]}}, "a table of numbers [E, O] is needed"),
        ({"weights": {"normal": np.ones((2, 2))}}, "have shape (2, 2), this space needs (14, 8)"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    given = {"space": SearchSpace(), "layers": 8, "channels": 16, "picture": (3, 32, 32), "classes": 10} | changes
    assert sentence in refusal(lambda: map_data(**given))
