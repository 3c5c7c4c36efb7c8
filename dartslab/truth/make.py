"""Train the cells of a space, and keep the table up to date. After a stop, the next call continues.

This needs the original Fashion-MNIST, 70,000 pictures. Cells are trained on `fashion-mini`, a part of it. They are
tested on all 10,000 test pictures of the original. Validation uses training pictures of the original that
`fashion-mini` does not have.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from ..base.seeds import stream
from ..data.batches import plain_batches
from ..data.datasets import DataSet, Labelled, fashion_mini_index, load_data
from ..data.digests import digest
from ..experiment.backends import sweep
from ..network import count_multiply_adds
from ..run import recorder
from ..run.device import name_processor
from ..run.networks import numerics_of
from ..run.steps import evaluate
from ..run.train import TrainState, train
from ..supernet import count_parameters
from .cells import write_genotype
from .plans import TablePlan, plan_of
from .table import Row, TruthTable

BLOCK = 6  # trainings that a process makes before it reports
VALIDATION = 5000  # pictures
EVALUATION_BATCH = 500


class TruthPictures(NamedTuple):
    """The pictures that a table is made with.

    Args:
        mini: the pictures of the trainings, and the half of the test pictures that is in the package.
        rest: the other half of the test pictures.
        validation: training pictures that `mini` does not have.
    """

    mini: DataSet
    rest: Labelled
    validation: Labelled

    def describe(self) -> dict[str, Any]:
        """How many pictures each part has, and their digests."""
        parts = {"train": self.mini.train, "shipped": self.mini.test, "rest": self.rest, "validation": self.validation}
        return {
            "data": f"fashion-mini, and the rest of fashion-mnist, {self.mini.size[0]} x {self.mini.size[1]}",
            **{name: [len(part.labels), digest(*part)] for name, part in parts.items()},
        }


@cache
def read_pictures(name: str, root: str) -> TruthPictures:
    """The pictures of a table.

    Args:
        name: of the table.
        root: folder with the four original files in FashionMNIST/raw/, or into which they may be downloaded.
    Raises:
        UserError: see `load_data`.
    """
    size = plan_of(name).train.image_size
    whole, mini = load_data("fashion-mnist", root, size), load_data("fashion-mini", image_size=size)
    learned, shipped = fashion_mini_index()
    rest = torch.from_numpy(np.setdiff1d(np.arange(len(whole.test.labels)), shipped))
    unseen = torch.from_numpy(np.setdiff1d(np.arange(len(whole.train.labels)), learned))
    drawn = torch.randperm(len(unseen), generator=stream(0, "truth validation"))[:VALIDATION]
    return TruthPictures(mini, whole.test.pick(rest), whole.train.pick(unseen[drawn]))


def train_cell(plan: TablePlan, number: int, seed: int, mini: DataSet) -> tuple[Row, TrainState]:
    """Train one cell from scratch, and test it on the test pictures that are in the package.

    Args:
        plan: the space and the training.
        number: of the cell.
        seed: of weights and batches.
        mini: `fashion-mini` in the size of the plan.
    Returns:
        The row of the table without the columns that need other pictures, and the trained state.
    """
    genotype = plan.cells[number]
    begun = time.process_time()
    state = TrainState.create(replace(plan.train, seed=seed), genotype, mini)
    events = list(train(state))
    seconds = time.process_time() - begun
    normal, *reduce = write_genotype(genotype)
    shipped_loss, shipped_accuracy = judge(state, mini.test)
    versions = recorder.versions()
    row = {
        "cell": number,
        "normal": normal,
        "reduce": "".join(reduce),
        "seed": seed,
        "train_loss": float(np.mean([event.train_loss for event in events[-state.train.per_epoch :]])),
        "shipped_loss": shipped_loss,
        "shipped_accuracy": shipped_accuracy,
        "parameters": count_parameters(state.net),
        "multiply_adds": count_multiply_adds(state.net, (mini.channels, *mini.size)),
        "seconds": seconds,
        "processor": describe_processor(),
        "versions": f"torch {versions['torch']}, Python {versions['python']}",
    }
    return row, state


def make_row(plan: TablePlan, number: int, seed: int, pictures: TruthPictures) -> Row:
    """A whole row: the training of `train_cell`, measured also on validation and on all test pictures."""
    row, state = train_cell(plan, number, seed, pictures.mini)
    validation_loss, validation_accuracy = judge(state, pictures.validation)
    rest_loss, rest_accuracy = judge(state, pictures.rest)
    return row | {
        "validation_loss": validation_loss,
        "validation_accuracy": validation_accuracy,
        "test_loss": (row["shipped_loss"] + rest_loss) / 2,  # both halves have the same number of pictures
        "test_accuracy": (row["shipped_accuracy"] + rest_accuracy) / 2,
    }


def judge(state: TrainState, part: Labelled) -> tuple[float, float]:
    """Loss and accuracy of a trained network on these pictures."""
    state.net.eval()
    batches = plain_batches(part, state.train.normalize, EVALUATION_BATCH)
    return evaluate(lambda x: numerics_of(state.config)(state.net, x)[0], batches)


def describe_processor() -> str:
    """The processor and the instructions that torch uses on it: the last bits of a row depend on them."""
    return f"{name_processor()}, {torch.backends.cpu.get_cpu_capability()}".replace("#", "")


def train_block(name: str, root: str, places: list[tuple[int, int]], deadline: float) -> list[Row]:
    """Several trainings, one after the other. None begins after the deadline, in seconds of `time.time`."""
    pictures = read_pictures(name, root)
    return [make_row(plan_of(name), *place, pictures) for place in places if time.time() < deadline]


def make_table(
    name: str, path: Path, root: str = "data", jobs: int = 2, minutes: float = 60, say: Callable[[str], None] = print
) -> TruthTable:
    """Make the trainings that a table still lacks. The table is written whenever a few more are done.

    Args:
        name: of the table.
        path: its file; the rows that it already has are kept.
        root: see `read_pictures`.
        jobs: how many processes run at a time.
        minutes: no training begins after so many minutes.
        say: is called with the state of the table, in words.
    Returns:
        The table at the end, complete or not.
    Raises:
        UserError: a file that is no such table, or pictures that are missing.
    """
    deadline = time.time() + 60 * minutes
    pictures = read_pictures(name, root).describe()
    table = TruthTable.read(path) if path.exists() else TruthTable.from_rows(plan_of(name), [], pictures)
    rows = table.rows()
    while (waiting := table.waiting) and time.time() < deadline:
        blocks = [waiting[first : first + BLOCK] for first in range(0, len(waiting), BLOCK)]
        for _, found in sweep([partial(train_block, name, root, block, deadline) for block in blocks], jobs):
            rows += found
            table = TruthTable.from_rows(table.plan, rows, pictures)
            if found:
                table.write(path)
                say(table.state)
    return table
