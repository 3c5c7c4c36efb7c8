"""The stages of the published experiment: which there are, how far they are, and which cell each trains.

    search-0 ... search-3            a search per seed
    choice-0 ... choice-3            each found cell trained briefly: on the half that w learned from, judged on the
                                     half that alpha learned from; never on the test set
    evaluate-chosen-0 ...            the best of them trained from scratch and tested, once per evaluation seed
    evaluate-random-0 ...            random cells at the same size: the baseline
    evaluate-DARTS_V2-0 ...          a published cell at the same size

Each stage is a run folder of its own (see `record`); a stage that is finished holds `done.json` besides.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ..base.files import read_text
from ..base.messages import UserError
from ..data.batches import batches_per_epoch, search_split
from ..data.datasets import DataSet
from ..genotype import PUBLISHED, Genotype
from ..methods import METHODS
from ..run.config import SearchConfig, TrainConfig
from ..run.method_steps import further_steps
from ..run.networks import least_pictures
from ..run.record import CONFIG, Record
from .config import Experiment

REFERENCE = "DARTS_V2"
DONE = "done.json"


@dataclass(frozen=True)
class Stage:
    """One run of the experiment.

    Args:
        name: of its folder.
        kind: search, choice or evaluation.
        config: of the run.
        cell: what is trained: "search-2" (what that search found), "chosen", "random-0" or a published name.
    """

    name: str
    kind: Literal["search", "choice", "evaluation"]
    config: SearchConfig | TrainConfig
    cell: str = ""

    def result(self, out: Path) -> dict[str, Any] | None:
        """What the finished stage measured; None where it is not finished."""
        path = out / self.name / DONE
        if not path.is_file():
            return None
        try:
            return dict(json.loads(read_text(path)))
        except ValueError as error:
            raise UserError(f"{path} is damaged ({error}); remove it and start again, nothing else is lost.") from error

    def steps_done(self, out: Path) -> int:
        """Steps recorded so far."""
        folder = out / self.name
        return len(Record.load(folder)) if (folder / CONFIG).is_file() else 0


def stages(experiment: Experiment) -> Iterator[Stage]:
    """All stages, in the order in which they run; the choice is left out where there is only one search."""
    e = experiment
    for seed in range(e.seeds):
        yield Stage(f"search-{seed}", "search", e.search_config(seed))
    for seed in range(e.seeds if e.seeds > 1 else 0):
        yield Stage(f"choice-{seed}", "choice", e.train_config(e.choice, 0), f"search-{seed}")
    for seed in range(e.evaluations):
        yield Stage(f"evaluate-chosen-{seed}", "evaluation", e.train_config(e.evaluation, seed), "chosen")
    for cell in range(e.random_cells):
        yield Stage(f"evaluate-random-{cell}", "evaluation", e.train_config(e.evaluation, cell), f"random-{cell}")
    for seed in range(e.evaluations):
        yield Stage(f"evaluate-{REFERENCE}-{seed}", "evaluation", e.train_config(e.evaluation, seed), REFERENCE)


def best_seed(experiment: Experiment, out: Path) -> int | None:
    """The seed whose cell was best on the validation half: highest accuracy, then lowest loss, then lowest seed.

    None as long as some cells have not been compared.
    """
    if experiment.seeds == 1:
        return 0
    results = [stage.result(out) for stage in stages(experiment) if stage.kind == "choice"]
    ranked = [(-r["accuracy"], r["loss"], seed) for seed, r in enumerate(results) if r is not None]
    return min(ranked)[2] if len(ranked) == experiment.seeds else None


def genotype_of(experiment: Experiment, cell: str, out: Path) -> Genotype | None:
    """The genotype that a stage's `cell` names; None where it is not yet known."""
    if cell in PUBLISHED:
        return PUBLISHED[cell]
    kind, _, number = cell.partition("-")
    if kind == "random":
        return experiment.random_cell(int(number))
    seed = best_seed(experiment, out) if cell == "chosen" else int(number)
    if seed is None:
        return None
    found = Stage(f"search-{seed}", "search", experiment.search_config(seed)).result(out)
    return None if found is None else Genotype.from_json(json.dumps(found["genotype"]))


def typical_cell(experiment: Experiment, stage: Stage) -> Genotype | None:
    """The cell with which time and memory of a stage are estimated: its own if published, else the first random one.

    None for a search, which trains no cell.
    """
    if not stage.cell:
        return None
    return PUBLISHED[stage.cell] if stage.cell in PUBLISHED else experiment.random_cell(0)


def all_steps(stage: Stage, data: DataSet) -> int:
    """Steps of the whole stage: epochs * batches of an epoch, or fewer where `steps` says so.

    A method that makes choices trains further between them. One that stops early may make fewer.

    A search and a choice learn their weights on one half of the training set, an evaluation on all of it.
    """
    config, labels = stage.config, data.train.labels
    portion = getattr(config, "portion", SearchConfig().portion)
    count = len(labels) if stage.kind == "evaluation" else len(search_split(labels, 0, portion)[0])
    whole = config.epochs * batches_per_epoch(count, config.batch_size, least_pictures(config, data))
    if isinstance(config, SearchConfig):
        whole += further_steps(METHODS[config.method], config.space, whole)
    return min(config.steps, whole) if config.steps else whole


def choice_data(data: DataSet, config: SearchConfig) -> DataSet:
    """The training set alone, as the choice sees it: train on one half of a search split, "test" on the other."""
    halves = search_split(data.train.labels, config.seed, config.portion)
    return replace(data, train=data.train.pick(halves[0]), test=data.train.pick(halves[1]))
