"""The published experiment, made so small that it takes seconds: stages, stops of every kind, report, refusals."""

import errno
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import dartslab.cli.main as command_line
import kills
from dartslab import PUBLISHED, SearchConfig, SearchState, TrainConfig, TrainState
from dartslab.base.files import lock_folder
from dartslab.base.messages import UserError
from dartslab.data.datasets import DataSet, Labelled
from dartslab.experiment.config import Experiment
from dartslab.experiment.forecast import Timing, duration, forecast
from dartslab.experiment.report import compare, place_among_published, summarize
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import DONE, best_seed, choice_data, stages
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


def test_the_defaults_are_the_published_search_and_evaluation() -> None:
    experiment = Experiment()
    assert experiment.search_config(2) == SearchConfig(seed=2)
    assert experiment.train_config(experiment.evaluation, 0) == TrainConfig()
    assert experiment.choice.epochs == 100 and experiment.seeds == 4
    assert Experiment(order="first").search_config(0).hypergradient == "first_order"


def test_how_runs_are_computed_reaches_all_stages_and_compiling_the_searches() -> None:
    how: dict[str, Any] = {"precision": "bfloat16", "channels_last": True, "report_every": 50}
    experiment = Experiment(**how, compile=True)
    for stage in stages(experiment):
        assert {name: getattr(stage.config, name) for name in how} == how
    assert experiment.search_config(0).compile


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
    assert rewritten == {"report.json", "report.md", "experiment.json"}
    assert {Path(name).parts[0] for name in after.keys() - before.keys()} == {
        "evaluate-chosen-1",
        "evaluate-DARTS_V2-1",
    }
    assert report(out)["test_accuracy"]["chosen"]["n"] == 2


def test_the_choice_divides_the_training_set_and_never_sees_the_test_set() -> None:
    numbers = torch.arange(200)
    numbered = Labelled(numbers[:, None, None, None].expand(200, 1, 8, 8), numbers % 2)
    data = DataSet("numbers", numbered.pick(numbers[:160]), numbered.pick(numbers[160:]), ("even", "odd"))
    seen = choice_data(data, SearchConfig(seed=0))
    train, judged = (set(part.images[:, 0, 0, 0].tolist()) for part in (seen.train, seen.test))
    assert train.isdisjoint(judged) and train | judged == set(range(160))


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([(0.5, 1.0), (0.6, 1.0)], 1),
        ([(0.6, 1.0), (0.6, 0.9)], 1),
        ([(0.6, 1.0), (0.6, 1.0)], 0),
        ([(0.5, 1.0)], None),
    ],
    ids=["accuracy", "then loss", "then the lower seed", "not all compared"],
)
def test_the_best_seed_is_the_one_with_the_best_validation(tmp_path: Path, results, best) -> None:
    for seed, (accuracy, loss) in enumerate(results):
        write_text(tmp_path / f"choice-{seed}" / DONE, json.dumps({"accuracy": accuracy, "loss": loss}))
    assert best_seed(Experiment(seeds=2), tmp_path) == best


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
    (tmp_path / "a" / "experiment.json").write_text("{", encoding="utf-8")
    assert "is damaged" in refusal(reproduce, small, tmp_path / "a")


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


def test_the_time_of_a_run_is_steps_and_looks_and_what_is_done_is_taken_off() -> None:
    timing = Timing(step_s=2.0, look_s=0.5, steps=100, looks=20)
    assert timing.seconds() == 100 * 2.0 + 20 * 0.5
    assert timing.seconds(done=50) == timing.seconds() / 2
    assert [duration(s) for s in (5, 150, 7200, 432000)] == ["5.0 seconds", "2.5 minutes", "2.0 hours", "5.0 days"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--preset", "huge"], "unknown preset 'huge'; allowed are: published, tiny"),
        (["--data", "folder:nowhere"], "nowhere has no folder 'train'"),
        (["--data", "fashion"], "unknown data set 'fashion'"),
        (["--stem", "imagenet"], "pictures of 16 pixels are too small for the network of choice"),
        (["--cutout", "16"], "cutout 16 could erase whole pictures of 16 pixels; use --cutout 8 or 0"),
        (["--evaluation.batch-size", "5999"], "leave a last batch of one picture"),
        (["--search.batch-size", "4000"], "search has batches of 4000, but only 3000 training pictures"),
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


def test_differences_are_told_apart_from_chance_by_their_standard_error() -> None:
    ours, far, near = summarize([0.90, 0.92]), summarize([0.80, 0.82]), summarize([0.89, 0.92])
    assert ours["mean"] == pytest.approx(0.91) and ours["sd"] == pytest.approx(0.0141421, rel=1e-4)
    assert compare(ours, far, "X").startswith("The chosen cell is 10.00 points above X: more than twice")
    assert "no more than twice the standard error" in compare(ours, near, "X")
    assert "with a single run on one side this may be chance" in compare(ours, summarize([0.8]), "X")


def test_only_the_published_experiment_is_placed_among_published_results() -> None:
    result = {"test_accuracy": {"chosen": summarize([0.971, 0.971])}, "reduced": []}
    assert place_among_published(result).endswith("2.90 %: behind NASNet-A, AmoebaNet-B, ENAS, DARTS, second order.")
    assert "must not be compared" in place_among_published(result | {"reduced": ["data"]})
    assert asdict(Experiment())["evaluation"] == {
        "channels": 36,
        "layers": 20,
        "epochs": 600,
        "batch_size": 96,
        "steps": 0,
    }
