"""What is said about the method of a search: what of it cannot act, how it ended the search, what is not finite.

What has to be tried out for that is in `method_probes`.
"""

import math
from typing import TYPE_CHECKING

import torch

from ..base.by_file import split_name
from ..methods.method import PHASES, Method
from ..space import SearchSpace
from .config import SearchConfig
from .method_probes import find_not_finite, largest_change, reaches_alpha, uses_temperature
from .method_steps import further_steps, part_of, progress_at, steps_between, waiting_steps

if TYPE_CHECKING:
    from .search_state import SearchState

HARDLY = 0.05  # a mixing weight that changes by no more than this part of itself decides nothing


def what_cannot_act(method: Method, config: SearchConfig, search_steps: int, steps: int) -> list[str]:
    """What of a method, and of the settings, cannot act in a run, one sentence each; the method's own come last.

    Args:
        method: any.
        config: of the search; its own `method` is not looked at.
        search_steps: length of the search, without the training between choices.
        steps: of the whole run.
    """
    made = min(steps, search_steps)
    own = [] if method.idle is None else method.idle(config, made)
    unmade = missing_choices(method, config.space, search_steps, steps)
    return [
        *unused_settings(method, config),
        *(no_gradient(method, config) or slow_alpha(method, config, search_steps, made)),
        *idle_settings(method, config.space, search_steps, made, waiting_steps(config, search_steps)),
        *unmade,
        *own,
    ]


def unused_settings(method: Method, config: SearchConfig) -> list[str]:
    """One sentence for each setting that was changed and that the method puts something of its own in the place of."""
    found = []
    if config.cell != SearchConfig.cell and method.cell is not None:
        found.append(f"{method.name}: its cells are its own, so cell {config.cell} changes nothing; leave it out")
    if config.temperature != SearchConfig.temperature and not uses_temperature(method, config):
        found.append(
            f"{method.name}: its mixing weights have no temperature, so temperature {config.temperature:g} changes "
            "nothing; leave it out"
        )
    return found


def no_gradient(method: Method, config: SearchConfig) -> list[str]:
    """One sentence, where the mixing weights give alpha no gradient."""
    if reaches_alpha(method, config):
        return []
    few = len(config.space.operations) == 1
    mend = "search among two or more operations" if few else "let the method's `weights` depend on alpha"
    return [f"{method.name}: no gradient reaches alpha, so nothing is learned about operations; {mend}"]


def slow_alpha(method: Method, config: SearchConfig, search_steps: int, steps: int) -> list[str]:
    """One sentence, where alpha never moves, or so little that no mixing weight can change by more than `HARDLY`.

    Adam moves each number of alpha, and of beta, by at most about its rate in a step.

    Args:
        method, config: as in `what_cannot_act`.
        search_steps: length of the search.
        steps: that are made of them.
    """
    waits = waiting_steps(config, search_steps)
    learns = sum(not method.frozen(progress_at(step, search_steps, waits)) for step in range(waits, steps))
    if learns == 0:
        return [f"{method.name}: alpha waits in all {steps} steps, so nothing is learned about operations"]
    rate = config.alpha_learning_rate
    most = largest_change(method, config, rate * learns)
    if most > HARDLY:
        return []
    enough = rate * math.log(2) / math.log1p(max(most, 1e-9))
    return [
        f"{method.name}: alpha learns in {learns} of {steps} steps, by at most about its rate of {rate:g} in each, so "
        f"no mixing weight changes by more than about {100 * most:.2g} % of itself; raise alpha_learning_rate (to "
        f"{enough:.1g} or more, with which a weight can double) or make more steps"
    ]


def idle_settings(method: Method, space: SearchSpace, search_steps: int, steps: int = 0, waits: int = 0) -> list[str]:
    """What of the method cannot act in a search of this length, one sentence each.

    Args:
        method: of the search.
        space: of the search.
        search_steps: its length, of which the lengths of a method are parts.
        steps: that are made of them; 0 for all.
        waits: steps at the start in which alpha waits; the method's own parts are parts of the others.
    """
    found = []
    steps, moving = steps or search_steps, search_steps - waits
    last = progress_at(steps - 1, search_steps, waits)
    for progress, count in method.keep:
        if count >= len(space.operations):
            found.append(f"{method.name}: keeping {count} of {len(space.operations)} operations changes nothing")
        elif progress > last:
            found.append(
                f"{method.name}: keeping {count} operations begins at step {waits + math.ceil(progress * moving) + 1}, "
                f"and the search has {steps}"
            )
    if method.stop is not None:
        times = max(0, steps - waits) // part_of(method.stop.every, moving)
        if times < method.stop.needs:
            found.append(
                f"{method.name}: the early stop needs {method.stop.needs} measurements of {method.stop.name}, and "
                f"{steps} steps give {times}"
            )
    return found


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


def why_not_finite(state: "SearchState") -> str:
    """What the method gives in the present step that is not finite, in two sentences; "" where that is no cause.

    It is none where w or alpha are not finite themselves.
    """
    if not all(bool(torch.isfinite(table).all()) for table in state.parameters().values()):
        return ""
    found = find_not_finite(state.method, state.arch, map(state.moment, PHASES))
    if found is None:
        return ""
    place = split_name(state.config.method)[0]
    return (
        f"w and alpha were finite, and what the `{found.function}` of the method {place} gives in phase "
        f"{found.phase!r} {'has a gradient that is not' if found.is_gradient else 'is not'}; mend it, and try it with "
        f"`dartslab methods check {place}`."
    )
