"""The report of an experiment: what is gathered from its stages, and what is said about differences."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from dartslab.experiment.config import Experiment, Size
from dartslab.experiment.folder import FORMAT, HEAD
from dartslab.experiment.report import compare, gather, place_among_published, summarize, to_markdown
from dartslab.experiment.stages import DONE, stages
from dartslab.run.record import write_text
from dartslab.run.stored import VERSION
from sentences import refusal

EXPERIMENT = Experiment(seeds=2, evaluations=2, random_cells=2)
RESULTS = {  # accuracy, hours, parameters; the second search found the better cell
    "search-0": (0.80, 1.0, 0),
    "search-1": (0.70, 2.0, 0),
    "choice-0": (0.85, 0.25, 0),
    "choice-1": (0.86, 0.50, 0),
    "evaluate-chosen-0": (0.90, 4.0, 300),
    "evaluate-chosen-1": (0.92, 4.0, 300),
    "evaluate-random-0": (0.80, 3.0, 400),
    "evaluate-random-1": (0.82, 3.5, 200),
    "evaluate-DARTS_V2-0": (0.94, 8.0, 500),
    "evaluate-DARTS_V2-1": (0.95, 8.0, 500),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A finished experiment whose results we made up."""
    head = {"format": FORMAT, "version": VERSION, "experiment": asdict(EXPERIMENT), "devices": ["a processor"]}
    write_text(tmp_path / HEAD, json.dumps(head))
    for stage in stages(EXPERIMENT):
        accuracy, hours, parameters = RESULTS[stage.name]
        cell = json.loads(EXPERIMENT.random_cell(int(stage.name[-1])).to_json())
        result = {"accuracy": accuracy, "loss": 1.0, "seconds": 3600 * hours, "genotype": cell}
        counts = {"parameters": parameters, "multiply_adds": 10 * parameters}
        write_text(tmp_path / stage.name / DONE, json.dumps(result | counts))
    return tmp_path


def test_a_report_is_gathered_from_its_stages(folder: Path) -> None:
    report = gather(EXPERIMENT, folder)
    assert report["chosen_seed"] == 1
    assert report["genotype"] == json.loads(EXPERIMENT.random_cell(1).to_json())
    assert [seed["supernet_validation_accuracy"] for seed in report["seeds"]] == [0.80, 0.70]
    assert [seed["choice_validation_accuracy"] for seed in report["seeds"]] == [0.85, 0.86]
    assert report["test_accuracy"]["chosen"] == summarize([0.90, 0.92])
    assert report["test_accuracy"]["DARTS_V2"] == summarize([0.94, 0.95])
    assert report["parameters"] == {"chosen": [300], "random": [200, 400], "DARTS_V2": [500]}
    assert report["multiply_adds"]["random"] == [2000, 4000]
    assert report["cost"] == {"search": 3.0, "choice": 0.75, "chosen": 8.0, "random": 6.5, "DARTS_V2": 16.0}  # hours
    assert report["devices"] == ["a processor"]


@pytest.mark.parametrize(
    ("method", "title"),
    [("darts", "DARTS"), ("drnas", "drnas"), ("mine/cooled.py@1f3870be2740", "mine/cooled.py")],
)
def test_the_title_of_a_report_names_the_method(method: str, title: str, folder: Path) -> None:
    report = gather(EXPERIMENT, folder)
    report["experiment"]["method"] = method
    assert to_markdown(report).startswith(f"# {title} on {EXPERIMENT.data}, {EXPERIMENT.order} order, ")


def test_a_report_in_words_holds_its_numbers(folder: Path) -> None:
    words = to_markdown(gather(EXPERIMENT, folder)).splitlines()
    for line in (
        "Found with seed 1.",
        "| 1 | 86.00 % |",
        "| chosen cell | 91.00 % ± 1.41 (n = 2) | 300 |",
        "| random cells | 81.00 % ± 1.41 (n = 2) | 200 to 400 |",
        "| search | 3 |",
        "| all | 34.2 |",
    ):
        assert line in words


@pytest.mark.parametrize(
    ("changes", "reduced"),
    [
        ({}, []),
        ({"order": "first", "threads": 1, "jobs": 3}, []),
        ({"search": Size(16, 8, 5, 64)}, ["search"]),
        ({"data": "fashion-mini", "nodes": 3}, ["data", "nodes"]),
    ],
    ids=["the published one", "another order or machine", "a shorter search", "other pictures and cells"],
)
def test_what_was_made_smaller_is_listed(changes: dict[str, Any], reduced: list[str], folder: Path) -> None:
    assert sorted(gather(replace(EXPERIMENT, **changes), folder)["reduced"]) == reduced


def test_there_is_no_report_before_the_end(folder: Path) -> None:
    (folder / "evaluate-random-1" / DONE).unlink()
    assert "is not finished (evaluate-random-1 missing)" in refusal(gather, EXPERIMENT, folder)


def test_a_difference_is_told_apart_from_chance_by_the_runs_that_there_were() -> None:
    ours, far, near = summarize([0.90, 0.92]), summarize([0.80, 0.82]), summarize([0.87, 0.88])
    assert ours["mean"] == pytest.approx(0.91) and ours["sd"] == pytest.approx(0.0141421, rel=1e-4)
    assert compare(ours, far, "X") == (
        "The chosen cell is 10.00 points above X: more than the 6.08 points that chance exceeds in 1 of 20 comparisons "
        "of 2 and 2 runs, so it is probably not chance."
    )  # t = 4.303 for 2 degrees of freedom, the standard error is 1.414 points
    assert "3.50 points above X: no more than the " in compare(ours, near, "X")  # although it is 3.1 standard errors
    assert compare(ours, near, "X").endswith("comparisons of 2 and 2 runs, so it may be chance.")


def test_of_one_run_or_of_equal_runs_nothing_is_concluded() -> None:
    ours = summarize([0.90, 0.92])
    assert "with a single run on one side this may be chance" in compare(ours, summarize([0.8]), "X")
    for equal in ([0.8, 0.8], [0.1, 0.1]):
        assert "all runs on one side are equal, so this may be chance" in compare(ours, summarize(equal), "X")
        assert "all runs on one side are equal" in compare(summarize(equal), ours, "X")


def test_the_limit_becomes_smaller_with_more_runs() -> None:
    ours, one_point_less = summarize([0.90, 0.92] * 8), summarize([0.89, 0.91] * 8)
    assert "1.00 points above X: more than the 0.75 points" in compare(ours, one_point_less, "X")
    assert compare(one_point_less, ours, "X").startswith("The chosen cell is 1.00 points below X")


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
