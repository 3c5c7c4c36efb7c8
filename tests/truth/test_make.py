"""Making a table: a row is what training and judging a cell gives, and a stopped table goes on where it was."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dartslab import Network, TrainState
from dartslab import train as run_training
from dartslab.data.datasets import DataSet, Labelled, fashion_mini_index, load_data
from dartslab.truth import make, plans
from dartslab.truth.make import TruthPictures, make_row, make_table
from dartslab.truth.plans import PLANS, TablePlan
from dartslab.truth.table import Row, TruthTable

LESSON = PLANS["lesson"]
SHORT = TablePlan("short", {}, replace(LESSON.train, epochs=1, steps=3), ((0, 1), (2, 2)))


@pytest.fixture(scope="module")
def pictures() -> TruthPictures:
    mini = load_data("fashion-mini", image_size=16)
    few = torch.arange(192)
    return TruthPictures(
        replace(mini, train=mini.train.pick(few), test=mini.test.pick(few)),
        mini.test.pick(few + 1000),
        mini.train.pick(few + 1000),
    )


def test_a_row_is_a_training_and_three_judgements(pictures: TruthPictures) -> None:
    row = make_row(SHORT, 17, 4, pictures)
    config, genotype = replace(SHORT.train, seed=4), SHORT.cells[17]
    state = TrainState.create(config, genotype, pictures.mini)
    *_, last = run_training(state)
    assert row["shipped_accuracy"] == last.test_accuracy
    assert row["shipped_loss"] == pytest.approx(last.test_loss, rel=1e-6)  # other batches, other rounding
    state.net.eval()
    parts = {"shipped": pictures.mini.test, "rest": pictures.rest, "validation": pictures.validation}
    right = {}
    for name, part in parts.items():
        with torch.no_grad():
            logits = state.net(state.train.normalize(part.images))[0]
        right[name] = float((logits.argmax(1) == part.labels).double().mean())
    assert row["validation_accuracy"] == pytest.approx(right["validation"])
    assert row["test_accuracy"] == pytest.approx((right["shipped"] + right["rest"]) / 2)
    net = Network(genotype, config.channels, config.layers, auxiliary=False, input_channels=1)
    assert row["parameters"] == sum(weights.numel() for weights in net.parameters())


def test_a_row_is_reproduced_and_another_seed_gives_another_one(pictures: TruthPictures) -> None:
    first, again, other = (make_row(SHORT, 30, seed, pictures) for seed in (1, 1, 2))
    assert {**first, "seconds": 0} == {**again, "seconds": 0}
    assert first["test_loss"] != other["test_loss"]


def test_parts_of_the_pictures_are_disjoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stand-in for the original whose pictures are their own numbers."""
    learned, shipped = fashion_mini_index()
    assert (len(set(learned)), len(set(shipped))) == (6000, 5000)

    def numbered(count: int) -> Labelled:
        """Pictures whose 64 pixels are the bits of their number."""
        bits = np.arange(count)[:, None] >> np.arange(64) & 1
        return Labelled(torch.from_numpy(bits.astype(np.uint8)).reshape(-1, 1, 8, 8), torch.zeros(count).long())

    whole = DataSet("fashion-mnist", numbered(60_000), numbered(10_000), ("all",))
    mini = replace(
        whole, train=whole.train.pick(torch.from_numpy(learned)), test=whole.test.pick(torch.from_numpy(shipped))
    )
    monkeypatch.setattr(make, "load_data", lambda name, *_, **__: whole if name == "fashion-mnist" else mini)
    found = make.read_pictures.__wrapped__("lesson", str(tmp_path))

    def numbers(part: Labelled) -> set[int]:
        return set((part.images.reshape(len(part.images), 64).numpy() @ (1 << np.arange(64))).tolist())

    assert numbers(found.rest) | set(shipped.tolist()) == set(range(10_000))
    assert len(found.rest.labels) == len(shipped) == 5000
    assert len(numbers(found.validation)) == 5000 and not numbers(found.validation) & set(learned.tolist())
    assert found.describe()["train"][0] == 6000


def test_a_stopped_table_goes_on_where_it_was(
    pictures: TruthPictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plans.PLANS, "short", SHORT)
    monkeypatch.setitem(vars(SHORT), "cells", LESSON.cells[:5])
    monkeypatch.setattr(make, "read_pictures", lambda *_: pictures)
    trained = []

    def here(
        calls: list[Any], jobs: int
    ) -> Iterator[tuple[int, list[Row]]]:  # in this process, so that the stand-ins above hold
        for number, call in enumerate(calls):
            found = call()
            trained.extend((row["cell"], row["seed"]) for row in found)
            yield number, found

    monkeypatch.setattr(make, "sweep", here)
    monkeypatch.setattr(make, "BLOCK", 2)
    path, said = tmp_path / "short.csv.gz", []
    moments = iter([0.0, 0.0, 0.0, 0.0, 0.0, *[99.0] * 9])  # time is up after three trainings
    monkeypatch.setattr(make.time, "time", lambda: next(moments, 0.0))
    stopped = make_table("short", path, minutes=1, say=said.append)
    assert not stopped.is_complete and len(stopped) == len(TruthTable.read(path)) == 3
    assert said[-1].startswith("not complete: 3 of 5 cells")
    whole = make_table("short", path, minutes=1, say=said.append)
    assert whole.is_complete and len(whole) == 5 + 2
    assert len(trained) == len(set(trained)) == 7  # none twice
    assert said[-1].startswith("complete: 5 of 5 cells with 1 seeds or more, 7 trainings")
