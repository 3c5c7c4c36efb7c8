"""The record: columns of what happened, in a folder that opens without torch and is never half a run."""

import itertools
import json
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import tiny
from dartslab import Record, Recorder, SearchState, TrainState, read_genotype, search, train
from dartslab.base.messages import UserError
from dartslab.run.errors import NonFiniteLoss
from dartslab.run.record import CHECKPOINT, COLUMNS, CONFIG, GENOTYPE


def new_search(**changes) -> SearchState:
    return SearchState.create(tiny.search_config(hypergradient="first_order", **changes), tiny.pictures())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a search that ran to its end."""
    folder = tmp_path_factory.mktemp("runs") / "a"
    state = new_search()
    list(Recorder.create(state, folder).watch(search(state)))
    return folder


def test_the_columns_are_the_events(tmp_path: Path) -> None:
    state = new_search()
    events = list(Recorder.create(state, tmp_path / "a").watch(search(state)))
    record = Record.load(tmp_path / "a")
    assert len(record) == len(events) == 8
    for name in ("step", "epoch", "learning_rate", "train_loss", "train_accuracy", "seconds"):
        assert record.columns[name].tolist() == [getattr(event, name) for event in events]
    measured = [np.nan if event.val_loss is None else event.val_loss for event in events]
    np.testing.assert_array_equal(record.columns["val_loss"], measured)
    for kind in ("normal", "reduce"):
        np.testing.assert_array_equal(record.alpha(kind), [event.alpha[kind] for event in events])
    assert [record.genotype(row) for row in range(8)] == [event.genotype for event in events]


def test_the_mixing_weights_of_a_record_are_those_of_the_search(finished: Path) -> None:
    state = SearchState.load(finished / CHECKPOINT, tiny.pictures())
    for kind, weights in Record.load(finished).weights().items():
        np.testing.assert_allclose(weights, state.weights()[kind].numpy(), rtol=1e-5)


def test_the_folder_says_what_was_asked_for_and_what_was_found(finished: Path) -> None:
    head = json.loads((finished / CONFIG).read_text())
    assert head["config"]["alpha_learning_rate"] == 0.05 and head["kind"] == "search"
    assert {"dartslab", "torch", "numpy", "python", "threads"} <= set(head["versions"])
    assert (finished / GENOTYPE).read_text().strip() == Record.load(finished).genotype().to_json()


def test_a_record_opens_without_torch(finished: Path) -> None:
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from dartslab import Record\n"
        f"record = Record.load({str(finished)!r})\n"
        "print(len(record), record.weights()['normal'].shape, record.genotype().normal.concat)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["8", "(2,", "4)", "(2,)"]


def test_a_record_of_training_has_no_alpha_and_one_test_accuracy(tmp_path: Path) -> None:
    state = TrainState.create(tiny.train_config(epochs=1), tiny.genotype(), tiny.pictures(16))
    *_, last = Recorder.create(state, tmp_path / "t").watch(train(state))
    record = Record.load(tmp_path / "t")
    assert record.kind == "train" and np.isfinite(record.columns["test_accuracy"]).sum() == 1
    assert record.columns["test_accuracy"][-1] == last.test_accuracy
    with pytest.raises(UserError, match="no alpha of kind 'normal'; it has none at all"):
        record.alpha("normal")
    with pytest.raises(UserError, match="only that of a search has a search space"):
        _ = record.space


def test_a_record_keeps_what_its_reader_must_know_besides(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(SearchState, "notes", ("one thing", "another"))
    Recorder.create(new_search(), tmp_path / "a")
    assert Record.load(tmp_path / "a").notes == ("one thing", "another")
    assert Record.load(tmp_path / "a").first(0).notes == ("one thing", "another")


def test_a_record_whose_files_went_through_another_editor_opens(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path / "a")
    for name in (CONFIG, GENOTYPE):
        path = tmp_path / "a" / name
        path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert Record.load(tmp_path / "a").config == Record.load(finished).config
    assert read_genotype(str(tmp_path / "a")) == Record.load(finished).genotype()


def test_leaving_the_loop_saves_a_checkpoint_of_that_step(tmp_path: Path) -> None:
    state = new_search()
    events = Recorder.create(state, tmp_path / "a").watch(search(state))
    list(itertools.islice(events, 3))
    events.close()
    assert SearchState.load(tmp_path / "a" / CHECKPOINT, tiny.pictures()).step == 3
    assert len(Record.load(tmp_path / "a")) == 3


def test_a_resumed_record_equals_one_that_was_never_interrupted(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    state = new_search(checkpoint_every=2)
    for event in Recorder.create(state, folder).watch(search(state)):
        if event.step == 3:
            recorder_rows = event.step
            state = None  # the process dies here: the last checkpoint is that of step 2
            break
    assert recorder_rows == 3
    state = SearchState.load(folder / CHECKPOINT, tiny.pictures())
    list(Recorder.resume(state, folder).watch(search(state)))
    ours, theirs = Record.load(folder), Record.load(finished)
    for name in set(ours.columns) - {"seconds"}:
        np.testing.assert_array_equal(ours.columns[name], theirs.columns[name])
    assert ours.genotypes == theirs.genotypes


def test_rows_beyond_the_checkpoint_are_dropped_on_resuming(finished: Path, tmp_path: Path) -> None:
    record = Record.load(finished)
    state = new_search()
    list(itertools.islice(search(state), 5))
    record.save(tmp_path)
    state.save(tmp_path / CHECKPOINT)
    resumed = Recorder.resume(SearchState.load(tmp_path / CHECKPOINT, tiny.pictures()), tmp_path)
    assert resumed.record.columns["step"].tolist() == [1, 2, 3, 4, 5]


def test_a_run_can_be_resumed_before_its_first_step(tmp_path: Path) -> None:
    Recorder.create(new_search(), tmp_path / "a")
    assert len(Record.load(tmp_path / "a")) == 0
    state = SearchState.load(tmp_path / "a" / CHECKPOINT, tiny.pictures())
    assert len(list(Recorder.resume(state, tmp_path / "a").watch(search(state)))) == 8


def test_a_run_killed_between_its_first_columns_and_their_checkpoint_can_be_resumed(tmp_path: Path) -> None:
    state = new_search()
    recorder = Recorder.create(state, tmp_path / "a")
    for event in itertools.islice(search(state), 1):
        recorder.add(event)
    recorder.save_columns()  # the process dies here: the last checkpoint is that of step 0
    state = SearchState.load(tmp_path / "a" / CHECKPOINT, tiny.pictures())
    assert len(list(Recorder.resume(state, tmp_path / "a").watch(search(state)))) == 8


def test_a_loss_that_is_not_finite_keeps_the_last_good_checkpoint(tmp_path: Path) -> None:
    state = new_search(checkpoint_every=1)
    with pytest.raises(NonFiniteLoss):
        for event in Recorder.create(state, tmp_path / "a").watch(search(state)):
            if event.step == 3:
                next(iter(state.net.parameters())).data.fill_(float("nan"))
    kept = SearchState.load(tmp_path / "a" / CHECKPOINT, tiny.pictures())
    assert kept.step == 3 and all(bool(p.isfinite().all()) for p in kept.net.parameters())
    assert len(Record.load(tmp_path / "a")) == 3


def test_a_disk_that_fills_up_is_reported_and_loses_nothing(tmp_path: Path) -> None:
    """The largest file a process may write is limited by the system, as on a full disk."""
    program = (
        "import resource, tiny\n"
        "from dartslab import *\n"
        "state = SearchState.create(tiny.search_config(checkpoint_every=1), tiny.pictures())\n"
        "try:\n"
        f"    for event in Recorder.create(state, {str(tmp_path / 'a')!r}).watch(search(state)):\n"
        "        if event.step == 2:\n"
        "            resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))\n"
        "except ValueError as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(tiny.__file__).parent
    )
    assert done.stdout.startswith("UserError") and "what was written before is intact" in done.stdout
    assert SearchState.load(tmp_path / "a" / CHECKPOINT, tiny.pictures()).step == 2
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [CHECKPOINT, COLUMNS, CONFIG, GENOTYPE]


def damage(name: str, text: str | bytes | None):
    def apply(folder: Path) -> None:
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return apply


@pytest.mark.parametrize(
    ("apply", "sentence"),
    [
        (damage(CONFIG, None), r"holds no dartslab run \(config\.json is missing\)"),
        (damage(CONFIG, '{"format": "darts'), r"config\.json is damaged"),
        (damage(CONFIG, "[1]"), r"config\.json is damaged \(it holds no object\)"),
        (damage(CONFIG, "[" * 100_000), r"config\.json is damaged"),
        (damage(CONFIG, "{}"), r"config\.json was not written by dartslab"),
        (
            damage(CONFIG, '{"format": "dartslab-record", "version": 7}'),
            "record of version 7, this dartslab reads 1 and 2",
        ),
        (damage(COLUMNS, None), "is half-written or damaged"),
        (damage(COLUMNS, b""), "is half-written or damaged"),
        (damage(COLUMNS, b"PK\x03\x04 cut"), "is half-written or damaged"),
    ],
    ids=[
        "no config",
        "cut config",
        "list",
        "deep list",
        "foreign",
        "version",
        "no columns",
        "empty columns",
        "cut columns",
    ],
)
def test_a_folder_that_is_not_a_whole_record_is_refused(finished: Path, tmp_path: Path, apply, sentence: str) -> None:
    Record.load(finished).save(tmp_path)
    apply(tmp_path)
    with pytest.raises(UserError, match=sentence):
        Record.load(tmp_path)


@pytest.mark.parametrize("seed", range(40))
def test_columns_with_a_few_wrong_bytes_are_read_or_refused(finished: Path, tmp_path: Path, seed: int) -> None:
    Record.load(finished).save(tmp_path)
    columns = bytearray((tmp_path / COLUMNS).read_bytes())
    random = np.random.default_rng(seed)
    for place in random.integers(0, len(columns), 3):
        columns[place] = random.integers(0, 256)
    (tmp_path / COLUMNS).write_bytes(columns)
    with suppress(UserError):
        Record.load(tmp_path)


def test_a_single_array_is_no_columns(finished: Path, tmp_path: Path) -> None:
    Record.load(finished).save(tmp_path)
    with open(tmp_path / COLUMNS, "wb") as file:
        np.save(file, np.arange(3))
    with pytest.raises(UserError, match="is half-written or damaged"):
        Record.load(tmp_path)


def test_a_run_begins_only_in_a_new_or_empty_folder(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="already holds a run; add --resume to continue it"):
        Recorder.create(new_search(), finished)
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(UserError, match=r"is not empty and holds no dartslab run \(found holiday\.jpg\)"):
        Recorder.create(new_search(), tmp_path)
    with pytest.raises(UserError, match=r"holiday\.jpg is a file"):
        Recorder.create(new_search(), tmp_path / "holiday.jpg")


def test_a_record_in_memory_needs_no_folder() -> None:
    state = new_search(steps=2)
    recorder = Recorder(state)
    list(recorder.watch(search(state)))
    assert len(recorder.record) == 2


def test_an_empty_record_has_no_genotype_and_no_weights() -> None:
    record = Recorder(new_search()).record
    with pytest.raises(UserError, match="the record holds no genotype"):
        record.genotype()
    with pytest.raises(UserError, match="the record is empty"):
        record.weights()


def test_a_record_from_before_alphas_rate_was_kept_is_read_and_resumed(finished: Path, tmp_path: Path) -> None:
    record = Record.load(finished)
    older = {k: v for k, v in record.columns.items() if k not in ("temperature", "alpha_learning_rate")}
    Record(record.kind, record.config, older, record.genotypes).save(tmp_path)
    read = Record.load(tmp_path)
    np.testing.assert_array_equal(read.weights()["normal"], record.weights()["normal"])
    resumed = Recorder(new_search(), None, read).record
    assert len(resumed) == len(record) and np.isnan(resumed.columns["temperature"]).all()
    np.testing.assert_array_equal(resumed.weights()["normal"], record.weights()["normal"])
