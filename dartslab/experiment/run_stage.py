"""One stage of the experiment, in its own folder: start or resume it, store its results, stop when asked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ..base.by_file import own_failure
from ..base.messages import require
from ..data.datasets import DataSet
from ..genotype import Genotype
from ..network import count_multiply_adds
from ..run.config import SearchConfig
from ..run.console import progress
from ..run.memory import HEADROOM, estimate
from ..run.record import CHECKPOINT, write_text
from ..run.recorder import Recorder
from ..run.search import search
from ..run.search_state import SearchState
from ..run.stored import FREE_FIELDS
from ..run.train import TrainState, train
from ..supernet import count_parameters
from .config import Experiment
from .stages import DONE, Stage, choice_data, genotype_of, typical_cell


def run_stage(
    experiment: Experiment, stage: Stage, out: Path, data: DataSet, stop: Callable[[], bool], quiet: bool = False
) -> str:
    """Start or resume one stage and run it until its end or until `stop` returns True.

    Returns:
        Empty at the end, else where it stopped.
    Raises:
        UserError: a method of one's own failed.
    """
    folder = out / stage.name
    genotype = genotype_of(experiment, stage.cell, out) if stage.cell else None
    if stage.kind == "choice":
        data = choice_data(data, experiment.search_config(0))
    state = open_state(stage, folder / CHECKPOINT, genotype, data)
    recorder = Recorder.resume(state, folder) if (folder / CHECKPOINT).is_file() else Recorder(state, folder)
    for sentence in () if quiet else state.idle_settings():
        print(f"note: {sentence}.")
    events = recorder.watch(search(state) if isinstance(state, SearchState) else train(state))
    try:
        for event in events if quiet else progress(events, stage.name):
            if stop() and event.step < event.steps:
                return f"{stage.name}, step {event.step} of {event.steps}"
    except Exception as error:  # in another process its traceback would be lost
        failure = own_failure(error, folder)
        if failure is None:
            raise
        raise failure from error
    write_text(folder / DONE, json.dumps(summary(state, recorder), indent=1))
    return ""


def stage_memory(experiment: Experiment, stage: Stage, data: DataSet, device: torch.device) -> float:
    """Bytes that a step of a stage needs on a kind of device, with headroom for what is not counted."""
    return HEADROOM * estimate(stage.config, data, typical_cell(experiment, stage), device.type).total


def open_state(stage: Stage, checkpoint: Path, genotype: Genotype | None, data: DataSet) -> SearchState | TrainState:
    """The state of a stage: from its checkpoint where there is one, else new."""
    config = stage.config
    free = {name: getattr(config, name) for name in FREE_FIELDS if hasattr(config, name)}
    if isinstance(config, SearchConfig):
        return SearchState.load(checkpoint, data, **free) if checkpoint.is_file() else SearchState.create(config, data)
    assert genotype is not None  # stages come after those that they read
    if not checkpoint.is_file():
        return TrainState.create(config, genotype, data)
    state = TrainState.load(checkpoint, data, **free)
    require(
        state.genotype == genotype,
        f"{checkpoint.parent} trains a cell that is no longer {stage.cell}, because earlier results were changed or "
        "removed; remove that folder and start again.",
    )
    return state


def summary(state: SearchState | TrainState, recorder: Recorder) -> dict[str, Any]:
    """The results of a finished stage, taken from its record, so that they do not depend on when this is called."""
    kept = {"steps": state.step, "seconds": round(state.seconds, 3)}
    genotype = state.genotype() if isinstance(state, SearchState) else state.genotype
    part = "val" if isinstance(state, SearchState) else "test"
    numbers: dict[str, Any] = {name: float(recorder.columns[f"{part}_{name}"][-1]) for name in ("loss", "accuracy")}
    if isinstance(state, TrainState):
        _, channels, height, width = state.test.images.shape
        head = count_parameters(state.net.auxiliary) if state.net.auxiliary else 0  # used in training only
        kept["parameters"] = count_parameters(state.net) - head
        kept["multiply_adds"] = count_multiply_adds(state.net, (channels, height, width))
    return numbers | kept | {"genotype": json.loads(genotype.to_json())}
