"""What the method of a search adds to the two steps: masked operations, an early stop, choices; the learning rate.

DARTS adds nothing, and its learning rate is that of the schedule.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from ..base.messages import UserError, counted, require, short
from ..bilevel import VirtualStep
from ..genotype import Genotype
from ..instruments import INSTRUMENTS
from ..methods.method import Choices, Method
from ..space import SearchSpace
from .config import SearchConfig
from .steps import cosine, due, scheduled_rate

if TYPE_CHECKING:
    from .search_state import SearchState


class Measurement(NamedTuple):
    """One measurement of a method's `Stop`.

    Args:
        step: after which it was made.
        value: what was measured.
        genotype: what would have been derived then, as JSON.
    """

    step: int
    value: float
    genotype: str


def waiting_steps(config: SearchConfig, search_steps: int) -> int:
    """Steps at the start in which alpha waits because of `alpha_waits`; the progress of a method begins after them."""
    return config.alpha_waits * search_steps // config.epochs


def progress_at(step: int, search_steps: int, waits: int) -> float:
    """How much of the search is done after this step, 0 to 1, not counting the first steps, in which alpha waits."""
    return min(1.0, max(0, step - waits) / (search_steps - waits))


def part_of(part: float, steps: int) -> int:
    """A part of the search in whole steps, at least 1."""
    return max(1, round(part * steps))


def steps_between(choices: Choices, search_steps: int) -> int:
    """Steps of training between two choices."""
    return part_of(choices.train, search_steps) if choices.train > 0 else 0


def further_steps(method: Method, space: SearchSpace, search_steps: int) -> int:
    """Steps after those of the search itself: the training between the choices of a method that makes some."""
    choices = method.choices
    return 0 if choices is None else (choices.count(space) - 1) * steps_between(choices, search_steps)


def learning_rate_of(state: "SearchState") -> float:
    """The learning rate of w in the next step: by the schedule; after the search, a cosine by step."""
    config, choices = state.config, state.method.choices
    if state.step < state.search_steps or choices is None:
        return scheduled_rate(config, state.step, state.train.per_epoch)
    further = further_steps(state.method, config.space, state.search_steps)
    position = (state.step - state.search_steps) / further
    return cosine(
        choices.learning_rate * config.learning_rate, choices.learning_rate * config.learning_rate_min, position
    )


def switch_off_operations(state: "SearchState") -> None:
    """Switch off the weakest operations of every edge, once the method keeps fewer from now on."""
    now = state.moment().progress
    counts = [count for progress, count in state.method.keep if progress <= now]
    if not counts:
        return
    for kind, table in state.relaxation(state.arch).items():
        mask = state.arch.mask.get(kind, torch.ones_like(table, dtype=torch.bool))
        if int(mask[0].sum()) > counts[-1]:
            strongest = table.masked_fill(~mask, -torch.inf).topk(counts[-1]).indices
            state.arch.mask[kind] = torch.zeros_like(mask).scatter_(1, strongest, True)


def choose_if_due(state: "SearchState") -> None:
    """Make the choice that follows the step just made, if one does. Called before the step is counted."""
    choices, step = state.method.choices, state.step + 1
    if choices is None or step < state.search_steps:
        return
    between, count = steps_between(choices, state.search_steps), choices.count(state.config.space)
    wanted = 1 + (step - state.search_steps) // between if between else count
    while len(state.choices) < min(wanted, count):
        state.choices.append(choices.choose(state))


def check_stop(method: Method) -> None:
    """Raise `UserError` where what a method measures to stop has the name, and so the column, of an instrument."""
    if method.stop is not None and method.stop.name.partition(".")[0] in INSTRUMENTS:
        raise UserError(
            f"{method.name}: its `stop` measures {method.stop.name!r}, which is the name of an instrument, and the "
            "record would keep both in one column; give the Stop another name."
        )


def is_measured_to_stop(state: "SearchState", step: int) -> bool:
    """Whether the method measures after this step. It does not while alpha waits."""
    stop, waits = state.method.stop, state.waiting_steps
    if stop is None or not waits < step <= state.search_steps:
        return False
    return due(step - waits, part_of(stop.every, state.search_steps - waits))


def measure_to_stop(state: "SearchState") -> dict[str, float]:
    """Measure, and end the search if the rule of the method says so.

    Returns:
        What was measured, by its name.
    """
    stop = state.method.stop
    assert stop is not None
    problem = state.problem(VirtualStep(0.0))
    w, batch = dict(state.net.named_parameters()), state.val(state.step - 1)
    value = float(stop.measure(problem, w, state.arch.parameters(), batch))
    state.measurements.append(Measurement(state.step, value, state.genotype().to_json()))
    taken, count = stop.go_back([done.value for done in state.measurements]), len(state.measurements)
    require(
        taken is None or (isinstance(taken, (int, np.integer)) and 0 <= taken < count),
        f"{state.method.name}: `go_back` of its stop gives {short(repr(taken))} after {counted(count, 'measurement')}; "
        f"give None, or the number of a measurement, 0 to {count - 1}.",
    )
    state.taken = taken if taken is None else int(taken)
    return {stop.name: value}


def taken_genotype(state: "SearchState") -> Genotype | None:
    """The cell that an early stop went back to; None where the search was not stopped by its method."""
    return None if state.taken is None else Genotype.from_json(state.measurements[state.taken].genotype)
