"""Instruments in a run: they are recorded, and the search is the same bit for bit as without them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import tiny
import toy_methods
from dartslab import INSTRUMENTS, Record, Recorder, SearchState, search
from dartslab.cli.main import main
from dartslab.data.datasets import DataSet
from dartslab.run.errors import NonFiniteLoss
from dartslab.run.events import Event
from dartslab.run.record import CHECKPOINT
from dartslab.space import NOISE

ALL = tuple(INSTRUMENTS)


@pytest.fixture(scope="module")
def data() -> DataSet:
    return tiny.pictures()


def make(data: DataSet, **changes: object) -> SearchState:
    return SearchState.create(tiny.search_config(layers=3, **changes), data)


def without_time(event: Event) -> Event:
    return replace(event, seconds=0.0, instruments=None)


def same(one: Event, other: Event) -> bool:
    """Whether two events are equal in all but time and instruments."""
    for name, value in vars(without_time(one)).items():
        against = getattr(without_time(other), name)
        if isinstance(value, dict):
            if not all(np.array_equal(value[kind], against[kind]) for kind in value):
                return False
        elif value != against:
            return False
    return True


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"operations": (*tiny.OPERATIONS, NOISE)},
        {"report_every": 3},
        {"hypergradient": "exact", "cell": "reference"},
    ],
    ids=["darts", "with an operation that draws", "several steps at once", "exact"],
)
def test_a_run_with_instruments_makes_the_same_steps(changes: dict[str, object], data: DataSet) -> None:
    plain, measured = make(data, **changes), make(data, instruments=ALL, measure_every=5, **changes)
    pairs = list(zip(search(plain), search(measured), strict=True))
    assert all(same(one, other) for one, other in pairs)
    assert [event.step for _, event in pairs if event.instruments] == [5, 8]
    assert all(event.instruments is None for event, _ in pairs)
    for name, tensor in plain.parameters().items():
        assert torch.equal(tensor, measured.parameters()[name])
    for mine, others in zip(plain.momentum().values(), measured.momentum().values(), strict=True):
        assert torch.equal(mine, others)


def test_they_are_measured_at_the_end_of_each_epoch_where_nothing_else_is_said(data: DataSet) -> None:
    state = make(data, instruments=("skips",), steps=6)
    assert [event.step for event in search(state) if event.instruments] == [4, 6]


def test_every_instrument_gives_a_number_that_the_record_keeps(data: DataSet, tmp_path: Path, capsys) -> None:
    state = make(data, instruments=ALL)
    recorder = Recorder.create(state, tmp_path / "run")
    events = list(recorder.watch(search(state)))
    record = Record.load(tmp_path / "run")
    names = {name for event in events for name in event.instruments or {}}
    assert {name.partition(".")[0] for name in names} == set(ALL)
    for name in names:
        expected = [(event.instruments or {}).get(name, np.nan) for event in events]
        np.testing.assert_array_equal(record.columns[f"instrument.{name}"], expected)
        assert np.isfinite(record.columns[f"instrument.{name}"][[3, 7]]).all()
    main(["table", str(tmp_path / "run")])
    assert {f"instrument.{name}" for name in names} <= set(capsys.readouterr().out.splitlines()[0].split(","))


def test_a_stopped_run_goes_on_with_the_same_measurements(data: DataSet, tmp_path: Path) -> None:
    some = ("lambda_max", "gradient_cosine", "gap")
    whole, stopped = (make(data, instruments=some, measure_every=2) for _ in range(2))
    expected = [event.instruments for event in search(whole)]
    for event in search(stopped):
        if event.step == 3:
            break
    stopped.save(tmp_path / CHECKPOINT)
    resumed = SearchState.load(tmp_path / CHECKPOINT, data)
    assert [event.instruments for event in search(resumed)] == expected[3:]


def test_a_resumed_run_may_take_other_instruments(data: DataSet, tmp_path: Path) -> None:
    state = make(data, instruments=("skips",), measure_every=2, steps=4)
    recorder = Recorder.create(state, tmp_path)
    list(recorder.watch(search(state)))
    again = SearchState.load(tmp_path / CHECKPOINT, data, instruments=("entropy",), steps=8)
    later = Recorder.resume(again, tmp_path)
    list(later.watch(search(again)))
    column = later.record.columns["instrument.entropy.normal"]
    assert np.isnan(column[:4]).all() and np.flatnonzero(np.isfinite(column)).tolist() == [5, 7]
    assert np.flatnonzero(np.isfinite(later.record.columns["instrument.skips.normal"])).tolist() == [1, 3]


def test_what_a_method_measures_to_stop_stands_beside_them(data: DataSet) -> None:
    with toy_methods.known():
        state = make(data, method=toy_methods.STOPPED.name, instruments=("skips",), measure_every=1)
        events = list(search(state))
    both = [event for event in events if "largest" in event.instruments]
    assert len(both) == 3 and all("skips.normal" in event.instruments for event in events)


@pytest.mark.parametrize("method", toy_methods.TOYS, ids=lambda method: method.name)
def test_they_work_with_every_way_to_use_the_seam(method, data: DataSet) -> None:
    with toy_methods.known():
        state = make(data, method=method.name, instruments=ALL, measure_every=7)
        found = [event.instruments for event in search(state) if event.instruments]
    assert found and all(np.isfinite(list(numbers.values())).all() for numbers in found)
    has_entropy = any("entropy.normal" in numbers for numbers in found)
    assert has_entropy == (method is not toy_methods.WEIGHED)


def test_tied_cells_are_one_kind(data: DataSet) -> None:
    *_, last = search(make(data, tied=True, instruments=ALL, epochs=1))
    names = set(last.instruments)
    assert {"skips.normal", "cell_alignment.normal", "value_rank.normal"} <= names
    assert not any(name.endswith(".reduce") for name in names)


def test_a_search_that_diverges_says_so_and_not_that_its_eigenvalues_fail(data: DataSet) -> None:
    """w may be finite and so large that a loss is not; the next step then ends the search."""
    state = make(data, learning_rate=1e20, alpha_waits=1, hypergradient="first_order", instruments=ALL, measure_every=1)
    seen = []
    with pytest.raises(NonFiniteLoss, match="the training loss is not finite at step 2"):
        seen.extend(search(state))
    (event,) = seen
    assert np.isnan(event.instruments["lambda_max"]) and np.isnan(event.instruments["spectrum.mean"])
    assert "value_rank.normal" not in event.instruments


def test_an_interval_without_instruments_is_said_to_do_nothing(data: DataSet) -> None:
    assert make(data, measure_every=2).idle_settings() == [
        "measure_every is 2 and no instruments are named; none is measured"
    ]
    assert make(data, measure_every=2, instruments=("skips",)).idle_settings() == []
