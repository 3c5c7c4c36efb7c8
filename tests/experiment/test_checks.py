"""What an experiment's sizes must fit, at the borders; refused before the first step."""

from typing import Any

import pytest
import torch

from dartslab.data.datasets import DataSet, Labelled
from dartslab.experiment.checks import check_experiment
from dartslab.experiment.config import Experiment, Size
from sentences import refusal


@pytest.fixture(scope="module")
def seventy() -> DataSet:
    """7 pictures of each of 10 classes: a search learns w from 4 of each class and alpha from 3."""
    labels = torch.arange(70) % 10
    part = Labelled(torch.zeros(70, 1, 16, 16, dtype=torch.uint8), labels)
    return DataSet("seventy", part, part, tuple("abcdefghij"))


BORDERS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"seeds": 1}, {"seeds": 0}, "seeds must be 1 or more, got 0; give more with --seeds"),
    ({"evaluations": 1}, {"evaluations": 0}, "evaluations must be 1 or more, got 0; give more with --evaluations"),
    (
        {"random_cells": 0},
        {"random_cells": -1},
        "random_cells must be 0 or more, got -1",
    ),
    ({"jobs": 0}, {"jobs": -1}, "jobs must be 0 or more, got -1"),
    ({"search": Size(4, 3, 1, 30)}, {"search": Size(4, 3, 1, 31)}, "search has batches of 31, but only 30"),
    ({"choice": Size(4, 3, 1, 40)}, {"choice": Size(4, 3, 1, 41)}, "choice has batches of 41, but only 40"),
    ({"evaluation": Size(4, 3, 1, 70)}, {"evaluation": Size(4, 3, 1, 71)}, "evaluation has batches of 71, but only 70"),
    ({"cutout": 15}, {"cutout": 16}, "cutout 16 could erase whole pictures of 16 pixels; use --cutout 8 or 0"),
    ({"stem": "cifar"}, {"stem": "imagenet"}, "which halves them 5 times and leaves less than 2 pixels"),
    (
        {"evaluation": Size(4, 3, 1, 69)},  # the last picture joins the batch before it
        {"evaluation": Size(4, 3, 1, 1)},
        "which the auxiliary head cannot normalise; use --evaluation.batch-size 2 or more, or --auxiliary 0",
    ),
]


@pytest.mark.parametrize(("fits", "fails", "sentence"), BORDERS, ids=lambda value: str(value)[:40])
def test_the_last_value_that_fits_is_taken_and_the_next_is_refused(
    fits: dict[str, Any], fails: dict[str, Any], sentence: str, seventy: DataSet
) -> None:
    small: dict[str, Any] = {name: Size(4, 3, 1, 20) for name in ("search", "choice", "evaluation")}
    check_experiment(Experiment.tiny(**(small | fits)), seventy)
    assert sentence in refusal(check_experiment, Experiment.tiny(**(small | fails)), seventy)
