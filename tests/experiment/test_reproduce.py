"""The published experiment, made so small that it takes seconds: stages, stops of every kind, report, refusals."""

import errno
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import dartslab.cli.main as command_line
import kills
from dartslab import PUBLISHED, SearchState, TrainState
from dartslab.base.files import LOCK, lock_folder
from dartslab.base.messages import UserError
from dartslab.data.digests import version_1_digests
from dartslab.experiment.checks import load_experiment_data
from dartslab.experiment.config import Experiment
from dartslab.experiment.folder import ask_to_stop, begin
from dartslab.experiment.forecast import forecast
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import DONE, stages
from dartslab.run.record import write_text
from sentences import refusal

STAGES = [
    "search-0",
    "search-1",
    "choice-0",
    "choice-1",
    "evaluate-chosen-0",
    "evaluate-random-0",
    "evaluate-DARTS_V2-0",
]


def report(out: Path) -> dict[str, Any]:
    return json.loads((out / "report.json").read_text(encoding="utf-8"))


def files(out: Path) -> dict[str, int]:
    return {str(p.relative_to(out)): p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}


def test_an_experiment_goes_on_with_other_reports_and_another_format_but_not_another_precision(
    small: Experiment, finished: Path, tmp_path: Path
) -> None:
    out, asked = tmp_path / "a", count(1)
    assert reproduce(small, out, lambda: next(asked) > 3) == "search-0, step 3 of 4"
    head = json.loads((out / "experiment.json").read_text(encoding="utf-8"))
    for name in ("precision", "channels_last", "report_every"):  # as it was stored before there were such fields
        del head["experiment"][name]
    write_text(out / "experiment.json", json.dumps(head))
    assert "(precision: 'float32' -> 'bfloat16')" in refusal(reproduce, replace(small, precision="bfloat16"), out)
    other = replace(small, report_every=3, checkpoint_every=2, channels_last=True)
    assert reproduce(other, out) == ""
    for name in STAGES:
        expected, found = (json.loads((folder / name / DONE).read_text()) for folder in (finished, out))
        assert found["steps"] == expected["steps"] and found["loss"] == pytest.approx(expected["loss"], rel=1e-3)


def test_every_stage_is_a_run_folder_and_the_report_is_made_of_them(small: Experiment, finished: Path) -> None:
    assert [stage.name for stage in stages(small)] == STAGES
    assert all((finished / name / DONE).is_file() for name in STAGES)
    result = report(finished)
    best = max(result["seeds"], key=lambda one: one["choice_validation_accuracy"])
    assert result["genotype"] == best["genotype"] == result["seeds"][result["chosen_seed"]]["genotype"]
    assert {name: group["n"] for name, group in result["test_accuracy"].items()} == {
        "chosen": 1,
        "random": 1,
        "DARTS_V2": 1,
    }
    words = (finished / "report.md").read_text(encoding="utf-8")
    assert "as reported in Liu et al. 2019" in words and "| DARTS, second order | 2.76 ± 0.09 |" in words
    assert f"## Cost on {result['devices'][0]}" in words and "1 thread" in result["devices"][0]
    assert "must not be compared with this table" in words


def test_what_is_finished_is_not_done_again_and_more_evaluations_only_add(
    small: Experiment, finished: Path, tmp_path: Path
) -> None:
    subprocess.run(["cp", "-a", finished, tmp_path / "copy"], check=True)
    out, before = tmp_path / "copy", files(finished)
    reproduce(replace(small, evaluations=2), out)
    after = files(out)
    rewritten = {name for name, when in before.items() if after[name] != when}
    assert rewritten - {LOCK} == {"report.json", "report.md", "experiment.json"}  # early filelocks leave the lock
    assert {Path(name).parts[0] for name in after.keys() - before.keys()} == {
        "evaluate-chosen-1",
        "evaluate-DARTS_V2-1",
    }
    assert report(out)["test_accuracy"]["chosen"]["n"] == 2


@pytest.mark.long
def test_kills_at_random_moments_change_no_number(own_pictures: Path) -> None:
    words = ["--kills", "5", "--steps", "3", "--data", f"folder:{own_pictures}"]
    done = subprocess.run(
        [sys.executable, kills.__file__, *words], capture_output=True, text=True, check=False, timeout=600
    )
    assert "5 kills in" in done.stdout and "bit for bit" in done.stdout, done.stdout + done.stderr


