"""When edges and the derived cell changed, from plain tables of weights."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from dartslab import SearchSpace
from dartslab.widgets.models.search_history import COLUMNS, SearchHistory, edges_since, thin_segments, verdict

SPACE = SearchSpace(1, ("none", "skip_connect", "sep_conv_3x3"))  # two edges, both kept
SKIP, CONVOLUTION = (0.2, 0.5, 0.3), (0.6, 0.1, 0.3)  # `none` is never derived
EVEN = (0.2, 0.41, 0.39)


def weights(normal: list[tuple[float, ...]], reduce: list[tuple[float, ...]]) -> dict[str, np.ndarray]:
    return {"normal": np.array(normal), "reduce": np.array(reduce)}


@pytest.fixture
def history() -> SearchHistory:
    made = SearchHistory(SPACE)
    made.add(0, weights([SKIP, SKIP], [SKIP, SKIP]))
    made.add(1, weights([SKIP, CONVOLUTION], [SKIP, SKIP]))
    made.add(2, weights([SKIP, CONVOLUTION], [SKIP, SKIP]))
    made.add(3, weights([CONVOLUTION, CONVOLUTION], [CONVOLUTION, SKIP]))
    return made


def test_a_ribbon_begins_anew_where_another_operation_leads(history: SearchHistory) -> None:
    shown = history.shown(9)
    json.dumps(shown, allow_nan=False)
    assert shown["ribbons"]["normal"] == [[(0, 1, True), (3, 2, True)], [(0, 1, True), (1, 2, True)]]
    assert shown["ribbons"]["reduce"] == [[(0, 1, True), (3, 2, True)], [(0, 1, True)]]


def test_changes_are_the_steps_at_which_other_choices_are_derived(history: SearchHistory) -> None:
    assert history.shown(9)["changes"] == [[1, 1], [3, 2]]
    assert edges_since(SPACE, history.since) == {"normal": [3, 1], "reduce": [3, 0]}


def test_an_edge_that_is_not_kept_has_no_choice() -> None:
    space = SearchSpace(2, ("skip_connect", "sep_conv_3x3"))
    table = np.array([[0.5, 0.5], [0.5, 0.5], [0.9, 0.1], [0.6, 0.4], [0.3, 0.7]])
    history = SearchHistory(space)
    history.add(1, {"normal": table, "reduce": table})
    assert edges_since(space, history.since)["normal"] == [1, 1, 1, None, 1]
    assert [kept for ((_, _, kept),) in history.shown(9)["ribbons"]["normal"]] == [True, True, True, False, True]


def test_how_undecided_a_cell_is_lies_between_0_and_1(history: SearchHistory) -> None:
    undecided = history.shown(9)["undecided"]["reduce"]
    entropy = -sum(p * math.log(p) for p in SKIP) / math.log(3)
    assert undecided["x"] == [0, 1, 2, 3] and undecided["y"][0] == pytest.approx(entropy, abs=1e-3)


def test_a_long_search_is_thinned(history: SearchHistory) -> None:
    long = SearchHistory(SPACE)
    for step in range(3000):
        normal = SKIP if step % 2 else CONVOLUTION
        long.add(step, weights([normal, SKIP], [SKIP, SKIP]))
    shown = long.shown(3000)
    assert len(shown["ribbons"]["normal"][0]) <= COLUMNS + 1 and len(shown["changes"]) <= COLUMNS + 1
    assert sum(number for _, number in shown["changes"]) == 2999
    assert len(shown["undecided"]["normal"]["x"]) <= COLUMNS + 1


def test_of_segments_that_begin_together_the_last_counts() -> None:
    segments = [(0, 1, True), (3, 2, True), (8, 1, False), (11, 2, True)]
    assert thin_segments(segments, 5) == [(0, 2, True), (5, 1, False), (10, 2, True)]
    assert thin_segments(segments, 1) == segments


def test_the_sentence_counts_what_lasted_and_names_the_smallest_margin(history: SearchHistory) -> None:
    now = weights([CONVOLUTION, EVEN], [CONVOLUTION, SKIP])
    assert verdict(SPACE, history.since, 0, 22, 40, now) == (
        "Step 22 of 40: 2 of 4 choices have stayed since step 2; edge 1→2 of the normal cell is nearly even: "
        "skip_connect 0.41, sep_conv_3x3 0.39."
    )
    now = weights([SKIP, SKIP], [SKIP, CONVOLUTION])
    assert verdict(SPACE, history.since, 0, 40, 40, now) == (
        "The end, step 40: all 4 choices have stayed since step 3; closest is edge 1→2 of the reduction cell: "
        "sep_conv_3x3 0.30, skip_connect 0.10."
    )
    tied = replace(SPACE, kinds=("normal",), tied=True)  # of whose only cell nothing need be said
    since = {key: 2 for key in history.since if key[0] == "normal"}
    assert verdict(tied, since, 0, 40, 40, {"normal": now["normal"]}).endswith(
        "choices have stayed since step 2; closest is edge 0→2: skip_connect 0.50, sep_conv_3x3 0.30."
    )
    equal = weights([(1 / 3,) * 3] * 2, [(0.33, 0.335, 0.335)] * 2)
    assert verdict(SPACE, history.since, 0, 0, 40, equal) == (
        "Step 0 of 40: alpha has hardly moved yet, all mixing weights of an edge are nearly the same."
    )


def test_with_one_operation_there_is_nothing_to_compare() -> None:
    space = SearchSpace(1, ("none", "skip_connect"))
    history = SearchHistory(space)
    now = weights([(0.5, 0.5), (0.5, 0.5)], [(0.5, 0.5), (0.5, 0.5)])
    history.add(1, now)
    assert "an edge has no other operation to choose" in verdict(space, history.since, 1, 1, 5, now)
