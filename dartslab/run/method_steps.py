"""What the method of a search adds to the two steps: masked operations, an early stop, choices; the learning rate.

In a search by DARTS nothing is added, and the learning rate is that of the schedule.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from ..base.messages import UserError, require, short
from ..bilevel import VirtualStep
from ..genotype import Genotype
from ..methods.method import Choices, Method, Moment
from ..relaxation import Arch, Weights
from ..space import SearchSpace
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


def weights_of(method: Method, arch: Arch, moment: Moment) -> Weights:
    """The mixing weights of a method at a moment, {kind: [E, O]}.

    Raises:
        UserError: the method gives no table for a kind of cell, or one of another shape.
    """
    found, space = method.weights(arch, moment), moment.space
    expected = (len(space.edges), len(space.operations))
    when = f"in phase {moment.phase!r}, at {moment.progress:.0%} of the search,"
    if not isinstance(found, Mapping) or set(found) != set(space.kinds):
        got = ", ".join(map(repr, found)) if isinstance(found, Mapping) else f"a {type(found).__name__}"
        raise UserError(
            f"{method.name}: mixing weights {when} must be a table for each of the kinds {', '.join(space.kinds)}, got "
            f"{short(got)}; mend the method's `weights`."
        )
    for kind, table in found.items():
        shape = tuple(table.shape) if isinstance(table, Tensor) else type(table).__name__
        require(
            shape == expected,
            f"{method.name}: mixing weights of kind {kind!r} {when} must be a tensor of shape {expected}, a row for "
            f"each edge and a column for each operation, got {shape}; mend the method's `weights`.",
        )
    return found


def penalty_at(method: Method, arch: Arch, weights: Weights, moment: Moment) -> Tensor:
    """What a method adds to L_val at a moment, a scalar.

    Raises:
        UserError: it is not one number.
    """
    assert method.penalty is not None
    value = method.penalty(arch, weights, moment)
    got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
    require(
        got in ((), "float", "int"),
        f"{method.name}: the penalty must be one number, a tensor of shape (), got {got}; mend the method's `penalty`.",
    )
    return value


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
    """Mask the weakest operations of every edge, once the method says that fewer are kept from now on."""
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


def is_measured_to_stop(state: "SearchState", step: int) -> bool:
    """Whether the method measures after this step."""
    stop = state.method.stop
    return stop is not None and step <= state.search_steps and due(step, part_of(stop.every, state.search_steps))


def measure_to_stop(state: "SearchState") -> dict[str, float]:
    """Measure, and end the search if the rule of the method says so.

    Returns:
        What was measured, by its name.
    """
    stop = state.method.stop
    assert stop is not None
    problem = state.problem(VirtualStep(0.0))
    w, batch = dict(state.net.named_parameters()), state.val(state.step - 1)
    value = float(stop.instrument(problem, w, state.arch.parameters(), batch))
    state.measurements.append(Measurement(state.step, value, state.genotype().to_json()))
    state.taken = stop.go_back([done.value for done in state.measurements])
    return {stop.name: value}


def taken_genotype(state: "SearchState") -> Genotype | None:
    """The cell that an early stop went back to; None where the search was not stopped by its method."""
    return None if state.taken is None else Genotype.from_json(state.measurements[state.taken].genotype)


def how_it_stopped(state: "SearchState") -> list[str]:
    """One sentence, where the method has ended the search early; else none."""
    stop = state.method.stop
    if state.taken is None or stop is None:
        return []
    last, taken = state.measurements[-1], state.measurements[state.taken]
    return [
        f"{state.method.name} stopped the search after step {last.step} of {state.search_steps}, where {stop.name} is "
        f"{last.value:.4g}; the cell is that of step {taken.step}"
    ]


def missing_choices(method: Method, space: SearchSpace, search_steps: int, steps: int) -> list[str]:
    """One sentence, where a search ends before its method has made all choices; else none.

    Args:
        method: of the search.
        space: of the search.
        search_steps: after so many steps the first choice is made.
        steps: of the whole run.
    """
    choices = method.choices
    if choices is None:
        return []
    count, between = choices.count(space), steps_between(choices, search_steps)
    made = count if not between else 1 + (steps - search_steps) // between
    made = min(count, made) if steps >= search_steps else 0
    return [
        f"{method.name}: {made} of {count} choices are made in {steps} steps; the last comes after "
        f"{search_steps + further_steps(method, space, search_steps)}"
    ] * (made < count)


def idle_settings(method: Method, space: SearchSpace, search_steps: int, steps: int = 0) -> list[str]:
    """What of the method cannot act in a search, one sentence each.

    Args:
        method: of the search.
        space: of the search.
        search_steps: its length, of which the lengths of a method are parts.
        steps: that are made of them; 0 for all.
    """
    found = []
    steps = steps or search_steps
    last = (steps - 1) / search_steps
    if method.frozen(last):
        found.append(f"{method.name}: alpha waits in all {steps} steps, so nothing is learned about operations")
    for progress, count in method.keep:
        if count >= len(space.operations):
            found.append(f"{method.name}: keeping {count} of {len(space.operations)} operations changes nothing")
        elif progress > last:
            found.append(
                f"{method.name}: keeping {count} operations begins at step {math.ceil(progress * search_steps) + 1}, "
                f"and the search has {steps}"
            )
    if method.stop is not None:
        times = steps // part_of(method.stop.every, search_steps)
        if times < method.stop.needs:
            found.append(
                f"{method.name}: the early stop needs {method.stop.needs} measurements of {method.stop.name}, and "
                f"{steps} steps give {times}"
            )
    return found
