"""What a record still tells of a search that was not measured, and what it says of the rest."""

from pathlib import Path

import numpy as np
import pytest

import tiny
from dartslab import INSTRUMENTS, Record, Recorder, SearchState, TrainState, instruments_of, search
from dartslab.base.messages import UserError

AFTERWARDS = {"skips", "pools", "skip_weight", "pool_weight", "entropy", "margin"}


def recorded(**changes: object) -> Record:
    recorder = Recorder(SearchState.create(tiny.search_config(hypergradient="first_order", **changes), tiny.pictures()))
    list(recorder.watch(search(recorder.state)))
    return recorder.record


def test_choices_are_computed_for_every_step_and_the_others_say_in_a_sentence_what_is_missing() -> None:
    found = instruments_of(recorded(nodes=2))
    assert {name.partition(".")[0] for name in found.columns} == AFTERWARDS
    assert all(np.isfinite(column).all() and len(column) == 8 for column in found.columns.values())
    assert found.missing.keys() == INSTRUMENTS.keys() - AFTERWARDS
    for name, sentence in found.missing.items():
        assert sentence.startswith(f"{name} was not measured: it needs the weights w") and sentence.count(".") == 1


def test_afterwards_they_are_what_the_run_itself_measures() -> None:
    later = instruments_of(recorded(nodes=2))
    now = instruments_of(recorded(nodes=2, instruments=("skips", "entropy", "margin", "pool_weight"), measure_every=3))
    for name in ("skips.normal", "entropy.reduce", "margin.normal", "pool_weight.reduce"):
        measured = now.columns[name]
        assert np.flatnonzero(np.isfinite(measured)).tolist() == [2, 5, 7]  # steps 3, 6 and the last
        np.testing.assert_allclose(measured[[2, 5, 7]], later.columns[name][[2, 5, 7]], rtol=1e-6)


def test_what_was_measured_is_taken_from_the_record(tmp_path: Path) -> None:
    record = recorded(instruments=("lambda_max",))
    record.save(tmp_path)
    found = instruments_of(Record.load(tmp_path))
    np.testing.assert_array_equal(found.columns["lambda_max"], record.columns["instrument.lambda_max"])
    assert "lambda_max" not in found.missing and "spectrum" in found.missing


def test_an_old_record_is_read_as_well() -> None:
    old = Record.load(Path(__file__).parents[1] / "run" / "version_1" / "search_exact")
    assert {name.partition(".")[0] for name in instruments_of(old).columns} == AFTERWARDS


def test_the_record_of_a_training_has_none() -> None:
    state = TrainState.create(tiny.train_config(image_size=8), tiny.genotype(), tiny.pictures())
    with pytest.raises(UserError, match="record of a training"):
        instruments_of(Recorder(state).record)


def test_what_is_not_defined_of_a_search_says_so() -> None:
    operations = tuple(name for name in tiny.OPERATIONS if name != "none")
    found = instruments_of(recorded(method="fair-darts", operations=operations))
    assert {name.partition(".")[0] for name in found.columns} == AFTERWARDS - {"entropy", "margin"}
    for name in ("entropy", "margin"):
        assert found.missing[name] == (
            f"{name} is not defined: the mixing weights of this search do not sum to 1 on every edge."
        )


@pytest.mark.parametrize(
    ("name", "why", "changes"),
    [
        # a rank needs two operations, and `none` adds nothing that could be ranked
        ("value_rank", "on no edge do two operations", {"operations": ("none", "skip_connect")}),
        ("value_rank", "on no edge do two operations", {"operations": ("skip_connect",)}),
        # poolings have no weights
        ("gradient_cosine", "no operation has weights w", {"operations": ("none", "max_pool_3x3")}),
    ],
)
def test_what_was_asked_for_and_is_not_defined_does_not_advise_to_search_again(
    name: str, why: str, changes: dict[str, object]
) -> None:
    found = instruments_of(recorded(instruments=(name, "skips"), **changes))
    assert name not in {column.partition(".")[0] for column in found.columns}
    assert found.missing[name].startswith(f"{name} is not defined: {why}") and "search again" not in found.missing[name]
    for other in {"lambda_max", "gap"}:
        assert "search again with" in found.missing[other]


@pytest.mark.parametrize("every", [0, 3])
def test_what_was_asked_for_and_not_yet_due_is_not_called_undefined(every: int) -> None:
    record = recorded(instruments=("value_rank",), measure_every=every)
    early = record.first(2)
    for kind in ("normal", "reduce"):
        del early.columns[f"instrument.value_rank.{kind}"]
    said = instruments_of(early).missing["value_rank"]
    assert said.startswith("value_rank was not measured: the record ends before its first measurement; go on")