def test_ctrl_c_stops_after_the_step_and_the_next_start_goes_on(
    small: Experiment, finished: Path, tmp_path: Path
) -> None:
    asked = count(1)
    assert reproduce(small, tmp_path, lambda: next(asked) > 3) == "search-0, step 3 of 4"
    asked = count(1)
    assert reproduce(small, tmp_path, lambda: next(asked) > 9) == "choice-0, step 2 of 4"
    assert reproduce(small, tmp_path) == ""
    np.testing.assert_equal(kills.outcome(tmp_path), kills.outcome(finished))


def test_a_request_in_the_folder_stops_it_and_is_forgotten_at_the_next_start(small: Experiment, tmp_path: Path) -> None:
    steps = count(1)

    def ask_after_two_steps() -> bool:
        if next(steps) == 3:
            ask_to_stop(tmp_path)
        return False

    assert reproduce(small, tmp_path, ask_after_two_steps) == "search-0, step 2 of 4"
    steps = count(3)
    assert reproduce(small, tmp_path, lambda: next(steps) > 3) == "search-0, step 3 of 4"


def test_half_written_files_of_a_killed_process_are_removed(small: Experiment, tmp_path: Path) -> None:
    steps = count(1)
    assert reproduce(small, tmp_path, lambda: next(steps) > 1) == "search-0, step 1 of 4"
    left = [tmp_path / ".report.json.part", tmp_path / "search-0" / ".checkpoint.pt.part"]
    for path in left:
        path.touch()
    assert reproduce(small, tmp_path, lambda: True) == "before search-0"
    assert not any(path.exists() for path in left)


