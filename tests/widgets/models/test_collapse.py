"""A recorded search that collapses as columns: what is counted, where lines end, and what is said of a variant."""

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import tiny
from dartslab import Record
from dartslab.instruments import instruments_of
from dartslab.run.recorder import record_of
from dartslab.widgets.models.collapse import (
    SCALE,
    RecordedSearch,
    describe_collapse,
    hundredths,
    mean_curve,
    notes_of,
    recorded_of,
    result_of,
)

OPERATIONS = ("skip_connect", "sep_conv_3x3", "dil_conv_3x3")
PICTURES, STEPS = 32, 8  # four epochs of two batches of 16


def record(leaders: Sequence[str], tied: bool = True, **columns: Any) -> Record:
    """A search of 8 steps in which every edge is led by one operation, another one at each step."""
    config = tiny.search_config(nodes=2, operations=OPERATIONS, epochs=4, tied=tied)
    one = np.stack([np.full((5, 3), -1.0) + 2 * np.eye(3)[OPERATIONS.index(name)] for name in leaders])
    alpha = [{f"alpha.{kind}": table for kind in config.space.kinds} for table in one]
    made = record_of(config, alpha)
    return replace(made, columns=made.columns | columns)


def search(skips: int = STEPS, rows: int = STEPS, **columns: Any) -> RecordedSearch:
    """Skip connections lead in the last `skips` of so many rows."""
    leaders = [*["sep_conv_3x3"] * (rows - skips), *["skip_connect"] * skips]
    return RecordedSearch(record(leaders, **columns), PICTURES)


@pytest.mark.parametrize("tied", [True, False])
def test_skips_are_those_of_the_instrument_over_all_cells(tied: bool) -> None:
    recorded = record(["sep_conv_3x3"] * 5 + ["skip_connect"] * 3, tied)
    one = RecordedSearch(recorded, PICTURES)
    measured = instruments_of(recorded).columns
    assert one.skips == np.mean([measured[f"skips.{kind}"] for kind in recorded.space.kinds], axis=0).tolist()
    assert one.kept[-1] == ((4, 4) if tied else (8, 8))
    assert len(one.cells(0)) == (1 if tied else 2)


def test_a_cell_shows_the_weights_of_its_row_and_what_would_be_derived() -> None:
    one = search(skips=3)
    (before,), (after,) = one.cells(4), one.cells(5)
    np.testing.assert_allclose(before["weights"], one.record.weights(4)["normal"], atol=0.5 / SCALE)
    assert before["leads"] == [1] * 5 and after["leads"] == [0] * 5
    assert len(after["kept"]) == 4 and {column for _, column in after["kept"]} == {0}


def test_of_equal_weights_the_kept_operation_leads() -> None:
    recorded = record(["sep_conv_3x3"] * STEPS)
    even = replace(recorded, columns=recorded.columns | {"weights.normal": np.full((STEPS, 5, 3), 1 / 3)})
    (cell,) = RecordedSearch(even, PICTURES).cells(0)
    kept = dict(map(tuple, cell["kept"]))
    assert [cell["leads"][edge] for edge in kept] == [1] * 4
    assert [lead for edge, lead in enumerate(cell["leads"]) if edge not in kept] == [0]


def test_a_page_gets_the_same_numbers_in_few_characters() -> None:
    one = search(skips=3)
    page = json.loads(json.dumps(one.page(), allow_nan=False))
    table = np.frombuffer(b64decode(page["weights"]["normal"]), "<u2").reshape(STEPS, 5, 3)
    for row in (0, 7):
        (cell,) = one.cells(row)
        assert (table[row] / SCALE).tolist() == cell["weights"]
        assert page["choices"][page["genotype"][row]] == [cell["kept"]]


def test_a_curve_holds_what_was_measured_and_its_last_number_stays() -> None:
    eigenvalues = np.array([np.nan, 0.12345, np.nan, 0.5, np.nan, np.nan, np.nan, np.nan])
    one = search(**{"instrument.lambda_max": eigenvalues, "train_accuracy": np.linspace(0.1, 0.8, STEPS)})
    assert one.curves()["lambda_max"] == [[2, 4], [0.123, 0.5]]
    assert one.curves()["val"] == [[], []]
    assert one.measured(0) == {"train": 100}
    assert one.measured(6) == {"lambda_max": 0.5, "train": 700}


