"""What is said about the method of a search: what of it cannot act at its length, and how it ended the search."""

import math
from typing import TYPE_CHECKING

from ..methods.method import Method
from ..space import SearchSpace
from .config import SearchConfig
from .method_steps import further_steps, part_of, steps_between

if TYPE_CHECKING:
    from .search_state import SearchState


def what_cannot_act(method: Method, config: SearchConfig, search_steps: int, steps: int) -> list[str]:
    """What of a method cannot act in a run, one sentence each: `idle_settings`, `missing_choices`, and its own.

    Args:
        method: any.
        config: of the search; its own `method` is not looked at.
        search_steps: length of the search, without the training between choices.
        steps: of the whole run.
    """
    made = min(steps, search_steps)
    own = [] if method.idle is None else method.idle(config, made)
    unmade = missing_choices(method, config.space, search_steps, steps)
    return [*idle_settings(method, config.space, search_steps, made), *unmade, *own]


def idle_settings(method: Method, space: SearchSpace, search_steps: int, steps: int = 0) -> list[str]:
    """What of the method cannot act in a search of this length, one sentence each.

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
