"""The staircase: every edge has its own line, and what is written stands where nothing is drawn."""

from itertools import pairwise

import pytest

from dartslab import SearchSpace
from dartslab.widgets.models.staircase import LABEL, LINE, stairs, stairs_figure

NODES = [1, 2, 4, 7]


@pytest.mark.parametrize("nodes", NODES)
def test_edges_come_in_the_order_of_the_space_each_on_its_own_line(nodes: int) -> None:
    space, plan = SearchSpace(nodes), stairs(SearchSpace(nodes))
    assert [(edge["target"], edge["source"]) for edge in plan["edges"]] == list(space.edges)
    heights = [edge["y"] for edge in plan["edges"]]
    assert all(below - above >= LINE for above, below in pairwise(heights))
    assert heights[-1] < plan["output"]["y"] < plan["height"]


@pytest.mark.parametrize("nodes", NODES)
def test_an_edge_leads_to_the_right_from_its_source_into_the_box_of_its_target(nodes: int) -> None:
    plan = stairs(SearchSpace(nodes))
    for edge in plan["edges"]:
        source, target = plan["states"][edge["source"]], plan["states"][edge["target"]]
        assert edge["from"] == source["x"] < edge["to"] == target["x"]
        assert target["top"] < edge["y"] < target["bottom"]
        assert source["bottom"] <= edge["y"] <= source["end"]  # it leaves the line that comes down from its source


@pytest.mark.parametrize("nodes", NODES)
def test_nothing_is_drawn_where_the_names_of_operations_are_written(nodes: int) -> None:
    plan = stairs(SearchSpace(nodes))
    for edge in plan["edges"]:
        later = [state for state in plan["states"] if state["x"] > edge["to"]]
        assert all(state["top"] > edge["y"] + LINE / 2 for state in later)
        assert edge["to"] + LABEL <= plan["width"]


def test_the_picture_holds_both_cells_and_the_names_of_what_is_there() -> None:
    operations = ["skip_connect", "none", "none", "sep_conv_3x3", "max_pool_3x3"]
    figure = stairs_figure(SearchSpace(2), {"normal cell": operations, "reduction cell": ["none"] * 5})
    left, right = ({text.get_text() for text in panel.texts} for panel in figure.axes)
    assert {"normal cell", "skip_connect", "sep_conv_3x3", "max_pool_3x3", "0 → 2", "output"} <= left
    assert {"reduction cell", "input 0", "3"} <= right
    assert "skip_connect" not in right