@pytest.mark.long
def test_a_full_disk_is_one_sentence_and_the_next_start_goes_on(
    small: Experiment, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full at the n-th file that is written, wherever that is; then there is room again."""
    for full_at in (3, 7, 40, 61):
        written, real = count(1), os.fsync

        def fsync(file: int, written: Iterator[int] = written, full_at: int = full_at, real: Callable = real) -> None:
            if next(written) >= full_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(file)

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fsync)
            assert "No space left on device" in refusal(reproduce, small, tmp_path)
    reproduce(small, tmp_path)
    np.testing.assert_equal(kills.outcome(tmp_path), kills.outcome(finished))


def test_two_runs_into_one_folder_are_refused(small: Experiment, tmp_path: Path) -> None:
    with ExitStack() as held:
        held.enter_context(lock_folder(tmp_path))
        assert "is in use by another process" in refusal(reproduce, small, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock"]


def test_another_configuration_is_refused_with_the_fields_that_differ(small: Experiment, finished: Path) -> None:
    other = replace(small, order="first", search=replace(small.search, epochs=9))
    sentence = refusal(reproduce, other, finished)
    assert "order: 'second' -> 'first'" in sentence and "'epochs': 9" in sentence and "nodes" not in sentence


def test_foreign_folders_and_other_pictures_are_refused(small: Experiment, finished: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    assert "is not empty and holds no experiment (found thesis.tex)" in refusal(reproduce, small, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thesis.tex"]
    head = json.loads((finished / "experiment.json").read_text(encoding="utf-8"))
    write_text(tmp_path / "a" / "experiment.json", json.dumps(head | {"pictures": "other"}))
    assert "are not those that" in refusal(reproduce, small, tmp_path / "a")
    kept = head["pictures"]
    for name, other, words in [("classes", ["x"], "class names ['x'] -> ["), ("pixels", "", "(the pixels)")]:
        write_text(tmp_path / "a" / "experiment.json", json.dumps(head | {"pictures": kept | {name: other}}))
        assert words in refusal(reproduce, small, tmp_path / "a")
    (tmp_path / "a" / "experiment.json").write_text("{", encoding="utf-8")
    assert "is damaged" in refusal(reproduce, small, tmp_path / "a")


def test_an_experiment_that_kept_one_digest_goes_on_and_keeps_four(
    small: Experiment, finished: Path, tmp_path: Path
) -> None:
    data = load_experiment_data(small)
    head = json.loads((finished / "experiment.json").read_text(encoding="utf-8"))
    earlier = {"pictures": version_1_digests(data)[0]}
    write_text(tmp_path / "experiment.json", json.dumps(head | earlier))
    begin(small, tmp_path, data)
    assert json.loads((tmp_path / "experiment.json").read_text(encoding="utf-8"))["pictures"] == head["pictures"]


def test_the_dry_run_times_every_kind_and_writes_nothing(
    own_pictures: Path, finished: Path, tmp_path: Path, capsys
) -> None:
    words = kills.words(f"folder:{own_pictures}", tmp_path / "new", 4)
    command_line.main([*words, "--dry-run"])
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()[: len(STAGES)]] == STAGES
    for kind in ("search", "choice", "evaluation", "evaluation of DARTS_V2"):
        assert f"  {kind}: 4 * " in said
    assert "7 of 7 stages to do, about " in said
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("begin", [reproduce, forecast])
def test_nothing_of_a_run_is_left_in_memory_when_the_next_begins(
    begin, small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks: list[weakref.ref] = []
    left: list[int] = []
    usual = {kind: kind.__post_init__ for kind in (SearchState, TrainState)}

    def watched(state: SearchState | TrainState) -> None:
        networks.append(weakref.ref(state.net))
        usual[type(state)](state)

    for kind in usual:
        monkeypatch.setattr(kind, "__post_init__", watched)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: left.append(sum(net() is not None for net in networks)))
    begin(replace(small, seeds=1), tmp_path / "out")
    assert len(networks) >= 3 and left == [0] * len(networks)


def test_the_command_line_runs_it_and_the_plan_then_says_done(own_pictures: Path, tmp_path: Path, capsys) -> None:
    words = kills.words(f"folder:{own_pictures}", tmp_path / "a", 2)
    command_line.main(words)
    printed = capsys.readouterr().out
    assert "[1/7] search-0" in printed and "## Test accuracy at the same size" in printed
    command_line.main([*words, "--dry-run"])
    said = capsys.readouterr().out
    assert all(f"{name:<24} done" in said for name in STAGES)
    assert "0 of 7 stages to do, about 0.0 seconds" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--preset", "huge"], "unknown preset 'huge'; allowed are: published, tiny"),
        (["--data", "folder:nowhere"], "nowhere has no folder 'train'"),
        (["--data", "fashion"], "unknown data set 'fashion'"),
        (["--stem", "imagenet"], "pictures of 16 pixels are too small for the network of choice"),
        (["--cutout", "16"], "cutout 16 could erase whole pictures of 16 pixels; use --cutout 8 or 0"),
        (["--evaluation.batch-size", "1"], "evaluation has batches of a single picture"),
        (["--search.batch-size", "4000"], "search has batches of 4000, but only 3000 training pictures"),
        (["--search.layers", "2"], "a search needs at least 3 cells, got layers=2"),
        (["--seeds", "0"], "seeds must be 1 or more, got 0"),
        (["--nodes", "0"], "nodes"),
        (["--precision", "float16"], "unknown precision 'float16'; allowed are: bfloat16, float32"),
    ],
    ids=lambda value: " ".join(value)[2:30] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused_before_anything_is_run(tmp_path: Path, words: list[str], sentence: str) -> None:
    beginning = ["reproduce", "cifar10", "--out", str(tmp_path / "a")]
    tiny = [] if "--preset" in words else ["--preset", "tiny"]
    data = [] if "--data" in words else ["--data", "fashion-mini"]
    with pytest.raises(SystemExit) as left:
        command_line.main([*beginning, *tiny, *data, *words])
    message = str(left.value)
    assert message.startswith("dartslab: ") and sentence in message and "\n" not in message
    assert not list((tmp_path / "a").glob("[!.]*"))


def test_a_stage_that_trains_another_cell_than_it_should_is_refused(
    small: Experiment, finished: Path, tmp_path
) -> None:
    subprocess.run(["cp", "-a", finished, tmp_path / "copy"], check=True)
    out = tmp_path / "copy"
    (out / "evaluate-chosen-0" / DONE).unlink()
    for seed in range(small.seeds):
        path = out / f"search-{seed}" / DONE
        other = {"genotype": json.loads(PUBLISHED["DARTS_V1"].to_json())}
        write_text(path, json.dumps(json.loads(path.read_text(encoding="utf-8")) | other))
    with pytest.raises(UserError, match="evaluate-chosen-0 trains a cell that is no longer chosen"):
        reproduce(small, out)
