"""Numbering cells: every cell of a space has one number, every number one cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab import PUBLISHED, SearchSpace
from dartslab.base.messages import UserError
from dartslab.derive import random_genotype
from dartslab.genotype import Cell, Connection
from dartslab.widgets.models.counting import cell_from_number, cell_number, not_counted

FULL = SearchSpace()
COUNTS = {1: 49, 2: 7203, 3: 2117682, 4: 1037664180}  # with 7 operations other than none


def cell(*connections: tuple[int, int, str], concat: tuple[int, ...] = (2, 3)) -> Cell:
    return Cell(tuple(Connection(*connection) for connection in connections), concat)


@pytest.mark.parametrize(("nodes", "count"), COUNTS.items())
def test_the_last_number_is_the_count_of_the_space(nodes: int, count: int) -> None:
    space = SearchSpace(nodes)
    last = cell_from_number(space, count)
    assert cell_number(space, last) == space.count_cells() == count
    assert [(c.predecessor, c.operation) for c in last.into(nodes + 1)] == [
        (nodes - 1, "dil_conv_5x5"),
        (nodes, "dil_conv_5x5"),
    ]


@pytest.mark.parametrize(
    "space",
    [
        SearchSpace(1, ("skip_connect",)),
        SearchSpace(1),
        SearchSpace(2, ("none", "skip_connect", "max_pool_3x3", "sep_conv_3x3")),
        SearchSpace(3, ("skip_connect", "none", "max_pool_3x3")),
    ],
    ids=lambda space: f"{space.nodes} nodes, {len(space.operations)} operations",
)
def test_in_a_small_space_all_cells_are_numbered_without_a_gap(space: SearchSpace) -> None:
    numbers = range(1, space.count_cells() + 1)
    cells = [cell_from_number(space, number) for number in numbers]
    assert len(set(cells)) == len(cells)
    assert [cell_number(space, cell) for cell in cells] == list(numbers)


def test_numbers_count_like_a_clock_the_last_operation_fastest() -> None:
    space = SearchSpace(2, ("skip_connect", "max_pool_3x3"))
    told = [[(c.predecessor, c.operation) for c in cell_from_number(space, n).into(3)] for n in (1, 2, 3, 5, 13)]
    assert told == [
        [(0, "skip_connect"), (1, "skip_connect")],
        [(0, "skip_connect"), (1, "max_pool_3x3")],
        [(0, "max_pool_3x3"), (1, "skip_connect")],
        [(0, "skip_connect"), (2, "skip_connect")],
        [(0, "skip_connect"), (1, "skip_connect")],  # node 2 has moved on
    ]


@given(st.integers(1, COUNTS[4]))
def test_in_the_full_space_a_number_leads_to_its_cell_and_back(number: int) -> None:
    assert cell_number(FULL, cell_from_number(FULL, number)) == number


@given(st.integers(0, 2**32 - 1), st.permutations(range(8)))
def test_a_derived_cell_leads_to_its_number_and_back_in_any_order_of_its_connections(seed: int, order: list) -> None:
    derived = random_genotype(FULL, seed).normal
    shuffled = Cell(tuple(derived.connections[i] for i in order), derived.concat)
    number = cell_number(FULL, shuffled)
    assert number == cell_number(FULL, derived)
    assert set(cell_from_number(FULL, number).connections) == set(derived.connections)


@pytest.mark.parametrize("name", ["DARTS_V1", "DARTS_V2", "PC_DARTS_cifar", "PDARTS"])
def test_cells_found_by_a_search_in_the_space_are_counted(name: str) -> None:
    for found in PUBLISHED[name].cells.values():
        assert 1 <= cell_number(FULL, found) <= COUNTS[4]


SKIP = "skip_connect"
OTHERS = {
    "it has 1 node, the counted cells have 2": cell((2, 0, SKIP), (2, 1, SKIP), concat=(2,)),
    "it concatenates [3], the counted cells all their nodes": cell((2, 0, SKIP), (3, 1, SKIP), concat=(3,)),
    "node 2 has 1 connection, a node of the counted cells has 2": cell((2, 0, SKIP), (3, 1, SKIP)),
    "node 3 has 3 connections": cell((2, 0, SKIP), (2, 1, SKIP), (3, 0, SKIP), (3, 1, SKIP), (3, 2, SKIP)),
    "node 2 reads state 1 twice": cell((2, 1, SKIP), (2, 1, SKIP), (3, 0, SKIP), (3, 1, SKIP)),
    "node 3 uses sep_conv_7x7": cell((2, 0, SKIP), (2, 1, SKIP), (3, 0, SKIP), (3, 1, "sep_conv_7x7")),
}


@pytest.mark.parametrize("why", OTHERS)
def test_other_cells_have_no_number_and_a_reason(why: str) -> None:
    space = SearchSpace(2)
    assert cell_number(space, OTHERS[why]) is None
    assert not_counted(space, OTHERS[why]).startswith(why)


@pytest.mark.parametrize("number", [0, -1, 50, 1.5, "1"])
def test_a_number_that_no_cell_has_is_refused_in_a_sentence(number: object) -> None:
    with pytest.raises(UserError, match=r"there is no cell with the number .*49 cells of a kind, pass 1 to 49"):
        cell_from_number(SearchSpace(1), number)
