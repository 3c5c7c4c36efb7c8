"""Every cell of a small space: how many there are, how they are written, and that the network is what the cell says."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dartslab import Genotype, Network, SearchConfig, SearchSpace, random_genotype, top_k
from dartslab.genotype import PUBLISHED, Cell, Connection
from dartslab.space import WITHOUT_NONE
from dartslab.truth.cells import list_cells, number_nodes, write_genotype
from sentences import refusal

FOUR = ("skip_connect", "max_pool_3x3", "sep_conv_3x3", "dil_conv_3x3")
LESSON = SearchConfig.quick().space
TIED = SearchSpace(2, FOUR, ("normal",), tied=True)


@pytest.mark.parametrize(
    ("space", "count"),
    [
        (LESSON, 625),  # 25 cells of a kind
        (TIED, 648),  # 768, of which 256 do not use node 2 in node 3: 136 of those once the two are swapped
        (SearchSpace(1, ("skip_connect",), ("normal",)), 1),
        (SearchSpace(2, ("skip_connect",), ("normal",)), 3),
        (SearchSpace(1, FOUR), 256),
    ],
    ids=str,
)
def test_a_space_has_so_many_cells_and_each_is_listed_once(space: SearchSpace, count: int) -> None:
    cells = list_cells(space)
    assert len(cells) == count == len(set(map(write_genotype, cells)))
    assert all(tuple(cell.cells) == space.kinds and cell.tied == space.tied for cell in cells)


def test_the_published_space_is_too_large_to_list() -> None:
    assert "too many to list; take fewer nodes or operations." in refusal(list_cells, SearchSpace())


@pytest.mark.parametrize("space", [LESSON, TIED], ids=["lesson", "tied"])
def test_whatever_a_search_finds_is_in_the_list(space: SearchSpace) -> None:
    known = set(map(write_genotype, list_cells(space)))
    generator = torch.Generator().manual_seed(0)
    for seed in range(100):
        shape = (len(space.edges), len(space.operations))
        weights = {kind: torch.rand(shape, generator=generator) for kind in space.kinds}
        assert {write_genotype(top_k(space, weights)), write_genotype(random_genotype(space, seed))} <= known


@pytest.mark.parametrize("space", [LESSON, pytest.param(TIED, marks=pytest.mark.long)], ids=["lesson", "tied"])
def test_a_network_has_the_operations_that_its_text_names(space: SearchSpace) -> None:
    """Of every cell: what stands in the text is what the modules are, in which of the cells, on which states."""
    modules = {"MaxPool2d": "max_pool_3x3", "AvgPool2d": "avg_pool_3x3", "Identity": "skip_connect",
               "FactorizedReduce": "skip_connect"}  # fmt: skip

    def name_of(path: torch.nn.Module) -> str:
        """From the modules alone: pools and identities by their class, convolutions by how many and how wide."""
        found = modules.get(type(path).__name__) or next(
            (modules[type(part).__name__] for part in path.modules() if type(part).__name__ in modules), ""
        )
        depthwise = [one for one in path.modules() if isinstance(one, torch.nn.Conv2d) and one.groups > 1]
        return found or {1: "dil_conv_3x3", 2: "sep_conv_3x3"}[len(depthwise)]

    for genotype in list_cells(space):
        with torch.device("meta"):
            net = Network(genotype, channels=4, layers=3, auxiliary=False, input_channels=1)
        texts = dict(zip(genotype.cells, write_genotype(genotype), strict=True))
        for cell, kind in zip(net.cells, ("normal", "reduce", "reduce"), strict=True):
            built = zip(cell.cell.connections, cell.paths, strict=True)
            named = ", ".join(f"{c.node} <- {name_of(path)}({c.predecessor})" for c, path in built)
            assert named == texts.get(kind, texts["normal"])


CELLS = st.integers(0, 10_000).map(lambda seed: random_genotype(SearchSpace(3, WITHOUT_NONE), seed).normal)


@given(CELLS, st.data())
def test_cells_that_differ_in_the_numbers_of_their_nodes_are_written_alike(cell: Cell, data: st.DataObject) -> None:
    order = data.draw(st.permutations(cell.nodes))
    new = {0: 0, 1: 1} | dict(zip(cell.nodes, order, strict=True))
    connections = tuple(Connection(new[c.node], new[c.predecessor], c.operation) for c in cell.connections)
    if all(c.predecessor < c.node for c in connections):
        assert number_nodes(Cell(connections, cell.concat)).to_line() == number_nodes(cell).to_line()
    shuffled = Cell(tuple(data.draw(st.permutations(cell.connections))), cell.concat)
    assert number_nodes(shuffled).to_line() == number_nodes(cell).to_line()


def test_numbering_changes_nothing_that_a_network_computes_but_the_order_of_channels() -> None:
    """Of two nodes that both read the inputs: with the same weights the outputs are the same, node by node."""
    cell = Cell((Connection(2, 0, "max_pool_3x3"), Connection(2, 1, "skip_connect"),
                 Connection(3, 0, "avg_pool_3x3"), Connection(3, 1, "max_pool_3x3")), (2, 3))  # fmt: skip
    swapped = Cell(tuple(Connection(5 - c.node, c.predecessor, c.operation) for c in cell.connections), (2, 3))
    assert number_nodes(cell).connections == number_nodes(swapped).connections
    x = torch.rand(2, 6, 8, 8)
    parts = []
    for one in (cell, swapped):
        torch.manual_seed(0)
        net = Network(Genotype(one, tied=True), channels=2, layers=1, auxiliary=False).cells[0].eval()
        parts.append(net(x, x).chunk(2, dim=1))
    assert any(torch.equal(parts[0][i], parts[1][1 - i]) for i in (0, 1))


@pytest.mark.parametrize("name", ["DARTS_V1", "DARTS_V2", "NASNet"])
def test_numbering_a_published_cell_twice_changes_nothing(name: str) -> None:
    for cell in PUBLISHED[name].cells.values():
        once = number_nodes(cell)
        assert number_nodes(once) == once
        assert sorted(c.operation for c in once.connections) == sorted(c.operation for c in cell.connections)
        assert len(once.concat) == len(cell.concat)


def test_of_three_chained_nodes_only_one_numbering_is_allowed() -> None:
    chain = Cell((Connection(2, 0, "skip_connect"), Connection(2, 1, "skip_connect"), Connection(3, 2, "skip_connect"),
                  Connection(3, 1, "skip_connect"), Connection(4, 3, "skip_connect"),
                  Connection(4, 1, "skip_connect")), (2, 3, 4))  # fmt: skip
    assert set(number_nodes(chain).connections) == set(chain.connections)
