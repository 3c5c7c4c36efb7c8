"""What an experiment will cost: its stages and how far they are, time from timed steps, memory from a count.

    time of a run = steps * t_step + (batches that are only evaluated) * t_look

A search looks at its validation half after every epoch; a training looks at its test set once, at the end. t_step and
t_look are medians over a few steps on this machine, with the sizes that were asked for, from the middle of the run
(drop path and learning rate change on the way). The cell that a search will find is unknown, so a random
one of the same space is timed instead.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ..data.batches import batches_per_epoch, plain_batches
from ..data.datasets import DataSet
from ..data.stand_in import stand_in
from ..run.config import SearchConfig
from ..run.console import track
from ..run.device import choose_device, device_name, free_memory, release
from ..run.memory import HEADROOM, describe_bytes
from ..run.networks import numerics_of
from ..run.search import search
from ..run.search_state import SearchState
from ..run.train import TrainState, train
from .checks import check_experiment, keep_quiet, load_experiment_data
from .config import Experiment
from .folder import check_folder
from .run_stage import stage_memory
from .stages import REFERENCE, Stage, choice_data, stages, typical_cell

WARM_UP = 3  # timed steps of each kind, after one that is not timed


@dataclass(frozen=True)
class Timing:
    """What one kind of run costs here.

    Args:
        step_s: seconds of one step.
        look_s: seconds of one batch that is only evaluated.
        steps: of a whole run.
        looks: batches that are only evaluated in a whole run.
    """

    step_s: float
    look_s: float
    steps: int
    looks: int

    def seconds(self, done: int = 0) -> float:
        """Seconds that a run still needs after so many steps."""
        left = 1 - done / self.steps
        return left * (self.steps * self.step_s + self.looks * self.look_s)


def seconds_of(call: Callable[[], object], device: torch.device) -> float:
    """Seconds that a call takes, waiting for the device before and after."""
    synchronize = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    synchronize()
    begun = time.perf_counter()
    call()
    synchronize()
    return time.perf_counter() - begun


def measure(experiment: Experiment, stage: Stage, data: DataSet) -> Timing:
    """Time a few steps of a stage, and a few evaluated batches; stores nothing."""
    state: SearchState | TrainState
    if isinstance(stage.config, SearchConfig):
        state = SearchState.create(stage.config, data)
        part, normalize, device = state.val.part, state.val.normalize, state.device
        looks = state.steps // state.train.per_epoch + (state.steps % state.train.per_epoch > 0)
    else:
        cell = typical_cell(experiment, stage)
        assert cell is not None
        data = choice_data(data, experiment.search_config(0)) if stage.kind == "choice" else data
        state = TrainState.create(stage.config, cell, data)
        part, normalize, device = state.test, state.train.normalize, state.test.labels.device
        looks = 1
    least = state.val.least if isinstance(state, SearchState) else 1
    per_look = batches_per_epoch(len(part.labels), stage.config.batch_size, least)
    steps, epoch = state.steps, state.train.per_epoch
    # the middle of the run, at the beginning of an epoch, and a plan long enough that the warm-up meets no last step
    state.step = steps // 2 // epoch * epoch
    # (and each step waits for the device, whatever `report_every` is)
    epochs = max(stage.config.epochs, 2 + state.step // epoch)
    state.config = replace(stage.config, epochs=epochs, steps=0, report_every=1)
    events: Iterator[object] = search(state) if isinstance(state, SearchState) else train(state)
    taken = min(WARM_UP, max(1, epoch - 2))  # the last step of an epoch validates
    step_s = [seconds_of(lambda: next(events), device) for _ in range(1 + taken)][-taken:]
    batches = plain_batches(part, normalize, stage.config.batch_size, least)

    def look() -> None:
        batch = next(batches)
        with torch.no_grad():
            if isinstance(state, SearchState):
                state.numerics(state.net, batch.images, state.relaxation(state.arch))
            else:
                numerics_of(state.config)(state.net.eval(), batch.images)

    look_s = [seconds_of(look, device) for _ in range(min(1 + WARM_UP, per_look))]
    return Timing(statistics.median(step_s), statistics.median(look_s[1:] or look_s), steps, looks * per_look)


def forecast(experiment: Experiment, out: str | Path) -> str:
    """The forecast as text: a line for each stage, and its time from a timed warm-up. Writes no file.

    The pictures of the known data sets need not be there: noise of the same sizes takes the same time.

    Raises:
        UserError: as `reproduce` would.
    """
    out = Path(out)
    check_folder(experiment, out)
    data = stand_in(experiment.data, experiment.image_size)
    of_noise = data is not None
    if data is None:
        data = load_experiment_data(experiment, say=keep_quiet)
    check_experiment(experiment, data)
    place = choose_device(experiment.device, experiment.threads)
    device = device_name(place)
    timings: dict[str, Timing] = {}
    sizes: dict[str, float] = {}
    lines, total = [], 0.0
    unfinished = [stage for stage in stages(experiment) if stage.result(out) is None]
    for stage in track(list(stages(experiment)), "timing steps of each stage"):
        if stage not in unfinished:
            lines.append(f"{stage.name:<24} done")
            continue
        kind = f"{stage.kind} of {REFERENCE}" if stage.cell == REFERENCE else stage.kind
        if kind not in timings:
            sizes[kind] = stage_memory(experiment, stage, data, place)
            timings[kind] = measure(experiment, stage, data)
            release()  # the run itself is another process, perhaps
        steps, done = timings[kind].steps, stage.steps_done(out)
        seconds = timings[kind].seconds(done)
        total += seconds
        status = f"{done} of {steps} steps" if done else f"{steps} steps"
        lines.append(f"{stage.name:<24} {status:<24} {duration(seconds)}")
    if timings:
        lines += ["", f"timed on {device}; a run takes steps * t_step + looks * t_look:"]
    for kind, t in timings.items():
        lines.append(
            f"  {kind}: {t.steps} * {t.step_s:.4g} s + {t.looks} * {t.look_s:.4g} s = {duration(t.seconds())} "
            f"({t.looks} batches are only looked at)"
        )
    if timings:
        lines.append("Found cells are timed as a random one; yours may be cheaper or dearer.")
        if of_noise:
            lines.append(f"Steps were timed on noise in the sizes of {experiment.data}; its files were not looked for.")
        lines += [
            "",
            f"memory of a step, counted and {HEADROOM - 1:.0%} added, of {describe_bytes(free_memory(place))} free:",
        ]
        lines += [f"  {kind}: {describe_bytes(size)}" for kind, size in sizes.items()]
    lines += ["", f"{len(unfinished)} of {len(list(stages(experiment)))} stages to do, about {duration(total)}."]
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Seconds for people: in seconds, minutes, hours or days."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} seconds"
