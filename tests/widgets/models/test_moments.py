"""A run at one moment: what SearchPanel and Replay show, from plain columns."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab import PUBLISHED, SearchSpace
from dartslab.base.messages import UserError
from dartslab.derive import random_genotype, top_k, top_k_mask
from dartslab.genotype import Cell, Connection, Genotype
from dartslab.widgets.models import moments as runs

SPACE = SearchSpace(nodes=2, operations=("none", "skip_connect", "sep_conv_3x3"))


def weights(seed: int, space: SearchSpace = SPACE) -> dict[str, np.ndarray]:
    table = np.random.default_rng(seed).dirichlet(np.ones(len(space.operations)), size=(2, len(space.edges)))
    return dict(zip(space.kinds, table, strict=True))


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_the_marked_entries_are_what_would_be_derived(seed: int, nodes: int) -> None:
    space = SearchSpace(nodes)
    mixing = weights(seed, space)
    for cell in runs.cell_tables(space, mixing):
        kept = np.zeros_like(mixing[cell["kind"]], dtype=bool)
        kept[tuple(np.array(cell["kept"]).T)] = True
        np.testing.assert_array_equal(kept, top_k_mask(space, mixing[cell["kind"]]))


def test_an_edge_has_a_leader_also_where_rounded_weights_are_equal() -> None:
    (cell,) = runs.cell_tables(SPACE, {"normal": np.tile([0.333_34, 0.333_32, 0.333_33], (5, 1))})
    assert cell["weights"] == [[0.3333] * 3] * 5 and cell["leads"] == [2] * 5  # `none`, the largest, does not count


@pytest.mark.parametrize(
    ("row", "entropy", "margin"),
    [
        ([1 / 3, 1 / 3, 1 / 3], math.log(3), 0.0),
        ([0.0, 1.0, 0.0], 0.0, 1.0),
        ([0.6, 0.3, 0.1], -(0.6 * math.log(0.6) + 0.3 * math.log(0.3) + 0.1 * math.log(0.1)), 0.2),
    ],
)
def test_entropy_is_in_nats_and_the_margin_leaves_none_out(row: list[float], entropy: float, margin: float) -> None:
    (cell,) = runs.cell_tables(SPACE, {"normal": np.tile(row, (5, 1))})
    assert cell["entropy"] == pytest.approx([entropy] * 5, abs=5e-4)
    assert cell["margin"] == pytest.approx([margin] * 5, abs=5e-4)


def test_a_curve_is_the_mean_of_its_steps_and_ends_at_the_row() -> None:
    columns = {"step": np.arange(1, 1001), "train_loss": np.linspace(2, 1, 1000), "val_loss": np.full(1000, np.nan)}
    columns["val_loss"][499] = 1.5
    (training, validation) = runs.curves(columns, 1000)["loss"]
    assert len(training["x"]) == runs.POINTS
    assert training["y"] == pytest.approx(2 - (np.array(training["x"]) - 1) / 999, abs=2e-4)
    assert (validation["x"], validation["y"], validation["mark"]) == ([500.0], [1.5], "square")
    assert [line["name"] for line in runs.curves(columns, 10)["loss"]] == ["training"]
    assert runs.curves(columns, 0) == {"loss": [], "accuracy": []}


@pytest.mark.parametrize(
    ("index", "rows"), [([], []), ([0], [0]), ([0, 0, 0], [0]), ([0, 1, 1, 0, 2], [0, 1, 3, 4]), ([3, 2], [0, 1])]
)
def test_bookmarks_are_where_the_genotype_changes(index: list[int], rows: list[int]) -> None:
    assert runs.changes(np.array(index, dtype=int)) == rows


@given(st.integers(0, 10**6))
def test_what_changed_names_every_connection_that_came_or_went(seed: int) -> None:
    before, after = random_genotype(SPACE, seed), random_genotype(SPACE, seed + 1)
    text = runs.changed_cells(before, after)
    for kind, cell in after.cells.items():
        came = set(cell.connections) - set(before.cells[kind].connections)
        assert all(f"{c.predecessor} → {c.node} {c.operation}" in text for c in came)
    assert runs.changed_cells(before, before) == "order of the connections"


def test_what_changed_reads_as_words_and_not_as_numbers() -> None:
    def made(operation: str) -> Genotype:
        return Genotype(normal=Cell((Connection(2, 0, operation), Connection(2, 1, "noise")), (2,), "normal"))

    said = "normal cell, node 2: now 0 → 2 sep_conv_3x3, no more 0 → 2 skip_connect"
    assert runs.changed_cells(made("skip_connect"), made("sep_conv_3x3")) == said


def test_a_moment_is_json_and_its_words_say_what_it_shows() -> None:
    columns = {"step": [1, 2], "train_loss": [2.0, 1.5], "val_loss": [np.nan, 1.75], "temperature": [1.0, 0.5]}
    shown = runs.moment("a run", SPACE, weights(0), columns, 1, 9)
    json.dumps(shown, allow_nan=False)
    text = runs.describe_moment(shown)
    assert text.startswith("a run, step 2 of 9; training loss 1.5 nats; validation loss 1.75 nats; normal cell keeps ")
    for connection in top_k(SPACE, weights(0)).reduce.connections:
        assert f"{connection.predecessor} to {connection.node} {connection.operation}" in text
    assert shown["facts"] == ["temperature 0.5"]


def test_before_the_first_step_there_are_tables_and_no_curves() -> None:
    columns = {"step": [], "train_loss": []}
    shown = runs.moment("a run", SPACE, weights(0), columns, -1, 9)
    assert (shown["step"], shown["last"]) == (0, {}) and runs.curves(columns, 0) == {"loss": [], "accuracy": []}


def test_the_last_measurement_counts_and_accuracies_are_in_percent() -> None:
    columns = {"step": [1, 2, 3], "val_loss": [2.0, 1.5, np.nan], "val_accuracy": [0.1, 0.5, np.nan]}
    assert runs.last_measured(columns, 3) == {"val_loss": 1.5, "val_accuracy": 50.0}
    assert runs.last_measured(columns, 1) == {"val_loss": 2.0, "val_accuracy": 10.0}
    assert runs.last_measured(columns, 0) == {}


def test_weights_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UserError, match="not finite"):
        runs.cell_tables(SPACE, {"normal": np.full((5, 3), np.nan)})


def test_the_graph_is_an_svg_and_a_sentence_where_there_is_no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runs.graph_svg(PUBLISHED["DARTS_V2"]).startswith("<svg")
    monkeypatch.setattr("dartslab.draw.dot.find_programs", lambda: [])
    assert "a graph needs Graphviz" in runs.graph_svg(PUBLISHED["PDARTS"])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (61, "1 min 1 s"), (3700, "1 h 1 min"), (math.inf, "unknown"), (math.nan, "unknown")],
)
def test_time_that_is_left_in_words(seconds: float, words: str) -> None:
    assert runs.describe_duration(seconds) == words


def test_the_margin_is_to_the_second_largest_weight_and_not_to_the_smallest() -> None:
    space = SearchSpace(1, ("max_pool_3x3", "skip_connect", "sep_conv_3x3"))
    (table,) = runs.cell_tables(space, {"normal": [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]})
    assert table["margin"] == [0.2, 0.5]
