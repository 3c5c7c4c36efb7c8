"""Replay without a browser: records good and bad, the state text, the exported page."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tiny
from dartslab import Record, Recorder, SearchState, TrainState, search, train
from dartslab.base.messages import UserError
from dartslab.run.record import CONFIG
from dartslab.widgets import Replay
from dartslab.widgets.models.track import Track
from dartslab.widgets.replay import EXPORTED
from sentences import refusal


def recorded(**changes) -> Record:
    state = SearchState.create(tiny.search_config(hypergradient="first_order", **changes), tiny.pictures())
    recorder = Recorder(state)
    list(recorder.watch(search(state)))
    return recorder.record


@pytest.fixture(scope="module")
def record() -> Record:
    return recorded()


def with_nan(record: Record, first: int) -> Record:
    alpha = record.alpha("reduce").copy()
    alpha[first:] = np.nan
    return replace(record, columns=record.columns | {"alpha.reduce": alpha})


@pytest.mark.parametrize("step", [1, 4, 8])
def test_a_step_shows_the_weights_and_the_cell_of_that_step(record: Record, step: int) -> None:
    view = Replay(record)
    view.controls["step"].value = step
    (run,) = view.canvas.frame["runs"]
    assert run["step"] == step and f"step {step} of 8" in view.text
    np.testing.assert_allclose(run["cells"][1]["weights"], record.weights(step - 1)["reduce"], atol=5.1e-5)
    assert run["last"]["train_loss"] == pytest.approx(record.columns["train_loss"][step - 1], abs=5.1e-5)
    assert len(view.tracks[0].curves(step - 1)["loss"][0]["x"]) == step  # in the static picture
    json.dumps(view.canvas.frame, allow_nan=False)


def test_two_runs_stand_side_by_side_each_at_its_nearest_step(record: Record) -> None:
    view = Replay(record, recorded(epochs=1, seed=3))
    view.controls["step"].value = 7
    assert [run["step"] for run in view.canvas.frame["runs"]] == [7, 4]
    assert "seed 2, step 7 of 8" in view.text and "seed 3, step 4 of 4" in view.text


def test_two_runs_are_told_apart_in_the_titles_and_in_the_list_of_changes(record: Record) -> None:
    view = Replay(record, record)
    assert [track.title[:2] for track in view.tracks] == ["A:", "B:"]
    assert [name for name, step in view.bookmarks.options if step == 1] == [
        "A, step 1: first step",
        "B, step 1: first step",
    ]


def test_a_list_of_curves_is_there_where_instruments_measured(record: Record) -> None:
    measured = recorded(instruments=("entropy", "lambda_max"), measure_every=2)
    view = Replay(measured, record)
    assert [name for _, name in view.controls["curve"].options] == ["undecided", "entropy", "lambda_max"]
    assert view.canvas.frame["curve"] == "undecided"
    view.controls["curve"].value = "lambda_max"
    assert view.canvas.frame["curve"] == "lambda_max"
    first, second = view.canvas.data["whole"]
    (line,) = first["instruments"]["lambda_max"]["lines"]
    assert line["x"] == [2, 4, 6, 8] and second["instruments"] == {}
    view.controls["step"].value = 5
    shown = view.canvas.frame["runs"][0]["measured"]["lambda_max"]
    assert shown == pytest.approx(measured.columns["instrument.lambda_max"][3], rel=1e-4)
    assert f"lambda max {shown:.3g}" in view.text
    other = Replay(measured, record)
    other.restore(view.state())
    assert other.settings == {"step": 5, "curve": "lambda_max"}
    assert "curve" not in Replay(record).controls


def test_bookmarks_lead_to_each_change_of_the_cell(record: Record) -> None:
    view = Replay(record)
    index = record.columns["genotype"]
    steps = [step for _, step in view.bookmarks.options[1:]]
    assert steps == [1, *(np.flatnonzero(np.diff(index)) + 2).tolist()]
    view.bookmarks.value = steps[-1]
    assert view.settings["step"] == steps[-1]
    view.controls["step"].value = min(set(record.columns["step"].tolist()) - set(steps))
    assert view.bookmarks.value == 0  # the list does not go on naming a step that is not shown


def test_a_folder_is_as_good_as_a_record(record: Record, tmp_path: Path) -> None:
    record.save(tmp_path)
    assert Replay(tmp_path).text == Replay(str(tmp_path)).text == Replay(record).text


def test_the_state_text_opens_the_same_step_of_the_same_record(record: Record) -> None:
    view = Replay(record)
    view.controls["step"].value = 5
    other = Replay(record)
    other.restore(view.state())
    assert other.settings == {"step": 5} and other.text == view.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not the state of a view"),
        ("Replay", "is not the state of a view"),
        ("Replay.1:{}", "the state was made with something else"),
        ("Replay.1:{}#00000000", "the state was made with something else ('00000000'"),
        ("Replay.7:{}#MARK", "version 7, this dartslab reads 1"),
        ("CellBuilder.1:{}#MARK", "the state of a CellBuilder, not of a Replay"),
        ("Replay.1:[1]#MARK", "damaged or cut off"),
        ('Replay.1:{"stop":1}#MARK', "unknown setting in the state of a Replay: 'stop'; allowed are: step"),
        ('Replay.1:{"step":99}#MARK', "setting 'step' cannot be 99; allowed is 1 to 8"),
        ('Replay.1:{"step":"x"}#MARK', "setting 'step' cannot be 'x'; allowed is 1 to 8"),
        ('Replay.1:{"step":2.5}#MARK', "setting 'step' cannot be 2.5"),
    ],
)
def test_a_bad_state_text_is_one_sentence_and_changes_nothing(record: Record, text: str, says: str) -> None:
    view = Replay(record)
    view.controls["step"].value = 3
    assert says in refusal(view.restore, text.replace("MARK", view.fingerprint))
    assert view.settings == {"step": 3} and "step 3 of 8" in view.text


def test_a_record_with_nan_is_shown_up_to_it_and_says_so(record: Record) -> None:
    view = Replay(with_nan(record, 5))
    assert view.settings == {"step": 5} and view.controls["step"].max == 5
    assert "alpha is not finite (NaN) at step 6; shown are the 5 rows before it" in view.text
    assert b64decode(view._repr_mimebundle_()["image/png"]).startswith(b"\x89PNG")


def test_a_loss_that_is_nan_only_leaves_a_gap(record: Record) -> None:
    loss = record.columns["train_loss"].copy()
    loss[3] = np.nan
    view = Replay(replace(record, columns=record.columns | {"train_loss": loss}))
    assert len(view.canvas.data["whole"][0]["curves"]["loss"][0]["x"]) == 7


def test_records_that_cannot_be_replayed_are_one_sentence(record: Record, tmp_path: Path) -> None:
    state = TrainState.create(tiny.train_config(epochs=1, steps=2), tiny.genotype(), tiny.pictures(16))
    recorder = Recorder(state)
    list(recorder.watch(train(state)))
    record.save(tmp_path)
    head = json.loads((tmp_path / CONFIG).read_text())
    (tmp_path / CONFIG).write_text(json.dumps(head | {"version": 99}))
    for bad, says in (
        (record.first(0), "the record is empty, so there is nothing to replay; run at least one step."),
        (recorder.record, "this is a record of training"),
        (with_nan(record, 0), "alpha is not finite (NaN) from the first step on"),
        (tmp_path, "is a record of version 99, this dartslab reads 1"),
        (tmp_path / "nowhere", "is not a folder"),
        (42, "a int cannot be replayed; pass a Record"),
        (replace(record, config=record.config | {"nodes": 3}), "its configuration says"),
    ):
        assert says in refusal(Replay, bad)


NO_NUMBER = "does not hold one number for each of its 8 steps; the record is damaged, replay another one."


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("step", np.full(8, np.nan), "the steps in the record do not count up"),
        ("step", np.arange(8)[::-1], "the steps in the record do not count up"),
        ("step", np.zeros((8, 2)), "does not hold one number"),
        ("temperature", np.zeros(8), "the record holds a temperature of 0 or less"),
        ("temperature", np.ones(3), NO_NUMBER),
        ("train_loss", np.ones(3), NO_NUMBER),
        ("val_accuracy", np.array(["high"] * 8), NO_NUMBER),
        ("genotype", np.full(8, 99), "the record does not hold the genotype of every step"),
        ("genotype", np.full(8, -1), "the record does not hold the genotype of every step"),
        ("genotype", np.full(8, np.nan), "the record does not hold the genotype of every step"),
        ("genotype", np.zeros(1, dtype=int), NO_NUMBER),
    ],
)
def test_a_record_with_a_damaged_column_is_one_sentence(record: Record, column: str, values, says: str) -> None:
    assert says in refusal(Replay, replace(record, columns=record.columns | {column: values}))


def test_a_record_without_columns_is_an_empty_one(record: Record) -> None:
    assert refusal(Replay, replace(record, columns={})).startswith("the record is empty")


def test_a_record_without_all_of_its_configuration_is_one_sentence(record: Record) -> None:
    less = {name: value for name, value in record.config.items() if name not in ("nodes", "seed")}
    assert "the configuration in the record lacks seed, nodes" in refusal(Replay, replace(record, config=less))
    other = record.config | {"operations": ["conv_9x9"]}
    assert "unknown operation 'conv_9x9'" in refusal(Replay, replace(record, config=other))


def test_an_exported_page_holds_everything_and_asks_no_network(record: Record, tmp_path: Path) -> None:
    path = Replay(record).export_html(tmp_path / "run.html")
    text = path.read_text(encoding="utf-8")
    links = set(re.findall(r"https?://[^\"'\s<>\\]+", text))
    assert links <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names of formats, not addresses
    assert "default-src 'none'" in text and "<noscript><img" in text and "import " not in text.split("<script")[1]


@pytest.mark.parametrize(("name", "says"), [("run.htm", ""), ("run.pdf", "does not end in .html"), ("run", "does not")])
def test_an_exported_page_is_an_html_file(record: Record, tmp_path: Path, name: str, says: str) -> None:
    if not says:
        assert Replay(record).export_html(tmp_path / name).is_file()
        return
    with pytest.raises(UserError, match=says):
        Replay(record).export_html(tmp_path / name)


def test_a_page_of_a_long_run_keeps_its_bookmarks(record: Record) -> None:
    rows = 5 * EXPORTED
    columns = {name: np.resize(values, (rows, *values.shape[1:])) for name, values in record.columns.items()}
    columns["step"] = np.arange(1, rows + 1)
    columns["genotype"] = np.where(np.arange(rows) < 777, 0, 1)
    track = Track(replace(record, columns=columns, genotypes=(record.genotypes[0], record.genotypes[0])))
    shown = track.spread_rows(EXPORTED)
    assert {0, 777, rows - 1} <= set(shown) and len(shown) <= EXPORTED + 2


def test_what_is_drawn_over_all_steps_is_sent_once_and_moments_stay_small(record: Record) -> None:
    view = Replay(record)
    (whole,) = view.canvas.data["whole"]
    assert (whole["ends"], whole["steps"]) == ([1, 8], 8)
    json.dumps(whole, allow_nan=False)
    (run,) = view.canvas.frame["runs"]
    assert "curves" not in run and "ribbons" not in run
    assert {step for step, _ in whole["changes"]} <= {step for _, step in view.bookmarks.options[2:]}


def test_a_sentence_says_which_choices_have_lasted_and_what_is_closest(record: Record) -> None:
    view = Replay(record)
    for step in (1, 5, 8):
        view.controls["step"].value = step
        (run,) = view.canvas.frame["runs"]
        assert run["verdict"].startswith("The end, step 8: " if step == 8 else f"Step {step} of 8: ")
        kept = [since for edges in run["since"].values() for since in edges if since is not None]
        assert len(kept) == sum(len(cell["kept"]) for cell in run["cells"]) and max(kept) <= step
