"""The search space: counts of edges and cells, and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab import SearchSpace
from dartslab.base.messages import UserError
from dartslab.space import INPUTS, PUBLISHED_OPERATIONS


@given(st.integers(1, 7))
def test_a_cell_of_n_nodes_has_n_times_n_plus_3_over_2_edges(nodes: int) -> None:
    assert len(SearchSpace(nodes).edges) == nodes * (nodes + 3) // 2


@given(st.integers(1, 7))
def test_every_node_reads_from_every_earlier_state_once(nodes: int) -> None:
    space = SearchSpace(nodes)
    for node in range(INPUTS, INPUTS + nodes):
        assert [space.edges[row].source for row in space.rows(node)] == list(range(node))


def test_an_edge_is_named_from_its_state_to_its_node() -> None:
    assert [edge.name for edge in SearchSpace(2).edges] == ["0 → 2", "1 → 2", "0 → 3", "1 → 3", "2 → 3"]


# prod over k of 49 k (k + 1) / 2, with 7 operations that can win
@pytest.mark.parametrize(("nodes", "cells"), [(2, 7203), (3, 2117682), (4, 1037664180)])
def test_the_number_of_cells_is_the_published_one(nodes: int, cells: int) -> None:
    assert SearchSpace(nodes).count_cells() == cells


def test_the_operations_stand_in_the_published_order() -> None:
    assert SearchSpace().operations == PUBLISHED_OPERATIONS
    assert PUBLISHED_OPERATIONS[:4] == ("none", "max_pool_3x3", "avg_pool_3x3", "skip_connect")


def test_what_can_be_derived_are_the_operations_other_than_none() -> None:
    assert SearchSpace(1, ("skip_connect", "none", "sep_conv_3x3")).choices == [0, 2]


def test_in_a_tied_space_both_kinds_of_cell_read_one_table() -> None:
    tied = SearchSpace(kinds=("normal",), tied=True)
    assert tied == SearchSpace.with_reduction(4, PUBLISHED_OPERATIONS, tied=True)
    assert tied.table_of == {"normal": "normal", "reduce": "normal"}
    assert SearchSpace().table_of == {"normal": "normal", "reduce": "reduce"}
    assert SearchSpace(kinds=("normal",)).table_of == {"normal": "normal"}  # no reduction cell at all


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"operations": ("sep_conv3x3",)}, "unknown operation 'sep_conv3x3'; allowed are: sep_conv_3x3"),
        ({"operations": ("none", "none", "skip_connect")}, "operation none is listed twice"),
        ({"operations": ("none",)}, "at least one other than 'none' is needed"),
        ({"operations": ()}, "at least one other than 'none' is needed"),
        ({"nodes": 0}, "a cell has 1 to 7 nodes, got 0"),
        ({"nodes": 8}, "a cell has 1 to 7 nodes, got 8"),
        ({"nodes": 2.0}, "a cell has 1 to 7 nodes, got 2.0"),
        ({"nodes": "4"}, "a cell has 1 to 7 nodes, got '4'"),
        ({"operations": "skip_connect"}, "operations are 'skip_connect'; a list of names is needed"),
        ({"operations": None}, "operations are None; a list of names is needed"),
        ({"kinds": ("normal", "reduction")}, "unknown cell kind 'reduction'; allowed are: reduce"),
        ({"kinds": ("reduce",)}, "the kind 'normal' is needed"),
        ({"tied": True}, "reduction cells read the table of the normal cell; pass kinds=('normal',)"),
        ({"tied": 1, "kinds": ("normal",)}, "tied must be True or False, got 1"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_space_that_cannot_be_is_refused(arguments: dict, sentence: str) -> None:
    with pytest.raises(UserError) as error:
        SearchSpace(**arguments)
    assert sentence in str(error.value)