def test_a_search_that_ends_before_its_last_epoch_was_stopped() -> None:
    assert not search().stopped and search().planned == STEPS
    short = search(skips=2, rows=5)
    assert short.stopped and (short.last, short.planned) == (5, STEPS)
    assert notes_of({0: search(), 1: short}, STEPS)["ends"] == "✕ 1 of 2 stopped early"


def test_a_variant_says_where_it_ends_and_what_was_not_measured() -> None:
    assert notes_of({0: search()}, 20)["ends"] == "ends at step 8"
    assert notes_of({0: search(train_accuracy=np.ones(STEPS))}, STEPS) == {
        "ends": "",
        "lambda_max": "not measured",
        "val": "not measured",
    }


def test_the_mean_is_drawn_as_far_as_all_searches_go() -> None:
    assert mean_curve([[[1, 2, 3], [0.0, 1.0, 1.0]], [[1, 2], [1.0, 1.0]]]) == [[1, 2], [0.5, 1.0]]
    assert mean_curve([[[1], [0.0]], [[], []]]) == [[], []]


SEARCHES = {"collapse": [search(), search()], "decay": [search(), search(skips=0)]}
RETRAINED = {"collapse": [[70.0, 71.0], [72.0, 73.0]], "decay": [[75.0], [76.0]], "random": [[77.0], [77.5]]}


def test_the_result_of_a_variant_stands_beside_that_of_the_collapse() -> None:
    assert result_of("collapse", SEARCHES, RETRAINED) == (
        "2 of 2 searches keep skips on at least 3 of 4 edges (4.0 of 4 on average). "
        "Their cells, trained from scratch: 71.5 %, random cells 77.2 %."
    )
    assert result_of("decay", SEARCHES, RETRAINED) == (
        "1 of 2 searches keeps skips on at least 3 of 4 edges (2.0 of 4 on average); nothing changed: 2 of 2. "
        "Their cells, trained from scratch: 75.5 %, random cells 77.2 %, those of the collapse 71.5 %."
    )
    assert "trained" not in result_of("decay", SEARCHES, {})


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([(1, 2)], "0 of 1 search keeps skips on at least 75 % of their edges (50 % on average; each keeps 2 edges "),
        ([(1, 1)], "1 of 1 search keeps skips on at least 75 % of their edges (100 % on average; each keeps 1 edge "),
        (
            [(1, 2), (3, 3)],
            "1 of 2 searches keeps skips on at least 75 % of their edges (75 % on average; each keeps 2 to 3",
        ),
    ],
)
def test_cells_that_lost_edges_are_told_in_percent_and_how_many_are_left(ends: Any, told: str) -> None:
    lost = [search(skips=0) for _ in ends]
    for one, end in zip(lost, ends, strict=True):
        one.kept = [end] * STEPS
        one.skips = [end[0] / end[1]] * STEPS
    found = result_of("decay", SEARCHES | {"decay": lost}, {})
    assert found.startswith(told) and "instead of 4); nothing changed" in found


def test_what_the_recording_took_is_a_mean() -> None:
    assert recorded_of([40.0, 50.0]) == "Recorded: 2 searches of about 45 s of processor time each."
    assert recorded_of([40.0]) == "Recorded: 1 search of about 40 s of processor time."


def test_halves_of_a_weight_go_up() -> None:
    assert [hundredths(weight) for weight in (0.125, 0.1249, 0.285, 1.0)] == ["0.13", "0.12", "0.29", "1.00"]


def test_a_frame_is_told_in_words() -> None:
    one = search(skips=2, rows=5)
    frame = {"label": "decay", "seed": 1, "step": 5, "last": 5, "planned": 8, "stopped": True, "skips": 1, "edges": 4}
    frame |= {"cells": one.cells(4), "measured": {"train": 995, "val": 604}, "result": "Result.", "recorded": "Long."}
    told = describe_collapse(frame)
    assert told.startswith("decay, seed 1, stopped after step 5 of 8, its cell is from before: 1 of 4 kept edges is a ")
    assert "0→2 skip_connect 0.79" in told
    assert told.endswith("; accuracy 100 % on the pictures of w and 60 % on the pictures of alpha. Result. Long.")
